// Least squares fits must be determined: enough rows, columns that are not collinear.
#include <algorithm>
#include <cmath>

#include "runtime/bind.h"
#include "runtime/evaluate.h"

namespace lmmdsl {
namespace {

std::string count(std::size_t n, const std::string& what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

/// The name of a column of a design, where the model knows it.
std::string column_name(const Data& data, const Expr& X, Eigen::Index column) {
  if (X->op == Op::symbol) {
    const std::vector<std::string> names = component_names(data, (*data.model)[X->symbol]);
    if (column < static_cast<Eigen::Index>(names.size()))
      return "column " + std::to_string(column + 1) + " (" + names[column] + ") of the design";
  }
  return "column " + std::to_string(column + 1) + " of the design";
}

/// The rows of each group in which y and X are present.
std::vector<std::vector<std::size_t>> complete_rows(const Data& data, const Expr& e) {
  std::vector<SymbolId> columns;
  for (const Expr& a : e->args)
    for (SymbolId id : elementwise_columns(*data.model, a)) columns.push_back(id);
  const PlateElements& groups = data.plate(e->over);
  std::vector<std::vector<std::size_t>> rows(groups.size);
  for (std::size_t row = 0; row < data.rows(); ++row)
    if (std::none_of(columns.begin(), columns.end(),
                     [&](SymbolId id) { return data.is_missing(id, row); }))
      rows[e->over.once() ? 0 : groups.of_row[row]].push_back(row);
  return rows;
}

/// What is wrong with the fit of one group ("" if nothing), where " for plot `3`" names it.
std::string fault(const Data& data, const Evaluator& evaluator, const Expr& e,
                  const std::vector<std::size_t>& rows, const std::string& where) {
  const State none;
  const Expr& y = e->args[0];
  const Expr& X = e->args[1];
  const std::size_t n = rows.size();
  const std::size_t p = static_cast<std::size_t>(data.length(X->shape.cols));
  const std::string fit = "the least squares fit" + where;
  if (n < p) return fit + " has " + count(n, "row") + " for " + count(p, "coefficient");
  Eigen::MatrixXd design(n, p);
  Eigen::VectorXd response(n);
  for (std::size_t i = 0; i < n; ++i) {
    design.row(i) = evaluator.evaluate(X, none, X->plate.rows ? rows[i] : 0);
    response(i) = evaluator.evaluate(y, none, y->plate.rows ? rows[i] : 0)(0, 0);
    if (!design.row(i).allFinite() || !std::isfinite(response(i)))
      return fit + " has a value that is not finite in row " +
             std::to_string(data.row_number[rows[i]] + 1);
  }
  const LeastSquares found = least_squares_fit(response, design);
  if (found.dependent < 0) return "";
  return fit + " is not determined: " + column_name(data, X, found.dependent) +
         (found.dependent == 0 ? " is zero" : " is a combination of those before it");
}

Diagnostics check_fit(const Data& data, const Evaluator& evaluator, const Expr& e, Span span) {
  const Model& model = *data.model;
  const std::vector<std::vector<std::size_t>> rows = complete_rows(data, e);
  const std::size_t p = static_cast<std::size_t>(data.length(e->args[1]->shape.cols));
  std::size_t df = 0, bad = 0;
  Diagnostics found;
  for (std::size_t group = 0; group < rows.size(); ++group) {
    const std::string where =
        e->over.once() ? "" : " for " + describe_element(data, e->over, group);
    const std::string wrong = fault(data, evaluator, e, rows[group], where);
    if (wrong.empty()) {
      df += rows[group].size() - p;
      continue;
    }
    if (++bad > 1) continue;
    found.push_back(model_error(model, span, wrong, ""));
    std::vector<std::size_t> in_file;
    for (std::size_t row : rows[group]) in_file.push_back(data.row_number[row]);
    std::sort(in_file.begin(), in_file.end());
    if (!in_file.empty() && !e->over.once())
      found[0].notes.push_back({"its data: " + describe_rows(in_file)});
    found[0].hint = e->over.once() ? "fit fewer columns"
                                   : "fit fewer columns, or all groups together (without `by`)";
  }
  if (bad > 1)
    found[0].notes.push_back(
        {std::to_string(bad) + " of " + std::to_string(rows.size()) + " fits are not determined"});
  if (bad > 0 || e->labels[0] != "sigma2") return found;
  const bool pooled = !(e->plate == e->over);
  for (std::size_t group = 0; group < rows.size(); ++group) {
    if (pooled ? df > 0 : rows[group].size() > p) continue;
    const std::string where =
        pooled || e->over.once() ? "" : " for " + describe_element(data, e->over, group);
    found.push_back(
        model_error(model, span,
                    "sigma2 of the least squares fit" + where +
                        " is not defined: as many coefficients as rows leave no degrees of freedom",
                    ""));
    break;
  }
  return found;
}

}  // namespace

Diagnostics check_fits(const Data& data, const Usage& usage) {
  Diagnostics errors;
  const Model& model = *data.model;
  const Evaluator evaluator(model, data);
  std::vector<Expr> seen;  // one node for each fit, and one more if its sigma2 is asked for
  const auto is_sigma2 = [](const Expr& e) { return e->labels[0] == "sigma2"; };
  const auto same_fit = [](const Expr& a, const Expr& b) {
    return a->over == b->over && same(a->args[0], b->args[0]) && same(a->args[1], b->args[1]);
  };
  for (const UsedExpr& site : sites(model, usage))
    walk(site.e, site.plate, [&](const Expr& e, const Plate&) {
      if (e->op != Op::least_squares) return;
      for (const Expr& other : seen)
        if (same_fit(e, other) && (is_sigma2(other) || !is_sigma2(e))) return;
      seen.push_back(e);
      const Span span = e->symbol >= 0 ? model[e->symbol].span : e->span;
      Diagnostics found = check_fit(data, evaluator, e, span.end > 0 ? span : site.span);
      // An error of the fit itself was reported with the first of its fields.
      for (Diagnostic& d : found)
        if (errors.empty() || errors.back().message != d.message) errors.push_back(std::move(d));
    });
  return errors;
}

}  // namespace lmmdsl
