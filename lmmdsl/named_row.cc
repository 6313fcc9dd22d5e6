#include "lmmdsl/named_row.h"

#include <fmt/format.h>

#include "lmmdsl/display_width.h"

namespace lmmdsl {

Diagnostic unknown_name(const std::string& what, const std::string& name,
                        const std::vector<std::string>& names) {
  return plain_error(ExitCode::command_line,
                     fmt::format("there is no {} `{}`", what, printable(name, 40)),
                     fmt::format("{}s: {}", what, fmt::join(names, ", ")));
}

Diagnostic misspelt_name(const std::string& what, const std::string& name,
                         const std::vector<std::string>& names) {
  Diagnostic d = unknown_name(what, name, names);
  const std::string near = nearest(name, names);
  if (!near.empty()) d.hint = fmt::format("did you mean `{}`?", near);
  return d;
}

}  // namespace lmmdsl
