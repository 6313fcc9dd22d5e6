// The invariant of a plan: nothing reads a value older than a parameter it mentions. Checked by
// running three sweeps in the head, each value remembering which draw of each parameter it saw.
#include <fmt/format.h>

#include <map>

#include "compiler/math/render.h"
#include "compiler/plan/plan.h"

namespace lmmdsl {

namespace {

using Versions = std::map<SymbolId, int>;

class Rehearsal {
 public:
  Rehearsal(const Plan& plan, const Model& model)
      : plan_(plan), model_(model), seen_(plan.values.size()) {
    for (const Conditional& c : plan.conditionals) now_[c.target] = 0;
    for (std::size_t v = 0; v < plan.values.size(); ++v) compute(static_cast<int>(v));
  }

  void compute(int v) {
    const PlanValue& value = plan_.values[v];
    if (value.parameter >= 0) return;
    for (int a : value.args) read(a, v);
    if (value.definition >= 0) read(value.definition, v);
    seen_[v].clear();
    for (int a : value.args) merge(a, v);
    for (SymbolId s : value.expr->symbols)
      if (model_[s].levels > 0) seen_[v].emplace(s, now_.at(s));
    if (value.definition >= 0) merge(value.definition, v);
  }

  void read(int v, int reader) {
    const PlanValue& value = plan_.values[v];
    if (value.parameter >= 0) return;
    for (const auto& [parameter, version] : seen_[v]) {
      if (version == now_.at(parameter) || !problem.empty()) continue;
      problem = fmt::format("{} is read{} before it has seen the last draw of {}",
                            render(value.expr, &model_),
                            reader < 0 ? "" : " for " + render(plan_.values[reader].expr, &model_),
                            model_[parameter].name);
    }
  }

  void draw(SymbolId parameter) { ++now_[parameter]; }

  std::string problem;

 private:
  void merge(int from, int into) {
    const PlanValue& value = plan_.values[from];
    if (value.parameter >= 0) {
      seen_[into][value.parameter] = now_.at(value.parameter);
      return;
    }
    for (const auto& [parameter, version] : seen_[from]) {
      auto [it, added] = seen_[into].emplace(parameter, version);
      if (!added) it->second = std::min(it->second, version);
    }
  }

  const Plan& plan_;
  const Model& model_;
  std::vector<Versions> seen_;
  Versions now_;
};

}  // namespace

std::string verify(const Plan& plan, const Model& model) {
  for (std::size_t v = 0; v < plan.values.size(); ++v) {
    for (int a : plan.values[v].args) {
      if (a >= static_cast<int>(v))
        return fmt::format("value {} comes before its argument {}", v, a);
    }
  }
  Rehearsal rehearsal(plan, model);
  for (int sweep = 0; sweep < 3; ++sweep) {
    for (const PlanStep& step : plan.steps) {
      const std::vector<int> read = read_values(plan, step);
      if (step.moved) {
        Rehearsal moving = rehearsal;  // the step may rest
        for (int v : step.refresh) moving.compute(v);
        for (int v : read) moving.read(v, -1);
        moving.draw(plan.conditionals[step.conditional()].target);
        for (int v : step.moved->refresh_priors) moving.compute(v);
        for (const auto& c : step.moved->coefficients) {
          moving.read(c.mean, -1);
          moving.read(c.variance, -1);
        }
        for (const auto& c : step.moved->coefficients)
          moving.draw(plan.conditionals[c.conditional].target);
        for (int v : step.moved->refresh) moving.compute(v);
        for (int v : read) moving.read(v, -1);
        if (rehearsal.problem.empty()) rehearsal.problem = moving.problem;
        rehearsal.draw(plan.conditionals[step.conditional()].target);
        for (const auto& c : step.moved->coefficients)
          rehearsal.draw(plan.conditionals[c.conditional].target);
        continue;
      }
      Rehearsal taken = rehearsal;
      for (int v : step.refresh) taken.compute(v);
      for (int v : read) taken.read(v, -1);
      if (!step.may_rest())
        for (int v : step.refresh) rehearsal.compute(v);
      rehearsal.problem = taken.problem;
      for (int c : proposed_by(step)) rehearsal.draw(plan.conditionals[c].target);
      if (step.proposal) {
        Rehearsal proposed = std::move(taken);
        for (int c : proposed_by(step)) proposed.draw(plan.conditionals[c].target);
        for (int v : step.proposal->refresh) proposed.compute(v);
        for (int v : read) proposed.read(v, -1);
        if (rehearsal.problem.empty()) rehearsal.problem = proposed.problem;
      }
      for (int c : step.targets) rehearsal.draw(plan.conditionals[c].target);
    }
    Rehearsal report = rehearsal;
    for (int v : plan.report) report.compute(v);
    for (int v : plan.log_posterior) report.read(v, -1);
    for (const auto& [symbol, v] : plan.derived) report.read(v, -1);
    for (const auto& [symbol, v] : plan.row_derived) report.read(v, -1);
    if (rehearsal.problem.empty()) rehearsal.problem = report.problem;
  }
  return rehearsal.problem;
}

}  // namespace lmmdsl
