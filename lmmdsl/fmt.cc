// lmmdsl fmt FILE...: model files in one style.

#include <fmt/format.h>

#include <algorithm>

#include "lmmdsl/commands.h"
#include "lmmdsl/console.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/lmmdsl.h"
#include "lmmdsl/output.h"

namespace lmmdsl {
namespace {

enum class Mode { print, check, write };

Diagnostics check_options(const Arguments& arguments) {
  if (arguments.has("--check") && arguments.has("--write"))
    return {plain_error(ExitCode::command_line, "`--check` and `--write` do not go together")};
  const auto& files = arguments.operands;
  if (arguments.has("--write") && std::find(files.begin(), files.end(), "-") != files.end())
    return {plain_error(ExitCode::command_line, "standard input cannot be written in place")};
  return {};
}

/// Gives the exit code for one file.
int format_file(const std::string& file, Spelling spelling, Mode mode) {
  const Result<SourcePtr> source = read_file(file);
  if (const int code = report_and_code(source.diagnostics)) return code;
  const Result<std::string> text = format_model(*source, spelling);
  if (const int code = report_and_code(text.diagnostics)) return code;
  if (mode == Mode::print) {
    out(*text);
    return 0;
  }
  if (*text == (*source)->text()) return 0;
  if (mode == Mode::check) {
    out(printable(file) + '\n');
    return static_cast<int>(ExitCode::refused);
  }
  const Failure failure = replace_file(file, *text);
  return failure ? report_and_code({*failure}) : 0;
}

int execute_fmt(const Arguments& arguments) {
  if (const int code = report_and_code(check_options(arguments))) return code;
  doing().stage = "fmt";
  const Spelling spelling = arguments.has("--unicode") ? Spelling::unicode : Spelling::ascii;
  const Mode mode = arguments.has("--check")   ? Mode::check
                    : arguments.has("--write") ? Mode::write
                                               : Mode::print;
  int worst = 0;  // a wrong file does not keep the others from being formatted
  for (const std::string& file : arguments.operands)
    worst = std::max(worst, format_file(file, spelling, mode));
  return worst;
}

}  // namespace

Command fmt_command() {
  return {
      "fmt",
      "FILE...",
      1,
      -1,
      "print model files in the common style, comments kept",
      {{"--unicode", "", "write σ², Σ⁻¹ and Greek letters (else ASCII)"},
       {"--check", "", "print the names of files that would change; exit code 1 if there are any"},
       {"--write", "", "change the files", "-w"}},
      "Examples:\n"
      "  lmmdsl fmt radon.lmm\n"
      "  lmmdsl fmt -w --unicode *.lmm\n",
      execute_fmt};
}

}  // namespace lmmdsl
