// lmmdsl plan MODEL [DATA]: how a sweep is computed, and what it costs.

#include <fmt/format.h>

#include "lmmdsl/commands.h"
#include "lmmdsl/console.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/load.h"

namespace lmmdsl {
namespace {

Result<std::string> planned(const Arguments& arguments, bool unicode,
                            const std::vector<Setting>& settings, const DataOptions& data) {
  const std::string& model_file = arguments.operands[0];
  if (arguments.operands.size() == 1) {
    for (const OptionRow& row : kDataOptionRows)
      if (arguments.has(row.name))
        return plain_error(ExitCode::command_line,
                           fmt::format("`{}` says how data are read: name a data file", row.name));
    Diagnostics wrong;
    check_schedule_without_data(arguments, wrong);
    if (!wrong.empty()) return wrong;
    const Result<Program> program = load_program(model_file, settings);
    if (!program || has_error(program.diagnostics)) return program.diagnostics;
    return {describe_plan(*program, unicode), program.diagnostics};
  }
  const Result<Loaded> loaded = load(model_file, arguments.operands[1], settings, data);
  if (!loaded || has_error(loaded.diagnostics)) return loaded.diagnostics;
  return {describe_plan(loaded->bound, unicode), loaded.diagnostics};
}

int execute_plan(const Arguments& arguments) {
  const Result<bool> unicode = unicode_format(arguments);
  const Result<std::vector<Setting>> settings = model_options(arguments);
  Result<DataOptions> data = data_options(arguments);
  const Result<std::string> schedule = schedule_option(arguments);
  Diagnostics wrong;
  for (const Diagnostics* more : std::initializer_list<const Diagnostics*>{
           &unicode.diagnostics, &settings.diagnostics, &data.diagnostics, &schedule.diagnostics})
    wrong.insert(wrong.end(), more->begin(), more->end());
  if (const int code = report_and_code(wrong)) return code;
  data->bind.schedule = *schedule;
  doing().stage = "plan";
  const Result<std::string> text = planned(arguments, *unicode, *settings, *data);
  if (const int code = report_and_code(text.diagnostics)) return code;
  out(*text);
  return 0;
}

}  // namespace

Command plan_command() {
  std::vector<OptionRow> options = {kFormatRow, kScheduleOptionRow};
  options.insert(options.end(), kModelOptionRows.begin(), kModelOptionRows.end());
  options.insert(options.end(), kDataOptionRows.begin(), kDataOptionRows.end());
  return {
      "plan",
      "MODEL [DATA]",
      1,
      2,
      "show how a sweep is computed: what once, what each time, at which cost",
      std::move(options),
      "Costs are operations on numbers, for each element of a plate, and in all when there are\n"
      "data. Without data the schedule is the textbook's, with data that of `run`.\n"
      "\n"
      "Examples:\n"
      "  lmmdsl plan radon.lmm\n"
      "  lmmdsl plan radon.lmm radon.csv --format unicode\n",
      execute_plan};
}

}  // namespace lmmdsl
