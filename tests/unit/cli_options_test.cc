// Words of the command line are read strictly.

#include <algorithm>
#include <initializer_list>
#include <sstream>
#include <string>
#include <vector>

#include "lmmdsl/command_line.h"
#include "lmmdsl/options.h"
#include "support/catch.h"

namespace lmmdsl {
namespace {

using Words = std::vector<std::string>;

Result<Arguments> parse(const Words& words) { return parse_arguments(run_command(), words); }

/// Messages of all errors, of either stage, one a line.
std::string errors_of(const Words& words) {
  const Result<Arguments> arguments = parse(words);
  Diagnostics all = arguments.diagnostics;
  if (arguments) all = run_options(*arguments).diagnostics;
  std::string text;
  for (const Diagnostic& d : all) {
    CHECK(d.code == ExitCode::command_line);
    text += d.message + '\n';
  }
  return text;
}

RunOptions options_of(Words words) {
  words.insert(words.begin(), {"m.lmm", "d.csv"});
  const Result<Arguments> arguments = parse(words);
  REQUIRE(arguments);
  const Result<RunOptions> options = run_options(*arguments);
  REQUIRE(options);
  return *options;
}

TEST_CASE("A whole number is digits within limits and nothing else") {
  for (const char* good : {"1", "010", "1000", "0000000000000000000000010"})
    CHECK(whole_number("--n", good, 1, 1000));
  CHECK(*whole_number("--n", "010", 1, 1000) == 10);
  CHECK(*whole_number("--n", "18446744073709551615", 0, UINT64_MAX) == UINT64_MAX);
  for (const char* bad : {"", " 1", "1 ", "+1", "-1", "1.0", "1e3", "0x10", "1,000", "nan", "0",
                          "1001", "99999999999999999999", "१"})
    CHECK_FALSE(whole_number("--n", bad, 1, 1000));
  CHECK_FALSE(whole_number("--n", "18446744073709551616", 0, UINT64_MAX));
}

TEST_CASE("Wrong command lines are told what is wrong") {
  struct Case {
    Words words;
    const char* message;
  };
  const Case cases[] = {
      {{"m", "d", "--chian", "3"}, "`run` has no option `--chian`\n"},
      {{"m", "d", "--chian=3"}, "`run` has no option `--chian`\n"},
      {{"m", "d", "-x"}, "`run` has no option `-x`\n"},
      {{"m", "d", "--chains"}, "`--chains N` lacks its value\n"},
      {{"m", "d", "--out", "--force"}, "`--out DIR` lacks its value: `--force` is an option\n"},
      {{"m", "d", "--seed", "1", "--seed", "2"}, "`--seed` is given twice\n"},
      {{"m", "d", "--quiet=3"}, "`--quiet` takes no value\n"},
      {{}, "`run` needs MODEL DATA\n"},
      {{"m"}, "`run` needs MODEL DATA, and is given `m` only\n"},
      {{"m", "d", "x"}, "`x` is one argument too many for `run`\n"},
      {{"m", "d", "--seed", "-1"}, "`--seed` takes a whole number below 2^64, not `-1`\n"},
      {{"m", "d", "--chains", "0"}, "`--chains` takes a whole number from 1 to 1024, not `0`\n"},
      {{"m", "d", "--draws", ""},
       "`--draws` takes a whole number from 1 to 1000000000, not nothing\n"},
      {{"m", "d", "--schedule", "fast"}, "there is no schedule `fast`\n"},
      {{"m", "d", "--map", "y"}, "`--map` takes NAME=HEADER, not `y`\n"},
      {{"m", "d", "--map", "y=a", "--map", "y=b"}, "`--map` gives `y` twice\n"},
      {{"m", "d", "--sep", "ab"}, "`--sep` takes one character that separates cells, not `ab`\n"},
      {{"m", "d", "--na", "keep"}, "`--na` takes `drop`, not `keep`\n"},
      {{"m", "d", "--vars", ","},
       "`--vars` takes names of variables with commas between, not nothing\n"},
      {{"m", "d", "--json", "--acf"},
       "`--json` prints the summary alone: it does not go with `--acf`\n"},
      {{"m", "d", "--warmup", "a", "--thin", "b"},
       "`--warmup` takes a whole number from 0 to 1000000000, not `a`\n"
       "`--thin` takes a whole number from 1 to 1000000000, not `b`\n"},
  };
  for (const Case& c : cases) CHECK(errors_of(c.words) == c.message);
}

TEST_CASE("Options stand anywhere among the operands") {
  for (const Words& words : {Words{"--chains", "2", "m", "d"},
                             {"m", "--chains=2", "d"},
                             {"m", "d", "--chains", "2"},
                             {"--chains", "2", "--", "m", "d"}}) {
    const Result<Arguments> arguments = parse(words);
    REQUIRE(arguments);
    CHECK(arguments->operands == Words{"m", "d"});
    CHECK(arguments->get("--chains") == "2");
  }
  CHECK(parse({"--", "--m", "-d"})->operands == Words{"--m", "-d"});
  CHECK(parse({"m", "-"})->operands == Words{"m", "-"});
}

TEST_CASE("An optional number does not take the name of a file") {
  CHECK(parse({"--acf", "m", "d"})->get("--acf") == "50");
  CHECK(parse({"--acf", "7", "m", "d"})->get("--acf") == "7");
  CHECK(parse({"m", "d", "--acf"})->get("--acf") == "50");
  CHECK(parse({"m", "d", "--acf=7"})->get("--acf") == "7");
}

TEST_CASE("Defaults are those that help states") {
  const RunOptions options = options_of({});
  CHECK(options.sampling.chains == 4);
  CHECK(options.sampling.warmup == 500);
  CHECK(options.sampling.draws == 2500);
  CHECK(options.sampling.thin == 1);
  CHECK(options.sampling.threads >= 1);
  CHECK(options.sampling.seed <= UINT32_MAX);
  CHECK(options.acf == 0);
}

TEST_CASE("Options reach their settings") {
  const RunOptions options =
      options_of({"--map", "y=log radon", "--map", "x=a=b", "--sep", "semicolon", "--na", "drop",
                  "--vars", "beta,cor(Sigma), sd(A[1,2])", "--seed", "18446744073709551615"});
  CHECK(options.data.bind.headers.at("y") == "log radon");
  CHECK(options.data.bind.headers.at("x") == "a=b");
  CHECK(options.data.bind.drop_missing);
  CHECK(options.data.read.separator == ';');
  CHECK(options.variables == Words{"beta", "cor(Sigma)", "sd(A[1,2])"});
  CHECK(options.sampling.seed == UINT64_MAX);
}

TEST_CASE("A separator is one character or a word for it") {
  for (const auto& [text, c] : {std::pair{"comma", ','},
                                {"tab", '\t'},
                                {"\\t", '\t'},
                                {"\t", '\t'},
                                {"semicolon", ';'},
                                {"blank", ' '},
                                {" ", ' '},
                                {"|", '|'}})
    CHECK(*separator(text) == c);
  for (const char* bad : {"", "ab", "\"", "a", "1", ".", "-", "é", "\n"})
    CHECK_FALSE(separator(bad));
}

TEST_CASE("Help names every option") {
  for (const Command& command : commands()) {
    const std::string text = help(command);
    CHECK(help().find("lmmdsl " + command.name) != std::string::npos);
    for (const OptionRow& option : command.options)
      CHECK(text.find("\n  " + option.name) != std::string::npos);
    CHECK(text.find("Examples:") != std::string::npos);
  }
}

/// The words of a line, as a shell takes them apart: what is quoted is one.
Words shell_words(const std::string& line) {
  Words words(1);
  char quote = 0;
  for (const char c : line) {
    if (quote == 0 && (c == '\'' || c == '"')) quote = c;
    else if (c == quote) quote = 0;
    else if (quote == 0 && c == ' ') words.emplace_back();
    else words.back() += c;
  }
  std::erase(words, "");
  return words;
}

/// The calls of the program in the examples of a command's help, one command line each.
std::vector<Words> example_calls(const Command& command) {
  std::istringstream examples(command.more.substr(command.more.find("Examples:")));
  std::vector<Words> calls;
  for (std::string line; std::getline(examples, line);) {
    bool ours = false;
    for (const std::string& word : shell_words(line)) {
      if (word == "lmmdsl") calls.emplace_back();
      else if (ours && word != "|" && word != "&&" && word != ">") calls.back().push_back(word);
      ours = word == "lmmdsl" || (ours && word != "|" && word != "&&" && word != ">");
    }
  }
  return calls;
}

TEST_CASE("The examples of every help are command lines that the program takes") {
  for (const Command& command : commands()) {
    const std::vector<Words> calls = example_calls(command);
    INFO(command.name);
    CHECK_FALSE(calls.empty());
    for (const Words& words : calls) {
      REQUIRE_FALSE(words.empty());
      const auto called = std::find_if(commands().begin(), commands().end(),
                                       [&](const Command& c) { return c.name == words[0]; });
      CAPTURE(words);
      REQUIRE(called != commands().end());
      CHECK(parse_arguments(*called, Words(words.begin() + 1, words.end())));
    }
  }
}

TEST_CASE("Help tells of every value that shells offer") {
  for (const Command& command : commands())
    for (const OptionRow& option : command.options)
      for (const std::string& choice : option.choices) {
        CAPTURE(command.name, option.name, choice);
        CHECK(help(command).find(choice) != std::string::npos);
      }
}

}  // namespace
}  // namespace lmmdsl
