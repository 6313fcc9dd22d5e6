#include "lmmdsl/row_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lmmdsl/display_width.h"
#include "lmmdsl/figures.h"
#include "lmmdsl/json_text.h"
#include "lmmdsl/summary_table.h"
#include "lmmdsl/text_table.h"
#include "runtime/not_a_number.h"

namespace lmmdsl {
namespace {

std::size_t components(const RowQuantity& q) {
  return std::max<std::size_t>(1, q.components.size());
}

/// Digits as in the summary of draws.
Digits digits_of(const RowFigures& f) {
  SummaryRow row{0, f.mean, f.mcse, f.sd, kNan, f.mean, f.mean, f.mean, f.rhat, kNan, kNan};
  return supported_digits(row);
}

}  // namespace

std::string row_table(const std::vector<RowQuantity>& quantities, const RowTableOptions& options) {
  const auto wanted = [&](const RowQuantity& q) {
    return options.variables.empty() ||
           std::find(options.variables.begin(), options.variables.end(), q.variable) !=
               options.variables.end();
  };
  TextTable table({{"", Align::left},
                   {"mean", Align::decimal},
                   {"sd", Align::decimal},
                   {"MCSE", Align::decimal},
                   {"R-hat", Align::right}});
  std::string notes;
  bool any = false;
  for (const RowQuantity& q : quantities) {
    if (!wanted(q) || q.rows.empty()) continue;
    any = true;
    const std::size_t n = q.rows.size(), p = components(q);
    const std::size_t most = options.variables.empty() ? std::min(n, options.shown) : n;
    for (std::size_t i = 0; i < most * p; ++i) {
      const RowFigures& f = q.figures[i];
      const std::string component = q.components.empty() ? "" : ", " + q.components[i % p];
      const Digits digits = digits_of(f);
      Digits finer = digits;
      ++finer.decimals;
      table.add_row(
          {printable(fmt::format("{}[row={}{}]", q.variable, q.rows[i / p] + 1, component)),
           figure(f.mean, digits),
           figure(f.sd, digits),
           figure(f.mcse, finer),
           {std::isnan(f.rhat) ? "–" : fmt::format("{:.3f}", f.rhat), f.rhat > kLargestRhat}});
    }
    if (most < n)
      table.add_remark(fmt::format("... and {} more rows; `--vars {}` shows all", n - most,
                                   printable(q.variable)));
    if (!q.moments)
      notes += fmt::format(
          "– {0}: its denominator can be 0, so its mean and sd may not exist; `--store {0}` gives "
          "quantiles\n",
          printable(q.variable));
  }
  if (!any) return {};
  const std::string text = table.to_text(options.colour);
  return notes.empty() ? text : text + '\n' + notes;
}

std::string rows_csv(const std::vector<RowQuantity>& quantities) {
  std::string text = "row";
  for (const RowQuantity& q : quantities) {
    for (std::size_t k = 0; k < components(q); ++k) {
      const std::string name =
          q.components.empty() ? q.variable : fmt::format("{}.{}", q.variable, k + 1);
      text += fmt::format(",{0}.mean,{0}.sd,{0}.mcse,{0}.rhat", name);
    }
  }
  text += '\n';
  if (quantities.empty()) return text;
  for (std::size_t i = 0; i < quantities.front().rows.size(); ++i) {
    text += std::to_string(quantities.front().rows[i] + 1);
    for (const RowQuantity& q : quantities) {
      const std::size_t p = components(q);
      for (std::size_t k = i * p; k < (i + 1) * p; ++k) {
        const RowFigures& f = q.figures[k];
        for (const double x : {f.mean, f.sd, f.mcse, f.rhat})
          text += std::isfinite(x) ? ',' + json_number(x) : ",";
      }
    }
    text += '\n';
  }
  return text;
}

}  // namespace lmmdsl
