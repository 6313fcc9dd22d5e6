// A column as a factor: which labels occur, their order, and the label of each row.

#include <algorithm>
#include <numeric>

#include "runtime/table/column_reader.h"
#include "runtime/table/decimal.h"
#include "runtime/table/dictionary.h"
#include "runtime/table/error_list.h"
#include "runtime/table/large_memory.h"
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

/// The levels of labels, and the level of each.
std::vector<std::int32_t> order_levels(const std::vector<std::string_view>& labels, char separator,
                                       std::vector<std::string>& levels) {
  const auto at = [](const auto& list, std::int32_t i) -> const auto& {
    return list[static_cast<std::size_t>(i)];
  };
  std::vector<std::int32_t> level_of(labels.size());
  if (const auto values = label_values(labels, separator)) {
    const auto order = sorted_indices(labels.size(), [&](std::int32_t a, std::int32_t b) {
      return at(*values, a) < at(*values, b);
    });
    const Decimal* last = nullptr;
    for (const std::int32_t label : order) {
      const Decimal& value = at(*values, label);
      if (last == nullptr || !(*last == value)) levels.push_back(value.text());
      last = &value;
      level_of[static_cast<std::size_t>(label)] = static_cast<std::int32_t>(levels.size()) - 1;
    }
  } else {
    const auto order = sorted_indices(labels.size(), [&](std::int32_t a, std::int32_t b) {
      return natural_less(at(labels, a), at(labels, b));
    });
    for (const std::int32_t label : order) {
      level_of[static_cast<std::size_t>(label)] = static_cast<std::int32_t>(levels.size());
      levels.emplace_back(at(labels, label));
    }
  }
  return level_of;
}

/// The labels of some of the rows.
struct LabelsPart {
  Dictionary codes;
  std::string_view last;  ///< files are often sorted by their labels
  std::int32_t last_code = -1;
  std::size_t first = 0, rows = 0;
};

class LabelsReader : public ColumnReader {
 public:
  LabelsReader(const Table& table, std::size_t column, std::size_t parts)
      : table_(table),
        column_(column),
        codes_(large_vector<std::int32_t>(table.rows())),
        parts_(parts) {}

  void add(std::size_t part, std::size_t first, std::string_view text,
           const std::vector<Cell>& cells) override {
    LabelsPart& p = parts_[part];
    if (p.rows == 0) p.first = first;
    p.rows += cells.size();
    for (std::size_t i = 0; i < cells.size(); ++i)
      codes_[first + i] = is_missing(text, cells[i]) ? -1 : code(text, cells[i], p);
  }

  ColumnContent finish() override {
    Dictionary all;
    for (LabelsPart& p : parts_) {
      std::vector<std::int32_t> code_in_all;
      for (const std::string_view label : p.codes.labels()) code_in_all.push_back(all.code(label));
      renumber(p.first, p.rows, code_in_all);
    }
    ColumnContent content;
    content.diagnostics = find_errors(all.labels());
    if (!content.diagnostics.empty()) return content;
    const std::vector<std::int32_t> level_of =
        order_levels(all.labels(), table_.separator(), content.labels.levels);
    renumber(0, codes_.size(), level_of);
    content.labels.codes = std::move(codes_);
    return content;
  }

 private:
  std::int32_t code(std::string_view text, const Cell& cell, LabelsPart& p) const {
    const std::string_view label = text.substr(cell.span.begin, cell.span.end - cell.span.begin);
    if (p.last_code >= 0 && label == p.last && !cell.escaped) return p.last_code;
    p.last_code = p.codes.code(cell.escaped ? cell_text(text, cell, table_.separator()) : label);
    p.last = p.codes.labels()[static_cast<std::size_t>(p.last_code)];
    return p.last_code;
  }

  void renumber(std::size_t first, std::size_t rows, const std::vector<std::int32_t>& code) {
    for (std::size_t row = first; row < first + rows; ++row)
      if (codes_[row] >= 0) codes_[row] = code[static_cast<std::size_t>(codes_[row])];
  }

  /// Codes are those of `labels`, which are in the order of the rows that they first stand in.
  Diagnostics find_errors(const std::vector<std::string_view>& labels) const {
    ErrorList errors;
    std::size_t row = 0;
    for (std::size_t code = 0; code < labels.size(); ++code) {
      const std::size_t invalid = first_invalid_utf8(labels[code]);
      if (invalid == labels[code].size()) continue;
      errors.add([&] {
        while (codes_[row] != static_cast<std::int32_t>(code)) ++row;
        return not_utf8(table_, row, column_, labels[code], invalid);
      });
    }
    if (errors.empty()) return {};
    return errors.take("labels of column " + shown(table_.headers()[column_]));
  }

  const Table& table_;
  std::size_t column_;
  std::vector<std::int32_t> codes_;
  std::vector<LabelsPart> parts_;
};

}  // namespace

std::unique_ptr<ColumnReader> labels_reader(const Table& table, std::size_t column,
                                            std::size_t parts) {
  return std::make_unique<LabelsReader>(table, column, parts);
}

Result<Factor> labels(const Table& table, std::size_t column) {
  try {
    ColumnContent content = std::move(read_columns(table, {{column, true}}).front());
    if (has_error(content.diagnostics)) return std::move(content.diagnostics);
    return {std::move(content.labels), std::move(content.diagnostics)};
  } catch (const LostText& lost) {
    return lost_text_error(lost);
  }
}

std::string normalised_label(std::string_view label) {
  const std::optional<Decimal> value = parse_decimal(label);
  return value ? value->text() : std::string(label);
}

}  // namespace lmmdsl
