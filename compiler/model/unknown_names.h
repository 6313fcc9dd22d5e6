// What a name that nothing introduces may have meant: a misspelling, `theta_school` for
// theta[school], sigma2 for sigma^2, or an unknown whose prior was forgotten.
#pragma once

#include <string>

#include "compiler/model/scope.h"
#include "compiler/rules/families.h"

namespace lmmdsl::resolution {

/// The slot of a distribution in which an expression stands, and the name by which it is given;
/// no slot outside of distributions.
struct ArgumentPlace {
  const Family* family = nullptr;
  const Slot* slot = nullptr;
  std::string given_as = {};
  std::string alone = {};  ///< w, w[g]: the text, where it is a name and nothing else
};

/// The hint for the unknown name e, which stands at `place`, perhaps squared.
std::string cure_of_unknown(const Scope& scope, const AstExpr& e, const ArgumentPlace& place,
                            bool squared);

/// What is written here for a function of another program, as in pow(x, 2); or empty.
std::string function_elsewhere(const std::string& name);

/// theta[school], for the name theta, from the left of its prior or definition; or null.
const AstExpr* introduced_as(const Scope& scope, const AstExpr& name);

}  // namespace lmmdsl::resolution
