#include "lmmdsl/report/regression_curves.h"

#include <algorithm>
#include <cmath>

#include "compiler/derive/inline.h"
#include "compiler/math/render.h"
#include "lmmdsl/held_functions.h"
#include "lmmdsl/report/linear_mean.h"
#include "runtime/diagnostics.h"

namespace lmmdsl {
namespace {

constexpr std::size_t kGrid = 41;
constexpr std::size_t kBandDraws = 1000;  // for a band
constexpr std::size_t kMostGroups = 60;   // more than this are no picture

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// The coefficients of a linear mean, one after the other, at an element of a plate.
VectorXd coefficients(const Posterior& p, const LinearMean& mean, const State& state,
                      const Plate& plate, std::size_t element) {
  std::vector<double> values;
  for (const MeanTerm& t : mean.terms) {
    const MatrixXd v = p.value_at(reference(p.model(), t.parameter), state, plate, element);
    values.insert(values.end(), v.data(), v.data() + v.size());
  }
  return Eigen::Map<VectorXd>(values.data(), static_cast<Eigen::Index>(values.size()));
}

/// The row of the design, all terms side by side.
VectorXd design_row(const Posterior& p, const LinearMean& mean, const State& none,
                    const Plate& plate, std::size_t element) {
  std::vector<double> values;
  for (const MeanTerm& t : mean.terms) {
    const MatrixXd v = p.value_at(t.design, none, plate, element);
    values.insert(values.end(), v.data(), v.data() + v.size());
  }
  return Eigen::Map<VectorXd>(values.data(), static_cast<Eigen::Index>(values.size()));
}

/// The linear mean at each point of a grid, of the same terms at all of them.
struct CurveGrid {
  std::vector<double> x;
  std::vector<LinearMean> means;
  Plate plate;  ///< of the groups
};

/// A term that vanishes at some points, as b * x at x = 0, has a design of zeros there.
void complete_terms(const Model& model, std::vector<LinearMean>& means) {
  for (const SymbolId parameter : model.parameters()) {
    const auto find = [&](const LinearMean& mean) {
      return std::find_if(mean.terms.begin(), mean.terms.end(),
                          [&](const MeanTerm& t) { return t.parameter == parameter; });
    };
    if (std::none_of(means.begin(), means.end(),
                     [&](const LinearMean& m) { return find(m) != m.terms.end(); }))
      continue;
    const Shape& shape = model[parameter].shape;
    const Expr nothing = shape.is_scalar() ? number(0) : zeros(row_shape(shape.rows));
    for (LinearMean& mean : means) {
      MeanTerm term = {parameter, nothing};
      if (const auto found = find(mean); found != mean.terms.end()) {
        term = *found;
        mean.terms.erase(found);
      }
      mean.terms.push_back(std::move(term));  // all in the order of the parameters
    }
  }
}

std::optional<CurveGrid> make_grid(const Model& model, const Expr& mean, SymbolId x, Range range) {
  CurveGrid grid;
  for (std::size_t i = 0; i < kGrid; ++i) {
    const double at = range.low + (range.high - range.low) * static_cast<double>(i) /
                                      static_cast<double>(kGrid - 1);
    const Expr e = at_value(model, mean, x, at);
    if (e->plate.rows) return {};
    std::optional<LinearMean> linear = linear_mean(model, e);
    if (!linear) return {};
    if (e->plate.factors.size() > grid.plate.factors.size()) grid.plate = e->plate;
    grid.x.push_back(at);
    grid.means.push_back(std::move(*linear));
  }
  complete_terms(model, grid.means);
  if (grid.means.front().terms.empty()) return {};
  return grid;
}

/// Mean and 95 % band of the curve of one group over states.
void band(const Posterior& p, const CurveGrid& grid, const std::vector<State>& states,
          std::size_t element, Curve& curve) {
  const State& none = states.front();
  std::vector<std::vector<double>> at(grid.x.size());
  std::vector<VectorXd> rows;
  std::vector<double> offsets;
  for (const LinearMean& mean : grid.means) {
    rows.push_back(design_row(p, mean, none, grid.plate, element));
    offsets.push_back(p.value_at(mean.offset, none, grid.plate, element)(0, 0));
  }
  for (const State& state : states) {
    const VectorXd values = coefficients(p, grid.means.front(), state, grid.plate, element);
    for (std::size_t i = 0; i < grid.x.size(); ++i)
      at[i].push_back(rows[i].dot(values) + offsets[i]);
  }
  curve.x = grid.x;
  for (std::vector<double>& values : at) {
    curve.y.push_back(mean({values}));
    std::sort(values.begin(), values.end());
    curve.low.push_back(quantile_sorted(values, 0.025));
    curve.high.push_back(quantile_sorted(values, 0.975));
  }
}

/// The mean with what varies by group replaced by the mean of its prior, as far as that is one.
Expr at_population(const Model& model, Expr mean) {
  mean = inline_derived(model, mean);
  for (int round = 0; round < 8; ++round) {
    const Expr before = mean;
    mean = rewrite(mean, [&](const Expr& n) -> Expr {
      if (n->op != Op::symbol || n->plate.once() || n->plate.rows) return nullptr;
      const Symbol& s = model[n->symbol];
      if (s.role != Role::parameter) return nullptr;
      const Density& prior = stated_prior(model, n->symbol);
      if (prior.family != FamilyId::normal) return n;
      const Expr centre = prior.args[0];
      if (centre->shape == n->shape) return inline_derived(model, centre);
      // A number stands for a vector of equal components.
      if (centre->shape.is_scalar() && is_zero(centre)) return zeros(n->shape);
      return n;
    });
    if (same(before, mean)) break;
  }
  return mean;
}

/// The rows of each group.
std::vector<std::vector<std::size_t>> rows_by_group(const Data& data, const Plate& rows,
                                                    const Plate& groups) {
  std::vector<std::vector<std::size_t>> members(data.plate(groups).size);
  const std::size_t n = data.plate(rows).size;
  for (std::size_t e = 0; e < n; ++e) {
    const std::size_t g = groups.once() ? 0 : static_cast<std::size_t>(data.map(rows, groups)[e]);
    members[g].push_back(e);
  }
  return members;
}

/// The least squares curve through the data of one group, which are these rows of a plate; none
/// where it would go through all of them.
void add_least_squares(const Posterior& p, const CurveGrid& grid, std::size_t group,
                       const LinearMean& on_rows, const Plate& plate,
                       const std::vector<std::size_t>& rows, const State& any, Curve& curve) {
  VectorXd y(static_cast<Eigen::Index>(rows.size()));
  MatrixXd design;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto at = static_cast<Eigen::Index>(i);
    const VectorXd row = design_row(p, on_rows, any, plate, rows[i]);
    if (i == 0) design.resize(y.size(), row.size());
    design.row(at) = row;
    y(at) = curve.data[i].y - p.value_at(on_rows.offset, any, plate, rows[i])(0, 0);
  }
  if (design.rows() == 0) return;
  const Eigen::CompleteOrthogonalDecomposition<MatrixXd> fit(design);
  if (fit.rank() >= design.rows()) return;
  const VectorXd coef = fit.solve(y);
  for (const LinearMean& mean : grid.means) {
    const VectorXd row = design_row(p, mean, any, grid.plate, group);
    const double offset = p.value_at(mean.offset, any, grid.plate, group)(0, 0);
    curve.other.push_back(row.size() == coef.size() ? row.dot(coef) + offset : NAN);
  }
}

/// All that is drawn of y: data and curves.
Range range_of_responses(const std::vector<Curve>& curves) {
  std::vector<double> all;
  for (const Curve& c : curves) {
    for (const Point& point : c.data) all.push_back(point.y);
    all.insert(all.end(), c.y.begin(), c.y.end());
  }
  return range_of(all, 0.06);
}

/// `model` is the posterior's with functions of whole columns held: poly(x, 2) is then a function
/// of the x in a row, like x^2.
std::optional<RegressionCurves> curves_of(const Posterior& p, const Model& model, int index) {
  const Data& data = p.data();
  const Density& density = model.stated[static_cast<std::size_t>(index)];
  if (density.target >= 0 || density.family != FamilyId::normal || !density.plate.rows ||
      !density.value->shape.is_scalar() || density.response < 0)
    return {};
  const Expr mean_expr = inline_derived(model, density.args[0]);
  const std::vector<SymbolId> xs = covariates(model, mean_expr);
  if (xs.size() != 1 || model[xs[0]].column_type == ColumnType::binary) return {};
  const std::vector<double>& column = data.columns[static_cast<std::size_t>(xs[0])];
  const Range exact = range_of(column, 0);
  if (!(exact.low < exact.high)) return {};
  const std::optional<CurveGrid> grid = make_grid(model, mean_expr, xs[0], exact);
  if (!grid) return {};
  const std::vector<std::vector<std::size_t>> members =
      rows_by_group(data, density.plate, grid->plate);
  if (members.size() > kMostGroups) return {};

  RegressionCurves result;
  result.density = index;
  result.covariate = xs[0];
  result.response = render(density.value, &model, Notation::unicode);
  result.groups = grid->plate;
  const std::vector<State> states = p.states(kBandDraws);
  const std::optional<LinearMean> on_rows = linear_mean(model, mean_expr);
  const std::vector<std::int32_t>& row_of = data.plate(density.plate).representative;
  for (std::size_t g = 0; g < members.size(); ++g) {
    Curve& curve = result.curves.emplace_back();
    curve.label = grid->plate.once() ? "all rows" : element_label(data, grid->plate, g);
    band(p, *grid, states, g, curve);
    for (const std::size_t e : members[g])
      curve.data.push_back({column[static_cast<std::size_t>(row_of[e])],
                            p.value_at(density.value, states[0], density.plate, e)(0, 0)});
    if (on_rows)
      add_least_squares(p, *grid, g, *on_rows, density.plate, members[g], states[0], curve);
  }
  if (!grid->plate.once()) {
    const std::optional<CurveGrid> one =
        make_grid(model, at_population(model, mean_expr), xs[0], exact);
    if (one && one->plate.once()) {
      result.population.label = "population";
      band(p, *one, states, 0, result.population);
    }
  }
  result.x = range_of(column);
  result.y = range_of_responses(result.curves);
  return result;
}

}  // namespace

std::vector<RegressionCurves> regression_curves(const Posterior& posterior) {
  std::vector<RegressionCurves> result;
  const Model held = hold_functions(posterior.model(), posterior.data(), false).model;
  for (std::size_t d = 0; d < held.stated.size(); ++d)
    if (std::optional<RegressionCurves> c = curves_of(posterior, held, static_cast<int>(d)))
      result.push_back(std::move(*c));
  return result;
}

}  // namespace lmmdsl
