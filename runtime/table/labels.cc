// A column as a factor: which labels occur, their order, and the label of each row.

#include <algorithm>
#include <deque>
#include <new>
#include <numeric>
#include <unordered_map>

#include "runtime/table.h"
#include "runtime/table/decimal.h"
#include "runtime/table/error_list.h"
#include "runtime/table/shown.h"

namespace lmmdsl {
namespace {

std::optional<Decimal> label_value(std::string_view label, char separator) {
  std::optional<Decimal> value = parse_decimal(label);
  if (!value && separator == ';') value = parse_decimal(label, ',');
  return value;
}

/// The values of labels, if every one is a number.
std::optional<std::vector<Decimal>> label_values(const std::vector<std::string_view>& labels,
                                                 char separator) {
  std::vector<Decimal> values;
  values.reserve(labels.size());
  for (const std::string_view label : labels) {
    std::optional<Decimal> value = label_value(label, separator);
    if (!value) return std::nullopt;
    values.push_back(std::move(*value));
  }
  return values;
}

template <class Less>
std::vector<std::int32_t> sorted_indices(std::size_t size, Less less) {
  std::vector<std::int32_t> order(size);
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), less);
  return order;
}

Diagnostic not_utf8(const Table& table, std::size_t row, std::size_t column, std::string_view label,
                    std::size_t at) {
  return located_error(table.source(), table.cell(row, column).span,
                       "label " + shown(label) + " in column " + shown(table.headers()[column]) +
                           " (row " + std::to_string(row + 1) + ") is not UTF-8",
                       "byte " + shown(label.substr(at, 1)), kNotUtf8Hint);
}

Result<Factor> read_labels(const Table& table, std::size_t column) {
  Factor factor;
  factor.codes.reserve(table.rows());
  // Codes in order of appearance first; the labels are sorted once all are known.
  std::vector<std::string_view> labels;
  std::deque<std::string> unescaped;
  std::unordered_map<std::string_view, std::int32_t> codes;
  ErrorList errors;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (table.is_missing(row, column)) {
      factor.codes.push_back(-1);
      continue;
    }
    const Cell& cell = table.cell(row, column);
    std::string_view label = table.source()->slice(cell.span);
    if (cell.escaped) label = unescaped.emplace_back(table.text(row, column));
    const auto [code, is_new] = codes.emplace(label, static_cast<std::int32_t>(labels.size()));
    if (is_new) {
      labels.push_back(label);
      const std::size_t invalid = first_invalid_utf8(label);
      if (invalid != label.size()) {
        errors.add([&] { return not_utf8(table, row, column, label, invalid); });
      }
    } else if (cell.escaped) {
      unescaped.pop_back();
    }
    factor.codes.push_back(code->second);
  }
  if (!errors.empty()) {
    return errors.take("labels of column " + shown(table.headers()[column]));
  }

  std::vector<std::int32_t> level_of(labels.size());
  if (const auto values = label_values(labels, table.separator())) {
    const auto order = sorted_indices(labels.size(), [&](std::int32_t a, std::int32_t b) {
      return (*values)[static_cast<std::size_t>(a)] < (*values)[static_cast<std::size_t>(b)];
    });
    const Decimal* last = nullptr;
    for (const std::int32_t label : order) {
      const Decimal& value = (*values)[static_cast<std::size_t>(label)];
      if (last == nullptr || !(*last == value)) factor.levels.push_back(value.text());
      last = &value;
      level_of[static_cast<std::size_t>(label)] =
          static_cast<std::int32_t>(factor.levels.size()) - 1;
    }
  } else {
    const auto order = sorted_indices(labels.size(), [&](std::int32_t a, std::int32_t b) {
      return natural_less(labels[static_cast<std::size_t>(a)], labels[static_cast<std::size_t>(b)]);
    });
    for (const std::int32_t label : order) {
      level_of[static_cast<std::size_t>(label)] = static_cast<std::int32_t>(factor.levels.size());
      factor.levels.emplace_back(labels[static_cast<std::size_t>(label)]);
    }
  }
  for (std::int32_t& code : factor.codes) {
    if (code >= 0) code = level_of[static_cast<std::size_t>(code)];
  }
  return factor;
}

/// The labels of the groups, one for each row of the table that they are joined to.
Result<Factor> spread_labels(const JoinedColumn& joined) {
  Result<Factor> factor = read_labels(*joined.join->groups, joined.column);
  if (!factor) return factor;
  const std::vector<std::int32_t> groups = std::move(factor->codes);
  factor->codes.clear();
  factor->codes.reserve(joined.join->row_of.size());
  for (const std::int32_t group : joined.join->row_of)
    factor->codes.push_back(group < 0 ? -1 : groups[static_cast<std::size_t>(group)]);
  return factor;
}

}  // namespace

Result<Factor> labels(const Table& table, std::size_t column) {
  try {
    const JoinedColumn* joined = table.joined(column);
    return joined == nullptr ? read_labels(table, column) : spread_labels(*joined);
  } catch (const std::bad_alloc&) {
    return plain_error(ExitCode::limit, "not enough memory for the labels of column " +
                                            shown(table.headers()[column]));
  }
}

std::string normalised_label(std::string_view label) {
  const std::optional<Decimal> value = parse_decimal(label);
  return value ? value->text() : std::string(label);
}

}  // namespace lmmdsl
