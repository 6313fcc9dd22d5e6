#include "lmmdsl/compare/comparison_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lmmdsl/console.h"
#include "lmmdsl/csv_text.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/json_text.h"
#include "lmmdsl/text_table.h"

namespace lmmdsl {
namespace {

/// The sums over the units of one validation.
struct Totals {
  SumWithError elpd, waic;
  double p_loo = 0, p_waic = 0, mcse = 0;
  double worst_k = 0;
  std::string worst;
  std::size_t above = 0;  ///< units with too large a k
  std::vector<double> terms, waic_terms;
  std::size_t wide = 0;  ///< units with p_waic above 0.4
};

Totals totals_of(const Validation& v, std::size_t draws) {
  Totals t;
  if (!v.refused.empty()) {
    t.elpd.sum = t.waic.sum = -INFINITY;  // last, and shown as a dash
    return t;
  }
  double variance = 0;
  for (std::size_t i = 0; i < v.fits.size(); ++i) {
    const UnitFit& f = v.fits[i];
    t.terms.push_back(f.elpd_loo);
    t.waic_terms.push_back(f.elpd_waic);
    t.p_loo += f.p_loo;
    t.p_waic += f.p_waic;
    variance += f.mcse * f.mcse;
    t.wide += f.p_waic > 0.4;
    t.above += !(f.k <= largest_k(draws));
    if (i == 0 || f.k > t.worst_k) {
      t.worst_k = f.k;
      t.worst = v.units[i];
    }
  }
  t.elpd = sum_with_error(t.terms);
  t.waic = sum_with_error(t.waic_terms);
  t.mcse = std::sqrt(variance);
  return t;
}

const Validation* find_validation(const ModelFit& fit, const std::string& by) {
  for (const Validation& v : fit.validations)
    if (v.by == by) return &v;
  return nullptr;
}

/// The terms of b less those of a: sum and standard error.
SumWithError difference(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> d;
  for (std::size_t i = 0; i < a.size(); ++i) d.push_back(b[i] - a[i]);
  return sum_with_error(d);
}

std::string one_decimal(double x) { return std::isfinite(x) ? fmt::format("{:.1f}", x) : "–"; }

std::string name_of(const ModelFit& fit) { return printable(fit.folder); }

std::string validation_table(const std::vector<ModelFit>& fits, const std::string& by) {
  std::vector<Totals> totals;
  std::vector<std::size_t> order;
  for (const ModelFit& fit : fits) {
    order.push_back(totals.size());
    totals.push_back(totals_of(*find_validation(fit, by), fit.draws));
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return totals[a].elpd.sum > totals[b].elpd.sum;
  });
  const std::size_t best = order.front();
  TextTable table({{"", Align::left},
                   {"elpd_loo", Align::decimal},
                   {"se", Align::decimal},
                   {"p_loo", Align::decimal},
                   {"difference", Align::decimal},
                   {"its se", Align::decimal},
                   {"worst k", Align::decimal},
                   {"elpd_waic", Align::decimal},
                   {"p_waic", Align::decimal}});
  for (const std::size_t m : order) {
    const Totals& t = totals[m];
    if (t.terms.empty()) {
      table.add_row({name_of(fits[m]), "–", "", "", "", "", "", "–", ""});
      continue;
    }
    const SumWithError d = difference(totals[best].terms, t.terms);
    table.add_row(
        {name_of(fits[m]), one_decimal(t.elpd.sum), one_decimal(t.elpd.error), one_decimal(t.p_loo),
         m == best ? "" : one_decimal(d.sum), m == best ? "" : one_decimal(d.error),
         TextCell(std::isfinite(t.worst_k) ? fmt::format("{:.2f}", t.worst_k) : "inf", t.above > 0),
         one_decimal(t.waic.sum), one_decimal(t.p_waic)});
  }
  const Validation& first = *find_validation(fits.front(), by);
  return fmt::format("leaving out one {} of {} at a time\n\n", printable(by), first.units.size()) +
         table.to_text(colour_on_output());
}

std::string marginal_table(const std::vector<ModelFit>& fits) {
  double best = -INFINITY;
  for (const ModelFit& fit : fits)
    if (fit.marginal.refused.empty()) best = std::max(best, fit.marginal.log_value);
  TextTable table({{"", Align::left},
                   {"log p(y)", Align::decimal},
                   {"se", Align::decimal},
                   {"log Bayes factor", Align::decimal},
                   {"", Align::left}});
  for (const ModelFit& fit : fits) {
    const MarginalLikelihood& m = fit.marginal;
    if (!m.refused.empty()) table.add_row({name_of(fit), "–", "", "", printable(m.refused)});
    else
      table.add_row({name_of(fit), fmt::format("{:.2f}", m.log_value),
                     fmt::format("{:.2g}", m.error),
                     m.log_value == best ? "" : fmt::format("{:.2f}", m.log_value - best), ""});
  }
  return "marginal likelihood\n\n" + table.to_text(colour_on_output());
}

}  // namespace

std::vector<std::string> common_kinds(const std::vector<ModelFit>& fits) {
  std::vector<std::string> kinds;
  for (const Validation& v : fits.front().validations) {
    const bool common = std::all_of(fits.begin(), fits.end(), [&](const ModelFit& fit) {
      const Validation* other = find_validation(fit, v.by);
      return other != nullptr && other->units == v.units;
    });
    if (common) kinds.push_back(v.by);
  }
  return kinds;
}

Diagnostics comparison_remarks(const std::vector<ModelFit>& fits) {
  Diagnostics all;
  const auto say = [&](Severity severity, std::string message, std::string hint = {}) {
    Diagnostic d;
    d.severity = severity;
    d.message = std::move(message);
    d.hint = std::move(hint);
    all.push_back(std::move(d));
  };
  for (const ModelFit& fit : fits) {
    for (const Validation& v : fit.validations) {
      if (!v.refused.empty()) {
        say(Severity::note,
            fmt::format("{}: no {} can be left out: {}", name_of(fit), printable(v.by), v.refused));
        continue;
      }
      const Totals t = totals_of(v, fit.draws);
      if (t.above > 0)
        say(Severity::warning,
            fmt::format("{}: the Pareto k of {} of {} {}s is above {:.2f} (the worst: {}), so that "
                        "importance sampling is unreliable for {}",
                        name_of(fit), t.above, v.units.size(), printable(v.by),
                        largest_k(fit.draws), printable(t.worst), t.above == 1 ? "it" : "them"),
            "these are influential: fit without them, one after the other, and predict them");
      if (v.by == "row" && t.wide > 0)
        say(Severity::note,
            fmt::format("{}: p_waic of {} rows is above 0.4: WAIC is less reliable than elpd_loo",
                        name_of(fit), t.wide));
      if (!v.kept.empty())
        say(Severity::note,
            fmt::format("{}: leaving out a {}: {} {} not integrated out; "
                        "the weights alone account for {}",
                        name_of(fit), printable(v.by), fmt::join(v.kept, ", "),
                        v.kept.size() == 1 ? "is" : "are", v.kept.size() == 1 ? "it" : "them"));
    }
    const MarginalLikelihood& m = fit.marginal;
    if (!m.refused.empty()) continue;
    for (const std::string& note : m.notes)
      say(Severity::warning,
          fmt::format("{}: marginal likelihood: {}", name_of(fit), printable(note)));
    if (m.error > 0.2 || m.k > 0.7)
      say(Severity::warning,
          fmt::format("{}: the marginal likelihood is unreliable: {}", name_of(fit),
                      m.k > 0.7 ? fmt::format("few draws make most of it (Pareto k {:.2f})", m.k)
                                : fmt::format("its standard error is {:.2g}", m.error)),
          "more draws; with many variances it may remain so");
  }
  return all;
}

std::string comparison_table(const std::vector<ModelFit>& fits,
                             const std::vector<std::string>& kinds, bool marginal) {
  std::string text;
  for (const std::string& by : kinds)
    text += (text.empty() ? "" : "\n") + validation_table(fits, by);
  if (marginal) text += (text.empty() ? "" : "\n") + marginal_table(fits);
  const char* before = "\n";
  for (const ModelFit& fit : fits)
    if (fit.draws < fit.of) {
      text += fmt::format("{}at {} of {} draws of {}\n", before, fit.draws, fit.of, name_of(fit));
      before = "";
    }
  return text;
}

std::string comparison_csv(const std::vector<ModelFit>& fits, const std::vector<std::string>& kinds,
                           bool marginal) {
  std::string text = "model,by,quantity,estimate,se\n";
  const auto line = [&](const ModelFit& fit, const std::string& by, const char* what, double x,
                        double se) {
    text += fmt::format("{},{},{},{},{}\n", csv_cell(fit.folder), csv_cell(by), what, csv_number(x),
                        csv_number(se));
  };
  for (const std::string& by : kinds)
    for (const ModelFit& fit : fits) {
      const Totals t = totals_of(*find_validation(fit, by), fit.draws);
      if (t.terms.empty()) continue;
      line(fit, by, "elpd_loo", t.elpd.sum, t.elpd.error);
      line(fit, by, "p_loo", t.p_loo, NAN);
      line(fit, by, "worst_k", t.worst_k, NAN);
      line(fit, by, "elpd_waic", t.waic.sum, t.waic.error);
      line(fit, by, "p_waic", t.p_waic, NAN);
      const Totals first = totals_of(*find_validation(fits.front(), by), fits.front().draws);
      if (&fit == &fits.front() || first.terms.empty()) continue;
      const SumWithError d = difference(first.terms, t.terms);
      line(fit, by, "elpd_loo_less_first", d.sum, d.error);
    }
  if (marginal)
    for (const ModelFit& fit : fits)
      if (fit.marginal.refused.empty())
        line(fit, "", "log_marginal_likelihood", fit.marginal.log_value, fit.marginal.error);
  return text;
}

std::string comparison_json(const std::vector<ModelFit>& fits,
                            const std::vector<std::string>& kinds, bool marginal) {
  std::string text = "[";
  const char* between = "\n";
  for (const ModelFit& fit : fits) {
    text += fmt::format("{}{{\"model\": {}, \"title\": {}, \"draws\": {}", between,
                        json_string(fit.folder), json_string(fit.title), fit.draws);
    between = ",\n";
    for (const std::string& by : kinds) {
      const Validation& v = *find_validation(fit, by);
      const Totals t = totals_of(v, fit.draws);
      text += fmt::format(
          ",\n \"by {}\": {{\"units\": {}, \"elpd_loo\": {}, \"se\": {}, "
          "\"p_loo\": {}, \"mcse\": {}, \"worst_k\": {}, \"above\": {}, "
          "\"elpd_waic\": {}, \"se_waic\": {}, \"p_waic\": {}}}",
          by, v.units.size(), json_number(t.elpd.sum), json_number(t.elpd.error),
          json_number(t.p_loo), json_number(t.mcse), json_number(t.worst_k), t.above,
          json_number(t.waic.sum), json_number(t.waic.error), json_number(t.p_waic));
    }
    if (marginal) {
      const MarginalLikelihood& m = fit.marginal;
      const bool there = m.refused.empty();
      text +=
          fmt::format(",\n \"marginal\": {{\"log\": {}, \"se\": {}, \"refused\": {}}}",
                      json_number(there ? m.log_value : NAN), json_number(there ? m.error : NAN),
                      there ? "null" : json_string(m.refused));
    }
    text += '}';
  }
  return text + "\n]\n";
}

std::string pointwise_csv(const std::vector<ModelFit>& fits) {
  std::string text = "model,by,unit,elpd_loo,p_loo,mcse,k,elpd_waic,p_waic\n";
  for (const ModelFit& fit : fits)
    for (const Validation& v : fit.validations)
      for (std::size_t i = 0; i < v.fits.size(); ++i) {
        const UnitFit& f = v.fits[i];
        text += fmt::format("{},{},{},{},{},{},{},{},{}\n", csv_cell(fit.folder), csv_cell(v.by),
                            csv_cell(v.units[i]), csv_number(f.elpd_loo), csv_number(f.p_loo),
                            csv_number(f.mcse), csv_number(f.k), csv_number(f.elpd_waic),
                            csv_number(f.p_waic));
      }
  return text;
}

}  // namespace lmmdsl
