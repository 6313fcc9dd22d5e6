#include "runtime/step_kernels.h"

#include <fmt/format.h>

#include "runtime/normal_step.h"
#include "runtime/sparse_block.h"

namespace lmmdsl {

namespace {

std::string text_of(const GaussianBlock& block) {
  if (!block.in_lanes()) return "one by one: " + block.without_lanes();
  return std::string("eight at a time, as lanes of vector registers") +
         (block.shared_factor() ? "; they share one factorisation" : "");
}

std::string text_of(const SparseBlock& block) {
  return fmt::format("one sparse matrix, {} x {} with {:.0f} numbers in its factor",
                     block.unknowns(), block.unknowns(), block.numbers());
}

}  // namespace

std::string elements_text(const BoundPlan& bound, const PlanStep& step) {
  const Conditional& c = bound.plan->conditionals[step.conditional()];
  if (step.joint) {
    if (step.sparse) return text_of(SparseBlock(bound, step));
    const GaussianBlock block(bound, step);
    return block.finest_elements() > 1 ? text_of(block) : "";
  }
  if (c.plate.once() || bound.data->plate(c.plate).size < 2) return "";
  if (c.family != UpdateFamily::normal)
    return "one by one: only Normal conditionals are drawn together";
  if (c.lower) return "one by one: a draw between bounds takes as many proposals as it takes";
  return text_of(NormalStep(bound, step).block());
}

}  // namespace lmmdsl
