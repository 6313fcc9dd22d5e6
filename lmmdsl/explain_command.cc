// lmmdsl explain MODEL [DATA]: the derivation of the sampler, or the text of one stage of the
// pipeline.

#include <fmt/format.h>

#include <algorithm>

#include "lmmdsl/commands.h"
#include "lmmdsl/console.h"
#include "lmmdsl/load.h"
#include "lmmdsl/named_row.h"
#include "lmmdsl/options.h"

namespace lmmdsl {
namespace {

// In the order of Format and of Detail.
const std::vector<std::string> kFormats = {"text", "unicode", "markdown", "latex", "html"};
const std::vector<std::string> kDetails = {"brief", "full"};

/// The place of an option's value among those that it may have.
std::size_t choice(const Arguments& arguments, const std::string& option, const std::string& what,
                   const std::vector<std::string>& known, Diagnostics& errors) {
  if (!arguments.has(option)) return 0;
  const std::string value = arguments.get(option);
  const auto found = std::find(known.begin(), known.end(), value);
  if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
  errors.push_back(misspelt_name(what, value, known));
  return 0;
}

Result<ExplainOptions> explain_options(const Arguments& arguments) {
  Diagnostics errors;
  choice(arguments, "--stage", "stage", stage_names(), errors);
  ExplainOptions options;
  options.node = arguments.get("--node");
  options.format = static_cast<Format>(choice(arguments, "--format", "format", kFormats, errors));
  options.detail = static_cast<Detail>(choice(arguments, "--detail", "detail", kDetails, errors));
  if (arguments.has("--unicode")) {
    if (arguments.has("--format") && options.format != Format::unicode) {
      errors.push_back(plain_error(ExitCode::command_line,
                                   "`--unicode` is `--format unicode`: give one of them"));
    }
    options.format = Format::unicode;
  }
  if (arguments.has("--stage")) {
    for (const char* option : {"--node", "--unicode", "--format", "--detail", "--schedule"})
      if (arguments.has(option))
        errors.push_back(plain_error(ExitCode::command_line,
                                     fmt::format("`{}` does not go with `--stage`", option)));
  }
  if (arguments.has("--schedule")) {
    options.schedule = true;
    for (const char* option : {"--node", "--detail"})
      if (arguments.has(option))
        errors.push_back(plain_error(ExitCode::command_line,
                                     fmt::format("`{}` does not go with `--schedule`", option)));
  }
  if (!errors.empty()) return errors;
  return options;
}

/// What a command line asks for.
struct Request {
  std::string model, data;
  std::vector<Setting> settings;
  DataOptions data_options;
  ExplainOptions options;
};

Result<Request> request(const Arguments& arguments) {
  Result<ExplainOptions> options = explain_options(arguments);
  Result<std::vector<Setting>> settings = model_options(arguments);
  Result<DataOptions> data = data_options(arguments);
  const Result<std::string> schedule = schedule_option(arguments);
  Diagnostics wrong = options.diagnostics;
  for (const Diagnostics* more : std::initializer_list<const Diagnostics*>{
           &settings.diagnostics, &data.diagnostics, &schedule.diagnostics})
    wrong.insert(wrong.end(), more->begin(), more->end());
  const bool has_data = arguments.operands.size() > 1;
  if (!has_data) check_schedule_without_data(arguments, wrong);
  else if (arguments.has("--schedule") && schedule) data->bind.schedule = *schedule;
  if (has_data && arguments.has("--stage"))
    wrong.push_back(
        plain_error(ExitCode::command_line,
                    "`--stage` shows what is known without data: it takes a model only"));
  for (const OptionRow& row : kDataOptionRows)
    if (!has_data && arguments.has(row.name))
      wrong.push_back(plain_error(ExitCode::command_line,
                                  fmt::format("`{}` is about data, and there are none", row.name)));
  if (has_error(wrong)) return wrong;
  return Request{arguments.operands[0], has_data ? arguments.operands[1] : "", *settings, *data,
                 *options};
}

/// The text with data, or the errors of loading; prints warnings.
Result<std::string> with_data(const Request& r) {
  const Result<Loaded> loaded = load(r.model, r.data, r.settings, r.data_options);
  if (has_error(loaded.diagnostics) || !loaded) return loaded.diagnostics;
  report_and_code(loaded.diagnostics);
  doing().stage = "explain";
  return explain(loaded->bound, r.options);
}

int execute_explain(const Arguments& arguments) {
  const Result<Request> asked = request(arguments);
  if (const int code = report_and_code(asked.diagnostics)) return code;
  const Request& r = *asked;
  SourcePtr source;  // read here where nothing else reads it
  Result<std::string> text = Diagnostics{};
  if (!r.data.empty()) {
    text = with_data(r);
  } else {
    const Result<SourcePtr> read = read_file(r.model);
    if (const int code = report_and_code(read.diagnostics)) return code;
    source = *read;
    doing().stage = "compile";
    const Result<Program> program = compile(source, r.settings);
    doing().stage = "explain";
    text = program.diagnostics;
    if (program && !has_error(program.diagnostics)) {
      report_and_code(program.diagnostics);
      text = arguments.has("--stage") ? stage_text(*program, arguments.get("--stage"))
                                      : explain(*program, r.options);
    }
  }
  int code = 0;
  if (has_error(text.diagnostics) && !arguments.has("--stage")) {
    // A model that is refused for a full conditional is explained as far as it goes.
    const Diagnostics errors = text.diagnostics;
    if (!source && r.model != "-") {
      if (const Result<SourcePtr> read = read_file(r.model)) source = *read;
    }
    if (source) text = explain_refused(source, r.settings, r.options);
    code = report_and_code(errors);
    if (!source || !text) return code;
  } else if ((code = report_and_code(text.diagnostics)) != 0) {
    return code;
  }
  out(*text);
  if (!text->ends_with('\n')) out("\n");
  return code;
}

std::vector<OptionRow> explain_options() {
  std::vector<OptionRow> rows = {
      {"--node", "NAME", "this parameter only"},
      {"--format", "NAME", "text, unicode (θ, σ², Σ⁻¹), markdown, latex or html (text)", "", false,
       "", kFormats},
      {"--unicode", "", "the same as --format unicode"},
      {"--detail", "NAME", "brief, or full with every step of the algebra (brief)", "", false, "",
       kDetails},
      {"--stage", "NAME", fmt::format("the text of a stage: {}", fmt::join(stage_names(), ", ")),
       "", false, "", stage_names()}};
  rows.push_back(kScheduleOptionRow);
  rows.back().doc =
      "the steps of this schedule instead, and why their order is valid: textbook, "
      "blocked, interweave, marginal, auto";
  rows.insert(rows.end(), kModelOptionRows.begin(), kModelOptionRows.end());
  rows.insert(rows.end(), kDataOptionRows.begin(), kDataOptionRows.end());
  return rows;
}

}  // namespace

Command explain_command() {
  return {"explain",
          "MODEL [DATA]",
          1,
          2,
          "derive the full conditional of each parameter, step by step",
          explain_options(),
          "Examples:\n"
          "  lmmdsl explain radon.lmm\n"
          "  lmmdsl explain radon.lmm --node sigma --unicode\n"
          "  lmmdsl explain radon.lmm --detail full --format html > radon.html\n"
          "  lmmdsl explain radon.lmm radon.csv --node sigma\n"
          "  lmmdsl explain radon.lmm radon.csv --schedule auto\n"
          "  lmmdsl explain radon.lmm --stage plan\n",
          execute_explain};
}

}  // namespace lmmdsl
