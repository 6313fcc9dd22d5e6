// `plan`: how a sweep is computed, as pseudo-code: what once, what each sweep, at which cost, by
// which kernels.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/derive/inline.h"
#include "compiler/page/wrap.h"
#include "compiler/plan/cost.h"
#include "grammar/listed_words.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/letters.h"
#include "lmmdsl/lmmdsl.h"
#include "lmmdsl/load.h"
#include "lmmdsl/plan_writer.h"
#include "runtime/retrace.h"

namespace lmmdsl {

std::string PlanWriter::write(const std::string& data_line) {
  std::string sweep;
  for (std::size_t s = 0; s < plan_.steps.size(); ++s) sweep += step_text(s);
  std::string out = model_.title.empty() ? "" : printable(model_.title) + "\n";
  out += fmt::format("schedule {}", program_.schedule.name);
  out += data_line.empty() ? "\n" : "; " + data_line + "\n";
  out += "\nOnce, when data are bound\n\n" + once_text();  // after the steps, which name statistics
  out += "\nEach sweep\n" + crossing_text() + sweep;
  out += "\nBefore a draw is kept\n\n" + kept_text();
  out += "\nAll together\n\n" + cost_text();
  return out;
}

std::string PlanWriter::crossing_text() const {
  if (!program_.schedule.crossing) return {};
  const Crossing& c = *program_.schedule.crossing;
  const auto time = [](double ns) {
    return ns < 1e6 ? fmt::format("{:.0f} us", ns / 1e3) : fmt::format("{:.3g} ms", ns / 1e6);
  };
  return "\n" +
         wrap_words(
             "  factors cross: ",
             fmt::format("their coefficients are drawn {}. By the cells of the data a draw "
                         "of all by one sparse matrix takes about {}{}; one of factor by "
                         "factor {}, and with effects of twice the error's standard deviation "
                         "{:.2g} of these are worth one independent draw",
                         c.together_pays() ? "together" : "factor by factor", time(c.together),
                         c.or_more ? " or more" : "", time(c.apart), c.sweeps));
}

Lengths PlanWriter::lengths() const {
  if (!data_) return length_without_data;
  return [this](const Dim& dim) { return std::optional<int>(data_->length(dim)); };
}

std::string PlanWriter::plate_text(const Plate& plate) const {
  std::string said = describe(model_, plate);
  if (data_ && !plate.once()) said += fmt::format(" ({})", data_->plate(plate).size);
  return said;
}

std::string PlanWriter::text_of(const Cost& cost) const {
  std::vector<std::string> parts;
  for (const auto& [plate, operations] : cost.terms)
    if (!data_ || data_->plate(plate).size > 0)
      parts.push_back(fmt::format("{:.0f}{}", std::ceil(operations),
                                  plate.once() ? "" : " for " + plate_text(plate)));
  if (cost.open) parts.push_back("more with the numbers of levels");
  if (parts.empty()) return "none";
  std::string said = fmt::format("{}", fmt::join(parts, " + "));
  if (data_ && (parts.size() > 1 || !cost.terms[0].first.once()))
    said += fmt::format(" = {:.0f}", std::ceil(total(cost)));
  return said;
}

double PlanWriter::total(const Cost& cost) const {
  return cost.total([this](const Plate& plate) { return data_->plate(plate).size; });
}

std::string PlanWriter::size_text(const Shape& shape) const {
  if (shape.is_scalar()) return {};
  const auto length = [&](const Dim& dim) {
    const auto known = lengths()(dim);
    return known ? std::to_string(*known) : describe(dim);
  };
  return fmt::format("{} x {}", length(shape.rows), length(shape.cols));
}

bool PlanWriter::is_statistic(const Expr& e) const {
  if (e->op == Op::triangle) return true;
  return e->op == Op::sum_over && e->over.rows && !is_number(e->args[0], 1);
}

Expr PlanWriter::pseudo(int v) {
  const PlanValue& value = plan_.values[v];
  if (value.constant && is_statistic(value.expr)) return statistic(v).stands_for;
  if (value.args.empty()) return value.expr;
  std::vector<Expr> args;
  for (const int a : value.args) args.push_back(pseudo(a));
  return with_args(value.expr, std::move(args));
}

const PlanWriter::Statistic& PlanWriter::statistic(int v) {
  for (const Statistic& s : statistics_)
    if (s.value == v) return s;
  const Expr& e = plan_.values[v].expr;
  const char* letter = e->op == Op::triangle ? "R" : "S";
  int& count = e->op == Op::triangle ? triangles_ : sums_;
  std::string name;
  do {
    name = letter + std::to_string(++count);
  } while (model_.find(name) >= 0);
  const SymbolId id = -2 - static_cast<SymbolId>(statistics_.size());
  statistics_.push_back({v, name, symbol(id, name, e->shape, e->plate, e->positive, e->symmetric)});
  return statistics_.back();
}

std::string PlanWriter::once_text() {
  std::string out;
  std::vector<Plate> plates;
  for (const Statistic& s : statistics_) {
    const Plate& plate = plan_.values[s.value].expr->plate;
    if (std::find(plates.begin(), plates.end(), plate) == plates.end()) plates.push_back(plate);
  }
  for (const Plate& plate : plates) {
    out += fmt::format("  {}\n", plate.once() ? "once" : "for " + plate_text(plate));
    for (const Statistic& s : statistics_)
      if (plan_.values[s.value].expr->plate == plate) out += statistic_text(s);
  }
  if (statistics_.empty()) out += "  no statistic of the rows is needed\n";
  for (const Symbol& s : model_.symbols)
    if (s.role == Role::fit) out += fmt::format("  the least squares fits `{}`\n", s.spelling);
  for (const Pilot& pilot : plan_.pilots)
    out += fmt::format("  a pooled least squares fit of {}, about which chains start\n",
                       text(model_.densities[pilot.density].value));
  out += "  whatever else mentions no unknown\n";
  out += fmt::format("  operations: {}\n", text_of(cost_of(plan_, plan_.setup, lengths())));
  return out;
}

std::string PlanWriter::statistic_text(const Statistic& s) const {
  const Expr& e = plan_.values[s.value].expr;
  const std::string size = size_text(e->shape);
  std::string what = text(e);
  if (e->op == Op::triangle) {
    const std::vector<Expr> columns(e->args.begin(), e->args.end() - 1);
    std::vector<std::string> names;
    for (const Expr& c : columns) names.push_back(text(c));
    what = fmt::format("R of the QR decomposition of the rows [{}]", fmt::join(names, ", "));
    if (!is_number(e->args.back(), 1)) what += ", weighted by " + text(e->args.back());
  }
  if (!size.empty()) what += ", " + size;
  return wrap_words(fmt::format("    {} = ", text(s.stands_for)), what);
}

std::string PlanWriter::kept_text() const {
  std::string out;
  for (const auto& [d, v] : plan_.derived)
    out += wrap_formula(fmt::format("  {} = ", text(reference(model_, d))),
                        text(inline_derived(model_, model_[d].definition)));
  for (const auto& [d, v] : plan_.row_derived) {
    const std::string name = text(reference(model_, d));
    if (model_[d].levels > 0) out += fmt::format("  the share of each level of {}\n", name);
    else
      out += wrap_formula(fmt::format("  {} = ", name),
                          text(inline_derived(model_, model_[d].definition)));
  }
  for (const SpreadValues& s : plan_.spread) {
    const std::string name = text(reference(model_, s.parameter));
    out += fmt::format("  sd({0}) and cor({0})\n", name);
  }
  out += "  lp__, the log joint density\n";
  std::vector<std::string> responses;
  for (const MissingResponse& m : plan_.missing)
    if (!data_ || data_->plate(m.plate).size > 0)
      responses.push_back(text(model_.stated[m.density].value));
  if (!responses.empty())
    out += fmt::format("  {} where missing, from {} predictive distribution\n",
                       listed_words(responses), responses.size() == 1 ? "its" : "their");
  out += fmt::format("  operations: {}\n", text_of(cost_of(plan_, plan_.report, lengths())));
  return out;
}

std::string PlanWriter::cost_text() const {
  const Plan plain = lower(model_, program_.conditionals, program_.schedule, {.hoist = false});
  Cost rows;
  for (const PlanStep& step : plain.steps) {
    if (step.moved) continue;  // as many points as a slice needs
    rows += cost_of(plain, step.refresh, lengths());
    for (const int c : drawn_by(step))
      rows += cost_of_draw(model_, plain.conditionals[c], lengths());
  }
  std::string out = wrap_words("  operations of a sweep       ", text_of(sweep_));
  if (statistics_.empty()) return out;
  return out + wrap_words("  with sums over rows instead ", text_of(rows));
}

namespace {

Notation notation(bool unicode) { return unicode ? Notation::unicode : Notation::ascii; }

}  // namespace

std::string describe_plan(const Program& program, bool unicode) {
  return PlanWriter(program, nullptr, notation(unicode)).write({});
}

std::string describe_plan(const Bound& bound, bool unicode) {
  return PlanWriter(*bound.program, bound.plan.get(), notation(unicode))
      .write(describe_data(bound));
}

}  // namespace lmmdsl
