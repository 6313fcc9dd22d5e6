// Runs the grammar. This file alone includes the parser library: its templates compile slowly.
#include "grammar/tree.h"

#include <tao/pegtl.hpp>
#include <tao/pegtl/contrib/limit_depth.hpp>
#include <tao/pegtl/contrib/parse_tree.hpp>

#include "grammar/grammar.h"
#include "grammar/messages.h"

namespace lmmdsl {

namespace peg = tao::pegtl;
namespace g = grammar;

// The rules that become nodes.
template <>
inline constexpr SyntaxKind kind_of<g::name> = SyntaxKind::name;
template <>
inline constexpr SyntaxKind kind_of<g::argument_name> = SyntaxKind::name;
template <>
inline constexpr SyntaxKind kind_of<g::field_name> = SyntaxKind::name;
template <>
inline constexpr SyntaxKind kind_of<g::column_name> = SyntaxKind::name;
template <>
inline constexpr SyntaxKind kind_of<g::column_type> = SyntaxKind::name;
template <>
inline constexpr SyntaxKind kind_of<g::param_type> = SyntaxKind::name;
template <>
inline constexpr SyntaxKind kind_of<g::latent_type> = SyntaxKind::name;
template <>
inline constexpr SyntaxKind kind_of<g::number> = SyntaxKind::number;
template <>
inline constexpr SyntaxKind kind_of<g::string> = SyntaxKind::string;
template <>
inline constexpr SyntaxKind kind_of<g::title> = SyntaxKind::string;
template <>
inline constexpr SyntaxKind kind_of<g::sign> = SyntaxKind::sign;
template <>
inline constexpr SyntaxKind kind_of<g::superscript> = SyntaxKind::superscript;
template <>
inline constexpr SyntaxKind kind_of<g::transpose> = SyntaxKind::transpose;
template <>
inline constexpr SyntaxKind kind_of<g::product_sign> = SyntaxKind::operator_sign;
template <>
inline constexpr SyntaxKind kind_of<g::sum_sign> = SyntaxKind::operator_sign;
template <>
inline constexpr SyntaxKind kind_of<g::comparison_sign> = SyntaxKind::operator_sign;
template <>
inline constexpr SyntaxKind kind_of<g::and_word> = SyntaxKind::operator_sign;
template <>
inline constexpr SyntaxKind kind_of<g::or_word> = SyntaxKind::operator_sign;
template <>
inline constexpr SyntaxKind kind_of<g::relation_sign> = SyntaxKind::operator_sign;
template <>
inline constexpr SyntaxKind kind_of<g::not_word> = SyntaxKind::not_word;
template <>
inline constexpr SyntaxKind kind_of<g::reference> = SyntaxKind::call;
template <>
inline constexpr SyntaxKind kind_of<g::arguments> = SyntaxKind::arguments;
template <>
inline constexpr SyntaxKind kind_of<g::named_argument> = SyntaxKind::named_argument;
template <>
inline constexpr SyntaxKind kind_of<g::positional_argument> = SyntaxKind::formula;
template <>
inline constexpr SyntaxKind kind_of<g::by> = SyntaxKind::by;
template <>
inline constexpr SyntaxKind kind_of<g::identity> = SyntaxKind::identity;
template <>
inline constexpr SyntaxKind kind_of<g::parentheses> = SyntaxKind::parentheses;
template <>
inline constexpr SyntaxKind kind_of<g::bracket> = SyntaxKind::bracket;
template <>
inline constexpr SyntaxKind kind_of<g::row> = SyntaxKind::row;
template <>
inline constexpr SyntaxKind kind_of<g::postfix> = SyntaxKind::postfix;
template <>
inline constexpr SyntaxKind kind_of<g::index> = SyntaxKind::index;
template <>
inline constexpr SyntaxKind kind_of<g::field> = SyntaxKind::field;
template <>
inline constexpr SyntaxKind kind_of<g::power> = SyntaxKind::power;
template <>
inline constexpr SyntaxKind kind_of<g::signed_exponent> = SyntaxKind::sign_chain;
template <>
inline constexpr SyntaxKind kind_of<g::signed_power> = SyntaxKind::sign_chain;
template <>
inline constexpr SyntaxKind kind_of<g::negated> = SyntaxKind::not_chain;
template <>
inline constexpr SyntaxKind kind_of<g::product> = SyntaxKind::chain;
template <>
inline constexpr SyntaxKind kind_of<g::sum> = SyntaxKind::chain;
template <>
inline constexpr SyntaxKind kind_of<g::comparison> = SyntaxKind::chain;
template <>
inline constexpr SyntaxKind kind_of<g::conjunction> = SyntaxKind::chain;
template <>
inline constexpr SyntaxKind kind_of<g::expression> = SyntaxKind::chain;
template <>
inline constexpr SyntaxKind kind_of<g::left_side> = SyntaxKind::chain;
template <>
inline constexpr SyntaxKind kind_of<g::right_side> = SyntaxKind::chain;
template <>
inline constexpr SyntaxKind kind_of<g::data_statement> = SyntaxKind::data;
template <>
inline constexpr SyntaxKind kind_of<g::bound> = SyntaxKind::bound;
template <>
inline constexpr SyntaxKind kind_of<g::header> = SyntaxKind::header;
template <>
inline constexpr SyntaxKind kind_of<g::param_statement> = SyntaxKind::param;
template <>
inline constexpr SyntaxKind kind_of<g::plate> = SyntaxKind::plate;
template <>
inline constexpr SyntaxKind kind_of<g::sizes> = SyntaxKind::sizes;
template <>
inline constexpr SyntaxKind kind_of<g::latent_statement> = SyntaxKind::latent;
template <>
inline constexpr SyntaxKind kind_of<g::title_statement> = SyntaxKind::title;
template <>
inline constexpr SyntaxKind kind_of<g::relation> = SyntaxKind::relation;
template <>
inline constexpr SyntaxKind kind_of<g::over> = SyntaxKind::over;

namespace {

// Brackets are counted before the grammar is asked (split.cc); this guards the stack even so.
constexpr std::size_t kDeepest = 220;
constexpr std::string_view kTooDeep = "maximum parser rule nesting depth exceeded";

/// A chain, call, ... of one part is that part.
constexpr bool folds(SyntaxKind kind) {
  return kind == SyntaxKind::call || kind == SyntaxKind::formula || kind == SyntaxKind::postfix ||
         kind == SyntaxKind::power || kind == SyntaxKind::chain;
}

template <class Rule>
struct selector : std::bool_constant<kind_of<Rule> != SyntaxKind::none> {
  template <class... States>
  static void transform(std::unique_ptr<SyntaxNode>& node, States&&...) {
    if constexpr (folds(kind_of<Rule>)) {
      if (node->children.size() == 1) node = std::move(node->children.front());
    }
  }
};

template <class Rule>
struct action : peg::nothing<Rule> {};
template <>
struct action<g::expression> : peg::limit_depth<kDeepest> {};

struct errors {
  template <class Rule>
  static constexpr const char* message = g::expected<Rule>;
  template <class Rule>
  static constexpr bool raise_on_failure = false;  // only where `must` says so
};

template <class Rule>
using control = peg::must_if<errors>::control<Rule>;

template <class Rule>
SyntaxTree run(std::string_view kinds) {
  SyntaxTree result;
  peg::memory_input<peg::tracking_mode::lazy> in(kinds.data(), kinds.size(), "");
  try {
    result.root = peg::parse_tree::parse<Rule, SyntaxNode, selector, action, control>(in);
  } catch (const peg::parse_error& e) {
    result.error.token = static_cast<std::uint32_t>(e.positions().front().byte);
    result.error.expected = e.message();
    result.error.too_deep = e.message() == kTooDeep;
  }
  return result;
}

}  // namespace

SyntaxTree statement_tree(std::string_view kinds) { return run<g::statement>(kinds); }

SyntaxTree expression_tree(std::string_view kinds) { return run<g::lone_expression>(kinds); }

}  // namespace lmmdsl
