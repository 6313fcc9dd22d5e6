// Constants of the densities must be what their slots ask for: a scale matrix positive definite,
// enough degrees of freedom, a variance above zero; and all constants finite.
#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler/math/render.h"
#include "runtime/bind.h"
#include "runtime/constant_values.h"

namespace lmmdsl {
namespace {

using Matrix = Eigen::MatrixXd;

/// Why m is no covariance matrix; empty if it is one. Singular is judged relative to its largest
/// eigenvalue, as a sample covariance of too few groups comes out singular only up to rounding.
std::string why_not_covariance(const Matrix& m) {
  if (m.rows() != m.cols()) return "is not square";
  const double size = m.cwiseAbs().maxCoeff();
  if ((m - m.transpose()).cwiseAbs().maxCoeff() > 1e-8 * size) return "is not symmetric";
  if (m.size() == 1) return m(0, 0) > 0 ? "" : "is not positive";
  // Scaled to a unit diagonal first, so that units of measurement do not matter.
  if (!(m.diagonal().minCoeff() > 0)) return "is not positive definite";
  const Eigen::VectorXd scale = m.diagonal().cwiseSqrt().cwiseInverse();
  const Matrix scaled = scale.asDiagonal() * m * scale.asDiagonal();
  const Eigen::SelfAdjointEigenSolver<Matrix> eigen(scaled, Eigen::EigenvaluesOnly);
  const double smallest = eigen.eigenvalues()(0);
  const double rounding =
      64 * static_cast<double>(m.rows()) * std::numeric_limits<double>::epsilon();
  if (smallest > rounding * eigen.eigenvalues().maxCoeff()) return "";
  return smallest < -rounding * eigen.eigenvalues().maxCoeff() ? "is not positive definite"
                                                               : "is singular";
}

class ConstantCheck {
 public:
  ConstantCheck(const Data& data, const BindOptions& options)
      : data_(data), model_(*data.model), values_(data), options_(options) {}

  void density(const Density& d) {
    const Family& f = family(d.family);
    span_ = d.span;
    if (d.response >= 0) check_response(data_, d, values_, options_.responses_replaced, errors);
    bounds(d, f);
    for (std::size_t k = 0; k < d.args.size() && k < f.slots.size(); ++k) {
      if (!finite(d.args[k], d.plate)) continue;
      if (!is_constant(model_, d.args[k])) weights(f, f.slots[k], d.args[k]);
      else if (!lacks_rows(d.args[k])) slot(d, f, f.slots[k], d.args[k]);
    }
  }

  void derived(const Symbol& s) {
    span_ = s.span;
    finite(s.definition, s.plate);
  }

  Diagnostics errors;

 private:
  Span place(const Expr& e) const { return e->span.end > e->span.begin ? e->span : span_; }

  std::string where(const Plate& plate, std::size_t element) const {
    if (plate.once()) return "";
    return (plate.rows ? " in " : " for ") + describe_element(data_, plate, element);
  }

  /// The ends of a support that are given: in order.
  void bounds(const Density& d, const Family& f) {
    const bool truncated = f.id == FamilyId::truncated_normal;
    Expr lower = d.lower, upper = d.upper;
    if (f.id == FamilyId::uniform) lower = d.args[0], upper = d.args[1];
    if (truncated) lower = d.args[2], upper = d.args[3];
    for (const Expr& bound : {lower, upper})
      if (bound && !finite(bound, d.plate)) return;
    if (!lower || !upper || !is_constant(model_, lower) || !is_constant(model_, upper)) return;
    const std::size_t n = data_.plate(d.plate).size;
    for (std::size_t i = 0; i < n; ++i) {
      const double from = values_.at(lower, d.plate, i), to = values_.at(upper, d.plate, i);
      if (from < to) continue;
      errors.push_back(model_error(model_, place(upper),
                                   "the lower bound of " + (truncated ? "Normal" : f.name) +
                                       " is not below the upper one" + where(d.plate, i) + ": " +
                                       shown(from) + " and " + shown(to),
                                   ""));
      return;
    }
  }

  /// All parts of e without parameters are finite, and what is inverted is not singular.
  bool finite(const Expr& e, const Plate& plate) {
    const std::size_t before = errors.size();
    walk_constants(model_, e, plate, [&](const Expr& part, const Plate&) {
      if (errors.size() > before) return;
      if (part->op == Op::number || part->op == Op::identity || part->op == Op::zero ||
          part->op == Op::ones || is_column(part))
        return;
      if (lacks_rows(part)) {
        walk(part, part->plate, [&](const Expr& node, const Plate&) {
          if (node->op == Op::gather) finite(node->args[0], row_plate());
        });
        return;
      }
      walk(part, part->plate, [&](const Expr& node, const Plate&) {
        if (node->op == Op::inverse && errors.size() == before) invertible(node);
      });
      const std::size_t n = data_.plate(part->plate).size;
      for (std::size_t i = 0; i < n && errors.size() == before; ++i) {
        const Matrix v = values_.value(part, i);
        if (!v.allFinite()) not_finite(part, i, v);
      }
    });
    return errors.size() == before;
  }

  /// Whether e gathers rows of vectors that may be partial: nothing is there of other components.
  bool lacks_rows(const Expr& e) const {
    bool found = false;
    if (options_.partial_vectors)
      walk(e, e->plate,
           [&](const Expr& node, const Plate&) { found = found || node->op == Op::gather; });
    return found;
  }

  void not_finite(const Expr& e, std::size_t element, const Matrix& v) {
    const std::string what =
        "`" + render(e, &model_) + "` is not finite" + where(e->plate, element) + ": " + shown(v);
    const std::vector<SymbolId> columns = elementwise_columns(model_, e);
    if (!e->plate.rows || columns.empty()) {
      errors.push_back(model_error(model_, place(e), what, ""));
      return;
    }
    errors.push_back(row_error(data_, columns.front(), data_.row_number[element], what, ""));
    errors.back().notes.push_back(model_note(model_, span_, "it stands"));
  }

  bool is_column(const Expr& e) const {
    return e->op == Op::symbol && model_[e->symbol].role == Role::column;
  }

  void invertible(const Expr& node) {
    const std::size_t n = data_.plate(node->plate).size;
    for (std::size_t i = 0; i < n; ++i) {
      const Matrix m = values_.value(node->args[0], node->args[0]->plate == node->plate ? i : 0);
      if (!m.allFinite() || Eigen::FullPivLU<Matrix>(m).isInvertible()) continue;
      errors.push_back(model_error(
          model_, place(node),
          "the inverse of a singular matrix is asked for" + where(node->plate, i) + ": " + shown(m),
          ""));
      return;
    }
  }

  bool is_sample_covariance(const Expr& e) const {
    if (e->op == Op::symbol && model_[e->symbol].definition)
      return is_sample_covariance(model_[e->symbol].definition);
    return e->op == Op::cov_over;
  }

  void slot(const Density& d, const Family& f, const Slot& slot, const Expr& arg) {
    // Of arguments on the rows only those of rows with a response count.
    const bool rows = arg->plate.rows && d.plate.rows;
    const std::size_t n = data_.plate(rows ? d.plate : arg->plate).size;
    const double p = data_.length(d.value->shape.rows);
    for (std::size_t k = 0; k < n; ++k) {
      const std::size_t i =
          rows && !(arg->plate == d.plate) ? data_.map(d.plate, arg->plate)[k] : k;
      const Matrix v = values_.value(arg, i);
      std::string wrong;
      if (slot.support == Support::covariance || slot.shape == SlotShape::variance)
        wrong = why_not_covariance(v);
      else if (slot.support == Support::positive && !(v.minCoeff() > 0)) wrong = "is not positive";
      else if (slot.support == Support::at_least_one && !(v(0, 0) >= 1))
        wrong = "must be at least 1";
      else if (slot.support == Support::trials && !(v(0, 0) >= 1 && v(0, 0) == std::floor(v(0, 0))))
        wrong = "must be a whole number of at least 1";
      else if (slot.support == Support::unit && !(v(0, 0) > 0 && v(0, 0) < 1))
        wrong = "must lie between 0 and 1";
      else if (slot.support == Support::above_dimension && !(v(0, 0) > p - 1))
        wrong = "must be greater than " + shown(p - 1) + " for a " + shown(p) + " x " + shown(p) +
                " matrix";
      else if (slot.support == Support::simplex &&
               !(v.minCoeff() > 0 && std::fabs(v.sum() - 1) < kSumRounding))
        wrong = "must be positive and add up to 1";
      else if (f.id == FamilyId::ordered_probit && !std::is_sorted(v.data(), v.data() + v.size()))
        wrong = "must increase";
      if (wrong.empty()) continue;
      errors.push_back(model_error(model_, place(arg),
                                   "the " + slot.name + " of " + f.name + " " + wrong +
                                       where(arg->plate, i) + ": " + shown(v),
                                   ""));
      if (v.size() > 1 && is_sample_covariance(arg))
        errors.back().hint = "a sample covariance of " + std::to_string(v.rows()) +
                             " components needs more than " + std::to_string(v.rows()) +
                             " elements, and no component that is a combination of others";
      return;
    }
  }

  /// What is known of a product that must be positive, as 1 / w of s^2 / w: its unknown factors are
  /// positive.
  void weights(const Family& f, const Slot& slot, const Expr& arg) {
    const bool positive = slot.support == Support::positive ||
                          slot.support == Support::covariance || slot.shape == SlotShape::variance;
    if (!positive || arg->op != Op::multiply) return;
    const std::size_t n = data_.plate(arg->plate).size;
    for (std::size_t i = 0; i < n; ++i) {
      double known = 1;
      Expr negative;
      for (const Expr& factor : arg->args) {
        if (!factor->shape.is_scalar() || !is_constant(model_, factor)) continue;
        const double x = values_.at(factor, arg->plate, i);
        if (!(x > 0)) negative = factor;
        known *= x;
      }
      if (known > 0) continue;
      errors.push_back(model_error(model_, place(arg),
                                   "the " + slot.name + " of " + f.name + " is not positive" +
                                       where(arg->plate, i) + ": `" + render(negative, &model_) +
                                       "` is " + shown(values_.at(negative, arg->plate, i)),
                                   ""));
      return;
    }
  }

  const Data& data_;
  const Model& model_;
  ConstantValues values_;
  const BindOptions& options_;
  Span span_;
};

}  // namespace

Diagnostics check_constants(const Data& data, const BindOptions& options) {
  ConstantCheck check(data, options);
  for (const Density& d : data.model->stated) check.density(d);
  for (const Symbol& s : data.model->symbols)
    if (s.role == Role::derived && s.definition) check.derived(s);
  return std::move(check.errors);
}

}  // namespace lmmdsl
