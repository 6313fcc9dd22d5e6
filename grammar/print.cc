// Prints diagnostics:
//
//   radon.lmm:7:21: error: unknown name `bb`
//       7 | y ~ Normal(b0 + bb * x, s2)
//         |                 ^^ not a parameter, data column or function
//     hint: did you mean `b0`?
//
// Whatever the input contains, what is printed is valid UTF-8 without control characters.
#include "grammar/print.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "grammar/unicode.h"

namespace lmmdsl {

namespace {

/// Terminal escapes, or nothing.
class Paint {
 public:
  explicit Paint(bool on) : on_(on) {}
  std::string operator()(const char* code, const std::string& text) const {
    return on_ && !text.empty() ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : text;
  }

 private:
  bool on_;
};

const char* word(Severity severity) {
  if (severity == Severity::warning) return "warning";
  return severity == Severity::note ? "note" : "error";
}

const char* colour(Severity severity) {
  if (severity == Severity::warning) return "1;35";
  return severity == Severity::note ? "1;36" : "1;31";
}

/// A line of text as it is shown, and where the marked part of it stands.
struct Excerpt {
  std::string text;
  int caret_column = 0;  ///< columns before the caret
  int caret_width = 1;
};

/// A character as it is shown.
struct ShownCharacter {
  std::string text;
  int width;
  std::size_t begin;  ///< offset in the line
};

std::vector<ShownCharacter> cells_of(std::string_view line, std::size_t from, std::size_t to) {
  std::vector<ShownCharacter> cells;
  for (std::size_t at = from; at < to;) {
    Character c = character_at(line, at);
    std::string shown = visible(c);
    bool escaped = !c.valid || is_hidden(c.code);
    cells.push_back(
        {shown, escaped && c.code != '\t' ? static_cast<int>(shown.size()) : columns(c.code), at});
    at += c.bytes;
  }
  return cells;
}

/// The part of the line of at most `width` columns that shows [begin, end), or its beginning.
Excerpt excerpt(std::string_view line, std::size_t begin, std::size_t end, int width) {
  // Only the neighbourhood of the caret is looked at: a line may have millions of characters.
  const std::size_t reach = 4 * static_cast<std::size_t>(width) + 16;
  std::size_t from = begin > reach ? begin - reach : 0;
  while (from > 0 && (static_cast<unsigned char>(line[from]) & 0xC0) == 0x80 &&
         begin - from < reach + 4) {
    --from;
  }
  const std::size_t to = std::min(line.size(), begin + reach);
  const std::vector<ShownCharacter> cells = cells_of(line, from, to);

  std::size_t first = 0, last = cells.size();  // the cells that are shown
  std::size_t caret = 0;
  while (caret < cells.size() && cells[caret].begin < begin) ++caret;
  auto width_of = [&](std::size_t a, std::size_t b) {
    int sum = 0;
    for (; a < b; ++a) sum += cells[a].width;
    return sum;
  };
  bool cut_left = from > 0, cut_right = to < line.size();
  if (cut_left || cut_right || width_of(0, cells.size()) > width) {
    const int room = std::max(8, width - 6);  // for "..." on both sides
    // Two thirds of the room go to what stands before the caret, if there is that much.
    first = caret;
    for (int used = 0; first > 0 && used + cells[first - 1].width <= 2 * room / 3;) {
      used += cells[--first].width;
    }
    last = first;
    for (int used = 0; last < cells.size() && used + cells[last].width <= room;) {
      used += cells[last++].width;
    }
    for (int used = width_of(first, last); first > 0 && used + cells[first - 1].width <= room;) {
      used += cells[--first].width;
    }
    cut_left = cut_left || first > 0;
    cut_right = cut_right || last < cells.size();
  }
  Excerpt result;
  if (cut_left) result.text = "...";
  for (std::size_t i = first; i < last; ++i) result.text += cells[i].text;
  if (cut_right) result.text += "...";
  result.caret_column = (cut_left ? 3 : 0) + width_of(first, caret);
  std::size_t stop = caret;
  while (stop < last && cells[stop].begin < end) ++stop;
  result.caret_width = std::max(1, width_of(caret, stop));
  return result;
}

std::string print_one(const Diagnostic& d, const PrintOptions& options) {
  const Paint paint(options.colour);
  std::string head = "lmmdsl: ";
  std::string body;
  if (d.source) {
    const Position at = d.source->position(d.span.begin);
    head = fmt::format("{}:{}:{}: ", visible(d.source->name()), at.line, at.column);
    const std::string_view line = d.source->line(at.line);
    const std::uint32_t line_begin = d.source->line_begin(at.line);
    auto inside = [&](std::uint32_t offset) {
      return std::min<std::size_t>(offset > line_begin ? offset - line_begin : 0, line.size());
    };
    const Excerpt shown = excerpt(line, inside(d.span.begin), inside(d.span.end), options.width);
    const std::string number = fmt::format("{:>5}", at.line);
    body += fmt::format("{} | {}\n", number, shown.text);
    std::string mark(shown.caret_width, '^');
    if (!d.label.empty()) mark += " " + visible(d.label);
    body += fmt::format("{} | {}{}\n", std::string(number.size(), ' '),
                        std::string(shown.caret_column, ' '), paint(colour(d.severity), mark));
  }
  std::string result = paint("1", head) +
                       paint(colour(d.severity), word(d.severity) + std::string(": ")) +
                       paint("1", visible(d.message)) + "\n" + body;
  for (const Note& note : d.notes) result += "  note: " + visible(note.text) + "\n";
  if (!d.hint.empty()) result += "  hint: " + visible(d.hint) + "\n";
  return result;
}

bool same_cause(const Diagnostic& a, const Diagnostic& b) {
  auto same_text = [](const Note& m, const Note& n) { return m.text == n.text; };
  return a.severity == b.severity && a.source && a.source == b.source && a.message == b.message &&
         a.label == b.label && a.hint == b.hint &&
         std::equal(a.notes.begin(), a.notes.end(), b.notes.begin(), b.notes.end(), same_text);
}

/// "lines 3, 5 and 9".
std::string listed(const char* noun, const std::vector<int>& numbers) {
  constexpr std::size_t most = 8;
  std::string text = fmt::format("{}{} ", noun, numbers.size() == 1 ? "" : "s");
  for (std::size_t i = 0; i < std::min(most, numbers.size()); ++i) {
    if (i > 0) text += i + 1 == numbers.size() ? " and " : ", ";
    text += fmt::format("{}", numbers[i]);
  }
  if (numbers.size() > most) text += fmt::format(" and {} more", numbers.size() - most);
  return text;
}

/// "the same in column 20 and in lines 5 and 7".
Note same_elsewhere(const Diagnostic& first, const std::vector<const Diagnostic*>& others) {
  const int line = first.source->position(first.span.begin).line;
  std::vector<int> columns, lines;
  for (const Diagnostic* d : others) {
    const Position at = d->source->position(d->span.begin);
    if (at.line == line) {
      columns.push_back(at.column);
    } else if (lines.empty() || lines.back() != at.line) {
      lines.push_back(at.line);
    }
  }
  std::string text = "the same in ";
  if (!columns.empty()) text += listed("column", columns);
  if (!lines.empty()) text += (columns.empty() ? "" : " and in ") + listed("line", lines);
  return {text};
}

/// One cause is one message: what is said of several places is said at the first of them.
Diagnostics each_cause_once(const Diagnostics& diagnostics) {
  std::vector<std::vector<const Diagnostic*>> causes;
  std::map<std::string, std::vector<std::size_t>> by_message;  // indices into causes
  for (const Diagnostic& d : diagnostics) {
    std::vector<std::size_t>& alike = by_message[d.message];
    auto known = std::find_if(alike.begin(), alike.end(),
                              [&](std::size_t i) { return same_cause(*causes[i][0], d); });
    if (known != alike.end()) {
      causes[*known].push_back(&d);
    } else {
      alike.push_back(causes.size());
      causes.push_back({&d});
    }
  }
  Diagnostics result;
  for (auto& places : causes) {
    Diagnostic first = *places[0];
    places.erase(places.begin());
    if (!places.empty()) first.notes.push_back(same_elsewhere(first, places));
    result.push_back(std::move(first));
  }
  return result;
}

std::string print_all(const Diagnostics& diagnostics, const PrintOptions& options) {
  std::string result;
  int shown[3] = {0, 0, 0}, hidden = 0;  // by severity: warnings must not crowd out errors
  for (const Diagnostic& d : each_cause_once(diagnostics)) {
    if (shown[static_cast<int>(d.severity)]++ < options.at_most) {
      result += print_one(d, options);
    } else {
      ++hidden;
    }
  }
  if (hidden > 0) result += fmt::format("... and {} more\n", hidden);
  return result;
}

}  // namespace

std::string print(const Diagnostics& diagnostics, const PrintOptions& options) {
  try {
    return print_all(diagnostics, options);
  } catch (const LostText& lost) {
    Diagnostics without_places = diagnostics;
    for (Diagnostic& d : without_places) d.source = nullptr;
    without_places.push_back(lost_text_error(lost));
    return print_all(without_places, options);
  }
}

}  // namespace lmmdsl
