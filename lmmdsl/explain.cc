// `explain` and the text forms of the stages.
#include "compiler/derive/explain.h"

#include <fmt/format.h>

#include "lmmdsl/lmmdsl.h"

namespace lmmdsl {

Result<std::string> explain(const Program& program, const ExplainOptions& options) {
  const Model& model = *program.model;
  const Notation notation = options.unicode ? Notation::unicode : Notation::ascii;
  std::string out;
  if (options.node.empty()) out = explain_model(model, notation);
  bool found = false;
  std::vector<std::string> names;
  for (const Conditional& c : program.conditionals) {
    const Symbol& s = model[c.target];
    names.push_back(s.name);
    if (!options.node.empty() && options.node != s.name && options.node != s.spelling) continue;
    found = true;
    if (!out.empty()) out += "\n";
    out += explain(model, c, notation);
  }
  if (!found && !options.node.empty()) {
    const std::string close = nearest(options.node, names);
    std::string known;
    for (const std::string& n : names) known += (known.empty() ? "" : ", ") + n;
    return plain_error(
        ExitCode::command_line, fmt::format("the model has no parameter `{}`", options.node),
        close.empty() ? "its parameters are " + known : fmt::format("did you mean `{}`?", close));
  }
  return out;
}

Result<std::string> stage_text(const Program& program, const std::string& stage) {
  const Model& model = *program.model;
  if (stage == "ast") return to_text(*program.ast);
  if (stage == "model") return to_text(model);
  if (stage == "conditionals") return to_text(model, program.conditionals);
  if (stage == "schedule") {
    return program.schedule.name + ": " + to_text(program.schedule, model, program.conditionals) +
           "\n";
  }
  if (stage == "plan") return to_text(program.plan, model);
  return plain_error(ExitCode::command_line, fmt::format("there is no stage `{}`", stage),
                     "the stages are ast, model, conditionals, schedule, plan");
}

}  // namespace lmmdsl
