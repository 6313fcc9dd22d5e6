// What people write for numbers that is none, and what to do about it: one row each.

#include <algorithm>
#include <initializer_list>

#include "runtime/table/digits.h"
#include "runtime/table/number_text.h"

namespace lmmdsl {
namespace {

std::string without(std::string_view text, std::initializer_list<std::string_view> marks) {
  std::string result;
  while (!text.empty()) {
    const auto mark = std::find_if(marks.begin(), marks.end(), [&](std::string_view m) {
      return text.substr(0, m.size()) == m;
    });
    if (mark == marks.end()) result += text.front();
    text.remove_prefix(mark == marks.end() ? 1 : mark->size());
  }
  return result;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::string missing_value(std::string_view text, char) {
  if (text == "NA") return "write NA without quotes for a missing value";
  const std::string word = lower(text);
  for (const char* code :
       {"na", "n/a", "#n/a", "nan", "null", "none", "nil", "missing", ".", "-", "--", "?", "*"}) {
    if (word == code) return "write NA for a missing value";
  }
  return "";
}

std::string truth_value(std::string_view text, char) {
  const std::string word = lower(text);
  for (const char* value : {"true", "false", "yes", "no", "t", "f"}) {
    if (word == value) {
      return "write 1 and 0, or declare the column as `binary`, which may have two labels";
    }
  }
  return "";
}

std::string minus_sign(std::string_view text, char separator) {
  // U+2212 and the en dash U+2013.
  for (std::string_view dash : {"\xE2\x88\x92", "\xE2\x80\x93"}) {
    if (text.substr(0, dash.size()) != dash) continue;
    const std::string typed = "-" + std::string(text.substr(dash.size()));
    if (parse_number(typed, separator).ok()) return "type the minus sign as - : " + typed;
  }
  return "";
}

/// Digits in groups of three after commas, as in 1,234,567.5.
bool groups_of_three(std::string_view text) {
  text = text.substr(0, text.find('.'));
  for (std::size_t comma = text.find(','); comma != text.npos; comma = text.find(',', comma + 1)) {
    const std::size_t next = std::min(text.find(',', comma + 1), text.size());
    if (next - comma != 4) return false;
  }
  return true;
}

std::string decimal_comma(std::string_view text, char separator) {
  if (separator == ';' || std::count(text.begin(), text.end(), ',') != 1) return "";
  std::string with_point(text);
  std::replace(with_point.begin(), with_point.end(), ',', '.');
  if (!parse_number(with_point, separator).ok()) return "";
  const std::string point = "write a decimal point: " + with_point;
  if (groups_of_three(text))
    return point + ", or " + without(text, {","}) + " if it stands for thousands";
  return point + " (decimal commas are read in files separated by semicolons)";
}

std::string thousands(std::string_view text, char separator) {
  std::string plain;
  if (separator == ';' && text.find(',') != text.npos && text.find('.') != text.npos) {
    plain = without(text, {"."});  // 1.234,5
  } else {
    // Among them the no-break space U+00A0 and the narrow ones U+202F and U+2009.
    plain = without(
        text, {",", "'", " ", "_", "\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x89", "\xE2\x80\x99"});
  }
  if (plain == text || plain.size() < 4 || !parse_number(plain, separator).ok()) return "";
  return "write it without thousands separators: " + plain;
}

std::string bound(std::string_view text, char separator) {
  if (text.size() < 2 || (text.front() != '<' && text.front() != '>')) return "";
  const std::string_view limit = text.substr(1);
  if (!parse_number(limit, separator).ok()) return "";
  return "write the limit " + std::string(limit) +
         " as a number, and use censored(...) in the model";
}

std::string fortran_exponent(std::string_view text, char separator) {
  std::string with_e(text);
  for (char& c : with_e) {
    if (c == 'd' || c == 'D') c = 'e';
  }
  if (with_e == text || !parse_number(with_e, separator).ok()) return "";
  return "write the exponent with e: " + with_e;
}

/// 2020-01-31, 31.1.2020, 1/31/20.
std::string date(std::string_view text, char) {
  for (const char mark : {'-', '/', '.'}) {
    if (std::count(text.begin(), text.end(), mark) != 2 || text.size() < 6) continue;
    const bool digits =
        std::all_of(text.begin(), text.end(), [&](char c) { return c == mark || is_digit(c); });
    if (digits && is_digit(text.front()) && is_digit(text.back())) {
      return "a date is not a number: write the days since a first day";
    }
  }
  return "";
}

std::string hidden_blank(std::string_view text, char separator) {
  const std::string visible =
      without(text, {"\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x89", "\xE2\x80\x8B", "\xEF\xBB\xBF"});
  if (visible == text || !parse_number(visible, separator).ok()) return "";
  return "delete the blank of another kind (no-break or zero-width) in it: " + visible;
}

/// $12, US$12, €12.
std::string currency(std::string_view text, char separator) {
  const std::size_t begin = std::find_if(text.begin(), text.end(), is_digit) - text.begin();
  if (begin == 0 || begin > 4 || begin == text.size()) return "";
  const auto last = static_cast<unsigned char>(text[begin - 1]);
  if (last != '$' && last != ' ' && last < 0x80) return "";  // x12 is a label
  const std::string number(text.substr(begin));
  if (!parse_number(number, separator).ok()) return "";
  return "write the number alone: " + number;
}

std::string unit(std::string_view text, char separator) {
  const std::size_t end = std::find_if(text.rbegin(), text.rend(), is_digit).base() - text.begin();
  // More digits would be a date or a range; a unit is short.
  if (end == 0 || end == text.size() || text.size() - end > 12) return "";
  const std::string number(text.substr(0, end));
  if (!parse_number(number, separator).ok()) return "";
  return "write the number alone: " + number;
}

using Rule = std::string (*)(std::string_view text, char separator);
/// The first that has something to say is heard.
constexpr Rule kRules[] = {missing_value, truth_value,  minus_sign, decimal_comma,
                           thousands,     hidden_blank, bound,      fortran_exponent,
                           date,          unit,         currency};

}  // namespace

std::string number_hint(std::string_view text, char separator) {
  constexpr std::size_t kLongest = 64;  // numbers are short
  if (text.size() > kLongest) return "";
  for (const Rule rule : kRules) {
    if (std::string hint = rule(text, separator); !hint.empty()) return hint;
  }
  return "";
}

}  // namespace lmmdsl
