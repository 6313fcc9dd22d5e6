// The words of a formatted statement: tokens in the spelling that was asked for.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "grammar/format.h"
#include "grammar/token.h"

namespace lmmdsl {

struct Piece {
  TokenKind kind = TokenKind::bad;
  std::string text;
  bool first_on_line = false;
  std::uint32_t begin = 0;  ///< in the source: comments before it come before the piece
};

using Pieces = std::vector<Piece>;

/// How the names of a file are written: canonical name -> spelling, for columns whose name in the
/// data is their name in the model and so must not change.
using FixedNames = std::unordered_map<std::string, std::string>;

/// The tokens [begin, end) of a statement, respelled; the tree stays the same:
///   Unicode:  sigma^2 -> σ²,  inv(Sigma[g]) -> Σ[g]⁻¹
///   ASCII:    σ² -> sigma^2,  Σ[g]⁻¹ -> inv(Sigma[g]),  x²' -> (x^2)'
Pieces respell(const SourcePtr& source, const Tokens& tokens, std::size_t begin, std::size_t end,
               Spelling spelling, const FixedNames& fixed);

}  // namespace lmmdsl
