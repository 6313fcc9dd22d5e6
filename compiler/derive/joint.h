// The joint full conditional of several location parameters: Normal, with the precision in blocks.
//
// A Normal density with variance V and mean sum_k A_k t_k + b adds A_k' V^-1 A_l to the block of
// t_k and t_l, and A_k' V^-1 (x - b) to the shift of t_k (Lindley and Smith 1972). The blocks on
// the diagonal are the precisions of the single conditionals, and the others are read off their
// shifts: the shift of t_k given t_l is h_k - K_kl t_l.
#pragma once

#include <optional>

#include "compiler/derive/conditional.h"

namespace lmmdsl {

/// The block of the precision that ties two targets, on the join of their plates: an element for
/// each pair of elements that occurs.
struct Coupling {
  int first = 0, second = 0;  ///< positions in JointConditional::targets, first < second
  Expr precision;             ///< length of first x length of second
};

struct JointConditional {
  std::vector<int> targets;  ///< conditionals
  std::vector<Expr> precisions;
  std::vector<Expr> shifts;  ///< what each shift is where all other targets are zero
  std::vector<Coupling> couplings;
};

/// Nothing where the targets are not jointly Normal: one is not Normal alone, or two are
/// multiplied.
std::optional<JointConditional> join_conditionals(const Model& model,
                                                  const std::vector<Conditional>& conditionals,
                                                  std::vector<int> targets);

}  // namespace lmmdsl
