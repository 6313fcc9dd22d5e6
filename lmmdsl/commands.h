// The commands of the program: one row each. A row holds everything that is known of a command; the
// parser of the command line, `--help` and the suggestions for misspelt names read it.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace lmmdsl {

/// An option as typed: `--chains 4`, `--chains=4`, `--force`.
struct OptionRow {
  std::string name;   ///< "--chains"
  std::string value;  ///< what help calls its value, "N"; empty: a switch
  std::string doc;
  std::string short_name = {};  ///< "-w", or empty
  bool repeatable = false;
  std::string without = {};  ///< not empty: the value is an optional number, this if left out
  std::vector<std::string> choices = {};  ///< the values that there are, for completion in shells
};

/// The words after the command's name, sorted into options and operands.
class Arguments {
 public:
  bool has(const std::string& option) const { return values.count(option) > 0; }
  /// The value of an option, or `otherwise` if it was not given.
  std::string get(const std::string& option, const std::string& otherwise = {}) const {
    const auto found = values.find(option);
    return found == values.end() ? otherwise : found->second.front();
  }

  std::vector<std::string> operands;
  std::map<std::string, std::vector<std::string>> values;  ///< by long name; a switch has {""}
};

struct Command {
  std::string name;
  std::string operands;  ///< "MODEL DATA"
  int least = 0;         ///< fewest operands
  int most = 0;          ///< most operands; -1: any number
  std::string summary;   ///< one line
  std::vector<OptionRow> options;
  std::string more;  ///< further paragraphs of the command's help: notes and examples
  int (*execute)(const Arguments& arguments);  ///< gives the exit code
};

const std::vector<Command>& commands();

// The rows, each in the file of its command.
Command run_command();
Command check_command();
Command verify_command();
Command simulate_command();
Command explain_command();
Command fmt_command();
Command step_command();
Command graph_command();
Command plan_command();
Command list_command();
Command summary_command();
Command report_command();
Command plot_command();
Command export_command();
Command derive_command();
Command predict_command();
Command ppc_command();
Command compare_command();
Command new_command();
Command doctor_command();
Command completion_command();
Command manual_command();

/// `lmmdsl ARGUMENTS...`: finds the command and executes it. Gives the exit code; prints every
/// failure, exceptions included.
int run_program(const std::vector<std::string>& arguments);

}  // namespace lmmdsl
