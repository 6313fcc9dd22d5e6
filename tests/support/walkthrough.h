// A page of text whose commands can be executed: README.md and examples/*.md.
//
//   an indented line "    lmmdsl ..."   a command; it goes on where a line ends in a backslash
//   further indented lines              what the command printed, in part
//   a block marked ```lmm               lines of the model that the next command runs
#pragma once

#include <cctype>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace lmmdsl::testing {

struct Command {
  int line = 0;                     ///< of the page, from 1
  std::string text;                 ///< "lmmdsl run ..."
  std::vector<std::string> quoted;  ///< lines quoted of its output, without the indentation
  std::vector<std::string> model;   ///< lines quoted of its model
};

inline std::string read_text(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + path);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

inline std::string trimmed(const std::string& s) {
  const auto begin = s.find_first_not_of(" \t\r");
  return begin == s.npos ? "" : s.substr(begin, s.find_last_not_of(" \t\r") - begin + 1);
}

/// A line of a model without its comment and without blanks at its ends.
inline std::string statement(const std::string& line) {
  return trimmed(line.substr(0, line.find('#')));
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// The contents of blocks that begin with ```MARK, one text a block.
inline std::vector<std::string> marked_blocks(const std::string& page, const std::string& mark) {
  std::vector<std::string> blocks;
  bool inside = false;
  for (const std::string& line : lines_of(page)) {
    if (trimmed(line) == "```" + mark) {
      inside = true;
      blocks.emplace_back();
    } else if (trimmed(line) == "```") {
      inside = false;
    } else if (inside) {
      blocks.back() += line + '\n';
    }
  }
  return blocks;
}

inline std::vector<Command> commands_of(const std::string& page) {
  std::vector<Command> commands;
  std::vector<std::string> model;
  bool fenced = false, in_model = false, continued = false, quoting = false;
  int number = 0;
  for (const std::string& line : lines_of(page)) {
    ++number;
    if (trimmed(line).starts_with("```")) {
      fenced = !fenced;
      in_model = fenced && trimmed(line) == "```lmm";
    } else if (fenced) {
      if (in_model && !statement(line).empty()) model.push_back(statement(line));
    } else if (line.starts_with("    ")) {
      std::string text = trimmed(line);
      const bool goes_on = text.ends_with("\\");
      if (goes_on) text = trimmed(text.substr(0, text.size() - 1));
      if (continued) {
        commands.back().text += " " + text;
      } else if (text.starts_with("lmmdsl ")) {
        commands.push_back({number, text, {}, model});
        model.clear();
      } else if (quoting) {
        commands.back().quoted.push_back(text);
      }
      continued = goes_on;
      quoting = !commands.empty() && (quoting || text.starts_with("lmmdsl "));
    } else if (!trimmed(line).empty()) {
      quoting = false;  // prose ends what is quoted
    }
  }
  return commands;
}

}  // namespace lmmdsl::testing
