// Columns as numbers: what is one, and what is said about the rest.

#include <cmath>
#include <string>

#include "runtime/table.h"
#include "runtime/table/number_text.h"
#include "runtime/table/short_number.h"
#include "support/catch.h"

namespace lmmdsl {
namespace {

Table table_of(const std::string& text) {
  Result<Table> table = read_table(std::make_shared<const Source>("data", text));
  REQUIRE(table);
  return std::move(*table);
}

TEST_CASE("Texts that are numbers") {
  struct Case {
    const char* text;
    char separator;
    double value;
  };
  const Case cases[] = {
      {"0", ',', 0},
      {"-0", ',', -0.0},
      {"12", ',', 12},
      {"+12", ',', 12},
      {"1.5", ',', 1.5},
      {".5", ',', 0.5},
      {"5.", ',', 5},
      {"-.5", ',', -0.5},
      {"1e3", ',', 1000},
      {"1.5E+3", ',', 1500},
      {"1e-3", ',', 0.001},
      {"007", ',', 7},
      {" 1 ", ',', 1},
      {"1,5", ';', 1.5},
      {"-,5", ';', -0.5},
      {"1,5e2", ';', 150},
      {"1.5", ';', 1.5},
      {"0e999999", ',', 0},
      {"4.9e-324", ',', 4.9e-324},
      {"0.1", ',', 0.1},
      {"1.7976931348623157e308", ',', 1.7976931348623157e308},
      {"123456789012345678901234567890", ',', 123456789012345678901234567890.0},
      {"0.1000000000000000055511151231257827", ' ', 0.1},
  };
  for (const Case& example : cases) {
    CAPTURE(example.text);
    const ParsedNumber number = parse_number(example.text, example.separator);
    CHECK(number.ok());
    CHECK(number.value == example.value);
  }
  CHECK(std::signbit(parse_number("-0", ',').value));
}

TEST_CASE("Short numbers are rounded once, like long ones") {
  std::size_t wrong = 0;
  std::uint64_t state = 1;
  for (int i = 0; i < 20000; ++i) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    std::string digits = std::to_string(state >> 12);
    digits.resize(1 + i % 14, '5');
    const std::size_t mark = (state >> 3) % (digits.size() + 1);
    const std::string text = (i % 2 == 0 ? "-" : "") + digits.substr(0, mark) +
                             (mark < digits.size() ? "." + digits.substr(mark) : "");
    // Digits around it are none of its own.
    const std::string line = "12345678.9012345," + text + ",678.901";
    wrong += !(short_number(line, 17, 17 + text.size()) == parse_number(text, ',').value);
  }
  CHECK(wrong == 0);
}

TEST_CASE("What is no short number is left to those who tell why") {
  for (const std::string text : {"", "-", "--1", "+1", ".", "-.", "5.", "1.2.3", "1,5", "1e5", "NA",
                                 "1 2", "0x1f", "1_000", "12345678.12345678", "1234567.1234.67"}) {
    CAPTURE(text);
    const std::string line = "0123456789,0123456789," + text + ",9";
    CHECK(std::isnan(short_number(line, 22, 22 + text.size())));
  }
  CHECK(std::isnan(short_number("y\n-1\n", 2, 4)));  // too near to the front
  CHECK(std::signbit(short_number("0123456789,0123456789,-0", 22, 24)));
}

TEST_CASE("Texts that are no numbers") {
  using Fault = NumberFault;
  struct Case {
    const char* text;
    char separator;
    Fault fault;
    const char* hint;  ///< a part of it; "" if there is none
  };
  const Case cases[] = {
      {"abc", ',', Fault::not_a_number, ""},
      {"", ',', Fault::not_a_number, ""},
      {"-", ',', Fault::not_a_number, "NA"},
      {"+-1", ',', Fault::not_a_number, ""},
      {"--1", ',', Fault::not_a_number, ""},
      {"1e", ',', Fault::not_a_number, "alone: 1"},
      {"1.2.3", ',', Fault::not_a_number, ""},
      {"2024-05-01", ',', Fault::not_a_number, "the days since"},
      {"31.1.2020", ',', Fault::not_a_number, "the days since"},
      {"$12", ',', Fault::not_a_number, "alone: 12"},
      {"x12", ',', Fault::not_a_number, ""},
      {"\xC2\xA0"
       "2",
       ',', Fault::not_a_number, "no-break"},
      {"inf", ',', Fault::not_finite, ""},
      {"-Infinity", ',', Fault::not_finite, ""},
      {"NaN", ',', Fault::not_finite, "write NA for"},
      {"infant", ',', Fault::not_a_number, ""},
      {"0x1F", ',', Fault::hexadecimal, ""},
      {"-0X1p3", ',', Fault::hexadecimal, ""},
      {"1e309", ',', Fault::too_large, ""},
      {"-1e309", ',', Fault::too_large, ""},
      {"1e99999999999999999999", ',', Fault::too_large, ""},
      {"1e-400", ',', Fault::too_small, ""},
      {"1,5", ',', Fault::not_a_number, "decimal point: 1.5"},
      {"1,5", ' ', Fault::not_a_number, "decimal point: 1.5"},
      {"-1,5e3", '\t', Fault::not_a_number, "decimal point: -1.5e3"},
      {"1,500", ',', Fault::not_a_number, "1500 if it stands for thousands"},
      {"1,234,567", ' ', Fault::not_a_number, "thousands separators: 1234567"},
      {"1,234.5", ' ', Fault::not_a_number, "thousands separators: 1234.5"},
      {"1.234,5", ';', Fault::not_a_number, "thousands separators: 1234,5"},
      {"1'234", ',', Fault::not_a_number, "thousands separators: 1234"},
      {"1 234", ',', Fault::not_a_number, "thousands separators: 1234"},
      {"1\xC2\xA0"
       "234",
       ',', Fault::not_a_number, "thousands separators: 1234"},
      {"n/a", ',', Fault::not_a_number, "NA"},
      {".", ' ', Fault::not_a_number, "NA"},
      {"TRUE", ',', Fault::not_a_number, "binary"},
      {"\xE2\x88\x92"
       "5",
       ',', Fault::not_a_number, "-5"},
      {"<0.5", ',', Fault::not_a_number, "censored"},
      {"1.5D+3", ',', Fault::not_a_number, "1.5e+3"},
      {"5%", ',', Fault::not_a_number, "alone: 5"},
      {"12 kg", ',', Fault::not_a_number, "alone: 12"},
  };
  for (const Case& example : cases) {
    CAPTURE(example.text);
    CHECK(parse_number(example.text, example.separator).fault == example.fault);
    const std::string hint = number_hint(example.text, example.separator);
    CAPTURE(hint);
    CHECK(hint.empty() == (*example.hint == 0));
    CHECK(hint.find(example.hint) != hint.npos);
  }
}

TEST_CASE("A column of numbers is NaN where a value is missing") {
  const Table table = table_of("y;x\n1,5;a\nNA;b\n\"-2\";c\n;d\n");
  const Result<std::vector<double>> y = numbers(table, 0);
  REQUIRE(y);
  REQUIRE(y->size() == 4);
  CHECK((*y)[0] == 1.5);
  CHECK(std::isnan((*y)[1]));
  CHECK((*y)[2] == -2);
  CHECK(std::isnan((*y)[3]));
}

TEST_CASE("The first 20 errors of a column are told, the rest are counted") {
  std::string text = "y\n1\n";
  for (int i = 0; i < 51; ++i) text += "a" + std::to_string(i) + "\n";
  const Result<std::vector<double>> y = numbers(table_of(text), 0);
  REQUIRE(!y);
  REQUIRE(y.diagnostics.size() == 20);
  CHECK(y.diagnostics.front().message == "text `a0` in column `y` (row 2)");
  REQUIRE(y.diagnostics.back().notes.size() == 1);
  CHECK(y.diagnostics.back().notes.front().text == "and 31 more in column `y`");
}

TEST_CASE("A column without a number is one error") {
  const Result<std::vector<double>> y = numbers(table_of("y\na\nNA\nb\n"), 0);
  REQUIRE(!y);
  REQUIRE(y.diagnostics.size() == 1);
  CHECK(y.diagnostics.front().hint == "declare a column of labels as `factor`");
}

}  // namespace
}  // namespace lmmdsl
