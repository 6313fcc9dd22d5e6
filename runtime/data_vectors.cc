// Vector responses: in  length[boy] over age ~ ...  each boy has at most one row for each age, and
// one for each where the mean needs its covariates.
#include <algorithm>
#include <tuple>

#include "runtime/bind.h"

namespace lmmdsl {
namespace {

/// Rows as they stand in the file.
std::vector<std::size_t> in_file(const Data& data, std::vector<std::size_t> rows) {
  for (std::size_t& row : rows) row = data.row_number[row];
  std::sort(rows.begin(), rows.end());
  return rows;
}

class VectorCheck {
 public:
  VectorCheck(const Data& data, bool partial)
      : data_(data), model_(*data.model), partial_(partial) {}

  /// No two rows for one level of the factor, in each element of the plate; a row for each where
  /// covariates are gathered.
  void gathered(const Expr& e, Span span, bool response) {
    for (const auto& [plate, over, of_response] : seen_)
      if (plate == e->plate && over == e->symbol && of_response == response) return;
    seen_.emplace_back(e->plate, e->symbol, response);
    const Factor& factor = data_.factors[e->symbol];
    const PlateElements& elements = data_.plate(e->plate);
    std::vector<std::int64_t> row_of(elements.size * factor.levels.size(), -1);
    const auto at = [&](std::size_t row) -> std::int64_t& {
      return row_of[elements.of_row[row] * factor.levels.size() + factor.codes[row]];
    };
    for (std::size_t row = 0; row < data_.rows(); ++row) {
      if (at(row) < 0) {
        at(row) = static_cast<std::int64_t>(row);
        continue;
      }
      if (!response) return;  // it has been said of the response
      const std::vector<std::size_t> both =
          in_file(data_, {row, static_cast<std::size_t>(at(row))});
      Diagnostic d = cell_error(data_, e->symbol, both.back(),
                                combination(e, elements.of_row[row], factor.codes[row]) +
                                    " have more than one row: " + describe_rows(both),
                                "");
      d.notes.push_back(model_note(model_, span, "a vector has one component for each level"));
      errors.push_back(std::move(d));
      return;
    }
    if (response || partial_) return;
    const auto absent = std::find(row_of.begin(), row_of.end(), -1);
    if (absent == row_of.end()) return;
    const std::size_t place = absent - row_of.begin();
    const std::size_t levels = factor.levels.size();
    Diagnostic d = model_error(model_, e->span.end > e->span.begin ? e->span : span,
                               "no row has " + combination(e, place / levels, place % levels) +
                                   ", and its covariates are needed",
                               "");
    const auto count = std::count(row_of.begin(), row_of.end(), -1);
    if (count > 1)
      d.notes.push_back({std::to_string(count) + " of the " + std::to_string(row_of.size()) +
                         " combinations have no row"});
    d.hint = "add the row with NA as its response, which is then drawn";
    errors.push_back(std::move(d));
  }

  Diagnostics errors;

 private:
  std::string combination(const Expr& e, std::size_t element, std::size_t level) const {
    return describe_element(data_, e->plate, element) + " and " + model_[e->symbol].spelling +
           " `" + data_.factors[e->symbol].levels[level] + "`";
  }

  const Data& data_;
  const Model& model_;
  bool partial_;
  std::vector<std::tuple<Plate, SymbolId, bool>> seen_;
};

}  // namespace

Diagnostics check_vectors(const Data& data, const Usage& usage, bool partial) {
  VectorCheck check(data, partial);
  const auto visit = [&](const Expr& root, const Plate& plate, Span span, bool response) {
    walk(root, plate, [&](const Expr& e, const Plate&) {
      if (e->op == Op::gather) check.gathered(e, span, response);
    });
  };
  for (const Density& d : data.model->stated)
    if (d.response >= 0) visit(d.value, d.plate, d.span, true);
  const auto is_response = [&](const Expr& e) {
    return std::any_of(data.model->stated.begin(), data.model->stated.end(),
                       [&](const Density& d) { return d.response >= 0 && d.value == e; });
  };
  for (const UsedExpr& site : sites(*data.model, usage))
    if (!is_response(site.e)) visit(site.e, site.plate, site.span, false);
  return std::move(check.errors);
}

}  // namespace lmmdsl
