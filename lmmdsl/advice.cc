#include "lmmdsl/advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "lmmdsl/display_width.h"
#include "lmmdsl/figures.h"
#include "lmmdsl/summary_table.h"

namespace lmmdsl {
namespace {

constexpr double kSafety = 1.25;       // estimates of a small ESS are themselves rough
constexpr double kManyDraws = 50'000;  // more a chain than this are better thinned than kept
constexpr double kVeryBadRhat = 1.05;  // the warm-up was too short as well

Diagnostic warning(std::string message, std::string hint = {}) {
  Diagnostic d = plain_error(ExitCode::done, std::move(message), std::move(hint));
  d.severity = Severity::warning;
  return d;
}

/// The worst of one diagnostic, and how many quantities are beyond its threshold.
struct Worst {
  const SummaryRow* row = nullptr;
  double value = 0;
  std::size_t beyond = 0;

  void see(const SummaryRow& r, double x, bool is_beyond, bool is_worse) {
    if (!is_beyond) return;
    ++beyond;
    if (row == nullptr || is_worse) row = &r, value = x;
  }
};

/// The next of 1, 1.5, 2, 3, 4, 5, 6, 8, 10 times a power of ten.
double round_up(double x) {
  const double unit = std::pow(10.0, std::floor(std::log10(x)));
  for (const double step : {1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0})
    if (step * unit >= x * (1 - 1e-12)) return step * unit;
  return 10 * unit;
}

std::string longer_run(const SampleSettings& settings, double smallest_ess, double worst_rhat) {
  const double sweeps = static_cast<double>(settings.draws) * static_cast<double>(settings.thin);
  double factor = smallest_ess < kLeastEss ? kLeastEss / std::max(smallest_ess, 1.0) * kSafety : 1;
  if (worst_rhat > kLargestRhat) factor = std::max(factor, 2.0);
  const double needed = round_up(sweeps * factor);
  std::string text = "run longer: `";
  if (worst_rhat > kVeryBadRhat)
    text += fmt::format("--warmup {:.0f} ",
                        std::max(100.0, 2.0 * static_cast<double>(settings.warmup)));
  if (needed <= kManyDraws * static_cast<double>(settings.thin)) {
    text += fmt::format("--draws {:.0f}`", needed / static_cast<double>(settings.thin));
  } else {
    const double draws = std::min(10'000.0, static_cast<double>(settings.draws));
    text += fmt::format("--draws {:.0f} --thin {:.0f}`", draws, std::ceil(needed / draws));
  }
  return text;
}

std::string others(std::size_t beyond) {
  return beyond > 1 ? fmt::format(" ({} quantities in all)", beyond) : std::string();
}

}  // namespace

Diagnostics advice(const Draws& draws, const Summary& summary, const SampleSettings& settings) {
  Worst rhat, bulk, tail;
  bool any_defined = false;
  std::map<std::string, std::pair<const SummaryRow*, std::size_t>> not_finite;  // by variable
  for (const SummaryRow& row : summary.rows) {
    any_defined = any_defined || !std::isnan(row.ess_bulk);
    rhat.see(row, row.rhat, row.rhat > kLargestRhat, row.rhat > rhat.value);
    bulk.see(row, row.ess_bulk, row.ess_bulk < kLeastEss, row.ess_bulk < bulk.value);
    tail.see(row, row.ess_tail, row.ess_tail < kLeastEss, row.ess_tail < tail.value);
    if (row.not_finite > 0) {
      auto& entry = not_finite[draws.columns[row.column].variable];
      if (entry.first == nullptr) entry.first = &row;
      ++entry.second;
    }
  }
  const auto name = [&](const SummaryRow* row) {
    return printable(draws.columns[row->column].name, 60);
  };

  Diagnostics result;
  for (const auto& [variable, entry] : not_finite)
    result.push_back(
        warning(fmt::format("`{}` is not finite in {} draws, so it has no mean and sd{}",
                            name(entry.first), entry.first->not_finite, others(entry.second)),
                "a division by zero, or the logarithm or root of a negative number"));
  if (!any_defined && !summary.rows.empty()) {
    result.push_back(warning("too few draws for R-hat and effective sample sizes",
                             "`--draws 1000` is a sensible least"));
    return result;
  }
  std::vector<std::string> found;
  if (rhat.row)
    found.push_back(fmt::format(
        "the chains do not agree: R-hat of `{}` is {:.{}f}, above {}{}", name(rhat.row), rhat.value,
        rhat.value < kLargestRhat + 0.0005 ? 4 : 3, kLargestRhat, others(rhat.beyond)));
  if (bulk.row)
    found.push_back(
        fmt::format("few effective draws: the bulk ESS of `{}` is {:.0f}, below {:.0f}{}",
                    name(bulk.row), bulk.value, kLeastEss, others(bulk.beyond)));
  if (tail.row)
    found.push_back(fmt::format(
        "few effective draws in the tails: the tail ESS of `{}` is {:.0f}, below {:.0f}{}",
        name(tail.row), tail.value, kLeastEss, others(tail.beyond)));
  double smallest = kLeastEss;
  if (bulk.row) smallest = std::min(smallest, bulk.value);
  if (tail.row) smallest = std::min(smallest, tail.value);
  const double worst_rhat = rhat.row ? rhat.value : 1;
  for (std::string& message : found) result.push_back(warning(std::move(message)));
  if (!found.empty()) result.back().hint = longer_run(settings, smallest, worst_rhat);
  return result;
}

Diagnostics advice_on_acceptance(const std::vector<std::vector<Acceptance>>& by_chain) {
  constexpr std::uint64_t kLongRun = 200;
  std::size_t given_up = 0, interweaved = 0;  // chains
  std::uint64_t longest = 0, left_out = 0;
  for (const std::vector<Acceptance>& chain : by_chain) {
    bool gives_up = false, interweaves = false;
    for (const Acceptance& a : chain) {
      if (a.collapsed) continue;
      gives_up |= a.given_up;
      interweaves |= a.interweaved && !a.given_up;
      longest = std::max(longest, a.longest_run);
      left_out += a.left_out;
    }
    given_up += gives_up ? 1 : 0;
    interweaved += interweaves ? 1 : 0;
  }
  Diagnostics found;
  const auto warn = [&](std::string message, std::string hint) {
    Diagnostic d;
    d.severity = Severity::warning;
    d.message = std::move(message);
    d.hint = std::move(hint);
    found.push_back(std::move(d));
  };
  if (given_up > 0)
    warn(
        fmt::format("a marginal step was given up in {} of {} chains: its proposals were hardly "
                    "ever accepted in the warm-up",
                    given_up, by_chain.size()),
        "the draws are right, and mix as those of `--schedule interweave`; a longer `--warmup` may "
        "find a better proposal");
  if (interweaved > 0)
    warn(fmt::format("proposals of a marginal step were accepted rarely in the warm-up of {} of {} "
                     "chains: scales are also drawn by interweaving",
                     interweaved, by_chain.size()),
         "the draws are right; a longer `--warmup` may find a better proposal");
  if (longest > kLongRun)
    warn(fmt::format("a marginal step rejected all proposals of up to {} sweeps in a row", longest),
         "run more draws, or `--schedule blocked`, and compare");
  if (left_out > 0)
    warn(fmt::format("a joint step was left out of {} sweeps: at their scales its precision cannot "
                     "be decomposed in double precision",
                     left_out),
         "the draws are right if other steps move on from there: a prior that keeps covariances "
         "from "
         "being singular, or columns on alike scales, make sure of it");
  return found;
}

}  // namespace lmmdsl
