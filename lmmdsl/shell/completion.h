// Completion of command lines in shells: scripts written from the table of commands, so that what a
// shell offers is what the program takes.
//
//     eval "$(lmmdsl completion bash)"
#pragma once

#include <string>
#include <vector>

#include "lmmdsl/commands.h"

namespace lmmdsl {

/// What the words after an option or a command can be.
struct WordKind {
  enum Kind { none, any_of_words, models, files, folders, anything } kind = none;
  std::string name;                ///< as help calls it: "MODEL"
  std::vector<std::string> words;  ///< of kind `any_of_words`
};

/// The value of an option, by its choices or by what help calls it: FILE, DIR, ...
WordKind value_kind(const OptionRow& option);

/// One for each operand, from its name in help; the last also stands for all that follow it where
/// there may be any number. "[bash|zsh|fish]" are words.
std::vector<WordKind> operand_kinds(const Command& command);

/// A shell: a row.
struct Shell {
  std::string name;
  std::string doc;  ///< how its script is used
  std::string (*script)();
};
const std::vector<Shell>& shells();

std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

}  // namespace lmmdsl
