#include "lmmdsl/shell/completion.h"

#include <algorithm>
#include <sstream>

namespace lmmdsl {
namespace {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);)
    if (!part.empty()) parts.push_back(part);
  return parts;
}

bool is_lower(const std::string& word) {
  return std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

/// By what help calls it.
WordKind named_kind(const std::string& name) {
  if (name == "MODEL") return {WordKind::models, name, {}};
  if (name.starts_with("DIR")) return {WordKind::folders, name, {}};
  for (const char* file : {"FILE", "DATA", "DESIGN", "STATE.json", "PLACE", "NEWDATA"})
    if (name.starts_with(file)) return {WordKind::files, name, {}};
  return {WordKind::anything, name, {}};
}

}  // namespace

WordKind value_kind(const OptionRow& option) {
  if (option.value.empty()) return {};
  if (!option.choices.empty()) return {WordKind::any_of_words, option.value, option.choices};
  return named_kind(option.value);
}

std::vector<WordKind> operand_kinds(const Command& command) {
  std::vector<WordKind> kinds;
  const std::string& text = command.operands;
  if (text.find(" | ") != text.npos) {  // either of two forms: any file or folder
    for (int i = 0; i < command.most; ++i) kinds.push_back({WordKind::files, "PLACE", {}});
    return kinds;
  }
  for (std::string word : split(text, ' ')) {
    std::erase_if(word, [](char c) { return c == '[' || c == ']' || c == '.'; });
    if (word.empty()) continue;
    const std::vector<std::string> words = split(word, '|');
    if (std::all_of(words.begin(), words.end(), is_lower))
      kinds.push_back({WordKind::any_of_words, word, words});
    else kinds.push_back(named_kind(words[0]));
  }
  return kinds;
}

const std::vector<Shell>& shells() {
  static const std::vector<Shell> rows = {
      {"bash", "eval \"$(lmmdsl completion bash)\"  in ~/.bashrc", bash_completion},
      {"zsh", "eval \"$(lmmdsl completion zsh)\"  in ~/.zshrc, after compinit", zsh_completion},
      {"fish", "lmmdsl completion fish > ~/.config/fish/completions/lmmdsl.fish", fish_completion},
  };
  return rows;
}

}  // namespace lmmdsl
