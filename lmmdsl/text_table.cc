#include "lmmdsl/text_table.h"

#include <algorithm>
#include <string_view>

#include "lmmdsl/display_width.h"

namespace lmmdsl {
namespace {

constexpr const char* kBold = "\033[1m";
constexpr const char* kYellow = "\033[33m";
constexpr const char* kPlain = "\033[0m";

/// Columns that a number takes from its decimal point on.
int after_point(std::string_view text) {
  const auto point = text.find('.');
  return point == text.npos ? 0 : display_width(text.substr(point));
}

/// Widths of one column: in all, and from the decimal point on.
struct ColumnLayout {
  int width = 0;
  int fraction = 0;
};

struct Padding {
  int before = 0;
  int after = 0;
};

Padding padding(const std::string& text, Align align, const ColumnLayout& layout, bool title) {
  const int spare = layout.width - display_width(text);
  if (align == Align::left) return {0, spare};
  if (align == Align::right || title) return {spare, 0};
  const int after = std::min(spare, layout.fraction - after_point(text));
  return {spare - after, after};
}

void append(std::string& line, const TextCell& cell, Padding pad, const char* style) {
  line += blanks(pad.before);
  line += style && !cell.text.empty() ? style + cell.text + kPlain : cell.text;
  line += blanks(pad.after);
}

void end_line(std::string& text, std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  text += line + '\n';
}

}  // namespace

std::string TextTable::to_text(bool colour) const {
  std::vector<ColumnLayout> layouts(columns_.size());
  bool titles = false;
  for (std::size_t j = 0; j < columns_.size(); ++j) {
    ColumnLayout& layout = layouts[j];
    int whole = 0;  // before the decimal point
    for (const Line& line : lines_) {
      if (line.cells.empty()) continue;
      const std::string& text = line.cells[j].text;
      const int fraction = columns_[j].align == Align::decimal ? after_point(text) : 0;
      layout.fraction = std::max(layout.fraction, fraction);
      whole = std::max(whole, display_width(text) - fraction);
    }
    layout.width = std::max(whole + layout.fraction, display_width(columns_[j].title));
    titles = titles || !columns_[j].title.empty();
  }

  std::string text;
  const auto add_line = [&](const auto& cell, bool title) {
    std::string line;
    for (std::size_t j = 0; j < columns_.size(); ++j) {
      if (j > 0) line += "  ";
      const TextCell& c = cell(j);
      const char* style = !colour ? nullptr : title ? kBold : c.marked ? kYellow : nullptr;
      append(line, c, padding(c.text, columns_[j].align, layouts[j], title), style);
    }
    end_line(text, line);
  };
  if (titles) {
    std::vector<TextCell> header;
    for (const TextColumn& column : columns_) header.emplace_back(column.title);
    add_line([&](std::size_t j) -> const TextCell& { return header[j]; }, true);
  }
  for (const Line& line : lines_) {
    if (line.cells.empty()) end_line(text, line.remark);
    else add_line([&](std::size_t j) -> const TextCell& { return line.cells[j]; }, false);
  }
  return text;
}

}  // namespace lmmdsl
