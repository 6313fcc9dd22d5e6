// lmmdsl verify MODEL DATA: that the sampler of this model and these data is right.

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "lmmdsl/commands.h"
#include "lmmdsl/console.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/load.h"
#include "lmmdsl/progress_bar.h"
#include "lmmdsl/signals.h"
#include "lmmdsl/verify_text.h"

namespace lmmdsl {
namespace {

struct VerifyOptions {
  std::vector<Setting> constants;
  DataOptions data;
  VerifySettings settings;
};

Result<VerifyOptions> verify_options(const Arguments& arguments) {
  VerifyOptions options;
  Diagnostics errors;
  const auto take = [&](auto result, auto& into) {
    errors.insert(errors.end(), result.diagnostics.begin(), result.diagnostics.end());
    if (result) into = std::move(*result);
  };
  std::uint64_t replicates = 0;
  std::uint64_t threads = std::max(1u, std::thread::hardware_concurrency());
  take(model_options(arguments), options.constants);
  take(data_options(arguments), options.data);
  take(schedule_option(arguments), options.data.bind.schedule);
  take(seed_option(arguments), options.settings.seed);
  if (arguments.has("--replicates"))
    take(whole_number("--replicates", arguments.get("--replicates"), 100, 1'000'000), replicates);
  if (arguments.has("--threads"))
    take(whole_number("--threads", arguments.get("--threads"), 1, 1024), threads);
  if (!errors.empty()) return errors;
  options.settings.replicates = static_cast<int>(replicates);
  options.settings.threads = static_cast<int>(threads);
  options.settings.bind = options.data.bind;
  return options;
}

std::string quantities(std::size_t n) {
  return fmt::format("{} {}", n, n == 1 ? "quantity" : "quantities");
}

std::string verdict(const VerifyReport& report, const VerifySettings& s) {
  const RankResult& c = report.calibration;
  return fmt::format(
      "verified: each full conditional belongs to the "
      "joint density; parameters that made data rank\n"
      "evenly among draws of their posterior, and sweeps "
      "alternated with new data keep the joint law\n"
      "({} replicates each, {}; seed {}). A right "
      "sampler fails this with probability below {:.0e}.\n",
      s.replicates, quantities(c.quantities.size()), s.seed, s.risk);
}

/// What does not fit, in words.
Diagnostic discrepancy(const Model& model, const VerifyReport& report, const VerifySettings& s) {
  std::string what;
  for (const IdentityResult& r : report.check.identities)
    if (what.empty() && !(r.states > 0 && r.largest_discrepancy <= report.check.tolerance))
      what = fmt::format("the full conditional of `{}` does not belong to the joint density",
                         model[r.parameter].spelling);
  if (what.empty() && !(report.check.log_joint_discrepancy <= report.check.tolerance))
    what = "the log joint density is not that of the model";
  const auto look = [&](const RankResult& result, const char* test) {
    const RankedQuantity* worst = nullptr;
    for (const RankedQuantity& q : result.quantities) {
      if (what.empty() && !q.moves) what = fmt::format("{} is never drawn", q.name);
      if (q.p < report.critical && (worst == nullptr || q.p < worst->p)) worst = &q;
    }
    if (what.empty() && worst != nullptr)
      what = fmt::format("the {} of {} is not as it must be (p at most {:.1e})", test, worst->name,
                         worst->p);
  };
  look(report.calibration, "calibration");
  look(report.joint_law, "joint law");
  return plain_error(ExitCode::bug,
                     fmt::format("this is a bug in lmmdsl: {} (version {}, stage verify, seed {})",
                                 what, version(), s.seed),
                     "please report it with the model and, if possible, the data");
}

int execute_verify(const Arguments& arguments) {
  const Result<VerifyOptions> options = verify_options(arguments);
  if (!options) return report_and_code(options.diagnostics);
  VerifySettings settings = options->settings;
  const std::string& model_file = arguments.operands[0];
  doing().seed = std::to_string(settings.seed);
  const Result<Loaded> loaded =
      load(model_file, arguments.operands[1], options->constants, options->data);
  if (const int code = report_and_code(loaded.diagnostics)) return code;
  const Bound& bound = loaded->bound;
  const Model& model = *bound.program->model;
  if (settings.replicates == 0) settings.replicates = default_replicates(bound.data->rows());
  const Program& program = *bound.program;
  out(fmt::format("{}\n  data      {}: {}\n  schedule  {}: {}\n\n", printable(model_file),
                  printable(arguments.operands[1]), describe_data(bound), program.schedule.name,
                  to_text(program.schedule, model, program.conditionals)));

  doing().stage = "verify";
  Progress progress;
  VerifyReport report;
  Diagnostics errors;
  {
    const StopOnSignal signals(progress.stop);
    const ProgressBar bar(progress, verify_sweeps(settings.replicates), error_is_terminal());
    errors = verify(bound, settings, progress, report);
  }
  const bool colour = colour_on_output();
  out(identities_text(model, report.check, colour));
  if (const std::string changes = changes_text(report); !changes.empty()) out('\n' + changes);
  if (const int signal = StopOnSignal::received()) {
    err(fmt::format("stopped by {}: nothing is verified\n", name_of_signal(signal)));
    return exit_code_of_signal(signal);
  }
  if (!errors.empty()) return report_and_code(errors);
  if (const std::string ranks = ranks_text(report, colour); !ranks.empty()) out('\n' + ranks);
  if (!report.verified) return report_and_code({discrepancy(model, report, settings)});
  out('\n' + verdict(report, settings));
  return 0;
}

}  // namespace

Command verify_command() {
  std::vector<OptionRow> rows = {
      {"--replicates", "N",
       "simulated data sets in each of the two tests (1000, fewer for long tables)"},
      {"--seed", "N", "the same seed gives the same verdict (drawn, and shown)"},
      kScheduleOptionRow,
      {"--threads", "N", "replicates run at the same time (as many as the machine can)"},
  };
  rows.insert(rows.end(), kModelOptionRows.begin(), kModelOptionRows.end());
  rows.insert(rows.end(), kDataOptionRows.begin(), kDataOptionRows.end());
  return {
      "verify",
      "MODEL DATA",
      2,
      2,
      "prove that the sampler of a model is right",
      rows,
      "Three proofs, on the model and the rows of the data:\n"
      "  identity     log joint - log conditional does not change with the unknown\n"
      "  calibration  parameters drawn from the priors rank evenly among draws of the posterior\n"
      "               given the data that they made\n"
      "  joint law    sweeps alternated with new data keep the law of parameters and data\n"
      "\n"
      "Exit code 0: verified; 1: the model cannot be; 70: a discrepancy, a bug of lmmdsl.\n"
      "\n"
      "Examples:\n"
      "  lmmdsl verify radon.lmm radon.csv\n"
      "  lmmdsl verify radon.lmm radon.csv --replicates 10000 --seed 1\n",
      execute_verify};
}

}  // namespace lmmdsl
