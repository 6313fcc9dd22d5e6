#include "lmmdsl/commands.h"

#include <fmt/format.h>

#include <exception>
#include <new>
#include <string_view>

#include "lmmdsl/command_line.h"
#include "lmmdsl/console.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/lmmdsl.h"

namespace lmmdsl {
namespace {

constexpr int kCommandLine = static_cast<int>(ExitCode::command_line);

const Command* find_command(const std::string& name) {
  for (const Command& command : commands())
    if (command.name == name) return &command;
  return nullptr;
}

int unknown_command(const std::string& word) {
  std::vector<std::string> names;
  for (const Command& command : commands()) names.push_back(command.name);
  std::string near = nearest(word, names);
  if (word.starts_with('-')) near = nearest(word, {"--help", "--version"});
  return report_and_code(
      {plain_error(ExitCode::command_line,
                   fmt::format("`{}` is not {} of lmmdsl", printable(word),
                               word.starts_with('-') ? "an option" : "a command"),
                   near.empty() ? "`lmmdsl --help` lists the commands"
                                : fmt::format("did you mean `{}`?", near))});
}

int dispatch(const std::vector<std::string>& words) {
  if (words.empty()) {
    err(help());
    return kCommandLine;
  }
  const std::string& first = words.front();
  if (first == "--help" || first == "-h") {
    out(help());
    return 0;
  }
  if (first == "--version") {
    out(fmt::format("lmmdsl {}\n", version()));
    return 0;
  }
  const Command* command = find_command(first);
  if (command == nullptr) return unknown_command(first);
  const Result<Arguments> arguments =
      parse_arguments(*command, std::vector<std::string>(words.begin() + 1, words.end()));
  if (!arguments) return report_and_code(arguments.diagnostics);
  if (arguments->has("--help")) {
    out(help(*command));
    return 0;
  }
  return command->execute(*arguments);
}

int bug(std::string_view what) {
  constexpr std::string_view said = "this is a bug in lmmdsl: ";
  if (what.starts_with(said)) what.remove_prefix(said.size());
  std::string where = fmt::format("version {}, stage {}", version(), doing().stage);
  if (!doing().seed.empty()) where += ", seed " + doing().seed;
  return report_and_code(
      {plain_error(ExitCode::bug, fmt::format("{}{} ({})", said, what, where),
                   "please report it with the model and, if possible, the data")});
}

}  // namespace

const std::vector<Command>& commands() {
  static const std::vector<Command> table = {
      run_command(),        check_command(),  verify_command(),  simulate_command(),
      explain_command(),    step_command(),   graph_command(),   plan_command(),
      summary_command(),    report_command(), plot_command(),    derive_command(),
      predict_command(),    ppc_command(),    compare_command(), export_command(),
      new_command(),        doctor_command(), fmt_command(),     list_command(),
      completion_command(), manual_command(),
  };
  return table;
}

int run_program(const std::vector<std::string>& arguments) {
  int code;
  try {
    code = dispatch(arguments);
  } catch (const std::bad_alloc&) {
    code = report_and_code({plain_error(
        ExitCode::limit, fmt::format("out of memory (stage {})", doing().stage),
        "fewer or thinned draws (`--draws`, `--thin`) or fewer chains need less memory")});
  } catch (const LostText& lost) {
    code = report_and_code({lost_text_error(lost)});
  } catch (const std::exception& e) {
    code = bug(e.what());
  } catch (...) {
    code = bug("an unknown exception");
  }
  return close_output(code);
}

}  // namespace lmmdsl
