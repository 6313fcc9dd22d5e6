#include "runtime/joint_normal.h"

#include <algorithm>

#include "runtime/gaussian_block.h"
#include "runtime/gaussian_states.h"
#include "runtime/sparse_block.h"

namespace lmmdsl {

SumReader::SumReader(const BoundPlan& bound, const ScaledSum& sum, const Plate& plate) {
  for (const ScaledValue& term : sum)
    terms_.push_back({ParameterReader(bound, term.value, plate), term.scale});
}

bool SumReader::same_for_all() const {
  return std::all_of(terms_.begin(), terms_.end(),
                     [](const Term& t) { return t.value.same_for_all(); });
}

const std::int32_t* map_or_null(const BoundPlan& bound, const Plate& fine, const Plate& coarse) {
  if (fine == coarse || coarse.once()) return nullptr;
  return bound.data->map(fine, coarse).data();
}

std::unique_ptr<JointNormal> JointNormal::make(const BoundPlan& bound, const PlanStep& step) {
  if (step.sparse) return std::make_unique<SparseBlock>(bound, step);
  return std::make_unique<GaussianBlock>(bound, step);
}

std::unique_ptr<GaussianStates> JointNormal::make_states(const Trials&) const { return nullptr; }

}  // namespace lmmdsl
