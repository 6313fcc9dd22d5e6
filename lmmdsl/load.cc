#include "lmmdsl/load.h"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>

#include "lmmdsl/console.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/lists.h"

namespace lmmdsl {
namespace {

bool ends_with_any(const std::string& file, std::initializer_list<const char*> endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](const char* ending) { return file.ends_with(ending); });
}

bool is_model_name(const std::string& file) { return ends_with_any(file, {".lmm", ".model"}); }
bool is_data_name(const std::string& file) {
  return ends_with_any(file, {".csv", ".dat", ".tsv", ".txt"});
}

/// Adds the CPU time of its life to a sum.
class Timer {
 public:
  explicit Timer(double& sum) : sum_(sum), begin_(cpu_seconds()) {}
  ~Timer() { sum_ += cpu_seconds() - begin_; }

 private:
  double& sum_;
  double begin_;
};

Diagnostic command_line_error(std::string message, std::string hint = {}) {
  return plain_error(ExitCode::command_line, std::move(message), std::move(hint));
}

Result<SourcePtr> timed_read(const std::string& file, bool table, LoadTimes& times) {
  const Timer timer(times.read);
  doing().stage = "read";
  return table ? open_file(file) : read_file(file);
}

}  // namespace

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

Result<Program> load_program(const std::string& model_file, const std::vector<Setting>& settings,
                             LoadTimes* times) {
  LoadTimes own;
  LoadTimes& t = times ? *times : own;
  Result<SourcePtr> source = timed_read(model_file, false, t);
  if (!source) return source.diagnostics;
  const Timer timer(t.compile);
  doing().stage = "compile";
  return compile(*source, settings);
}

Result<LoadedTable> load_table(const std::string& model_file, const std::string& data_file,
                               const std::vector<Setting>& settings, const DataOptions& options) {
  const auto from_input = std::count_if(options.tables.begin(), options.tables.end(),
                                        [](const auto& table) { return table.second == "-"; });
  if ((model_file == "-") + (data_file == "-") + from_input > 1)
    return command_line_error("only one of model and data can be standard input");
  if (is_data_name(model_file) && is_model_name(data_file))
    return command_line_error(
        fmt::format("`{}` and `{}` are swapped: the model comes first, then the data",
                    printable(model_file), printable(data_file)));
  LoadedTable loaded;
  Result<Program> program = load_program(model_file, settings, &loaded.times);
  Diagnostics all = std::move(program.diagnostics);
  if (!program || has_error(all)) return all;
  loaded.program = std::move(*program);

  const auto read = [&](const std::string& file, SourcePtr& text) {
    Result<SourcePtr> source = timed_read(file, true, loaded.times);
    if (!source) return Result<Table>(source.diagnostics);
    text = *source;
    const Timer timer(loaded.times.read);
    return read_table(text, options.read);
  };
  Result<Table> table = read(data_file, loaded.data_source);
  append(all, table.diagnostics);
  loaded.bind = options.bind;
  for (const auto& [factor, file] : options.tables) {
    Result<Table> groups = read(file, loaded.table_sources.emplace_back());
    append(all, groups.diagnostics);
    if (groups)
      loaded.bind.tables.push_back({factor, std::make_shared<const Table>(std::move(*groups))});
  }
  if (!table || has_error(all)) return all;
  loaded.table = std::move(*table);
  return {std::move(loaded), std::move(all)};
}

Result<Loaded> load(const std::string& model_file, const std::string& data_file,
                    const std::vector<Setting>& settings, const DataOptions& options) {
  Result<LoadedTable> read = load_table(model_file, data_file, settings, options);
  Diagnostics all = std::move(read.diagnostics);
  if (!read || has_error(all)) return all;
  Loaded loaded;
  loaded.data_source = read->data_source;
  loaded.table_sources = read->table_sources;
  loaded.times = read->times;
  doing().stage = "bind";
  Result<Bound> bound = [&] {
    const Timer timer(loaded.times.compile);
    return bind(std::move(read->program), std::move(read->table), read->bind);
  }();
  append(all, bound.diagnostics);
  if (!bound || has_error(all)) return all;
  loaded.bound = std::move(*bound);
  return {std::move(loaded), std::move(all)};
}

std::string describe_data(const Bound& bound) {
  const Data& data = *bound.data;
  const auto plural = [](std::size_t n, const char* noun) {
    return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
  };
  std::string text = plural(data.rows(), "row");
  const char* between = "; ";
  const Model& model = *bound.program->model;
  for (std::size_t id = 0; id < model.symbols.size(); ++id) {
    const Symbol& symbol = model.symbols[id];
    if (symbol.role != Role::column || symbol.column_type != ColumnType::factor) continue;
    if (id >= data.factors.size() || data.factors[id].levels.empty()) continue;
    text += between + symbol.spelling + ' ' + plural(data.factors[id].levels.size(), "level");
    between = ", ";
  }
  return text;
}

}  // namespace lmmdsl
