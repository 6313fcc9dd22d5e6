#include "lmmdsl/run_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <new>
#include <vector>

#include "lmmdsl/draws_csv.h"
#include "lmmdsl/load.h"
#include "lmmdsl/running_figures.h"
#include "lmmdsl/summary_files.h"
#include "runtime/parts.h"

namespace lmmdsl {
namespace {

constexpr std::size_t kLargestCopy = 16 << 20;  // bytes

/// The model's name in draws files: its file without folder and ending.
std::string model_name(const std::string& file) {
  return file == "-" ? "model" : std::filesystem::path(file).stem().string();
}

}  // namespace

Failure RunFiles::write_data(const SourcePtr& data, const std::vector<SourcePtr>& tables) {
  const auto copy = [this](const SourcePtr& source, const std::string& name,
                           std::string& recorded) -> Failure {
    if (source == nullptr || source->size() > kLargestCopy) return {};
    recorded = name;
    return write(name, source->text());
  };
  if (Failure failure = copy(data, "run-data.txt", record_.data_copy)) return failure;
  for (std::size_t i = 0; i < tables.size() && i < record_.tables.size(); ++i)
    if (Failure failure =
            copy(tables[i], fmt::format("run-table-{}.txt", i + 1), record_.tables[i].copy))
      return failure;
  return {};
}

Failure RunFiles::write_draws(const Samples& samples) {
  const double begin = cpu_seconds();
  const Draws& draws = samples.draws;
  const double chains = std::max(draws.chains, 1);
  const DrawsHeader header{model_name(record_.model_file), record_.settings, record_.schedule,
                           samples.warmup_seconds / chains, samples.sampling_seconds / chains};
  std::vector<int> todo;
  for (int c = 0; c < draws.chains; ++c)
    if (draws.kept[c] > 0) todo.push_back(c);
  std::vector<Failure> failures(todo.size());
  for_each_part(todo.size(), record_.settings.threads, [&](std::size_t i) {
    try {
      FileWriter file = folder_.create(fmt::format("draws-{}.csv", todo[i] + 1));
      lmmdsl::write_draws(file, draws, todo[i], header);
      failures[i] = file.close();
    } catch (const std::bad_alloc&) {  // the other chains are still written
      failures[i] = plain_error(ExitCode::limit, "out of memory while writing draws");
    }
  });
  for (const int c : todo) record_.files.push_back(fmt::format("draws-{}.csv", c + 1));
  record_.timings.write += cpu_seconds() - begin;
  for (Failure& failure : failures)
    if (failure) return failure;
  return {};
}

Failure RunFiles::write(const std::string& name, const std::string& text) {
  FileWriter file = folder_.create(name);
  file.write(text);
  record_.files.push_back(name);
  return file.close();
}

Failure RunFiles::write_summary(const Samples& samples, const Summary& summary) {
  const Draws& draws = samples.draws;
  if (summary.rows.empty() && samples.running.empty()) return {};
  const double begin = cpu_seconds();
  const auto stream = [&](const std::string& name, auto&& write_to) {
    FileWriter file = folder_.create(name);
    write_to([&](std::string_view piece) { file.write(piece); });
    record_.files.push_back(name);
    return file.close();
  };
  Failure failure = stream("summary.csv", [&](const TextSink& sink) {
    write_summary_csv(sink, draws, summary, samples.running);
  });
  if (!failure)
    failure = stream("summary.json", [&](const TextSink& sink) {
      write_summary_json(sink, draws, summary, samples.running);
    });
  if (const std::string rows = rows_csv(samples.running); !failure && !rows.empty())
    failure = write("rows.csv", rows);
  record_.timings.write += cpu_seconds() - begin;
  return failure;
}

Failure RunFiles::publish() {
  if (Failure failure = write("run.json", run_json(record_))) return failure;
  return folder_.publish(record_.files);
}

}  // namespace lmmdsl
