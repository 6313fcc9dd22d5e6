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
inline constexpr NodeKind kind_of<g::name> = NodeKind::name;
template <>
inline constexpr NodeKind kind_of<g::argument_name> = NodeKind::name;
template <>
inline constexpr NodeKind kind_of<g::field_name> = NodeKind::name;
template <>
inline constexpr NodeKind kind_of<g::column_name> = NodeKind::name;
template <>
inline constexpr NodeKind kind_of<g::column_type> = NodeKind::name;
template <>
inline constexpr NodeKind kind_of<g::param_type> = NodeKind::name;
template <>
inline constexpr NodeKind kind_of<g::latent_type> = NodeKind::name;
template <>
inline constexpr NodeKind kind_of<g::number> = NodeKind::number;
template <>
inline constexpr NodeKind kind_of<g::string> = NodeKind::string;
template <>
inline constexpr NodeKind kind_of<g::title> = NodeKind::string;
template <>
inline constexpr NodeKind kind_of<g::sign> = NodeKind::sign;
template <>
inline constexpr NodeKind kind_of<g::superscript> = NodeKind::superscript;
template <>
inline constexpr NodeKind kind_of<g::transpose> = NodeKind::transpose;
template <>
inline constexpr NodeKind kind_of<g::product_sign> = NodeKind::operator_sign;
template <>
inline constexpr NodeKind kind_of<g::sum_sign> = NodeKind::operator_sign;
template <>
inline constexpr NodeKind kind_of<g::comparison_sign> = NodeKind::operator_sign;
template <>
inline constexpr NodeKind kind_of<g::and_word> = NodeKind::operator_sign;
template <>
inline constexpr NodeKind kind_of<g::or_word> = NodeKind::operator_sign;
template <>
inline constexpr NodeKind kind_of<g::relation_sign> = NodeKind::operator_sign;
template <>
inline constexpr NodeKind kind_of<g::not_word> = NodeKind::not_word;
template <>
inline constexpr NodeKind kind_of<g::reference> = NodeKind::call;
template <>
inline constexpr NodeKind kind_of<g::arguments> = NodeKind::arguments;
template <>
inline constexpr NodeKind kind_of<g::named_argument> = NodeKind::named_argument;
template <>
inline constexpr NodeKind kind_of<g::positional_argument> = NodeKind::formula;
template <>
inline constexpr NodeKind kind_of<g::by> = NodeKind::by;
template <>
inline constexpr NodeKind kind_of<g::identity> = NodeKind::identity;
template <>
inline constexpr NodeKind kind_of<g::parentheses> = NodeKind::parentheses;
template <>
inline constexpr NodeKind kind_of<g::bracket> = NodeKind::bracket;
template <>
inline constexpr NodeKind kind_of<g::row> = NodeKind::row;
template <>
inline constexpr NodeKind kind_of<g::postfix> = NodeKind::postfix;
template <>
inline constexpr NodeKind kind_of<g::index> = NodeKind::index;
template <>
inline constexpr NodeKind kind_of<g::field> = NodeKind::field;
template <>
inline constexpr NodeKind kind_of<g::power> = NodeKind::power;
template <>
inline constexpr NodeKind kind_of<g::signed_exponent> = NodeKind::sign_chain;
template <>
inline constexpr NodeKind kind_of<g::signed_power> = NodeKind::sign_chain;
template <>
inline constexpr NodeKind kind_of<g::negated> = NodeKind::not_chain;
template <>
inline constexpr NodeKind kind_of<g::product> = NodeKind::chain;
template <>
inline constexpr NodeKind kind_of<g::sum> = NodeKind::chain;
template <>
inline constexpr NodeKind kind_of<g::comparison> = NodeKind::chain;
template <>
inline constexpr NodeKind kind_of<g::conjunction> = NodeKind::chain;
template <>
inline constexpr NodeKind kind_of<g::expression> = NodeKind::chain;
template <>
inline constexpr NodeKind kind_of<g::left_side> = NodeKind::chain;
template <>
inline constexpr NodeKind kind_of<g::right_side> = NodeKind::chain;
template <>
inline constexpr NodeKind kind_of<g::data_statement> = NodeKind::data;
template <>
inline constexpr NodeKind kind_of<g::bound> = NodeKind::bound;
template <>
inline constexpr NodeKind kind_of<g::header> = NodeKind::header;
template <>
inline constexpr NodeKind kind_of<g::param_statement> = NodeKind::param;
template <>
inline constexpr NodeKind kind_of<g::plate> = NodeKind::plate;
template <>
inline constexpr NodeKind kind_of<g::sizes> = NodeKind::sizes;
template <>
inline constexpr NodeKind kind_of<g::latent_statement> = NodeKind::latent;
template <>
inline constexpr NodeKind kind_of<g::title_statement> = NodeKind::title;
template <>
inline constexpr NodeKind kind_of<g::relation> = NodeKind::relation;
template <>
inline constexpr NodeKind kind_of<g::over> = NodeKind::over;

namespace {

// Brackets are counted before the grammar is asked (split.cc); this guards the stack even so.
constexpr std::size_t kDeepest = 220;
constexpr std::string_view kTooDeep = "maximum parser rule nesting depth exceeded";

/// A chain, call, ... of one part is that part.
constexpr bool folds(NodeKind kind) {
  return kind == NodeKind::call || kind == NodeKind::formula || kind == NodeKind::postfix ||
         kind == NodeKind::power || kind == NodeKind::chain;
}

template <class Rule>
struct selector : std::bool_constant<kind_of<Rule> != NodeKind::none> {
  template <class... States>
  static void transform(std::unique_ptr<Node>& node, States&&...) {
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
    result.root = peg::parse_tree::parse<Rule, Node, selector, action, control>(in);
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
