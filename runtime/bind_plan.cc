// Plan + data -> bound plan: sizes, constants, and the checks that need them.
#include <fmt/format.h>

#include "compiler/math/render.h"
#include "runtime/bound_plan.h"
#include "runtime/draw_kind.h"
#include "runtime/machine.h"
#include "runtime/propriety.h"
#include "runtime/sampler.h"

namespace lmmdsl {

ValueSize BoundPlan::size_of(const Expr& e) const {
  ValueSize size;
  size.elements = data->plate(e->plate).size;
  size.rows = data->length(e->shape.rows);
  size.cols = data->length(e->shape.cols);
  return size;
}

namespace {

/// Shapes and degrees of freedom that stay constant: posterior propriety by the count.
Diagnostics check_counts(const BoundPlan& bound) {
  Diagnostics diagnostics;
  const Model& model = *bound.model;
  for (const PlanStep& step : bound.plan->steps) {
    const Conditional& c = bound.plan->conditionals[step.conditional];
    if (c.family == UpdateFamily::normal) continue;
    const int v = step.parameters[0];
    if (!bound.plan->values[v].constant) continue;
    const bool matrix = !model[c.target].shape.is_scalar();
    const double least = matrix ? bound.data->length(model[c.target].shape.rows) - 1 : 0;
    const std::vector<double>& values = bound.constants[v];
    for (std::size_t e = 0; e < values.size(); ++e) {
      if (values[e] > least) continue;
      Diagnostic d;
      d.source = model.source;
      d.span = model.densities[model[c.target].prior].span;
      d.message = fmt::format("the posterior of `{}` is improper", model[c.target].spelling);
      d.label = fmt::format("{} of its full conditional is {:.6g}, and must be above {:.6g}",
                            parameter_name(c.family, 0), values[e], least);
      d.hint =
          "give it a proper prior, such as InverseGamma(a, b) or InverseWishart(df, S), or more "
          "data";
      diagnostics.push_back(std::move(d));
      break;
    }
  }
  return diagnostics;
}

/// How many responses are missing, and what becomes of them.
void note_missing(const BoundPlan& bound, Diagnostics& notes) {
  for (const MissingResponse& m : bound.plan->missing) {
    const std::size_t count = bound.data->plate(m.plate).size;
    if (count == 0) continue;
    const Density& density = bound.model->densities[m.density];
    const std::string name = render(density.value, bound.model);
    Diagnostic d;
    d.severity = Severity::note;
    d.message = fmt::format(
        "`{}` is missing in {} row{}: left out of the likelihood, and drawn from {} predictive "
        "distribution{} as {}[row]",
        name, count, count == 1 ? "" : "s", count == 1 ? "its" : "their", count == 1 ? "" : "s",
        name);
    notes.push_back(std::move(d));
  }
}

}  // namespace

Result<std::shared_ptr<const BoundPlan>> bind_plan(const Model& model, const Plan& plan,
                                                   std::shared_ptr<const Data> data) {
  auto bound = std::make_shared<BoundPlan>();
  bound->model = &model;
  bound->plan = &plan;
  bound->data = std::move(data);
  for (const PlanValue& v : plan.values) bound->sizes.push_back(bound->size_of(v.expr));
  Machine constants(*bound);
  Diagnostics diagnostics = check_counts(*bound);
  if (has_error(diagnostics)) return diagnostics;
  lay_out_columns(*bound);
  const Diagnostics propriety = check_propriety(*bound);
  diagnostics.insert(diagnostics.end(), propriety.begin(), propriety.end());
  if (has_error(diagnostics)) return diagnostics;
  note_missing(*bound, diagnostics);
  // Maps are found now, so that chains only read.
  for (const PlanStep& step : plan.steps) natural_parameters(*bound, step);
  return {std::shared_ptr<const BoundPlan>(std::move(bound)), std::move(diagnostics)};
}

std::vector<Column> draw_columns(const BoundPlan& bound) { return bound.columns; }

std::uint64_t draws_bytes(const BoundPlan& bound, const SampleSettings& settings) {
  return static_cast<std::uint64_t>(bound.columns.size()) * settings.draws * settings.chains *
         sizeof(double);
}

}  // namespace lmmdsl
