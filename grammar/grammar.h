// The grammar of the language, over tokens: a statement is given as the string of its tokens'
// kinds (token.h), so there are no blanks, comments or spellings here, and a position in the input
// is the number of a token.
//
// Everything is decided by the next one or two tokens, so parsing takes linear time. Chains of
// operators are loops; only brackets recurse. `must` marks what has to follow once a construct is
// recognised; messages.h says what is missing if it does not. There are no actions: tree.cc says
// which rules become nodes. Included in tree.cc only.
#pragma once

#include <tao/pegtl.hpp>

#include "grammar/token.h"

namespace lmmdsl::grammar {

namespace peg = tao::pegtl;

template <TokenKind... kinds>
struct token : peg::one<static_cast<char>(kinds)...> {};

struct expression;

// Words and numbers.
struct name : token<TokenKind::name> {};
struct number : token<TokenKind::number> {};
struct string : token<TokenKind::string> {};
struct sign : token<TokenKind::plus, TokenKind::minus> {};
struct comma : token<TokenKind::comma> {};
struct open_paren : token<TokenKind::open_paren> {};
struct close_paren : token<TokenKind::close_paren> {};
struct open_bracket : token<TokenKind::open_bracket> {};
struct close_bracket : token<TokenKind::close_bracket> {};

struct names : peg::list_must<name, comma> {};
struct expressions : peg::list_must<expression, comma> {};

// f(a, sd = b, y ~ X, by g, h)
struct by : peg::if_must<token<TokenKind::by>, names> {};
struct argument_name : name {};
struct named_argument
    : peg::if_must<peg::seq<argument_name, token<TokenKind::assign>>, expression> {};
struct formula_end : peg::if_must<token<TokenKind::tilde>, expression> {};
struct positional_argument : peg::seq<expression, peg::opt<formula_end>> {};
struct argument : peg::sor<by, named_argument, positional_argument> {};
struct end_of_arguments : close_paren {};
struct arguments
    : peg::seq<open_paren, peg::opt<peg::list_must<argument, comma>>, peg::must<end_of_arguments>> {
};
struct reference : peg::seq<name, peg::opt<arguments>> {};

// I and I(p); (a); [a, b; c, d]
struct identity_size : peg::if_must<open_paren, expression, close_paren> {};
struct identity : peg::seq<token<TokenKind::identity>, peg::opt<identity_size>> {};
struct parentheses : peg::if_must<open_paren, expression, close_paren> {};
struct row : expressions {};
struct rows : peg::list_must<row, token<TokenKind::semicolon>> {};
struct end_of_rows : close_bracket {};
struct bracket : peg::if_must<open_bracket, rows, end_of_rows> {};

struct primary : peg::sor<reference, number, string, identity, parentheses, bracket> {};

// x[g], x.field, x', x²
struct end_of_index : close_bracket {};
struct index : peg::if_must<open_bracket, expressions, end_of_index> {};
struct field_name : name {};
struct field : peg::if_must<token<TokenKind::dot>, field_name> {};
struct transpose : token<TokenKind::prime> {};
struct superscript : token<TokenKind::superscript> {};
struct postfix : peg::seq<primary, peg::star<peg::sor<index, field, transpose, superscript>>> {};

// a^-b^c
struct signed_exponent : peg::if_must<peg::plus<sign>, postfix> {};
struct exponent : peg::sor<signed_exponent, postfix> {};
struct power : peg::seq<postfix, peg::star<peg::if_must<token<TokenKind::power>, exponent>>> {};

struct signed_power : peg::if_must<peg::plus<sign>, power> {};
struct factor : peg::sor<signed_power, power> {};

struct product_sign : token<TokenKind::times, TokenKind::divide> {};
struct product : peg::list_must<factor, product_sign> {};

struct sum_sign : sign {};
struct sum : peg::list_must<product, sum_sign> {};

struct comparison_sign : token<TokenKind::less, TokenKind::less_equal, TokenKind::greater,
                               TokenKind::greater_equal, TokenKind::equal, TokenKind::not_equal> {};
struct comparison : peg::seq<sum, peg::opt<peg::if_must<comparison_sign, sum>>> {};

struct not_word : token<TokenKind::logical_not> {};
struct negated : peg::if_must<peg::plus<not_word>, comparison> {};
struct negation : peg::sor<negated, comparison> {};
struct and_word : token<TokenKind::logical_and> {};
struct conjunction : peg::list_must<negation, and_word> {};
struct or_word : token<TokenKind::logical_or> {};

struct expression : peg::list_must<conjunction, or_word> {};

// data a, b : real > 0 from "header"
struct column_name : name {};
struct data_colon : token<TokenKind::colon> {};
struct column_type : name {};
struct bound_value : peg::seq<peg::opt<sign>, number> {};
struct bound : peg::if_must<comparison_sign, bound_value> {};
struct header : peg::if_must<token<TokenKind::from>, string> {};
struct column_names : peg::list_must<column_name, comma> {};
struct data_statement
    : peg::seq<peg::if_must<token<TokenKind::data>, column_names, data_colon, column_type>,
               peg::star<bound>, peg::opt<header>> {};

// param beta[plot] : vector(3)
struct plate : peg::if_must<open_bracket, names, end_of_index> {};
struct param_colon : token<TokenKind::colon> {};
struct param_type : name {};
struct sizes : peg::if_must<open_paren, expressions, end_of_arguments> {};
struct param_statement : peg::seq<peg::if_must<token<TokenKind::param>, name>, peg::opt<plate>,
                                  peg::must<param_colon, param_type>, peg::opt<sizes>> {};

// latent k : factor(3)
struct latent_type : name {};
struct latent_colon : token<TokenKind::colon> {};
struct latent_levels : peg::if_must<open_paren, expression, close_paren> {};
struct latent_statement
    : peg::if_must<token<TokenKind::latent>, name, latent_colon, latent_type, latent_levels> {};

// model "title"
struct title : string {};
struct title_statement : peg::if_must<token<TokenKind::model>, title> {};

// name = expression; lhs over f ~ Family(...)
struct left_side : expression {};
struct over : peg::if_must<token<TokenKind::over>, names> {};
struct relation_sign : token<TokenKind::assign, TokenKind::tilde> {};
struct right_side : expression {};
struct relation : peg::seq<peg::must<left_side>, peg::opt<over>, peg::must<relation_sign>,
                           peg::must<right_side>> {};

struct end : peg::eof {};
struct any_statement
    : peg::sor<data_statement, param_statement, latent_statement, title_statement, relation> {};
struct statement : peg::seq<any_statement, peg::must<end>> {};

struct lone_expression : peg::seq<peg::must<expression>, peg::must<end>> {};

}  // namespace lmmdsl::grammar
