#include "lmmdsl/saved_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "lmmdsl/display_width.h"
#include "lmmdsl/exchange/columns_of.h"
#include "lmmdsl/exchange/formats.h"
#include "lmmdsl/exchange/read_cmdstan.h"

namespace lmmdsl {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

Diagnostic input_error(std::string message, std::string hint = {}) {
  return plain_error(ExitCode::input_output, std::move(message), std::move(hint));
}

/// The columns that a summary.json describes, in its order; empty if it is not one of ours. The
/// labels are collected while it is parsed: those of a matrix have one key twice.
std::vector<Column> described_columns(const std::string& text) {
  std::vector<std::vector<std::pair<std::string, std::string>>> labels;
  std::string key;
  bool within = false;
  const Json::parser_callback_t collect = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::key) {
      if (depth == 2 && parsed == "labels") labels.emplace_back();
      within = depth == 3;
      if (within) key = parsed.get<std::string>();
    } else if (event == Json::parse_event_t::value && depth == 3 && within && !labels.empty() &&
               parsed.is_string()) {
      labels.back().emplace_back(key, parsed.get<std::string>());
    }
    return true;
  };
  const Json json = Json::parse(text, collect, /*allow_exceptions=*/false);
  std::vector<Column> columns;
  if (!json.is_array() || labels.size() != json.size()) return {};
  try {
    for (std::size_t i = 0; i < json.size(); ++i) {
      const Json& row = json[i];
      Column c;
      c.name = row.at("name").get<std::string>();
      c.variable = c.csv_name = row.at("variable").get<std::string>();
      c.index = row.at("index").get<std::vector<int>>();
      c.labels = labels[i];
      for (const auto& [of, label] : c.labels) c.hyper = c.hyper && of == "component";
      for (const int k : c.index) c.csv_name += "." + std::to_string(k);
      columns.push_back(std::move(c));
    }
  } catch (const Json::exception&) {
    return {};
  }
  return columns;
}

/// Standard deviations and correlations of a covariance, which draws files do not have.
class CovarianceFigures {
 public:
  explicit CovarianceFigures(Draws& draws) : draws_(draws) {
    for (std::size_t j = 0; j < draws.columns.size(); ++j)
      at_[{draws.columns[j].variable, draws.columns[j].index}] = j;
  }

  /// Adds the column with its draws; false if it is none of these.
  bool add(Column column) {
    const std::string& name = column.variable;
    const auto open = name.find('(');
    if (open == name.npos || name.back() != ')') return false;
    const std::string what = name.substr(0, open);
    const std::string of = name.substr(open + 1, name.size() - open - 2);
    const std::size_t own = what == "sd" ? 1 : what == "cor" ? 2 : 0;  // indices of a component
    if (own == 0 || column.index.size() < own) return false;
    const auto entry = [&](int i, int j) {
      std::vector<int> index(column.index.begin(),
                             column.index.end() - static_cast<std::ptrdiff_t>(own));
      index.insert(index.end(), {i, j});
      const auto found = at_.find({of, index});
      return found == at_.end() ? draws_.columns.size() : found->second;
    };
    const int i = column.index[column.index.size() - own], j = column.index.back();
    const std::size_t ii = entry(i, i), jj = entry(j, j), ij = entry(i, j);
    if (std::max({ii, jj, ij}) >= at_.size()) return false;
    for (int c = 0; c < draws_.chains; ++c) {
      std::vector<double>& values = draws_.values[c];
      const std::size_t n = draws_.per_chain;
      values.reserve(values.size() + n);
      for (std::size_t t = 0; t < n; ++t) {
        const double vi = values[ii * n + t], vj = values[jj * n + t], cov = values[ij * n + t];
        values.push_back(own == 1 ? std::sqrt(vi) : cov / std::sqrt(vi * vj));
      }
    }
    column.auxiliary = true;
    draws_.columns.push_back(std::move(column));
    return true;
  }

 private:
  Draws& draws_;
  std::map<std::pair<std::string, std::vector<int>>, std::size_t> at_;
};

/// Labels for the columns of the draws, from the summary; leaves them as they are if it is of
/// another run.
void describe_columns(Draws& draws, const std::vector<Column>& described, const RunRecord& record) {
  if (described.size() + 1 < draws.columns.size()) return;
  for (std::size_t j = 1; j < draws.columns.size(); ++j)
    if (described[j - 1].csv_name != draws.columns[j].csv_name) return;
  for (std::size_t j = 1; j < draws.columns.size(); ++j) draws.columns[j] = described[j - 1];
  CovarianceFigures spread(draws);
  for (std::size_t j = draws.columns.size() - 1; j < described.size(); ++j)
    if (!spread.add(described[j])) break;
  for (Column& column : draws.columns)
    column.moments = std::find(record.no_moments.begin(), record.no_moments.end(),
                               column.variable) == record.no_moments.end();
}

Result<SavedRun> read_own(const std::string& folder, const SourcePtr& run_json) {
  SavedRun run{folder, {}, {}};
  Result<RunRecord> record = read_run_json(run_json->text(), folder + "/run.json");
  if (!record) return record.diagnostics;
  std::vector<std::string> files;
  for (const std::string& name : record->files)
    if (name.starts_with("draws-")) files.push_back(folder + "/" + name);
  if (files.empty())
    return input_error(fmt::format("the run in `{}` has no draws: it was {}", printable(folder),
                                   record->status == "done" ? "empty" : record->status));
  Result<Draws> draws = read_cmdstan(files);
  if (!draws) return draws.diagnostics;
  run.draws = std::move(*draws);
  if (const Result<SourcePtr> summary = read_file(folder + "/summary.json"))
    describe_columns(run.draws, described_columns((*summary)->text()), *record);
  run.record = std::move(*record);
  return run;
}

}  // namespace

Result<SavedRun> read_saved_run(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error))
    return input_error(fmt::format("there is no `{}`", printable(path)),
                       "name the folder that `lmmdsl run --out` has written");
  Result<SavedRun> run = [&]() -> Result<SavedRun> {
    if (fs::is_directory(path, error) && fs::exists(path + "/run.json", error)) {
      const Result<SourcePtr> record = read_file(path + "/run.json");
      if (!record) return record.diagnostics;
      return read_own(path, *record);
    }
    Result<Draws> draws = read_foreign_draws(path);
    if (!draws) return draws.diagnostics;
    return SavedRun{path, {}, std::move(*draws)};
  }();
  if (!run) return run;
  leave_out_short_chains(run->draws);
  if (run->draws.chains == 0 || run->draws.kept[0] == 0)
    return input_error(fmt::format("there are no draws in `{}`", printable(path)));
  return run;
}

Diagnostics check_record(const SavedRun& run) {
  if (run.record) return {};
  return {input_error(
      fmt::format("`{}` has draws, but no model and data of lmmdsl", printable(run.folder)),
      "`lmmdsl run MODEL DATA --out DIR` writes a folder with all of them")};
}

Result<Bound> bind_again(const SavedRun& run, const std::vector<std::string>& store) {
  const std::string shown = printable(run.folder);
  if (Diagnostics errors = check_record(run); !errors.empty()) return errors;
  const RunRecord& r = *run.record;
  const auto read = [&](const std::string& copy, const std::string& path,
                        const std::string& hash) -> Result<Table> {
    const std::string file = copy.empty() ? path : run.folder + "/" + copy;
    if (file.empty())
      return input_error(fmt::format("the data of the run in `{}` were not kept", shown));
    Result<SourcePtr> source = open_file(file);
    if (!source) return source.diagnostics;
    if (fnv1a64(**source) != hash)
      return input_error(
          fmt::format("`{}` has changed since the run in `{}`", printable(file), shown),
          "run again, or put the former data back");
    return read_table(*source, {.separator = r.separator});
  };
  Result<Program> program =
      compile(std::make_shared<const Source>(printable(r.model_file), r.model_text), r.constants);
  if (!program) return program.diagnostics;
  Result<Table> table = read(r.data_copy, r.data_path, r.data_fnv1a64);
  if (!table) return table.diagnostics;
  BindOptions options;
  options.headers = r.headers;
  options.drop_missing = r.drop_missing;
  options.store = store;
  for (const Column& c : run.draws.columns)
    if (options.store.empty() || options.store.back() != c.variable)
      options.store.push_back(c.variable);
  options.draws = r.settings.draws * static_cast<std::uint64_t>(r.settings.chains);
  options.most_bytes = r.most_bytes;
  for (const RunRecord::GroupFile& t : r.tables) {
    Result<Table> groups = read(t.copy, t.path, t.fnv1a64);
    if (!groups) return groups.diagnostics;
    options.tables.push_back({t.factor, std::make_shared<const Table>(std::move(*groups))});
  }
  Result<Bound> bound = bind(std::move(*program), std::move(*table), options);
  if (!bound) return bound.diagnostics;
  return std::move(*bound);
}

Diagnostic draws_not_kept(const SavedRun& run, const std::string& parameter) {
  return plain_error(ExitCode::refused,
                     fmt::format("the draws of `{}` in `{}` were not kept", printable(parameter),
                                 printable(run.folder)),
                     fmt::format("run again with `--store {}`", printable(parameter)));
}

void leave_out_short_chains(Draws& draws) {
  if (draws.kept.empty()) return;
  const std::size_t longest = *std::max_element(draws.kept.begin(), draws.kept.end());
  int chains = 0;
  for (int c = 0; c < draws.chains; ++c) {
    if (2 * draws.kept[c] < longest || draws.kept[c] == 0) continue;
    if (chains != c) draws.values[chains] = std::move(draws.values[c]);
    draws.kept[chains++] = draws.kept[c];
  }
  draws.chains = chains;
  draws.kept.resize(chains);
  draws.values.resize(chains);
}

}  // namespace lmmdsl
