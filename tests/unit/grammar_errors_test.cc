// What is wrong with a text is said once, at its place, in words that help: one row a mistake.
// Expected: LINE:COLUMN message | label -> hint.

#include <string>
#include <string_view>
#include <vector>

#include "grammar/parse.h"
#include "support/catch.h"

namespace lmmdsl {
namespace {

using namespace std::string_view_literals;

struct Case {
  std::string_view text;
  std::string_view expected;
};

std::string errors_of(std::string_view text) {
  auto source = std::make_shared<const Source>("model", std::string(text));
  const Result<Ast> result = parse_model(source);
  std::string said;
  for (const Diagnostic& d : result.diagnostics) {
    const Position at = source->position(d.span.begin);
    said += std::to_string(at.line) + ":" + std::to_string(at.column) + " " + d.message;
    if (!d.label.empty()) said += " | " + d.label;
    if (!d.hint.empty()) said += " -> " + d.hint;
    said += "\n";
  }
  return said;
}

void check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    INFO(c.text);
    CHECK(errors_of(c.text) == c.expected);
  }
}

// clang-format off
TEST_CASE("Syntax errors: operators that are missing or foreign") {
  check({
      {"y ~ Normal(2x, 1)",
       "1:12 an operator is missing between `2` and `x` | a name cannot begin with a digit -> a product is written 2 * x\n"},
      {"y ~ Normal(a b, 1)",
       "1:14 an operator is missing before `b` -> a product is written a * b; a list needs commas\n"},
      {"y ~ σ² I",
       "1:8 an operator is missing before `I` -> a product is written with `*`\n"},
      {"y = 2 (x)",
       "1:7 an operator is missing before `(` -> a product is written with `*`\n"},
      {"y = x[2](3)",
       "1:9 an operator is missing before `(` -> a product is written with `*`\n"},
      {"y ~ Normal(0 1)",
       "1:14 `1` cannot follow `0` -> a comma or an operator is missing\n"},
      {"y ~ Normal 0, 1",
       "1:12 `0` cannot follow `Normal` -> arguments stand in parentheses: Normal(...)\n"},
      {"y = 3 4",
       "1:7 `4` cannot follow `3`\n"},
      {"y = x ** 2",
       "1:7 there is no `**` -> a power is written `^`, as in x^2\n"},
      {"y = a // comment",
       "1:7 there is no `//` -> a comment begins with `#`\n"},
      {"y = a /* b */",
       "1:7 there is no `/*` -> a comment begins with `#`\n"},
      {"y += 3",
       "1:3 there is no `+=` -> each name is defined once: a model says what is, not what is done\n"},
      {"y = a +* b",
       "1:8 expected a term, found `*`\n"},
      {"y = a and or b",
       "1:11 expected an expression after `and`, found `or`\n"},
      {"y = a * not b",
       "1:9 `not` needs parentheses here -> write (not x)\n"},
      {"y = a %*% b",
       "1:7 unknown sign `%*%` -> a matrix product is `*`\n"},
      {"y = a && b",
       "1:7 unknown sign `&&` -> type `and`\n"},
      {"y = a < b < c",
       "1:11 comparisons cannot be chained | a second comparison -> write both, as in  0 < x and x < 1\n"},
      {"y = a +",
       "1:7 nothing follows `+` | expected a term\n"},
      {"y = not",
       "1:5 nothing follows `not` | expected an expression after `not`\n"},
      {"y = ",
       "1:3 nothing follows `=` | expected an expression\n"},
  });
}

TEST_CASE("Syntax errors: statements") {
  check({
      {"y <- Normal(0, 1)",
       "1:3 there is no `<-` -> `=` defines a quantity, `~` gives it a distribution\n"},
      {"y := 3",
       "1:3 there is no `:=` -> a quantity is defined by `=`\n"},
      {"y = 3; z = 4",
       "1:6 `;` stands only between the rows of a bracket -> delete it; one statement a line\n"},
      {"y = 3, 4",
       "1:6 `,` stands only in brackets and lists of names -> write one statement a line\n"},
      {"y == 3",
       "1:3 `==` compares -> a quantity is defined by `=`\n"},
      {"y ~ Normal(0, 1) ~ 3",
       "1:18 a second `=` or `~` in one statement -> write one statement a line\n"},
      {"y = 3 = 4",
       "1:7 a second `=` in one statement -> to compare, write `==`\n"},
      {"beta Normal(0, 1)",
       "1:6 `~` or `=` is missing before `Normal` -> `~` gives a distribution, `=` defines a quantity\n"},
      {"beta",
       "1:1 this is not a statement | `=` or `~` is missing -> a statement is  name = expression  or  name ~ Distribution(...)\n"},
      {"(a + b) = 3",
       "1:1 only a name can be defined by `=` -> write  name = ...  or  name[factor] = ...; a distribution is given by `~`\n"},
      {"sigma^2 = 3",
       "1:1 only a name can be defined by `=` -> write  name = ...  or  name[factor] = ...; a distribution is given by `~`\n"},
      {"I = 3",
       "1:1 the reserved word `I` cannot be a name | I is the identity matrix\n"},
      {"for (i in 1:n) y[i] ~ Normal(0, 1)",
       "1:1 there is no `for` in a model -> repetition comes from factors: beta[plot] is one beta for each level of the column plot\n"},
      {"dta y : real",
       "1:1 unknown statement `dta` -> did you mean `data`?\n"},
      {"parameters b : scalar",
       "1:1 unknown statement `parameters` -> did you mean `param`?\n"},
      {"y : real",
       "1:3 `:` stands only in declarations -> a declaration begins with data, param or latent; an interaction is written x * g\n"},
      {"y ~ x : g",
       "1:7 `:` stands only in declarations -> a declaration begins with data, param or latent; an interaction is written x * g\n"},
      {"length[boy] over age = 3",
       "1:13 `over` goes with `~`, not with `=`\n"},
      {"",
       "1:1 the model has no statement -> a likelihood is a statement such as  y ~ Normal(mu, sigma^2)\n"},
      {"# only a comment",
       "1:1 the model has no statement -> a likelihood is a statement such as  y ~ Normal(mu, sigma^2)\n"},
  });
}

TEST_CASE("Syntax errors: lines") {
  check({
      {"y = a\n  + b",
       "2:3 a line cannot begin with `+` -> move the `+` to the end of the line above\n"},
      {"+ b",
       "1:1 this is not a statement | `=` or `~` is missing -> a statement is  name = expression  or  name ~ Distribution(...)\n"},
      {"* b",
       "1:1 a line cannot begin with `*` -> a comment begins with `#`\n"},
      {"~ Normal(0, 1)",
       "1:1 a line cannot begin with `~`\n"},
      {"y\n~ Normal(0, 1)",
       "2:1 a line cannot begin with `~` -> move the `~` to the end of the line above\n"},
      {"y = a +\nmu ~ Normal(0, 1)",
       "1:7 nothing follows `+` | expected a term\n"},
      {"y = a +\ndata x : real",
       "1:7 nothing follows `+` | expected a term\n"},
      {"y =\n# comment\n\n",
       "1:3 nothing follows `=` | expected an expression\n"},
      {"y = a\n\n# comment\n  * b",
       "4:3 a line cannot begin with `*` -> move the `*` to the end of the line above; a comment begins with `#`\n"},
  });
}

TEST_CASE("Syntax errors: declarations") {
  check({
      {"data y",
       "1:7 the type of the data is missing | expected `:` and real, factor, count or binary -> data y : real\n"},
      {"data y : rael",
       "1:10 unknown type `rael` | the types are real, factor, count, binary -> did you mean `real`?\n"},
      {"data y : numeric",
       "1:10 unknown type `numeric` | the types are real, factor, count, binary -> did you mean `real`?\n"},
      {"data y : real \"Yield\"",
       "1:15 `from` is missing before the header -> data y : real from \"Yield (t/ha)\"\n"},
      {"data y : real, x : real",
       "1:14 `,` cannot follow the type -> write one `data` statement for each type\n"},
      {"data a, b : real from \"x\"",
       "1:18 `from` goes with a single column -> declare the columns in statements of their own\n"},
      {"data a : real == 3",
       "1:15 a bound is one of < <= > >= and a number\n"},
      {"data a : real > x",
       "1:17 `x` is not a number | a bound is a comparison with a number -> as in  data x : real >= 0 <= 1\n"},
      {"data : real",
       "1:6 expected the name of a column, found `:`\n"},
      {"data a b : real",
       "1:8 `,` or `:` is missing before `b` -> data a, b : real\n"},
      {"param b : vector",
       "1:11 the type is written `vector(p)`\n"},
      {"param b : vektor(3)",
       "1:11 unknown type `vektor` | the types are scalar, positive, vector, row, matrix, covariance -> did you mean `vector`?\n"},
      {"param a, b : scalar",
       "1:8 `param` declares one name -> write one statement for each name\n"},
      {"param b[] : scalar",
       "1:8 empty index | expected the name of a factor\n"},
      {"latent k : real(3)",
       "1:12 an unobserved quantity of this kind is a factor -> latent k : factor(3)\n"},
      {"latent k : factor",
       "1:18 expected `(` and the number of levels, found the end of the statement\n"},
      {"model title",
       "1:1 `model` gives the title | expected a title in quotes -> as in  model \"Yield of grass\";  a regression is written  y ~ Normal(X * beta, sigma^2)\n"},
      {"model",
       "1:1 `model` gives the title | expected a title in quotes -> as in  model \"Yield of grass\";  a regression is written  y ~ Normal(X * beta, sigma^2)\n"},
  });
}

TEST_CASE("Syntax errors: reserved words") {
  check({
      {"data from, y : real",
       "1:6 the reserved word `from` cannot stand here | not a name -> give the column another name: data from_ : real from \"from\"\n"},
      {"data I : real",
       "1:6 the reserved word `I` cannot stand here | not a name -> give the column another name: data I_ : real from \"I\"\n"},
      {"model = 3",
       "1:1 the reserved word `model` cannot stand here | not a name -> use another name, such as model_\n"},
      {"by = 3",
       "1:1 the reserved word `by` cannot stand here | not a name -> use another name, such as by_\n"},
      {"over ~ Normal(0, 1)",
       "1:1 the reserved word `over` cannot stand here | not a name -> use another name, such as over_\n"},
      {"y = over + 1",
       "1:5 the reserved word `over` cannot stand here | not a name -> use another name, such as over_\n"},
      {"y = fit.by",
       "1:9 the reserved word `by` cannot stand here | not a name -> use another name, such as by_\n"},
      {"from[g] ~ Normal(0, 1)",
       "1:1 the reserved word `from` cannot stand here | not a name -> use another name, such as from_\n"},
      {"param latent : scalar",
       "1:7 the reserved word `latent` cannot stand here | not a name -> use another name, such as latent_\n"},
  });
}

TEST_CASE("Syntax errors: calls, brackets and indices") {
  check({
      {"y = mean(x by g)",
       "1:12 `,` is missing before `by` -> write the factors last, as in mean(y, by plot)\n"},
      {"y = mean(x, by g, sd = 2)",
       "1:22 `=` cannot stand in a list of factors -> `by` comes last and takes all names that follow it\n"},
      {"y = mean(x, by 3)",
       "1:16 `3` cannot stand in a list of factors -> `by` comes last and takes all names that follow it\n"},
      {"y = f(sd = 2, x)",
       "1:15 positional argument after a named one -> write the arguments without names first in f(...)\n"},
      {"y = f(sd=2, sd=3)",
       "1:13 the argument `sd` is given twice\n"},
      {"y = f(a,)",
       "1:9 an argument is missing | before this `)`\n"},
      {"y = f(,a)",
       "1:7 an argument is missing | before this `,`\n"},
      {"y = f(2 = 3)",
       "1:9 `=` cannot stand here | only `name = value` may be an argument -> to compare, write `==`\n"},
      {"y = (a = 3)",
       "1:8 `=` cannot stand here | only `name = value` may be an argument -> to compare, write `==`\n"},
      {"y = [a ~ b]",
       "1:8 `~` cannot stand here -> a formula stands only as an argument, as in ols(y ~ X)\n"},
      {"y = [a, b; c]",
       "1:12 the rows of a bracket differ in length | row 2 has 1 entry, row 1 has 2\n"},
      {"y = []",
       "1:5 empty bracket | expected an entry of the bracket\n"},
      {"y = ()",
       "1:5 empty parentheses | expected an expression\n"},
      {"y = [a, , b]",
       "1:9 an entry is missing | before this `,`\n"},
      {"y = [a; ]",
       "1:9 an entry is missing | before this `]`\n"},
      {"y = [1 2]",
       "1:8 `2` cannot follow `1` -> a comma or an operator is missing\n"},
      {"y = f(a; b)",
       "1:8 `;` stands only between the rows of a bracket -> separate arguments by commas\n"},
      {"y = x[]",
       "1:6 empty index | expected an index\n"},
      {"y = x[1:3]",
       "1:8 there are no ranges -> list the entries one by one, as in [1, 2, 3]\n"},
      {"y = x.5",
       "1:7 expected the name of a field after `.`, found `5`\n"},
      {"y = \"a\"[1]",
       "1:8 a constant cannot be indexed\n"},
      {"y = I()",
       "1:6 empty parentheses | expected an expression\n"},
  });
}

TEST_CASE("Syntax errors: open brackets") {
  check({
      {"y ~ Normal(mu, sigma^2\nmu ~ Flat()",
       "1:11 `(` is not closed | `)` is missing\n"},
      {"y ~ Normal(X * beta[plot, s2)\nz = 3",
       "1:20 `[` is not closed | `]` is missing before `)`\n"},
      {"y ~ Normal(X * beta[\nplot, s2)\nz = = 3",
       "1:20 `[` is not closed | `]` is missing before `)` in line 2\n"
       "3:5 a second `=` in one statement -> to compare, write `==`\n"},
      {"y ~ Normal(mu, 1))",
       "1:18 `)` without an opening bracket | no bracket is open here\n"},
      {"y ~ Normal(\n  mu,\n  1\n",
       "1:11 `(` is not closed | `)` is missing\n"},
      {"y = [a, (b]\nz = 3",
       "1:9 `(` is not closed | `)` is missing before `]`\n"},
      {"x = ( 1\n   + 2\ny = 3",
       "1:5 `(` is not closed | `)` is missing\n"},
      {"y = f(a\ndata x : real",
       "1:6 `(` is not closed | `)` is missing\n"},
      {"y = f(\nw = g(a]\nv = 3",
       "1:6 `(` is not closed | `)` is missing\n"
       "2:6 `(` is not closed | `)` is missing before `]`\n"},
      {"y = f(a,\n  sd = 2]\nv = 3",
       "1:6 `(` is not closed | `)` is missing before `]` in line 2\n"},
      {"y = (\nx = ((\nw = )",
       "1:5 `(` is not closed | `)` is missing\n"
       "2:5 `(` is not closed | `)` is missing\n"
       "3:5 `)` without an opening bracket | no bracket is open here\n"},
  });
}

TEST_CASE("Syntax errors: characters") {
  check({
      {"y = (treatment == 'A')",
       "1:19 `'` cannot stand here | `'` after a matrix transposes it -> strings stand in double quotes: \"...\"\n"},
      {"y = “A”",
       "1:5 the character `“` (U+201C) has no meaning here -> strings stand in straight double quotes: \"...\"\n"},
      {"y = fit$coef",
       "1:8 the character `$` has no meaning here -> a field is written with a dot, as in fit.coef\n"},
      {"y = {a}",
       "1:5 the character `{` has no meaning here -> a model has no blocks; brackets are `(` and `[`\n"},
      {"y = !a",
       "1:5 the character `!` has no meaning here -> type `not`, or `!=` for unequal\n"},
      {"y = x\u00a0+ 1",
       "1:6 the character no-break space (U+00A0) has no meaning here -> type a blank\n"},
      {"y = a\u202eb",
       "1:6 the character right-to-left override (U+202E) has no meaning here -> delete it\n"},
      {"y = a \u200b+ b",
       "1:7 the character zero width space (U+200B) has no meaning here -> delete it\n"},
      {"y = a × b",
       "1:7 the character `×` (U+00D7) has no meaning here -> type `*`\n"},
      {"y = a – b",
       "1:7 the character en dash (U+2013) has no meaning here -> type `-`\n"},
      {"y ∼ σ₀",
       "1:6 the character `₀` (U+2080) cannot stand in a name -> type `0`\n"},
      {"größe = 1\ngröße = 2\nstraße = 1",
       "1:3 the character `ö` (U+00F6) cannot stand in a name | names have the letters a-z, A-Z, Greek letters, digits and _ -> a column with another header is declared by  data name : real from \"header\"\n"
       "3:5 the character `ß` (U+00DF) cannot stand in a name | names have the letters a-z, A-Z, Greek letters, digits and _ -> a column with another header is declared by  data name : real from \"header\"\n"},
      {"y ~ Normal(x + (1|g), 1)",
       "1:18 the character `|` has no meaning here -> a group effect is an index: y ~ Normal(X * beta + u[g], sigma^2)  with  u[g] ~ Normal(0, tau^2);  the logical sign is `or`\n"},
      {"y = @",
       "1:5 the character `@` has no meaning here -> a matrix product is `*`\n"},
      {"y = a\014b",
       "1:6 the character U+000C has no meaning here -> delete it\n"},
      {"y = ⁻",
       "1:5 superscript without a number -> write powers with `^`, as in x^2\n"},
      {"y = x⁻",
       "1:6 superscript without a number -> write powers with `^`, as in x^2\n"},
      {"y = x²³⁴⁵⁶⁷⁸⁹⁰¹",
       "1:6 exponent too large -> write powers with `^`, as in x^2\n"},
      {"y = \000"sv,
       "1:5 the text contains the byte 0 -> save the file as UTF-8; this may be UTF-16 or no text at all\n"},
      {"y = 1\r2",
       "1:6 the character carriage return (U+000D) has no meaning here -> end lines with LF or CRLF\n"},
  });
}

TEST_CASE("Syntax errors: strings and numbers") {
  check({
      {"y = \"abc\nz = 3",
       "1:5 string without an end | opened here, not closed on this line -> end it with `\"`; strings have no line breaks\n"},
      {"y = f(\"abc)\nz = 3",
       "1:7 string without an end | opened here, not closed on this line -> end it with `\"`; strings have no line breaks\n"},
      {"y = f(\"\\n\")",
       "1:8 unknown escape in a string | a backslash is written `\\\\`, a quote `\\\"`\n"},
      {"y = 1e999",
       "1:5 number out of range | beyond the range of double precision\n"},
      {"y = 1e-999",
       "1:5 number out of range | beyond the range of double precision\n"},
      {"y = 1.5.2",
       "1:9 expected the name of a field after `.`, found `2`\n"},
      {"y = 1e",
       "1:5 an operator is missing between `1` and `e` | a name cannot begin with a digit -> a product is written 1 * e\n"},
      {"y = 0x1F",
       "1:5 an operator is missing between `0` and `x1F` | a name cannot begin with a digit -> a product is written 0 * x1F\n"},
      {"y = \"a\" \"b\"",
       "1:9 an operator is missing before `\"b\"`\n"},
  });
}

TEST_CASE("Syntax errors: two spellings of one name") {
  check({
      {"σ ~ HalfCauchy(1)\nsigma = 3",
       "2:1 `σ` and `sigma` are the same name | written `σ` in line 1 -> use one spelling in a file: results are reported under the ASCII name\n"},
      {"a = θ + theta + theta",
       "1:9 `θ` and `theta` are the same name | written `θ` in line 1 -> use one spelling in a file: results are reported under the ASCII name\n"},
      {"a = f(σ_e) + sigma_e",
       "1:14 `σ_e` and `sigma_e` are the same name | written `σ_e` in line 1 -> use one spelling in a file: results are reported under the ASCII name\n"},
  });
}

TEST_CASE("Syntax errors: swapped files") {
  check({
      {"y,x\n1,2\n3,4",
       "2:1 this is a table of data, not a model | a row of numbers -> the model comes first, then the data: are the two files swapped?\n"},
      {"1 2 3\n4 5 6",
       "1:1 this is a table of data, not a model | a row of numbers -> the model comes first, then the data: are the two files swapped?\n"},
      {"plot;yield (t/ha)\nA;3,5\n",
       "2:1 this is a table of data, not a model | a row of numbers -> the model comes first, then the data: are the two files swapped?\n"},
      {"\"y\",\"x\"\n1,NA\n",
       "2:1 this is a table of data, not a model | a row of numbers -> the model comes first, then the data: are the two files swapped?\n"},
      {"y\n1\n",
       "2:1 this is a table of data, not a model | a row of numbers -> the model comes first, then the data: are the two files swapped?\n"},
      {"2\n",
       "1:1 this is a table of data, not a model | a row of numbers -> the model comes first, then the data: are the two files swapped?\n"},
  });
}

TEST_CASE("Syntax errors: many errors, each once") {
  check({
      {"y = 2x\nz = f(\nw ~ Flat()\nv = $\nu = [1; 2, 3]\nt = \"\nok = 3",
       "1:5 an operator is missing between `2` and `x` | a name cannot begin with a digit -> a product is written 2 * x\n"
       "2:6 `(` is not closed | `)` is missing\n"
       "4:5 the character `$` has no meaning here -> a field is written with a dot, as in fit.coef\n"
       "5:9 the rows of a bracket differ in length | row 2 has 2 entries, row 1 has 1\n"
       "6:5 string without an end | opened here, not closed on this line -> end it with `\"`; strings have no line breaks\n"},
  });
}

// clang-format on

TEST_CASE("Encodings") {
  const std::string save = " -> save the file with the encoding UTF-8\n";
  CHECK(errors_of("y = 1 # caf\xE9\nz = \"\xE9\"") ==
        "1:12 the text is not valid UTF-8 | byte 0xE9" + save);
  CHECK(errors_of("y = \xE9 + 2x\nz = 2x").find("1:5 the text is not valid UTF-8") == 0);
  CHECK(errors_of("\xFF\xFEy = 1") == "1:1 the text is UTF-16, not UTF-8" + save);
  CHECK(errors_of("\xFE\xFFy = 1") == "1:1 the text is UTF-16, not UTF-8" + save);
  CHECK(errors_of("y = 1 # \xC0\x80") == "1:9 the text is not valid UTF-8 | byte 0xC0" + save);
  CHECK(errors_of("\xEF\xBB\xBFy = 1\r\n") == "");
}

TEST_CASE("Names on the left of a statement in error count as declared") {
  struct Row {
    std::string_view text;
    std::vector<std::string> names;
  };
  const std::vector<Row> rows = {
      {"beta[plot] ~ Normal(2x, 1)", {"beta"}},
      {"data a, θ : rael", {"a", "theta"}},
      {"inv(Σ[g]) ~ Wishart(", {"Sigma"}},
      {"[y1, y2] ~ Normal(0 0)", {"y1", "y2"}},
      {"param b[g] : vektor", {"b"}},
      {"1/sigma^2 ~ Gamma(1 1)", {"sigma"}},
      {"y = a\n + b", {}},  // reported, but read as meant
  };
  for (const Row& row : rows) {
    INFO(row.text);
    auto result = parse_model(std::make_shared<const Source>("model", std::string(row.text)));
    REQUIRE(result);
    CHECK(result->names_in_error == row.names);
  }
}

}  // namespace
}  // namespace lmmdsl
