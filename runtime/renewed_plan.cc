#include "runtime/renewed_plan.h"

#include <algorithm>

#include "runtime/evaluate.h"
#include "runtime/prepare_lanes.h"
#include "runtime/share.h"

namespace lmmdsl {

namespace {

/// Constants of the plan that mention one of the columns, themselves or through definitions.
std::vector<int> constants_of(const Plan& plan, const ColumnValues& columns) {
  std::vector<bool> found(plan.values.size(), false);
  std::vector<int> values;
  for (const int v : plan.setup) {
    const PlanValue& value = plan.values[v];
    const std::vector<SymbolId>& symbols = value.expr->symbols;
    found[v] = std::any_of(symbols.begin(), symbols.end(),
                           [&](SymbolId s) { return columns.contains(s); }) ||
               std::any_of(value.args.begin(), value.args.end(), [&](int a) { return found[a]; }) ||
               (value.definition >= 0 && found[value.definition]);
    if (found[v]) values.push_back(v);
  }
  return values;
}

}  // namespace

RenewedPlan::RenewedPlan(const BoundPlan& bound, const ColumnValues& columns)
    : data_(replace_columns(*bound.data, columns)),
      renewed_(constants_of(*bound.plan, columns)),
      bound_(bound) {
  bound_.data = data_;
  // What elements share is a matter of the data, also of those that come later.
  for (std::size_t v = 0; v < bound_.sizes.size(); ++v)
    bound_.sizes[v] = bound_.size_of(bound_.plan->values[v].expr);
  Machine constants(bound_, renewed_);
  share(bound_, renewed_);
  prepare_lanes(bound_);
  make_machine();
}

void RenewedPlan::make_machine() {
  machine_ = std::make_unique<Machine>(std::as_const(bound_));
  machine_->prepare_constants(renewed_);
}

void RenewedPlan::renew(const ColumnValues& columns) {
  change_columns(*data_, columns);
  machine_->run_constants(renewed_);
  bound_.log_of_bounds = Evaluator(*bound_.model, *data_).log_of_bounds();
  pack_constants(bound_);
  // These hold numbers of constants, those that are not zero.
  if (bound_.fusion.product_sums.empty() && bound_.fusion.residual_sums.empty()) return;
  bound_.fusion = find_fusions(bound_);
  make_machine();
}

}  // namespace lmmdsl
