#include "runtime/draw_kind.h"

namespace lmmdsl {

DrawKind draw_kind(const BoundPlan& bound, const Conditional& c) {
  const Model& model = *bound.model;
  DrawKind kind;
  kind.family = c.family;
  kind.exponent = c.exponent;
  kind.scalar = model[c.target].shape.is_scalar();
  kind.p = kind.scalar ? 1 : bound.data->length(model[c.target].shape.rows);
  return kind;
}

ParameterReader::ParameterReader(const BoundPlan& bound, int value, const Plate& plate)
    : value_(value), block_(bound.sizes[value].block()) {
  const Plate& own = bound.plan->values[value].expr->plate;
  once_ = own.once();
  if (!once_ && !(own == plate)) map_ = &bound.data->map(plate, own);
}

std::pair<ParameterReader, ParameterReader> natural_parameters(const BoundPlan& bound,
                                                               const PlanStep& step) {
  const Plate& plate = bound.plan->conditionals[step.conditional].plate;
  return {ParameterReader(bound, step.parameters[0], plate),
          ParameterReader(bound, step.parameters[1], plate)};
}

}  // namespace lmmdsl
