// Letters, names and numbers as a page has them.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <tuple>

#include "compiler/math/layout.h"
#include "grammar/greek.h"

namespace lmmdsl {

namespace {

bool is_greek(const std::string& word) { return greek_spelling(word) != word; }

/// A part of a name: a Greek letter, a letter, digits or a word.
Layout atom(const std::string& text) {
  if (is_greek(text) || (text.size() == 1 && std::isalpha(static_cast<unsigned char>(text[0])))) {
    return {Layout::Kind::letter, text, {}};
  }
  if (!text.empty() &&
      std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; })) {
    return {Layout::Kind::number, text, {}};
  }
  return word(text);
}

}  // namespace

Layout row(std::vector<Layout> parts) { return {Layout::Kind::row, {}, std::move(parts)}; }
Layout sign(std::string key) { return {Layout::Kind::sign, std::move(key), {}}; }
Layout word(std::string text) { return {Layout::Kind::word, std::move(text), {}}; }
Layout fenced(Layout content, std::string bracket) {
  return {Layout::Kind::fenced, std::move(bracket), {std::move(content)}};
}

Layout listed(std::vector<Layout> parts) {
  std::vector<Layout> all;
  for (Layout& p : parts) {
    if (!all.empty()) all.push_back(sign(","));
    all.push_back(std::move(p));
  }
  return all.size() == 1 ? std::move(all.front()) : row(std::move(all));
}

Layout with_subscript(Layout base, Layout sub) {
  if (sub.empty()) return base;
  if (base.kind == Layout::Kind::script && base.parts[2].empty()) {
    Layout& old = base.parts[1];
    old = old.empty() ? std::move(sub) : row({std::move(old), sign("index,"), std::move(sub)});
    return base;
  }
  return {Layout::Kind::script, {}, {std::move(base), std::move(sub), row({})}};
}

Layout with_superscript(Layout base, Layout sup) {
  if (base.kind == Layout::Kind::script && base.parts[2].empty()) {
    base.parts[2] = std::move(sup);
    return base;
  }
  if (base.kind == Layout::Kind::script) base = fenced(std::move(base));
  return {Layout::Kind::script, {}, {std::move(base), row({}), std::move(sup)}};
}

Layout name_layout(const std::string& name) {
  if (const std::size_t open = name.find('['); open != std::string::npos) {
    return with_subscript(name_layout(name.substr(0, open)),
                          word(name.substr(open + 1, name.size() - open - 2)));
  }
  const std::string text = canonical_name(name);
  std::size_t stem = 0;
  while (stem < text.size() && std::isalpha(static_cast<unsigned char>(text[stem]))) ++stem;
  Layout base = atom(text.substr(0, stem));
  const auto parts_after = std::count(text.begin(), text.end(), '_');
  const bool latin = base.text.size() == 1;
  if (base.kind != Layout::Kind::letter || (latin && parts_after > 1)) return word(text);
  std::vector<Layout> subs;
  std::string part;
  for (std::size_t i = stem; i <= text.size(); ++i) {
    if (i < text.size() && text[i] != '_') {
      part += text[i];
    } else if (!part.empty()) {
      if (part == "hat") {
        base = {Layout::Kind::hat, {}, {std::move(base)}};
      } else {
        subs.push_back(atom(part));
      }
      part.clear();
    }
  }
  if (subs.empty()) return base;
  std::vector<Layout> list;
  for (Layout& s : subs) {
    if (!list.empty()) list.push_back(sign("index,"));
    list.push_back(std::move(s));
  }
  return with_subscript(base, list.size() == 1 ? list.front() : row(std::move(list)));
}

Layout number_layout(double value) {
  const auto digits = [](const std::string& text) {
    return Layout{Layout::Kind::number, text, {}};
  };
  if (value < 0) return row({sign("negative"), number_layout(-value)});
  if (std::isinf(value)) return sign("infinity");
  // Constants of normalisation: multiples of log(2 pi) / 2 and of log(2).
  for (const auto& [unit, half, of] :
       {std::tuple{0.5 * std::log(2 * std::numbers::pi), true, "2 pi"},
        std::tuple{std::log(2.0), false, "2"}}) {
    const double k = std::round(value / unit);
    if (k < 1 || k > 1000 || std::abs(value - k * unit) > 4e-16 * value) continue;
    Layout log = row(
        {word("log"), sign(half ? "call" : "apply"),
         half ? fenced(row({digits("2"), Layout{Layout::Kind::letter, "pi", {}}})) : digits(of)});
    const double factor = half ? k / 2 : k;
    if (factor == 1) return log;
    Layout times =
        half && std::fmod(k, 2) == 1
            ? Layout{Layout::Kind::fraction, {}, {digits(fmt::format("{}", k)), digits("2")}}
            : digits(fmt::format("{}", factor));
    return row({std::move(times), sign("times"), std::move(log)});
  }
  if (value == 0.5) return {Layout::Kind::fraction, {}, {digits("1"), digits("2")}};
  const std::string text = fmt::format("{}", value);
  const std::size_t e = text.find('e');
  if (e == std::string::npos) return digits(text);
  const int exponent = std::stoi(text.substr(e + 1));
  Layout power = with_superscript(
      digits("10"), exponent < 0 ? row({sign("negative"), digits(std::to_string(-exponent))})
                                 : digits(std::to_string(exponent)));
  const std::string mantissa = text.substr(0, e);
  if (mantissa == "1") return power;
  return row({digits(mantissa), sign("cross"), std::move(power)});
}

}  // namespace lmmdsl
