// Standard output and standard error of the program: every write is checked, and colour goes to
// terminals only. Nothing but main.cc and the commands prints.
#pragma once

#include <string>
#include <string_view>

#include "grammar/diagnostic.h"

namespace lmmdsl {

/// Writes to standard output. A failure is remembered for close_output; later writes do nothing.
void out(std::string_view text);

/// Writes to standard error; a failure is of no consequence.
void err(std::string_view text);

/// Messages to standard error, in colour if it is a terminal.
void report(const Diagnostics& diagnostics);

/// Reports, and gives the exit code that the first error leads to; 0 without errors.
int report_and_code(const Diagnostics& diagnostics);

/// Whether output, or error output, is a terminal that shows colour: not with NO_COLOR set, nor
/// with TERM=dumb.
bool colour_on_output();
bool colour_on_error();
bool error_is_terminal();

/// The exit code of the program, given that of the command: 3 with a message when standard output
/// could not be written. A reader who has seen enough (`| head`) is no failure.
int close_output(int code);

/// What is being done, for the message about a bug.
struct Doing {
  const char* stage = "command line";
  std::string seed;  ///< empty: none yet
};
Doing& doing();

}  // namespace lmmdsl
