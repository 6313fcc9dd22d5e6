#include "grammar/pieces.h"

#include "grammar/greek.h"
#include "grammar/names.h"
#include "grammar/scan.h"

namespace lmmdsl {

namespace {

using K = TokenKind;

std::string superscript_of(std::string_view exponent) {
  constexpr std::string_view digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string result;
  for (char c : exponent) result += c == '-' ? "⁻" : digits[c - '0'];
  return result;
}

/// What follows binds tighter than `^`, or is a `^`: a power before it needs parentheses.
bool binds_to_power(K kind) {
  return kind == K::prime || kind == K::dot || kind == K::open_bracket || kind == K::open_paren ||
         kind == K::superscript || kind == K::power;
}

class Respeller {
 public:
  Respeller(Pieces pieces) : pieces_(std::move(pieces)), partner_(pieces_.size()) {
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      if (is_open(kind(i))) open.push_back(i);
      if (!is_close(kind(i)) || open.empty()) continue;
      partner_[i] = open.back();
      partner_[open.back()] = i;
      open.pop_back();
    }
  }

  Pieces unicode() {
    std::vector<bool> dropped(pieces_.size());
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      if (std::size_t close = inverse_of_name(i)) {
        dropped[i] = dropped[i + 1] = true;
        // The name takes the place of `inv`, also at the beginning of a line.
        pieces_[i + 2].first_on_line = pieces_[i].first_on_line;
        pieces_[close].kind = K::superscript;
        pieces_[close].text = superscript_of("-1");
      } else if (std::size_t number = integer_power(i)) {
        pieces_[i].kind = K::superscript;
        pieces_[i].text =
            superscript_of(number == i + 2 ? "-" + pieces_[number].text : pieces_[number].text);
        for (std::size_t j = i + 1; j <= number; ++j) dropped[j] = true;
      }
    }
    Pieces result;
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      if (!dropped[i]) result.push_back(std::move(pieces_[i]));
    }
    return result;
  }

  Pieces ascii() {
    // before[i]: pieces to put before piece i, in reverse order; instead[i]: in its place.
    std::vector<Pieces> before(pieces_.size()), instead(pieces_.size());
    for (std::size_t i = 1; i < pieces_.size(); ++i) {
      if (kind(i) != K::superscript) continue;
      const std::size_t base = operand_begin(i);
      const std::string exponent = exponent_of(pieces_[i].text);
      auto put = [&](Pieces& where, K kind, std::string text) {
        where.push_back(
            {kind, std::move(text), false, pieces_[&where == &before[base] ? base : i].begin});
      };
      if (exponent == "-1") {
        const bool parenthesised = kind(base) == K::open_paren && partner_[base] == i - 1;
        if (!parenthesised) {
          put(before[base], K::open_paren, "(");
          put(instead[i], K::close_paren, ")");
        }
        put(before[base], K::name, "inv");
        if (parenthesised) instead[i].push_back({K::bad, "", false, 0});
        continue;
      }
      const bool wrapped = binds_to_power(kind(i + 1));
      if (wrapped) put(before[base], K::open_paren, "(");
      put(instead[i], K::power, "^");
      if (exponent[0] == '-') put(instead[i], K::minus, "-");
      put(instead[i], K::number, exponent.substr(exponent[0] == '-'));
      if (wrapped) put(instead[i], K::close_paren, ")");
    }
    Pieces result;
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      const bool breaks = pieces_[i].first_on_line;
      const std::size_t start = result.size();
      result.insert(result.end(), before[i].rbegin(), before[i].rend());
      if (instead[i].empty()) {
        result.push_back(std::move(pieces_[i]));
        result.back().first_on_line = false;
      } else if (instead[i].front().kind != K::bad) {
        result.insert(result.end(), instead[i].begin(), instead[i].end());
      }
      if (start < result.size()) result[start].first_on_line = breaks;
    }
    return result;
  }

 private:
  K kind(std::size_t i) const { return i < pieces_.size() ? pieces_[i].kind : K::end; }

  bool on_one_line(std::size_t first, std::size_t last) const {
    for (std::size_t i = first + 1; i <= last; ++i) {
      if (pieces_[i].first_on_line) return false;
    }
    return true;
  }

  /// For `inv ( name )` or `inv ( name [ ... ] )` at i: the `)`; otherwise 0.
  std::size_t inverse_of_name(std::size_t i) const {
    if (kind(i) != K::name || pieces_[i].text != "inv" || kind(i + 1) != K::open_paren) return 0;
    if (kind(i + 2) != K::name || (i > 0 && kind(i - 1) == K::dot)) return 0;
    std::size_t last = i + 2;
    if (kind(i + 3) == K::open_bracket) last = partner_[i + 3];
    const std::size_t close = last + 1;
    if (kind(close) != K::close_paren || partner_[close] != i + 1) return 0;
    if (kind(close + 1) == K::power || kind(close + 1) == K::superscript) return 0;
    return on_one_line(i, close) ? close : 0;
  }

  /// For `^ 2` or `^ - 2` at i that may be a superscript: the number; otherwise 0.
  std::size_t integer_power(std::size_t i) const {
    if (kind(i) != K::power || i == 0) return 0;
    const K base = kind(i - 1);
    if (base != K::name && base != K::prime && !is_close(base)) return 0;
    const bool negative = kind(i + 1) == K::minus;
    const std::size_t number = i + 1 + negative;
    if (kind(number) != K::number || binds_to_power(kind(number + 1))) return 0;
    const std::string& text = pieces_[number].text;
    if (text.size() > 9 || text.find_first_not_of("0123456789") != std::string::npos) return 0;
    if (text[0] == '0' && text.size() > 1) return 0;
    if (negative && text == "1") return 0;  // ⁻¹ is the inverse, a^-1 a power
    return on_one_line(i - 1, number) ? number : 0;
  }

  /// The first piece of the operand that ends before piece i.
  std::size_t operand_begin(std::size_t i) const {
    std::size_t j = i - 1;
    while (j > 0) {
      if (kind(j) == K::prime || kind(j) == K::superscript) {
        --j;
      } else if (kind(j) == K::close_bracket) {
        j = partner_[j];
        if (j == 0 || !ends_operand(kind(j - 1))) return j;
        --j;
      } else if (kind(j) == K::close_paren) {
        j = partner_[j];
        const bool call = j > 0 && (kind(j - 1) == K::name || kind(j - 1) == K::identity);
        return call ? j - 1 : j;
      } else if (kind(j) == K::name && kind(j - 1) == K::dot && j > 1) {
        j -= 2;
      } else {
        return j;
      }
    }
    return j;
  }

  Pieces pieces_;
  std::vector<std::size_t> partner_;
};

}  // namespace

Pieces respell(const SourcePtr& source, const Tokens& tokens, std::size_t begin, std::size_t end,
               Spelling spelling, const FixedNames& fixed) {
  Pieces pieces;
  std::size_t depth = 0;
  for (std::size_t i = begin; i < end; ++i) {
    const Token& token = tokens[i];
    Piece piece{token.kind, std::string(source->slice(token.span)), token.first_on_line,
                token.span.begin};
    if (is_open(token.kind)) ++depth;
    if (is_close(token.kind)) --depth;
    if (token.kind == K::name) {
      const NameRole role = role_of(tokens, i, depth);
      const std::string name = canonical_name(piece.text);
      auto kept = fixed.find(name);
      if (spelling == Spelling::ascii || role == NameRole::argument || role == NameRole::field) {
        piece.text = name;
      } else if (role == NameRole::function) {
        piece.text = folded_name(piece.text);
      } else {
        piece.text = kept != fixed.end() ? kept->second : greek_spelling(piece.text);
      }
    } else if (!ascii(token.kind).empty()) {
      piece.text = ascii(token.kind);
    }
    pieces.push_back(std::move(piece));
  }
  Respeller respeller(std::move(pieces));
  return spelling == Spelling::unicode ? respeller.unicode() : respeller.ascii();
}

}  // namespace lmmdsl
