// lmmdsl step MODEL DATA: the first sweeps of a run, worked by hand.

#include <fmt/format.h>

#include "lmmdsl/commands.h"
#include "lmmdsl/console.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/load.h"

namespace lmmdsl {
namespace {

constexpr std::uint64_t kMostWalkedSweeps = 1000;

Result<StepOptions> step_options(const Arguments& arguments) {
  StepOptions options;
  Diagnostics errors;
  const auto number = [&](const char* option, std::uint64_t least, std::uint64_t most) {
    const Result<std::uint64_t> value =
        whole_number(option, arguments.get(option, "1"), least, most);
    errors.insert(errors.end(), value.diagnostics.begin(), value.diagnostics.end());
    return value ? *value : 1;
  };
  options.sweeps = static_cast<int>(number("--sweeps", 1, kMostWalkedSweeps));
  options.seed = number("--seed", 0, ~std::uint64_t{0});
  const Result<bool> unicode = unicode_format(arguments);
  errors.insert(errors.end(), unicode.diagnostics.begin(), unicode.diagnostics.end());
  options.unicode = unicode && *unicode;
  for (const char* option : {"--node", "--level"})
    if (arguments.has(option) && arguments.get(option).empty())
      errors.push_back(plain_error(ExitCode::command_line,
                                   fmt::format("`{}` takes a name, not nothing", option)));
  options.node = arguments.get("--node");
  options.level = arguments.get("--level");
  options.exercise = arguments.has("--exercise");
  if (!errors.empty()) return errors;
  return options;
}

int execute_step(const Arguments& arguments) {
  const Result<StepOptions> options = step_options(arguments);
  const Result<std::vector<Setting>> settings = model_options(arguments);
  const Result<DataOptions> data = data_options(arguments);
  Diagnostics wrong = options.diagnostics;
  for (const Diagnostics* more : {&settings.diagnostics, &data.diagnostics})
    wrong.insert(wrong.end(), more->begin(), more->end());
  if (const int code = report_and_code(wrong)) return code;
  doing().seed = std::to_string(options->seed);
  const Result<Loaded> loaded =
      load(arguments.operands[0], arguments.operands[1], *settings, *data);
  if (const int code = report_and_code(loaded.diagnostics)) return code;
  doing().stage = "step";
  const Result<std::string> text = step(loaded->bound, *options);
  if (const int code = report_and_code(text.diagnostics)) return code;
  out(*text);
  return 0;
}

}  // namespace

Command step_command() {
  std::vector<OptionRow> options = {
      {"--sweeps", "N", "how many sweeps to work (1)"},
      {"--node", "NAME", "the steps of this parameter only"},
      {"--level", "LABEL", "this level of its plate in full; of a pair \"W1, A\" (the first)"},
      {"--seed", "N", "the draws of `run` with this seed, chain 1 (1)"},
      {"--exercise", "", "leave results blank, and print them at the end"},
      kFormatRow,
  };
  options.insert(options.end(), kModelOptionRows.begin(), kModelOptionRows.end());
  options.insert(options.end(), kDataOptionRows.begin(), kDataOptionRows.end());
  return {"step",
          "MODEL DATA",
          2,
          2,
          "work a sweep by hand: each conditional with numbers, its draw, the next",
          std::move(options),
          "Formulas are those of `explain`, draws those of `run --schedule textbook`.\n"
          "\n"
          "Examples:\n"
          "  lmmdsl step radon.lmm radon.csv\n"
          "  lmmdsl step radon.lmm radon.csv --node theta --level 3 --format unicode\n"
          "  lmmdsl step radon.lmm radon.csv --seed 7 --exercise\n",
          execute_step};
}

}  // namespace lmmdsl
