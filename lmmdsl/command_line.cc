#include "lmmdsl/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "lmmdsl/display_width.h"
#include "lmmdsl/text_table.h"

namespace lmmdsl {
namespace {

const OptionRow kHelp{"--help", "", "this help", "-h"};

Diagnostic command_line_error(const Command& command, std::string message, std::string hint = {}) {
  if (hint.empty()) hint = fmt::format("`lmmdsl {} --help` shows how it is called", command.name);
  return plain_error(ExitCode::command_line, std::move(message), std::move(hint));
}

Diagnostic unknown_option(const Command& command, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  std::vector<std::string> names;
  for (const OptionRow& option : all_options(command)) names.push_back(option.name);
  const std::string near = nearest(name, names);
  return command_line_error(command,
                            fmt::format("`{}` has no option `{}`", command.name, printable(name)),
                            near.empty() ? "" : fmt::format("did you mean `{}`?", near));
}

bool is_number(const std::string& word) {
  return !word.empty() && word.find_first_not_of("0123456789") == word.npos;
}

/// Gives options with an optional value one: an option that takes what follows only if it is a
/// number would otherwise swallow the name of a file.
void complete_optional_values(const Command& command, std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    for (const OptionRow& option : command.options) {
      if (option.without.empty() || words[i] != option.name) continue;
      const bool follows = i + 1 < words.size() && is_number(words[i + 1]);
      words[i] += '=' + (follows ? words[i + 1] : option.without);
      if (follows) words.erase(words.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
  }
}

/// `--quiet=3`: CLI11 takes any number as a switch's value.
Diagnostics switches_with_values(const Command& command, const std::vector<std::string>& words) {
  Diagnostics errors;
  for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i)
    for (const OptionRow& option : all_options(command))
      if (option.value.empty() && words[i].starts_with(option.name + "="))
        errors.push_back(
            command_line_error(command, fmt::format("`{}` takes no value", option.name)));
  return errors;
}

/// What CLI11 makes of one option.
struct Parsed {
  CLI::Option* option = nullptr;
  std::vector<std::string> values;
};

Diagnostic translate(const Command& command, const CLI::ParseError& error) {
  // CLI11 writes "--chains: 1 required TEXT missing" and the like.
  const std::string text = error.what();
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error)) {
    const std::string name = text.substr(0, text.find_first_of(": "));
    for (const OptionRow& option : all_options(command))
      if (option.name == name || option.short_name == name)
        return command_line_error(
            command, option.value.empty()
                         ? fmt::format("`{}` takes no value", option.name)
                         : fmt::format("`{} {}` lacks its value", option.name, option.value));
  }
  return command_line_error(command, printable(text));
}

Diagnostics operand_errors(const Command& command, const std::vector<std::string>& operands) {
  const int n = static_cast<int>(operands.size());
  if (n < command.least)
    return {command_line_error(
        command,
        fmt::format(
            "`{}` needs {}{}", command.name, command.operands,
            n == 0 ? "" : fmt::format(", and is given `{}` only", printable(operands.front()))))};
  if (command.most >= 0 && n > command.most)
    return {command_line_error(
        command,
        fmt::format("`{}` is one argument too many for `{}`",
                    printable(operands[static_cast<std::size_t>(command.most)]), command.name))};
  return {};
}

}  // namespace

Result<Arguments> parse_arguments(const Command& command, std::vector<std::string> words) {
  const std::vector<OptionRow> options = all_options(command);
  complete_optional_values(command, words);
  Diagnostics errors = switches_with_values(command, words);
  if (!errors.empty()) return errors;

  CLI::App app;
  app.set_help_flag();  // ours is a row like the others
  app.allow_extras();
  std::vector<Parsed> parsed(options.size());
  for (std::size_t i = 0; i < options.size(); ++i) {
    const OptionRow& row = options[i];
    const std::string names = row.short_name.empty() ? row.name : row.short_name + "," + row.name;
    // Values stay texts: CLI11's numbers saturate, wrap around and read 010 as 8.
    parsed[i].option = row.value.empty()
                           ? app.add_flag(names)
                           : app.add_option(names, parsed[i].values)
                                 ->expected(1)
                                 ->allow_extra_args(false)  // else it takes operands as well
                                 ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
  try {
    std::reverse(words.begin(), words.end());
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    return translate(command, error);
  }

  Arguments arguments;
  bool only_operands = false;
  for (const std::string& word : app.remaining()) {
    if (word == "--" && !only_operands) {
      only_operands = true;
    } else if (!only_operands && word.size() > 1 && word[0] == '-') {
      errors.push_back(unknown_option(command, word));
    } else {
      arguments.operands.push_back(word);
    }
  }
  for (std::size_t i = 0; i < options.size(); ++i) {
    const OptionRow& row = options[i];
    if (parsed[i].option->count() == 0) continue;
    std::vector<std::string> values = parsed[i].values;
    if (row.value.empty()) values = {""};
    if (values.size() > 1 && !row.repeatable)
      errors.push_back(command_line_error(command, fmt::format("`{}` is given twice", row.name)));
    for (const std::string& value : values)
      for (const OptionRow& other : options)
        if (value == other.name)
          errors.push_back(
              command_line_error(command, fmt::format("`{} {}` lacks its value: `{}` is an option",
                                                      row.name, row.value, value)));
    arguments.values[row.name] = std::move(values);
  }
  if (arguments.has("--help")) return arguments;
  if (errors.empty()) errors = operand_errors(command, arguments.operands);
  if (!errors.empty()) return errors;
  return arguments;
}

std::vector<OptionRow> all_options(const Command& command) {
  std::vector<OptionRow> options = command.options;
  options.push_back(kHelp);
  return options;
}

std::string call_of(const OptionRow& option) {
  if (option.value.empty()) return option.name;
  return option.name + (option.without.empty() ? " " + option.value : " [" + option.value + "]");
}

const char* const kProgramSummary =
    "hierarchical Bayesian regression models, written as on the page, fitted by Gibbs sampling";

const std::vector<ExitCodeRow>& exit_codes() {
  static const std::vector<ExitCodeRow> rows = {
      {"0", "done"},
      {"1", "model or data refused"},
      {"2", "command line wrong"},
      {"3", "cannot read or write"},
      {"4", "computation failed"},
      {"5", "a limit reached"},
      {"70", "a bug in lmmdsl"},
      {"130, 143 or 129", "stopped by a signal"},
  };
  return rows;
}

std::string help() {
  TextTable table({{""}, {""}});
  for (const Command& command : commands())
    table.add_row({"  lmmdsl " + command.name + " " + command.operands, command.summary});
  // The codes in lines of at most 100 characters.
  std::string codes = "Exit codes:", line = codes;
  for (const ExitCodeRow& row : exit_codes()) {
    const std::string code =
        row.code + ' ' + row.meaning + (&row == &exit_codes().back() ? "" : ",");
    const bool fits = line.size() + 1 + code.size() <= 100;
    codes += (fits ? ' ' : '\n') + code;
    line = fits ? line + ' ' + code : code;
  }
  return fmt::format(
      "lmmdsl: {}\n\nCommands:\n{}\n"
      "  lmmdsl COMMAND --help   options and examples of a command\n"
      "  lmmdsl --version\n\n"
      "Examples:\n"
      "  lmmdsl run radon.lmm radon.csv\n"
      "  lmmdsl explain radon.lmm --unicode\n\n"
      "{}\n",
      kProgramSummary, table.to_text(), codes);
}

std::string help(const Command& command) {
  TextTable table({{""}, {""}});
  for (const OptionRow& option : all_options(command)) {
    std::string call = "  " + call_of(option);
    if (!option.short_name.empty()) call += ", " + option.short_name;
    table.add_row({call, option.doc});
  }
  return fmt::format("lmmdsl {}{}\n\n{}\n\nOptions:\n{}{}",
                     command.name + (command.operands.empty() ? "" : " " + command.operands),
                     command.options.empty() ? "" : " [options]", command.summary, table.to_text(),
                     command.more.empty() ? "" : "\n" + command.more);
}

}  // namespace lmmdsl
