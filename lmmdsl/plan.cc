// `plan`: how a sweep is computed, as pseudo-code: what once, what each sweep, at which cost, by
// which kernels.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/derive/inline.h"
#include "compiler/page/wrap.h"
#include "compiler/plan/cost.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/letters.h"
#include "lmmdsl/lmmdsl.h"
#include "lmmdsl/load.h"
#include "runtime/kernels/kernels.h"
#include "runtime/random.h"
#include "runtime/retrace.h"
#include "runtime/step_kernels.h"

namespace lmmdsl {
namespace {

constexpr const char* kIndent = "      ";

std::string listed(const std::vector<std::string>& items) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i)
    text += (i == 0 ? "" : i + 1 == items.size() ? " and " : ", ") + items[i];
  return text;
}

/// A statistic of the rows that is computed once and has a name in the pseudo-code.
struct Statistic {
  int value = -1;  ///< of the plan
  std::string name;
  Expr stands_for;  ///< the symbol of that name
};

class PlanWriter {
 public:
  PlanWriter(const Program& program, const BoundPlan* bound, Notation notation)
      : program_(program),
        model_(*program.model),
        plan_(program.plan),
        bound_(bound),
        data_(bound ? bound->data.get() : nullptr),
        notation_(notation),
        letters_(model_, notation) {}

  std::string write(const std::string& data_line) {
    std::string sweep;
    for (std::size_t s = 0; s < plan_.steps.size(); ++s) sweep += step_text(s);
    std::string out = model_.title.empty() ? "" : printable(model_.title) + "\n";
    out += fmt::format("schedule {}", program_.schedule.name);
    out += data_line.empty() ? "\n" : "; " + data_line + "\n";
    out +=
        "\nOnce, when data are bound\n\n" + once_text();  // after the steps, which name statistics
    out += "\nEach sweep\n" + sweep;
    out += "\nBefore a draw is kept\n\n" + kept_text();
    out += "\nAll together\n\n" + cost_text();
    return out;
  }

 private:
  std::string text(const Expr& e) const { return render(e, &model_, notation_); }

  // ---- sizes and costs ---------------------------------------------------------------------

  Lengths lengths() const {
    if (!data_) return length_without_data;
    return [this](const Dim& dim) { return std::optional<int>(data_->length(dim)); };
  }

  /// "each plot (10)".
  std::string plate_text(const Plate& plate) const {
    std::string said = describe(model_, plate);
    if (data_ && !plate.once()) said += fmt::format(" ({})", data_->plate(plate).size);
    return said;
  }

  /// "27 + 93 for each plot (10) = 957".
  std::string text_of(const Cost& cost) const {
    std::vector<std::string> parts;
    for (const auto& [plate, operations] : cost.terms)
      parts.push_back(fmt::format("{:.0f}{}", std::ceil(operations),
                                  plate.once() ? "" : " for " + plate_text(plate)));
    if (cost.open) parts.push_back("more with the numbers of levels");
    if (parts.empty()) return "none";
    std::string said = fmt::format("{}", fmt::join(parts, " + "));
    if (data_ && (parts.size() > 1 || !cost.terms[0].first.once()))
      said += fmt::format(" = {:.0f}", std::ceil(total(cost)));
    return said;
  }

  double total(const Cost& cost) const {
    return cost.total([this](const Plate& plate) { return data_->plate(plate).size; });
  }

  std::string size_text(const Shape& shape) const {
    if (shape.is_scalar()) return {};
    const auto length = [&](const Dim& dim) {
      const auto known = lengths()(dim);
      return known ? std::to_string(*known) : describe(dim);
    };
    return fmt::format("{} x {}", length(shape.rows), length(shape.cols));
  }

  // ---- pseudo-code -------------------------------------------------------------------------

  /// Sums over rows that mention no unknown have names; other constants stand as they are.
  bool is_statistic(const Expr& e) const {
    if (e->op == Op::triangle) return true;
    return e->op == Op::sum_over && e->over.rows && !is_number(e->args[0], 1);
  }

  Expr pseudo(int v) {
    const PlanValue& value = plan_.values[v];
    if (value.constant && is_statistic(value.expr)) return statistic(v).stands_for;
    if (value.args.empty()) return value.expr;
    std::vector<Expr> args;
    for (const int a : value.args) args.push_back(pseudo(a));
    return with_args(value.expr, std::move(args));
  }

  const Statistic& statistic(int v) {
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
    statistics_.push_back(
        {v, name, symbol(id, name, e->shape, e->plate, e->positive, e->symmetric)});
    return statistics_.back();
  }

  // ---- once --------------------------------------------------------------------------------

  std::string once_text() {
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

  std::string statistic_text(const Statistic& s) const {
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

  // ---- a step ------------------------------------------------------------------------------

  /// By the kind of the step.
  std::string step_text(std::size_t s) {
    const PlanStep& step = plan_.steps[s];
    const std::string number = fmt::format("\n  {}. ", s + 1);
    return number + (step.joint   ? joint_text(step)
                     : step.moved ? moved_text(step)
                     : !step.cuts.empty()
                         ? cut_text(step, plan_.conditionals[step.conditional()])
                         : full_conditional_text(step, plan_.conditionals[step.conditional()]));
  }

  /// Several parameters from their joint Normal conditional, and what is drawn before them with
  /// them integrated out.
  std::string joint_text(const PlanStep& step) {
    const auto names = [&](const std::vector<int>& conditionals) {
      std::vector<std::string> found;
      for (const int c : conditionals) found.push_back(text(plan_.conditionals[c].quantity));
      return listed(found);
    };
    std::string out;
    if (!step.marginal.empty())
      out += fmt::format("draw {} with {} integrated out, then ", names(step.marginal),
                         names(step.targets));
    out += fmt::format("draw {} together\n", names(step.targets));
    std::vector<std::string> used;
    const auto sum = [&](const std::string& name, const ScaledSum& terms) {
      std::vector<Expr> parts;
      for (const ScaledValue& t : terms) {
        const Expr value = pseudo(t.value);
        parts.push_back(t.scale < 0 ? value : multiply({pseudo(t.scale), value}));
      }
      const Expr e = add(std::move(parts));
      note_statistics(e, used);
      out += wrap_formula(kIndent + name + " = ", text(e));
    };
    const auto name = [&](int target) {
      return text(plan_.conditionals[step.targets[target]].quantity);
    };
    for (std::size_t t = 0; t < step.targets.size(); ++t) {
      sum(fmt::format("precision of {}", name(static_cast<int>(t))), step.joint->precisions[t]);
      sum(fmt::format("shift of {}", name(static_cast<int>(t))), step.joint->shifts[t]);
    }
    for (const JointValues::Coupling& c : step.joint->couplings)
      sum(fmt::format("precision of {} with {}", name(c.first), name(c.second)), c.precision);
    if (step.targets.size() > 1)
      out += wrap_words(
          "      order: ",
          "finer plates are eliminated before those that they nest in, an element at "
          "a time, and drawn after them" +
              std::string(step.dense.empty()
                              ? ""
                              : "; " + names(step.dense) + " at the top, all levels together"));
    if (!step.marginal.empty())
      out += wrap_words(
          "      accepted: ",
          fmt::format(
              "a proposal for {} from a multivariate t density is accepted by the ratio of "
              "p({} | y), which is the joint density over the Normal density of {}; as these "
              "are drawn at once, nothing reads values that were integrated out",
              names(step.marginal), names(step.marginal), names(step.targets)));
    const Cost cost = cost_of(plan_, step.refresh, lengths());
    sweep_ += cost;
    out += wrap_words("      operations: ",
                      text_of(cost) + ", and the decomposition of their precision");
    out += elements(step);
    return out + wrap_words("      rows: ", rows(step, used));
  }

  /// A scale given standardised coefficients, which move with it.
  std::string moved_text(const PlanStep& step) {
    const MovedValues& moved = *step.moved;
    const std::string scale = text(plan_.conditionals[step.conditional()].quantity);
    std::vector<std::string> coefficients;
    for (const MovedValues::Coefficient& c : moved.coefficients)
      coefficients.push_back(text(plan_.conditionals[c.conditional].quantity));
    std::string out = fmt::format("draw {} given standardised {}\n", scale, listed(coefficients));
    for (std::size_t k = 0; k < coefficients.size(); ++k)
      out += wrap_formula(fmt::format("{}mean of {} = ", kIndent, coefficients[k]),
                          text(pseudo(moved.coefficients[k].mean))) +
             wrap_formula(fmt::format("{}variance of {} = ", kIndent, coefficients[k]),
                          text(pseudo(moved.coefficients[k].variance)));
    out += wrap_words("      density: ",
                      fmt::format("the joint density along the path on which {} minus the mean, in "
                                  "units of the standard deviation, stays as it is, times the "
                                  "Jacobian; it has no name",
                                  listed(coefficients)));
    out += wrap_words("      draw: ", "slice sampling; nothing is rejected");
    if (step.fallback)
      out += wrap_words(
          "      rests: ",
          "in most sweeps, for it is there to end long rejections; in none where fewer "
          "than one proposal in ten of the marginal step was accepted in the last quarter "
          "of the warm-up");
    Cost cost = cost_of(plan_, moved.refresh_priors, lengths());
    cost += cost_of(plan_, moved.refresh, lengths());
    return out + wrap_words("      operations: ", text_of(cost) + ", for each point of some ten");
  }

  /// How the elements of the finest plate are computed, and why not faster.
  std::string elements(const PlanStep& step) const {
    const std::string said = bound_ ? elements_text(*bound_, step) : "";
    return said.empty() ? "" : wrap_words("      elements: ", said);
  }

  /// Cuts of ordered responses, the latent variables between them integrated out.
  std::string cut_text(const PlanStep& step, const Conditional& c) {
    std::vector<std::string> latent, statements;
    for (const SymbolId z : step.integrated) latent.push_back(text(reference(model_, z)));
    for (const CutResponse& r : step.cuts)
      statements.push_back(std::string(
          model_.source->slice(model_.stated[static_cast<std::size_t>(r.density)].span)));
    std::string out = c.plate.once() ? "" : "for " + plate_text(c.plate) + ", ";
    out += fmt::format("draw {} with {} integrated out\n", text(c.quantity), listed(latent));
    out += wrap_words("      density: ",
                      fmt::format("the prior times that of {}, as stated; it is log-concave in "
                                  "each component and has no name",
                                  listed(statements)));
    out += wrap_words("      draw: ",
                      "each component given the others by slice sampling, between its neighbours; "
                      "nothing is rejected, and nothing to be tuned");
    sweep_ += cost_of(plan_, step.refresh, lengths());
    return out + wrap_words("      rows: ",
                            "those of the two categories beside a component are visited, some "
                            "ten times");
  }

  std::string full_conditional_text(const PlanStep& step, const Conditional& c) {
    const std::string quantity = text(c.quantity);
    std::string out = c.plate.once() ? "" : "for " + plate_text(c.plate) + ", ";
    out += fmt::format("draw {}\n", quantity);
    std::vector<std::string> used;
    const std::vector<int>& natural = plan_.natural[step.conditional()];
    for (std::size_t k = 0; k < natural.size(); ++k) {
      const Expr e = pseudo(natural[k]);
      const bool bound = k >= c.parameters.size();
      const std::string name = bound ? (k == c.parameters.size() ? "lower" : "upper")
                                     : letters_.parameter(c.family, static_cast<int>(k));
      out += wrap_formula(fmt::format("{}{} = ", kIndent, name), text(e));
      note_statistics(e, used);
    }
    out += fmt::format("{}{} ~ {}\n", kIndent, quantity, letters_.distribution(c));
    Cost cost = cost_of(plan_, step.refresh, lengths());
    cost += cost_of_draw(model_, c, lengths());
    sweep_ += cost;
    out += wrap_words("      operations: ", text_of(cost));
    out += wrap_words("      kernels: ", kernels(step, c));
    out += elements(step);
    out += wrap_words("      rows: ", rows(step, used));
    return out;
  }

  void note_statistics(const Expr& e, std::vector<std::string>& used) const {
    for (const Statistic& s : statistics_)
      if (mentions(e, s.stands_for->symbol) &&
          std::find(used.begin(), used.end(), s.name) == used.end())
        used.push_back(s.name);
  }

  std::string kernels(const PlanStep& step, const Conditional& c) const {
    std::vector<std::string> names, without;
    for (const int v : step.refresh) {
      const Expr& e = plan_.values[v].expr;
      const KernelInfo* kernel = find_kernel(e->op);
      std::vector<std::string>& list = kernel ? names : without;
      if (kernel && cost_of(e, lengths()).terms.empty()) continue;  // moves numbers only
      const std::string name = kernel ? kernel->name : text(e);
      if (std::find(list.begin(), list.end(), name) == list.end()) list.push_back(name);
    }
    std::string said = names.empty() ? "" : listed(names) + "; ";
    if (!without.empty())
      said += fmt::format(
          "the reference evaluator, element by element, for {}, whose operator has no kernel; ",
          listed(without));
    return said + "the draw by " + generator(c);
  }

  std::string generator(const Conditional& c) const {
    const Shape& shape = model_[c.target].shape;
    const bool matrix =
        c.family == UpdateFamily::wishart || c.family == UpdateFamily::inverse_wishart;
    if (c.lower) return "the generator between bounds";
    if (c.family == UpdateFamily::discrete) return "one uniform variate";
    if (c.family == UpdateFamily::dirichlet) return "a gamma variate for each component";
    if (shape.is_scalar() || (c.family != UpdateFamily::normal && !matrix))
      return c.family == UpdateFamily::normal ? "one Normal variate"
             : c.family == UpdateFamily::generalized_inverse_gaussian
                 ? "a generalised inverse Gaussian variate"
                 : "a gamma variate, on the log scale";
    const std::optional<int> p = lengths()(shape.rows);
    const std::string size =
        p ? fmt::format("{0} x {0}", *p) : fmt::format("{0} x {0}", describe(shape.rows));
    std::string said = matrix ? fmt::format("Bartlett's decomposition, {}", size)
                              : fmt::format("Cholesky of a {} matrix", size);
    if (!p) return said;
    return said + (*p <= kLargestFixedSize
                       ? ", by code for this size"
                       : fmt::format(", by code for any size: sizes up to {} have their own",
                                     kLargestFixedSize));
  }

  /// Whether the step visits rows, and why.
  std::string rows(const PlanStep& step, const std::vector<std::string>& used) const {
    for (const int v : step.refresh) {
      const Expr& e = plan_.values[v].expr;
      const bool visits = e->plate.rows || (e->op == Op::sum_over && e->over.rows);
      if (visits) return "visited each sweep: " + why_visited(step);
    }
    if (used.empty()) return "none";
    return fmt::format("none visited: {} {} for them", listed(used),
                       used.size() == 1 ? "stands" : "stand");
  }

  std::string why_visited(const PlanStep& step) const {
    for (const int v : step.refresh) {
      const Expr& e = plan_.values[v].expr;
      if (!e->plate.rows) continue;
      switch (e->op) {
        case Op::add:
        case Op::multiply:
        case Op::transpose:
        case Op::hcat:
        case Op::vcat:
        case Op::component:
        case Op::column:
        case Op::sum_over:
          continue;
        default:
          break;
      }
      const bool square = e->op == Op::power && is_number(e->args[1], 2);
      if (!square)
        return fmt::format("{} is not linear in the unknowns, so no statistic stands for it",
                           text(e));
    }
    for (const SymbolId s : model_.parameters())
      if (model_[s].plate.rows)
        return fmt::format("{} has a value for each row", text(reference(model_, s)));
    return "its sums are not of products of data and unknowns, so no statistic stands for them";
  }

  // ---- kept draws --------------------------------------------------------------------------

  std::string kept_text() const {
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
      out += fmt::format("  {} where missing, from {} predictive distribution\n", listed(responses),
                         responses.size() == 1 ? "its" : "their");
    out += fmt::format("  operations: {}\n", text_of(cost_of(plan_, plan_.report, lengths())));
    return out;
  }

  // ---- costs -------------------------------------------------------------------------------

  std::string cost_text() const {
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

  const Program& program_;
  const Model& model_;
  const Plan& plan_;
  const BoundPlan* bound_;
  const Data* data_;
  Notation notation_;
  Letters letters_;
  std::vector<Statistic> statistics_;
  int sums_ = 0, triangles_ = 0;
  Cost sweep_;
};

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
