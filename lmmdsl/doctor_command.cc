// lmmdsl doctor DATA MODEL: what does not fit, and why.

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "lmmdsl/commands.h"
#include "lmmdsl/console.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/doctor/doctor.h"
#include "lmmdsl/load.h"

namespace lmmdsl {
namespace {

/// What has been found so far.
class DoctorFindings {
 public:
  void add(Diagnostics more) {
    all_.insert(all_.end(), std::make_move_iterator(more.begin()),
                std::make_move_iterator(more.end()));
  }
  bool errors() const { return has_error(all_); }

  /// Prints, and gives the exit code.
  int finish() const {
    const int code = report_and_code(all_);
    const auto count = [&](Severity severity) {
      return std::count_if(all_.begin(), all_.end(),
                           [&](const Diagnostic& d) { return d.severity == severity; });
    };
    const auto errors = count(Severity::error), warnings = count(Severity::warning),
               notes = count(Severity::note);
    if (all_.empty()) {
      out("nothing to remark\n");
      return code;
    }
    out(fmt::format("{} error{}, {} warning{}, {} note{}{}\n", errors, errors == 1 ? "" : "s",
                    warnings, warnings == 1 ? "" : "s", notes, notes == 1 ? "" : "s",
                    errors > 0 ? "" : "; the model can be run"));
    return code;
  }

 private:
  Diagnostics all_;
};

void print_data(const std::string& file, const Model& model, const Table& table,
                const std::vector<ExaminedColumn>& columns) {
  std::vector<std::string> others;
  for (std::size_t j = 0; j < table.header_spans().size(); ++j)
    if (std::none_of(columns.begin(), columns.end(),
                     [&](const ExaminedColumn& c) { return c.column == j; }))
      others.push_back(printable(table.headers()[j]));
  out(fmt::format("{}: {} rows\n\n", printable(file), table.rows()));
  out(describe_columns(model, table, columns));
  if (!others.empty()) out(fmt::format("\nnot read: {}\n", fmt::join(others, ", ")));
  const std::string factors = describe_factors(model, columns);
  if (!factors.empty()) out('\n' + factors);
  out("\n");
}

/// The files of --table, read into the options.
Diagnostics read_groups(DataOptions& options) {
  Diagnostics wrong;
  for (const auto& [factor, file] : options.tables) {
    const Result<SourcePtr> source = open_file(file);
    wrong.insert(wrong.end(), source.diagnostics.begin(), source.diagnostics.end());
    if (!source) continue;
    Result<Table> groups = read_table(*source, options.read);
    wrong.insert(wrong.end(), groups.diagnostics.begin(), groups.diagnostics.end());
    if (groups)
      options.bind.tables.push_back({factor, std::make_shared<const Table>(std::move(*groups))});
  }
  return wrong;
}

/// Looks at both files, also where one of them is in error.
int examine(const std::string& data_file, const std::string& model_file,
            const std::vector<Setting>& settings, DataOptions options) {
  doing().stage = "doctor";
  DoctorFindings findings;
  const Result<SourcePtr> model_text = read_file(model_file), data_text = open_file(data_file);
  findings.add(model_text.diagnostics);
  findings.add(data_text.diagnostics);
  if (findings.errors()) return findings.finish();

  Result<Program> program = compile(*model_text, settings);
  findings.add(program.diagnostics);
  const bool runs = program && !findings.errors();
  // Of a model that cannot be sampled the columns are known all the same.
  const Result<Program> declared = runs ? program : compile_model(*model_text, settings);

  Result<Table> table = read_table(*data_text, options.read);
  findings.add(table.diagnostics);
  findings.add(read_groups(options));
  if (!declared || !table || has_error(table.diagnostics)) return findings.finish();
  const Model& model = *declared->model;
  const Result<Table> joined = join_tables(model, *table, options.bind);
  const Table& rows = joined ? *joined : *table;

  const std::vector<ExaminedColumn> columns = examined_columns(model, rows, options.bind);
  print_data(data_file, model, rows, columns);
  findings.add(examine_numbers(model, rows, columns));
  findings.add(examine_labels(model, rows, columns));
  if (!runs) return findings.finish();
  const Result<Bound> bound = bind(std::move(*program), std::move(*table), options.bind);
  findings.add(bound.diagnostics);
  if (bound) findings.add(examine_designs(*bound));
  if (bound && !findings.errors()) findings.add(examine_start(*bound));
  return findings.finish();
}

int execute_doctor(const Arguments& arguments) {
  const Result<std::vector<Setting>> settings = model_options(arguments);
  if (!settings) return report_and_code(settings.diagnostics);
  const Result<DataOptions> options = data_options(arguments);
  if (!options) return report_and_code(options.diagnostics);
  std::string data = arguments.operands[0], model = arguments.operands[1];
  // Either order: all other commands name the model first.
  const auto is_model = [](const std::string& file) {
    return file.ends_with(".lmm") || file.ends_with(".model");
  };
  if (is_model(data) && !is_model(model)) std::swap(data, model);
  if (data == "-" && model == "-")
    return report_and_code(
        {plain_error(ExitCode::command_line, "only one of model and data can be standard input")});
  return examine(data, model, *settings, *options);
}

}  // namespace

Command doctor_command() {
  std::vector<OptionRow> rows = kModelOptionRows;
  rows.insert(rows.end(), kDataOptionRows.begin(), kDataOptionRows.end());
  return {
      "doctor",
      "DATA MODEL",
      2,
      2,
      "tell what of the data does not fit a model, or fits it badly, and why",
      std::move(rows),
      "Beside all that keeps the model from being run it finds constant columns, codes of\n"
      "missing values, outliers, scales that differ, two spellings of one label, levels of one\n"
      "row, and columns that cannot be told apart, in all rows or within groups.\n"
      "\n"
      "Examples:\n"
      "  lmmdsl doctor radon.csv radon.lmm\n"
      "  lmmdsl doctor radon.csv radon.lmm --map county=name\n",
      execute_doctor};
}

}  // namespace lmmdsl
