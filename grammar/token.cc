#include "grammar/token.h"

namespace lmmdsl {

namespace {

struct Word {
  TokenKind kind;
  std::string_view text;
};

constexpr Word kWords[] = {
    {TokenKind::data, "data"},       {TokenKind::model, "model"},     {TokenKind::param, "param"},
    {TokenKind::latent, "latent"},   {TokenKind::over, "over"},       {TokenKind::by, "by"},
    {TokenKind::from, "from"},       {TokenKind::logical_and, "and"}, {TokenKind::logical_or, "or"},
    {TokenKind::logical_not, "not"}, {TokenKind::identity, "I"},
};

constexpr Word kSigns[] = {
    {TokenKind::plus, "+"},
    {TokenKind::minus, "-"},
    {TokenKind::times, "*"},
    {TokenKind::divide, "/"},
    {TokenKind::power, "^"},
    {TokenKind::less, "<"},
    {TokenKind::less_equal, "<="},
    {TokenKind::greater, ">"},
    {TokenKind::greater_equal, ">="},
    {TokenKind::equal, "=="},
    {TokenKind::not_equal, "!="},
    {TokenKind::assign, "="},
    {TokenKind::tilde, "~"},
    {TokenKind::colon, ":"},
    {TokenKind::comma, ","},
    {TokenKind::semicolon, ";"},
    {TokenKind::dot, "."},
    {TokenKind::prime, "'"},
    {TokenKind::open_paren, "("},
    {TokenKind::close_paren, ")"},
    {TokenKind::open_bracket, "["},
    {TokenKind::close_bracket, "]"},
};

bool is_one_of(TokenKind kind, std::string_view kinds) {
  return kinds.find(static_cast<char>(kind)) != std::string_view::npos;
}

}  // namespace

bool is_keyword(TokenKind kind) { return is_one_of(kind, "DMPLOBFARNI"); }
bool joins_lines(TokenKind kind) { return is_one_of(kind, "+-*/^<l>gqxAR~=:,OBF"); }
bool is_comparison(TokenKind kind) { return is_one_of(kind, "<l>gqx"); }
bool ends_operand(TokenKind kind) { return is_one_of(kind, "n0\"s')]I"); }
bool begins_operand(TokenKind kind) { return is_one_of(kind, "n0\"([IN"); }

std::string_view ascii(TokenKind kind) {
  for (const Word& word : kWords) {
    if (word.kind == kind) return word.text;
  }
  for (const Word& sign : kSigns) {
    if (sign.kind == kind) return sign.text;
  }
  return {};
}

TokenKind keyword(std::string_view text) {
  for (const Word& word : kWords) {
    if (word.text == text) return word.kind;
  }
  return TokenKind::name;
}

}  // namespace lmmdsl
