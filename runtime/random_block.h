// Many draws of one stream at once.
#pragma once

#include <cstddef>

#include "runtime/random.h"

namespace lmmdsl {

/// n independent N(0, 1), by the ziggurat of `normal`. Words of the stream are made in blocks, and
/// the first n are for the n draws; a draw that needs more words than one takes them from those
/// after, so the draws are not those that `normal` would give.
void normals(Random& random, std::size_t n, double* out);
/// The same from n <= 64 words of the stream that have been made; `random` stands behind them.
void normals(const std::uint64_t* words, std::size_t n, Random& random, double* out);

/// n independent uniform numbers, as Random::uniform.
void uniforms(Random& random, std::size_t n, double* out);

}  // namespace lmmdsl
