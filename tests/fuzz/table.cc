// Any bytes as a data file: read, each column as numbers and as labels, all messages printed. The
// first byte chooses the separator option. Nothing may crash, what is read must be consistent, and
// the same when the text is read in small parts, from memory or from where it is stored.

#include "runtime/table.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "grammar/print.h"
#include "support/stored_string.h"

namespace lmmdsl {
namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void try_table(const Table& table) {
  require(table.rows() > 0 && table.columns() > 0);
  for (std::size_t column = 0; column < table.columns(); ++column) {
    require(table.find(table.headers()[column]) == column);
    const Result<std::vector<double>> y = numbers(table, column);
    require(y ? y->size() == table.rows() : has_error(y.diagnostics));
    print(y.diagnostics);

    const Result<Factor> factor = labels(table, column);
    print(factor.diagnostics);
    require(factor ? factor->codes.size() == table.rows() : has_error(factor.diagnostics));
    if (!factor) continue;
    const auto levels = static_cast<std::int32_t>(factor->levels.size());
    for (std::size_t row = 0; row < table.rows(); ++row) {
      const std::int32_t code = factor->codes[row];
      require(code < levels && (code < 0) == table.is_missing(row, column));
      require(table.line(row) >= 1);
    }
    for (std::size_t level = 1; level < factor->levels.size(); ++level) {
      require(factor->levels[level - 1] != factor->levels[level]);
    }
    for (const std::string& level : factor->levels) {
      require(normalised_label(normalised_label(level)) == normalised_label(level));
      require(!natural_less(level, level));
    }
  }
}

/// Rows, values, codes and messages.
std::string digest(const Result<Table>& table) {
  std::string text = print(table.diagnostics);
  if (!table) return text;
  text += std::to_string(table->rows());
  std::vector<ColumnRequest> requests;
  for (std::size_t column = 0; column < table->columns(); ++column) {
    requests.push_back({column, false});
    requests.push_back({column, true});
  }
  for (const ColumnContent& c : read_columns(*table, requests)) {
    for (const double x : c.numbers) text += std::to_string(x) + ' ';
    for (const std::int32_t code : c.labels.codes) text += std::to_string(code) + ' ';
    text += print(c.diagnostics);
  }
  return text;
}

}  // namespace
}  // namespace lmmdsl

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lmmdsl;
  if (size == 0) return 0;
  constexpr char kSeparators[] = {0, 0, 0, 0, ' ', ',', ';', '\t'};
  const ReadOptions options{kSeparators[data[0] % sizeof kSeparators]};
  const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  const Result<Table> table = read_table(std::make_shared<const Source>("data", text), options);
  print(table.diagnostics);
  require(table || has_error(table.diagnostics));
  if (table) try_table(*table);
  const ReadOptions in_parts{.separator = options.separator, .threads = 2, .part = 5};
  require(digest(table) ==
          digest(read_table(std::make_shared<const Source>("data", text), in_parts)));
  require(digest(table) == digest(read_table(stored_source(text), in_parts)));
  return 0;
}
