// Formulas with matrices in them, on a terminal: boxes of text that stand beside each other on a
// common base line.
//
//     P = ⎡ 10  25 ⎤/3.4 + ⎡ 2.1  0.3 ⎤⁻¹
//         ⎣ 25  70 ⎦       ⎣ 0.3  1.7 ⎦
#pragma once

#include <Eigen/Dense>
#include <string>
#include <vector>

#include "compiler/math/render.h"

namespace lmmdsl {

/// Lines of equal display width; `base` is the line that text beside it continues.
struct Box {
  std::vector<std::string> lines;
  std::size_t base = 0;
  int width = 0;
};

Box text_box(const std::string& text);

/// A matrix or column in brackets, its columns aligned by their decimal points; a scalar without
/// brackets. What goes beyond eight rows or columns is left out, with dots in its place.
Box matrix_box(const Eigen::MatrixXd& matrix, Notation notation);

/// Side by side. A superscript (⁻¹, ᵀ) stands at the top of a matrix before it.
Box beside(const std::vector<Box>& boxes);

/// `head` and then the pieces, on lines of at most 100 columns where pieces allow; later lines
/// begin below the first piece. Each line ends in a line feed.
std::string lay_out(const std::string& head, const std::vector<Box>& pieces);

/// Five significant digits, without an exponent where that is readable: 1234.6, 0.012346, 2.5e-08.
std::string five_digits(double x);

/// "(0.31, -1.2, 2)".
std::string tuple(const Eigen::MatrixXd& vector);

}  // namespace lmmdsl
