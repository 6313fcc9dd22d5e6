// lmmdsl manual: the manual page, written from the tables that --help prints.

#include <fmt/format.h>

#include <sstream>

#include "lmmdsl/command_line.h"
#include "lmmdsl/console.h"
#include "lmmdsl/lmmdsl.h"

namespace lmmdsl {
namespace {

/// The character of more than one byte at text[i], as troff names it; i moves to its last byte.
std::string named(const std::string& text, std::size_t& i) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const int more = byte(i) >= 0xF0 ? 3 : byte(i) >= 0xE0 ? 2 : 1;
  unsigned code = byte(i) & (0x3Fu >> more);
  for (int k = 0; k < more && i + 1 < text.size(); ++k) code = code << 6 | (byte(++i) & 0x3Fu);
  return fmt::format("\\[u{:04X}]", code);
}

/// Text for troff: backslashes, hyphens that are typed, characters beyond ASCII, and lines that
/// begin as requests do.
std::string roff(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool first = i == 0 || text[i - 1] == '\n';
    if (first && (text[i] == '.' || text[i] == '\'')) result += "\\&";
    if (text[i] == '\\') result += "\\e";
    else if (text[i] == '-') result += "\\-";
    else if (text[i] == '^') result += "\\(ha";
    else if (text[i] == '~') result += "\\(ti";
    else if (text[i] == '`') result += "\\(ga";
    else if (static_cast<unsigned char>(text[i]) >= 0xC0) result += named(text, i);
    else result += text[i];
  }
  return result;
}

/// The paragraphs below the options in --help: indented lines are as they stand, a line that ends
/// in a word and a colon before them is a heading of theirs.
std::string paragraphs(const std::string& text) {
  std::string result;
  bool as_is = false, between = true;
  const auto end_as_is = [&] {
    if (as_is) result += ".EE\n";
    as_is = false;
  };
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) {
      end_as_is();
      between = true;
      continue;
    }
    if (line.starts_with("  ")) {
      if (!as_is) result += between ? ".PP\n.EX\n" : ".EX\n";
      as_is = true;
      result += roff(line) + '\n';
    } else {
      end_as_is();
      if (between) result += ".PP\n";
      result += roff(line) + '\n';
    }
    between = false;
  }
  end_as_is();
  return result;
}

std::string option(const OptionRow& row) {
  std::string text = ".TP\n.B " + roff(row.name);
  if (!row.value.empty())
    text += row.without.empty() ? " \\fI" + roff(row.value) + "\\fP"
                                : " \\fR[\\fI" + roff(row.value) + "\\fR]";
  if (!row.short_name.empty()) text += "\\fR, \\fB" + roff(row.short_name) + "\\fP";
  return text + '\n' + roff(row.doc) + '\n';
}

std::string section(const Command& command) {
  std::string text = fmt::format(
      ".SS \"lmmdsl {}{}\"\n{}.\n", roff(command.name),
      command.operands.empty() ? "" : " " + roff(command.operands),
      roff(static_cast<char>(std::toupper(command.summary[0])) + command.summary.substr(1)));
  for (const OptionRow& row : command.options) text += option(row);
  return text + paragraphs(command.more);
}

std::string manual() {
  std::string text = fmt::format(
      ".\\\" Written by `lmmdsl manual` from the tables of the program.\n"
      ".TH LMMDSL 1 \"\" \"lmmdsl {}\" \"User Commands\"\n"
      ".SH NAME\nlmmdsl \\- {}\n"
      ".SH SYNOPSIS\n",
      version(), roff(kProgramSummary));
  for (const Command& command : commands())
    text += fmt::format(".br\n.B lmmdsl {}\n.I {}\n", roff(command.name),
                        roff((command.options.empty() ? "" : "[options] ") + command.operands));
  text +=
      ".SH DESCRIPTION\n"
      "A model file says which columns the data have, "
      "what is unknown, and which distribution each\n"
      "thing has. From it the program derives the full conditional distribution of every unknown,\n"
      "shows the derivation, checks it numerically, and samples from the posterior by Gibbs\n"
      "sampling.\n"
      ".PP\n"
      "Every command has\n.BR \\-\\-help ,\nwhich prints its section of this page.\n"
      ".SH COMMANDS\n";
  for (const Command& command : commands()) text += section(command);
  text += ".SH EXIT STATUS\n";
  for (const ExitCodeRow& row : exit_codes())
    text += fmt::format(".TP\n.B {}\n{}.\n", roff(row.code), roff(row.meaning));
  text +=
      ".SH ENVIRONMENT\n"
      ".TP\n.B NO_COLOR\nIf it is set and not empty, no colour is written.\n"
      ".TP\n.B TERM\nColour is written to terminals only, and not if this is\n.BR dumb .\n"
      ".SH FILES\n"
      ".TP\n.I *.lmm\nModels.\n"
      ".TP\n.IR DIR \" of \" \"lmmdsl run \\-\\-out\"\n"
      "A run: draws, summaries, and\n.BR run.json ,\nwhich has all that it takes to repeat it.\n";
  return text;
}

int execute_manual(const Arguments&) {
  out(manual());
  return 0;
}

}  // namespace

Command manual_command() {
  return {"manual",
          "",
          0,
          0,
          "print the manual page, in the language of man",
          {},
          "Examples:\n"
          "  lmmdsl manual | man -l -\n"
          "  lmmdsl manual > lmmdsl.1\n",
          execute_manual};
}

}  // namespace lmmdsl
