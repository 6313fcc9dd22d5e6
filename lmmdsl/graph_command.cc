// lmmdsl graph MODEL [DATA]: the directed acyclic graph with its plates.

#include <fmt/format.h>

#include "lmmdsl/commands.h"
#include "lmmdsl/console.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/load.h"
#include "lmmdsl/output.h"

namespace lmmdsl {
namespace {

/// --format; else what the name of the file says; else DOT.
Result<GraphFormat> graph_format(const Arguments& arguments) {
  const std::string format = arguments.get("--format");
  if (format == "dot") return GraphFormat::dot;
  if (format == "svg") return GraphFormat::svg;
  if (arguments.has("--format"))
    return plain_error(ExitCode::command_line,
                       fmt::format("`--format` takes dot or svg, not `{}`", printable(format, 40)),
                       "`dot -Tpdf` makes other formats of dot");
  return arguments.get("--out").ends_with(".svg") ? GraphFormat::svg : GraphFormat::dot;
}

Result<std::string> drawn(const Arguments& arguments, GraphFormat format,
                          const std::vector<Setting>& settings, const DataOptions& data) {
  const std::string& model_file = arguments.operands[0];
  if (arguments.operands.size() == 1) {
    for (const OptionRow& row : kDataOptionRows)
      if (arguments.has(row.name))
        return plain_error(ExitCode::command_line,
                           fmt::format("`{}` says how data are read: name a data file", row.name));
    const Result<Program> program = load_program(model_file, settings);
    if (!program || has_error(program.diagnostics)) return program.diagnostics;
    return {graph(*program, format), program.diagnostics};
  }
  const Result<Loaded> loaded = load(model_file, arguments.operands[1], settings, data);
  if (!loaded || has_error(loaded.diagnostics)) return loaded.diagnostics;
  return {graph(loaded->bound, format), loaded.diagnostics};
}

int execute_graph(const Arguments& arguments) {
  const Result<GraphFormat> format = graph_format(arguments);
  const Result<std::vector<Setting>> settings = model_options(arguments);
  const Result<DataOptions> data = data_options(arguments);
  Diagnostics wrong;
  for (const Diagnostics* more : {&format.diagnostics, &settings.diagnostics, &data.diagnostics})
    wrong.insert(wrong.end(), more->begin(), more->end());
  if (arguments.has("--out") && arguments.get("--out").empty())
    wrong.push_back(
        plain_error(ExitCode::command_line, "`--out` takes the name of a file, not nothing"));
  if (const int code = report_and_code(wrong)) return code;
  const Result<std::string> text = drawn(arguments, *format, *settings, *data);
  if (const int code = report_and_code(text.diagnostics)) return code;
  if (!arguments.has("--out")) {
    out(*text);
    return 0;
  }
  const Failure failure = replace_file(arguments.get("--out"), *text);
  return failure ? report_and_code({*failure}) : 0;
}

}  // namespace

Command graph_command() {
  std::vector<OptionRow> options = {
      {"--format",
       "NAME",
       "dot, for Graphviz, or svg (what the ending of FILE says, else dot)",
       "",
       false,
       "",
       {"dot", "svg"}},
      {"--out", "FILE", "write to this file", "-o"},
  };
  options.insert(options.end(), kModelOptionRows.begin(), kModelOptionRows.end());
  options.insert(options.end(), kDataOptionRows.begin(), kDataOptionRows.end());
  return {
      "graph",
      "MODEL [DATA]",
      1,
      2,
      "draw the graph of a model, with its plates",
      std::move(options),
      "Round nodes are random, shaded ones observed; dots are covariates and constants; plates\n"
      "are the rectangles, with their sizes when there are data.\n"
      "\n"
      "Examples:\n"
      "  lmmdsl graph radon.lmm -o radon.svg\n"
      "  lmmdsl graph radon.lmm radon.csv | dot -Tpdf > radon.pdf\n",
      execute_graph};
}

}  // namespace lmmdsl
