#include "runtime/summary.h"

#include <algorithm>
#include <cmath>

#include "runtime/diagnostics.h"
#include "runtime/not_a_number.h"
#include "runtime/parts.h"

namespace lmmdsl {
namespace {

constexpr double kHeaviestTail = 0.7;  // above this, means over draws are of no use

std::size_t complete_draws(const Draws& draws) {
  std::size_t length = draws.per_chain;
  for (const std::size_t kept : draws.kept) length = std::min(length, kept);
  return length;
}

SummaryRow summarize_column(const Draws& draws, std::size_t column, const NormalScores& scores,
                            double hpd_probability) {
  const Chains chains = complete_chains(draws, column);
  const ChainFigures d = diagnose(chains, scores, hpd_probability);

  SummaryRow row{column,       d.mean,      d.mcse_mean, d.sd,       d.mcse_sd,  d.median,
                 d.q5,         d.q95,       d.rhat,      d.ess_bulk, d.ess_tail, /*not_finite*/ 0,
                 d.tail_index, d.hpd.lower, d.hpd.upper};
  for (const auto& chain : chains)
    row.not_finite +=
        std::count_if(chain.begin(), chain.end(), [](double x) { return !std::isfinite(x); });
  if (!draws.columns[column].moments || row.not_finite > 0 || row.tail_index > kHeaviestTail)
    row.mean = row.mcse = row.sd = row.mcse_sd = kNan;
  return row;
}

}  // namespace

Chains complete_chains(const Draws& draws, std::size_t column) {
  const std::size_t length = complete_draws(draws);
  Chains chains;
  for (int c = 0; c < draws.chains; ++c) chains.emplace_back(draws.column(c, column), length);
  return chains;
}

Summary summarize(const Draws& draws, int threads, double hpd_probability) {
  std::vector<std::size_t> columns;
  for (std::size_t j = 0; j < draws.columns.size(); ++j)
    if (draws.columns[j].name != "lp__") columns.push_back(j);

  Summary summary;
  summary.rows.resize(columns.size());
  const NormalScores scores(split_size(draws.chains, complete_draws(draws)));
  // Each row is a function of its column alone, so it does not matter which thread takes it.
  for_each_part(columns.size(), std::max(threads, 1), [&](std::size_t i) {
    summary.rows[i] = summarize_column(draws, columns[i], scores, hpd_probability);
  });
  return summary;
}

}  // namespace lmmdsl
