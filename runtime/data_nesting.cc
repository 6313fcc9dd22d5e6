// Plates that must nest, and values that must be constant within an element of a plate.
//
// In  theta[school] ~ Normal(gamma[district], tau^2)  each school takes the gamma of its district:
// no school may have rows in two districts. In  theta[school] ~ Normal(a + b * size, tau^2)  with
// size a column, all rows of a school must agree on its size.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "runtime/bind.h"
#include "runtime/evaluate.h"

namespace lmmdsl {
namespace {

/// Canonical rows in the order in which they stand in the file: messages name the first ones.
std::vector<std::size_t> rows_as_in_file(const Data& data) {
  constexpr std::size_t kLeftOut = static_cast<std::size_t>(-1);
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < data.rows(); ++row) {
    const std::size_t number = data.row_number[row];
    if (number >= rows.size()) rows.resize(number + 1, kLeftOut);
    rows[number] = row;
  }
  std::erase(rows, kLeftOut);
  return rows;
}

std::string row_name(const Data& data, std::size_t row) {
  return "row " + std::to_string(data.row_number[row] + 1);
}

std::string label_at(const Data& data, SymbolId factor, std::size_t row) {
  return data.factors[factor].levels[data.factors[factor].codes[row]];
}

class NestingCheck {
 public:
  explicit NestingCheck(const Data& data)
      : data_(data), model_(*data.model), rows_(rows_as_in_file(data)) {}

  void site(const UsedExpr& site) {
    span_ = site.span;
    walk(site.e, site.plate, [&](const Expr& e, const Plate& plate) {
      if (e->op == Op::symbol) require(plate, model_[e->symbol].plate);
      if (gathers(e->op)) {
        require(plate, e->plate);
        require(e->over, e->plate);
      }
      if (e->op == Op::collapse || e->op == Op::gather || e->op == Op::level)
        require(plate, e->plate);
    });
  }

  Diagnostics errors;

 private:
  void require(const Plate& fine, const Plate& coarse) {
    if (fine.factors.empty() || coarse.factors.empty() || fine.rows || coarse.rows) return;
    if (fine.latent || coarse.latent) return;
    if (refines(fine, coarse) || !seen_.insert({fine.factors, coarse.factors}).second) return;
    const PlateElements& from = data_.plate(fine);
    const PlateElements& to = data_.plate(coarse);
    std::vector<std::int64_t> first_row(from.size, -1);
    std::set<std::int32_t> in_two;
    std::size_t first = 0, second = 0;
    for (std::size_t row : rows_) {
      const std::int32_t i = from.of_row[row];
      if (first_row[i] < 0) first_row[i] = static_cast<std::int64_t>(row);
      if (to.of_row[first_row[i]] == to.of_row[row]) continue;
      if (in_two.empty()) {
        first = static_cast<std::size_t>(first_row[i]);
        second = row;
      }
      in_two.insert(i);
    }
    if (!in_two.empty()) report(fine, coarse, first, second, in_two.size());
  }

  void report(const Plate& fine, const Plate& coarse, std::size_t first, std::size_t second,
              std::size_t in_all) {
    const PlateElements& to = data_.plate(coarse);
    const SymbolId culprit =
        *std::find_if(coarse.factors.begin(), coarse.factors.end(), [&](SymbolId f) {
          return data_.factors[f].codes[first] != data_.factors[f].codes[second];
        });
    const std::string a = describe_element(data_, coarse, to.of_row[first]);
    const std::string b = describe_element(data_, coarse, to.of_row[second]);
    Diagnostic d = row_error(data_, culprit, data_.row_number[second],
                             describe_element(data_, fine, data_.plate(fine).of_row[first]) +
                                 " lies in " + a + " (" + row_name(data_, first) + ") and in " + b +
                                 " (" + row_name(data_, second) + ")",
                             "");
    if (in_all > 1)
      d.notes.push_back({std::to_string(in_all) + " of the " +
                         std::to_string(data_.plate(fine).size) + " levels of " +
                         factor_names(model_, fine) + " lie in more than one"});
    d.notes.push_back(model_note(
        model_, span_,
        "each " + factor_names(model_, fine) + " must lie in one " + factor_names(model_, coarse)));
    errors.push_back(std::move(d));
  }

  const Data& data_;
  const Model& model_;
  const std::vector<std::size_t> rows_;
  Span span_;
  std::set<std::pair<std::vector<SymbolId>, std::vector<SymbolId>>> seen_;
};

/// Values that are equal, NaN being equal to itself.
bool equal(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  for (Eigen::Index i = 0; i < a.size(); ++i)
    if (a(i) != b(i) && !(std::isnan(a(i)) && std::isnan(b(i)))) return false;
  return true;
}

/// The first column of e that differs between two rows, or its first column.
SymbolId differing_column(const Data& data, const Expr& e, std::size_t a, std::size_t b) {
  const std::vector<SymbolId> columns = elementwise_columns(*data.model, e);
  for (SymbolId id : columns) {
    const bool is_factor = (*data.model)[id].column_type == ColumnType::factor;
    if (is_factor ? data.factors[id].codes[a] != data.factors[id].codes[b]
                  : data.columns[id][a] != data.columns[id][b])
      return id;
  }
  return columns.front();
}

/// e, without parameters, must agree in all rows of each element of `plate`.
void check_constant(const Data& data, const Evaluator& evaluator, const Expr& e, const Plate& plate,
                    Span span, const std::vector<std::size_t>& rows, Diagnostics& errors) {
  const Model& model = *data.model;
  if (elementwise_columns(model, e).empty()) return;
  const State none;
  const PlateElements& elements = data.plate(plate);
  std::vector<std::int64_t> first_row(elements.size, -1);
  for (std::size_t row : rows) {
    const std::int32_t i = plate.once() ? 0 : elements.of_row[row];
    if (first_row[i] < 0) first_row[i] = static_cast<std::int64_t>(row);
    const std::size_t first = static_cast<std::size_t>(first_row[i]);
    const auto value = [&](std::size_t r) {
      // A bare factor has no number: its code stands for its label.
      if (e->op == Op::symbol && model[e->symbol].column_type == ColumnType::factor &&
          model[e->symbol].role == Role::column)
        return Eigen::MatrixXd(Eigen::MatrixXd::Constant(1, 1, data.factors[e->symbol].codes[r]));
      return evaluator.evaluate(e, none, r);
    };
    if (row == first || equal(value(first), value(row))) continue;
    const SymbolId id = differing_column(data, e, first, row);
    const std::string within = plate.once() ? "the data" : describe_element(data, plate, i);
    const auto cell = [&](std::size_t r) {
      return model[id].column_type == ColumnType::factor
                 ? "`" + label_at(data, id, r) + "`"
                 : data.table->text(data.row_number[r], data.table_column[id]);
    };
    Diagnostic d = row_error(data, id, data.row_number[row],
                             "`" + model[id].spelling + "` is not constant within " + within +
                                 ": " + cell(first) + " in " + row_name(data, first) + ", " +
                                 cell(row) + " in " + row_name(data, row),
                             "");
    d.notes.push_back(model_note(
        model, span,
        plate.once() ? "one value is needed"
                     : "one value for each " + factor_names(model, plate) + " is needed"));
    errors.push_back(std::move(d));
    return;
  }
}

}  // namespace

Diagnostics check_nesting(const Data& data, const Usage& usage) {
  NestingCheck check(data);
  for (const UsedExpr& site : sites(*data.model, usage)) check.site(site);
  return std::move(check.errors);
}

Diagnostics check_constant_within(const Data& data, const Usage& usage) {
  Diagnostics errors;
  const Evaluator evaluator(*data.model, data);
  const std::vector<std::size_t> rows = rows_as_in_file(data);
  std::vector<std::pair<Expr, Plate>> seen;
  for (const UsedExpr& site : sites(*data.model, usage))
    walk(site.e, site.plate, [&](const Expr& e, const Plate&) {
      if (e->op != Op::collapse || !e->over.rows) return;
      walk_constants(*data.model, e->args[0], row_plate(),
                     [&](const Expr& part, const Plate& plate) {
                       if (!plate.rows) return;
                       for (const auto& [other, on] : seen)
                         if (same(other, part) && on == e->plate) return;
                       seen.emplace_back(part, e->plate);
                       check_constant(data, evaluator, part, e->plate, site.span, rows, errors);
                     });
    });
  return errors;
}

}  // namespace lmmdsl
