// lmmdsl completion SHELL: what makes a shell complete command lines of lmmdsl.

#include <fmt/format.h>

#include "lmmdsl/console.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/shell/completion.h"

namespace lmmdsl {
namespace {

int execute_completion(const Arguments& arguments) {
  const std::string& name = arguments.operands[0];
  std::vector<std::string> names;
  for (const Shell& shell : shells()) {
    names.push_back(shell.name);
    if (shell.name != name) continue;
    out(shell.script());
    return 0;
  }
  return report_and_code({plain_error(
      ExitCode::command_line, fmt::format("there is no completion for `{}`", printable(name, 40)),
      fmt::format("shells: {}", fmt::join(names, ", ")))});
}

}  // namespace

Command completion_command() {
  std::string names, uses;
  for (const Shell& shell : shells()) {
    names += (names.empty() ? "" : "|") + shell.name;
    uses += "  " + shell.doc + '\n';
  }
  return {
      "completion",
      names,
      1,
      1,
      "print what makes a shell complete command lines",
      {},
      "An installed lmmdsl has these scripts where the shells look for them.\n\nExamples:\n" + uses,
      execute_completion};
}

}  // namespace lmmdsl
