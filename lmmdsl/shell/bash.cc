// Completion in bash, without the package bash-completion.
//
// The script finds the command, the number of operands before the cursor and, after an option with
// a value, that option; one `case` then says what may follow.
#include <fmt/format.h>

#include "lmmdsl/command_line.h"
#include "lmmdsl/shell/completion.h"

namespace lmmdsl {
namespace {

/// The statement that puts the candidates for $cur into COMPREPLY.
std::string reply(const WordKind& kind) {
  switch (kind.kind) {
    case WordKind::any_of_words:
      return fmt::format("_lmmdsl_words '{}'", fmt::join(kind.words, " "));
    case WordKind::models:
      return "_lmmdsl_files lmm model";
    case WordKind::files:
      return "_lmmdsl_files";
    case WordKind::folders:
      return "_lmmdsl_folders";
    case WordKind::none:
    case WordKind::anything:
      break;
  }
  return ":";
}

std::string option_names(const Command& command) {
  std::string text;
  for (const OptionRow& option : all_options(command))
    text += (text.empty() ? "" : " ") + option.name;
  return text;
}

/// The patterns of all options of a command that take a value, with what it may be.
std::string values(const Command& command) {
  std::string text;
  for (const OptionRow& option : all_options(command)) {
    if (option.value.empty() || !option.without.empty()) continue;
    const std::string names =
        option.short_name.empty() ? option.name : option.name + '|' + option.short_name;
    text +=
        fmt::format("    {}:{}) {}; return ;;\n", command.name, names, reply(value_kind(option)));
  }
  return text;
}

std::string operands(const Command& command) {
  std::string text;
  const std::vector<WordKind> kinds = operand_kinds(command);
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const bool rest = i + 1 == kinds.size() && command.most < 0;
    text += fmt::format("    {}:{}) {} ;;\n", command.name, rest ? "*" : std::to_string(i),
                        reply(kinds[i]));
  }
  return text;
}

constexpr const char* kFunctions =
    R"(# Completion of lmmdsl in bash, as `lmmdsl completion bash` prints it.

_lmmdsl_words() { COMPREPLY=($(compgen -W "$1" -- "$cur")); }

_lmmdsl_folders() {
  compopt -o filenames 2>/dev/null
  local IFS=$'\n'
  COMPREPLY=($(compgen -d -- "$cur"))
}

# Files, with the endings that are given if any; and folders, in which they may be.
_lmmdsl_files() {
  compopt -o filenames 2>/dev/null
  local IFS=$'\n' ending
  if (($# == 0)); then
    COMPREPLY=($(compgen -f -- "$cur"))
    return
  fi
  COMPREPLY=($(compgen -d -- "$cur"))
  for ending; do COMPREPLY+=($(compgen -f -X "!*.$ending" -- "$cur")); done
}

)";

constexpr const char* kWords = R"(
  # Bash cuts words at `=`: --seed=3 is three of them.
  local cur=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} option= operands=0 i word
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    _lmmdsl_words "$commands --help --version"
    return
  fi
  for ((i = 2; i < COMP_CWORD; ++i)); do
    word=${COMP_WORDS[i]}
    if [[ $word == '=' ]]; then continue; fi
    if [[ $word == -?* ]]; then
      option=
      if [[ " $with_value " == *" $command:$word "* ]]; then option=$word; fi
    elif [[ -n $option ]]; then
      option=
    else
      ((++operands))
    fi
  done
  if [[ $cur == '=' ]]; then cur=; fi
)";

}  // namespace

std::string bash_completion() {
  std::string names, with_value, value_cases, option_cases, operand_cases;
  for (const Command& command : commands()) {
    names += (names.empty() ? "" : " ") + command.name;
    for (const OptionRow& option : all_options(command)) {
      if (option.value.empty() || !option.without.empty()) continue;
      with_value += fmt::format("\n    {}:{}", command.name, option.name);
      if (!option.short_name.empty())
        with_value += fmt::format(" {}:{}", command.name, option.short_name);
    }
    value_cases += values(command);
    option_cases +=
        fmt::format("      {}) _lmmdsl_words '{}' ;;\n", command.name, option_names(command));
    operand_cases += operands(command);
  }
  return fmt::format(
      "{}_lmmdsl() {{\n  local commands='{}'\n  local with_value='{}'\n"
      "  with_value=${{with_value//$'\\n'/ }}\n{}"
      "  case $command:$option in\n{}  esac\n"
      "  if [[ $cur == -* ]]; then\n    case $command in\n{}    esac\n    return\n  fi\n"
      "  case $command:$operands in\n{}  esac\n}}\n\n"
      "complete -F _lmmdsl lmmdsl\n",
      kFunctions, names, with_value, kWords, value_cases, option_cases, operand_cases);
}

}  // namespace lmmdsl
