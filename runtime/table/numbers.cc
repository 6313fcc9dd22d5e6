// A column as numbers, and what is wrong with the cells that are none.

#include <cmath>
#include <limits>
#include <new>

#include "runtime/table.h"
#include "runtime/table/error_list.h"
#include "runtime/table/number_text.h"
#include "runtime/table/shown.h"

namespace lmmdsl {
namespace {

constexpr const char* kUnknownText = "write NA if the value is missing";

Diagnostic cell_error(const Table& table, std::size_t row, std::size_t column, std::string message,
                      std::string label, std::string hint) {
  return located_error(table.source(), table.cell(row, column).span, std::move(message),
                       std::move(label), std::move(hint));
}

std::string in_column(const Table& table, std::size_t row, std::size_t column) {
  return " in column " + shown(table.headers()[column]) + " (row " + std::to_string(row + 1) + ")";
}

Diagnostic number_error(const Table& table, std::size_t row, std::size_t column,
                        NumberFault fault) {
  const std::string text = table.text(row, column);
  const std::string what = shown(text) + in_column(table, row, column);
  std::string hint = number_hint(text, table.separator());
  const auto error = [&](std::string message, const char* label, const char* default_hint) {
    if (hint.empty()) hint = default_hint;
    return cell_error(table, row, column, std::move(message), label, hint);
  };
  switch (fault) {
    case NumberFault::not_finite:
      return error(what + " is not a finite number", "not finite",
                   "write NA if the value is missing");
    case NumberFault::hexadecimal:
      return error(what + " is a hexadecimal number", "not decimal", "write it in decimal");
    case NumberFault::too_large:
      return error(what + " is beyond the range of double precision", "larger than 1.8e308",
                   "give the column another unit");
    case NumberFault::too_small:
      return error(what + " is too close to zero for double precision", "smaller than 4.9e-324",
                   "write 0, or give the column another unit");
    default:
      return error("text " + what, "not a number", kUnknownText);
  }
}

Diagnostic two_marks_error(const Table& table, std::size_t row, std::size_t column,
                           std::size_t other_row) {
  Diagnostic error =
      cell_error(table, row, column,
                 "column " + shown(table.headers()[column]) +
                     " has decimal commas and decimal points (row " + std::to_string(row + 1) + ")",
                 "another decimal mark than before",
                 "write all decimal marks alike, and no thousands separators");
  error.notes.push_back({"line " + std::to_string(table.line(other_row)) + " has " +
                         shown(table.text(other_row, column))});
  return error;
}

Result<std::vector<double>> read_numbers(const Table& table, std::size_t column) {
  constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
  std::vector<double> result;
  result.reserve(table.rows());
  ErrorList errors;
  bool all_text = true;
  std::size_t present = 0, with_comma = kNone, with_point = kNone;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (table.is_missing(row, column)) {
      result.push_back(std::numeric_limits<double>::quiet_NaN());
      continue;
    }
    ++present;
    const std::string_view text = table.source()->slice(table.cell(row, column).span);
    const ParsedNumber number = parse_number(text, table.separator());
    result.push_back(number.value);
    all_text = all_text && number.fault == NumberFault::not_a_number;
    if (!number.ok()) errors.add([&] { return number_error(table, row, column, number.fault); });
    if (table.separator() == ';' && number.ok()) {
      if (with_comma == kNone && text.find(',') != text.npos) with_comma = row;
      if (with_point == kNone && text.find('.') != text.npos) with_point = row;
    }
  }
  if (present > 1 && all_text) {
    Diagnostics one =
        errors.take_first("no cell of column " + shown(table.headers()[column]) + " is a number");
    if (one.front().hint == kUnknownText)
      one.front().hint = "declare a column of labels as `factor`";
    return one;
  }
  if (!errors.empty()) {
    return errors.take("in column " + shown(table.headers()[column]));
  }
  // One of them separates thousands: 1.234 next to 1,5 is rather 1234.
  if (with_comma != kNone && with_point != kNone) {
    return two_marks_error(table, std::max(with_comma, with_point), column,
                           std::min(with_comma, with_point));
  }
  return result;
}

/// The numbers of the groups, one for each row of the table that they are joined to.
Result<std::vector<double>> spread_numbers(const JoinedColumn& joined) {
  Result<std::vector<double>> groups = read_numbers(*joined.join->groups, joined.column);
  if (!groups) return groups;
  std::vector<double> result;
  result.reserve(joined.join->row_of.size());
  for (const std::int32_t group : joined.join->row_of)
    result.push_back(group < 0 ? std::numeric_limits<double>::quiet_NaN()
                               : (*groups)[static_cast<std::size_t>(group)]);
  return {std::move(result), std::move(groups.diagnostics)};
}

}  // namespace

Result<std::vector<double>> numbers(const Table& table, std::size_t column) {
  try {
    const JoinedColumn* joined = table.joined(column);
    return joined == nullptr ? read_numbers(table, column) : spread_numbers(*joined);
  } catch (const std::bad_alloc&) {
    return plain_error(ExitCode::limit, "not enough memory for the numbers of column " +
                                            shown(table.headers()[column]));
  }
}

}  // namespace lmmdsl
