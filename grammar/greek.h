// Greek letters in names: θ in a model is the name `theta` wherever names are compared or written
// to files, and `lmmdsl fmt` may write either spelling.
#pragma once

#include <string>
#include <string_view>

namespace lmmdsl {

/// The letter that a variant stands for (µ ϵ ϑ ϕ are μ ε θ φ); any other character is itself.
char32_t fold_greek(char32_t letter);

/// The name of a Greek letter, e.g. "theta" or "Theta", or nullptr. Variants count as letters.
const char* greek_name(char32_t letter);

/// A name with Greek letters spelled out: "σ_e" is "sigma_e".
std::string canonical_name(std::string_view spelling);

/// A name with variants of letters replaced by the letters themselves.
std::string folded_name(std::string_view spelling);

/// A name with the words of it that name Greek letters written as letters: "sigma_e" is "σ_e",
/// "mu0" is "μ0". Letters that look like Latin ones (Alpha, omicron, ...) stay spelled out.
std::string greek_spelling(std::string_view spelling);

}  // namespace lmmdsl
