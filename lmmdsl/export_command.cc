// lmmdsl export DIR --format F -o PLACE: draws for other programs; lmmdsl export MODEL DATA --to T
// -o DIR: the model for other programs.

#include <fmt/format.h>

#include <filesystem>

#include "lmmdsl/commands.h"
#include "lmmdsl/console.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/exchange/formats.h"
#include "lmmdsl/exchange/program.h"
#include "lmmdsl/load.h"
#include "lmmdsl/named_row.h"
#include "lmmdsl/options.h"
#include "lmmdsl/output.h"
#include "lmmdsl/saved_run.h"

namespace lmmdsl {
namespace {

/// A folder for several files: created if need be, and not one that has files of others.
Failure make_folder(const std::string& path, bool force) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error && !std::filesystem::is_directory(path))
    return input_output_failure(fmt::format("cannot create the folder `{}`", printable(path)),
                                error.value());
  if (!force && !std::filesystem::is_empty(path, error) && !error)
    return plain_error(ExitCode::input_output,
                       fmt::format("the folder `{}` is not empty", printable(path)),
                       "name another, or write to it all the same with `--force`");
  return {};
}

int export_draws(const Arguments& arguments) {
  const std::string& name = arguments.get("--format");
  const DrawsFormat* format = nullptr;
  for (const DrawsFormat& f : draws_formats())
    if (f.name == name) format = &f;
  if (format == nullptr)
    return report_and_code({misspelt_name("format", name, row_names(draws_formats()))});
  const std::string place = arguments.get("--out");
  doing().stage = "read";
  const Result<SavedRun> run = read_saved_run(arguments.operands[0]);
  if (!run) return report_and_code(run.diagnostics);
  doing().stage = "write";
  if (format->folder)
    if (const Failure failure = make_folder(place, arguments.has("--force")))
      return report_and_code({*failure});
  const RunRecord record = run->record.value_or(RunRecord());
  if (const Failure failure = format->write(run->draws, record, place))
    return report_and_code({*failure});
  out(fmt::format("{}\n", printable(place)));
  return 0;
}

int export_model(const Arguments& arguments) {
  const std::string name = arguments.get("--to");
  const ProgramTarget* target = nullptr;
  for (const ProgramTarget& t : program_targets())
    if (t.name == name) target = &t;
  if (target == nullptr)
    return report_and_code({misspelt_name("program", name, row_names(program_targets()))});
  const Result<DataOptions> options = data_options(arguments);
  if (!options) return report_and_code(options.diagnostics);
  const Result<std::vector<Setting>> settings = model_options(arguments);
  if (!settings) return report_and_code(settings.diagnostics);
  const Result<Loaded> loaded =
      load(arguments.operands[0], arguments.operands[1], *settings, *options);
  if (const int code = report_and_code(loaded.diagnostics)) return code;
  doing().stage = "export";
  const Result<std::vector<ProgramFile>> files = write_program(*target, loaded->bound);
  if (const int code = report_and_code(files.diagnostics)) return code;
  const std::string place = arguments.get("--out");
  if (const Failure failure = make_folder(place, arguments.has("--force")))
    return report_and_code({*failure});
  for (const ProgramFile& file : *files) {
    const std::string path = place + "/" + file.name;
    if (const Failure failure = replace_file(path, file.text)) return report_and_code({*failure});
    out(fmt::format("{}\n", printable(path)));
  }
  return 0;
}

int execute_export(const Arguments& arguments) {
  const bool draws = arguments.has("--format"), model = arguments.has("--to");
  Diagnostics errors;
  if (draws == model)
    errors.push_back(refuse_command(draws
                                        ? "`--format` is for draws, `--to` for a model: one of them"
                                        : "say in which form: `--format` for "
                                          "the draws of a run, `--to` for a model",
                                    "`lmmdsl export --help` lists them"));
  else if (draws && arguments.operands.size() != 1)
    errors.push_back(refuse_command("`--format` takes one folder with draws"));
  else if (model && arguments.operands.size() != 2)
    errors.push_back(refuse_command("`--to` takes a model and data"));
  if (arguments.get("--out").empty())
    errors.push_back(refuse_command("say where it is written with `-o`"));
  if (!errors.empty()) return report_and_code(errors);
  return draws ? export_draws(arguments) : export_model(arguments);
}

template <class Rows>
std::string list_of(const Rows& rows) {
  std::string text;
  for (const auto& row : rows) text += fmt::format("  {:<15} {}\n", row.name, row.doc);
  return text;
}

}  // namespace

Command export_command() {
  std::vector<OptionRow> rows = {
      {"--format", "NAME", "the draws of the run in DIR in this format", "", false, "",
       row_names(draws_formats())},
      {"--to", "PROGRAM", "the model and its data for this program", "", false, "",
       row_names(program_targets())},
      {"--out", "PLACE", "the file or folder to write", "-o"},
      {"--force", "", "write to a folder that is not empty"},
  };
  rows.insert(rows.end(), kModelOptionRows.begin(), kModelOptionRows.end());
  rows.insert(rows.end(), kDataOptionRows.begin(), kDataOptionRows.end());
  return {"export",
          "DIR | MODEL DATA",
          1,
          2,
          "write draws, or a model, for other programs",
          rows,
          "Formats of draws\n" + list_of(draws_formats()) + "\nPrograms\n" +
              list_of(program_targets()) +
              "\nDIR may hold draws of another program, too: so they are converted.\n"
              "\n"
              "Examples:\n"
              "  lmmdsl export fit --format coda -o coda\n"
              "  lmmdsl export fit --format arviz-json -o fit.json\n"
              "  lmmdsl export radon.lmm radon.csv --to jags -o jags && cd jags && jags run.jags\n",
          execute_export};
}

}  // namespace lmmdsl
