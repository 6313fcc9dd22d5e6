#include "runtime/draw_kind.h"

namespace lmmdsl {

DrawKind draw_kind(const BoundPlan& bound, int conditional) {
  const Model& model = *bound.model;
  const Conditional& c = bound.plan->conditionals[conditional];
  DrawKind kind;
  kind.family = c.family;
  kind.exponent = c.exponent;
  kind.scalar = model[c.target].shape.is_scalar();
  kind.p = kind.scalar ? 1 : bound.data->length(model[c.target].shape.rows);
  kind.count = static_cast<int>(c.parameters.size());
  kind.truncated = c.lower != nullptr;
  const std::vector<int>& natural = bound.plan->natural[conditional];
  if (c.family == UpdateFamily::discrete)
    kind.choices = static_cast<int>(bound.sizes[natural[0]].block());
  for (std::size_t k = 0; k < natural.size(); ++k) {
    kind.shared[k] = bound.sizes[natural[k]].block() == 1;
  }
  return kind;
}

ParameterReader::ParameterReader(const BoundPlan& bound, int value, const Plate& plate)
    : value_(value), block_(bound.sizes[value].block()) {
  const Plate& own = bound.plan->values[value].expr->plate;
  once_ = own.once() || bound.sizes[value].shared;
  if (once_ || own == plate) return;
  latent_ = deciding_factor(plate, own);
  map_ = latent_ < 0 ? &bound.data->map(plate, own) : &bound.data->plate(plate).representative;
}

const double* ParameterReader::of_level(const Machine& machine, std::size_t element) const {
  const auto row = static_cast<std::size_t>((*map_)[element]);
  const auto level = static_cast<std::size_t>(machine.state().values[latent_][row]) - 1;
  return machine.value(value_) + level * block_;
}

StepReader::StepReader(const BoundPlan& bound, int conditional) {
  const Plate& plate = bound.plan->conditionals[conditional].plate;
  for (int v : bound.plan->natural[conditional]) readers_.emplace_back(bound, v, plate);
}

}  // namespace lmmdsl
