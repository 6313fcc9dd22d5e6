// Comparison of models: integrals over coefficients against dense algebra, leave-one-out against
// exact predictive densities, marginal likelihoods against quadrature.

#include "lmmdsl/compare/compare.h"

#include <Eigen/Dense>
#include <cmath>

#include "lmmdsl/compare/integrable.h"
#include "lmmdsl/compare/integrated.h"
#include "support/catch.h"
#include "support/run_model.h"

namespace lmmdsl::testing {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

const char* kTable =
    "g,x,y\na,1,2.1\na,2,3.4\na,4,5.9\nb,1,1.2\nb,3,4.4\nc,2,0.3\nc,5,2.9\nc,6,3.1\n";

Bound bind_model(const std::string& statements) {
  return bind_texts(text("m.lmm", "data x, y : real\ndata g : factor\n" + statements),
                    text("d.csv", kTable));
}

SavedRun run_of(const Bound& bound, const SampleSettings& settings) {
  SavedRun run{"run", RunRecord(), draw(bound, settings)};
  run.record->settings = settings;
  return run;
}

double log_normal(const Vector& r, const Matrix& V) {
  const Eigen::LLT<Matrix> L(V);
  return -0.5 * (static_cast<double>(r.size()) * std::log(2 * M_PI) + r.dot(L.solve(r))) -
         L.matrixLLT().diagonal().array().log().sum();
}

/// Rows of a group of kTable: y, and [1, x].
struct GroupRows {
  Vector y;
  Matrix X;
};
const GroupRows kRows[] = {
    {Vector{{2.1, 3.4, 5.9}}, Matrix{{1, 1}, {1, 2}, {1, 4}}},
    {Vector{{1.2, 4.4}}, Matrix{{1, 1}, {1, 3}}},
    {Vector{{0.3, 2.9, 3.1}}, Matrix{{1, 2}, {1, 5}, {1, 6}}},
};

TEST_CASE("effects of a group are integrated out exactly") {
  const Bound bound = bind_model(
      "X = [1, x]\ny ~ Normal(X * beta[g] + c * x, s^2)\nbeta[g] ~ Normal(theta, Sigma)\n"
      "theta ~ Normal(0, 100)\nc ~ Normal(0, 1)\ns^2 ~ InverseGamma(2, 1)\n"
      "Sigma ~ InverseWishart(4, I(2))\n");
  const Model& model = *bound.program->model;
  const SavedRun run = run_of(bound, {.chains = 1, .warmup = 50, .draws = 20, .seed = 3});
  const Summary none;
  const Posterior p(run, bound, none);
  const SymbolId beta = model.find("beta");
  const Integrable split = integrable(model, {beta});
  REQUIRE(split.coefficients == std::vector<SymbolId>{beta});
  for (std::size_t t = 0; t < 20; ++t) {
    const State state = p.state_at(0, t);
    IntegratedLikelihood integrated(model, p.data(), p.evaluator(), split.coefficients,
                                    model.find("g"), state);
    std::vector<double> out;
    integrated.evaluate(state, out);
    REQUIRE(out.size() == 3);
    const auto of = [&](const char* name) { return state.values[model.find(name)]; };
    const Vector theta = Eigen::Map<const Vector>(of("theta").data(), 2);
    const std::vector<double> sigma = of("Sigma");
    const Matrix Sigma = Eigen::Map<const Matrix>(sigma.data(), 2, 2);
    for (int g = 0; g < 3; ++g) {
      const GroupRows& rows = kRows[g];
      const Vector r = rows.y - rows.X * theta - of("c")[0] * rows.X.col(1);
      const Matrix V = rows.X * Sigma * rows.X.transpose() +
                       of("s")[0] * of("s")[0] * Matrix::Identity(r.size(), r.size());
      CHECK(out[g] == Approx(log_normal(r, V)).epsilon(1e-9));
    }
  }
}

TEST_CASE("a comparison takes as many steps as it says, and none once it is to stop") {
  const Bound bound = bind_model(
      "y ~ Normal(a[g] + b * x, s^2)\na[g] ~ Normal(m, t^2)\nm ~ Normal(0, 100)\n"
      "b ~ Normal(0, 1)\ns^2 ~ InverseGamma(2, 1)\nt^2 ~ InverseGamma(2, 1)\n");
  const SavedRun run = run_of(bound, {.chains = 2, .warmup = 50, .draws = 100, .seed = 3});
  const CompareSettings settings = {.draws = 200, .threads = cores()};
  Progress progress;
  must(fit_of_model(run, bound, settings, progress));
  CHECK(progress.sweeps == comparison_steps(run, bound, settings));
  Progress stopped;
  stopped.stop = true;
  must(fit_of_model(run, bound, settings, stopped));
  CHECK(stopped.sweeps == 0);
}

TEST_CASE("what is not jointly linear stays") {
  const Bound bound = bind_model(
      "y ~ Normal(m[g] + k * b[g] * x, s[g]^2)\nm[g] ~ Normal(0, 4)\nb[g] ~ Normal(0, 1)\n"
      "k ~ Normal(1, 1)\ns[g]^2 ~ InverseGamma(2, 1)\n");
  const Model& model = *bound.program->model;
  const Integrable split = integrable(model, model.parameters());
  CHECK(split.coefficients.size() == 2);  // m, and one of k and b
  CHECK(split.others.size() == 2);
  const Integrable groups = integrable(model, {model.find("m"), model.find("b"), model.find("s")});
  CHECK(groups.coefficients == std::vector<SymbolId>{model.find("m"), model.find("b")});
  CHECK(groups.others == std::vector<SymbolId>{model.find("s")});
}

TEST_CASE("what has bounds is not integrated out") {
  const Bound bound =
      bind_model("y ~ Normal(a[g] + m, 1)\na[g] ~ Normal(0, 1, lower = 0)\nm ~ Normal(0, 4)\n");
  const Model& model = *bound.program->model;
  const Integrable split = integrable(model, model.parameters());
  CHECK(split.coefficients == std::vector<SymbolId>{model.find("m")});
  CHECK(split.others == std::vector<SymbolId>{model.find("a")});
}

// Known variances: leaving out a row, or a group, has a Normal predictive density.
TEST_CASE("leave-one-out agrees with exact predictive densities") {
  const Bound bound = bind_model("y ~ Normal(m[g], 8)\nm[g] ~ Normal(mu, 2)\nmu ~ Normal(0, 9)\n");
  const SavedRun run = run_of(bound, {.chains = 4, .warmup = 100, .draws = 5000, .seed = 1});
  Progress progress;
  const ModelFit fit =
      must(fit_of_model(run, bound, {.draws = 20000, .threads = cores()}, progress));
  REQUIRE(fit.validations.size() == 2);
  CHECK(fit.validations[1].integrated == std::vector<std::string>{"m"});

  const Vector y{{2.1, 3.4, 5.9, 1.2, 4.4, 0.3, 2.9, 3.1}};
  const int group[] = {0, 0, 0, 1, 1, 2, 2, 2};
  Matrix V = Matrix::Constant(8, 8, 9.0);
  for (int i = 0; i < 8; ++i)
    for (int j = 0; j < 8; ++j) V(i, j) += 2.0 * (group[i] == group[j]) + 8.0 * (i == j);
  // log p(y_out | y_in) = log p(y) - log p(y_in)
  const auto predictive = [&](const std::vector<int>& out) {
    std::vector<int> in;
    for (int i = 0; i < 8; ++i)
      if (std::find(out.begin(), out.end(), i) == out.end()) in.push_back(i);
    return log_normal(y, V) - log_normal(y(in), V(in, in));
  };
  // Each estimate within 5 of its Monte Carlo standard errors: by chance not so with probability
  // below 11 * 6e-7.
  for (int i = 0; i < 8; ++i) {
    const UnitFit& f = fit.validations[0].fits[static_cast<std::size_t>(i)];
    CHECK(f.k < 0.5);
    CHECK(std::abs(f.elpd_loo - predictive({i})) < 5 * f.mcse + 1e-3);
  }
  const std::vector<std::vector<int>> groups = {{0, 1, 2}, {3, 4}, {5, 6, 7}};
  for (std::size_t g = 0; g < 3; ++g) {
    const UnitFit& f = fit.validations[1].fits[g];
    CHECK(std::abs(f.elpd_loo - predictive(groups[g])) < 5 * f.mcse + 1e-3);
  }
  // The variances are known and everything else is integrated out: nothing is left to sample.
  CHECK(fit.marginal.log_value == Approx(log_normal(y, V)).epsilon(1e-9));
  CHECK(fit.marginal.error == 0);
}

double log_inverse_gamma(double x, double a, double b) {
  return a * std::log(b) - std::lgamma(a) - (a + 1) * std::log(x) - b / x;
}

/// By 20,000 draws.
MarginalLikelihood marginal_of(const Bound& bound) {
  const SavedRun run = run_of(bound, {.chains = 4, .warmup = 300, .draws = 5000, .seed = 2});
  Progress progress;
  const ModelFit fit =
      must(fit_of_model(run, bound, {.draws = 20000, .threads = cores()}, progress));
  REQUIRE(fit.marginal.refused == "");
  return fit.marginal;
}

TEST_CASE("the marginal likelihood agrees with quadrature") {
  const Bound bound = bind_model(
      "y ~ Normal(m[g], s^2)\nm[g] ~ Normal(mu, t^2)\nmu ~ Normal(0, 9)\n"
      "1/s^2 ~ Gamma(2, 3)\nt^2 ~ InverseGamma(2, 2)\n");
  const MarginalLikelihood marginal = marginal_of(bound);

  const Vector y{{2.1, 3.4, 5.9, 1.2, 4.4, 0.3, 2.9, 3.1}};
  const int group[] = {0, 0, 0, 1, 1, 2, 2, 2};
  // Trapezoids on the logarithms of the variances; the integrand dies at both ends.
  const double step = 0.05;
  double largest = -INFINITY;
  std::vector<double> logs;
  for (double a = -5; a < 8; a += step)
    for (double b = -5; b < 8; b += step) {
      const double s2 = std::exp(a), t2 = std::exp(b);
      Matrix V = Matrix::Constant(8, 8, 9.0);
      for (int i = 0; i < 8; ++i)
        for (int j = 0; j < 8; ++j) V(i, j) += t2 * (group[i] == group[j]) + s2 * (i == j);
      logs.push_back(log_normal(y, V) + log_inverse_gamma(s2, 2, 3) + a +
                     log_inverse_gamma(t2, 2, 2) + b);
      largest = std::max(largest, logs.back());
    }
  double sum = 0;
  for (const double l : logs) sum += std::exp(l - largest);
  const double exact = largest + std::log(sum * step * step);
  // Within 5 standard errors: by chance not so with probability 6e-7.
  CHECK(marginal.error < 0.02);
  CHECK(std::abs(marginal.log_value - exact) < 5 * marginal.error + 1e-3);
}

// Full conditionals of the variances that mention each other: blocks, and a further run.
TEST_CASE("the marginal likelihood with parameters in blocks agrees with quadrature") {
  const Bound bound = bind_model(
      "y ~ Normal(mu, s^2)\nmu ~ Normal(0, 9)\ns^2 ~ InverseGamma(3, b)\nb ~ Gamma(2, 1)\n");
  const MarginalLikelihood marginal = marginal_of(bound);
  const Vector y{{2.1, 3.4, 5.9, 1.2, 4.4, 0.3, 2.9, 3.1}};
  const double step = 0.05;
  double sum = 0;
  for (double a = -6; a < 10; a += step)
    for (double c = -10; c < 6; c += step) {
      const double s2 = std::exp(a), b = std::exp(c);
      const Matrix V = Matrix::Constant(8, 8, 9.0) + s2 * Matrix::Identity(8, 8);
      sum += std::exp(log_normal(y, V) + log_inverse_gamma(s2, 3, b) + a + std::log(b) - b + c);
    }
  const double exact = std::log(sum * step * step);
  CHECK(marginal.error < 0.02);
  CHECK(std::abs(marginal.log_value - exact) < 5 * marginal.error + 1e-3);
}

TEST_CASE("the marginal likelihood with a variance of known values agrees with their sum") {
  const Bound bound =
      bind_model("y ~ Normal(m, s^2)\nm ~ Normal(0, 9)\ns^2 ~ Grid([0.5, 1, 1.5, 3])\n");
  const SavedRun run = run_of(bound, {.chains = 4, .warmup = 100, .draws = 2000, .seed = 2});
  // The square of a root is the value up to rounding; a draw has the value.
  const double* squares = run.draws.column(0, column_index(run.draws, "s^2"));
  const double* lp = run.draws.column(0, 0);
  for (std::size_t t = 0; t < 2000; ++t) {
    const double v = squares[t];
    const bool known = v == 0.5 || v == 1 || v == 1.5 || v == 3;
    REQUIRE(known);
    REQUIRE(std::isfinite(lp[t]));
  }
  CHECK(check_identities(bound, 20, 1).passed);
  Progress progress;
  const ModelFit fit =
      must(fit_of_model(run, bound, {.draws = 8000, .threads = cores()}, progress));
  REQUIRE(fit.marginal.refused == "");
  const Vector y{{2.1, 3.4, 5.9, 1.2, 4.4, 0.3, 2.9, 3.1}};
  double sum = 0;
  for (const double v : {0.5, 1.0, 1.5, 3.0})
    sum += std::exp(log_normal(y, Matrix::Constant(8, 8, 9.0) + v * Matrix::Identity(8, 8))) / 4;
  // Within 5 standard errors: by chance not so with probability 6e-7.
  CHECK(std::abs(fit.marginal.log_value - std::log(sum)) < 5 * fit.marginal.error + 1e-3);
}

TEST_CASE("the marginal likelihood with priors between bounds agrees with quadrature") {
  const Bound bound = bind_model(
      "y ~ Normal(m, s^2)\nm ~ Normal(0, 4, lower = 0.5)\n1/s^2 ~ Gamma(2, 3, lower = 0.2)\n");
  const MarginalLikelihood marginal = marginal_of(bound);
  const Vector y{{2.1, 3.4, 5.9, 1.2, 4.4, 0.3, 2.9, 3.1}};
  const double step = 0.005;
  double sum = 0;
  for (double m = 0.5 + step / 2; m < 10; m += step)
    for (double q = 0.2 + step / 2; q < 4; q += step) {
      const double rows = 4 * std::log(q / (2 * M_PI)) - 0.5 * q * (y.array() - m).square().sum();
      sum += std::exp(rows - 0.5 * m * m / 4 - 0.5 * std::log(8 * M_PI) + std::log(9 * q) - 3 * q);
    }
  const double left = 0.5 * std::erfc(0.25 / std::sqrt(2.0)) * 1.6 * std::exp(-0.6);
  const double exact = std::log(sum * step * step / left);
  // Within 5 standard errors: by chance not so with probability 6e-7.
  CHECK(marginal.error < 0.02);
  CHECK(std::abs(marginal.log_value - exact) < 5 * marginal.error + 1e-3);
}

// Of conditionals that mention nothing the ordinate is exact.
TEST_CASE("the marginal likelihood of probabilities is a ratio of beta functions") {
  struct Row {
    const char* statements;
    double exact;
  };
  const auto log_beta = [](std::vector<double> a) {
    double sum = 0, total = 0;
    for (const double x : a) sum += std::lgamma(x), total += x;
    return sum - std::lgamma(total);
  };
  const std::vector<Row> rows = {
      {"z ~ Bernoulli(p)\np ~ Beta(2, 1)\n", log_beta({7, 4}) - log_beta({2, 1})},
      {"z ~ Bernoulli(p[g])\np[g] ~ Beta(1, 3)\n",
       log_beta({3, 4}) + log_beta({2, 4}) + log_beta({3, 4}) - 3 * log_beta({1, 3})},
      {"g ~ Categorical(w)\nw ~ Dirichlet([1, 2, 3])\n", log_beta({4, 4, 6}) - log_beta({1, 2, 3})},
  };
  for (const Row& row : rows) {
    INFO(row.statements);
    const Bound bound = bind_texts(
        text("m.lmm", std::string("data z : binary\ndata g : factor\n") + row.statements),
        text("d.csv", "g,z\na,1\na,0\na,1\nb,1\nb,0\nc,1\nc,0\nc,1\n"));
    const SavedRun run = run_of(bound, {.chains = 2, .warmup = 10, .draws = 100, .seed = 4});
    Progress progress;
    const ModelFit fit = must(fit_of_model(run, bound, {.draws = 200}, progress));
    REQUIRE(fit.marginal.refused == "");
    CHECK(std::abs(fit.marginal.log_value - row.exact) < 1e-9);
  }
}

TEST_CASE("a marginal likelihood is refused before the draws are gone through") {
  const Bound bound =
      bind_model("y ~ Normal(m + b * x, 1)\nm ~ Normal(0, 9)\nb ~ SpikeSlab(0.5, 1)\n");
  const SavedRun run = run_of(bound, {.chains = 1, .warmup = 10, .draws = 20, .seed = 4});
  Progress progress;
  const ModelFit fit = must(fit_of_model(run, bound, {.draws = 20}, progress));
  CHECK(fit.marginal.refused ==
        "the normalising constant of the full conditional of b is not known");
  const Summary none;
  CHECK(marginal_steps(Posterior(run, bound, none), 20) == 0);
}

TEST_CASE("Pareto smoothing leaves light tails alone and reports heavy ones") {
  // Quantiles of 1 / (exponential with rate lambda): weights with tail index 1 / lambda.
  const auto shape = [](double k) {
    std::vector<double> log_ratios;
    const int n = 4000;
    for (int i = 0; i < n; ++i) log_ratios.push_back(-k * std::log1p(-(i + 0.5) / n));
    return smooth_weights(log_ratios, 1);
  };
  CHECK(shape(0.2).k == Approx(0.2).margin(0.1));
  CHECK(shape(0.9).k == Approx(0.9).margin(0.1));
  const SmoothedWeights smoothed = shape(0.9);
  CHECK(*std::max_element(smoothed.log_weights.begin(), smoothed.log_weights.end()) <=
        0.9 * std::log(8000.0) + 1e-12);
  // The same everywhere: the mean is exact. Of few draws nothing is known.
  CHECK(smooth_weights(std::vector<double>(100, 1.0), 1).k == 0);
  CHECK(std::isinf(smooth_weights({1, 2, 3, 4}, 1).k));
}

}  // namespace
}  // namespace lmmdsl::testing
