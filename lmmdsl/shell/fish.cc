// Completion in fish: a line for each command and each option.
#include <fmt/format.h>

#include "lmmdsl/command_line.h"
#include "lmmdsl/shell/completion.h"

namespace lmmdsl {
namespace {

std::string fish_quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') result += '\\';
    result += c;
  }
  return result + "'";
}

/// What takes the place of the files that fish offers unasked.
std::string candidates(const WordKind& kind) {
  switch (kind.kind) {
    case WordKind::any_of_words:
      return fmt::format(" -a '{}'", fmt::join(kind.words, " "));
    case WordKind::models:
      return " -a '(__fish_complete_suffix .lmm; __fish_complete_suffix .model)'";
    case WordKind::files:
      return " -a '(__fish_complete_path (commandline -ct))'";
    case WordKind::folders:
      return " -a '(__fish_complete_directories (commandline -ct))'";
    case WordKind::none:
    case WordKind::anything:
      break;
  }
  return "";
}

}  // namespace

std::string fish_completion() {
  std::string text =
      "# Completion of lmmdsl in fish, as `lmmdsl completion fish` prints it.\n\n"
      "complete -c lmmdsl -f\n"
      "complete -c lmmdsl -n __fish_use_subcommand -l help -s h -d 'the list of commands'\n"
      "complete -c lmmdsl -n __fish_use_subcommand -l version -d 'the version'\n";
  for (const Command& command : commands()) {
    text += fmt::format("\ncomplete -c lmmdsl -n __fish_use_subcommand -a {} -d {}\n", command.name,
                        fish_quoted(command.summary));
    const std::string here =
        fmt::format("complete -c lmmdsl -n '__fish_seen_subcommand_from {}'", command.name);
    for (const OptionRow& option : all_options(command)) {
      text += here + " -l " + option.name.substr(2);
      if (!option.short_name.empty()) text += " -s " + option.short_name.substr(1);
      // An optional value is given as --acf=50 only.
      if (!option.value.empty() && option.without.empty())
        text += " -x" + candidates(value_kind(option));
      text += " -d " + fish_quoted(option.doc) + '\n';
    }
    // Fish does not count operands: the candidates for any of them.
    std::string last;
    for (const WordKind& kind : operand_kinds(command)) {
      const std::string more = candidates(kind);
      if (!more.empty() && more != last) text += here + more + '\n';
      last = more;
    }
  }
  return text;
}

}  // namespace lmmdsl
