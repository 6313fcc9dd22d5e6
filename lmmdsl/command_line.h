// The words of a command line -> Arguments, and the help that goes with them.
#pragma once

#include <string>
#include <vector>

#include "grammar/diagnostic.h"
#include "lmmdsl/commands.h"

namespace lmmdsl {

/// Errors (ExitCode::command_line): options that the command does not have, with the nearest that
/// it has; values missing, or given to a switch; options given twice; too few or too many operands.
/// `--help` and `-h` are options of every command; with them nothing else is checked.
Result<Arguments> parse_arguments(const Command& command, std::vector<std::string> words);

/// What each exit code of the program means: "0", "done".
struct ExitCodeRow {
  std::string code, meaning;
};
const std::vector<ExitCodeRow>& exit_codes();

/// The options of a command with `--help`, which all have.
std::vector<OptionRow> all_options(const Command& command);

/// "--seed N", "--acf [LAG]", "--force".
std::string call_of(const OptionRow& option);

/// The first line of `--help`, and of the manual page.
extern const char* const kProgramSummary;

/// `lmmdsl --help` and `lmmdsl COMMAND --help`.
std::string help();
std::string help(const Command& command);

}  // namespace lmmdsl
