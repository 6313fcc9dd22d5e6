// The files of editors/ know all words of the language and no others: each has lines with a list of
// words between a beginning and an end. With LMMDSL_ACCEPT=1 the lists are written.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "compiler/model/functions.h"
#include "compiler/rules/families.h"
#include "grammar/parse.h"
#include "grammar/token.h"
#include "support/catch.h"
#include "support/golden.h"

namespace lmmdsl {
namespace {

using Words = std::vector<std::string>;

Words keywords() {
  Words words;
  for (char c = ' '; c < 127; ++c) {
    const auto kind = static_cast<TokenKind>(c);
    if (is_keyword(kind)) words.emplace_back(ascii(kind));
  }
  std::sort(words.begin(), words.end());
  return words;
}

Words families_by_name() {
  Words words;
  for (const Family& family : families())
    if (!family.internal) words.push_back(family.name);
  return words;
}

Words functions_by_name() {
  Words words;
  for (const Function& function : functions())
    if (!find_family(function.name)) words.push_back(function.name);
  return words;
}

/// The words of "the types are real, factor, vector(p)".
Words words_at_end(const std::string& text) {
  Words words;
  std::istringstream in(text.substr(text.find(" are ") + 5));
  for (std::string word; in >> word;) {
    word = word.substr(0, word.find_first_of("(,"));
    if (word.size() > 2) words.push_back(word);  // not the `q)` of `matrix(p, q)`
  }
  return words;
}

/// Of columns and of parameters, as the messages about unknown ones list them.
Words types() {
  Words all;
  for (const char* text : {"data y : zzzzzzzz\n", "param y : zzzzzzzz\n"}) {
    const auto parsed = parse_model(std::make_shared<Source>("types.lmm", text));
    REQUIRE(parsed.diagnostics.size() == 1);
    for (const std::string& word : words_at_end(parsed.diagnostics[0].label))
      if (std::find(all.begin(), all.end(), word) == all.end()) all.push_back(word);
  }
  return all;
}

struct List {
  const char* file;
  const char* before;
  Words (*words)();
  const char* between;
  const char* after;
};

const List kLists[] = {
    {"vscode/syntaxes/lmmdsl.tmLanguage.json",
     R"(    { "name": "keyword.control.lmmdsl", "match": "\\b(?:)", keywords, "|", R"()\\b" },)"},
    {"vscode/syntaxes/lmmdsl.tmLanguage.json",
     R"(    { "name": "support.class.lmmdsl", "match": "\\b(?:)", families_by_name, "|",
     R"x()\\b(?=\\s*\\()" },)x"},
    {"vscode/syntaxes/lmmdsl.tmLanguage.json",
     R"(    { "name": "support.function.lmmdsl", "match": "\\b(?:)", functions_by_name, "|",
     R"x()\\b(?=\\s*\\()" },)x"},
    {"vscode/syntaxes/lmmdsl.tmLanguage.json", R"(      "match": "(?<=:)\\s*(?:)", types, "|",
     R"()\\b")"},
    {"vim/syntax/lmmdsl.vim", "syntax keyword lmmdslKeyword ", keywords, " ", ""},
    {"vim/syntax/lmmdsl.vim", "syntax keyword lmmdslFamily ", families_by_name, " ", ""},
    {"vim/syntax/lmmdsl.vim", "syntax keyword lmmdslFunction ", functions_by_name, " ", ""},
    {"vim/syntax/lmmdsl.vim", R"(syntax match lmmdslType /\(:\s*\)\@<=\%()", types, R"(\|)",
     R"(\)\>/)"},
    {"emacs/lmmdsl-mode.el", R"((defconst lmmdsl-keywords '(")", keywords, R"(" ")", R"(")))"},
    {"emacs/lmmdsl-mode.el", R"((defconst lmmdsl-families '(")", families_by_name, R"(" ")",
     R"(")))"},
    {"emacs/lmmdsl-mode.el", R"((defconst lmmdsl-functions '(")", functions_by_name, R"(" ")",
     R"(")))"},
    {"emacs/lmmdsl-mode.el", R"((defconst lmmdsl-types '(")", types, R"(" ")", R"(")))"},
    {"kate/lmmdsl.xml", R"(    <list name="keywords"><item>)", keywords, "</item><item>",
     "</item></list>"},
    {"kate/lmmdsl.xml", R"(    <list name="families"><item>)", families_by_name, "</item><item>",
     "</item></list>"},
    {"kate/lmmdsl.xml", R"(    <list name="functions"><item>)", functions_by_name, "</item><item>",
     "</item></list>"},
    {"kate/lmmdsl.xml", R"(    <list name="types"><item>)", types, "</item><item>",
     "</item></list>"},
    {"nano/lmmdsl.nanorc", R"(color brightblue "\<()", keywords, "|", R"()\>")"},
    {"nano/lmmdsl.nanorc", R"(color brightcyan "\<()", families_by_name, "|", R"()\>")"},
    {"nano/lmmdsl.nanorc", R"(color cyan "\<()", functions_by_name, "|", R"()\>")"},
    {"nano/lmmdsl.nanorc", R"(color green ":[[:space:]]*()", types, "|", R"()\>")"},
};

/// The text with the line that begins as the list does replaced.
std::string with_list(const std::string& text, const List& list) {
  std::istringstream in(text);
  std::string result;
  int found = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(list.before)) {
      line = list.before + fmt::format("{}", fmt::join(list.words(), list.between)) + list.after;
      ++found;
    }
    result += line + '\n';
  }
  CHECK(found == 1);
  return result;
}

TEST_CASE("Editors know the words of the language") {
  CHECK(keywords().size() == 11);
  CHECK(types().size() == 10);
  const std::filesystem::path folder = std::filesystem::path(LMMDSL_ROOT) / "editors";
  for (const List& list : kLists) {
    INFO(list.file << ": " << list.before);
    const std::filesystem::path path = folder / list.file;
    const std::string text = testing::read_golden(path);
    CHECK(testing::agrees_with_golden(path, with_list(text, list)));
  }
}

}  // namespace
}  // namespace lmmdsl
