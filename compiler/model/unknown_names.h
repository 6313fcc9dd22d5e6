// What a name that nothing introduces may have meant: a misspelling, `theta_school` for
// theta[school], sigma2 for sigma^2, or an unknown whose prior was forgotten.
#pragma once

#include <string>

#include "compiler/model/scope.h"

namespace lmmdsl::resolution {

/// Where an expression stands in a `~` statement, as far as it tells what an unknown name may be.
enum class Place { other, variance, sd };

/// The hint for the unknown name e, which stands at `place`, perhaps squared.
std::string cure_of_unknown(const Scope& scope, const AstExpr& e, Place place, bool squared);

/// What is written here for a function of another program, as in pow(x, 2); or empty.
std::string function_elsewhere(const std::string& name);

/// theta[school], for the name theta, from the left of its prior or definition; or null.
const AstExpr* introduced_as(const Scope& scope, const AstExpr& name);

}  // namespace lmmdsl::resolution
