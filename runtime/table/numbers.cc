// A column as numbers, and what is wrong with the cells that are none.

#include <algorithm>
#include <limits>

#include "runtime/not_a_number.h"
#include "runtime/table/column_reader.h"
#include "runtime/table/error_list.h"
#include "runtime/table/large_memory.h"
#include "runtime/table/number_text.h"
#include "runtime/table/short_number.h"
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

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

/// What there is to say of some of the rows.
struct NumbersPart {
  struct Faulty {
    std::size_t row;
    NumberFault fault;
  };
  std::vector<Faulty> faulty;  ///< the first of them
  std::size_t faults = 0;
  std::size_t present = 0;  ///< cells that are not missing
  bool all_text = true;
  std::size_t with_comma = kNone, with_point = kNone;  ///< the first rows with such marks
};

class NumbersReader : public ColumnReader {
 public:
  NumbersReader(const Table& table, std::size_t column, std::size_t parts)
      : table_(table),
        column_(column),
        values_(large_vector<double>(table.rows())),
        parts_(parts) {}

  void add(std::size_t part, std::size_t first, std::string_view text,
           const std::vector<Cell>& cells) override {
    NumbersPart& p = parts_[part];
    double* values = values_.data() + first;
    std::size_t quick = 0;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      values[i] = short_number(text, cells[i].span.begin, cells[i].span.end);
      if (values[i] == values[i]) ++quick;
      else if (!is_missing(text, cells[i])) values[i] = number(text, cells[i], first + i, p);
    }
    p.present += quick;
    p.all_text = p.all_text && quick == 0;
    if (table_.separator() == ';') look_for_marks(text, first, cells, p);
  }

  ColumnContent finish() override {
    ColumnContent content;
    content.diagnostics = find_errors();
    if (content.diagnostics.empty()) content.numbers = std::move(values_);
    return content;
  }

 private:
  double number(std::string_view text, const Cell& cell, std::size_t row, NumbersPart& p) const {
    const std::string_view digits = text.substr(cell.span.begin, cell.span.end - cell.span.begin);
    const ParsedNumber parsed = parse_number(digits, table_.separator());
    ++p.present;
    p.all_text = p.all_text && parsed.fault == NumberFault::not_a_number;
    if (!parsed.ok()) {
      ++p.faults;
      if (p.faulty.size() < ErrorList::kKept) p.faulty.push_back({row, parsed.fault});
    }
    return parsed.value;
  }

  /// Which decimal marks there are, among cells of which none is at fault.
  static void look_for_marks(std::string_view text, std::size_t first,
                             const std::vector<Cell>& cells, NumbersPart& p) {
    const auto look = [&](char mark, std::size_t& row) {
      for (std::size_t i = 0; row == kNone && i < cells.size(); ++i) {
        const Span& span = cells[i].span;
        if (text.substr(span.begin, span.end - span.begin).find(mark) != text.npos) row = first + i;
      }
    };
    look(',', p.with_comma);
    look('.', p.with_point);
  }

  Diagnostics find_errors() const {
    ErrorList errors;
    NumbersPart all;
    for (const NumbersPart& p : parts_) {
      for (const NumbersPart::Faulty& f : p.faulty)
        errors.add([&] { return number_error(table_, f.row, column_, f.fault); });
      errors.count_more(p.faults - p.faulty.size());
      all.present += p.present;
      all.all_text = all.all_text && p.all_text;
      all.with_comma = std::min(all.with_comma, p.with_comma);
      all.with_point = std::min(all.with_point, p.with_point);
    }
    const std::string column = "column " + shown(table_.headers()[column_]);
    if (all.present > 1 && all.all_text) {
      Diagnostics one = errors.take_first("no cell of " + column + " is a number");
      if (one.front().hint == kUnknownText)
        one.front().hint = "declare a column of labels as `factor`";
      return one;
    }
    if (!errors.empty()) return errors.take("in " + column);
    // One of them separates thousands: 1.234 next to 1,5 is rather 1234.
    if (all.with_comma != kNone && all.with_point != kNone) {
      return {two_marks_error(table_, std::max(all.with_comma, all.with_point), column_,
                              std::min(all.with_comma, all.with_point))};
    }
    return {};
  }

  const Table& table_;
  std::size_t column_;
  std::vector<double> values_;
  std::vector<NumbersPart> parts_;
};

}  // namespace

std::unique_ptr<ColumnReader> numbers_reader(const Table& table, std::size_t column,
                                             std::size_t parts) {
  return std::make_unique<NumbersReader>(table, column, parts);
}

Result<std::vector<double>> numbers(const Table& table, std::size_t column) {
  try {
    ColumnContent content = std::move(read_columns(table, {{column}}).front());
    if (has_error(content.diagnostics)) return std::move(content.diagnostics);
    return {std::move(content.numbers), std::move(content.diagnostics)};
  } catch (const LostText& lost) {
    return lost_text_error(lost);
  }
}

}  // namespace lmmdsl
