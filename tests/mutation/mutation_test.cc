// Do the checks find mistakes? Errors are planted one by one (mutations.cc), and every check is
// run:
//
//   identity   of each conditional and of the log joint density, at random states
//   families   against Boost.Math (support/family_checks.h)
//   plan       the invariants of schedule and plan
//   oracle     natural parameters as computed by kernels, against the reference evaluator
//   ranks      calibration and the joint law
//
// The identity must find every error in how a conditional depends on its unknown, the families'
// checks every error of convention, and all together 95 % of all errors. Where nothing is planted
// no check may complain: the ranks do so by chance with probability below kRisk in the whole test.

#include <cmath>
#include <iostream>

#include "lmmdsl/text_table.h"
#include "mutation/mutations.h"
#include "runtime/draw_kind.h"
#include "runtime/initial.h"
#include "runtime/machine.h"
#include "support/catch.h"
#include "support/family_checks.h"
#include "support/joint_models.h"
#include "support/run_model.h"

namespace lmmdsl::testing {
namespace {

constexpr double kRisk = 1e-8;
constexpr double kMostComparisons = 100'000;

/// What each check says: it has found something.
struct Findings {
  bool identity = false, families = false, plan = false, oracle = false, ranks = false;
  bool any() const { return identity || families || plan || oracle || ranks; }
};

Program program_of(const Mutation& m) {
  const std::string& model = joint_models()[m.model].model;
  Program program = must(compile(text("mutant.lmm", kJointColumns + model)));
  if (m.change) {
    m.change(program);
    program.plan = lower(*program.model, program.conditionals, program.schedule);
  }
  if (m.schedule) {
    const Table table = must(read_table(text("frame.csv", joint_table())));
    const auto data = must(bind_data(*program.model, table));
    BindOptions options;
    options.schedule = m.schedule;
    REQUIRE(reschedule(program, options, *data) == "");
  }
  if (m.change_plan) m.change_plan(program);
  return program;
}

/// Natural parameters of every step against the conditional's own expressions.
bool oracle_disagrees(const Bound& bound) {
  const Model& model = *bound.program->model;
  const Evaluator oracle(model, *bound.data);
  Machine machine(*bound.plan);
  std::string failed;
  if (!start(*bound.plan, machine, 11, 0, failed)) return true;
  machine.run_all();
  for (std::size_t which = 0; which < bound.program->conditionals.size(); ++which) {
    const Conditional& c = bound.program->conditionals[which];
    const StepReader read(*bound.plan, static_cast<int>(which));
    for (std::size_t e = 0; e < bound.data->plate(c.plate).size; ++e) {
      const StepParameters found = read(machine, e);
      for (std::size_t k = 0; k < c.parameters.size(); ++k) {
        const Expr& p = c.parameters[k];
        const std::size_t at = p->plate.once()       ? 0
                               : p->plate == c.plate ? e
                                                     : bound.data->map(c.plate, p->plate)[e];
        const Matrix expected = oracle.evaluate(p, machine.state(), at);
        for (Eigen::Index i = 0; i < expected.size(); ++i)
          if (!(std::abs(found[k][i] - expected(i)) <=
                1e-8 * std::max(1.0, expected.cwiseAbs().maxCoeff())))
            return true;
      }
    }
  }
  return false;
}

bool ranks_complain(const Bound& bound) {
  const Program& program = *bound.program;
  const Plan backward =
      lower(*program.model, program.conditionals, reversed(program.schedule, program.conditionals));
  const auto backward_bound = must(bind_plan(*program.model, backward, bound.data));
  for (const bool new_responses : {false, true}) {
    Progress progress;
    const RankResult result = must(rank_test(*bound.plan, *backward_bound,
                                             {.new_responses = new_responses,
                                              .replicates = 600,
                                              .states = 32,
                                              .thin = new_responses ? 1 : 5,
                                              .seed = 5,
                                              .threads = cores()},
                                             progress));
    if (result.failure) return true;
    for (const RankedQuantity& q : result.quantities)
      if (!q.moves || !(q.p > kRisk / kMostComparisons)) return true;
  }
  return false;
}

/// A check that cannot go through has found something.
template <class Check>
bool finds(const Check& check) {
  try {
    return check();
  } catch (const std::exception&) {
    return true;
  }
}

Findings run_checks(const Mutation& m) {
  hooks() = {};
  if (m.plant) m.plant(hooks());
  Findings found;
  std::shared_ptr<const Bound> bound;
  found.plan = finds([&] {
    const Program program = program_of(m);
    // Nothing else can be run where a step is missing.
    if (!verify(program.schedule, *program.model, program.conditionals).empty()) return true;
    const bool wrong = !verify(program.plan, *program.model).empty();
    bound = std::make_shared<const Bound>(
        must(bind(Program(program), must(read_table(text("frame.csv", joint_table()))))));
    return wrong;
  });
  if (bound) {
    found.identity = finds([&] { return !check_identities(*bound, 10, 3).passed; });
    found.oracle = finds([&] { return oracle_disagrees(*bound); });
    found.ranks = finds([&] { return ranks_complain(*bound); });
  }
  if (m.plant) found.families = finds([] { return !FamilyChecks::problems().empty(); });
  hooks() = {};
  return found;
}

const char* mark(bool found) { return found ? "found" : ""; }

TEST_CASE("where nothing is planted, no check complains") {
  for (std::size_t model = 0; model < joint_models().size(); ++model) {
    INFO(joint_models()[model].claim);
    // A plant that changes nothing, so that the families are checked, too.
    const Findings found = run_checks({"", Kind::sampling, model, [](Hooks&) {}});
    CHECK_FALSE(found.identity);
    CHECK_FALSE(found.families);
    CHECK_FALSE(found.plan);
    CHECK_FALSE(found.oracle);
    CHECK_FALSE(found.ranks);
  }
}

TEST_CASE("planted errors are found") {
  const std::vector<Mutation> planted = mutations();
  REQUIRE(planted.size() >= 40);
  TextTable table({{"planted error"}, {"identity"}, {"families"}, {"plan"}, {"oracle"}, {"ranks"}});
  std::size_t found_by_any = 0;
  for (const Mutation& m : planted) {
    const Findings found = run_checks(m);
    found_by_any += found.any();
    table.add_row({m.name, mark(found.identity), mark(found.families), mark(found.plan),
                   mark(found.oracle), mark(found.ranks)});
    INFO(m.name);
    if (m.kind == Kind::value) CHECK(found.identity);
    if (m.kind == Kind::convention) CHECK(found.families);
  }
  std::cout << table.to_text() << found_by_any << " of " << planted.size() << " found\n";
  CHECK(static_cast<double>(found_by_any) >= 0.95 * static_cast<double>(planted.size()));
}

}  // namespace
}  // namespace lmmdsl::testing
