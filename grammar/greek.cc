#include "grammar/greek.h"

#include <iterator>

#include "grammar/unicode.h"

namespace lmmdsl {

namespace {

struct Letter {
  char32_t small;
  char32_t capital;
  const char* small_name;
  const char* capital_name;
  bool small_is_latin;    ///< the small letter looks like a Latin one
  bool capital_is_latin;  ///< so does the capital
};

constexpr Letter kLetters[] = {
    {U'α', U'Α', "alpha", "Alpha", false, true},     {U'β', U'Β', "beta", "Beta", false, true},
    {U'γ', U'Γ', "gamma", "Gamma", false, false},    {U'δ', U'Δ', "delta", "Delta", false, false},
    {U'ε', U'Ε', "epsilon", "Epsilon", false, true}, {U'ζ', U'Ζ', "zeta", "Zeta", false, true},
    {U'η', U'Η', "eta", "Eta", false, true},         {U'θ', U'Θ', "theta", "Theta", false, false},
    {U'ι', U'Ι', "iota", "Iota", true, true},        {U'κ', U'Κ', "kappa", "Kappa", false, true},
    {U'λ', U'Λ', "lambda", "Lambda", false, false},  {U'μ', U'Μ', "mu", "Mu", false, true},
    {U'ν', U'Ν', "nu", "Nu", false, true},           {U'ξ', U'Ξ', "xi", "Xi", false, false},
    {U'ο', U'Ο', "omicron", "Omicron", true, true},  {U'π', U'Π', "pi", "Pi", false, false},
    {U'ρ', U'Ρ', "rho", "Rho", false, true},         {U'σ', U'Σ', "sigma", "Sigma", false, false},
    {U'τ', U'Τ', "tau", "Tau", false, true},         {U'υ', U'Υ', "upsilon", "Upsilon", true, true},
    {U'φ', U'Φ', "phi", "Phi", false, false},        {U'χ', U'Χ', "chi", "Chi", false, true},
    {U'ψ', U'Ψ', "psi", "Psi", false, false},        {U'ω', U'Ω', "omega", "Omega", false, false},
};

bool is_latin_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// `word` as a Greek letter, or as it is.
std::string letter_of(std::string_view word) {
  for (const Letter& letter : kLetters) {
    if (word == letter.small_name && !letter.small_is_latin) return to_utf8(letter.small);
    if (word == letter.capital_name && !letter.capital_is_latin) return to_utf8(letter.capital);
  }
  return std::string(word);
}

}  // namespace

char32_t fold_greek(char32_t letter) {
  switch (letter) {
    case U'\u00B5':
      return U'μ';  // micro sign
    case U'\u03F5':
      return U'ε';  // lunate epsilon
    case U'\u03D1':
      return U'θ';  // theta symbol
    case U'\u03D5':
      return U'φ';  // phi symbol
    default:
      return letter;
  }
}

const char* greek_name(char32_t letter) {
  letter = fold_greek(letter);
  for (const Letter& known : kLetters) {
    if (letter == known.small) return known.small_name;
    if (letter == known.capital) return known.capital_name;
  }
  return nullptr;
}

std::string canonical_name(std::string_view spelling) {
  std::string result;
  for (std::size_t at = 0; at < spelling.size();) {
    Character c = character_at(spelling, at);
    if (const char* name = greek_name(c.code); name && c.valid) {
      result += name;
    } else {
      result += spelling.substr(at, c.bytes);
    }
    at += c.bytes;
  }
  return result;
}

std::string folded_name(std::string_view spelling) {
  std::string result;
  for (std::size_t at = 0; at < spelling.size();) {
    Character c = character_at(spelling, at);
    result += c.valid ? to_utf8(fold_greek(c.code)) : std::string(spelling.substr(at, 1));
    at += c.bytes;
  }
  return result;
}

std::string greek_spelling(std::string_view spelling) {
  const std::string folded = folded_name(spelling);
  std::string result;
  for (std::size_t at = 0; at < folded.size();) {
    std::size_t end = at;
    while (end < folded.size() && is_latin_letter(folded[end])) ++end;
    if (end > at) {
      result += letter_of(std::string_view(folded).substr(at, end - at));
      at = end;
    } else {
      result += folded[at++];
    }
  }
  return result;
}

}  // namespace lmmdsl
