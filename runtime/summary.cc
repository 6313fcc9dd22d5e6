#include "runtime/summary.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <thread>

#include "runtime/diagnostics.h"

namespace lmmdsl {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kHeaviestTail = 0.7;  // above this, means over draws are of no use

SummaryRow summarize_column(const Draws& draws, std::size_t column, std::size_t length,
                            const NormalScores& scores) {
  Chains chains;
  for (int c = 0; c < draws.chains; ++c) chains.emplace_back(draws.column(c, column), length);
  const ChainFigures d = diagnose(chains, scores);

  SummaryRow row{column, d.mean, d.mcse_mean, d.sd,       d.mcse_sd,        d.median,    d.q5,
                 d.q95,  d.rhat, d.ess_bulk,  d.ess_tail, /*not_finite*/ 0, d.tail_index};
  for (const auto& chain : chains)
    row.not_finite +=
        std::count_if(chain.begin(), chain.end(), [](double x) { return !std::isfinite(x); });
  if (!draws.columns[column].moments || row.not_finite > 0 || row.tail_index > kHeaviestTail)
    row.mean = row.mcse = row.sd = row.mcse_sd = kNan;
  return row;
}

}  // namespace

Summary summarize(const Draws& draws, int threads) {
  std::vector<std::size_t> columns;
  for (std::size_t j = 0; j < draws.columns.size(); ++j)
    if (draws.columns[j].name != "lp__") columns.push_back(j);
  std::size_t length = draws.per_chain;
  for (const std::size_t kept : draws.kept) length = std::min(length, kept);

  Summary summary;
  summary.rows.resize(columns.size());
  const NormalScores scores(split_size(draws.chains, length));
  // Each row is a function of its column alone, so it does not matter which thread takes it.
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i; (i = next++) < columns.size();)
      summary.rows[i] = summarize_column(draws, columns[i], length, scores);
  };
  const std::size_t workers = std::min<std::size_t>(std::max(threads, 1), columns.size());
  std::vector<std::jthread> pool;
  for (std::size_t i = 1; i < workers; ++i) pool.emplace_back(work);
  work();
  return summary;
}

}  // namespace lmmdsl
