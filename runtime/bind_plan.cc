// Plan + data -> bound plan: sizes, constants, and the checks that need them.
#include <fmt/format.h>

#include "compiler/math/render.h"
#include "runtime/bind.h"
#include "runtime/bound_plan.h"
#include "runtime/draw_buffer.h"
#include "runtime/draw_kind.h"
#include "runtime/evaluate.h"
#include "runtime/gaussian_block.h"
#include "runtime/machine.h"
#include "runtime/notes.h"
#include "runtime/prepare_lanes.h"
#include "runtime/propriety.h"
#include "runtime/sampler.h"
#include "runtime/self_contained.h"
#include "runtime/share.h"

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
  for (std::size_t i = 0; i < bound.plan->conditionals.size(); ++i) {
    const Conditional& c = bound.plan->conditionals[i];
    const bool counted =
        c.family == UpdateFamily::gamma || c.family == UpdateFamily::inverse_gamma ||
        c.family == UpdateFamily::wishart || c.family == UpdateFamily::inverse_wishart;
    if (!counted || c.lower || model[c.target].auxiliary) continue;
    const int v = bound.plan->natural[i][0];
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

/// "levels of subject", "combinations of block and time".
std::string of_plate(const Model& model, const Plate& plate) {
  return (plate.factors.size() == 1 ? "levels of " : "combinations of ") +
         factor_names(model, plate);
}

/// The same of components of vectors.
void note_missing_components(const BoundPlan& bound, const MissingResponse& m,
                             const std::vector<std::pair<std::size_t, std::vector<int>>>& elements,
                             Diagnostics& notes) {
  std::size_t count = 0, whole = 0;
  for (const auto& [e, components] : elements) {
    count += components.size();
    whole += components.size() == bound.sizes[m.value].block();
  }
  if (count == 0) return;
  const Density& density = bound.model->stated[m.density];
  Diagnostic d;
  d.severity = Severity::note;
  d.message = fmt::format(
      "`{}` lacks {} component{} in {} of {} {}: the likelihood is that of the others, and what is "
      "missing is drawn given them",
      std::string(bound.model->source->slice(density.value->span)), count, count == 1 ? "" : "s",
      elements.size(), bound.data->plate(density.plate).size,
      density.plate.rows ? "rows" : of_plate(*bound.model, density.plate));
  if (whole > 0) d.message += fmt::format(" ({} without any)", whole);
  notes.push_back(std::move(d));
}

/// How many responses are missing, and what becomes of them.
void note_missing(const BoundPlan& bound, Diagnostics& notes) {
  for (std::size_t k = 0; k < bound.plan->missing.size(); ++k) {
    const MissingResponse& m = bound.plan->missing[k];
    if (m.value >= 0) {
      note_missing_components(bound, m, bound.missing_components[k], notes);
      continue;
    }
    const std::size_t count = bound.data->plate(m.plate).size;
    if (count == 0) continue;
    const Density& density = bound.model->stated[m.density];
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
                                                   std::shared_ptr<const Data> data,
                                                   const BindOptions& options) {
  auto bound = std::make_shared<BoundPlan>();
  bound->model = &model;
  bound->plan = &plan;
  bound->data = std::move(data);
  if (!options.lanes) bound->lanes = nullptr;
  for (const PlanValue& v : plan.values) bound->sizes.push_back(bound->size_of(v.expr));
  Machine constants(*bound);
  Diagnostics diagnostics = check_counts(*bound);
  if (has_error(diagnostics)) return diagnostics;
  bound->log_of_bounds = Evaluator(model, *bound->data).log_of_bounds();
  lay_out_columns(*bound, options);
  const Diagnostics propriety = check_propriety(*bound);
  diagnostics.insert(diagnostics.end(), propriety.begin(), propriety.end());
  if (has_error(diagnostics)) return diagnostics;
  note_missing(*bound, diagnostics);
  const Diagnostics notes = notes_on_data(*bound);
  diagnostics.insert(diagnostics.end(), notes.begin(), notes.end());
  share(*bound);
  prepare_lanes(*bound);
  // Maps are found now, so that chains only read.
  for (std::size_t c = 0; c < plan.conditionals.size(); ++c)
    StepReader(*bound, static_cast<int>(c));
  for (const PlanStep& step : plan.steps) {
    if (step.joint) JointNormal::make(*bound, step);
  }
  return {std::shared_ptr<const BoundPlan>(std::move(bound)), std::move(diagnostics)};
}

const std::vector<Column>& draw_columns(const BoundPlan& bound) { return bound.columns; }

std::uint64_t draws_bytes(const BoundPlan& bound, const SampleSettings& settings) {
  return static_cast<std::uint64_t>(bound.columns.size()) * settings.draws * settings.chains *
         sizeof(double);
}

std::uint64_t running_bytes(const BoundPlan& bound, const SampleSettings& settings) {
  std::uint64_t bytes = 0;
  for (const RunningQuantity& q : bound.running) {
    const std::size_t scalars = bound.sizes[q.value].total();
    bytes += settings.chains * RunningScalars::bytes(scalars) + scalars * sizeof(RunningFigures);
  }
  return bytes;
}

std::uint64_t working_bytes(const BoundPlan& bound, const SampleSettings& settings) {
  std::uint64_t values = 0, machines = 1;
  for (std::size_t v = 0; v < bound.sizes.size(); ++v)
    if (!bound.plan->values[v].constant) values += bound.sizes[v].total();
  // A self-contained marginal step works on values of its own.
  for (const PlanStep& step : bound.plan->steps)
    machines += step.proposal && is_self_contained(*bound.plan, step);
  return static_cast<std::uint64_t>(settings.chains_at_once()) *
         (machines * values * sizeof(double) + DrawBuffer::bytes(bound.columns.size()));
}

const std::vector<RunningQuantity>& running_quantities(const BoundPlan& bound) {
  return bound.running;
}

}  // namespace lmmdsl
