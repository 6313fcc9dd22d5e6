// lmmdsl check MODEL [DATA]: all that can be known without sampling.

#include <fmt/format.h>

#include <algorithm>

#include "lmmdsl/commands.h"
#include "lmmdsl/console.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/load.h"
#include "lmmdsl/verify_text.h"

namespace lmmdsl {
namespace {

std::string plural(std::size_t n, const char* one, const char* many) {
  return fmt::format("{} {}", n, n == 1 ? one : many);
}

std::string all_well(const std::string& file, const Model& model) {
  return fmt::format("{}: {}, {}, no errors\n", printable(file),
                     plural(model.parameters().size(), "parameter", "parameters"),
                     plural(model.stated.size(), "density", "densities"));
}

int execute_check(const Arguments& arguments) {
  const Result<std::vector<Setting>> settings = model_options(arguments);
  if (!settings) return report_and_code(settings.diagnostics);
  const Result<DataOptions> options = data_options(arguments);
  if (!options) return report_and_code(options.diagnostics);
  const std::string& model_file = arguments.operands[0];
  if (arguments.operands.size() == 1) {
    for (const OptionRow& row : kDataOptionRows)
      if (arguments.has(row.name))
        return report_and_code(
            {plain_error(ExitCode::command_line,
                         fmt::format("`{}` says how data are read: name a data file", row.name))});
    const Result<Program> program = load_program(model_file, *settings);
    if (const int code = report_and_code(program.diagnostics)) return code;
    out(all_well(model_file, *program->model));
    return 0;
  }
  const Result<Loaded> loaded = load(model_file, arguments.operands[1], *settings, *options);
  if (const int code = report_and_code(loaded.diagnostics)) return code;
  const Bound& bound = loaded->bound;
  const Model& model = *bound.program->model;
  doing().stage = "check";
  const CheckReport check = check_identities(bound, identity_states(bound.data->rows()));
  out(all_well(model_file, model));
  out(fmt::format("{}: {}\n\n", printable(arguments.operands[1]), describe_data(bound)));
  out(check.symbols + '\n');
  if (check.failure) return report_and_code({*check.failure});
  out(identities_text(model, check, colour_on_output()));
  if (check.passed) return 0;
  return report_and_code(
      {plain_error(ExitCode::bug,
                   fmt::format("this is a bug in lmmdsl: a density is not what the model says "
                               "(version {}, stage check, seed 1)",
                               version()),
                   "please report it with the model and, if possible, the data")});
}

std::vector<OptionRow> check_options() {
  std::vector<OptionRow> rows = kModelOptionRows;
  rows.insert(rows.end(), kDataOptionRows.begin(), kDataOptionRows.end());
  return rows;
}

}  // namespace

Command check_command() {
  return {
      "check",
      "MODEL [DATA]",
      1,
      2,
      "find mistakes in a model, and in data for it",
      check_options(),
      "With data it also binds them, lists the symbols with plate, shape and role, and verifies "
      "at random\nstates that each full conditional belongs to the joint density.\n"
      "\n"
      "Examples:\n"
      "  lmmdsl check radon.lmm\n"
      "  lmmdsl check radon.lmm radon.csv\n",
      execute_check};
}

}  // namespace lmmdsl
