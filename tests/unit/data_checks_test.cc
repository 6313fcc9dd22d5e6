// What only data can show: plates that do not nest, values that vary within a level, fits that are
// not determined, constants outside their range.
#include <functional>

#include "data_models.h"
#include "support/catch.h"

using namespace lmmdsl;
using namespace lmmdsl::test;

namespace {

std::string first_message(const HandModel& m, const std::string& text) {
  const Table table = table_of(text);
  const auto r = bind_data(m.model, table);
  return r.diagnostics.empty() ? "" : r.diagnostics.front().message;
}

/// y ~ Normal(theta[school], 1), with columns x, school, district.
struct Schools : HandModel {
  SymbolId y = column("y"), x = column("x");
  SymbolId school = column("school", ColumnType::factor),
           district = column("district", ColumnType::factor);
  Plate schools = factor_plate({school}), districts = factor_plate({district});
  SymbolId theta = parameter("theta", schools), mu = parameter("mu", districts);

  Schools() { normal(ref(y), ref(theta), number(1), y); }
  void prior(const Expr& mean) { normal(ref(theta), mean, number(1), -1, theta, schools); }
};

const char* const kNested =
    "y,x,school,district,kind\n1,5,a,d1,1\n2,5,a,d1,1\n3,6,b,d1,1\n4,7,c,d2,1\n";
const char* const kInTwo =
    "y,x,school,district,kind\n1,5,a,d1,1\n2,6,b,d1,1\n3,5,a,d2,1\n4,7,c,d2,1\n";

}  // namespace

TEST_CASE("plates that must nest") {
  struct Case {
    const char* what;
    std::function<void(Schools&)> add;
  };
  const Case cases[] = {
      {"a parameter of the coarse plate", [](Schools& m) { m.prior(m.ref(m.mu)); }},
      {"an aggregate by the coarse factor",
       [](Schools& m) {
         m.prior(aggregate(Op::mean_over, {m.ref(m.x)}, row_plate(), m.districts));
       }},
      {"an aggregate from the fine plate to the coarse one",
       [](Schools& m) {
         m.define("s", aggregate(Op::mean_over, {m.ref(m.theta)}, m.schools, m.districts),
                  Role::derived);
       }},
      {"an index with a label",
       [](Schools& m) {
         const SymbolId kind = m.column("kind", ColumnType::factor);
         const SymbolId u = m.parameter("u", factor_plate({m.district, kind}));
         m.prior(level(m.ref(u), m.model[u].plate, {"1"}, m.districts));
       }},
      {"through a constant",
       [](Schools& m) {
         const SymbolId c =
             m.define("c", aggregate(Op::mean_over, {m.ref(m.x)}, row_plate(), m.districts));
         m.prior(m.ref(c));
       }},
  };
  for (const Case& c : cases) {
    CAPTURE(c.what);
    Schools m;
    c.add(m);
    CHECK(first_message(m, kNested) == "");
    CHECK(first_message(m, kInTwo) ==
          "school `a` lies in district `d1` (row 1) and in district `d2` (row 3)");
  }
  Schools m;  // the other way round is no error: nothing needs it
  m.normal(m.ref(m.mu), number(0), number(1), -1, m.mu, m.districts);
  CHECK(first_message(m, kInTwo) == "");
}

TEST_CASE("values that must be constant within a level") {
  Schools m;
  m.prior(add({collapse(power(m.ref(m.x), 2), m.schools), m.ref(m.mu)}));
  CHECK(first_message(m, kNested) == "");
  CHECK(first_message(m, "y,x,school,district\n1,5,a,d1\n2,-5,a,d1\n") == "");  // the squares agree
  CHECK(first_message(m, "y,x,school,district\n4,7,c,d2\n1,5,a,d1\n3,6,b,d1\n2,5.5,a,d1\n") ==
        "`x` is not constant within school `a`: 5 in row 2, 5.5 in row 4");
  Schools of_label;
  of_label.prior(collapse(label_equal(of_label.ref(of_label.district), "d1"), of_label.schools));
  CHECK(first_message(of_label, kNested) == "");
  CHECK(first_message(of_label, kInTwo) ==
        "`district` is not constant within school `a`: `d1` in row 1, `d2` in row 3");
}

TEST_CASE("labels must be there") {
  const auto one_level = [](const Expr& e, std::vector<std::string> labels) {
    return level(e, e->plate, std::move(labels), once_plate());
  };
  Schools m;
  m.define("d", one_level(m.ref(m.theta), {"e"}), Role::derived);
  CHECK(first_message(m, kNested) == "`school` has no level `e` in the data");
  Schools pair;
  const SymbolId w = pair.parameter("w", factor_plate({pair.school, pair.district}));
  pair.define("d", one_level(pair.ref(w), {"a", "d2"}), Role::derived);
  CHECK(first_message(pair, kNested) == "no row of the data has school `a` and district `d2`");
  Schools mixed;
  const SymbolId u = mixed.parameter("u", factor_plate({mixed.school, mixed.district}));
  mixed.define("d", level(mixed.ref(u), mixed.model[u].plate, {"d1"}, mixed.schools),
               Role::derived);
  CHECK(first_message(mixed, "y,x,school,district\n1,5,a,d1\n2,5,b,d1\n3,6,b,d2\n") == "");
  CHECK(first_message(mixed, kNested) == "no row of the data has school `c` and district `d1`");
  Schools test;
  test.prior(collapse(label_equal(test.ref(test.district), "d3"), test.schools));
  CHECK(first_message(test, kNested) == "`district` has no level `d3` in the data");
}

TEST_CASE("least squares fits must be determined") {
  const auto with = [](std::vector<int> powers, bool by, const char* field, const char* text) {
    Schools m;
    std::vector<Expr> columns;
    for (int k : powers) columns.push_back(power(m.ref(m.x), k));
    const Plate groups = by ? m.districts : once_plate();
    const bool coef = std::string(field) == "coef";
    const Expr f = least_squares(m.ref(m.y), hcat(columns), field, groups,
                                 coef ? groups : once_plate(), -1, "fit");
    m.define("d", multiply({m.ref(m.mu), coef ? component(f, {1}) : f}), Role::derived);
    return first_message(m, text);
  };
  const char* const text =
      "y,x,school,district\n1,5,a,d1\n2,6,a,d1\n3,7,b,d1\n4,7,c,d2\n6,8,c,d2\nNA,9,c,d2\n";
  CHECK(with({0, 1}, true, "coef", text) == "");
  CHECK(with({0, 1, 2}, false, "coef", text) == "");
  CHECK(with({0, 1, 2}, true, "coef", text) ==
        "the least squares fit for district `d2` has 2 rows for 3 coefficients");
  CHECK(with({0, 1, 1}, false, "rss", text) ==
        "the least squares fit is not determined: column 3 of the design is a combination of those "
        "before it");
  CHECK(with({0, 1}, true, "sigma2", text) == "");
  CHECK(with({0, 1}, true, "sigma2",
             "y,x,school,district\n1,5,a,d1\n2,6,a,d1\n4,7,c,d2\n6,8,c,d2\n") ==
        "sigma2 of the least squares fit is not defined: as many coefficients as rows leave no "
        "degrees of freedom");
}

TEST_CASE("constants of densities") {
  struct Case {
    FamilyId family;
    std::function<std::vector<Expr>(Schools&)> args;
    std::string message;
  };
  const auto matrix = [](double a, double b, double c, double d) {
    return vcat({hcat({number(a), number(b)}), hcat({number(c), number(d)})});
  };
  const Case cases[] = {
      {FamilyId::inverse_wishart,
       [&](Schools&) {
         return std::vector{number(3), matrix(2, 1, 1, 2)};
       },
       ""},
      {FamilyId::inverse_wishart,
       [&](Schools&) {
         return std::vector{number(1), matrix(2, 1, 1, 2)};
       },
       "the df of InverseWishart must be greater than 1 for a 2 x 2 matrix: 1"},
      {FamilyId::inverse_wishart,
       [&](Schools&) {
         return std::vector{number(3), matrix(1, 2, 2, 1)};
       },
       "the scale of InverseWishart is not positive definite: [1, 2; 2, 1]"},
      {FamilyId::inverse_wishart,
       [&](Schools&) {
         return std::vector{number(3), matrix(1, 2, 2, 4)};
       },
       "the scale of InverseWishart is singular: [1, 2; 2, 4]"},
      {FamilyId::inverse_wishart,
       [&](Schools&) {
         return std::vector{number(3), matrix(1, 0, 0.5, 1)};
       },
       "the scale of InverseWishart is not symmetric: [1, 0; 0.5, 1]"},
      {FamilyId::inverse_wishart,
       [&](Schools&) {
         return std::vector{number(3), inverse(matrix(1, 2, 2, 4))};
       },
       "the inverse of a singular matrix is asked for: [1, 2; 2, 4]"},
      {FamilyId::inverse_wishart,
       [&](Schools& m) {
         return std::vector{
             number(3),
             aggregate(Op::cov_over, {hcat({m.ref(m.x), multiply({number(3), m.ref(m.x)})})},
                       row_plate(), once_plate())};
       },
       "the scale of InverseWishart is singular: [0.916667, 2.75; 2.75, 8.25]"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.message);
    Schools m;
    const SymbolId Sigma = m.parameter("Sigma", {}, matrix_shape({2}, {2}));
    Density d;
    d.family = c.family;
    d.value = m.ref(Sigma);
    d.target = Sigma;
    d.args = c.args(m);
    m.model.densities.push_back(d);
    m.model.stated.push_back(d);
    CHECK(first_message(m, kNested) == c.message);
  }
  const auto variance = [](const std::function<Expr(Schools&)>& v) {
    Schools m;
    m.normal(m.ref(m.theta), number(0), v(m), -1, m.theta, m.schools);
    return first_message(m, kNested);
  };
  CHECK(variance([](Schools&) { return number(0); }) ==
        "the variance of Normal is not positive: 0");
  CHECK(variance([](Schools& m) {
          return aggregate(Op::var_over, {m.ref(m.x)}, row_plate(), m.schools);
        }) == "`var(x, by school)` is not finite for school `b`: nan");
  CHECK(variance([](Schools& m) {
          return subtract(aggregate(Op::mean_over, {m.ref(m.x)}, row_plate(), m.schools),
                          number(6));
        }) == "the variance of Normal is not positive for school `a`: -1");
}

TEST_CASE("responses must be finite and in the support") {
  Schools m;
  const SymbolId ly = m.define("ly", apply(Op::log, {m.ref(m.x)}));
  m.normal(m.ref(ly), m.ref(m.theta), number(1), ly);
  CHECK(first_message(m, kNested) == "");
  CHECK(first_message(m, "y,x,school,district\n1,NA,a,d1\n") ==
        "all values of this response are missing: the data say nothing here");
  CHECK(first_message(m, "y,x,school,district\n1,3,a,d1\n2,0,a,d1\n") ==
        "`ly` is not finite in row 2: -inf");
  Schools gamma;
  Density d;
  d.family = FamilyId::gamma;
  d.value = gamma.ref(gamma.x);
  d.args = {number(2), number(3)};
  d.plate = row_plate();
  d.plate.response = d.response = gamma.x;
  gamma.model.densities.push_back(d);
  gamma.model.stated.push_back(d);
  CHECK(first_message(gamma, kNested) == "");
  CHECK(first_message(gamma, "y,x,school,district\n1,3,a,d1\n2,0,a,d1\n") ==
        "`x` must be positive to have the distribution Gamma, but is 0 in row 2");
}
