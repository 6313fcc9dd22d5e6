#include "lmmdsl/compare/integrated.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "compiler/derive/inline.h"
#include "compiler/math/dependence.h"
#include "compiler/model/elementwise.h"
#include "lmmdsl/compare/integrable.h"

namespace lmmdsl {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

constexpr double kLog2Pi = 1.8378770664093454836;

/// The group in which each element of a plate lies; -1: in none.
std::vector<std::int64_t> group_of_elements(const Data& data, const Plate& plate, SymbolId factor) {
  const std::size_t n = plate.once() ? 1 : data.plate(plate).size;
  std::vector<std::int64_t> group(n, factor < 0 ? 0 : -1);
  if (factor < 0 || !lies_within(data, plate, factor)) return group;
  const std::vector<std::int32_t>& of_row = data.plate(plate).of_row;
  const auto& codes = data.factors[static_cast<std::size_t>(factor)].codes;
  for (std::size_t row = 0; row < data.rows(); ++row)
    if (of_row[row] >= 0) group[static_cast<std::size_t>(of_row[row])] = codes[row];
  return group;
}

}  // namespace

IntegratedLikelihood::IntegratedLikelihood(const Model& model, const Data& data,
                                           const Evaluator& evaluator,
                                           const std::vector<SymbolId>& coefficients,
                                           SymbolId factor, const State& any)
    : model_(model), data_(data), evaluator_(evaluator), coefficients_(coefficients) {
  groups_.resize(factor < 0 ? 1 : data.factors[static_cast<std::size_t>(factor)].levels.size());
  const Offsets offsets = place_coefficients(factor, any);
  for (const Density& density : model.densities) {
    const bool other_prior =
        density.target >= 0 &&
        std::find(coefficients.begin(), coefficients.end(), density.target) == coefficients.end();
    if (!other_prior) add_part(density, factor, offsets, any);
  }
}

IntegratedLikelihood::Offsets IntegratedLikelihood::place_coefficients(SymbolId factor,
                                                                       const State& any) {
  Offsets offsets;
  for (const SymbolId c : coefficients_) {
    const std::vector<std::int64_t> group = group_of_elements(data_, model_[c].plate, factor);
    length_[c] = any.values[static_cast<std::size_t>(c)].size() / group.size();
    for (std::size_t e = 0; e < group.size(); ++e) {
      if (group[e] < 0) continue;
      Group& g = groups_[static_cast<std::size_t>(group[e])];
      g.at.emplace_back(c, e, g.size);
      offsets[{c, e}] = g.size;
      g.size += length_[c];
    }
  }
  return offsets;
}

std::vector<IntegratedLikelihood::Term> IntegratedLikelihood::terms_of(
    const Density& density) const {
  std::vector<Term> terms;
  if (density.target >= 0) terms.push_back({density.target, nullptr, true});
  Expr rest = inline_derived(model_, density.args[0]);
  for (const SymbolId c : coefficients_) {
    if (!mentions(rest, c)) continue;
    const auto form = affine(rest, reference(model_, c));
    const Affine& found = std::get<Affine>(form);
    terms.push_back({c, found.A, is_constant(model_, found.A)});
    rest = found.b;
  }
  return terms;
}

void IntegratedLikelihood::add_part(const Density& density, SymbolId factor, const Offsets& offsets,
                                    const State& any) {
  Part part;
  part.density = &density;
  part.prior = density.target >= 0;
  part.terms = terms_of(density);
  const std::vector<std::int64_t> group = group_of_elements(data_, density.plate, factor);
  std::vector<std::size_t> elements;
  for (std::size_t e = 0; e < group.size(); ++e) {
    if (group[e] < 0) continue;
    Site site = site_of(part, e, offsets, any);
    site.part = parts_.size();
    site.place = elements.size();
    groups_[static_cast<std::size_t>(group[e])].sites.push_back(std::move(site));
    elements.push_back(e);
  }
  if (!part.prior && density.value->shape.is_scalar() && !density.plate.once()) {
    part.scalars =
        std::make_unique<ScalarArguments>(model_, data_, evaluator_, density, elements, any);
    for (const std::size_t e : elements)
      part.observed.push_back(density_at(data_, evaluator_, density, any, e).value(0));
  }
  parts_.push_back(std::move(part));
}

IntegratedLikelihood::Site IntegratedLikelihood::site_of(const Part& part, std::size_t element,
                                                         const Offsets& offsets,
                                                         const State& any) const {
  const Plate& plate = part.density->plate;
  Site site;
  site.element = element;
  for (const Term& t : part.terms) {
    const std::size_t at = element_within(data_, plate, element, model_[t.parameter].plate);
    site.offset.push_back(offsets.at({t.parameter, at}));
    site.derivative.emplace_back();
    if (t.constant && t.derivative)
      site.derivative.back() = evaluator_.evaluate(
          t.derivative, any, element_within(data_, plate, element, t.derivative->plate));
  }
  return site;
}

DensityAt IntegratedLikelihood::arguments(const Site& site, const State& zero) const {
  const Part& part = parts_[site.part];
  if (!part.scalars) return density_at(data_, evaluator_, *part.density, zero, site.element);
  DensityAt at;
  at.value = Matrix::Constant(1, 1, part.observed[site.place]);
  for (std::size_t k = 0; k < part.scalars->count(); ++k)
    at.args.push_back(Matrix::Constant(1, 1, part.scalars->at(site.place, k)));
  return at;
}

/// The residual of one density as r - J u of the numbers of u that it mentions, and its variance.
struct IntegratedLikelihood::Residual {
  Vector r;
  Matrix J;
  std::vector<Eigen::Index> columns;  ///< the number of u for each column of J
  Matrix V;
};

/// The columns of J that belong to one term, d rows.
Matrix IntegratedLikelihood::derivative(const Site& site, std::size_t term, const State& zero,
                                        Eigen::Index d) const {
  const Density& density = *parts_[site.part].density;
  const Term& t = parts_[site.part].terms[term];
  if (!t.derivative) return -Matrix::Identity(d, d);
  Matrix A = t.constant ? site.derivative[term]
                        : evaluator_.evaluate(t.derivative, zero,
                                              element_within(data_, density.plate, site.element,
                                                             t.derivative->plate));
  if (density.observed) {
    const Matrix whole = evaluator_.evaluate(density.value, zero, site.element);
    std::vector<int> present;
    for (Eigen::Index k = 0; k < whole.size(); ++k)
      if (!std::isnan(whole(k))) present.push_back(static_cast<int>(k));
    if (A.rows() == whole.size()) A = A(present, Eigen::all).eval();
  }
  if (A.rows() == 1 && d > 1) A = A.replicate(d, 1).eval();
  return A;
}

IntegratedLikelihood::Residual IntegratedLikelihood::residual(const Site& site, const DensityAt& at,
                                                              const State& zero) const {
  const Part& part = parts_[site.part];
  const Eigen::Index d = at.value.size();
  Residual x;
  x.r = at.value.reshaped();
  // The value of a coefficient is taken to be 0, and comes in by its own derivative.
  if (part.prior) x.r.setZero();
  if (at.args[0].size() == d) x.r -= at.args[0].reshaped();
  else x.r.array() -= at.args[0](0, 0);
  x.V = at.args[1].size() == 1 && d > 1 ? Matrix(at.args[1](0, 0) * Matrix::Identity(d, d))
                                        : at.args[1];
  for (std::size_t t = 0; t < part.terms.size(); ++t)
    for (std::size_t k = 0; k < length_.at(part.terms[t].parameter); ++k)
      x.columns.push_back(static_cast<Eigen::Index>(site.offset[t] + k));
  x.J.resize(d, static_cast<Eigen::Index>(x.columns.size()));
  Eigen::Index from = 0;
  for (std::size_t t = 0; t < part.terms.size(); ++t) {
    const Matrix A = derivative(site, t, zero, d);
    x.J.middleCols(from, A.cols()) = A;
    from += A.cols();
  }
  return x;
}

IntegratedLikelihood::Mode IntegratedLikelihood::solve(const State& zero, const Group& group,
                                                       Vector& u) const {
  const auto q = static_cast<Eigen::Index>(group.size);
  Mode mode;
  Matrix P = Matrix::Zero(q, q);
  Vector h = Vector::Zero(q);
  std::vector<Residual> residuals;
  for (const Site& site : group.sites) {
    const Part& part = parts_[site.part];
    const DensityAt at = arguments(site, zero);
    if (at.args.empty()) continue;
    if (part.terms.empty()) {
      mode.log_integral += reference_log_density(part.density->family, at.value, at.args);
      continue;
    }
    Residual x = residual(site, at, zero);
    const Eigen::LLT<Matrix> L(x.V);
    if (L.info() != Eigen::Success || !x.r.allFinite()) return mode;
    const Matrix WJ = L.solve(x.J);  // V^-1 J
    P(x.columns, x.columns) += x.J.transpose() * WJ;
    h(x.columns) += WJ.transpose() * x.r;
    residuals.push_back(std::move(x));
  }
  if (q == 0) {
    mode.valid = true;
    return mode;
  }
  const Eigen::LLT<Matrix> factor(P);
  if (factor.info() != Eigen::Success) return mode;
  u = factor.solve(h);
  for (const Residual& x : residuals) {
    Vector e = x.r;
    for (Eigen::Index k = 0; k < x.J.cols(); ++k)
      e -= x.J.col(k) * u(x.columns[static_cast<std::size_t>(k)]);
    mode.log_integral += reference_log_density(FamilyId::normal, e, {Vector::Zero(e.size()), x.V});
  }
  mode.half_log_det =
      factor.matrixLLT().diagonal().array().log().sum() - 0.5 * static_cast<double>(q) * kLog2Pi;
  mode.log_integral -= mode.half_log_det;
  mode.valid = std::isfinite(mode.log_integral);
  return mode;
}

State IntegratedLikelihood::at_zero(State state) {
  for (const SymbolId c : coefficients_)
    std::fill(state.values[static_cast<std::size_t>(c)].begin(),
              state.values[static_cast<std::size_t>(c)].end(), 0.0);
  for (Part& part : parts_)
    if (part.scalars) part.scalars->set(state);
  return state;
}

IntegratedLikelihood::Mode IntegratedLikelihood::mode(State& state, std::size_t group) {
  State zero = at_zero(state);
  Vector u;
  const Mode found = solve(zero, groups_[group], u);
  if (found.valid)
    for (const auto& [parameter, element, offset] : groups_[group].at)
      for (std::size_t k = 0; k < length_[parameter]; ++k)
        state.values[static_cast<std::size_t>(parameter)][element * length_[parameter] + k] =
            u(static_cast<Eigen::Index>(offset + k));
  return found;
}

void IntegratedLikelihood::evaluate(const State& state, std::vector<double>& out) {
  State zero = at_zero(state);
  out.assign(groups_.size(), 0.0);
  Vector u;
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const Mode found = solve(zero, groups_[g], u);
    out[g] = found.valid ? found.log_integral : std::nan("");
  }
}

}  // namespace lmmdsl
