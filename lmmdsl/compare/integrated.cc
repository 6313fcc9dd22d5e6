#include "lmmdsl/compare/integrated.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "compiler/derive/inline.h"
#include "compiler/math/dependence.h"
#include "compiler/model/elementwise.h"

namespace lmmdsl {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

constexpr double kLog2Pi = 1.8378770664093454836;

bool contains(const std::vector<SymbolId>& ids, SymbolId id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

std::vector<SymbolId> mentioned(const Expr& inlined, const std::vector<SymbolId>& candidates) {
  std::vector<SymbolId> found;
  for (const SymbolId c : candidates)
    if (mentions(inlined, c)) found.push_back(c);
  return found;
}

/// The candidates that stand in the way of a joint Normal distribution in this density.
std::vector<SymbolId> obstacles(const Model& model, const Density& density,
                                const std::vector<SymbolId>& candidates) {
  std::vector<SymbolId> in_value;
  if (density.target < 0) in_value = mentioned(inline_derived(model, density.value), candidates);
  if (!in_value.empty()) return in_value;
  for (std::size_t k = 0; k < density.args.size(); ++k) {
    const std::vector<SymbolId> here =
        mentioned(inline_derived(model, density.args[k]), candidates);
    if (here.empty()) continue;
    if (k != 0 || density.family != FamilyId::normal) return here;
    Expr rest = inline_derived(model, density.args[0]);
    for (const SymbolId c : here) {
      const auto form = affine(rest, reference(model, c));
      const Affine* found = std::get_if<Affine>(&form);
      if (found == nullptr) return {c};
      const std::vector<SymbolId> others = mentioned(found->A, candidates);
      if (!others.empty()) return others;
      rest = found->b;
    }
  }
  return {};
}

}  // namespace

Integrable integrable(const Model& model, const std::vector<SymbolId>& candidates) {
  Integrable result;
  for (const SymbolId c : candidates) {
    const Density& prior = model.densities[static_cast<std::size_t>(model[c].prior)];
    const bool plain = prior.family == FamilyId::normal && prior.value->op == Op::symbol;
    (plain ? result.coefficients : result.others).push_back(c);
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (const Density& d : model.densities) {
      const std::vector<SymbolId> away = obstacles(model, d, result.coefficients);
      for (const SymbolId c : away) {
        std::erase(result.coefficients, c);
        result.others.push_back(c);
        changed = true;
      }
      if (changed) break;
    }
  }
  return result;
}

bool lies_within(const Data& data, const Plate& plate, SymbolId factor) {
  if (plate.once()) return false;
  if (plate.rows ||
      std::find(plate.factors.begin(), plate.factors.end(), factor) != plate.factors.end())
    return true;
  const std::vector<std::int32_t>& codes = data.factors[static_cast<std::size_t>(factor)].codes;
  const PlateElements& elements = data.plate(plate);
  std::vector<std::int32_t> level(elements.size, -1);
  for (std::size_t row = 0; row < data.rows(); ++row) {
    const std::int32_t e = elements.of_row[row];
    if (e < 0) continue;
    std::int32_t& known = level[static_cast<std::size_t>(e)];
    if (known >= 0 && known != codes[row]) return false;
    known = codes[row];
  }
  return true;
}

IntegratedLikelihood::IntegratedLikelihood(const Model& model, const Data& data,
                                           const Evaluator& evaluator,
                                           const std::vector<SymbolId>& coefficients,
                                           SymbolId factor, const State& any)
    : data_(data), evaluator_(evaluator), coefficients_(coefficients) {
  groups_.resize(factor < 0 ? 1 : data.factors[static_cast<std::size_t>(factor)].levels.size());
  // Which group each element of a plate lies in, found once for each plate.
  const auto groups_of = [&](const Plate& plate) {
    const std::size_t n = plate.once() ? 1 : data.plate(plate).size;
    std::vector<std::int64_t> group(n, factor < 0 ? 0 : -1);
    if (factor < 0 || !lies_within(data, plate, factor)) return group;
    const std::vector<std::int32_t>& of_row = data.plate(plate).of_row;
    const auto& codes = data.factors[static_cast<std::size_t>(factor)].codes;
    for (std::size_t row = 0; row < data.rows(); ++row)
      if (of_row[row] >= 0) group[static_cast<std::size_t>(of_row[row])] = codes[row];
    return group;
  };

  std::map<std::pair<SymbolId, std::size_t>, std::size_t> offset;
  for (const SymbolId c : coefficients) {
    const Plate& plate = model[c].plate;
    const std::vector<std::int64_t> group = groups_of(plate);
    length_[c] = any.values[static_cast<std::size_t>(c)].size() / group.size();
    for (std::size_t e = 0; e < group.size(); ++e) {
      if (group[e] < 0) continue;
      Group& g = groups_[static_cast<std::size_t>(group[e])];
      g.at.emplace_back(c, e, g.size);
      offset[{c, e}] = g.size;
      g.size += length_[c];
    }
  }

  for (const Density& density : model.densities) {
    const bool prior = density.target >= 0;
    if (prior && !contains(coefficients, density.target)) continue;
    Part part;
    part.density = &density;
    part.prior = prior;
    if (prior) part.terms.push_back({density.target, nullptr, true});
    Expr rest = inline_derived(model, density.args[0]);
    for (const SymbolId c : coefficients) {
      if (!mentions(rest, c)) continue;
      const auto form = affine(rest, reference(model, c));
      const Affine& found = std::get<Affine>(form);
      part.terms.push_back({c, found.A, is_constant(model, found.A)});
      rest = found.b;
    }
    const std::vector<std::int64_t> group = groups_of(density.plate);
    std::vector<std::size_t> elements;
    const std::size_t number = parts_.size();
    for (std::size_t e = 0; e < group.size(); ++e) {
      if (group[e] < 0) continue;
      Site site;
      site.part = number;
      site.element = e;
      site.place = elements.size();
      for (const Term& t : part.terms) {
        const std::size_t at = element_within(data, density.plate, e, model[t.parameter].plate);
        site.coefficient.push_back(at);
        site.offset.push_back(offset.at({t.parameter, at}));
        site.derivative.emplace_back();
        if (t.constant && t.derivative)
          site.derivative.back() = evaluator.evaluate(
              t.derivative, any, element_within(data, density.plate, e, t.derivative->plate));
      }
      groups_[static_cast<std::size_t>(group[e])].sites.push_back(std::move(site));
      elements.push_back(e);
    }
    if (!prior && density.value->shape.is_scalar() && !density.plate.once()) {
      part.scalars =
          std::make_unique<ScalarArguments>(model, data, evaluator, density, elements, any);
      for (const std::size_t e : elements)
        part.observed.push_back(density_at(data, evaluator, density, any, e).value(0));
    }
    parts_.push_back(std::move(part));
  }
}

IntegratedLikelihood::Mode IntegratedLikelihood::solve(const State& zero, const Group& group,
                                                       Vector& u) {
  struct Residual {
    Vector r;
    Matrix J;  ///< of the columns `columns`
    std::vector<std::size_t> columns;
    Matrix V;
  };
  const auto q = static_cast<Eigen::Index>(group.size);
  Mode mode;
  Matrix P = Matrix::Zero(q, q);
  Vector h = Vector::Zero(q);
  std::vector<Residual> residuals;
  for (const Site& site : group.sites) {
    Part& part = parts_[site.part];
    DensityAt at;
    if (part.scalars) {
      at.value = Matrix::Constant(1, 1, part.observed[site.place]);
      for (std::size_t k = 0; k < part.scalars->count(); ++k)
        at.args.push_back(Matrix::Constant(1, 1, part.scalars->at(site.place, k)));
    } else {
      at = density_at(data_, evaluator_, *part.density, zero, site.element);
    }
    if (at.args.empty()) continue;
    if (part.terms.empty()) {
      mode.log_integral += reference_log_density(part.density->family, at.value, at.args);
      continue;
    }
    const Eigen::Index d = at.value.size();
    Residual x;
    x.r = at.value.reshaped();
    // The value of a coefficient is taken to be 0, and comes in by its own derivative.
    if (part.prior) x.r.setZero();
    if (at.args[0].size() == d) x.r -= at.args[0].reshaped();
    else x.r.array() -= at.args[0](0, 0);
    x.V = at.args[1].size() == 1 && d > 1 ? Matrix(at.args[1](0, 0) * Matrix::Identity(d, d))
                                          : at.args[1];
    std::vector<Matrix> blocks;
    Eigen::Index width = 0;
    for (std::size_t t = 0; t < part.terms.size(); ++t) {
      const Term& term = part.terms[t];
      const auto length = static_cast<Eigen::Index>(length_.at(term.parameter));
      Matrix A = !term.derivative ? Matrix(-Matrix::Identity(d, d))
                 : term.constant
                     ? site.derivative[t]
                     : evaluator_.evaluate(term.derivative, zero,
                                           element_within(data_, part.density->plate, site.element,
                                                          term.derivative->plate));
      if (part.density->observed && term.derivative) {
        const Matrix whole = evaluator_.evaluate(part.density->value, zero, site.element);
        std::vector<int> o;
        for (Eigen::Index k = 0; k < whole.size(); ++k)
          if (!std::isnan(whole(k))) o.push_back(static_cast<int>(k));
        if (A.rows() == whole.size()) A = A(o, Eigen::all).eval();
      }
      if (A.rows() == 1 && d > 1) A = A.replicate(d, 1).eval();
      for (Eigen::Index k = 0; k < length; ++k)
        x.columns.push_back(site.offset[t] + static_cast<std::size_t>(k));
      width += length;
      blocks.push_back(std::move(A));
    }
    x.J.resize(d, width);
    Eigen::Index from = 0;
    for (const Matrix& A : blocks) {
      x.J.middleCols(from, A.cols()) = A;
      from += A.cols();
    }
    const Eigen::LLT<Matrix> L(x.V);
    if (L.info() != Eigen::Success || !x.r.allFinite()) return mode;
    const Matrix WJ = L.solve(x.J);
    const Matrix K = x.J.transpose() * WJ;
    const Vector s = WJ.transpose() * x.r;
    for (Eigen::Index i = 0; i < width; ++i) {
      const auto ci = static_cast<Eigen::Index>(x.columns[static_cast<std::size_t>(i)]);
      h(ci) += s(i);
      for (Eigen::Index j = 0; j < width; ++j)
        P(ci, static_cast<Eigen::Index>(x.columns[static_cast<std::size_t>(j)])) += K(i, j);
    }
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
      e -= x.J.col(k) * u(static_cast<Eigen::Index>(x.columns[static_cast<std::size_t>(k)]));
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
