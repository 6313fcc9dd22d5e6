// A table for the terminal: columns aligned by display width, numbers by their decimal points.
#pragma once

#include <string>
#include <vector>

namespace lmmdsl {

enum class Align { left, right, decimal };

struct TextColumn {
  std::string title;
  Align align = Align::left;
};

/// One entry of a row.
struct TextCell {
  TextCell(std::string t, bool m = false) : text(std::move(t)), marked(m) {}  // NOLINT
  TextCell(const char* t) : text(t) {}                                        // NOLINT
  std::string text;
  bool marked = false;  ///< in colour, where there is colour
};

/// Rows of cells, and remarks that run across the columns.
class TextTable {
 public:
  explicit TextTable(std::vector<TextColumn> columns) : columns_(std::move(columns)) {}

  /// As many cells as there are columns.
  void add_row(std::vector<TextCell> cells) { lines_.push_back({std::move(cells), {}}); }
  void add_remark(std::string text) { lines_.push_back({{}, std::move(text)}); }

  /// Two blanks between columns, none at the ends of lines, each line ending in a line feed.
  /// Without titles there is no header line.
  std::string to_text(bool colour = false) const;

  /// The lines in another form: each cell, with its column, is given to `cell`.
  template <class Cell, class EndLine, class Remark>
  void visit(const Cell& cell, const EndLine& end_line, const Remark& remark) const {
    for (const Line& line : lines_) {
      if (line.cells.empty()) {
        remark(line.remark);
        continue;
      }
      for (std::size_t j = 0; j < columns_.size(); ++j) cell(j, line.cells[j]);
      end_line();
    }
  }
  const std::vector<TextColumn>& columns() const { return columns_; }

 private:
  struct Line {
    std::vector<TextCell> cells;
    std::string remark;
  };
  std::vector<TextColumn> columns_;
  std::vector<Line> lines_;
};

}  // namespace lmmdsl
