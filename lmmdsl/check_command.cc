// lmmdsl check MODEL [DATA]: all that can be known without sampling.

#include <fmt/format.h>

#include "lmmdsl/commands.h"
#include "lmmdsl/console.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/load.h"
#include "lmmdsl/text_table.h"

namespace lmmdsl {
namespace {

std::string plural(std::size_t n, const char* one, const char* many) {
  return fmt::format("{} {}", n, n == 1 ? one : many);
}

std::string all_well(const std::string& file, const Model& model) {
  return fmt::format("{}: {}, {}, no errors\n", printable(file),
                     plural(model.parameters().size(), "parameter", "parameters"),
                     plural(model.densities.size(), "density", "densities"));
}

/// The identity that proves each conditional: log joint minus log conditional does not change with
/// the parameter.
std::string identities(const Model& model, const CheckReport& check) {
  TextTable table({{"parameter"}, {"largest discrepancy", Align::right}, {"states", Align::right}});
  for (const IdentityResult& r : check.identities)
    table.add_row({model[r.parameter].spelling,
                   {fmt::format("{:.1e}", r.largest_discrepancy),
                    !(r.largest_discrepancy <= check.tolerance)},
                   std::to_string(r.states)});
  return fmt::format(
             "log joint - log conditional, at random states (relative; at most {:.0e} expected)\n",
             check.tolerance) +
         table.to_text(colour_on_output());
}

int execute(const Arguments& arguments) {
  const Result<DataOptions> options = data_options(arguments);
  if (!options) return report_and_code(options.diagnostics);
  const std::string& model_file = arguments.operands[0];
  if (arguments.operands.size() == 1) {
    if (!arguments.values.empty())
      return report_and_code({plain_error(
          ExitCode::command_line, fmt::format("`{}` says how data are read: name a data file",
                                              arguments.values.begin()->first))});
    const Result<Program> program = load_program(model_file);
    if (const int code = report_and_code(program.diagnostics)) return code;
    out(all_well(model_file, *program->model));
    return 0;
  }
  const Result<Loaded> loaded = load(model_file, arguments.operands[1], *options);
  if (const int code = report_and_code(loaded.diagnostics)) return code;
  const Bound& bound = loaded->bound;
  const Model& model = *bound.program->model;
  doing().stage = "check";
  const CheckReport check = check_identities(bound);
  out(all_well(model_file, model));
  out(fmt::format("{}: {}\n\n", printable(arguments.operands[1]), describe_data(bound)));
  out(check.symbols + '\n');
  out(identities(model, check));
  if (check.passed) return 0;
  return report_and_code({plain_error(
      ExitCode::bug,
      fmt::format("this is a bug in lmmdsl: a conditional does not belong to the joint density "
                  "(version {}, stage check, seed 1)",
                  version()),
      "please report it with the model and, if possible, the data")});
}

}  // namespace

Command check_command() {
  return {
      "check",
      "MODEL [DATA]",
      1,
      2,
      "find mistakes in a model, and in data for it",
      kDataOptionRows,
      "With data it also binds them, lists the symbols with plate, shape and role, and verifies "
      "at random\nstates that each full conditional belongs to the joint density.\n"
      "\n"
      "Examples:\n"
      "  lmmdsl check radon.lmm\n"
      "  lmmdsl check radon.lmm radon.csv\n",
      execute};
}

}  // namespace lmmdsl
