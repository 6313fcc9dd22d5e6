// The plan as pseudo-code, and what it is said to cost. LMMDSL_ACCEPT=1 rewrites the expected
// texts.

#include <cmath>

#include "compiler/math/render.h"
#include "compiler/plan/cost.h"
#include "support/catch.h"
#include "support/golden.h"
#include "support/run_model.h"

namespace lmmdsl::testing {
namespace {

std::string root_path(const std::string& file) { return std::string(LMMDSL_ROOT) + "/" + file; }

TEST_CASE("plans read as their golden texts") {
  const auto golden = [](const std::string& name) {
    return fs::path(root_path("tests/golden/plan/" + name + ".expected"));
  };
  CHECK(agrees_with_golden(
      golden("randomized_block"),
      describe_plan(must(compile(must(read_file(root_path("models/randomized_block.lmm"))))))));
  BindOptions options;
  options.headers = {{"y", "diameter"}, {"g", "plate"}, {"h", "sample"}};
  CHECK(agrees_with_golden(golden("crossed"),
                           describe_plan(bind_files(root_path("models/crossed.lmm"),
                                                    root_path("examples/penicillin.csv"), options),
                                         true)));
  options.schedule = "auto";
  const Bound together =
      bind_files(root_path("models/crossed.lmm"), root_path("examples/penicillin.csv"), options);
  CHECK(agrees_with_golden(golden("crossed_together"), describe_plan(together)));
  CHECK(agrees_with_golden(
      golden("bivariate_response"),
      describe_plan(must(compile(must(read_file(root_path("models/bivariate_response.lmm"))))))));
}

Cost sweep_cost(const Program& program) {
  Cost cost;
  for (const PlanStep& step : program.plan.steps)
    cost += cost_of(program.plan, step.refresh, length_without_data);
  return cost;
}

TEST_CASE("operations are counted as one counts them") {
  const Expr A = symbol(1, "A", matrix_shape({3}, {2}), once_plate(), false, false);
  const Expr v = symbol(2, "v", vector_shape({2}), factor_plate({7}), false, false);
  const Expr S = symbol(3, "S", matrix_shape({4}, {4}), once_plate(), false, true);
  const Expr s = symbol(4, "s", scalar_shape(), once_plate(), true, false);
  struct Row {
    Expr e;
    double each;
    bool on_plate;
  };
  const Row rows[] = {
      {multiply({A, v}), 2 * 3 * 2, true},         // three scalar products of length 2
      {multiply({s, A, v}), 2 * 3 * 2 + 3, true},  // and each times s
      {add({v, v}), 2, true},
      {inverse(S), 64, false},
      {power(s, 2), 1, false},
      {power(s, -1), 1, false},
      {transpose(A), 0, false},
      {sum_over(v, factor_plate({7}), once_plate()), 2, true},  // for each term
  };
  for (const Row& row : rows) {
    const Cost cost = cost_of(row.e, length_without_data);
    CAPTURE(render(row.e, nullptr));
    CHECK(cost.total([](const Plate& plate) { return plate.once() ? 1u : 10u; }) ==
          row.each * (row.on_plate ? 10 : 1));
    CHECK_FALSE(cost.open);
  }
}

// Sufficient statistics: the rows do not enter the cost of a sweep. Without them they do.
TEST_CASE("statistics take the rows out of the cost of a sweep") {
  const auto has_rows = [](const Cost& cost) {
    return std::any_of(cost.terms.begin(), cost.terms.end(),
                       [](const auto& term) { return term.first.rows; });
  };
  for (const char* name : {"randomized_block", "growth_curve", "crossed", "bivariate_response"}) {
    CAPTURE(name);
    Program program =
        must(compile(must(read_file(root_path("models/" + std::string(name) + ".lmm")))));
    CHECK_FALSE(has_rows(sweep_cost(program)));
    program.plan = lower(*program.model, program.conditionals, program.schedule, {.hoist = false});
    CHECK(has_rows(sweep_cost(program)));
    CHECK(describe_plan(program).find("rows: visited each sweep") != std::string::npos);
  }
}

TEST_CASE("names of statistics are not names of the model") {
  const std::string plan =
      describe_plan(must(compile(text("m.lmm",
                                      "data y : real\ndata g : factor\ny ~ Normal(S1[g] + R1, 1)\n"
                                      "S1[g] ~ Normal(0, 1)\nR1 ~ Normal(0, 1)\n"))));
  CHECK(plan.find("S2[g] = sum(y, by g)") != plan.npos);
}

TEST_CASE("lengths that data decide are counted when they are known") {
  const char* model =
      "data y : real\ndata g : factor\nX = [1, g]\ny ~ Normal(X * b, s^2)\n"
      "b ~ Normal(0, 100)\ns^2 ~ InverseGamma(1, 1)\n";
  const Program program = must(compile(text("m.lmm", model)));
  CHECK(describe_plan(program).find("more with the numbers of levels") != std::string::npos);
  const Bound bound =
      bind_texts(text("m.lmm", model), text("d.csv", "y,g\n1,a\n2,a\n3,b\n4,c\n5,c\n"));
  const std::string plan = describe_plan(bound);
  CHECK(plan.find("more with the numbers of levels") == plan.npos);
  CHECK(plan.find("Cholesky of a 3 x 3 matrix") != plan.npos);
}

}  // namespace
}  // namespace lmmdsl::testing
