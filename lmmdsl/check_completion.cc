#include "lmmdsl/check_completion.h"

#include <cmath>

#include "runtime/predict.h"

namespace lmmdsl {

namespace {

using Matrix = Eigen::MatrixXd;

std::size_t lies_in(const Data& data, const Plate& fine, std::size_t element, const Plate& coarse) {
  if (coarse.once()) return 0;
  if (fine == coarse) return element;
  return static_cast<std::size_t>(data.map(fine, coarse)[element]);
}

}  // namespace

CompletedVectors::CompletedVectors(const Evaluator& oracle, const Data& data,
                                   const Density& density, const State& state, Random& random)
    : oracle_(oracle), data_(data), density_(density) {
  for (std::size_t i = 0; i < data.plate(density.plate).size; ++i) {
    Vector v{i, argument(density.value, state, i), {}};
    for (Eigen::Index k = 0; k < v.value.size(); ++k)
      if (!std::isnan(v.value(k))) v.observed.push_back(static_cast<int>(k));
    const auto there = static_cast<Eigen::Index>(v.observed.size());
    if (there == 0 || there == v.value.size()) continue;
    const Matrix m = argument(density.args[0], state, i), V = argument(density.args[1], state, i);
    complete_normal(static_cast<int>(v.value.size()), m.data(), V.data(), v.value.data(), random);
    vectors_.push_back(std::move(v));
  }
}

Matrix CompletedVectors::argument(const Expr& e, const State& state, std::size_t element) const {
  return oracle_.evaluate_at(e, state, density_.plate, element);
}

Matrix CompletedVectors::squares(const Expr& c, const State& state, const Plate& plate,
                                 std::size_t element) const {
  const Eigen::Index p = data_.length(density_.value->shape.rows);
  Matrix sum = Matrix::Zero(p, p);
  for (const Vector& v : vectors_) {
    if (lies_in(data_, density_.plate, v.element, plate) != element) continue;
    const Eigen::VectorXd r = v.value - argument(density_.args[0], state, v.element);
    sum += r * r.transpose() / argument(c, state, v.element)(0, 0);
  }
  return sum;
}

double CompletedVectors::log_density(const State& state) const {
  double sum = 0;
  for (const Vector& v : vectors_) {
    const Matrix m = argument(density_.args[0], state, v.element);
    const Matrix V = argument(density_.args[1], state, v.element);
    const auto& o = v.observed;
    const Matrix y_o = v.value(o), m_o = m(o, Eigen::all), V_oo = V(o, o);
    sum += reference_log_density(density_.family, v.value, {m, V}) -
           reference_log_density(density_.family, y_o, {m_o, V_oo});
  }
  return sum;
}

}  // namespace lmmdsl
