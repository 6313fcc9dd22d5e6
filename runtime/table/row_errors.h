// What can be wrong with a row of a table before its cells are looked at.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "runtime/table.h"
#include "runtime/table/error_list.h"
#include "runtime/table/row_scanner.h"

namespace lmmdsl {

/// How each row should look.
struct RowLayout {
  char separator = ',';
  bool separator_given = false;  ///< by the user, not by the header line
  bool row_names = false;        ///< the first field of a row is its name
  std::vector<std::string> headers;

  std::size_t fields() const { return headers.size() + (row_names ? 1 : 0); }
};

/// The whole of a cell, with its quotes.
Span with_quotes(const Cell& cell);
bool is_empty(const Cell& cell);

Diagnostic quote_error(const SourcePtr& source, const QuoteFault& fault, char separator);

/// A row, the `number`th from 1, with too few or too many fields.
Diagnostic field_count_error(const SourcePtr& source, const RowLayout& layout,
                             const std::vector<Cell>& cells, Span row, std::size_t number);

/// One error for a file in which all of its `rows` rows have the wrong number `found` of fields:
/// the header is to blame, not each of the rows. `errors` are those of the rows.
Diagnostics all_field_counts_error(ErrorList errors, const RowLayout& layout, std::size_t rows,
                                   std::size_t found);

/// A header with a name less than the rows have fields, the first of which cannot be row names: the
/// one at `first` is there again at `second`.
Diagnostic row_names_error(const SourcePtr& source, const RowLayout& layout, Span header_line,
                           Span first, Span second);

/// A cell of a blank-separated file is cut short by a comment.
Diagnostic cut_warning(const SourcePtr& source, Span cut);

/// `count` rows without any value are left out, the first at `first`.
Diagnostic empty_rows_warning(const SourcePtr& source, Span first, std::size_t count);

}  // namespace lmmdsl
