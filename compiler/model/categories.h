// Statements about categories, that is levels of a factor:  k ~ Categorical(w),  and factors that
// are not observed:  latent k : factor(3).
#pragma once

#include "compiler/model/build.h"

namespace lmmdsl::resolution {

/// The number of levels of an unobserved factor; 0 if it is none, which is then reported.
int latent_levels(Scope& s, const LatentStatement& statement);
/// Whether an unobserved factor stands on the left of `~` by its name alone; reports if not.
bool is_bare_latent(Scope& s, const Name& name, const AstExpr& lhs);
/// Reports that an unobserved factor has no distribution.
void say_undistributed(Scope& s, const Name& name);
/// Reports that an unobserved factor cannot be used like this.
void say_latent(Scope& s, const Name& name, Span span, const std::string& message,
                const std::string& hint = {});
/// Plates of unobserved factors; what is on a plate of one and others is reported.
void mark_latent_plates(Scope& s);

/// Reports priors that are improper where a level of an unobserved factor has no rows: flat ones of
/// what is indexed by it, and of its variance.
void refuse_flat_levels(Scope& s);
/// Whether unobserved factors are only indices in an argument of a distribution; reports if not.
bool levels_index_only(Scope& s, const Value& v);

/// A factor has the distribution Categorical, and nothing else has it. False if not, which is then
/// reported.
bool takes_levels(Scope& s, const Distribution& d);

/// The argument is a vector with a probability for each level of the factor on the left; in column
/// form then. Its components are named by the levels.
bool probabilities_of_levels(Scope& s, const Distribution& d, Value& v);

}  // namespace lmmdsl::resolution
