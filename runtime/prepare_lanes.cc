#include "runtime/prepare_lanes.h"

namespace lmmdsl {

void prepare_lanes(BoundPlan& bound) {
  if (!bound.lanes) return;
  bound.fusion = find_fusions(bound);
  bound.packed.assign(bound.plan->values.size(), {});
  pack_constants(bound);
}

void pack_constants(BoundPlan& bound) {
  if (!bound.lanes) return;
  for (std::size_t v = 0; v < bound.plan->values.size(); ++v) {
    const PlanValue& value = bound.plan->values[v];
    if (value.constant || value.expr->op != Op::distance || bound.fusion.inside[v]) continue;
    const int T = value.args[0];
    const ValueSize& size = bound.sizes[T];
    if (!bound.plan->values[T].constant || size.shared || size.elements < 2 || size.rows < 2 ||
        size.rows > kMostLaneSize + 1 || !(bound.plan->values[T].expr->plate == value.expr->plate))
      continue;
    const std::vector<double> numbers =
        pack_triangles(size.rows, size.elements, bound.constants[T].data());
    bound.packed[T].assign(numbers.begin(), numbers.end());
  }
}

}  // namespace lmmdsl
