// Designs of the means of likelihoods: which of their columns the rows cannot tell apart.
#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "compiler/math/render.h"
#include "lmmdsl/doctor/doctor.h"
#include "lmmdsl/report/linear_mean.h"
#include "runtime/bind.h"
#include "runtime/evaluate.h"
#include "runtime/initial.h"
#include "runtime/sweep.h"

namespace lmmdsl {
namespace {

constexpr double kNearly = 1e-4;  // what a column has of its own, of its length
constexpr Eigen::Index kWidest = 500;

class DesignExamination {
 public:
  explicit DesignExamination(const Bound& bound)
      : model_(*bound.program->model), data_(*bound.data), evaluator_(model_, data_) {}

  Diagnostics examine() {
    for (const Density& density : model_.densities) {
      if (density.response < 0 || !density.plate.rows || density.args.empty()) continue;
      const auto mean = linear_mean(model_, density.args[0]);
      if (!mean) continue;
      for (const MeanTerm& term : mean->terms) examine(density, term);
    }
    return std::move(found_);
  }

 private:
  /// The rows of the design of a term, where the response is present.
  Eigen::MatrixXd rows(const Density& density, const MeanTerm& term) const {
    const State none;
    const auto p = term.design->shape.is_scalar() ? 1 : data_.length(term.design->shape.cols);
    const std::vector<std::int32_t>& present = data_.plate(density.plate).representative;
    Eigen::MatrixXd X(static_cast<Eigen::Index>(present.size()), p);
    for (std::size_t i = 0; i < present.size(); ++i)
      X.row(static_cast<Eigen::Index>(i)) =
          evaluator_.evaluate(term.design, none, term.design->plate.rows ? present[i] : 0);
    return X;
  }

  std::string component(const MeanTerm& term, Eigen::Index column) const {
    const std::vector<std::string> names = component_names(data_, model_[term.parameter]);
    return column < static_cast<Eigen::Index>(names.size()) ? names[column]
                                                            : std::to_string(column + 1);
  }

  /// "2 * a - b" of the columns before the dependent one, those that count.
  std::string combination(const MeanTerm& term, const Eigen::MatrixXd& X,
                          Eigen::Index column) const {
    const Eigen::MatrixXd before = X.leftCols(column);
    const Eigen::VectorXd c = before.colPivHouseholderQr().solve(X.col(column));
    std::string text;
    const double length = X.col(column).norm();
    for (Eigen::Index j = 0; j < column; ++j) {
      if (std::fabs(c(j)) * X.col(j).norm() < 1e-6 * length) continue;
      const std::string factor = four_digits(std::fabs(c(j)));
      text += text.empty() ? (c(j) < 0 ? "-" : "") : (c(j) < 0 ? " - " : " + ");
      text += (factor == "1" ? "" : factor + " * ") + component(term, j);
    }
    return text;
  }

  /// How much of a column the ones before it leave, of its length; the least of all.
  static std::pair<Eigen::Index, double> least_own(const Eigen::MatrixXd& X) {
    std::pair<Eigen::Index, double> least{-1, INFINITY};
    for (Eigen::Index j = 1; j < X.cols(); ++j) {
      const double length = X.col(j).norm();
      if (length == 0) continue;
      const Eigen::MatrixXd before = X.leftCols(j);
      const Eigen::VectorXd c = before.colPivHouseholderQr().solve(X.col(j));
      const double own = (X.col(j) - before * c).norm() / length;
      if (own < least.second) least = {j, own};
    }
    return least;
  }

  void add(Severity severity, const Density& density, std::string message, std::string hint) {
    Diagnostic d = model_error(model_, density.span, std::move(message), "");
    d.severity = severity;
    d.code = ExitCode::done;
    d.hint = std::move(hint);
    found_.push_back(std::move(d));
  }

  void examine(const Density& density, const MeanTerm& term) {
    if (term.design->shape.is_scalar()) return;
    const Eigen::MatrixXd X = rows(density, term);
    if (X.cols() > kWidest || X.rows() == 0 || !X.allFinite()) return;
    const std::string who = render(reference(model_, term.parameter), &model_);
    const LeastSquares all = least_squares_fit(Eigen::VectorXd::Zero(X.rows()), X);
    if (all.dependent >= 0) {
      const std::string equal = combination(term, X, all.dependent);
      add(Severity::warning, density,
          fmt::format("in the design of `{}` the column `{}` {}: the prior alone tells them apart",
                      who, component(term, all.dependent),
                      equal.empty() ? "is zero in all rows" : "is " + equal + " in all rows"),
          "leave one of them out");
      return;
    }
    const auto [column, own] = least_own(X);
    if (own < kNearly)
      add(Severity::note, density,
          fmt::format("in the design of `{}` the column `{}` is, but for {} of its length, a "
                      "combination of those before it: digits are lost, and the coefficients are "
                      "known together only",
                      who, component(term, column), four_digits(own)),
          "center or standardize the columns, or use poly() for powers");
    const Plate& plate = model_[term.parameter].plate;
    if (!plate.once() && !plate.rows) within(density, term, X, who);
  }

  /// Groups with as many rows as coefficients, in which columns are still combinations of others.
  void within(const Density& density, const MeanTerm& term, const Eigen::MatrixXd& X,
              const std::string& who) {
    const Plate& plate = model_[term.parameter].plate;
    const PlateElements& groups = data_.plate(plate);
    const std::vector<std::int32_t>& present = data_.plate(density.plate).representative;
    std::vector<std::vector<Eigen::Index>> members(groups.size);
    for (std::size_t i = 0; i < present.size(); ++i)
      if (groups.of_row[present[i]] >= 0)
        members[groups.of_row[present[i]]].push_back(static_cast<Eigen::Index>(i));
    std::size_t poor = 0, first = 0;
    Eigen::Index column = -1;
    for (std::size_t g = 0; g < members.size(); ++g) {
      if (static_cast<Eigen::Index>(members[g].size()) < X.cols()) continue;  // has been noted
      Eigen::MatrixXd own(static_cast<Eigen::Index>(members[g].size()), X.cols());
      for (std::size_t i = 0; i < members[g].size(); ++i)
        own.row(static_cast<Eigen::Index>(i)) = X.row(members[g][i]);
      const LeastSquares fit = least_squares_fit(Eigen::VectorXd::Zero(own.rows()), own);
      if (fit.dependent < 0) continue;
      if (poor++ > 0) continue;
      first = g;
      column = fit.dependent;
    }
    if (poor == 0) return;
    add(Severity::note, density,
        fmt::format("within {}{} the column `{}` of the design of `{}` does not vary on its own: "
                    "there the coefficients are drawn towards those of the other groups",
                    describe_element(data_, plate, first),
                    poor > 1 ? fmt::format(" and {} other groups", poor - 1) : "",
                    component(term, column), who),
        "a coefficient that is the same in all groups would be known from all rows");
  }

  const Model& model_;
  const Data& data_;
  Evaluator evaluator_;
  Diagnostics found_;
};

}  // namespace

Diagnostics examine_designs(const Bound& bound) { return DesignExamination(bound).examine(); }

Diagnostics examine_start(const Bound& bound) {
  Machine machine(*bound.plan);
  std::string failure;
  if (start(*bound.plan, machine, 1, 0, failure)) {
    machine.run_all();
    failure = Sweep(*bound.plan, machine)({.seed = 1, .chain = 0, .sweep = 1});
  }
  return failure.empty() ? Diagnostics{} : Diagnostics{cannot_be_sampled(failure)};
}

}  // namespace lmmdsl
