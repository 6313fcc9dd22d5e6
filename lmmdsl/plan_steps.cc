// `plan`: how each step of a sweep is drawn.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/page/wrap.h"
#include "compiler/plan/cost.h"
#include "compiler/rules/shorthand.h"
#include "grammar/listed_words.h"
#include "lmmdsl/letters.h"
#include "lmmdsl/lmmdsl.h"
#include "lmmdsl/plan_writer.h"
#include "runtime/kernels/kernels.h"
#include "runtime/random.h"
#include "runtime/step_kernels.h"

namespace lmmdsl {

std::string PlanWriter::step_text(std::size_t s) {
  const PlanStep& step = plan_.steps[s];
  const std::string number = fmt::format("\n  {}. ", s + 1);
  return number + (step.joint       ? joint_text(step)
                   : step.moved     ? moved_text(step)
                   : step.collapsed ? collapsed_text(step)
                   : !step.cuts.empty()
                       ? cut_text(step, plan_.conditionals[step.conditional()])
                       : full_conditional_text(step, plan_.conditionals[step.conditional()]));
}

std::string PlanWriter::names(const std::vector<int>& conditionals) const {
  std::vector<std::string> found;
  for (const int c : conditionals) found.push_back(text(plan_.conditionals[c].quantity));
  return listed_words(found);
}

std::string PlanWriter::collapsed_text(const PlanStep& step) {
  std::vector<std::string> auxiliary;
  for (const SymbolId a : step.integrated) auxiliary.push_back(text(reference(model_, a)));
  std::string out = fmt::format("draw {} together, with {} integrated out\n", names(step.targets),
                                listed_words(auxiliary));
  if (!step.shifted.empty())
    out += wrap_words(
        "      moved: ",
        fmt::format("the elements of {} by the same, as they are many", names(step.shifted)));
  out += wrap_words("      density: ", "the joint density as it was stated; it has no name");
  out += wrap_words("      accepted: ",
                    "proposals from a multivariate t density, as many in a sweep as the warm-up "
                    "finds worth their cost (none, if the draws below mix as well, or hardly any "
                    "is accepted), are accepted by the ratio of that density");
  const bool spare = std::any_of(plan_.steps.begin(), plan_.steps.end(),
                                 [](const PlanStep& s) { return s.spare; });
  if (spare)
    out += wrap_words("      rest: ",
                      "where one is accepted in most sweeps, the steps below that draw nothing "
                      "else are taken in one sweep of four, as no other reads what they draw");
  const Cost cost = cost_of(plan_, step.proposal->refresh, lengths());
  return out + wrap_words("      operations: ", text_of(cost) + ", for each proposal");
}

std::string PlanWriter::joint_text(const PlanStep& step) {
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
    out += wrap_words("      order: ",
                      step.sparse ? "one in which few numbers arise that were zero (approximate "
                                    "minimum degree); all are drawn at once"
                                  : "finer plates are eliminated before those that they nest in, "
                                    "an element at a time, and drawn after them");
  if (!step.marginal.empty())
    out += wrap_words(
        "      accepted: ",
        fmt::format("proposals for {} from a multivariate t density, as many in a sweep as the "
                    "warm-up finds worth their cost (none, if the draws of single scales below "
                    "mix as well), are accepted by the ratio of p({} | y), which "
                    "is the joint density over the Normal density of {}; as these are drawn at "
                    "once, nothing reads values that were integrated out. {} step of a random walk "
                    "is so accepted, too, in one sweep of four",
                    names(step.marginal), names(step.marginal), names(step.targets),
                    step.sparse ? "A" : "With many groups a"));
  if (!step.marginal.empty())
    out += wrap_words(
        "      rest: ",
        bound_ && proposals_side_by_side(*bound_, step)
            ? "where one is accepted in most sweeps, the draws of single scales below are taken in "
              "one sweep of eight, and what this step does in these eight is computed side by side"
            : "where one is accepted in most sweeps, the draws of single scales below are taken in "
              "one sweep of four");
  const Cost cost = cost_of(plan_, step.refresh, lengths());
  sweep_ += cost;
  out += wrap_words("      operations: ",
                    text_of(cost) + ", and the decomposition of their precision");
  out += elements(step);
  return out + wrap_words("      rows: ", rows(step, used));
}

std::string PlanWriter::moved_text(const PlanStep& step) {
  const MovedValues& moved = *step.moved;
  const std::string scale = text(plan_.conditionals[step.conditional()].quantity);
  std::vector<std::string> coefficients;
  for (const MovedValues::Coefficient& c : moved.coefficients)
    coefficients.push_back(text(plan_.conditionals[c.conditional].quantity));
  std::string out =
      fmt::format("draw {} given standardised {}\n", scale, listed_words(coefficients));
  for (std::size_t k = 0; k < coefficients.size(); ++k)
    out += wrap_formula(fmt::format("{}mean of {} = ", kIndent, coefficients[k]),
                        text(pseudo(moved.coefficients[k].mean))) +
           wrap_formula(fmt::format("{}variance of {} = ", kIndent, coefficients[k]),
                        text(pseudo(moved.coefficients[k].variance)));
  out += wrap_words("      density: ",
                    fmt::format("the joint density along the path on which {} minus the mean, in "
                                "units of the standard deviation, stays as it is, times the "
                                "Jacobian; it has no name",
                                listed_words(coefficients)));
  out += wrap_words("      draw: ", "slice sampling; nothing is rejected");
  if (step.fallback)
    out +=
        wrap_words("      rests: ",
                   "in most sweeps, for it is there to end long rejections; in none where fewer "
                   "than one proposal in ten of the marginal step was accepted in the last quarter "
                   "of the warm-up");
  Cost cost = cost_of(plan_, moved.refresh_priors, lengths());
  cost += cost_of(plan_, moved.refresh, lengths());
  return out + wrap_words("      operations: ", text_of(cost) + ", for each point of some ten");
}

std::string PlanWriter::elements(const PlanStep& step) const {
  const std::string said = bound_ ? elements_text(*bound_, step) : "";
  return said.empty() ? "" : wrap_words("      elements: ", said);
}

std::string PlanWriter::cut_text(const PlanStep& step, const Conditional& c) {
  std::vector<std::string> latent, statements;
  for (const SymbolId z : step.integrated) latent.push_back(text(reference(model_, z)));
  for (const CutResponse& r : step.cuts)
    statements.push_back(
        std::string(model_.source->slice(model_.stated[static_cast<std::size_t>(r.density)].span)));
  std::string out = c.plate.once() ? "" : "for " + plate_text(c.plate) + ", ";
  out += fmt::format("draw {} with {} integrated out\n", text(c.quantity), listed_words(latent));
  out += wrap_words("      density: ",
                    fmt::format("the prior times that of {}, as stated; it is log-concave in "
                                "each component and has no name",
                                listed_words(statements)));
  out += wrap_words("      draw: ",
                    "each component given the others by slice sampling, between its neighbours; "
                    "nothing is rejected, and nothing to be tuned");
  sweep_ += cost_of(plan_, step.refresh, lengths());
  return out + wrap_words("      rows: ",
                          "those of the two categories beside a "
                          "component are visited, some ten times");
}

std::string PlanWriter::full_conditional_text(const PlanStep& step, const Conditional& c) {
  const std::string quantity = text(c.quantity);
  std::string out = c.plate.once() ? "" : "for " + plate_text(c.plate) + ", ";
  out += fmt::format("draw {}\n", quantity);
  std::vector<std::string> used;
  const std::vector<int>& natural = plan_.natural[step.conditional()];
  for (std::size_t k = 0; k < natural.size(); ++k) {
    const Expr e = pseudo(natural[k]);
    const bool bound = k >= c.parameters.size();
    if (bound && !is_given(e)) continue;
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

void PlanWriter::note_statistics(const Expr& e, std::vector<std::string>& used) const {
  for (const Statistic& s : statistics_)
    if (mentions(e, s.stands_for->symbol) &&
        std::find(used.begin(), used.end(), s.name) == used.end())
      used.push_back(s.name);
}

std::string PlanWriter::kernels(const PlanStep& step, const Conditional& c) const {
  std::vector<std::string> names, without;
  for (const int v : step.refresh) {
    const Expr& e = plan_.values[v].expr;
    const KernelInfo* kernel = find_kernel(e->op);
    std::vector<std::string>& list = kernel ? names : without;
    if (kernel && cost_of(e, lengths()).terms.empty()) continue;  // moves numbers only
    const std::string name = kernel ? kernel->name : text(e);
    if (std::find(list.begin(), list.end(), name) == list.end()) list.push_back(name);
  }
  std::string said = names.empty() ? "" : listed_words(names) + "; ";
  if (!without.empty())
    said += fmt::format(
        "the reference evaluator, element by element, for {}, whose operator has no kernel; ",
        listed_words(without));
  return said + "the draw by " + generator(c);
}

std::string PlanWriter::generator(const Conditional& c) const {
  const Shape& shape = model_[c.target].shape;
  const bool matrix =
      c.family == UpdateFamily::wishart || c.family == UpdateFamily::inverse_wishart;
  if (c.lower) return "the generator between bounds";
  if (c.family == UpdateFamily::discrete) return "one uniform variate";
  if (c.family == UpdateFamily::polya_gamma)
    return "a sum of Polya-Gamma variates, one for each trial";
  if (c.family == UpdateFamily::latent_normal)
    return "a mean of truncated Normal variates, one for each trial";
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

std::string PlanWriter::rows(const PlanStep& step, const std::vector<std::string>& used) const {
  for (const int v : step.refresh) {
    const Expr& e = plan_.values[v].expr;
    const bool visits = e->plate.rows || (e->op == Op::sum_over && e->over.rows);
    if (visits) return "visited each sweep: " + why_visited(step);
  }
  if (used.empty()) return "none";
  return fmt::format("none visited: {} {} for them", listed_words(used),
                     used.size() == 1 ? "stands" : "stand");
}

std::string PlanWriter::why_visited(const PlanStep& step) const {
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

}  // namespace lmmdsl
