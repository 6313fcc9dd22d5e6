#include "lmmdsl/report/shrinkage.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <set>

#include "compiler/derive/inline.h"
#include "compiler/math/render.h"

namespace lmmdsl {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::size_t kMostShrunk = 2000;
constexpr std::size_t kShrinkageDraws = 200;  // for the mean of a variance

/// Posterior mean of an expression that holds once.
MatrixXd mean_of(const Posterior& p, const Expr& e) {
  MatrixXd sum;
  const std::vector<State> states = p.states(kShrinkageDraws);
  for (const State& state : states) {
    const MatrixXd v = p.evaluator().evaluate(e, state, 0);
    sum = sum.size() == 0 ? v : MatrixXd(sum + v);
  }
  return sum / static_cast<double>(states.size());
}

/// Squares over the rows about the groups' own estimates.
std::optional<ResidualComparison> residual_comparison(const Posterior& p, const Conditional& c,
                                                      const Contribution& term, const State& state,
                                                      const Shrinkage& s) {
  const Model& model = p.sampled_model();
  const Data& data = p.data();
  const Density& density = density_at(model, term.density);
  if (!density.plate.rows || density.target >= 0 || !density.value->shape.is_scalar() || !term.A ||
      term.component != 0)
    return {};
  // Other unknowns in the mean would have to be fitted, too.
  const Expr mean = inline_derived(model, density.args[0]);
  for (const SymbolId other : model.parameters())
    if (other != c.target && mentions(mean, other)) return {};
  double rss = 0, df = 0;
  const PlateElements& rows = data.plate(density.plate);
  const auto& group = data.map(density.plate, c.plate);
  std::set<std::int32_t> seen;
  for (std::size_t e = 0; e < rows.size; ++e) {
    const VectorXd& own = s.groups[static_cast<std::size_t>(group[e])].own;
    if (!own.allFinite()) return {};
    const double y = p.value_at(density.value, state, density.plate, e)(0, 0);
    const MatrixXd A = p.value_at(term.A, state, density.plate, e);
    const double b = p.value_at(term.b, state, density.plate, e)(0, 0);
    const double fitted = A.size() == 1 ? A(0, 0) * own(0) : (A * own)(0, 0);
    rss += (y - fitted - b) * (y - fitted - b);
    df += 1;
    seen.insert(group[e]);
  }
  ResidualComparison result;
  result.mean_square = rss / df;
  df -= static_cast<double>(seen.size()) * static_cast<double>(s.components.size());
  if (df < 1) return {};
  result.unbiased = rss / df;
  return result;
}

/// The estimates of one group, from the terms of its full conditional; nothing where it has not the
/// form of a prior and a likelihood.
std::optional<GroupEstimate> group_estimate(const Posterior& p, const Conditional& c,
                                            const State& state, std::size_t group) {
  const auto at = [&](const Expr& e) { return p.value_at(e, state, c.plate, group); };
  MatrixXd P0 = at(c.prior.terms[0]), h0 = at(c.prior.terms[1]);
  MatrixXd P1, h1;
  for (const Contribution& l : c.likelihood) {
    if (l.component != 0 || l.terms.size() < 2) return {};
    const MatrixXd P = at(l.terms[0]), h = at(l.terms[1]);
    P1 = P1.size() == 0 ? P : MatrixXd(P1 + P);
    h1 = h1.size() == 0 ? h : MatrixXd(h1 + h);
  }
  const Eigen::Index d = h1.rows();
  const auto whole = [&](const MatrixXd& P) {  // a number stands for a multiple of I
    return P.rows() == d ? P : MatrixXd(P(0, 0) * MatrixXd::Identity(d, d));
  };
  P0 = whole(P0), P1 = whole(P1);
  if (!(P0.norm() > 0)) return {};
  GroupEstimate e;
  e.label = element_label(p.data(), c.plate, group);
  const Eigen::ColPivHouseholderQR<MatrixXd> rows(P1), prior(P0);
  e.own = rows.rank() == d ? VectorXd(rows.solve(h1)) : VectorXd::Constant(d, NAN);
  e.pooled = prior.rank() == d ? VectorXd(prior.solve(h0)) : VectorXd::Constant(d, NAN);
  e.weight = (P0 + P1).ldlt().solve(P1).trace() / static_cast<double>(d);
  const MatrixXd mean = at(reference(p.sampled_model(), c.target));
  e.posterior = Eigen::Map<const VectorXd>(mean.data(), mean.size());
  return e;
}

/// Names of the d components of a parameter.
std::vector<std::string> shown_components(const Data& data, const Symbol& symbol, Eigen::Index d) {
  std::vector<std::string> shown;
  for (const std::string& name : component_names(data, symbol))
    shown.push_back(shown_component(name));
  if (symbol.shape.is_scalar()) shown = {""};
  for (auto k = static_cast<Eigen::Index>(shown.size()); k < d; ++k)
    shown.push_back(std::to_string(k + 1));
  return shown;
}

/// Variances between the groups: of the separate estimates, and as the model has them.
std::vector<VarianceComparison> variances_between(const Posterior& p, const Shrinkage& s) {
  const Model& model = p.sampled_model();
  const Symbol& symbol = model[s.parameter];
  const Density& prior = model.densities[static_cast<std::size_t>(symbol.prior)];
  const Expr variance = inline_derived(model, prior.args.back());
  if (prior.family != FamilyId::normal || prior.args.size() != 2 || !variance->plate.once() ||
      variance->symbols.empty())
    return {};
  std::vector<VarianceComparison> between;
  const MatrixXd V = mean_of(p, variance);
  const Eigen::Index d = s.groups[0].own.size();
  const double n = static_cast<double>(s.groups.size());
  for (Eigen::Index k = 0; k < d; ++k) {
    double mean = 0, sum = 0;
    for (const GroupEstimate& e : s.groups) mean += e.own(k) / n;
    for (const GroupEstimate& e : s.groups) sum += (e.own(k) - mean) * (e.own(k) - mean);
    const std::string& name = s.components[static_cast<std::size_t>(k)];
    between.push_back(
        {render_name(symbol.name, Notation::unicode) + (name.empty() ? "" : "[" + name + "]"),
         sum / (n - 1), V.rows() == d ? V(k, k) : V(0, 0)});
  }
  return between;
}

/// Residual variances of the likelihoods that mention the parameter.
std::vector<ResidualComparison> variances_within(const Posterior& p, const Conditional& c,
                                                 const State& state, const Shrinkage& s) {
  const Model& model = p.sampled_model();
  std::vector<ResidualComparison> within;
  for (const Contribution& l : c.likelihood) {
    const Density& density = density_at(model, l.density);
    if (density.family != FamilyId::normal || density.args.size() != 2) continue;
    const Expr v = inline_derived(model, density.args[1]);
    if (!v->plate.once() || !v->shape.is_scalar() || v->symbols.empty()) continue;
    if (auto found = residual_comparison(p, c, l, state, s)) {
      found->what = render(v, &model, Notation::unicode);
      found->model = mean_of(p, v)(0, 0);
      within.push_back(std::move(*found));
    }
  }
  return within;
}

std::optional<Shrinkage> shrinkage_of(const Posterior& p, const Conditional& c,
                                      const State& state) {
  if (c.family != UpdateFamily::normal || c.plate.once() || c.plate.rows || c.exponent != 1 ||
      c.likelihood.empty() || c.prior.terms.size() < 2 || reads_auxiliary(p.sampled_model(), c))
    return {};
  const std::size_t groups = p.data().plate(c.plate).size;
  if (groups < 2 || groups > kMostShrunk) return {};
  Shrinkage s;
  s.parameter = c.target;
  for (std::size_t g = 0; g < groups; ++g) {
    std::optional<GroupEstimate> e = group_estimate(p, c, state, g);
    if (!e) return {};
    s.groups.push_back(std::move(*e));
  }
  s.components = shown_components(p.data(), p.sampled_model()[c.target], s.groups[0].own.size());
  if (std::all_of(s.groups.begin(), s.groups.end(),
                  [](const GroupEstimate& e) { return e.own.allFinite(); })) {
    s.between = variances_between(p, s);
    s.within = variances_within(p, c, state, s);
  }
  return s;
}

}  // namespace

std::vector<Shrinkage> shrinkage(const Posterior& posterior) {
  std::vector<Shrinkage> result;
  const State state = posterior.mean_state();
  for (const Conditional& c : posterior.bound().program->conditionals)
    if (std::optional<Shrinkage> s = shrinkage_of(posterior, c, state))
      result.push_back(std::move(*s));
  return result;
}

}  // namespace lmmdsl
