// Draws from the joint law: what is drawn from what, left-hand sides solved, responses held.

#include "runtime/simulate.h"

#include <cmath>

#include "compiler/model/hold.h"
#include "lmmdsl/state_json.h"
#include "runtime/draw_family.h"
#include "support/catch.h"
#include "support/run_model.h"

namespace lmmdsl::testing {
namespace {

const char* kTable = "g,x,y,z\na,1,2,1\na,2,3,2\nb,3,NA,3\nb,4,4,4\nc,5,6,5\nc,6,7,7\n";

struct Joint {
  Joint(const std::string& statements, const std::string& state = {})
      : bound(bind_texts(text("m.lmm", "data x, y, z : real\ndata g : factor\n" + statements),
                         text("d.csv", kTable))),
        model(*bound.program->model),
        simulator(Simulator::make(
            model, bound.data,
            state.empty() ? State{}
                          : must(read_state(text("s.json", state), model, *bound.data)))) {}
  double column(const JointDraw& draw, const char* name, std::size_t row) const {
    const auto& rows = bound.data->row_number;
    const auto at = std::find(rows.begin(), rows.end(), row) - rows.begin();
    return draw.responses.at(model.find(name))[static_cast<std::size_t>(at)];
  }
  Bound bound;
  const Model& model;
  Result<Simulator> simulator;
};

// With variances of nearly 0 every draw is its mean.
const char* kSmall = "1e-20";

TEST_CASE("responses are drawn from their means, where they are present") {
  Joint joint(std::string("y ~ Normal(2 * x + a[g], ") + kSmall + ")\na[g] ~ Normal(m, " + kSmall +
              ")\nm ~ Normal(3, " + kSmall + ")\n");
  const JointDraw draw = joint.simulator->draw({.seed = 1});
  CHECK(joint.column(draw, "y", 0) == Approx(5));
  CHECK(joint.column(draw, "y", 5) == Approx(15));
  CHECK(std::isnan(joint.column(draw, "y", 2)));
  CHECK(draw.state.values[joint.model.find("a")].size() == 3);
}

TEST_CASE("left-hand sides are solved for what is drawn") {
  Joint joint(std::string("ly = log(y / 2)\nly ~ Normal(1, ") + kSmall +
              ")\nd = z - mean(x)\nd ~ Normal(2, " + kSmall +
              ")\nx ~ Normal(0, s^2)\n1/s^2 ~ Gamma(4e20, 1e20)\n");
  const JointDraw draw = joint.simulator->draw({.seed = 1});
  CHECK(joint.column(draw, "y", 0) == Approx(2 * std::exp(1.0)));
  CHECK(draw.state.values[joint.model.find("s")][0] == Approx(0.5));
  CHECK(joint.column(draw, "z", 0) == Approx(5.5));
}

TEST_CASE("a response that is a covariate elsewhere is drawn first") {
  Joint joint(std::string("z ~ Normal(10 * x2, ") + kSmall + ")\nx2 = x + 1\nx ~ Normal(b, " +
              kSmall + ")\nb ~ Normal(7, " + kSmall + ")\n");
  const JointDraw draw = joint.simulator->draw({.seed = 1});
  CHECK(joint.column(draw, "x", 0) == Approx(7));
  CHECK(joint.column(draw, "z", 0) == Approx(80));
}

// Shares of 20000 draws below known quantiles, within 5 standard deviations: by chance not so with
// probability 6e-7 each.
TEST_CASE("priors that the sampler rewrites are drawn as they are written") {
  constexpr int kDraws = 20000;
  const double within = 5 * 0.5 / std::sqrt(kDraws);
  Random random({.seed = 6});
  const Eigen::MatrixXd A = Eigen::Vector2d(0.5, 20), two = Eigen::MatrixXd::Constant(1, 1, 2);
  int below[2] = {0, 0}, negative = 0, near = 0;
  for (int k = 0; k < kDraws; ++k) {
    const Eigen::MatrixXd S = draw_from(FamilyId::huang_wand, {two, A}, random);
    // The median of |t| with two degrees of freedom is sqrt(2/3).
    for (int j = 0; j < 2; ++j) below[j] += std::sqrt(S(j, j)) < std::sqrt(2.0 / 3) * A(j);
    negative += S(0, 1) < 0;
    // P(|C N| < 1) of a Cauchy C and a Normal N is E (2/pi) atan(1/|N|) = 0.62753.
    near += std::abs(draw_from(FamilyId::horseshoe, std::vector<double>{3}, random)) < 3;
  }
  for (const int count : {below[0], below[1], negative})
    CHECK(std::abs(count / double(kDraws) - 0.5) < within);
  CHECK(std::abs(near / double(kDraws) - 0.62753) < within);
}

TEST_CASE("what is given is not drawn, and what is not depends on it") {
  Joint joint("y ~ Normal(m, v)\nm ~ Normal(k, v)\nk ~ Flat()\nv ~ InverseGamma(3, 2)\n",
              R"({"k": 400, "v": 1})");
  REQUIRE(joint.simulator);
  const JointDraw draw = joint.simulator->draw({.seed = 1});
  CHECK(draw.state.values[joint.model.find("k")] == std::vector<double>{400});
  CHECK(draw.state.values[joint.model.find("m")][0] > 390);
  CHECK(joint.column(draw, "y", 0) > 380);
}

TEST_CASE("models that are no joint law are refused") {
  CHECK_FALSE(Joint("y ~ Normal(m, 1)\nm ~ Flat()\n").simulator);
  CHECK_FALSE(Joint("x ~ Normal(m * z, 1)\nz ~ Normal(m * x, 1)\nm ~ Normal(0, 1)\n").simulator);
  CHECK_FALSE(Joint("abs(z) ~ Normal(m, 1)\nm ~ Normal(0, 1)\n").simulator);
}

TEST_CASE("functions of responses are held, the responses are not") {
  const Joint joint(
      "lz = log(z)\nc = lz - mean(lz)\nm0 = mean(z)\nc ~ Normal(b, v)\nx ~ Normal(b * c, v)\n"
      "b ~ Normal(m0 + var(lz), 2)\nv ~ InverseGamma(3, 2)\n");
  const Held held = hold_functions_of_responses(joint.model);
  CHECK(held.constants == std::vector<std::string>{"c", "m0", "var(lz)"});
  const auto bound = must(bind_data(held.model, *joint.bound.table));
  const Data& data = *bound;
  const auto response = held.model.densities[0].response;
  REQUIRE(response >= static_cast<SymbolId>(joint.model.symbols.size()));
  // New responses change what is on the rows, and no function of the whole column.
  ColumnValues columns;
  for (const auto& c : response_columns(held.model, held.model.densities[0]))
    columns[c.front()] = {9, 9, 9, 9, 9, 9};
  REQUIRE(columns.size() == 1);
  const auto changed = replace_columns(data, columns);
  const Evaluator before(held.model, data), after(held.model, *changed);
  const Expr& prior_mean = held.model.densities[2].args[0];
  CHECK(before.evaluate(prior_mean, {}, 0) == after.evaluate(prior_mean, {}, 0));
  CHECK(before.evaluate(held.model.densities[0].value, {}, 0) !=
        after.evaluate(held.model.densities[0].value, {}, 0));
}

TEST_CASE("values of parameters go to JSON and back") {
  const Joint joint(
      "X = [1, x]\ny ~ Normal(X * b[g], s^2)\nb[g] ~ Normal(0, S)\nS ~ InverseWishart(5, I(2))\n"
      "s^2 ~ InverseGamma(3, 2)\n");
  const State state = joint.simulator->draw({.seed = 4}).state;
  const std::string json = state_json(joint.model, *joint.bound.data, state);
  const State again = must(read_state(text("s.json", json), joint.model, *joint.bound.data));
  CHECK(again.values == state.values);
}

}  // namespace
}  // namespace lmmdsl::testing
