// Reading tables: which cells a text has in each dialect.

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "grammar/print.h"
#include "runtime/table.h"
#include "support/catch.h"
#include "support/stored_string.h"

namespace lmmdsl {
namespace {

SourcePtr source_of(std::string text) {
  return std::make_shared<const Source>("data", std::move(text));
}

/// Headers and rows, cells in brackets, a missing cell as [NA]; or the messages.
std::string outline(const Result<Table>& table) {
  if (!table) return print(table.diagnostics);
  std::string result;
  for (const std::string& header : table->headers()) result += "[" + header + "]";
  for (std::size_t row = 0; row < table->rows(); ++row) {
    result += "\n";
    for (std::size_t column = 0; column < table->columns(); ++column) {
      result += table->is_missing(row, column) ? "[NA]" : "[" + table->text(row, column) + "]";
    }
  }
  return result;
}

struct Case {
  const char* name;
  std::string text;
  char separator;
  const char* expected;
};

const Case kCases[] = {
    {"commas", "a,b\n1,2\n3,4\n", ',', "[a][b]\n[1][2]\n[3][4]"},
    {"semicolons", "a;b\n1,5;2\n", ';', "[a][b]\n[1,5][2]"},
    {"tabs", "a\tb c\n1\t2 3\n", '\t', "[a][b c]\n[1][2 3]"},
    {"any run of blanks", "a b\n 1.00   2\n\t3 \t 4  \n", ' ', "[a][b]\n[1.00][2]\n[3][4]"},
    {"tabs in runs are blanks", "a\t\tb c\n1\t2\t3\n", ' ', "[a][b][c]\n[1][2][3]"},
    {"one column", "a\n1\n2\n", ' ', "[a]\n[1]\n[2]"},
    {"no line end at the end", "a,b\n1,2", ',', "[a][b]\n[1][2]"},
    {"CRLF", "a,b\r\n1,2\r\n", ',', "[a][b]\n[1][2]"},
    {"CR alone", "a,b\r1,2\r3,4\r", ',', "[a][b]\n[1][2]\n[3][4]"},
    {"all line ends at once", "a,b\r1,2\r\n3,4\n\r\n5,6", ',', "[a][b]\n[1][2]\n[3][4]\n[5][6]"},
    {"byte order mark",
     "\xEF\xBB\xBF"
     "a,b\n1,2\n",
     ',', "[a][b]\n[1][2]"},
    {"byte order mark before a quote", "\xEF\xBB\xBF\"a\";b\n1;2\n", ';', "[a][b]\n[1][2]"},
    {"blank lines", "\n  \na,b\n\n1,2\n \t\n3,4\n\n", ',', "[a][b]\n[1][2]\n[3][4]"},

    {"comments between rows", "# top\na,b\n# x,y\n1,2\n  # z\n", ',', "[a][b]\n[1][2]"},
    {"# within a comma row is text", "a,b\nx#1,#2\n", ',', "[a][b]\n[x#1][#2]"},
    {"# after a blank row", "a b # names\n1 2 # one\n3 4 #two\n", ' ', "[a][b]\n[1][2]\n[3][4]"},
    {"# in quotes is text", "a b\n'#1' \"x #2\"\n", ' ', "[a][b]\n[#1][x #2]"},
    {"quoted # begins a row", "a,b\n\"#1\",2\n", ',', "[a][b]\n[#1][2]"},

    {"quotes with separators", "a,b\n\"x,y\",2\n", ',', "[a][b]\n[x,y][2]"},
    {"doubled quotes", "a,b\n\"5\"\" pipe\",\"\"\"\"\n", ',', "[a][b]\n[5\" pipe][\"]"},
    {"line breaks in quotes", "a,b\n\"x\ny\",2\n3,4\n", ',', "[a][b]\n[x\ny][2]\n[3][4]"},
    {"comment sign on a line in quotes", "a,b\n\"x\n# y\",2\n", ',', "[a][b]\n[x\n# y][2]"},
    {"quote within a bare cell is text", "a,b\n5\" pipe,O'Brien\n", ',',
     "[a][b]\n[5\" pipe][O'Brien]"},
    {"single quotes are text in commas", "a,b\n'x,y'\n", ',', "[a][b]\n['x][y']"},
    {"blanks around quotes", "a, \"b\" \n 1 , \" 2 \" \n", ',', "[a][b]\n[1][ 2 ]"},
    {"quoted header", "\"Yield (t/ha)\",\"a,b\"\n1,2\n", ',', "[Yield (t/ha)][a,b]\n[1][2]"},
    {"line break in the header", "\"Yield\n(t/ha)\",b\n1,2\n", ',', "[Yield\n(t/ha)][b]\n[1][2]"},
    {"separators in a quoted header do not count", "\"a;b;c\",d\n1,2\n", ',', "[a;b;c][d]\n[1][2]"},
    {"single quotes among blanks", "plot 'my yield'\n'a b' 2\nO'Brien 3\n", ' ',
     "[plot][my yield]\n[a b][2]\n[O'Brien][3]"},
    {"escaped quotes among blanks", "a b\n\"5\\\" pipe\" \"say \"\"x\"\"\"\n", ' ',
     "[a][b]\n[5\" pipe][say \"x\"]"},
    {"backslashes are text", "a b\n\"c:\\d\" e\\f\n", ' ', "[a][b]\n[c:\\d][e\\f]"},

    {"missing", "a,b,c\nNA,,\" \"\n NA ,\"\",x\n", ',', "[a][b][c]\n[NA][NA][ ]\n[NA][NA][x]"},
    {"quoted NA is a label, na too", "a b\n\"NA\" na\nNA 1\n", ' ', "[a][b]\n[NA][na]\n[NA][1]"},
    {"empty fields between tabs", "a\tb\tc\n\t\t3\n1\t\t\n", '\t',
     "[a][b][c]\n[NA][NA][3]\n[1][NA][NA]"},

    {"row names", "\"x\" \"y\"\n\"1\" 10 20\n\"2\" 30 40\n", ' ', "[x][y]\n[10][20]\n[30][40]"},
    {"row names with an empty header", "\"\",\"x\"\n\"1\",10\n\"1\",20\n", ',', "[x]\n[10]\n[20]"},
    {"row names with a bare empty header", ",x\n0,10\n1,20\n", ',', "[x]\n[10]\n[20]"},
    {"row names between tabs", "\tx\ty\n0\t1\t2\n", '\t', "[x][y]\n[1][2]"},
    {"row names and one column", "x\na 1\nb 2\n", ' ', "[x]\n[1]\n[2]"},
    {"leading blanks are no row name", "  x y\n  1 2\n", ' ', "[x][y]\n[1][2]"},
    {"names that are numbers, in quotes", "\"1\" \"2\"\n3 4\n", ' ', "[1][2]\n[3][4]"},
    {"UTF-8", "größe,σ\nÄ,1\n", ',', "[größe][σ]\n[Ä][1]"},
};

TEST_CASE("Tables are read as their dialect says") {
  for (const Case& example : kCases) {
    CAPTURE(example.name, example.text);
    const Result<Table> table = read_table(source_of(example.text));
    CHECK(outline(table) == example.expected);
    CHECK(table.diagnostics.empty());
    if (table) CHECK(int{table->separator()} == int{example.separator});
  }
}

TEST_CASE("The separator can be given") {
  const auto read = [](std::string text, char separator) {
    return outline(read_table(source_of(std::move(text)), ReadOptions{separator}));
  };
  CHECK(read("a b,c\n1 2\n", ' ') == "[a][b,c]\n[1][2]");
  CHECK(read("a|b c\n1|2\n", '|') == "[a][b c]\n[1][2]");
  CHECK(read("a\n1\n", ',') == "[a]\n[1]");
  CHECK(read("a b\nx y\n", ',') == "[a b]\n[x y]");
  CHECK(read("a\tb\n1 2\n", ' ') == "[a][b]\n[1][2]");
  const Result<Table> refused = read_table(source_of("a\n1\n"), ReadOptions{'"'});
  REQUIRE(!refused);
  CHECK(refused.diagnostics.front().code == ExitCode::command_line);
}

TEST_CASE("Lines are those of the file") {
  const Result<Table> table =
      read_table(source_of("# about\n\na,b\n\"x\ny\",1\n\n# and\nz,2\r\n,3\n"));
  REQUIRE(table);
  REQUIRE(table->rows() == 3);
  CHECK(table->line(0) == 4);
  CHECK(table->line(1) == 8);
  CHECK(table->line(2) == 9);

  const Result<Table> old = read_table(source_of("a\r1\r\r2\r"));
  REQUIRE(old);
  CHECK(old->line(1) == 4);
}

TEST_CASE("Spans of cells and headers point into the file") {
  const Result<Table> table = read_table(source_of("a, \"b c\"\n1 ,\"x\"\"y\"\n"));
  REQUIRE(table);
  CHECK(table->source()->slice(table->header_spans()[1]) == "\"b c\"");
  CHECK(table->source()->slice(table->cell(0, 0).span) == "1");
  CHECK(table->source()->slice(table->cell(0, 1).span) == "x\"\"y");
  CHECK(table->find("b c") == std::size_t{1});
  CHECK(!table->find("d"));
}

TEST_CASE("What is skipped with loss is told") {
  const Result<Table> cut = read_table(source_of("plot yield\nplot#1 2\n"));
  CHECK(!cut);  // the row lacks a field
  const Result<Table> last = read_table(source_of("yield plot\n1 plot#1\n2 plot#2\n"));
  REQUIRE(last);
  CHECK(last->text(0, 1) == "plot");
  REQUIRE(last.diagnostics.size() == 1);  // once
  CHECK(last.diagnostics.front().severity == Severity::warning);

  const Result<Table> padded = read_table(source_of("a,b\n1,2\n,\n , \n"));
  REQUIRE(padded);
  CHECK(padded->rows() == 1);
  REQUIRE(padded.diagnostics.size() == 1);
  CHECK(padded.diagnostics.front().message == "2 rows of empty fields left out");
}

/// What is read with so many threads, from parts of so many bytes: cells, columns and messages.
std::string all_of(const SourcePtr& source, char separator, int threads, std::size_t part) {
  const Result<Table> table =
      read_table(source, {.separator = separator, .threads = threads, .part = part});
  std::string result = outline(table) + "\n" + print(table.diagnostics);
  if (!table) return result;
  std::vector<ColumnRequest> requests;
  for (std::size_t column = 0; column < table->columns(); ++column) {
    requests.push_back({column, false});
    requests.push_back({column, true});
  }
  for (const ColumnContent& c : read_columns(*table, requests)) {
    for (const double x : c.numbers) result += std::to_string(x) + " ";
    for (const std::int32_t code : c.labels.codes) result += std::to_string(code) + " ";
    for (const std::string& level : c.labels.levels) result += level + " ";
    result += print(c.diagnostics) + "\n";
  }
  for (std::size_t row = 0; row < table->rows(); ++row)
    result += std::to_string(table->line(row)) + " ";
  return result;
}

/// How many of these readings differ from that of the text as a whole.
int differing(const std::string& text, const std::vector<std::size_t>& parts) {
  const std::string whole = all_of(source_of(text), 0, 1, text.size());
  int count = 0;
  for (const std::size_t part : parts) {
    count += all_of(source_of(text), 0, 3, part) != whole;
    count += all_of(stored_source(text), 0, 3, part) != whole;
  }
  return count;
}

TEST_CASE("What is read does not depend on threads and parts") {
  // Every sort of trouble, so many rows apart that parts begin anywhere in it.
  const std::string troubles[] = {"",
                                  "1,2,3\n",
                                  "1,2\n",
                                  ",,\n",
                                  "\"a\nb\",2,3\n",
                                  "\"a\n1,2,3\nb\",2,3\n",
                                  "x,\"y,3\n",
                                  "# 1\n\n  \n",
                                  "a\xE9,b,3\n",
                                  "NA,,\"\"\"\"\n",
                                  "\"x\"y,2,3\n",
                                  "\"\n\n\n\n\n\n\n\",2,3\r\n"};
  for (const std::string& first : troubles) {
    for (const std::string& second : troubles) {
      std::string text = "a,b,c\n";
      for (int row = 0; row < 30; ++row) text += "r" + std::to_string(row % 7) + ",0.5,-12\n";
      text += first;
      for (int row = 0; row < 30; ++row) text += std::to_string(row) + ",7,x\n";
      text += second + "9,9,9\n";
      CAPTURE(first, second);
      CHECK(differing(text, {1, 7, 40, 200}) == 0);
    }
  }

  // Row names, and comments that cut a word short.
  std::string words = "x y\n";
  for (int row = 0; row < 60; ++row)
    words += std::to_string(row) + " 1 g" + std::to_string(row % 3) + "\n";
  for (const std::string last : {"60 1 a#b\n", "7 1 g\n", "60 1\n", "'6\n0' 1 2\n"}) {
    CAPTURE(last);
    CHECK(differing(words + last, {1, 9, 100}) == 0);
  }
}

TEST_CASE("A stored text is the same table, and stays where it is") {
  for (const Case& example : kCases) {
    CAPTURE(example.name, example.text);
    CHECK(outline(read_table(stored_source(example.text))) == example.expected);
  }
  // More rows than one piece has; other line ends, row names, no line end at the end.
  for (const std::string end : {"\n", "\r\n"}) {
    for (const std::string name : {"", ","}) {
      std::string text = name + "y,a b,\tz" + end;
      for (int row = 0; row < 10000; ++row) {
        if (!name.empty()) text += std::to_string(row) + ",";
        text += (row % 11 == 5 ? "NA" : std::to_string(row * 0.25)) + ", g" +
                std::to_string(row * 7 % 5000) + " ,-" + std::to_string(row) + end;
      }
      for (const std::string& last : {std::string(), name + "1e3,g1,"}) {
        const std::string whole = text + last;
        auto stored = std::make_unique<StoredString>(whole);
        const StoredString& seen = *stored;
        const auto source = std::make_shared<const Source>("data", std::move(stored));
        const Result<Table> table = read_table(source, {.threads = 2});
        REQUIRE(table);
        CHECK(table.diagnostics.empty());
        const Result<std::vector<double>> y = numbers(*table, 0), z = numbers(*table, 2);
        const Result<Factor> a = labels(*table, 1);
        REQUIRE((y && z && a));
        CHECK(seen.largest < whole.size());

        const Result<Table> expected = read_table(source_of(whole));
        REQUIRE(expected);
        CHECK(table->rows() == expected->rows());
        const auto same = [](const std::vector<double>& u, const std::vector<double>& v) {
          return std::equal(u.begin(), u.end(), v.begin(), v.end(), [](double x, double w) {
            return x == w || (std::isnan(x) && std::isnan(w));
          });
        };
        CHECK(same(*y, *numbers(*expected, 0)));
        CHECK(same(*z, *numbers(*expected, 2)));
        CHECK(a->codes == labels(*expected, 1)->codes);
        CHECK(a->levels == labels(*expected, 1)->levels);
        CHECK(table->text(9876, 1) == expected->text(9876, 1));
      }
    }
  }
}

TEST_CASE("Rows that are no lines are read in pieces, too, but for those that a piece would cut") {
  const auto write = [](const std::string& header, const std::string& cell, int every,
                        const std::string& between) {
    std::string text = header;
    for (int row = 0; row < 9000; ++row) {
      if (row % every == 0) text += between;
      const std::string number = std::to_string(row);
      std::string line = cell;
      for (std::size_t at; (at = line.find('#')) != line.npos;) line.replace(at, 1, number);
      text += line + "\n";
    }
    return text;
  };
  struct Example {
    std::string text;
    bool in_pieces;
  };
  const Example examples[] = {
      {write("y,g\n", "#.5,\"a, \"\"#\"\"\"", 1000, ""), true},
      {write("y g\n", "#.5  'a #'", 700, "# one\n\n"), true},
      {write("\"\",\"y\",\"g\"\n", "\"#\",#.5,\"a#\"", 500, "\n# two\n"), true},
      {write("y;g\n", "#,5;a\n;", 2000, ""), false},                   // empty rows are told of
      {write("y,g\n", "#.5,\"a\n#\n\n\n\n\n\n\n\"", 400, ""), false},  // line ends in quotes
      {write("y g\n", "# #.5 a#", 1000, ""), false},                   // row names must differ
  };
  for (const Example& example : examples) {
    CAPTURE(example.text.substr(0, 80));
    auto stored = std::make_unique<StoredString>(example.text);
    const StoredString& seen = *stored;
    const Result<Table> table = read_table(
        std::make_shared<const Source>("data", std::move(stored)), {.threads = 2, .part = 10000});
    const Result<Table> expected = read_table(source_of(example.text));
    REQUIRE((table && expected));
    CHECK(print(table.diagnostics) == print(expected.diagnostics));
    REQUIRE(table->rows() == expected->rows());
    const Result<std::vector<double>> y = numbers(*table, 0);
    const Result<Factor> g = labels(*table, 1);
    REQUIRE((y && g));
    CHECK((seen.largest < example.text.size()) == example.in_pieces);
    CHECK(*y == *numbers(*expected, 0));
    CHECK(g->codes == labels(*expected, 1)->codes);
    CHECK(g->levels == labels(*expected, 1)->levels);
  }
}

TEST_CASE("Rows longer than a piece are read a few at a time") {
  std::string text = "c0";
  constexpr int kColumns = 5000, kRows = 40;
  for (int k = 1; k < kColumns; ++k) text += ",c" + std::to_string(k);
  for (int row = 0; row < kRows; ++row)
    for (int k = 0; k < kColumns; ++k)
      text += (k == 0 ? "\n" : ",") + std::to_string(row + 100 * k) + std::string(40, ' ');
  auto stored = std::make_unique<StoredString>(text);
  const StoredString& seen = *stored;
  const Result<Table> table =
      read_table(std::make_shared<const Source>("data", std::move(stored)), {.threads = 3});
  REQUIRE(table);
  for (const std::size_t column : {0, 4999}) {
    const Result<std::vector<double>> values = numbers(*table, column);
    REQUIRE(values);
    for (std::size_t row = 0; row < kRows; ++row)
      CHECK((*values)[row] == static_cast<double>(row + 100 * column));
  }
  CHECK(seen.largest < text.size());
}

TEST_CASE("Hostile texts take linear time", "[long_tables]") {
  const std::size_t size = 1000000;
  const auto repeated = [](const std::string& piece) {
    std::string text = "a b\n";
    while (text.size() < size) text += piece;
    return text;
  };
  for (const char* piece : {"\"", "'", "' ", "\"\"\"", "\\\"", ",", "#", "\r", "\n", "a ", "a\n",
                            "\" \n", "1 2 3\n", "'x' 'y\n"}) {
    for (const char separator : {char{0}, ' ', ','}) {
      CAPTURE(piece);
      for (const std::size_t part : {std::size_t{1} << 20, std::size_t{1000}}) {
        const ReadOptions options{.separator = separator, .part = part};
        read_table(source_of(repeated(piece)), options);
        read_table(source_of(repeated(piece).substr(4)), options);
      }
    }
  }
  SUCCEED("came to an end");
}

}  // namespace
}  // namespace lmmdsl
