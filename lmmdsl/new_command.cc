// lmmdsl new DATA: a first model for a table.

#include <fmt/format.h>

#include <filesystem>

#include "lmmdsl/commands.h"
#include "lmmdsl/console.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/named_row.h"
#include "lmmdsl/options.h"
#include "lmmdsl/output.h"
#include "lmmdsl/starter.h"

namespace lmmdsl {
namespace {

/// The options that name columns take commas between headers; a header with a comma cannot be said.
Result<StarterOptions> starter_options(const Arguments& arguments) {
  StarterOptions options;
  options.response = arguments.get("--response");
  options.groups = split_names(arguments.get("--groups"));
  options.covariates = split_names(arguments.get("--covariates"));
  options.form = arguments.get("--template");
  Diagnostics errors;
  if (arguments.has("--template") &&
      row_named(starter_forms(), "template", options.form, errors) == nullptr)
    return errors;
  return options;
}

/// The model must be one that these data can be run with.
Diagnostics tried(const std::string& text, Table table) {
  Result<Program> program = compile(std::make_shared<Source>("new.lmm", text));
  if (!program || has_error(program.diagnostics)) return program.diagnostics;
  const Result<Bound> bound = bind(std::move(*program), std::move(table));
  return bound ? Diagnostics{} : bound.diagnostics;
}

int execute_new_model(const Arguments& arguments) {
  const Result<StarterOptions> options = starter_options(arguments);
  const Result<DataOptions> data = data_options(arguments);
  Diagnostics wrong = options.diagnostics;
  wrong.insert(wrong.end(), data.diagnostics.begin(), data.diagnostics.end());
  const std::string file = arguments.get("--out");
  if (arguments.has("--out") && file.empty())
    wrong.push_back(
        plain_error(ExitCode::command_line, "`--out` takes the name of a file, not nothing"));
  if (const int code = report_and_code(wrong)) return code;
  if (!file.empty() && !arguments.has("--force") && std::filesystem::exists(file))
    return report_and_code({plain_error(ExitCode::input_output,
                                        fmt::format("{}: there is a file already", printable(file)),
                                        "another name, or `--force` to replace it")});
  doing().stage = "new";
  const Result<SourcePtr> source = open_file(arguments.operands[0]);
  if (!source) return report_and_code(source.diagnostics);
  const Result<Table> table = read_table(*source, data->read);
  if (const int code = report_and_code(table.diagnostics)) return code;
  const Result<std::string> model = starter_model(*table, *options);
  if (!model) return report_and_code(model.diagnostics);
  const Diagnostics refused = tried(*model, *table);
  if (has_error(refused)) {
    report(refused);
    return report_and_code({plain_error(
        ExitCode::bug,
        fmt::format("this is a bug in lmmdsl: the new model is refused (version {})", version()),
        "please report it with the header of the data")});
  }
  if (file.empty()) {
    out(*model);
    return 0;
  }
  const Failure failure = replace_file(file, *model);
  return failure ? report_and_code({*failure}) : 0;
}

}  // namespace

Command new_command() {
  std::string forms;
  for (const StarterForm& form : starter_forms())
    forms += fmt::format("  {:<11} {}\n", form.name, form.doc);
  std::vector<OptionRow> rows = {
      {"--response", "HEADER", "this column is the response (numbers with most different values)"},
      {"--groups", "A,B", "these columns are labels of groups (labels with 5 levels or more)"},
      {"--covariates", "A,B", "these columns are in the design (all others that can be)"},
      {"--template", "NAME", "the form of the model (intercepts if there are groups)", "", false,
       "", row_names(starter_forms())},
      {"--out", "FILE", "write to this file (standard output)", "-o"},
      {"--force", "", "replace the file if there is one"},
      kSepRow,
  };
  return {
      "new",
      "DATA",
      1,
      1,
      "write a first model for a table, with comments",
      std::move(rows),
      "Templates\n" + forms +
          "\nThe model runs as it is. Columns are used by what they contain: see its comments.\n"
          "\n"
          "Examples:\n"
          "  lmmdsl new radon.csv -o radon.lmm\n"
          "  lmmdsl new radon.csv --response radon --groups county --template slopes\n",
      execute_new_model};
}

}  // namespace lmmdsl
