// The printed form of diagnostics: the caret stands under the culprit whatever the line contains.

#include <string>

#include "grammar/parse.h"
#include "grammar/print.h"
#include "support/catch.h"

namespace lmmdsl {
namespace {

Diagnostic at(std::string text, std::uint32_t begin, std::uint32_t end) {
  Diagnostic d;
  d.source = std::make_shared<const Source>("m.lmm", std::move(text));
  d.span = {begin, end};
  d.message = "wrong";
  d.label = "this";
  return d;
}

TEST_CASE("A diagnostic shows its line, a caret, notes and a hint") {
  Diagnostic d = at("data y : real\ny ~ Normal(b0 + bb * x, s2)\n", 30, 32);
  d.message = "unknown name `bb`";
  d.label = "not a parameter, data column or function";
  d.notes.push_back({"names are case-sensitive"});
  d.hint = "did you mean `b0`?";
  CHECK(print({d}) ==
        "m.lmm:2:17: error: unknown name `bb`\n"
        "    2 | y ~ Normal(b0 + bb * x, s2)\n"
        "      |                 ^^ not a parameter, data column or function\n"
        "  note: names are case-sensitive\n"
        "  hint: did you mean `b0`?\n");
}

TEST_CASE("Without a source a diagnostic is one line, with its severity") {
  CHECK(print({plain_error(ExitCode::input_output, "cannot read x", "look")}) ==
        "lmmdsl: error: cannot read x\n  hint: look\n");
  Diagnostic d = plain_error(ExitCode::done, "two of them");
  d.severity = Severity::warning;
  CHECK(print({d}) == "lmmdsl: warning: two of them\n");
  d.severity = Severity::note;
  CHECK(print({d}) == "lmmdsl: note: two of them\n");
}

TEST_CASE("The caret keeps its place after tabs, wide and hidden characters") {
  struct Row {
    std::string text;
    std::uint32_t begin, end;
    std::string line, caret;
  };
  const std::vector<Row> rows = {
      {"\ty = a", 5, 6, " y = a", "     ^"},
      {"σ² = a", 7, 8, "σ² = a", "     ^"},
      {"# 収量 a", 9, 10, "# 収量 a", "       ^"},
      {"# 収量 a", 2, 8, "# 収量 a", "  ^^^^"},
      {"e\u0301 a", 4, 5, "e\u0301 a", "  ^"},
      {"a\u202e b", 5, 6, "a\\u{202e} b", "          ^"},
      {"a\u202e b", 1, 4, "a\\u{202e} b", " ^^^^^^^^"},
      {"a\xE9 b", 3, 4, "a\\x{e9} b", "        ^"},
      {"a\x1b[31m", 1, 2, "a\\u{1b}[31m", " ^^^^^^"},
      {"ab", 2, 2, "ab", "  ^"},
      {"ab\ncd", 1, 4, "ab", " ^"},  // several lines: what is on the first
      {"ab\r\ncd", 1, 5, "ab", " ^"},
      {"", 0, 0, "", "^"},
      {"ab", 77, 99, "ab", "  ^"},  // beyond the end
  };
  for (const Row& row : rows) {
    INFO(row.text);
    const std::string printed = print({at(row.text, row.begin, row.end)});
    const std::string body = printed.substr(printed.find('\n') + 1);
    CHECK(body == "    1 | " + row.line + "\n      | " + row.caret + " this\n");
  }
}

TEST_CASE("Long lines are cut around the caret") {
  PrintOptions options;
  options.width = 30;
  auto body = [&](std::uint32_t begin, std::uint32_t end) {
    std::string text;
    for (int i = 0; i < 100; ++i) text += static_cast<char>('a' + i % 26);
    const std::string printed = print({at(text, begin, end)}, options);
    return printed.substr(printed.find('\n') + 1);
  };
  CHECK(body(0, 1) ==
        "    1 | abcdefghijklmnopqrstuvwx...\n"
        "      | ^ this\n");
  CHECK(body(50, 53) ==
        "    1 | ...ijklmnopqrstuvwxyzabcdef...\n"
        "      |                    ^^^ this\n");
  CHECK(body(99, 100) ==
        "    1 | ...yzabcdefghijklmnopqrstuv\n"
        "      |                           ^ this\n");
  CHECK(body(50, 100) ==
        "    1 | ...ijklmnopqrstuvwxyzabcdef...\n"
        "      |                    ^^^^^^^^ this\n");
}

TEST_CASE("A line of millions of characters prints in no time") {
  const std::string printed = print({at(std::string(8'000'000, 'x'), 5'000'000, 5'000'001)});
  CHECK(printed.size() < 400);
  CHECK(printed.find("m.lmm:1:5000001: error") == 0);
}

TEST_CASE("Line numbers beyond five digits move the margin") {
  CHECK(print({at(std::string(123455, '\n') + "ab", 123456, 123457)}) ==
        "m.lmm:123456:2: error: wrong\n"
        "123456 | ab\n"
        "       |  ^ this\n");
}

TEST_CASE("Twenty errors are shown and the rest counted") {
  const Diagnostics many(51, plain_error(ExitCode::refused, "x"));
  const std::string printed = print(many);
  CHECK(printed.substr(printed.size() - 16) == "... and 31 more\n");
  std::size_t lines = 0;
  for (char c : printed) lines += c == '\n';
  CHECK(lines == 21);
}

TEST_CASE("Messages cannot smuggle control characters into the terminal") {
  Diagnostic d = at("a", 0, 1);
  d.message = "\x1b[2J";
  d.label = "\u202e";
  d.hint = "a\nb";
  CHECK(print({d}) ==
        "m.lmm:1:1: error: \\u{1b}[2J\n"
        "    1 | a\n"
        "      | ^ \\u{202e}\n"
        "  hint: a\\u{a}b\n");
}

TEST_CASE("Colour only on request") {
  PrintOptions options;
  options.colour = true;
  CHECK(print({at("a", 0, 1)}).find('\x1b') == std::string::npos);
  CHECK(print({at("a", 0, 1)}, options).find("\x1b[1;31merror: \x1b[0m") != std::string::npos);
}

}  // namespace
}  // namespace lmmdsl
