// What is missing when the grammar cannot go on: one row for each rule that some other rule
// demands by `must`. The text follows "expected "; mistakes.cc has better words for what people
// often write instead.
#pragma once

#include "grammar/grammar.h"

namespace lmmdsl::grammar {

template <class Rule>
inline constexpr const char* expected = nullptr;

template <>
inline constexpr const char* expected<expression> = "an expression";
template <>
inline constexpr const char* expected<left_side> = "a statement";
template <>
inline constexpr const char* expected<right_side> = "an expression";
template <>
inline constexpr const char* expected<relation_sign> = "`=` or `~`";
template <>
inline constexpr const char* expected<end> = "the end of the statement";

template <>
inline constexpr const char* expected<conjunction> = "an expression after `or`";
template <>
inline constexpr const char* expected<negation> = "an expression after `and`";
template <>
inline constexpr const char* expected<comparison> = "an expression after `not`";
template <>
inline constexpr const char* expected<sum> = "a value to compare with";
template <>
inline constexpr const char* expected<product> = "a term";
template <>
inline constexpr const char* expected<factor> = "a factor";
template <>
inline constexpr const char* expected<power> = "a value after the sign";
template <>
inline constexpr const char* expected<exponent> = "an exponent";
template <>
inline constexpr const char* expected<postfix> = "an exponent after the sign";

template <>
inline constexpr const char* expected<name> = "a name";
template <>
inline constexpr const char* expected<names> = "the name of a factor";
template <>
inline constexpr const char* expected<field_name> = "the name of a field after `.`";
template <>
inline constexpr const char* expected<argument> = "an argument";
template <>
inline constexpr const char* expected<end_of_arguments> = "`,` or `)`";
template <>
inline constexpr const char* expected<close_paren> = "`)`";
template <>
inline constexpr const char* expected<expressions> = "an index";
template <>
inline constexpr const char* expected<end_of_index> = "`,` or `]`";
template <>
inline constexpr const char* expected<rows> = "an entry of the bracket";
template <>
inline constexpr const char* expected<row> = "an entry of the bracket";
template <>
inline constexpr const char* expected<end_of_rows> = "`,`, `;` or `]`";

template <>
inline constexpr const char* expected<column_names> = "the name of a column";
template <>
inline constexpr const char* expected<column_name> = "the name of a column";
template <>
inline constexpr const char* expected<data_colon> = "`:` and a type";
template <>
inline constexpr const char* expected<column_type> = "a type";
template <>
inline constexpr const char* expected<bound_value> = "a number as the bound";
template <>
inline constexpr const char* expected<string> = "a header in quotes";
template <>
inline constexpr const char* expected<param_colon> = "`:` and a type";
template <>
inline constexpr const char* expected<param_type> = "a type";
template <>
inline constexpr const char* expected<latent_colon> = "`: factor(...)`";
template <>
inline constexpr const char* expected<latent_type> = "`factor(...)`";
template <>
inline constexpr const char* expected<latent_levels> = "`(` and the number of levels";
template <>
inline constexpr const char* expected<title> = "a title in quotes";

}  // namespace lmmdsl::grammar
