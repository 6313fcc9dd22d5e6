// Two crossed factors, one factor at a time, as one writes it down: a yardstick for the schedules.
//
//     bench_crossed FILE DRAWS OUT     columns y, x, s, d; writes draws of the parameters to OUT
//
// prints CPU seconds of the sampling. The model and its priors are those of crossed_model in
// run.sh. Each full conditional is drawn by itself, from sums over the rows of residuals
//
//     r = y - b0 - b1 x - u[s] - v[d]
//
// The rows are gone over three times a sweep: no pass stands alone that could be joined with
// another.
#include <fmt/format.h>
#include <time.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "grammar/print.h"
#include "runtime/random.h"
#include "runtime/random_block.h"
#include "runtime/table.h"

namespace {

using namespace lmmdsl;

constexpr double kPrecision = 0.01;  // of b0 and b1
constexpr int kWarmup = 500;

double seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

struct Effects {
  std::vector<std::int32_t> of_row;
  std::vector<double> count, value, sum, change, z;
  double variance = 1;

  explicit Effects(const Factor& f)
      : of_row(f.codes), count(f.levels.size()), value(count.size()), sum(count), change(count),
        z(count) {
    for (const std::int32_t level : of_row) ++count[static_cast<std::size_t>(level)];
    sum.assign(count.size(), 0);
  }

  /// From sums of r + own effect within levels. Sums are 0 after it.
  void draw(double error_variance, Random& random) {
    normals(random, value.size(), z.data());
    double squares = 0;
    for (std::size_t k = 0; k < value.size(); ++k) {
      const double precision = count[k] / error_variance + 1 / variance;
      const double mean = (sum[k] + count[k] * value[k]) / error_variance / precision;
      const double drawn = mean + z[k] / std::sqrt(precision);
      change[k] = drawn - value[k];
      value[k] = drawn;
      squares += drawn * drawn;
      sum[k] = 0;
    }
    variance = inverse_gamma_variate(random, 1 + 0.5 * static_cast<double>(value.size()),
                                     0.1 + 0.5 * squares);
  }
};

template <class T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  fmt::print(stderr, "{}", print(result.diagnostics));
  std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: bench_crossed FILE DRAWS OUT\n");
    return 2;
  }
  const Table table = must(read_table(must(read_file(argv[1]))));
  const auto column = [&](const char* name) { return *table.find(name); };
  std::vector<double> r = must(numbers(table, column("y")));
  const std::vector<double> x = must(numbers(table, column("x")));
  Effects u(must(labels(table, column("s")))), v(must(labels(table, column("d"))));
  const int draws = std::atoi(argv[2]);
  const std::size_t rows = r.size();
  double b0 = 0, b1 = 0, error = 1, xx = 0;
  for (const double each : x) xx += each * each;
  for (std::size_t i = 0; i < rows; ++i) u.sum[static_cast<std::size_t>(u.of_row[i])] += r[i];

  std::vector<double> kept;
  double begin = seconds();
  for (int sweep = -kWarmup; sweep < draws; ++sweep) {
    if (sweep == 0) begin = seconds();
    Random random({.seed = 1, .sweep = static_cast<std::uint64_t>(sweep + kWarmup + 1)});
    u.draw(error, random);
    for (std::size_t i = 0; i < rows; ++i) {
      r[i] -= u.change[static_cast<std::size_t>(u.of_row[i])];
      v.sum[static_cast<std::size_t>(v.of_row[i])] += r[i];
    }
    v.draw(error, random);
    double sum = 0, sum_x = 0, sum_of_x = 0;
    for (std::size_t i = 0; i < rows; ++i) {
      r[i] -= v.change[static_cast<std::size_t>(v.of_row[i])];
      sum += r[i];
      sum_x += r[i] * x[i];
      sum_of_x += x[i];
    }
    const double n = static_cast<double>(rows);
    const double precision0 = n / error + kPrecision, precision1 = xx / error + kPrecision;
    const double drawn0 =
        (sum + n * b0) / error / precision0 + normal(random) / std::sqrt(precision0);
    const double change0 = drawn0 - b0;
    const double drawn1 = (sum_x - change0 * sum_of_x + xx * b1) / error / precision1 +
                          normal(random) / std::sqrt(precision1);
    const double change1 = drawn1 - b1;
    b0 = drawn0;
    b1 = drawn1;
    double squares = 0;
    for (std::size_t i = 0; i < rows; ++i) {
      r[i] -= change0 + change1 * x[i];
      squares += r[i] * r[i];
      u.sum[static_cast<std::size_t>(u.of_row[i])] += r[i];
    }
    error = inverse_gamma_variate(random, 1 + 0.5 * n, 1 + 0.5 * squares);
    if (sweep >= 0) kept.insert(kept.end(), {b0, b1, error, u.variance, v.variance});
  }
  fmt::print("{:.4f}\n", seconds() - begin);

  std::FILE* out = std::fopen(argv[3], "w");
  if (!out) return 3;
  fmt::print(out, ".chain,.iteration,.draw,b0,b1,sigma^2,tau_s^2,tau_d^2\n");
  for (std::size_t k = 0; k < kept.size(); k += 5)
    fmt::print(out, "1,{0},{0},{1}\n", k / 5 + 1, fmt::join(kept.data() + k, kept.data() + k + 5, ","));
  return std::fclose(out) == 0 ? 0 : 3;
}
