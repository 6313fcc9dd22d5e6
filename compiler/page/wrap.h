// Text of explanations on lines of at most 100 columns.
#pragma once

#include <string>

namespace lmmdsl {

/// Columns on a terminal.
std::size_t columns(const std::string& text);

/// `text` after `head`; further lines begin `indent` columns in, or below the text. Words are kept.
std::string wrap_words(const std::string& head, const std::string& text, std::size_t indent = 0);

/// The same for a formula: a line that goes on ends in an operator or comma, as the language has
/// it, and where there is a choice outside all brackets.
std::string wrap_formula(const std::string& head, const std::string& text, std::size_t indent = 0);

}  // namespace lmmdsl
