// Columns as factors: levels, their order, and codes.

#include <string>
#include <vector>

#include "runtime/table.h"
#include "runtime/table/decimal.h"
#include "support/catch.h"

namespace lmmdsl {
namespace {

Result<Factor> labels_of(const std::string& text, std::size_t column = 0) {
  const Result<Table> table = read_table(std::make_shared<const Source>("data", text));
  REQUIRE(table);
  return labels(*table, column);
}

TEST_CASE("Levels are distinct labels in order") {
  struct Case {
    const char* name;
    const char* text;
    std::vector<std::string> levels;
    std::vector<std::int32_t> codes;
  };
  const Case cases[] = {
      {"by value", "g\n10\n9\n-1\n9\n", {"-1", "9", "10"}, {2, 1, 0, 1}},
      {"equal by value", "g\n1.00\n1\n1e0\n2.50\n+1\n", {"1", "2.5"}, {0, 0, 0, 1, 0}},
      {"natural", "g\nplot10\nplot2\nplot2\n", {"plot2", "plot10"}, {1, 0, 0}},
      {"one label is no number", "g\n10\n9\nx\n1.0\n", {"1.0", "9", "10", "x"}, {2, 1, 3, 0}},
      {"leading zeros are text", "g\n007\n7\n1.0\n", {"1.0", "007", "7"}, {1, 2, 0}},
      {"missing", "g,x\nb,1\nNA,2\n,3\na,4\n", {"a", "b"}, {1, -1, -1, 0}},
      {"all missing", "g,x\nNA,2\n", {}, {-1}},
      {"quoted NA is a label", "g\n\"NA\"\nNA\nA\n", {"A", "NA"}, {1, -1, 0}},
      {"quotes do not matter", "g\n\"1\"\n1\n\"x y\"\n", {"1", "x y"}, {0, 0, 1}},
      {"escaped quotes", "g,x\n\"a\"\"b\",1\n\"a\"\"b\",2\na,3\n", {"a", "a\"b"}, {1, 1, 0}},
      {"decimal commas", "g;x\n1,50;1\n1.5;2\n0,5;3\n", {"0.5", "1.5"}, {1, 1, 0}},
      {"long identifiers stay apart",
       "g\n12345678901234567891\n12345678901234567890\n",
       {"12345678901234567890", "12345678901234567891"},
       {1, 0}},
      {"large round numbers are written out", "g\n100000\n1e6\n", {"100000", "1000000"}, {0, 1}},
      {"signed zero is zero", "g\n-0\n0.0\n", {"0"}, {0, 0}},
      {"inf is text", "g\ninf\n2\n10\n", {"2", "10", "inf"}, {2, 0, 1}},
  };
  for (const Case& example : cases) {
    CAPTURE(example.name);
    const Result<Factor> factor = labels_of(example.text);
    REQUIRE(factor);
    CHECK(factor->levels == example.levels);
    CHECK(factor->codes == example.codes);
  }
}

TEST_CASE("The order of rows does not matter") {
  const Result<Factor> one = labels_of("g\nb\na\nc10\nc9\n");
  const Result<Factor> two = labels_of("g\nc9\nc10\na\nb\n");
  CHECK(one->levels == two->levels);
}

TEST_CASE("A label that is not UTF-8 is an error, once") {
  const Result<Factor> factor = labels_of("g,x\ncaf\xE9,1\ncaf\xE9,2\n");
  REQUIRE(!factor);
  REQUIRE(factor.diagnostics.size() == 1);
  CHECK(factor.diagnostics.front().message ==
        "label `caf\\x{e9}` in column `g` (row 1) is not UTF-8");
}

TEST_CASE("Natural order") {
  // Each is before all that follow.
  const std::vector<std::string> ordered = {"",
                                            "-1",
                                            "0",
                                            "00",
                                            "1",
                                            "01",
                                            "1a",
                                            "2",
                                            "10",
                                            "99999999999999999999",
                                            "100000000000000000000",
                                            "A",
                                            "a",
                                            "a0",
                                            "a00",
                                            "a1",
                                            "a01",
                                            "a1b",
                                            "a1b2",
                                            "a1b10",
                                            "a2",
                                            "a10",
                                            "b",
                                            "plot 2",
                                            "plot 10",
                                            "plot2",
                                            "plot10",
                                            "\xC3\xA9"};
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    for (std::size_t j = 0; j < ordered.size(); ++j) {
      CAPTURE(ordered[i], ordered[j]);
      // Leading zeros only break ties, by bytes.
      const bool tie =
          (ordered[i] == "0" && ordered[j] == "00") || (ordered[i] == "00" && ordered[j] == "0");
      if (!tie && ordered[i] != "1" && ordered[i] != "01" && ordered[i] != "a1" &&
          ordered[i] != "a01") {
        CHECK(natural_less(ordered[i], ordered[j]) == (i < j));
      }
    }
  }
  CHECK(natural_less("01", "1"));
  CHECK(natural_less("a01", "a1"));
  CHECK(natural_less("a1", "a01b"));
  CHECK(!natural_less("a1", "a1"));
}

TEST_CASE("Natural order is a strict weak order") {
  // All texts of up to four of these characters.
  std::vector<std::string> texts = {""};
  for (std::size_t i = 0; texts[i].size() < 3; ++i) {
    for (const char c : {'0', '1', 'a', '!'}) texts.push_back(texts[i] + c);
  }
  std::size_t wrong = 0;
  for (const std::string& a : texts) {
    for (const std::string& b : texts) {
      wrong += natural_less(a, b) + natural_less(b, a) != (a == b ? 0 : 1);
      if (!natural_less(a, b)) continue;
      for (const std::string& c : texts) wrong += natural_less(b, c) && !natural_less(a, c);
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("Labels in their normal form") {
  const char* cases[][2] = {
      {"1", "1"},
      {"1.00", "1"},
      {"+1", "1"},
      {"-1.50", "-1.5"},
      {"0.5", "0.5"},
      {".5", "0.5"},
      {"5.", "5"},
      {"1e3", "1000"},
      {"1.25E1", "12.5"},
      {"-0", "0"},
      {"0.000", "0"},
      {"1e-3", "0.001"},
      {"1e-9", "1e-9"},
      {"12e-10", "1.2e-9"},
      {"1e30", "1e30"},
      {"100", "100"},
      {"007", "007"},
      {"-01", "-01"},
      {"abc", "abc"},
      {"", ""},
      {".", "."},
      {"1e", "1e"},
      {"1e+", "1e+"},
      {"1 ", "1 "},
      {"1,5", "1,5"},
      {"inf", "inf"},
      {"1e9999999999", "1e9999999999"},
  };
  for (const auto& [label, expected] : cases) {
    CAPTURE(label);
    CHECK(normalised_label(label) == expected);
    CHECK(normalised_label(expected) == expected);
  }
}

TEST_CASE("Decimals are ordered by value") {
  const char* ordered[] = {"-1e30", "-10", "-9.5", "-9", "-0.1", "-0.01", "0",   "0.01",
                           "0.09",  "0.1", "0.11", "1",  "9",    "10",    "1e30"};
  for (std::size_t i = 0; i < std::size(ordered); ++i) {
    for (std::size_t j = 0; j < std::size(ordered); ++j) {
      CAPTURE(ordered[i], ordered[j]);
      CHECK((*parse_decimal(ordered[i]) < *parse_decimal(ordered[j])) == (i < j));
      CHECK((*parse_decimal(ordered[i]) == *parse_decimal(ordered[j])) == (i == j));
    }
  }
}

}  // namespace
}  // namespace lmmdsl
