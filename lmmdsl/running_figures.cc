#include "lmmdsl/running_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lmmdsl/csv_text.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/figures.h"
#include "lmmdsl/summary_table.h"
#include "lmmdsl/text_table.h"
#include "runtime/not_a_number.h"

namespace lmmdsl {
namespace {

void add_row(TextTable& table, const std::string& name, const RunningFigures& f) {
  // Digits as in the summary of draws.
  SummaryRow like = summary_row(f);
  like.median = like.q5 = like.q95 = f.mean;
  const Digits digits = supported_digits(like);
  Digits finer = digits;
  ++finer.decimals;
  table.add_row(
      {printable(name),
       figure(f.mean, digits),
       figure(f.sd, digits),
       figure(f.mcse, finer),
       {std::isnan(f.rhat) ? "–" : fmt::format("{:.3f}", f.rhat), f.rhat > kLargestRhat}});
}

}  // namespace

SummaryRow summary_row(const RunningFigures& f) {
  SummaryRow row{0, f.mean, f.mcse, f.sd, kNan, kNan, kNan, kNan, f.rhat, kNan, kNan};
  row.tail_index = kNan;
  return row;
}

std::string running_table(const std::vector<RunningQuantity>& quantities,
                          const RunningTableOptions& options) {
  const auto wanted = [&](const RunningQuantity& q) {
    return options.variables.empty() ||
           std::find(options.variables.begin(), options.variables.end(), q.variable()) !=
               options.variables.end();
  };
  TextTable table({{"", Align::left},
                   {"mean", Align::decimal},
                   {"sd", Align::decimal},
                   {"MCSE", Align::decimal},
                   {"R-hat", Align::right}});
  std::string notes;
  bool any = false;
  for (const RunningQuantity& q : quantities) {
    if (!wanted(q) || q.figures.empty()) continue;
    any = true;
    const std::size_t n = q.elements();
    const std::size_t most = options.variables.empty() ? std::min(n, options.shown) : n;
    for (std::size_t e = 0; e < most; ++e)
      for (std::size_t k = 0; k < q.components.size(); ++k)
        add_row(table, q.column(e, q.components[k]).name, q.at(e, k));
    const std::string variable = printable(q.variable());
    if (most < n)
      table.add_remark(fmt::format(
          "... and {} more {}; `--vars {}` shows all", n - most,
          q.factors.empty() ? "rows" : fmt::format("of {}", fmt::join(q.factors, " and ")),
          variable));
    if (!q.moments)
      notes += fmt::format(
          "– {0}: its denominator can be 0, so its mean and "
          "sd may not exist; `--store {1}` gives quantiles\n",
          variable, printable(q.head));
  }
  if (!any) return {};
  const std::string text = table.to_text(options.colour);
  return notes.empty() ? text : text + '\n' + notes;
}

std::string rows_csv(const std::vector<RunningQuantity>& quantities) {
  std::vector<const RunningQuantity*> on_rows;
  for (const RunningQuantity& q : quantities)
    if (!q.rows.empty()) on_rows.push_back(&q);
  if (on_rows.empty()) return {};
  std::string text = "row";
  for (const RunningQuantity* q : on_rows) {
    for (std::size_t k = 0; k < q->components.size(); ++k) {
      const std::string name = q->components[k].index.empty()
                                   ? q->variable()
                                   : fmt::format("{}.{}", q->variable(), k + 1);
      text += fmt::format(",{0}.mean,{0}.sd,{0}.mcse,{0}.rhat", name);
    }
  }
  text += '\n';
  for (std::size_t e = 0; e < on_rows.front()->rows.size(); ++e) {
    text += std::to_string(on_rows.front()->rows[e] + 1);
    for (const RunningQuantity* q : on_rows) {
      for (std::size_t k = 0; k < q->components.size(); ++k) {
        const RunningFigures& f = q->at(e, k);
        for (const double x : {f.mean, f.sd, f.mcse, f.rhat}) text += ',' + csv_number(x);
      }
    }
    text += '\n';
  }
  return text;
}

}  // namespace lmmdsl
