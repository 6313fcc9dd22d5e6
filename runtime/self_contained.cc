#include "runtime/self_contained.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

namespace lmmdsl {

namespace {

/// Whether a value of the plan mentions parameters other than `own`, or is a draw itself.
class Foreign {
 public:
  Foreign(const Plan& plan, std::vector<SymbolId> own) : plan_(plan), own_(std::move(own)) {}

  bool operator()(int v) {
    const auto known = known_.find(v);
    if (known != known_.end()) return known->second;
    const PlanValue& value = plan_.values[v];
    bool found = value.expr->op == Op::completed;
    if (value.parameter >= 0)
      found = std::find(own_.begin(), own_.end(), value.parameter) == own_.end();
    if (!value.constant)
      for (const int a : value.args) found |= (*this)(a);
    return known_[v] = found;
  }

 private:
  const Plan& plan_;
  std::vector<SymbolId> own_;
  std::map<int, bool> known_;
};

/// What the joint Normal of a step is read from.
std::vector<int> read_by_block(const Plan& plan, const PlanStep& step) {
  PlanStep block = step;
  block.proposal.reset();
  return read_values(plan, block);
}

}  // namespace

bool is_self_contained(const Plan& plan, const PlanStep& step) {
  if (step.collapsed) return false;  // its proposals are computed where the chain is
  std::vector<SymbolId> scales, all;
  for (const int c : step.marginal) scales.push_back(plan.conditionals[c].target);
  all = scales;
  for (const int c : step.targets) all.push_back(plan.conditionals[c].target);
  Foreign beside_scales(plan, scales), beside_all(plan, all);
  for (const int v : read_by_block(plan, step))
    if (beside_scales(v)) return false;
  for (const int v : step.proposal->log_densities)
    if (beside_all(v)) return false;
  return true;
}

std::vector<int> refreshed_for_block(const Plan& plan, const PlanStep& step) {
  std::vector<int> roots = read_by_block(plan, step);
  std::set<int> needed;
  while (!roots.empty()) {
    const int v = roots.back();
    roots.pop_back();
    if (!plan.values[v].constant && needed.insert(v).second)
      roots.insert(roots.end(), plan.values[v].args.begin(), plan.values[v].args.end());
  }
  const std::vector<int>& refresh = step.proposal->refresh;
  std::vector<int> found;
  std::copy_if(refresh.begin(), refresh.end(), std::back_inserter(found),
               [&](int v) { return needed.count(v) > 0; });
  return found;
}

}  // namespace lmmdsl
