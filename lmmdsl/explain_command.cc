// lmmdsl explain MODEL: the derivation of the sampler, or the text of one stage of the pipeline.

#include <fmt/format.h>

#include <algorithm>

#include "lmmdsl/commands.h"
#include "lmmdsl/console.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/load.h"

namespace lmmdsl {
namespace {

const std::vector<std::string> kStages = {"ast", "model", "conditionals", "schedule", "plan"};

Diagnostics check_options(const Arguments& arguments) {
  if (!arguments.has("--stage")) return {};
  const std::string stage = arguments.get("--stage");
  if (std::find(kStages.begin(), kStages.end(), stage) == kStages.end()) {
    const std::string near = nearest(stage, kStages);
    return {plain_error(ExitCode::command_line,
                        fmt::format("there is no stage `{}`", printable(stage, 40)),
                        near.empty() ? fmt::format("stages: {}", fmt::join(kStages, ", "))
                                     : fmt::format("did you mean `{}`?", near))};
  }
  for (const char* option : {"--node", "--unicode"})
    if (arguments.has(option))
      return {plain_error(ExitCode::command_line,
                          fmt::format("`{}` does not go with `--stage`", option))};
  return {};
}

int execute(const Arguments& arguments) {
  if (const int code = report_and_code(check_options(arguments))) return code;
  const Result<Program> program = load_program(arguments.operands[0]);
  if (const int code = report_and_code(program.diagnostics)) return code;
  doing().stage = "explain";
  const Result<std::string> text = arguments.has("--stage")
                                       ? stage_text(*program, arguments.get("--stage"))
                                       : explain(*program, {.node = arguments.get("--node"),
                                                            .unicode = arguments.has("--unicode")});
  if (const int code = report_and_code(text.diagnostics)) return code;
  out(*text);
  if (!text->ends_with('\n')) out("\n");
  return 0;
}

}  // namespace

Command explain_command() {
  return {"explain",
          "MODEL",
          1,
          1,
          "derive the full conditional of each parameter, step by step",
          {{"--node", "NAME", "this parameter only"},
           {"--unicode", "", "as on the page: θ, σ², Σ⁻¹"},
           {"--stage", "NAME", "the text of a stage: ast, model, conditionals, schedule, plan"}},
          "Examples:\n"
          "  lmmdsl explain radon.lmm\n"
          "  lmmdsl explain radon.lmm --node sigma --unicode\n"
          "  lmmdsl explain radon.lmm --stage plan\n",
          execute};
}

}  // namespace lmmdsl
