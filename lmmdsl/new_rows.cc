#include "lmmdsl/new_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "compiler/model/elementwise.h"
#include "lmmdsl/csv_text.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/json_text.h"
#include "lmmdsl/vector_responses.h"
#include "runtime/bind.h"

namespace lmmdsl {
namespace {

std::string cell_of(const std::string& text) { return csv_cell(text, ';'); }
std::string cell_of(double x) { return std::isnan(x) ? "NA" : json_number(x); }

/// The cells of one column, new rows first.
struct StackedColumn {
  SymbolId id;
  std::vector<std::string> cells;
  int column = -1;  ///< of the new table
};

class Stacking {
 public:
  explicit Stacking(const NewRowsInput& input)
      : in_(input), model_(*input.bound.program->model), data_(*input.bound.data) {
    for (const NewVectors& v : in_.vectors) components_.insert(v.over);
  }

  Diagnostics read() {
    Diagnostics errors;
    std::vector<std::string> absent;
    for (std::size_t i = 0; i < model_.symbols.size(); ++i) {
      const Symbol& s = model_.symbols[i];
      if (s.role != Role::column) continue;
      const auto id = static_cast<SymbolId>(i);
      StackedColumn& c = columns_.emplace_back();
      c.id = id;
      const bool needed = in_.needed.count(id) > 0 && in_.responses.count(id) == 0;
      const auto column = column_here(id);
      if (needed && column) {
        c.column = static_cast<int>(*column);
        for (std::size_t row = 0; row < in_.rows.rows(); ++row) {
          const bool missing = in_.rows.is_missing(row, *column);
          if (missing) errors.push_back(missing_cell(id, row, *column));
          c.cells.push_back(missing ? "NA" : cell_of(text(id, row, *column)));
        }
      } else if (from_groups(id, c) || (needed && filled(id, c))) {
        continue;
      } else if (needed) {
        errors.push_back(missing_column(id));
      } else {
        c.cells.assign(in_.rows.rows(), stand_in(id));
      }
    }
    if (errors.empty()) errors = check_vectors();
    if (!errors.empty()) return errors;
    for (StackedColumn& c : columns_)
      for (std::size_t row = 0; row < data_.rows(); ++row) c.cells.push_back(old_cell(c.id, row));
    return {};
  }

  /// The table of both, with further columns of numbers.
  Result<Table> table(const std::vector<std::pair<std::string, std::vector<double>>>& more) const {
    std::string all;
    for (const StackedColumn& c : columns_)
      all += (all.empty() ? "" : ";") + cell_of(model_[c.id].name);
    for (const auto& [name, values] : more) all += ';' + cell_of(name);
    all += '\n';
    for (std::size_t row = 0; row < in_.rows.rows() + data_.rows(); ++row) {
      std::string line;
      for (const StackedColumn& c : columns_) line += (line.empty() ? "" : ";") + c.cells[row];
      for (const auto& [name, values] : more) line += ';' + cell_of(values[row]);
      all += line + '\n';
    }
    return read_table(std::make_shared<const Source>(in_.rows.source()->name(), std::move(all)),
                      {.separator = ';'});
  }

  /// 0 for the new rows, 1 for those of the run.
  std::vector<double> is_old() const {
    std::vector<double> old(in_.rows.rows() + data_.rows(), 1.0);
    std::fill_n(old.begin(), in_.rows.rows(), 0.0);
    return old;
  }

  /// Messages about a cell of the stacked table point into the new one.
  Diagnostics in_new_table(Diagnostics diagnostics, const Table& stacked) const {
    for (Diagnostic& d : diagnostics) {
      if (d.source != stacked.source()) continue;
      bool found = false;
      for (std::size_t j = 0; j < columns_.size() && !found; ++j)
        for (std::size_t row = 0; row < in_.rows.rows() && !found; ++row) {
          const Span at = stacked.cell(row, j).span;
          if (d.span.begin < at.begin || d.span.begin > at.end || columns_[j].column < 0) continue;
          d.source = in_.rows.source();
          d.span = in_.rows.cell(row, static_cast<std::size_t>(columns_[j].column)).span;
          found = true;
        }
      if (found) continue;
      d.source = nullptr;
      d.span = {};
      d.label.clear();
      d.notes.push_back({fmt::format("rows after {} are those of the run", in_.rows.rows())});
    }
    return diagnostics;
  }

 private:
  bool has_levels(SymbolId id) const {
    return static_cast<std::size_t>(id) < data_.factors.size() &&
           !data_.factors[static_cast<std::size_t>(id)].levels.empty();
  }

  std::string text(SymbolId id, std::size_t row, std::size_t column) const {
    const std::string cell = in_.rows.text(row, column);
    if (!has_levels(id)) return cell;
    // Labels that are numbers are compared by value, and stand here in the form they have in the
    // run.
    for (const std::string& level : data_.factors[static_cast<std::size_t>(id)].levels)
      if (label_matches(level, cell)) return level;
    return cell;
  }

  std::string old_cell(SymbolId id, std::size_t row) const {
    const auto i = static_cast<std::size_t>(id);
    if (has_levels(id)) {
      const std::int32_t code = data_.factors[i].codes[row];
      return code < 0 ? "NA" : cell_of(data_.factors[i].levels[static_cast<std::size_t>(code)]);
    }
    return i < data_.columns.size() && row < data_.columns[i].size()
               ? cell_of(data_.columns[i][row])
               : "NA";
  }

  /// What the new rows have in a column that does not matter to them.
  std::string stand_in(SymbolId id) const {
    for (std::size_t row = 0; row < data_.rows(); ++row)
      if (const std::string cell = old_cell(id, row); cell != "NA") return cell;
    return "NA";
  }

  std::optional<std::size_t> column_here(SymbolId id) const {
    const BindOptions options{.headers = in_.headers};
    return find_column(in_.rows, model_[id], mapped_header(model_[id], options));
  }

  /// A column that is constant within the levels of a factor, where the new rows have levels that
  /// the run knows.
  bool from_groups(SymbolId id, StackedColumn& c) const {
    for (std::size_t f = 0; f < model_.symbols.size(); ++f) {
      const auto factor = static_cast<SymbolId>(f);
      const Symbol& s = model_[factor];
      if (factor == id || s.role != Role::column || s.column_type != ColumnType::factor) continue;
      const auto key = column_here(factor);
      if (!key) continue;
      std::map<std::string, std::string> known;
      bool constant = true;
      for (std::size_t row = 0; row < data_.rows() && constant; ++row) {
        const std::int32_t code = data_.factors[f].codes[row];
        if (code < 0) continue;
        const std::string cell = old_cell(id, row);
        const auto [entry, is_new] =
            known.try_emplace(data_.factors[f].levels[static_cast<std::size_t>(code)], cell);
        constant = is_new || entry->second == cell;
      }
      if (!constant) continue;
      c.cells.clear();
      for (std::size_t row = 0; row < in_.rows.rows(); ++row) {
        const auto found = known.find(text(factor, row, *key));
        if (found != known.end()) c.cells.push_back(found->second);
      }
      if (c.cells.size() == in_.rows.rows()) return true;
    }
    c.cells.clear();
    return false;
  }

  /// A factor that new groups need not have.
  bool filled(SymbolId id, StackedColumn& c) const {
    if (in_.fresh_label.empty() || model_[id].column_type != ColumnType::factor ||
        components_.count(id) > 0)
      return false;
    c.cells.assign(in_.rows.rows(), cell_of(in_.fresh_label));
    return true;
  }

  /// Components are those of the run, and each is there once in a vector.
  Diagnostics check_vectors() const {
    const auto cells = [&](SymbolId id) {
      return std::find_if(columns_.begin(), columns_.end(),
                          [&](const StackedColumn& c) { return c.id == id; });
    };
    Diagnostics errors;
    for (const NewVectors& v : in_.vectors) {
      const StackedColumn& over = *cells(v.over);
      const auto at = [&](std::size_t row, std::string message) {
        Diagnostic d;
        d.message = std::move(message);
        if (over.column >= 0) {
          d.source = in_.rows.source();
          d.span = in_.rows.cell(row, static_cast<std::size_t>(over.column)).span;
        }
        return d;
      };
      const std::vector<std::string>& levels =
          data_.factors[static_cast<std::size_t>(v.over)].levels;
      std::map<std::vector<std::string>, std::size_t> known;
      for (std::size_t row = 0; row < in_.rows.rows(); ++row) {
        const std::string& cell = over.cells[row];
        if (std::none_of(levels.begin(), levels.end(),
                         [&](const std::string& level) { return cell_of(level) == cell; })) {
          const std::string label =
              over.column >= 0 ? in_.rows.text(row, static_cast<std::size_t>(over.column)) : cell;
          errors.push_back(at(row, fmt::format("{} `{}` is not among the data of the run",
                                               model_[v.over].spelling, printable(label))));
          errors.back().notes.push_back(
              {fmt::format("a vector has a component for each level of `{}` in the run",
                           model_[v.over].spelling)});
          return errors;
        }
        std::vector<std::string> key = {cell};
        for (const SymbolId g : v.groups) key.push_back(cells(g)->cells[row]);
        const auto [entry, is_new] = known.try_emplace(std::move(key), row);
        if (is_new) continue;
        errors.push_back(at(row, fmt::format("rows {} and {} are the same component of one vector",
                                             entry->second + 1, row + 1)));
        errors.back().hint = "predict one of them at a time, or as another group";
        return errors;
      }
    }
    return errors;
  }

  Diagnostic missing_cell(SymbolId id, std::size_t row, std::size_t column) const {
    Diagnostic d;
    d.source = in_.rows.source();
    d.span = in_.rows.cell(row, column).span;
    d.message = fmt::format("`{}` is missing in row {}, and the prediction needs it",
                            model_[id].spelling, row + 1);
    return d;
  }

  Diagnostic missing_column(SymbolId id) const {
    const Symbol& s = model_[id];
    std::string header = s.header.empty() ? s.spelling : s.header;
    const BindOptions options{.headers = in_.headers};
    if (const std::string* mapped = mapped_header(s, options)) header = *mapped;
    Diagnostic d = plain_error(ExitCode::refused,
                               fmt::format("`{}` has no column `{}`, which the prediction needs",
                                           printable(in_.rows.source()->name()), printable(header)),
                               "its columns: " + list_of_headers(in_.rows));
    const std::string near = nearest(header, in_.rows.headers());
    if (!near.empty()) d.hint = fmt::format("did you mean `{}`?", printable(near));
    d.notes.push_back(declaration_note(model_, id));
    return d;
  }

  const NewRowsInput& in_;
  const Model& model_;
  const Data& data_;
  std::vector<StackedColumn> columns_;
  std::set<SymbolId> components_;
};

using NumberColumns = std::vector<std::pair<std::string, std::vector<double>>>;

/// Vectors of new rows told apart from those of the run.
Model with_vectors_apart(Model model, const Stacking& stacking, NumberColumns& more) {
  Symbol source;
  source.name = source.spelling = source.header = "(rows)";
  source.column_type = ColumnType::factor;
  source.plate = row_plate();
  const auto id = static_cast<SymbolId>(model.symbols.size());
  model.symbols.push_back(source);
  more.emplace_back(source.name, stacking.is_old());
  return with_vectors_by(model, id);
}

Result<NewRows> bind_stacked(const NewRowsInput& in, const Stacking& stacking, Model held,
                             NumberColumns more) {
  if (!in.vectors.empty()) held = with_vectors_apart(std::move(held), stacking, more);
  NewRows result;
  result.count = in.rows.rows();
  result.model = std::make_shared<const Model>(std::move(held));
  Result<Table> table = stacking.table(more);
  if (!table) return table.diagnostics;
  result.table = std::make_shared<const Table>(std::move(*table));
  BindOptions options;
  options.drop_missing = in.drop_missing;
  options.partial_vectors = !in.vectors.empty();
  for (const Symbol& s : result.model->symbols)
    if (s.role == Role::column) options.headers[s.name] = s.name;
  auto data = bind_data(*result.model, *result.table, options);
  if (!data || has_error(data.diagnostics))
    return stacking.in_new_table(std::move(data.diagnostics), *result.table);
  result.data = *data;
  result.canonical.assign(result.count, result.data->rows());
  for (std::size_t row = 0; row < result.data->rows(); ++row)
    if (result.data->row_number[row] < result.count)
      result.canonical[result.data->row_number[row]] = row;
  for (std::size_t row = 0; row < result.count; ++row)
    if (result.canonical[row] == result.data->rows())
      return plain_error(ExitCode::refused,
                         fmt::format("row {} of `{}` lacks a value that the prediction needs",
                                     row + 1, printable(in.rows.source()->name())));
  return result;
}

}  // namespace

void collect_needs(const Model& model, const Expr& e, Needs& needs) {
  if ((gathers(e->op) || e->op == Op::least_squares) && is_constant(model, e))
    needs.unheld.push_back(e);
  for (const SymbolId f : e->plate.factors) needs.symbols.insert(f);
  if (e->op == Op::symbol && needs.symbols.insert(e->symbol).second) {
    for (const SymbolId f : model[e->symbol].plate.factors) needs.symbols.insert(f);
    if (model[e->symbol].definition) collect_needs(model, model[e->symbol].definition, needs);
  }
  for (const Expr& a : e->args) collect_needs(model, a, needs);
}

Result<NewRows> bind_new_rows(const NewRowsInput& in) {
  // Draws of auxiliary variables are not kept: the likelihoods are those that were stated.
  Model model = stated_model(*in.bound.program->model);
  // Nor are derived quantities predicted, which may need levels that new groups do not have.
  for (Symbol& s : model.symbols)
    if (s.role == Role::derived) s.definition = nullptr;
  const Data& old = *in.bound.data;
  Stacking stacking(in);
  if (Diagnostics errors = stacking.read(); !errors.empty()) return errors;
  HeldFunctions within = hold_functions(model, old, true);
  Result<NewRows> rows = bind_stacked(in, stacking, hold_functions(model, old, false).model, {});
  if (!rows || within.columns.empty()) return rows;

  // Functions within groups: of a group of the run what they were, of others from the new rows.
  NumberColumns more;
  const Evaluator before(model, old), now(*rows->model, *rows->data);
  for (const HeldColumn& h : within.columns) {
    const Plate& plate = h.function->plate;
    std::map<std::vector<std::string>, double> known;
    const PlateElements& elements = old.plate(plate);
    for (std::size_t e = 0; e < elements.size; ++e)
      known[elements.labels[e]] = before.evaluate(h.function, {}, e)(0, 0);
    std::vector<double> values(rows->table->rows(), std::nan(""));
    const PlateElements& here = rows->data->plate(plate);
    for (std::size_t row = 0; row < rows->data->rows(); ++row) {
      const auto e = static_cast<std::size_t>(here.of_row[row]);
      const auto [entry, is_new] = known.try_emplace(here.labels[e], 0.0);
      if (is_new) entry->second = now.evaluate(h.function, {}, e)(0, 0);
      values[rows->data->row_number[row]] = entry->second;
    }
    more.emplace_back(within.model[h.column].name, std::move(values));
  }
  return bind_stacked(in, stacking, std::move(within.model), std::move(more));
}

}  // namespace lmmdsl
