// A plan whose responses were replaced against the plan bound to these responses: what both compute
// from the same parameters.
#include "runtime/renewed_plan.h"

#include <cmath>
#include <string>

#include "compiler/math/render.h"
#include "runtime/simulate.h"
#include "support/catch.h"
#include "support/joint_models.h"
#include "support/run_model.h"

namespace lmmdsl::testing {
namespace {

/// Element by element: what is the same for all elements may be kept once in one of both.
void check_same(const BoundPlan& a, const Machine& of_a, const BoundPlan& b, const Machine& of_b,
                int v) {
  const PlanValue& value = a.plan->values[v];
  const auto absent = [&](const BoundPlan& bound) {
    return value.constant ? bound.constants[v].empty()
                          : !bound.fusion.inside.empty() && bound.fusion.inside[v];
  };
  if (absent(a) || absent(b)) return;
  INFO(render(value.expr, a.model));
  const std::size_t block = a.sizes[v].block();
  for (std::size_t e = 0; e < std::max(a.sizes[v].elements, b.sizes[v].elements); ++e) {
    for (std::size_t i = 0; i < block; ++i) {
      const double x = of_a.value(v)[(a.sizes[v].shared ? 0 : e * block) + i];
      const double y = of_b.value(v)[(b.sizes[v].shared ? 0 : e * block) + i];
      if (!(x == y || (std::isnan(x) && std::isnan(y)))) CHECK(x == Approx(y).epsilon(1e-9));
    }
  }
}

void set_parameters(Machine& machine, const Model& model, const State& state) {
  for (const SymbolId p : model.unknowns())
    std::ranges::copy(state.values[p], machine.parameter(p));
  machine.run_all();
}

void check_renewals(const JointModel& of, const char* schedule) {
  const Bound bound = bind_texts(text("joint.lmm", kJointColumns + of.model),
                                 text("frame.csv", joint_table()), {.schedule = schedule});
  const Model& model = *bound.program->model;
  const Simulator simulator = must(Simulator::make(model, bound.data));
  RenewedPlan renewed(*bound.plan, simulator.draw({.seed = 1}).responses);
  for (std::uint64_t seed = 2; seed < 5; ++seed) {
    const JointDraw drawn = simulator.draw({.seed = seed});
    REQUIRE(drawn.failure == "");
    renewed.renew(drawn.responses);
    set_parameters(renewed.machine(), model, drawn.state);
    const auto bound_anew =
        must(bind_plan(model, bound.program->plan, replace_columns(*bound.data, drawn.responses)));
    Machine machine(*bound_anew);
    set_parameters(machine, model, drawn.state);
    for (std::size_t v = 0; v < bound.program->plan.values.size(); ++v)
      check_same(renewed.bound(), renewed.machine(), *bound_anew, machine, static_cast<int>(v));
  }
}

TEST_CASE("a plan whose responses are replaced computes what one bound to them does") {
  for (const auto* models : {&joint_models(), &augmented_models(), &mixture_models()}) {
    for (const JointModel& model : *models) {
      for (const char* schedule : {"textbook", "marginal"}) {
        INFO(model.claim << ", " << schedule);
        check_renewals(model, schedule);
      }
    }
  }
}

}  // namespace
}  // namespace lmmdsl::testing
