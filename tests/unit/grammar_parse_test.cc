// What a text means: the tree as a listing, one row a text.

#include <string>
#include <string_view>
#include <vector>

#include "grammar/parse.h"
#include "grammar/print.h"
#include "grammar/same_tree.h"
#include "support/catch.h"

namespace lmmdsl {
namespace {

struct Case {
  std::string_view text;
  std::string_view expected;
};

SourcePtr source_of(std::string_view text) {
  return std::make_shared<const Source>("model", std::string(text));
}

/// The listing of a text, or its errors.
std::string listing(std::string_view text) {
  const Result<Ast> result = parse_model(source_of(text));
  if (!result || has_error(result.diagnostics)) return print(result.diagnostics);
  return to_text(*result);
}

void check_expressions(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    INFO(c.text);
    CHECK(listing("y = " + std::string(c.text)) ==
          "define\n  y\n  " + std::string(c.expected) + "\n");
    const auto alone = parse_expression(source_of(c.text));
    CHECK(alone);
  }
}

void check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    INFO(c.text);
    CHECK(listing(c.text) == c.expected);
  }
}

// clang-format off
TEST_CASE("Expressions") {
  check_expressions({
      {"1", "1"},
      {"2.50", "2.50"},
      {"1.", "1."},
      {"0.5e-3", "0.5e-3"},
      {".5", ".5"},
      {"a", "a"},
      {"\"a \\\"b\\\" \\\\\"", "\"a \\\"b\\\" \\\\\""},
      {"I", "I"},
      {"I(p)", "(I p)"},
      {"I'", "(transpose I)"},
      {"a + b - c", "(- (+ a b) c)"},
      {"a - (b - c)", "(- a (- b c))"},
      {"a * b / c", "(/ (* a b) c)"},
      {"a + b * c", "(+ a (* b c))"},
      {"(a + b) * c", "(* (+ a b) c)"},
      {"-a^2", "(neg (^ a 2))"},
      {"a^-1", "(^ a (neg 1))"},
      {"a^-b^c", "(^ a (neg (^ b c)))"},
      {"a^b^c", "(^ a (^ b c))"},
      {"-a * b", "(* (neg a) b)"},
      {"a * -b", "(* a (neg b))"},
      {"a - -b", "(- a (neg b))"},
      {"+a", "a"},
      {"- - a", "(neg (neg a))"},
      {"a^2'", "(^ a (transpose 2))"},
      {"a'^2", "(^ (transpose a) 2)"},
      {"a''", "(transpose (transpose a))"},
      {"a[g]'", "(transpose (index a g))"},
      {"a[g, h]", "(index a g h)"},
      {"a[\"7\"]", "(index a \"7\")"},
      {"a[g][1, 2]", "(index (index a g) 1 2)"},
      {"fit.coef", "(field coef fit)"},
      {"fit.coef[g]", "(index (field coef fit) g)"},
      {"f(x).a", "(field a (call f x))"},
      {"f()", "(call f)"},
      {"f(a, b)", "(call f a b)"},
      {"f(a, sd = b + 1)", "(call f a sd=(+ b 1))"},
      {"f(sd=b)", "(call f sd=b)"},
      {"mean(y, by g)", "(call mean y (by g))"},
      {"mean(y, by g, h)", "(call mean y (by g h))"},
      {"ols(y ~ X + 1)", "(call ols (formula y (+ X 1)))"},
      {"ols(y ~ X, by g)", "(call ols (formula y X) (by g))"},
      {"f(by g)", "(call f (by g))"},
      {"a < b", "(< a b)"},
      {"a + 1 <= b * 2", "(<= (+ a 1) (* b 2))"},
      {"a == \"x\"", "(== a \"x\")"},
      {"a != b", "(!= a b)"},
      {"not a", "(not a)"},
      {"not not a", "(not (not a))"},
      {"not a == b", "(not (== a b))"},
      {"a and b or c and d", "(or (and a b) (and c d))"},
      {"not a and b", "(and (not a) b)"},
      {"(a or b) and c", "(and (or a b) c)"},
      {"theta > 0.8 and theta < 1.2", "(and (> theta 0.8) (< theta 1.2))"},
      {"[a]", "(bracket (row a))"},
      {"[a, b]", "(bracket (row a b))"},
      {"[a; b]", "(bracket (row a) (row b))"},
      {"[a, b; c, d]", "(bracket (row a b) (row c d))"},
      {"[1, x, x^2]'", "(transpose (bracket (row 1 x (^ x 2))))"},
      {"[a, b][1]", "(index (bracket (row a b)) 1)"},
      {"[[a, b]]", "(bracket (row (bracket (row a b))))"},
      {"Grid([0, 1], [1, 3])", "(call Grid (bracket (row 0 1)) (bracket (row 1 3)))"},
  });
}

TEST_CASE("Unicode spellings") {
  check_expressions({
      {"σ²", "(^ sigma 2)"},
      {"σ[g]²", "(^ (index sigma g) 2)"},
      {"Σ⁻¹", "(call inv Sigma)"},
      {"Σ[g]⁻¹", "(call inv (index Sigma g))"},
      {"(a + b)²", "(^ (+ a b) 2)"},
      {"(a + b)⁻¹", "(call inv (+ a b))"},
      {"f(x)⁻¹", "(call inv (call f x))"},
      {"σ⁻²", "(^ sigma (neg 2))"},
      {"x¹²", "(^ x 12)"},
      {"σ²'", "(transpose (^ sigma 2))"},
      {"σ'²", "(^ (transpose sigma) 2)"},
      {"σ²⁻¹", "(call inv (^ sigma 2))"},
      {"a^b²", "(^ a (^ b 2))"},
      {"a²^b", "(^ (^ a 2) b)"},
      {"-σ²", "(neg (^ sigma 2))"},
      {"2²", "(^ 2 2)"},
      {"Xᵀ · y", "(* (transpose X) y)"},
      {"a − b", "(- a b)"},
      {"a ≤ b", "(<= a b)"},
      {"a ≥ b", "(>= a b)"},
      {"a ≠ b", "(!= a b)"},
      {"σ_e + θ0", "(+ sigma_e theta0)"},
      {"µ + ϵ + ϑ + ϕ", "(+ (+ (+ mu epsilon) theta) phi)"},
      {"Φ(x)", "(call Phi x)"},
      {"Γ + Gamma(1, 2)", "(+ Gamma (call Gamma 1 2))"},
      {"f(theta = θ) + fit.theta", "(+ (call f theta=theta) (field theta fit))"},
      {"fit.σ", "(field sigma fit)"},
      {"βθ", "betatheta"},
  });
}

TEST_CASE("Statements") {
  check({
      {"data y : real",
       "data y : real\n"},
      {"data a, b : factor",
       "data a b : factor\n"},
      {"data k : count >= 0",
       "data k : count (>= 0)\n"},
      {"data p : real >= 0 <= 1",
       "data p : real (>= 0) (<= 1)\n"},
      {"data p : real > -1.5 < 1e3",
       "data p : real (> -1.5) (< 1000)\n"},
      {"data z : binary from \"Died?\"",
       "data z : binary from \"Died?\"\n"},
      {"data y : real > 0 from \"Yield (t/ha) \\\"x\\\"\"",
       "data y : real (> 0) from \"Yield (t/ha) \\\"x\\\"\"\n"},
      {"param beta[plot] : vector(3)",
       "param beta (plate plot) : vector 3\n"},
      {"param m : scalar",
       "param m : scalar\n"},
      {"param s[g, h] : positive",
       "param s (plate g h) : positive\n"},
      {"param B : matrix(p, q + 1)",
       "param B : matrix p (+ q 1)\n"},
      {"param V : covariance(2)",
       "param V : covariance 2\n"},
      {"param r : row(2)",
       "param r : row 2\n"},
      {"latent k : factor(3)",
       "latent k : factor 3\n"},
      {"model \"A title # not a comment\"",
       "model \"A title # not a comment\"\n"},
      {"y ~ Normal(mu, sigma^2)",
       "distribution\n  y\n  (call Normal mu (^ sigma 2))\n"},
      {"y ∼ Normal(mu, sd=s)",
       "distribution\n  y\n  (call Normal mu sd=s)\n"},
      {"x[g, h] = 1",
       "define\n  (index x g h)\n  1\n"},
      {"1/sigma^2 ~ Gamma(1, 1)",
       "distribution\n  (/ 1 (^ sigma 2))\n  (call Gamma 1 1)\n"},
      {"log(sigma) ~ Flat()",
       "distribution\n  (call log sigma)\n  (call Flat)\n"},
      {"inv(Sigma[g]) ~ Wishart(4, S)",
       "distribution\n  (call inv (index Sigma g))\n  (call Wishart 4 S)\n"},
      {"[y1, y2] ~ Normal(m, S)",
       "distribution\n  (bracket (row y1 y2))\n  (call Normal m S)\n"},
      {"length[boy] over age ~ Normal(B * beta, S)",
       "distribution\n  (index length boy)\n  over age\n  (call Normal (* B beta) S)\n"},
      {"y over a, b ~ Normal(0, 1)",
       "distribution\n  y\n  over a b\n  (call Normal 0 1)\n"},
      {"censored(y, below=L, above=U) ~ Normal(0, 1)",
       "distribution\n  (call censored y below=L above=U)\n  (call Normal 0 1)\n"},
  });
}

TEST_CASE("Lines, line ends and comments") {
  check({
      {"y = a +\n  b",
       "define\n  y\n  (+ a b)\n"},
      {"y = a + # comment\n\n  # more\n  b",
       "define\n  y\n  (+ a b)\n"},
      {"y ~\nNormal(0, 1)",
       "distribution\n  y\n  (call Normal 0 1)\n"},
      {"y =\n1",
       "define\n  y\n  1\n"},
      {"y = f(\na\n,\nb\n)",
       "define\n  y\n  (call f a b)\n"},
      {"data a,\nb :\nreal",
       "data a b : real\n"},
      {"data a : real from\n\"x\"",
       "data a : real from \"x\"\n"},
      {"y over\na ~ f(x, by\ng)",
       "distribution\n  y\n  over a\n  (call f x (by g))\n"},
      {"y = a and\nb",
       "define\n  y\n  (and a b)\n"},
      {"\xEF\xBB\xBF"
       "y = 1",
       "define\n  y\n  1\n"},
      {"y = 1\r\nz = 2\r\n",
       "define\n  y\n  1\ndefine\n  z\n  2\n"},
      {"\n\n# c\ny = 1 # d\n\n\nz = 2",
       "define\n  y\n  1\ndefine\n  z\n  2\n"},
      {"\ty\t=\t1",
       "define\n  y\n  1\n"},
      {"y = a'\nz = b",
       "define\n  y\n  (transpose a)\ndefine\n  z\n  b\n"},
      {"y = [1, 2;\n     3, 4]",
       "define\n  y\n  (bracket (row 1 2) (row 3 4))\n"},
      {"y=1\nz=2",
       "define\n  y\n  1\ndefine\n  z\n  2\n"},
  });
}

// clang-format on

TEST_CASE("Spans are bytes of the text as it was typed") {
  struct Row {
    std::string_view text, span, head;
  };
  for (const Row& row : std::vector<Row>{{"  (a + b) * c ", "(a + b) * c", "*"},
                                         {"σ[g]² ", "σ[g]²", "²"},
                                         {"Σ⁻¹", "Σ⁻¹", "⁻¹"},
                                         {"f( a , b )", "f( a , b )", "f"},
                                         {"-a^2", "-a^2", "-"},
                                         {"(a)", "(a)", "a"},
                                         {"a - # c\n b", "a - # c\n b", "-"},
                                         {"fit . coef", "fit . coef", "coef"},
                                         {"a^-b^c", "a^-b^c", "^"}}) {
    INFO(row.text);
    const auto source = source_of(row.text);
    const auto result = parse_expression(source);
    REQUIRE(result);
    CHECK(source->slice(result->span) == row.span);
    CHECK(source->slice(result->head) == row.head);
  }
}

TEST_CASE("Spellings are kept beside canonical names") {
  const auto result = parse_model(source_of("data ϑ_1 : real\ny = σ²"));
  REQUIRE(result);
  const AstName& name = result->statements[0].data.names[0];
  CHECK(name.name == "theta_1");
  CHECK(name.spelling == "ϑ_1");
  const AstExpr& power = result->statements[1].define.rhs;
  CHECK(power.children[0].text == "sigma");
  CHECK(power.children[0].spelling == "σ");
}

TEST_CASE("Both spellings give one tree") {
  const auto one = parse_model(source_of("σ² ~ InverseGamma(1, θ0)\nΣ⁻¹ ~ Wishart(4, S⁻¹)"));
  const auto two =
      parse_model(source_of("sigma^2 ~ InverseGamma(1, theta0)\ninv(Sigma) ~ Wishart(4, inv(S))"));
  REQUIRE(one);
  REQUIRE(two);
  CHECK(same_tree(*one, *two));
  const auto other =
      parse_model(source_of("sigma^2 ~ InverseGamma(1, theta0)\ninv(Sigma) ~ Wishart(4, S)"));
  CHECK_FALSE(same_tree(*one, *other));
}

TEST_CASE("An expression alone: errors") {
  CHECK_FALSE(parse_expression(source_of("")));
  CHECK_FALSE(parse_expression(source_of("a b")));
  CHECK_FALSE(parse_expression(source_of("a = b")));
  CHECK_FALSE(parse_expression(source_of("a\nb")));
  CHECK_FALSE(parse_expression(source_of("(a")));
}

}  // namespace
}  // namespace lmmdsl
