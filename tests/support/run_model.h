// The pipeline in-process, for tests: a model text and a data file to draws. A diagnostic that is
// an error ends the test with the message that a user would read.
#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "lmmdsl/lmmdsl.h"

namespace lmmdsl::testing {

/// The value of a result; an exception with the printed messages where there is none.
template <class T>
T must(Result<T> result) {
  if (!result || has_error(result.diagnostics)) throw std::runtime_error(print(result.diagnostics));
  return std::move(*result);
}

inline int cores() {
  const unsigned n = std::thread::hardware_concurrency();
  return n == 0 ? 1 : static_cast<int>(n);
}

inline Bound bind_texts(SourcePtr model, SourcePtr data, const BindOptions& options = {}) {
  return must(bind(must(compile(std::move(model))), must(read_table(std::move(data))), options));
}

inline Bound bind_files(const std::string& model, const std::string& data,
                        const BindOptions& options = {}) {
  return bind_texts(must(read_file(model)), must(read_file(data)), options);
}

inline SourcePtr text(std::string name, std::string content) {
  return std::make_shared<const Source>(std::move(name), std::move(content));
}

/// Draws of a bound model; a numerical failure ends the test.
inline Draws draw(const Bound& bound, const SampleSettings& settings) {
  Progress progress;
  Samples samples = sample(*bound.plan, settings, progress);
  if (samples.failure) throw std::runtime_error(print({*samples.failure}));
  return std::move(samples.draws);
}

/// The draws of one scalar, chain by chain.
inline Chains chains_of(const Draws& draws, std::size_t column) {
  Chains chains;
  for (int chain = 0; chain < draws.chains; ++chain)
    chains.emplace_back(draws.column(chain, column), draws.per_chain);
  return chains;
}

/// The column of a scalar by its variable and index, as summary.csv writes it: "beta[3,2]".
inline std::size_t column_index(const Draws& draws, const std::string& name) {
  for (std::size_t j = 0; j < draws.columns.size(); ++j) {
    const Column& column = draws.columns[j];
    std::string known = column.variable;
    for (std::size_t i = 0; i < column.index.size(); ++i)
      known += (i == 0 ? "[" : ",") + std::to_string(column.index[i]);
    if (!column.index.empty()) known += "]";
    if (known == name) return j;
  }
  throw std::runtime_error("no column " + name);
}

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace lmmdsl::testing
