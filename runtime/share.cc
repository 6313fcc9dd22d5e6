#include "runtime/share.h"

#include <algorithm>
#include <set>

namespace lmmdsl {

namespace {

/// Values that are read element by element where no one asks whether they are shared.
std::set<int> kept_apart(const Plan& plan, const std::vector<RunningQuantity>& running) {
  std::set<int> apart;
  for (const RunningQuantity& q : running) apart.insert(q.value);
  for (const auto& [symbol, value] : plan.derived) apart.insert(value);
  for (const SpreadValues& s : plan.spread) apart.insert({s.sd, s.correlation});
  for (const MissingResponse& m : plan.missing)
    apart.insert(m.arguments.begin(), m.arguments.end());
  for (const DesignValue& d : plan.designs) apart.insert(d.value);
  for (const PlanResponse& r : plan.responses) apart.insert({r.value, r.open_above, r.open_below});
  return apart;
}

bool all_the_same(const std::vector<double>& values, std::size_t block) {
  for (std::size_t i = block; i < values.size(); ++i) {
    if (values[i] != values[i - block]) return false;
  }
  return true;
}

/// Whether an element of the value is computed from the same element of each argument.
bool elementwise(const Node& node) {
  return node.over == Plate{} && node.op != Op::symbol && node.op != Op::level &&
         node.op != Op::collapse && node.op != Op::gather && node.op != Op::triangle;
}

}  // namespace

void share(BoundPlan& bound, const std::vector<int>& renewed) {
  const Plan& plan = *bound.plan;
  std::set<int> apart = kept_apart(plan, bound.running);
  apart.insert(renewed.begin(), renewed.end());
  for (std::size_t v = 0; v < plan.values.size(); ++v) {
    const PlanValue& value = plan.values[v];
    ValueSize& size = bound.sizes[v];
    if (value.expr->plate.once() || value.expr->plate.rows || value.parameter >= 0) continue;
    if (apart.count(static_cast<int>(v)) > 0 || size.elements < 2) continue;
    if (value.constant) {
      std::vector<double>& buffer = bound.constants[v];
      if (buffer.empty() || !all_the_same(buffer, size.block())) continue;
      buffer.resize(size.block());
      buffer.shrink_to_fit();
    } else if (!elementwise(*value.expr) ||
               !std::all_of(value.args.begin(), value.args.end(), [&](int a) {
                 return bound.sizes[a].shared || plan.values[a].expr->plate.once();
               })) {
      continue;
    }
    size.shared = true;
    size.elements = 1;
  }
}

}  // namespace lmmdsl
