#include "lmmdsl/box.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lmmdsl/display_width.h"

namespace lmmdsl {
namespace {

constexpr int kWidth = 100;
constexpr Eigen::Index kMostShown = 8;  // rows or columns of a matrix

Box boxed(std::vector<std::string> lines, std::size_t base) {
  Box box{std::move(lines), base, 0};
  for (const std::string& line : box.lines) box.width = std::max(box.width, display_width(line));
  for (std::string& line : box.lines) line += blanks(box.width - display_width(line));
  return box;
}

/// Texts of one column of a matrix, their decimal points below each other.
std::vector<std::string> aligned(const std::vector<std::string>& cells) {
  const auto point = [](const std::string& s) { return std::min(s.find_first_of(".e"), s.size()); };
  std::size_t before = 0;
  for (const std::string& cell : cells) before = std::max(before, point(cell));
  std::vector<std::string> column;
  for (const std::string& cell : cells)
    column.push_back(std::string(before - point(cell), ' ') + cell);
  return boxed(column, 0).lines;
}

/// The brackets of one line of `rows`.
std::pair<const char*, const char*> brackets(std::size_t line, std::size_t rows,
                                             Notation notation) {
  if (notation == Notation::ascii || rows == 1) return {"[", "]"};
  if (line == 0) return {"⎡", "⎤"};
  if (line + 1 == rows) return {"⎣", "⎦"};
  return {"⎢", "⎥"};
}

bool is_superscript(const Box& box) {
  return box.lines.size() == 1 && (box.lines[0].starts_with("⁻¹") || box.lines[0].starts_with("ᵀ"));
}

}  // namespace

Box text_box(const std::string& text) { return boxed({text}, 0); }

Box matrix_box(const Eigen::MatrixXd& matrix, Notation notation) {
  if (matrix.size() == 1) return text_box(five_digits(matrix(0, 0)));
  const Eigen::Index rows = std::min(matrix.rows(), kMostShown);
  const Eigen::Index cols = std::min(matrix.cols(), kMostShown);
  const bool more_rows = rows < matrix.rows(), more_cols = cols < matrix.cols();
  std::vector<std::string> lines(static_cast<std::size_t>(rows + more_rows));
  for (Eigen::Index j = 0; j < cols; ++j) {
    std::vector<std::string> cells;
    for (Eigen::Index i = 0; i < rows; ++i) cells.push_back(five_digits(matrix(i, j)));
    if (more_rows) cells.push_back(notation == Notation::ascii ? ":" : "⋮");
    cells = aligned(cells);
    for (std::size_t i = 0; i < lines.size(); ++i) lines[i] += (j == 0 ? "" : "  ") + cells[i];
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto [left, right] = brackets(i, lines.size(), notation);
    lines[i] = fmt::format("{} {}{} {}", left, lines[i], more_cols ? "  ..." : "", right);
  }
  const std::size_t base = (lines.size() - 1) / 2;
  return boxed(std::move(lines), base);
}

Box beside(const std::vector<Box>& boxes) {
  std::vector<std::size_t> bases;
  std::size_t above = 0, below = 0;
  for (std::size_t k = 0; k < boxes.size(); ++k) {
    const Box& box = boxes[k];
    // The base line of a superscript is as far down as the matrix before it is high.
    std::size_t base = box.base;
    if (k > 0 && is_superscript(box) && boxes[k - 1].lines.size() > 1) base = bases.back();
    bases.push_back(base);
    above = std::max(above, base);
    if (box.lines.size() > base) below = std::max(below, box.lines.size() - 1 - base);
  }
  std::vector<std::string> lines(above + 1 + below);
  for (std::size_t k = 0; k < boxes.size(); ++k) {
    const std::size_t first = above - bases[k];
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const bool inside = i >= first && i - first < boxes[k].lines.size();
      lines[i] += inside ? boxes[k].lines[i - first] : blanks(boxes[k].width);
    }
  }
  return boxed(std::move(lines), above);
}

std::string lay_out(const std::string& head, const std::vector<Box>& pieces) {
  std::string text;
  std::vector<Box> row = {text_box(head)};
  const int indent = row[0].width;
  int width = indent;
  const auto end_row = [&] {
    for (std::string line : beside(row).lines) {
      line.erase(line.find_last_not_of(' ') + 1);
      text += line + '\n';
    }
  };
  for (const Box& piece : pieces) {
    if (row.size() > 1 && width + piece.width > kWidth) {
      end_row();
      row = {text_box(blanks(indent))};
      width = indent;
    }
    row.push_back(piece);
    width += piece.width;
  }
  end_row();
  return text;
}

std::string five_digits(double x) {
  if (!std::isfinite(x)) return std::isnan(x) ? "NaN" : x > 0 ? "inf" : "-inf";
  if (x == 0) return "0";
  const int power = static_cast<int>(std::floor(std::log10(std::abs(x))));
  std::string text;
  if (power >= 9 || power < -5) {
    text = fmt::format("{:.4e}", x);
    const auto e = text.find('e');
    const auto last = text.find_last_not_of('0', e - 1);
    return text.substr(0, text[last] == '.' ? last : last + 1) + text.substr(e);
  }
  text = fmt::format("{:.{}f}", x, std::max(4 - power, 0));
  if (text.find('.') != text.npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text;
}

std::string tuple(const Eigen::MatrixXd& vector) {
  std::string text;
  for (Eigen::Index i = 0; i < vector.size(); ++i)
    text += (i == 0 ? "" : ", ") + five_digits(vector.data()[i]);
  return "(" + text + ")";
}

}  // namespace lmmdsl
