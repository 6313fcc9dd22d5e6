// Reads a file of data into columns, by one thread and by all, and prints seconds and memory:
//
//     bench_read FILE [LABELS]     the last LABELS columns (1) as labels, the others as numbers
//
// Each figure comes from a process of its own, so that memory is that of one reading.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "grammar/print.h"
#include "runtime/table.h"
#include "runtime/table/large_memory.h"

namespace {

using namespace lmmdsl;

double seconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

int read_once(const std::string& file, std::size_t labels, int threads) {
  const double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), wall = seconds(CLOCK_MONOTONIC);
  const Result<SourcePtr> source = open_file(file);
  const Result<Table> table =
      source ? read_table(*source, {.threads = threads}) : Result<Table>(source.diagnostics);
  if (!table) {
    fmt::print(stderr, "{}", print(table.diagnostics));
    return 1;
  }
  std::vector<ColumnRequest> requests;
  for (std::size_t j = 0; j < table->columns(); ++j)
    requests.push_back({j, j + labels >= table->columns()});
  std::size_t binary = 0;
  for (const ColumnContent& column : read_columns(*table, requests))
    binary += column.numbers.size() * 8 + column.labels.codes.size() * 4;
  const double used = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const double text = static_cast<double>((*source)->size()) / 1e6;
  fmt::print("{:<12} {:9.2f} {:9.2f} {:9.0f} {:9.0f} {:9.0f} {:9.0f}\n",
             threads == 1 ? "one thread" : "all threads", used, seconds(CLOCK_MONOTONIC) - wall,
             text / used, text, static_cast<double>(binary) / 1e6,
             static_cast<double>(usage.ru_maxrss) * 1024 / 1e6);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  expect_heap();  // as the program does
  if (argc < 2) {
    fmt::print(stderr, "usage: bench_read FILE [LABELS]\n");
    return 2;
  }
  const std::size_t labels = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 1;
  fmt::print("{:<12} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}\n", "", "CPU s", "wall s", "MB/CPU s",
             "text MB", "binary MB", "peak MB");
  std::fflush(stdout);
  for (const int threads : {1, 0}) {
    const pid_t child = fork();
    if (child == 0) {
      const int code = read_once(argv[1], labels, threads);
      std::fflush(stdout);
      _exit(code);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0) return 1;
  }
  return 0;
}
