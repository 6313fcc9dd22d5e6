// lmmdsl predict DIR NEWDATA: the response in new rows.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lmmdsl/commands.h"
#include "lmmdsl/console.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/exchange/formats.h"
#include "lmmdsl/json_text.h"
#include "lmmdsl/named_row.h"
#include "lmmdsl/options.h"
#include "lmmdsl/predict.h"
#include "lmmdsl/report/sections.h"
#include "lmmdsl/table_csv.h"
#include "lmmdsl/text_table.h"

namespace lmmdsl {
namespace {

struct Shown {
  const Prediction& prediction;
  const Table& rows;
  const IntervalChoice& interval;
};

/// "2.5 %" and "97.5 %", or "HPD from" and "to".
std::pair<std::string, std::string> ends(const IntervalChoice& choice) {
  if (choice.kind == IntervalKind::hpd) return {"HPD from", "to"};
  const double tail = 50 * (1 - choice.probability);
  return {fmt::format("{:.4g} %", tail), fmt::format("{:.4g} %", 100 - tail)};
}

std::string as_table(const Shown& in) {
  const Prediction& p = in.prediction;
  const auto [low, high] = ends(in.interval);
  std::string text;
  bool fresh = false;
  for (const PredictedResponse& r : p.responses) {
    std::vector<TextColumn> columns = {{"row", Align::right}};
    for (const std::string& f : p.factors) columns.push_back({printable(f), Align::left});
    for (const char* what :
         {"mean", "sd", low.c_str(), high.c_str(), "new: sd", low.c_str(), high.c_str()})
      columns.push_back({what, Align::decimal});
    TextTable table(columns);
    for (std::size_t row = 0; row < r.expectation.size(); ++row) {
      std::vector<TextCell> cells = {std::to_string(row + 1) + (p.fresh[row] ? "*" : "")};
      fresh = fresh || p.fresh[row];
      for (const std::string& label : p.labels[row]) cells.emplace_back(printable(label));
      const PredictedFigures &e = r.expectation[row], &o = r.observation[row];
      for (const double x : {e.mean, e.sd, e.lower, e.upper, o.sd, o.lower, o.upper})
        cells.emplace_back(short_number(x));
      table.add_row(std::move(cells));
    }
    text += (text.empty() ? "" : "\n") +
            fmt::format("expected value of {}, and a new observation of {}\n\n",
                        printable(r.expected), printable(r.name)) +
            table.to_text(colour_on_output());
  }
  if (fresh)
    text += "\n* a group that the run has not seen: its effects are drawn from their prior\n";
  return text;
}

std::string as_csv(const Shown& in) {
  NamedColumns columns;
  const auto add = [&](const std::string& name, const std::vector<PredictedFigures>& figures,
                       double PredictedFigures::*which) {
    std::vector<double> values;
    for (const PredictedFigures& f : figures) values.push_back(f.*which);
    columns.emplace_back(name, std::move(values));
  };
  for (const PredictedResponse& r : in.prediction.responses)
    for (const auto& [what, figures] : {std::pair(std::string(), &r.expectation),
                                        std::pair(std::string("new_"), &r.observation)}) {
      add(r.name + "." + what + "mean", *figures, &PredictedFigures::mean);
      add(r.name + "." + what + "sd", *figures, &PredictedFigures::sd);
      add(r.name + "." + what + "lower", *figures, &PredictedFigures::lower);
      add(r.name + "." + what + "upper", *figures, &PredictedFigures::upper);
    }
  std::vector<double> fresh(in.prediction.fresh.begin(), in.prediction.fresh.end());
  columns.emplace_back("new_group", std::move(fresh));
  return table_csv(in.rows, columns);
}

std::string as_json(const Shown& in) {
  const Prediction& p = in.prediction;
  std::string text = "[";
  const char* between = "\n";
  const auto object = [](const PredictedFigures& f) {
    return fmt::format("{{\"mean\": {}, \"sd\": {}, \"lower\": {}, \"upper\": {}}}",
                       json_number(f.mean), json_number(f.sd), json_number(f.lower),
                       json_number(f.upper));
  };
  for (const PredictedResponse& r : p.responses)
    for (std::size_t row = 0; row < r.expectation.size(); ++row) {
      std::string labels;
      for (std::size_t k = 0; k < p.factors.size(); ++k)
        labels += fmt::format("{}{}: {}", k == 0 ? "" : ", ", json_string(p.factors[k]),
                              json_string(p.labels[row][k]));
      text += fmt::format(
          "{}{{\"row\": {}, \"response\": {}, \"labels\": {{{}}}, \"new_group\": {}, "
          "\"expected\": {}, \"new\": {}}}",
          between, row + 1, json_string(r.name), labels, p.fresh[row] ? "true" : "false",
          object(r.expectation[row]), object(r.observation[row]));
      between = ",\n";
    }
  return text + "\n]\n";
}

struct PredictFormat {
  const char* name;
  std::string (*text)(const Shown&);
};
const PredictFormat kPredictFormats[] = {{"table", as_table}, {"csv", as_csv}, {"json", as_json}};

struct GroupsRow {
  const char* name;
  Groups groups;
};
const GroupsRow kGroups[] = {
    {"existing", Groups::existing}, {"new", Groups::fresh}, {"both", Groups::both}};

int execute_predict(const Arguments& arguments) {
  Diagnostics errors;
  const auto* format =
      row_named(kPredictFormats, "format", arguments.get("--format", "table"), errors);
  const auto* groups =
      row_named(kGroups, "--groups value", arguments.get("--groups", "both"), errors);
  PredictSettings settings;
  const Result<IntervalChoice> interval = interval_choice(arguments);
  errors.insert(errors.end(), interval.diagnostics.begin(), interval.diagnostics.end());
  ReadOptions read;
  if (arguments.has("--sep")) {
    const Result<char> sep = separator(arguments.get("--sep"));
    errors.insert(errors.end(), sep.diagnostics.begin(), sep.diagnostics.end());
    if (sep) read.separator = *sep;
  }
  if (!errors.empty()) return report_and_code(errors);
  settings.groups = groups->groups;
  settings.interval = *interval;
  if (!arguments.has("--interval")) settings.interval.kind = IntervalKind::equal;

  doing().stage = "read";
  const Result<SavedRun> run = read_saved_run(arguments.operands[0]);
  if (!run) return report_and_code(run.diagnostics);
  const Result<SourcePtr> source = open_file(arguments.operands[1]);
  if (!source) return report_and_code(source.diagnostics);
  const Result<Table> rows = read_table(*source, read);
  if (const int code = report_and_code(rows.diagnostics)) return code;
  doing().stage = "bind";
  const Result<Bound> bound = bind_again(*run);
  if (!bound) return report_and_code(bound.diagnostics);
  doing().stage = "predict";
  const Result<Prediction> prediction = predict(*run, *bound, *rows, settings);
  if (const int code = report_and_code(prediction.diagnostics)) return code;
  doing().stage = "write";
  if (arguments.has("--draws"))
    if (const Failure failure =
            write_tidy(prediction->draws, *run->record, arguments.get("--draws")))
      return report_and_code({*failure});
  const std::string text = format->text({*prediction, *rows, settings.interval});
  if (!arguments.has("--out")) out(text);
  else if (const Failure failure = replace_file(arguments.get("--out"), text))
    return report_and_code({*failure});
  return 0;
}

}  // namespace

Command predict_command() {
  std::vector<OptionRow> rows = {
      {"--groups",
       "WHICH",
       "existing, new or both: as the labels say (both)",
       "",
       false,
       "",
       {"existing", "new", "both"}},
      {"--draws", "FILE", "write all draws to this file, as a table with .chain and .iteration"},
      {"--out", "FILE", "write the predictions to this file (standard output)", "-o"},
      kTableFormatRow,
      kSepRow,
  };
  rows.insert(rows.end(), kIntervalOptionRows.begin(), kIntervalOptionRows.end());
  return {
      "predict",
      "DIR NEWDATA",
      2,
      2,
      "predict the response in new rows, of groups seen or not",
      rows,
      "DIR is a folder of `lmmdsl run --out`. NEWDATA has the covariates and factors of the model\n"
      "under the headers of the run's data; a response in it is not read. With --groups new every\n"
      "row is of a group like those of the run but "
      "none of them, and the columns of factors may be\n"
      "left out: all rows are then of one new group.\n"
      "\n"
      "Examples:\n"
      "  lmmdsl predict fit new.csv\n"
      "  lmmdsl predict fit new.csv --groups new --interval hpd --prob 0.9\n"
      "  lmmdsl predict fit new.csv --format csv -o predicted.csv --draws draws.csv\n",
      execute_predict};
}

}  // namespace lmmdsl
