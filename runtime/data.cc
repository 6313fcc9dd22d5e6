// bind_data: a table becomes the columns, factors and plates of a model.
#include "runtime/data.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runtime/bind.h"
#include "runtime/table/large_memory.h"

namespace lmmdsl {
namespace {

/// values[i] of the result is values[order[i]].
template <class T>
void permute(std::vector<T>& values, const std::vector<std::size_t>& order) {
  if (values.empty()) return;
  std::vector<T> result = large_vector<T>(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) result[i] = values[order[i]];
  values = std::move(result);
}

void permute_rows(Data& data, const std::vector<std::size_t>& order) {
  for (auto& column : data.columns) permute(column, order);
  for (Factor& factor : data.factors) permute(factor.codes, order);
  permute(data.row_number, order);
}

/// Levels that no row has any more are taken out.
void drop_empty_levels(Factor& factor) {
  std::vector<std::int32_t> renumber(factor.levels.size(), -1);
  for (std::int32_t code : factor.codes)
    if (code >= 0) renumber[code] = 0;
  std::vector<std::string> levels;
  for (std::size_t k = 0; k < renumber.size(); ++k)
    if (renumber[k] == 0) {
      renumber[k] = static_cast<std::int32_t>(levels.size());
      levels.push_back(std::move(factor.levels[k]));
    }
  factor.levels = std::move(levels);
  for (std::int32_t& code : factor.codes)
    if (code >= 0) code = renumber[code];
}

/// Rows by the codes of the factors, then by the numbers, NA last, then by their place in the file:
/// rows that tie in all that the model uses are the same to it.
std::vector<std::size_t> canonical_order(const Data& data, const Usage& usage) {
  std::vector<const std::vector<std::int32_t>*> codes;
  std::vector<const std::vector<double>*> numbers;
  for (std::size_t id = 0; id < data.columns.size(); ++id) {
    if (!usage.used[id]) continue;
    if (!data.columns[id].empty()) numbers.push_back(&data.columns[id]);
    else if (!data.factors[id].codes.empty()) codes.push_back(&data.factors[id].codes);
  }
  std::vector<std::size_t> order(data.rows());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    for (const auto* c : codes)
      if ((*c)[a] != (*c)[b]) return (*c)[a] < (*c)[b];
    for (const auto* x : numbers) {
      const double u = (*x)[a], v = (*x)[b];
      if (std::isnan(u) || std::isnan(v)) {
        if (std::isnan(u) != std::isnan(v)) return std::isnan(v);
      } else if (u != v) {
        return u < v;
      }
    }
    return false;
  });
  return order;
}

bool has_columns(const Model& model) {
  return std::any_of(model.symbols.begin(), model.symbols.end(),
                     [](const Symbol& s) { return s.role == Role::column; });
}

}  // namespace

Result<std::shared_ptr<const Data>> bind_data(const Model& model, const Table& table,
                                              const BindOptions& options) {
  const auto data = std::make_shared<Data>();
  const std::size_t symbols = model.symbols.size();
  data->model = &model;
  data->table = &table;
  data->columns.resize(symbols);
  data->factors.resize(symbols);
  data->table_column.assign(symbols, -1);

  Diagnostics messages = read_columns(*data, options);
  const auto append = [&](Diagnostics more) {
    for (Diagnostic& d : more) messages.push_back(std::move(d));
  };
  if (has_error(messages)) return messages;
  append(check_joined_responses(*data));
  const Usage usage = find_usage(model);
  if (has_columns(model)) {
    if (table.rows() == 0)
      return plain_error(
          ExitCode::refused,
          (table.source() ? table.source()->name() : "the table") + " has no rows of data");
    Result<std::vector<std::size_t>> keep = rows_to_keep(*data, usage, options.drop_missing);
    append(keep.diagnostics);
    if (!keep) return messages;
    data->row_number.resize(table.rows());
    std::iota(data->row_number.begin(), data->row_number.end(), 0);
    permute_rows(*data, *keep);
    for (Factor& factor : data->factors) drop_empty_levels(factor);
    append(code_binary(*data));
    if (has_error(messages)) return messages;
    permute_rows(*data, canonical_order(*data, usage));
  }
  number_levels(*data);
  const Diagnostics vectors = check_vectors(*data, usage, options.partial_vectors);
  append(vectors);
  if (has_error(messages)) return messages;
  find_patterns(*data);
  if (options.partial_vectors) data->needs_patterns = false;
  if (data->needs_patterns) return {std::shared_ptr<const Data>(data), std::move(messages)};
  // Each of these relies on the ones before it.
  for (const auto check :
       {check_labels, check_designs, check_nesting, check_constant_within, check_fits}) {
    append(check(*data, usage));
    if (has_error(messages)) return messages;
  }
  append(check_constants(*data, options));
  if (has_error(messages)) return messages;
  return {std::shared_ptr<const Data>(data), std::move(messages)};
}

void change_columns(Data& data, const ColumnValues& columns) {
  for (const auto& [id, values] : columns) {
    data.columns[id] = values;
    if ((*data.model)[id].column_type != ColumnType::factor) continue;
    std::vector<std::int32_t>& codes = data.factors[id].codes;
    for (std::size_t row = 0; row < codes.size(); ++row)
      codes[row] = std::isnan(values[row]) ? -1 : static_cast<std::int32_t>(values[row]) - 1;
  }
}

std::shared_ptr<Data> replace_columns(const Data& data, const ColumnValues& columns) {
  const auto copy = std::make_shared<Data>();
  copy->columns = data.columns;
  copy->factors = data.factors;
  copy->row_number = data.row_number;
  copy->table_column = data.table_column;
  copy->model = data.model;
  copy->table = data.table;
  change_columns(*copy, columns);
  const std::lock_guard lock(data.mutex_);
  copy->plates_ = data.plates_;
  copy->maps_ = data.maps_;
  return copy;
}

}  // namespace lmmdsl
