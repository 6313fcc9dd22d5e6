#include "lmmdsl/console.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "grammar/print.h"

namespace lmmdsl {
namespace {

int output_error = 0;  // errno of the first failed write

int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return 0;
}

bool colour_on(int fd) {
  const char* no_colour = std::getenv("NO_COLOR");
  if (no_colour != nullptr && *no_colour != '\0') return false;
  const char* terminal = std::getenv("TERM");
  if (terminal == nullptr || std::string_view(terminal) == "dumb") return false;
  return ::isatty(fd) == 1;
}

}  // namespace

void out(std::string_view text) {
  if (output_error == 0) output_error = write_all(STDOUT_FILENO, text);
}

void err(std::string_view text) { write_all(STDERR_FILENO, text); }

void report(const Diagnostics& diagnostics) {
  if (!diagnostics.empty()) err(print(diagnostics, {.colour = colour_on_error()}));
}

int report_and_code(const Diagnostics& diagnostics) {
  report(diagnostics);
  for (const Diagnostic& d : diagnostics)
    if (d.severity == Severity::error) return static_cast<int>(d.code);
  return 0;
}

bool colour_on_output() { return colour_on(STDOUT_FILENO); }
bool colour_on_error() { return colour_on(STDERR_FILENO); }
bool error_is_terminal() { return ::isatty(STDERR_FILENO) == 1; }

int close_output(int code) {
  // Some file systems tell of a full disk only on closing.
  if (output_error == 0 && ::close(STDOUT_FILENO) != 0 && errno != EBADF) output_error = errno;
  if (output_error == 0 || output_error == EPIPE) return code;
  report({plain_error(ExitCode::input_output, "cannot write to standard output: " +
                                                  std::generic_category().message(output_error))});
  return code != 0 ? code : static_cast<int>(ExitCode::input_output);
}

Doing& doing() {
  static Doing now;
  return now;
}

}  // namespace lmmdsl
