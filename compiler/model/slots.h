// Whether an argument has the shape that its slot needs, and its canonical form.
//
//   theta ~ Normal(0, sd = s)   with theta a vector: the mean 0 becomes 0 * ones(p), and s becomes
//                               the matrix s^2 * I(p)
#pragma once

#include <string>

#include "compiler/model/build.h"

namespace lmmdsl::resolution {

/// Whether an argument, that of the slot `i`, has the shape its slot needs, where the left-hand
/// side has the shape `value`; puts it into canonical form. That it has not is reported.
bool slot_fits(Scope& scope, const Distribution& d, std::size_t i, const Shape& value, Value& v);

/// Whether what messages call `name` is a scalar; that it is not is reported.
bool is_one_number(Scope& scope, const Distribution& d, const Value& v, const std::string& name);

}  // namespace lmmdsl::resolution
