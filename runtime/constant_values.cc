#include "runtime/constant_values.h"

#include <fmt/format.h>

#include <cmath>

namespace lmmdsl {

double ConstantValues::at(const Expr& e, const Plate& plate, std::size_t element) const {
  const std::size_t own = e->plate.once()     ? 0
                          : e->plate == plate ? element
                                              : data_.map(plate, e->plate)[element];
  return value(e, own)(0, 0);
}

std::string shown(double x) { return fmt::format("{:.6g}", x); }

std::string shown(const Eigen::MatrixXd& m) {
  if (m.size() == 1) return shown(m(0, 0));
  if (m.size() > 16)
    return "a " + std::to_string(m.rows()) + " x " + std::to_string(m.cols()) + " matrix";
  const double rounding = 1e-12 * m.cwiseAbs().maxCoeff();
  std::string text = "[";
  for (Eigen::Index i = 0; i < m.rows(); ++i)
    for (Eigen::Index j = 0; j < m.cols(); ++j)
      text += (j > 0   ? ", "
               : i > 0 ? "; "
                       : "") +
              shown(std::fabs(m(i, j)) < rounding ? 0 : m(i, j));
  return text + "]";
}

}  // namespace lmmdsl
