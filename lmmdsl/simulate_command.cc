// lmmdsl simulate MODEL DESIGN: a data table drawn from the model.

#include <fmt/format.h>

#include "lmmdsl/commands.h"
#include "lmmdsl/console.h"
#include "lmmdsl/load.h"
#include "lmmdsl/output.h"
#include "lmmdsl/state_json.h"
#include "lmmdsl/table_csv.h"

namespace lmmdsl {
namespace {

int execute_simulate(const Arguments& arguments) {
  const Result<std::vector<Setting>> constants = model_options(arguments);
  const Result<DataOptions> options = data_options(arguments);
  Diagnostics errors = constants.diagnostics;
  errors.insert(errors.end(), options.diagnostics.begin(), options.diagnostics.end());
  SimulateSettings settings;
  const Result<std::uint64_t> seed = seed_option(arguments);
  errors.insert(errors.end(), seed.diagnostics.begin(), seed.diagnostics.end());
  if (!errors.empty()) return report_and_code(errors);
  settings.seed = *seed;
  doing().seed = std::to_string(settings.seed);

  const Result<LoadedTable> loaded =
      load_table(arguments.operands[0], arguments.operands[1], *constants, *options);
  if (const int code = report_and_code(loaded.diagnostics)) return code;
  settings.bind = loaded->bind;
  if (arguments.has("--at")) {
    const Result<SourcePtr> at = read_file(arguments.get("--at"));
    if (!at) return report_and_code(at.diagnostics);
    settings.at = *at;
  }
  doing().stage = "simulate";
  const Result<Simulation> simulation = simulate(loaded->program, loaded->table, settings);
  if (const int code = report_and_code(simulation.diagnostics)) return code;

  doing().stage = "write";
  const std::string text = table_csv(loaded->table, simulation->responses);
  if (arguments.has("--parameters")) {
    const std::string state =
        state_json(*loaded->program.model, *simulation->data, simulation->state);
    if (const Failure failure = replace_file(arguments.get("--parameters"), state))
      return report_and_code({*failure});
  }
  if (!arguments.has("--out")) out(text);
  else if (const Failure failure = replace_file(arguments.get("--out"), text))
    return report_and_code({*failure});
  if (!arguments.has("--seed")) err(fmt::format("seed {}\n", settings.seed));
  return 0;
}

}  // namespace

Command simulate_command() {
  std::vector<OptionRow> options = {
      {"--seed", "N", "the same seed gives the same data (drawn, and shown)"},
      {"--at", "STATE.json", "parameters with these values; others are drawn from their priors"},
      {"--out", "FILE", "write the data to this file (standard output)", "-o"},
      {"--parameters", "FILE", "write the values of all parameters to this file, as JSON"},
  };
  options.insert(options.end(), kModelOptionRows.begin(), kModelOptionRows.end());
  options.insert(options.end(), kDataOptionRows.begin(), kDataOptionRows.end());
  return {
      "simulate",
      "MODEL DESIGN",
      2,
      2,
      "draw parameters and data from a model",
      options,
      "DESIGN is a table with the covariates and factors of the model. A response that it has is\n"
      "replaced, NA staying NA; one that it has not is added.\n"
      "\n"
      "STATE.json gives values by name: a number, an array for a vector, an array of rows for a\n"
      "matrix, an object by label for what repeats:\n"
      "  {\"sigma\": 3.2, \"theta\": [10, 2], \"beta\": {\"I\": [9, 2.1], \"II\": [11, 1.8]}}\n"
      "\n"
      "Examples:\n"
      "  lmmdsl simulate radon.lmm radon.csv --seed 1 -o simulated.csv\n"
      "  lmmdsl simulate radon.lmm design.csv --at state.json --parameters drawn.json\n",
      execute_simulate};
}

}  // namespace lmmdsl
