// `lmmdsl fmt`: one style, two spellings, the same model.

#include <string>
#include <string_view>
#include <vector>

#include "grammar/format.h"
#include "grammar/greek.h"
#include "grammar/parse.h"
#include "grammar/print.h"
#include "support/catch.h"

namespace lmmdsl {
namespace {

std::string format(std::string_view text, Spelling spelling) {
  const auto result =
      format_model(std::make_shared<const Source>("model", std::string(text)), spelling);
  return result ? *result : print(result.diagnostics);
}

struct Case {
  std::string_view text;
  std::string_view ascii;
  std::string_view unicode;
};

/// Every text also is a case of its own results: formatting is idempotent, and either result leads
/// to the other.
void check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    INFO(c.text);
    CHECK(format(c.text, Spelling::ascii) == c.ascii);
    CHECK(format(c.text, Spelling::unicode) == c.unicode);
    CHECK(format(c.ascii, Spelling::ascii) == c.ascii);
    CHECK(format(c.unicode, Spelling::unicode) == c.unicode);
  }
}

/// Texts that are written alike in both spellings.
void check_both(const std::vector<std::pair<std::string_view, std::string_view>>& cases) {
  for (const auto& [text, expected] : cases) check({{text, expected, expected}});
}

// clang-format off

TEST_CASE("Spacing") {
  check_both({
      {"y=a+b*c", "y = a + b * c\n"},
      {"y = ( a+b )*  c", "y = (a + b) * c\n"},
      {"y=-a- -b", "y = -a - -b\n"},
      {"y = a * - b ^ - 1", "y = a * -b^-1\n"},
      {"y = 2 ^ 0.5", "y = 2^0.5\n"},
      {"y=f( a,sd = 2 ,by g,h )", "y = f(a, sd=2, by g, h)\n"},
      {"y=ols(y~X,by g)", "y = ols(y ~ X, by g)\n"},
      {"y = [ 1,2 ;3 , -4 ]", "y = [1, 2; 3, -4]\n"},
      {"y = x [ g , h ] [ 1 ] '", "y = x[g, h][1]'\n"},
      {"y = fit . coef [ g ]", "y = fit.coef[g]\n"},
      {"y = I ( 2 )*I", "y = I(2) * I\n"},
      {"y=not(a<b)and c!=\"x  y\"or d", "y = not (a < b) and c != \"x  y\" or d\n"},
      {"y = a≤b", "y = a <= b\n"},
      {"y = a − b · c", "y = a - b * c\n"},
      {"y ∼ f()", "y ~ f()\n"},
      {"y = Xᵀ · z", "y = X' * z\n"},
      {"data a,b:real>-1<=2", "data a, b : real > -1 <= 2\n"},
      {"data a:factor from\"Block no. (1)\"", "data a : factor from \"Block no. (1)\"\n"},
      {"param b[ g,h ]:matrix( 2,p )", "param b[g, h] : matrix(2, p)\n"},
      {"latent k:factor( 3 )", "latent k : factor(3)\n"},
      {"model   \"A  title\"", "model \"A  title\"\n"},
      {"len[boy]over age~f(x)", "len[boy] over age ~ f(x)\n"},
      {"1/x~f(1)", "1 / x ~ f(1)\n"},
  });
}

TEST_CASE("Lines, blank lines and comments") {
  check_both({
      {"\n\n# top\n\n\n\ny = 1   #  tail  \n\n\n# own\n  # own too\nz = 2\n\n\n",
       "# top\n\ny = 1  #  tail\n\n# own\n# own too\nz = 2\n"},
      {"y = 1\r\nz = 2", "y = 1\nz = 2\n"},
      {"\xEF\xBB\xBFy = 1", "y = 1\n"},
      {"y = a +\n b +   # why\n\n\n  # because\n      c", "y = a +\n    b +  # why\n\n    # because\n    c\n"},
      {"y = f(\n  a,\nb\n  )", "y = f(\n    a,\n    b\n)\n"},
      {"y =\n# c\n1\n# end", "y =\n    # c\n    1\n# end\n"},
      {"# a\ny = 1 # b", "# a\ny = 1  # b\n"},
      {"  y = 1\n\t z = 2", "y = 1\nz = 2\n"},
  });
}

TEST_CASE("Greek letters and superscripts") {
  check({
      {"y ~ Normal(mu, sigma ^ 2)", "y ~ Normal(mu, sigma^2)\n", "y ~ Normal(μ, σ²)\n"},
      {"y ~ Normal(μ,σ²)", "y ~ Normal(mu, sigma^2)\n", "y ~ Normal(μ, σ²)\n"},
      {"inv(Sigma)~Wishart(4,inv(S0))", "inv(Sigma) ~ Wishart(4, inv(S0))\n", "Σ⁻¹ ~ Wishart(4, S0⁻¹)\n"},
      {"inv(Sigma[g]) ~ f(1)", "inv(Sigma[g]) ~ f(1)\n", "Σ[g]⁻¹ ~ f(1)\n"},
      {"beta[g] ~ f(mu0, sigma_e^2)", "beta[g] ~ f(mu0, sigma_e^2)\n", "β[g] ~ f(μ0, σ_e²)\n"},
      {"y = inv(a + b)", "y = inv(a + b)\n", "y = inv(a + b)\n"},
      {"y = (a + b)⁻¹", "y = inv(a + b)\n", "y = (a + b)⁻¹\n"},
      {"y = f(x)⁻¹", "y = inv(f(x))\n", "y = f(x)⁻¹\n"},
      {"y = X'⁻¹", "y = inv(X')\n", "y = X'⁻¹\n"},
      {"y = fit.S[g]⁻¹", "y = inv(fit.S[g])\n", "y = fit.S[g]⁻¹\n"},
      {"y = [1, 2; 3, 4]⁻¹", "y = inv([1, 2; 3, 4])\n", "y = [1, 2; 3, 4]⁻¹\n"},
      {"y = I(2)⁻¹", "y = inv(I(2))\n", "y = I(2)⁻¹\n"},
      {"y = a⁻¹'⁻¹", "y = inv(inv(a)')\n", "y = a⁻¹'⁻¹\n"},
      {"y = inv(S)^2", "y = inv(S)^2\n", "y = inv(S)²\n"},
      {"y = inv(inv(S))", "y = inv(inv(S))\n", "y = inv(S⁻¹)\n"},
      {"y = inv(S[inv(T)])", "y = inv(S[inv(T)])\n", "y = S[T⁻¹]⁻¹\n"},
      {"y = inv(S, 1)", "y = inv(S, 1)\n", "y = inv(S, 1)\n"},
      {"y = x²'", "y = (x^2)'\n", "y = x²'\n"},
      {"y = x²[1]", "y = (x^2)[1]\n", "y = x²[1]\n"},
      {"y = x²^3", "y = (x^2)^3\n", "y = x²^3\n"},
      {"y = x^2^3", "y = x^2^3\n", "y = x^2^3\n"},
      {"y = a^b^2", "y = a^b^2\n", "y = a^b²\n"},
      {"y = x^2'", "y = x^2'\n", "y = x^2'\n"},
      {"y = x^-1", "y = x^-1\n", "y = x^-1\n"},
      {"y = x^-2", "y = x^-2\n", "y = x⁻²\n"},
      {"y = x^2.0 + x^02", "y = x^2.0 + x^02\n", "y = x^2.0 + x^02\n"},
      {"y = 2^3", "y = 2^3\n", "y = 2^3\n"},
      {"y = Phi(x) + Gamma(1)", "y = Phi(x) + Gamma(1)\n", "y = Phi(x) + Gamma(1)\n"},
      {"y = Alpha + omicron", "y = Alpha + omicron\n", "y = Alpha + omicron\n"},
      {"y = f(theta=theta) + fit.sigma2", "y = f(theta=theta) + fit.sigma2\n", "y = f(theta=θ) + fit.sigma2\n"},
      {"y = µ + ϕ", "y = mu + phi\n", "y = μ + φ\n"},
      {"y = sigmab + thetas", "y = sigmab + thetas\n", "y = sigmab + thetas\n"},
  });
}

TEST_CASE("The header of a column never changes") {
  check({
      {"data theta : real\ny = theta", "data theta : real\ny = theta\n", "data theta : real\ny = theta\n"},
      {"data θ : real # c\ny = θ", "data theta : real from \"θ\"  # c\ny = theta\n", "data θ : real  # c\ny = θ\n"},
      {"data µ : real\ny = μ", "data mu : real from \"µ\"\ny = mu\n", "data µ : real\ny = µ\n"},
      {"data y, θ, σ : real > 0", "data y : real > 0\ndata theta : real > 0 from \"θ\"\ndata sigma : real > 0 from \"σ\"\n", "data y, θ, σ : real > 0\n"},
      {"data y, # one\nθ : real", "data y : real  # one\ndata theta : real from \"θ\"\n", "data y,  # one\n    θ : real\n"},
      {"data theta : real from \"x\"\ny = theta", "data theta : real from \"x\"\ny = theta\n", "data θ : real from \"x\"\ny = θ\n"},
  });
}

// clang-format on

TEST_CASE("A text with errors is returned as errors") {
  CHECK(format("y = 2x", Spelling::ascii).find("an operator is missing") != std::string::npos);
  CHECK(format("", Spelling::ascii).find("no statement") != std::string::npos);
}

TEST_CASE("The page's own example survives both spellings") {
  const std::string_view text = R"(# Randomized block design
data yield, density : real
data plot : factor

X = [1, density, density^2]

# priors centred on the least squares fits, one for each plot
fit = ols(yield ~ X, by plot)
mu0 = mean(fit.coef)
S0 = cov(fit.coef)
s20 = fit.rss / fit.n

yield ~ Normal(X * beta[plot], sigma^2)
beta[plot] ~ Normal(theta, Sigma)
theta ~ Normal(mu0, S0)
inv(Sigma) ~ Wishart(4, inv(S0))
sigma^2 ~ InverseGamma(1, s20)

peak[plot] = -beta[plot][2] / (2 * beta[plot][3])  # density of greatest yield
)";
  CHECK(format(text, Spelling::ascii) == text);
  CHECK(format(format(text, Spelling::unicode), Spelling::ascii) == text);
}

TEST_CASE("Greek names and spellings") {
  CHECK(canonical_name("σ_e") == "sigma_e");
  CHECK(canonical_name("ϑϵµϕ") == "thetaepsilonmuphi");
  CHECK(canonical_name("Ω1") == "Omega1");
  CHECK(folded_name("ϑϵµϕ") == "θεμφ");
  CHECK(greek_spelling("sigma_e2") == "σ_e2");
  CHECK(greek_spelling("Sigma_beta") == "Σ_β");
  CHECK(greek_spelling("beta") == "β");
  CHECK(greek_spelling("Beta") == "Beta");
  CHECK(greek_spelling("θmu") == "θμ");
  CHECK(greek_spelling("x") == "x");
}

}  // namespace
}  // namespace lmmdsl
