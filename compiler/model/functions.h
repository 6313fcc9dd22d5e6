// The functions of the language: one row each. `lmmdsl list functions` prints this table, the
// check of names and arguments reads it, and the builder dispatches on `kind`.
#pragma once

#include <string>
#include <vector>

#include "compiler/math/expr.h"

namespace lmmdsl {

enum class FunctionKind {
  elementwise,  ///< of a scalar or of each component; `op`
  extreme,      ///< min, max: of two elementwise, of one an aggregate; `op` is the aggregate
  aggregate,    ///< over rows or levels; `op`
  spread,       ///< sd, cor: an aggregate, or of a covariance matrix; `op` is the aggregate
  of_matrix,    ///< determinant and trace; `op`
  inverse,
  diagonal,
  gram,
  center,
  standardize,
  poly,
  fit,
  coding,  ///< of a factor in a design
  left     ///< stands on the left of `~` only
};

struct Function {
  std::string name;
  FunctionKind kind;
  Op op;
  int least;  ///< fewest arguments
  int most;   ///< most arguments; -1: any number
  bool by;    ///< may end in `by factor`
  std::string usage;
  std::string doc;
};

/// Whether a call may end in `by`: min and max of two are elementwise.
inline bool takes_by(const Function& f, std::size_t arguments) {
  return f.by && !(f.kind == FunctionKind::extreme && arguments > 1);
}

const std::vector<Function>& functions();
/// Null if there is none of that name.
const Function* find_function(const std::string& name);

}  // namespace lmmdsl
