// Hostile texts end soon with a located error: no crash, no stack overflow, no long wait.

#include <chrono>
#include <random>
#include <string>

#include "grammar/format.h"
#include "grammar/parse.h"
#include "grammar/print.h"
#include "support/catch.h"

namespace lmmdsl {
namespace {

// Far more than a stack holds; with sanitizers, whose frames are larger, fewer are as many.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LMMDSL_LARGE_FRAMES 1
#endif
#endif
#ifdef LMMDSL_LARGE_FRAMES
constexpr int kMany = 20'000;
#else
constexpr int kMany = 100'000;
#endif

std::string repeated(const std::string& part, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += part;
  return result;
}

Result<Ast> parse(const std::string& text, const ParseLimits& limits = {}) {
  return parse_model(std::make_shared<const Source>("m", text), limits);
}

/// The first message, and its exit code.
std::string first(const Result<Ast>& result) {
  if (result.diagnostics.empty()) return "ok";
  const Diagnostic& d = result.diagnostics.front();
  return (d.code == ExitCode::limit ? "limit: " : "error: ") + d.message;
}

TEST_CASE("Limits are errors at a place") {
  struct Row {
    std::string what, text, expected;
  };
  const std::string deep = "limit: brackets are nested too deeply";
  const std::string longer = "limit: the expression is too long";
  const std::vector<Row> rows = {
      {"open parentheses", "y = " + repeated("(", kMany), deep},
      {"open brackets", "y = a" + repeated("[", kMany), deep},
      {"nested parentheses", "y = " + repeated("(", kMany) + "a" + repeated(")", kMany), deep},
      {"nested calls", "y = " + repeated("f(a, ", kMany), deep},
      {"200 levels", "y = " + repeated("(", 200) + "a" + repeated(")", 200), "ok"},
      {"201 levels", "y = " + repeated("(", 201) + "a" + repeated(")", 201), deep},
      {"nested in 200 lists", "y = " + repeated("f([1, ", 100) + "a" + repeated("])", 100), "ok"},
      {"a long sum", "y = a" + repeated(" + a", kMany), longer},
      {"1000 terms more", "y = a" + repeated(" + a", 1000), "ok"},
      {"1001 terms more", "y = a" + repeated(" + a", 1001), longer},
      {"powers", "y = a" + repeated("^a", kMany), longer},
      {"signed powers", "y = a" + repeated("^-a", kMany), longer},
      {"signs", "y = " + repeated("-", kMany) + "a", longer},
      {"plus signs", "y = " + repeated("+", kMany) + "a", "ok"},
      {"nots", "y = " + repeated("not ", kMany) + "a", longer},
      {"transposes", "y = a" + repeated("'", kMany), longer},
      {"superscripts", "y = a" + repeated("² ", kMany), longer},
      {"indices", "y = a" + repeated("[1]", kMany), longer},
      {"fields", "y = a" + repeated(".b", kMany), longer},
      {"ands", "y = a" + repeated(" and a", kMany), longer},
      {"sums in brackets", "y = " + repeated("(a + ", 199) + "a" + repeated(")", 199), "ok"},
      {"a long list", "y = [1" + repeated(", 1", kMany) + "]", "ok"},
      {"long names", repeated("a", 256) + " = 1", "ok"},
      {"longer names", repeated("a", 257) + " = 1", "limit: name too long"},
      {"a megabyte of name", repeated("a", 1 << 20) + " = 1", "limit: name too long"},
      {"long names in Greek", repeated("θ", 52) + " = 1", "limit: name too long"},
      {"many statements", repeated("a = 1\n", 200'000), "limit: the model is too long"},
      {"unclosed brackets", repeated("y = (\n", kMany / 2), "error: `(` is not closed"},
      {"closing brackets", repeated("y = )\n", kMany / 2), "error: `)` without an opening bracket"},
      {"long numbers", "y = " + repeated("1", 1 << 20), "error: number out of range"},
      {"long strings", "model \"" + repeated("x", 1 << 20) + "\"", "ok"},
      {"long comments", "y = 1 #" + repeated("x", 1 << 20), "ok"},
      {"blank lines", "y = 1" + repeated("\n", 1 << 20), "ok"},
      {"continued lines", "y = 1" + repeated(" +\n 1", 900), "ok"},
      {"lines that begin with +", "y = 1" + repeated("\n+ 1", 900),
       "error: a line cannot begin with `+`"},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    const auto start = std::chrono::steady_clock::now();
    const auto result = parse(row.text);
    CHECK(first(result) == row.expected);
    CHECK(!print(result.diagnostics).empty() == (row.expected != "ok"));
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
  }
}

TEST_CASE("A text beyond 16 MB is refused unread") {
  const auto result = parse(std::string((16u << 20) + 1, '('));
  CHECK(first(result) == "limit: the model m is too large: 16777217 bytes, at most 16777216");
  CHECK_FALSE(result);
}

TEST_CASE("A megabyte of garbage ends in errors") {
  std::mt19937 random(20240601);
  for (const std::string& alphabet : {std::string("abc()[]~=+-*/^'\",;: \n"), std::string("([{\n"),
                                      std::string("=~\n a"), std::string()}) {
    std::string text(1 << 20, ' ');
    for (char& c : text) {
      c = alphabet.empty() ? static_cast<char>(random()) : alphabet[random() % alphabet.size()];
    }
    const auto result = parse(text);
    CHECK(has_error(result.diagnostics));
    CHECK(!print(result.diagnostics).empty());
  }
}

TEST_CASE("Limits can be lowered") {
  ParseLimits limits;
  limits.nesting = 2;
  CHECK(first(parse("y = ((a))", limits)) == "ok");
  CHECK(first(parse("y = (((a)))", limits)) == "limit: brackets are nested too deeply");
  limits.terms = 2;
  CHECK(first(parse("y = a + b + c", limits)) == "ok");
  CHECK(first(parse("y = a + b + c + d", limits)) == "limit: the expression is too long");
}

TEST_CASE("Limits cannot be raised beyond what the stack holds") {
  ParseLimits limits;
  limits.nesting = 1'000'000;
  const std::string text = "y = " + repeated("(", 100'000) + "a" + repeated(")", 100'000);
  CHECK(first(parse(text, limits)) == "limit: the expression is nested too deeply");
}

TEST_CASE("Formatting of a text at its limits is a limit, not a bug") {
  // In ASCII the superscript needs parentheses, one level more than there may be.
  const std::string text = "y = " + repeated("(", 200) + "a²'" + repeated(")", 200);
  REQUIRE(first(parse(text)) == "ok");
  const auto result = format_model(std::make_shared<const Source>("m", text), Spelling::ascii);
  REQUIRE(result.diagnostics.size() == 1);
  CHECK(result.diagnostics[0].code == ExitCode::limit);
}

}  // namespace
}  // namespace lmmdsl
