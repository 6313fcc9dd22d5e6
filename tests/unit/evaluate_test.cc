// The reference evaluator, operator by operator, on a table of ten rows.
#include "runtime/evaluate.h"

#include <cmath>
#include <functional>

#include "data_models.h"
#include "runtime/bound_plan.h"
#include "support/catch.h"
#include "support/run_model.h"

using namespace lmmdsl;
using namespace lmmdsl::test;
using Eigen::MatrixXd;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

MatrixXd matrix(Eigen::Index rows, Eigen::Index cols, std::vector<double> by_row) {
  MatrixXd m(rows, cols);
  for (Eigen::Index i = 0; i < rows; ++i)
    for (Eigen::Index j = 0; j < cols; ++j) m(i, j) = by_row[i * cols + j];
  return m;
}

MatrixXd scalar(double x) { return matrix(1, 1, {x}); }

bool close(const MatrixXd& a, const MatrixXd& b, double tolerance = 1e-12) {
  if (a.rows() != b.rows() || a.cols() != b.cols()) return false;
  for (Eigen::Index i = 0; i < a.size(); ++i) {
    if (std::isnan(a(i)) != std::isnan(b(i))) return false;
    if (std::fabs(a(i) - b(i)) > tolerance * std::max(1.0, std::fabs(b(i)))) return false;
  }
  return true;
}

/// Rows are already in canonical order: by g, then h, then x, y.
const char* const kRows =
    "x,y,z,g,h\n"
    "1,2,NA,a,u\n"
    "2,1,1,a,u\n"
    "4,5,2,a,v\n"
    "3,3,0,b,u\n"
    "7,6,4,b,v\n"
    "11,14,6,b,v\n";

struct Six : HandModel {
  SymbolId x = column("x"), y = column("y"), z = column("z");
  SymbolId g = column("g", ColumnType::factor), h = column("h", ColumnType::factor);
  Plate of_g = factor_plate({g}), of_gh = factor_plate({g, h});
  SymbolId beta = parameter("beta", of_g, vector_shape({2}));
  SymbolId s = parameter("s");
  SymbolId V = parameter("V", once_plate(), matrix_shape({2}, {2}));
  State state;
  Table table = table_of(kRows);
  std::shared_ptr<const Data> data;

  Six() {
    // A density that uses x, g and h in every row, and z as a response.
    normal(ref(z), add({ref(x), component(ref(beta), {1}), label_equal(ref(h), "u")}), number(1),
           z);
    state.values.resize(model.symbols.size());
    state.values[beta] = {1, 10, 2, 20};
    state.values[s] = {3};
    state.values[V] = {4, 1, 1, 2};
  }

  MatrixXd evaluate(const Expr& e, std::size_t element = 0) {
    auto bound = bind_data(model, table);
    REQUIRE(bound);
    data = *bound;
    return Evaluator(model, *data).evaluate(e, state, element);
  }
};

}  // namespace

TEST_CASE("algebra and elementary functions") {
  Six m;
  const Expr s = m.ref(m.s), V = m.ref(m.V);
  const Expr v = vcat({number(1), s}), w = vcat({s, number(-2)});
  struct Case {
    const char* what;
    Expr e;
    MatrixXd expected;
  };
  const std::vector<Case> cases = {
      {"sum", add({s, number(2), power(s, 2)}), scalar(14)},
      {"product of scalars and a chain", multiply({V, s, v}), matrix(2, 1, {21, 21})},
      {"row times vector", multiply({transpose(v), w}), scalar(-3)},
      {"vector times row", multiply({v, transpose(w)}), matrix(2, 2, {3, -2, 9, -6})},
      {"power", power(s, number(-2)), scalar(1.0 / 9)},
      {"inverse", inverse(V), matrix(2, 2, {2 / 7., -1 / 7., -1 / 7., 4 / 7.})},
      {"determinant", apply(Op::determinant, {V}), scalar(7)},
      {"log_determinant", apply(Op::log_determinant, {V}), scalar(std::log(7.))},
      {"log_determinant, odd permutation",
       apply(Op::log_determinant, {vcat({hcat({number(0), s}), hcat({number(-1), s})})}),
       scalar(std::log(3.))},
      {"log_determinant of a negative determinant",
       apply(Op::log_determinant, {vcat({hcat({number(0), s}), hcat({number(1), s})})}),
       scalar(kNan)},
      {"log_gamma", apply(Op::log_gamma, {add({s, number(2)})}), scalar(std::log(24.))},
      {"trace", apply(Op::trace, {V}), scalar(6)},
      {"exp is elementwise", apply(Op::exp, {v}), matrix(2, 1, {std::exp(1.), std::exp(3.)})},
      {"log", apply(Op::log, {s}), scalar(std::log(3.))},
      {"sqrt is elementwise", apply(Op::sqrt, {v}), matrix(2, 1, {1, std::sqrt(3.)})},
      {"abs", apply(Op::abs, {w}), matrix(2, 1, {3, 2})},
      {"Phi", apply(Op::phi, {number(1.96)}), scalar(0.97500210485177952)},
      {"Phi far out", apply(Op::phi, {number(-20)}), scalar(2.7536241186062337e-89)},
      {"logit", apply(Op::logit, {number(0.2)}), scalar(std::log(0.25))},
      {"invlogit", apply(Op::invlogit, {number(-1000)}), scalar(0)},
      {"minimum", apply(Op::minimum, {v, w}), matrix(2, 1, {1, -2})},
      {"maximum", apply(Op::maximum, {s, number(5)}), scalar(5)},
      {"less", apply(Op::less, {s, number(3)}), scalar(0)},
      {"less_equal", apply(Op::less_equal, {s, number(3)}), scalar(1)},
      {"greater", apply(Op::greater, {s, number(2)}), scalar(1)},
      {"greater_equal", apply(Op::greater_equal, {s, number(4)}), scalar(0)},
      {"equal", apply(Op::equal, {s, number(3)}), scalar(1)},
      {"not_equal", apply(Op::not_equal, {s, number(3)}), scalar(0)},
      {"and", apply(Op::logical_and, {s, number(0)}), scalar(0)},
      {"or", apply(Op::logical_or, {s, number(0)}), scalar(1)},
      {"not", apply(Op::logical_not, {s}), scalar(0)},
      {"hcat splices rows", hcat({s, transpose(v)}), matrix(1, 3, {3, 1, 3})},
      {"vcat of rows", vcat({transpose(v), transpose(w)}), matrix(2, 2, {1, 3, 3, -2})},
      {"diagonal_matrix", diagonal_matrix(v), matrix(2, 2, {1, 0, 0, 3})},
      {"diagonal", apply(Op::diagonal, {V}), matrix(2, 1, {4, 2})},
      {"identity", multiply({s, identity_matrix({2})}), matrix(2, 2, {3, 0, 0, 3})},
      {"zero", zeros(vector_shape({2})), matrix(2, 1, {0, 0})},
      {"ones", ones({3}), matrix(3, 1, {1, 1, 1})},
      {"component of a vector", component(multiply({V, v}), {2}), scalar(7)},
      {"component of a matrix", component(V, {1, 2}), scalar(1)},
      {"sum of components", apply(Op::sum_components, {multiply({V, v})}), scalar(14)},
      {"mean of components", apply(Op::mean_components, {w}), scalar(0.5)},
      {"min of components", apply(Op::min_components, {w}), scalar(-2)},
      {"max of components", apply(Op::max_components, {w}), scalar(3)},
      {"correlation", apply(Op::correlation, {V}),
       matrix(2, 2, {1, 1 / std::sqrt(8.), 1 / std::sqrt(8.), 1})},
  };
  for (const Case& c : cases) {
    CAPTURE(c.what);
    CHECK(close(m.evaluate(c.e), c.expected));
  }
}

TEST_CASE("a name takes the element in which the whole is evaluated") {
  Six m;
  const Expr beta = m.ref(m.beta);
  const Expr X = hcat({number(1), m.ref(m.x)});
  const Expr mean = multiply({X, beta});
  CHECK(close(m.evaluate(mean, 2), scalar(1 + 4 * 10)));
  CHECK(close(m.evaluate(mean, 5), scalar(2 + 11 * 20)));
  CHECK(close(m.evaluate(beta, 1), matrix(2, 1, {2, 20})));
  CHECK(close(m.evaluate(level(beta, beta->plate, {"b"}, once_plate())), matrix(2, 1, {2, 20})));
  const Plate of_hg = factor_plate({m.h, m.g}), of_h = factor_plate({m.h});
  const SymbolId w = m.parameter("w", of_hg);
  m.state.values.push_back({1, 2, 3, 4});  // u and a, u and b, v and a, v and b
  CHECK(close(m.evaluate(level(m.ref(w), of_hg, {"v"}, m.of_g), 1), scalar(4)));
  CHECK(close(m.evaluate(level(m.ref(w), of_hg, {"a"}, of_h), 1), scalar(3)));
  CHECK(close(m.evaluate(level(m.ref(w), of_hg, {"v", "a"}, once_plate())), scalar(3)));
  CHECK(close(m.evaluate(level(beta, of_hg, {"v"}, m.of_g), 1), matrix(2, 1, {2, 20})));
  CHECK(close(m.evaluate(on_levels(beta, of_hg), 3), matrix(2, 1, {2, 20})));
  CHECK(close(m.evaluate(label_equal(m.ref(m.h), "v"), 3), scalar(0)));
  CHECK(close(m.evaluate(label_equal(m.ref(m.h), "v"), 4), scalar(1)));
  CHECK(close(m.evaluate(m.ref(m.z), 0), scalar(kNan)));
  CHECK(close(m.evaluate(apply(Op::less, {m.ref(m.z), number(0)}), 0), scalar(kNan)));
  const SymbolId design = m.define("X", X);
  Node column;  // X[2]
  column.op = Op::column;
  column.args = {m.ref(design)};
  column.index = {2};
  column.plate = row_plate();
  CHECK(close(m.evaluate(std::make_shared<const Node>(column), 4), scalar(7)));
  // A pair of factors, its first factor, and a value that is constant within it.
  const Expr code = label_equal(m.ref(m.g), "b");
  CHECK(close(m.evaluate(add({collapse(code, m.of_gh), component(beta, {1})}), 3), scalar(1 + 2)));
}

TEST_CASE("aggregates over rows and levels, NA left out") {
  Six m;
  const Expr x = m.ref(m.x), y = m.ref(m.y), z = m.ref(m.z);
  const Plate rows = row_plate(), once = once_plate();
  const Expr slope = component(m.ref(m.beta), {2});
  struct Case {
    const char* what;
    Expr e;
    std::size_t element;
    double expected;
  };
  const std::vector<Case> cases = {
      {"sum", sum_over(x, rows, once), 0, 28},
      {"sum by g", sum_over(x, rows, m.of_g), 1, 21},
      {"sum of ones counts rows", sum_over(number(1), rows, m.of_gh), 0, 2},
      {"sum of a parameter", sum_over(slope, m.of_g, once), 0, 30},
      {"sum over rows of a parameter", sum_over(slope, rows, once), 0, 90},
      {"mean", aggregate(Op::mean_over, {x}, rows, once), 0, 28 / 6.},
      {"mean with NA", aggregate(Op::mean_over, {z}, rows, m.of_g), 0, 1.5},
      {"mean of a product with NA", aggregate(Op::mean_over, {multiply({x, z})}, rows, m.of_g), 0,
       5},
      {"mean of levels", aggregate(Op::mean_over, {slope}, m.of_g, once), 0, 15},
      {"var", aggregate(Op::var_over, {x}, rows, once), 0, 13.866666666666667},
      {"sd by g", aggregate(Op::sd_over, {x}, rows, m.of_g), 1, 4},
      {"min", aggregate(Op::min_over, {z}, rows, once), 0, 0},
      {"max", aggregate(Op::max_over, {x}, rows, m.of_g), 0, 4},
      {"median of even", aggregate(Op::median_over, {x}, rows, once), 0, 3.5},
      {"median of odd", aggregate(Op::median_over, {x}, rows, m.of_g), 1, 7},
      {"quantile of type 7", aggregate(Op::quantile_over, {x, number(0.3)}, rows, once), 0, 2.5},
      {"quantile 1", aggregate(Op::quantile_over, {x, number(1)}, rows, once), 0, 11},
      {"count of NA", aggregate(Op::count_over, {z}, rows, once), 0, 5},
      {"cov", aggregate(Op::cov_over, {x, y}, rows, once), 0, 16.866666666666667},
      {"cor", aggregate(Op::cor_over, {x, y}, rows, once), 0, 0.96203977677613695},
      {"cov with NA", aggregate(Op::cov_over, {x, z}, rows, m.of_g), 0, 1},
      {"var of one value", aggregate(Op::var_over, {z}, rows, m.of_gh), 0, kNan},
  };
  for (const Case& c : cases) {
    CAPTURE(c.what);
    CHECK(close(m.evaluate(c.e, c.element), scalar(c.expected)));
  }
  // Vectors: componentwise, and a covariance matrix.
  CHECK(close(m.evaluate(aggregate(Op::mean_over, {m.ref(m.beta)}, m.of_g, once)),
              matrix(2, 1, {1.5, 15})));
  CHECK(close(m.evaluate(aggregate(Op::cov_over, {m.ref(m.beta)}, m.of_g, once)),
              matrix(2, 2, {0.5, 5, 5, 50})));
  CHECK(close(m.evaluate(aggregate(Op::cor_over, {hcat({x, y})}, rows, once)),
              matrix(2, 2, {1, 0.96203977677613695, 0.96203977677613695, 1})));
  // center(x)
  CHECK(close(m.evaluate(subtract(x, aggregate(Op::mean_over, {x}, rows, once)), 5),
              scalar(11 - 28 / 6.)));
}

TEST_CASE("fits, polynomials and triangles") {
  Six m;
  const Expr x = m.ref(m.x), y = m.ref(m.y), z = m.ref(m.z);
  const Plate rows = row_plate(), once = once_plate();
  const Expr X3 = hcat({number(1), x, power(x, 2)});
  const auto fit = [&](const Expr& response, const Expr& X, const char* field, const Plate& by,
                       const Plate& to) {
    return least_squares(response, X, field, by, to, -1, "fit");
  };
  CHECK(close(m.evaluate(fit(y, X3, "coef", once, once)),
              matrix(3, 1, {1.446853146853149141, 0.196037296037295639, 0.084149184149184167}),
              1e-10));
  CHECK(close(m.evaluate(fit(y, X3, "rss", once, once)), scalar(4.4575757575757589), 1e-10));
  CHECK(close(m.evaluate(fit(y, X3, "n", once, once)), scalar(6)));
  CHECK(close(m.evaluate(fit(y, X3, "df", once, once)), scalar(3)));
  CHECK(close(m.evaluate(fit(y, X3, "sigma2", once, once)), scalar(4.4575757575757589 / 3), 1e-10));
  // y = a + b x in each group: in group a through (1,2) (2,1) (4,5), in b through (3,3) (7,6)
  // (11,14).
  const Expr X2 = hcat({number(1), x});
  CHECK(close(m.evaluate(fit(y, X2, "coef", m.of_g, m.of_g), 1),
              matrix(2, 1, {-1.95833333333333326, 1.375})));
  const double rss_a = 2.5714285714285714, rss_b = 4.166666666666667;
  CHECK(close(m.evaluate(fit(y, X2, "rss", m.of_g, m.of_g), 0), scalar(rss_a)));
  CHECK(close(m.evaluate(fit(y, X2, "rss", m.of_g, m.of_g), 1), scalar(rss_b)));
  CHECK(close(m.evaluate(fit(y, X2, "rss", m.of_g, once)), scalar(rss_a + rss_b)));
  CHECK(close(m.evaluate(fit(y, X2, "n", m.of_g, once)), scalar(6)));
  CHECK(close(m.evaluate(fit(y, X2, "df", m.of_g, once)), scalar(2)));
  CHECK(close(m.evaluate(fit(y, X2, "sigma2", m.of_g, once)), scalar((rss_a + rss_b) / 2)));
  // NA in the response: the row is left out. A fit that is not determined is NaN.
  CHECK(close(m.evaluate(fit(z, X2, "n", m.of_g, m.of_g), 0), scalar(2)));
  CHECK(close(m.evaluate(fit(z, X3, "rss", m.of_g, m.of_g), 0), scalar(kNan)));
  CHECK(close(m.evaluate(fit(y, hcat({x, x}), "coef", once, once)), matrix(2, 1, {kNan, kNan})));

  const Expr P = poly(x, 3);  // rows are 1, 2, 4, 3, 7, 11; R's poly(c(1, 2, 4, 7, 11, 3), 3)
  CHECK(close(m.evaluate(P, 0),
              matrix(1, 3, {-0.440352422963989631, 0.52359813946863087, -0.47540796292259896}),
              1e-10));
  CHECK(close(m.evaluate(P, 5),
              matrix(1, 3, {0.760608730574163783, 0.46961894983268948, 0.18299817717387210}),
              1e-10));
  CHECK(close(m.evaluate(poly(label_equal(m.ref(m.g), "a"), 2), 0), matrix(1, 2, {kNan, kNan})));

  // T'T is the weighted crossproduct; |T [v; 1]|^2 the weighted sum of squares of x v + y.
  const Expr T = triangle({X2, negate(y)}, m.ref(m.s), rows, m.of_g);
  const MatrixXd t = m.evaluate(T, 1);
  CHECK(close(t.transpose() * t, matrix(3, 3, {3, 21, -23, 21, 179, -205, -23, -205, 241}) * 3));
  CHECK(t.diagonal().minCoeff() >= 0);
  CHECK(t(2, 0) == 0);
  const Expr v = vcat({number(0.5), number(1)});
  const double at_v = (std::pow(3 - 3.5, 2) + std::pow(6 - 7.5, 2) + std::pow(14 - 11.5, 2)) * 3;
  CHECK(close(m.evaluate(distance(T, v), 1), scalar(at_v)));
}

TEST_CASE("a prior between bounds is a density") {
  struct Row {
    const char *response, *prior;
    double constant;  // minus the logarithm of what is left
  };
  const double half = std::log(2.0);
  const char *mean = "y ~ Normal(a, 1)\n", *variance = "y ~ Normal(0, a)\n";
  for (const Row& row :
       {Row{mean, "a ~ Normal(0, 4)", 0}, Row{mean, "a ~ Normal(0, 4, lower = 0)", half},
        Row{mean, "a ~ Normal(3, t^2, lower = 3)\nt^2 ~ InverseGamma(1, 1)", half},
        Row{mean, "a ~ Normal(0, 1, lower = -1, upper = 1)", -std::log(std::erf(std::sqrt(0.5)))},
        Row{variance, "a ~ Gamma(1, 2, lower = 1)", 2},
        Row{variance, "1/a ~ Gamma(1, 2, lower = 1)", 2},
        Row{variance, "a ~ InverseGamma(1, 2, upper = 1)", 2}}) {
    INFO(row.prior);
    const std::string model = std::string("data y : real\n") + row.response + row.prior + "\n";
    const Bound bound =
        testing::bind_texts(testing::text("m.lmm", model), testing::text("d.csv", "y\n1\n2\n3\n"));
    const Evaluator oracle(*bound.program->model, *bound.data);
    CHECK(oracle.log_of_bounds() == Approx(row.constant));
    CHECK(bound.plan->log_of_bounds == oracle.log_of_bounds());
  }
  // Cuts that are alike are as likely in each of 3! orders.
  const Bound cuts = testing::bind_texts(
      testing::text(
          "m.lmm",
          "data y : count\nparam c : vector(3)\ny ~ OrderedProbit(0, c)\nc ~ Normal(0, 4)\n"),
      testing::text("d.csv", "y\n1\n2\n3\n4\n"));
  CHECK(cuts.plan->log_of_bounds == Approx(std::log(6.0)));
}

TEST_CASE("definitions, constants and log densities") {
  Six m;
  const Expr x = m.ref(m.x), s = m.ref(m.s);
  const SymbolId c = m.define("c", aggregate(Op::mean_over, {x}, row_plate(), m.of_g));
  const SymbolId d = m.define("d", multiply({m.ref(c), s}), Role::derived);
  m.state.values.resize(m.model.symbols.size());
  CHECK(close(m.evaluate(m.ref(d), 1), scalar(7 * 3)));
  CHECK(close(m.evaluate(add({m.ref(d), x}), 0), scalar(7 + 1)));

  // z ~ Normal(x + beta[g][1] + (h == "u"), 1), the row with NA left out.
  const double terms[] = {1 - (2 + 1 + 1), 2 - (4 + 1), 0 - (3 + 2 + 1), 4 - (7 + 2), 6 - (11 + 2)};
  double expected = 0;
  for (double t : terms) expected += -0.5 * std::log(2 * M_PI) - 0.5 * t * t;
  m.evaluate(s);
  const Evaluator evaluator(m.model, *m.data);
  CHECK(evaluator.log_density(m.model.densities[0], m.state) == Approx(expected));
  // s^2 ~ InverseGamma(2, 3): the density of s^2, no Jacobian.
  Density prior;
  prior.family = FamilyId::inverse_gamma;
  prior.value = power(s, 2);
  prior.args = {number(2), number(3)};
  prior.target = m.s;
  m.model.densities.push_back(prior);
  const double at_9 = 2 * std::log(3.) - 3 * std::log(9.) - 3 / 9.;
  CHECK(evaluator.log_density(prior, m.state) == Approx(at_9));
  CHECK(evaluator.log_joint(m.state) == Approx(expected + at_9));
}
