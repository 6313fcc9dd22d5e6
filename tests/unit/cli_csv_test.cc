// Cells of CSV read back as they were, by our own reader.

#include <limits>

#include "lmmdsl/csv_text.h"
#include "runtime/table.h"
#include "support/catch.h"

namespace lmmdsl {
namespace {

TEST_CASE("cells of CSV") {
  struct Row {
    const char* text;
    const char* cell;
  };
  for (const Row& row : {Row{"theta", "theta"}, Row{"y_i", "y_i"}, Row{"a b", "a b"},
                         Row{"beta[1,2]", "\"beta[1,2]\""}, Row{"fit\"1", "\"fit\"\"1\""},
                         Row{"", "\"\""}, Row{"NA", "\"NA\""}, Row{" x", "\" x\""},
                         Row{"#1", "\"#1\""}, Row{"a\nb", "\"a\nb\""}, Row{"a;b", "a;b"}}) {
    INFO(row.text);
    CHECK(csv_cell(row.text) == row.cell);
    const Result<Table> table = read_table(std::make_shared<const Source>(
        "t.csv", csv_cell("head") + ",x\n" + csv_cell(row.text) + ",1\n"));
    REQUIRE(table);
    REQUIRE(table->rows() == 1);
    CHECK(table->text(0, 0) == row.text);
  }
  CHECK(csv_cell("a;b", ';') == "\"a;b\"");
}

TEST_CASE("numbers of CSV") {
  CHECK(csv_number(0.1) == "0.1");
  CHECK(csv_number(std::numeric_limits<double>::infinity()).empty());
  CHECK(csv_number(std::numeric_limits<double>::quiet_NaN()).empty());
}

}  // namespace
}  // namespace lmmdsl
