// Places in a text, and suggestions for misspelt names.

#include <string>
#include <vector>

#include "grammar/diagnostic.h"
#include "grammar/one_line.h"
#include "grammar/source.h"
#include "support/catch.h"

namespace lmmdsl {
namespace {

TEST_CASE("a statement on one line has neither comments nor more than one blank") {
  struct Row {
    const char *text, *line;
  };
  for (const Row& row : {Row{"y   ~ Normal(m,\r\n    v)", "y ~ Normal(m, v)"},
                         Row{"y ~ Normal(  # the mean\n  m, v)", "y ~ Normal( m, v)"},
                         Row{"d = (g == \"a # \\\"  b\")  # c", "d = (g == \"a # \\\"  b\")"}}) {
    INFO(row.text);
    CHECK(one_line(row.text) == row.line);
  }
}

TEST_CASE("Source counts lines and characters from 1") {
  const Source source("m", "ab\r\nσ² x\n\nlast");
  struct Row {
    std::uint32_t offset;
    int line, column;
  };
  for (const Row& row : std::vector<Row>{{0, 1, 1},
                                         {1, 1, 2},
                                         {4, 2, 1},
                                         {6, 2, 2},   // after σ
                                         {9, 2, 4},   // x
                                         {11, 3, 1},  // the empty line
                                         {12, 4, 1},
                                         {16, 4, 5},       // the end
                                         {9999, 4, 5}}) {  // beyond it
    INFO(row.offset);
    const Position at = source.position(row.offset);
    CHECK(at.line == row.line);
    CHECK(at.column == row.column);
  }
  CHECK(source.line(1) == "ab");
  CHECK(source.line(2) == "σ² x");
  CHECK(source.line(3) == "");
  CHECK(source.line(4) == "last");
  CHECK(source.line(5) == "");
  CHECK(source.line(0) == "ab");
  CHECK(source.slice({4, 6}) == "σ");
  CHECK(source.slice({14, 99}) == "st");
  CHECK(source.slice({99, 3}) == "");
}

TEST_CASE("A byte order mark is not part of the first line") {
  const Source source("m", "\xEF\xBB\xBFy = 1");
  CHECK(source.line(1) == "y = 1");
  CHECK(source.position(3).column == 1);
  CHECK(source.position(5).column == 3);
  CHECK(source.position(0).column == 1);
}

TEST_CASE("An empty text has one empty line") {
  const Source source("m", "");
  CHECK(source.line(1) == "");
  CHECK(source.position(0).line == 1);
}

TEST_CASE("The nearest name is one letter off, or a third of the letters") {
  const std::vector<std::string> known = {"b0",     "density", "yield",
                                          "Normal", "theta",   "InverseGamma"};
  struct Row {
    std::string name, expected;
  };
  for (const Row& row : std::vector<Row>{{"bb", "b0"},
                                         {"b", ""},
                                         {"x", ""},
                                         {"desnity", "density"},
                                         {"dnesity", "density"},
                                         {"normal", "Normal"},
                                         {"NORMAL", "Normal"},
                                         {"Nromal", "Normal"},
                                         {"yeild", "yield"},
                                         {"yiel", "yield"},
                                         {"zzzzz", ""},
                                         {"invgamma", ""},
                                         {"InvGamma", ""},
                                         {"InverseGama", "InverseGamma"},
                                         {"theta", ""},
                                         {"", ""}}) {
    INFO(row.name);
    CHECK(nearest(row.name, known) == row.expected);
  }
}

}  // namespace
}  // namespace lmmdsl
