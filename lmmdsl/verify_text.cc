#include "lmmdsl/verify_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lmmdsl/text_table.h"

namespace lmmdsl {

namespace {

constexpr std::size_t kMostBars = 16;
constexpr std::size_t kMostRows = 60;

std::string p_text(double p) {
  if (p > 0.99) return "1";
  return p < 0.001 ? fmt::format("{:.1e}", p) : fmt::format("{:.3f}", p);
}

}  // namespace

std::string identities_text(const Model& model, const CheckReport& check, bool colour) {
  TextTable table({{"parameter"}, {"largest discrepancy", Align::right}, {"states", Align::right}});
  for (const IdentityResult& r : check.identities)
    table.add_row({model[r.parameter].spelling,
                   {fmt::format("{:.1e}", r.largest_discrepancy),
                    !(r.largest_discrepancy <= check.tolerance)},
                   std::to_string(r.states)});
  table.add_row({"log joint",
                 {fmt::format("{:.1e}", check.log_joint_discrepancy),
                  !(check.log_joint_discrepancy <= check.tolerance)},
                 check.identities.empty() ? "0" : std::to_string(check.identities.front().states)});
  return fmt::format(
             "log joint - log conditional, at random states (relative; at most {:.0e} expected)\n",
             check.tolerance) +
         table.to_text(colour);
}

std::string changes_text(const VerifyReport& report) {
  std::string text;
  for (const ReplacedPrior& r : report.replaced)
    text += fmt::format("  for {}\n      {}\n", r.before, r.after);
  if (!text.empty())
    text = "priors that are improper, or nearly so, are replaced in the simulations\n" + text;
  if (!report.held.empty())
    text += fmt::format("held fixed while data are simulated, as computed from the data: {}\n",
                        fmt::join(report.held, ", "));
  return text;
}

std::string bars(const std::vector<int>& counts) {
  static const char* const kHeights[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  double n = 0;
  for (const int c : counts) n += c;
  const std::size_t width = std::min(kMostBars, counts.size());
  std::string text;
  for (std::size_t b = 0; b < width; ++b) {
    const std::size_t begin = b * counts.size() / width, end = (b + 1) * counts.size() / width;
    double sum = 0;
    for (std::size_t k = begin; k < end; ++k) sum += counts[k];
    const double expected = n * static_cast<double>(end - begin) / counts.size();
    const double height = expected > 0 ? 4 * sum / expected : 0;
    text += kHeights[std::clamp(static_cast<int>(std::lround(height)), 0, 8)];
  }
  return text;
}

std::string ranks_text(const VerifyReport& report, bool colour) {
  const auto& first = report.calibration.quantities;
  const auto& second = report.joint_law.quantities;
  if (first.empty() || second.size() != first.size()) return {};
  // Of many quantities those that fit least.
  const auto smallest = [&](std::size_t q) { return std::min(first[q].p, second[q].p); };
  std::vector<std::size_t> shown(first.size());
  for (std::size_t q = 0; q < shown.size(); ++q) shown[q] = q;
  std::stable_sort(shown.begin(), shown.end(),
                   [&](std::size_t a, std::size_t b) { return smallest(a) < smallest(b); });
  shown.resize(std::min(shown.size(), kMostRows));
  std::sort(shown.begin(), shown.end());

  TextTable table({{"quantity"}, {"calibration"}, {"p at most"}, {"joint law"}, {"p at most"}});
  const auto cell = [&](const RankedQuantity& q) {
    if (!q.moves) return TextCell("never drawn", true);
    return TextCell(p_text(q.p), q.p < report.critical);
  };
  for (const std::size_t q : shown)
    table.add_row({first[q].name, bars(first[q].counts), cell(first[q]), bars(second[q].counts),
                   cell(second[q])});
  if (shown.size() < first.size())
    table.add_remark(fmt::format("... and {} more, which fit better", first.size() - shown.size()));
  return table.to_text(colour);
}

}  // namespace lmmdsl
