// Completion in zsh: one call of _arguments for each command.
#include <fmt/format.h>

#include "lmmdsl/command_line.h"
#include "lmmdsl/shell/completion.h"

namespace lmmdsl {
namespace {

/// Within single quotes, and within the brackets and between the colons of a specification.
std::string zsh_quoted(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') result += '\\';
    result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return result;
}

std::string action(const WordKind& kind) {
  switch (kind.kind) {
    case WordKind::any_of_words:
      return fmt::format("({})", fmt::join(kind.words, " "));
    case WordKind::models:
      return "_files -g \"*.(lmm|model)\"";
    case WordKind::files:
      return "_files";
    case WordKind::folders:
      return "_files -/";
    case WordKind::none:
    case WordKind::anything:
      break;
  }
  return " ";
}

/// '(-o --out)'{-o,--out=}'[doc]:FILE:_files'
std::string specification(const OptionRow& option) {
  const bool short_name = !option.short_name.empty(), value = !option.value.empty();
  std::string excluded, names = option.name + (value ? "=" : "");
  if (short_name) {
    if (!option.repeatable) excluded = fmt::format("'({} {})'", option.short_name, option.name);
    names = fmt::format("{{{},{}}}", option.short_name, names);
  }
  std::string text = option.repeatable ? "'*'" : excluded;
  text += names + fmt::format("'[{}]", zsh_quoted(option.doc));
  if (value)
    text += fmt::format("{}{}:{}", option.without.empty() ? ":" : "::", zsh_quoted(option.value),
                        action(value_kind(option)));
  return text + "'";
}

std::string command_case(const Command& command) {
  std::string text = fmt::format("    {})\n      _arguments -s", command.name);
  for (const OptionRow& option : all_options(command))
    text += " \\\n        " + specification(option);
  const std::vector<WordKind> kinds = operand_kinds(command);
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const bool rest = i + 1 == kinds.size() && command.most < 0;
    const bool optional = static_cast<int>(i) >= command.least;
    text +=
        fmt::format(" \\\n        '{}{}{}:{}'", rest ? "*" : std::to_string(i + 1),
                    optional && !rest ? "::" : ":", zsh_quoted(kinds[i].name), action(kinds[i]));
  }
  return text + "\n      ;;\n";
}

}  // namespace

std::string zsh_completion() {
  std::string names, cases;
  for (const Command& command : commands()) {
    names += fmt::format("    '{}:{}'\n", command.name, zsh_quoted(command.summary));
    cases += command_case(command);
  }
  return fmt::format(
      "#compdef lmmdsl\n"
      "# Completion of lmmdsl in zsh, as `lmmdsl completion zsh` prints it.\n\n"
      "_lmmdsl() {{\n  local -a commands\n  commands=(\n{}  )\n"
      "  if ((CURRENT == 2)); then\n"
      "    _describe -t commands 'command' commands\n"
      "    _arguments '1: : ' '--help[the list of commands]' '--version[the version]'\n"
      "    return\n  fi\n"
      "  local command=$words[2]\n  shift words\n  ((CURRENT--))\n"
      "  case $command in\n{}  esac\n}}\n\n"
      "# In a file of a folder of $fpath it is called at once; evaluated, it is made known.\n"
      "if [[ $funcstack[1] == _lmmdsl ]]; then\n  _lmmdsl \"$@\"\nelse\n  compdef _lmmdsl lmmdsl\n"
      "fi\n",
      names, cases);
}

}  // namespace lmmdsl
