// `verify`: the identity on the model as it is; then, on the model with proper priors and with
// functions of the responses held fixed, calibration and the joint law by exact rank tests.
#include <algorithm>

#include "compiler/model/hold.h"
#include "lmmdsl/lmmdsl.h"
#include "lmmdsl/proper_priors.h"

namespace lmmdsl {

namespace {

RankSettings calibration(const VerifySettings& s) {
  return {.new_responses = false,
          .replicates = s.replicates,
          .states = 32,
          .thin = 10,
          .seed = s.seed,
          .threads = s.threads};
}

RankSettings joint_law(const VerifySettings& s) {
  return {.new_responses = true,
          .replicates = s.replicates,
          .states = 32,
          .thin = 1,
          .seed = s.seed,
          .threads = s.threads};
}

/// Errors in the model that was made for the simulations are about statements that the user has not
/// written.
Diagnostics about_simulations(Diagnostics diagnostics) {
  std::erase_if(diagnostics, [](const Diagnostic& d) { return d.severity != Severity::error; });
  for (Diagnostic& d : diagnostics)
    d.notes.push_back(
        {"the identity of the conditionals was verified, the rest needs simulated data"});
  return diagnostics;
}

/// The plan of the reversed schedule, bound to the same data.
Result<std::shared_ptr<const BoundPlan>> bind_reversed(const Bound& bound, Plan& backward) {
  const Program& program = *bound.program;
  const Schedule schedule = reversed(program.schedule, program.conditionals);
  backward = lower(*program.model, program.conditionals, schedule);
  const std::string stale = verify(backward, *program.model);
  if (!stale.empty())
    return plain_error(ExitCode::bug, "this is a bug in lmmdsl (stage plan): " + stale);
  return bind_plan(*program.model, backward, bound.data);
}

bool passes(const RankResult& result, double critical) {
  for (const RankedQuantity& q : result.quantities)
    if (q.p < critical || !q.moves) return false;
  return !result.interrupted;
}

}  // namespace

int default_replicates(std::size_t rows) {
  return static_cast<int>(
      std::clamp<std::size_t>(200'000 / std::max<std::size_t>(1, rows), 100, 1000));
}

std::uint64_t verify_sweeps(int replicates) {
  VerifySettings settings;
  settings.replicates = replicates;
  return sweeps_of(calibration(settings)) + sweeps_of(joint_law(settings));
}

Diagnostics verify(const Bound& bound, const VerifySettings& wanted, Progress& progress,
                   VerifyReport& report) {
  VerifySettings settings = wanted;
  if (settings.replicates == 0) settings.replicates = default_replicates(bound.data->rows());
  report = {};
  report.check = check_identities(bound, identity_states(bound.data->rows()), settings.seed);
  if (report.check.failure) return {*report.check.failure};
  if (!report.check.passed) return {};

  Result<ProperModel> proper = with_proper_priors(bound, settings.seed);
  if (!proper) return about_simulations(proper.diagnostics);
  report.replaced = proper->replaced;
  Result<Program> program = compile(proper->source, bound.program->settings);
  if (!program) return about_simulations(program.diagnostics);
  Held held = hold_functions_of_responses(*program->model);
  report.held = held.constants;
  program = compile(program->ast, std::move(held.model));
  if (!program) return about_simulations(program.diagnostics);
  BindOptions options = settings.bind;
  options.tables.clear();  // the table that is bound has their columns
  const Result<Bound> simulated = bind(std::move(*program), Table(*bound.table), options);
  if (!simulated) return about_simulations(simulated.diagnostics);
  Plan backward_plan;
  const auto backward = bind_reversed(*simulated, backward_plan);
  if (!backward) return about_simulations(backward.diagnostics);

  const auto run = [&](const RankSettings& s, RankResult& into) {
    Result<RankResult> result = rank_test(*simulated->plan, **backward, s, progress);
    if (!result) return about_simulations(result.diagnostics);
    into = std::move(*result);
    return into.failure ? about_simulations({*into.failure}) : Diagnostics{};
  };
  Diagnostics errors = run(calibration(settings), report.calibration);
  if (errors.empty() && !progress.stop) errors = run(joint_law(settings), report.joint_law);
  const std::size_t tests =
      report.calibration.quantities.size() + report.joint_law.quantities.size();
  report.critical = settings.risk / static_cast<double>(std::max<std::size_t>(1, tests));
  report.interrupted = progress.stop;
  report.verified = errors.empty() && !report.interrupted &&
                    passes(report.calibration, report.critical) &&
                    passes(report.joint_law, report.critical);
  return errors;
}

}  // namespace lmmdsl
