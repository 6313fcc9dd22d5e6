#include "runtime/table/row_errors.h"

#include <algorithm>

#include "runtime/table/number_text.h"
#include "runtime/table/separator.h"
#include "runtime/table/shown.h"

namespace lmmdsl {
namespace {

std::string counted(std::size_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string field_count_hint(const SourcePtr& source, const RowLayout& layout,
                             const std::vector<Cell>& cells) {
  const bool blanks = layout.separator == kBlanks;
  if (cells.size() < layout.fields()) {
    return blanks ? "write NA for a missing value"
                  : "a missing value is an empty field or NA, and needs its separator too";
  }
  const auto is_number = [&](const Cell& cell) {
    return parse_number(source->slice(cell.span), layout.separator).ok();
  };
  // 1,5,2,5,a for 1.5, 2.5, a: every number has fallen in two.
  const std::size_t numbers = std::count_if(cells.begin(), cells.end(), is_number);
  if (layout.separator == ',' && (numbers == 2 * (cells.size() - layout.fields()) ||
                                  std::all_of(cells.begin() + 1, cells.end(), is_number))) {
    return "in a file with decimal commas, separate the fields by semicolons";
  }
  if (layout.separator == '\t' && std::any_of(cells.begin(), cells.end() - 1, is_empty)) {
    return "one tab separates two fields; for columns aligned by several tabs use --sep blank";
  }
  if (is_empty(cells.back())) return "remove the separator at the end of the row";
  return blanks ? "write a label with blanks in quotes" : "write a label with separators in quotes";
}

}  // namespace

Span with_quotes(const Cell& cell) {
  if (!cell.quoted) return cell.span;
  return {cell.span.begin - 1, cell.span.end + 1};
}

bool is_empty(const Cell& cell) { return cell.span.begin == cell.span.end; }

Diagnostic quote_error(const SourcePtr& source, const QuoteFault& fault, char separator) {
  if (fault.kind == QuoteFault::Kind::unclosed) {
    const char quote = source->text()[fault.opened];
    return located_error(
        source, fault.span, "a quote is not closed",
        separator == kBlanks ? "no closing quote on this line"
                             : "no closing quote in the rest of the file",
        std::string("close it with ") + quote + ", or put the whole field in " +
            (quote == '"' ? "quotes and double each quote inside" : "double quotes"));
  }
  Diagnostic error = located_error(
      source, fault.span, "text after a closing quote", "a separator is expected here",
      "a quote inside a quoted field is doubled, as in \"5\"\" pipe\"");
  const int opened = source->position(fault.opened).line;
  if (opened != source->position(fault.span.begin).line) {
    error.notes.push_back({"the quoted field begins on line " + std::to_string(opened)});
  }
  return error;
}

Diagnostic field_count_error(const SourcePtr& source, const RowLayout& layout,
                             const std::vector<Cell>& cells, Span row, std::size_t number) {
  const std::size_t columns = layout.headers.size(), expected = layout.fields();
  const std::string message =
      "row " + std::to_string(number) + " has " + counted(cells.size(), "field") + ", but " +
      (layout.row_names ? "a row name and " + counted(columns, "column") + " are expected"
                        : "the header has " + counted(columns, "name"));
  const std::string hint = field_count_hint(source, layout, cells);
  if (cells.size() > expected) {
    const Span surplus{with_quotes(cells[expected]).begin, row.end};
    return located_error(source, surplus, message, "no column for this", hint);
  }
  const std::string& lacking = layout.headers[columns - (expected - cells.size())];
  return located_error(source, row, message, "no field for " + shown(lacking), hint);
}

Diagnostics all_field_counts_error(ErrorList errors, const RowLayout& layout, std::size_t rows,
                                   std::size_t found) {
  Diagnostics one = errors.take_first(
      "all " + std::to_string(rows) + " rows have as many; fields are separated by " +
      separator_name(layout.separator) +
      (layout.separator_given ? ", as --sep says"
                              : ", judging by the header line (--sep overrides)"));
  std::string& hint = one.front().hint;
  if (layout.separator == kBlanks && found < layout.fields()) {
    hint = "write a column name with blanks in quotes, and NA for a missing value";
  } else if (layout.separator != kBlanks && found == layout.fields() + 1) {
    hint = "give every column a name; before row names the header line begins with an empty name";
  }
  return one;
}

Diagnostic row_names_error(const SourcePtr& source, const RowLayout& layout, Span header_line,
                           Span first, Span second) {
  Diagnostic error =
      located_error(source, header_line,
                    "the rows have " + counted(layout.fields(), "field") + ", but the header has " +
                        counted(layout.headers.size(), "name"),
                    "a name is missing",
                    "give every column a name; a name with blanks in it is written in quotes");
  error.notes.push_back({"the first field is not a row name: " + shown(source->slice(first)) +
                         " is on line " + std::to_string(source->position(first.begin).line) +
                         " and on line " + std::to_string(source->position(second.begin).line)});
  return error;
}

Diagnostic cut_warning(const SourcePtr& source, Span cut) {
  Diagnostic warning =
      located_error(source, cut, "`#` begins a comment here, in the middle of a field", "",
                    "write a label with # in quotes");
  warning.severity = Severity::warning;
  return warning;
}

Diagnostic empty_rows_warning(const SourcePtr& source, Span first, std::size_t count) {
  Diagnostic warning = located_error(
      source, first, counted(count, "row") + " of empty fields left out",
      count == 1 ? "" : "the first of them", "write NA in a row that stands for missing values");
  warning.severity = Severity::warning;
  return warning;
}

}  // namespace lmmdsl
