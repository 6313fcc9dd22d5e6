#include "grammar/scan.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "grammar/character_roles.h"
#include "grammar/characters.h"
#include "grammar/greek.h"
#include "grammar/unicode.h"

namespace lmmdsl {

namespace {

/// The partner of a closing bracket or quote, which has been reported already.
char32_t opener_of(char32_t c) {
  switch (c) {
    case '}':
      return '{';
    case U'”':
      return U'“';
    case U'’':
      return U'‘';
    case U'»':
      return U'«';
    default:
      return 0;
  }
}

class Scanner {
 public:
  Scanner(const SourcePtr& source, const ParseLimits& limits)
      : source_(source), text_(source->text()), limits_(limits) {}

  Scan run() {
    at_ = source_->line_begin(1);
    while (at_ < text_.size() && !result_.stopped) step();
    for (auto& [code, seen] : foreign_) {
      if (seen.count == 1) continue;
      result_.diagnostics[seen.diagnostic].notes.push_back(
          {fmt::format("{} more of it in this file", seen.count - 1)});
    }
    return std::move(result_);
  }

 private:
  struct Seen {
    std::size_t diagnostic;
    int count;
  };

  char byte(std::size_t at) const { return at < text_.size() ? text_[at] : '\0'; }
  Character peek() const {
    return at_ < text_.size() ? character_at(text_, at_) : Character{0, 0, true};
  }

  void step() {
    const char c = text_[at_];
    if (c == '\n') {
      first_on_line_ = true;
      ++at_;
    } else if (c == ' ' || c == '\t' || (c == '\r' && byte(at_ + 1) == '\n')) {
      ++at_;
    } else if (c == '#') {
      comment();
    } else if (c == '/' && (byte(at_ + 1) == '/' || byte(at_ + 1) == '*')) {
      foreign_comment();
    } else if (c == '"') {
      string();
    } else if (is_digit(c) || (c == '.' && is_digit(byte(at_ + 1)) && !after_operand())) {
      number();
    } else {
      word_or_sign();
    }
  }

  bool after_operand() const {
    return !result_.tokens.empty() && ends_operand(result_.tokens.back().kind);
  }

  void push(TokenKind kind, std::size_t begin) {
    if (result_.tokens.size() >= limits_.tokens) {
      auto& d = error(begin, at_, "the model is too long");
      d.code = ExitCode::limit;
      d.label = fmt::format("here the limit of {} words and signs is reached", limits_.tokens);
      result_.stopped = true;
      return;
    }
    Span span{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_)};
    result_.tokens.push_back({kind, first_on_line_, span});
    first_on_line_ = false;
  }

  Diagnostic& error(std::size_t begin, std::size_t end, std::string message) {
    Diagnostic d;
    d.source = source_;
    d.span = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
    d.message = std::move(message);
    return result_.diagnostics.emplace_back(std::move(d));
  }

  void comment() {
    const std::size_t begin = at_;
    std::size_t end = std::min(text_.find('\n', at_), text_.size());
    check_encoding(begin, end);
    at_ = end;
    while (end > begin &&
           (byte(end - 1) == ' ' || byte(end - 1) == '\t' || byte(end - 1) == '\r')) {
      --end;
    }
    result_.comments.push_back(
        {{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)}, first_on_line_});
  }

  /// `// ...` and `/* ... */`: what is in them is no part of the model either.
  void foreign_comment() {
    const std::size_t begin = at_, line_end = std::min(text_.find('\n', at_), text_.size());
    const bool block = byte(at_ + 1) == '*';
    auto& d = error(begin, begin + 2, fmt::format("there is no `{}`", text_.substr(begin, 2)));
    d.hint = "a comment begins with `#`";
    const std::size_t close = block ? text_.find("*/", at_ + 2) : std::string_view::npos;
    at_ = close == std::string_view::npos ? line_end : close + 2;
    check_encoding(begin, at_);
    if (text_.substr(begin, at_ - begin).find('\n') != std::string_view::npos) {
      first_on_line_ = true;
    }
  }

  void string() {
    const std::size_t begin = at_++;
    bool good = true;
    for (; at_ < text_.size() && text_[at_] != '\n'; ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        good = check_encoding(begin, at_) && good;
        return push(good ? TokenKind::string : TokenKind::bad, begin);
      }
      if (text_[at_] != '\\') continue;
      if (byte(at_ + 1) == '"' || byte(at_ + 1) == '\\') {
        ++at_;
      } else {
        const std::size_t backslash = at_;
        if (good) {
          auto& d = error(backslash, backslash + 1, "unknown escape in a string");
          d.label = "a backslash is written `\\\\`, a quote `\\\"`";
        }
        good = false;
      }
    }
    if (check_encoding(begin, at_) && good) {
      auto& d = error(begin, begin + 1, "string without an end");
      d.label = "opened here, not closed on this line";
      d.hint = "end it with `\"`; strings have no line breaks";
    }
    push(TokenKind::bad, begin);
  }

  void number() {
    const std::size_t begin = at_;
    auto digits = [&] {
      while (is_digit(byte(at_))) ++at_;
    };
    digits();
    if (byte(at_) == '.') ++at_;
    digits();
    if (byte(at_) == 'e' || byte(at_) == 'E') {
      const bool is_signed = byte(at_ + 1) == '+' || byte(at_ + 1) == '-';
      if (is_digit(byte(at_ + 1 + is_signed))) {
        at_ += 1 + is_signed;
        digits();
      }
    }
    double value = 0;
    auto [end, problem] = std::from_chars(text_.data() + begin, text_.data() + at_, value);
    if (problem != std::errc() || end != text_.data() + at_) {
      error(begin, at_, "number out of range").label = "beyond the range of double precision";
      return push(TokenKind::bad, begin);
    }
    push(TokenKind::number, begin);
  }

  void word_or_sign() {
    const std::size_t begin = at_;
    const Character c = peek();
    if (!c.valid) {
      check_encoding(begin, begin + 1);
      ++at_;
      while (at_ < text_.size() && !peek().valid) ++at_;
      return push(TokenKind::bad, begin);
    }
    if (is_letter(c.code) || is_foreign_letter(c.code)) return word();
    if (c.code == kSuperscriptMinus || superscript_digit(c.code) >= 0) return superscript();
    const std::string_view two = text_.substr(at_, 2);
    for (TokenKind kind : {TokenKind::less_equal, TokenKind::greater_equal, TokenKind::equal,
                           TokenKind::not_equal}) {
      if (two != ascii(kind)) continue;
      at_ += 2;
      return push(kind, begin);
    }
    if (const ForeignSign* known = find_foreign_sign(text_.substr(at_, 4))) {
      at_ += std::string_view(known->text).size();
      error(begin, at_, fmt::format("unknown sign `{}`", known->text)).hint = known->hint;
      return push(TokenKind::bad, begin);
    }
    at_ += c.bytes;
    const TokenKind kind = sign(c.code);
    if (kind == TokenKind::bad) foreign(c, begin);
    push(kind, begin);
  }

  /// A name, or a word with letters that names may not have.
  void word() {
    const std::size_t begin = at_;
    bool good = true;
    for (Character c = peek(); c.bytes > 0 && c.valid; c = peek()) {
      if (is_subscript_digit(c.code) || is_foreign_letter(c.code)) {
        if (good) foreign(c, at_);
        good = false;
      } else if (!is_letter(c.code) && !is_digit(c.code)) {
        break;
      }
      at_ += c.bytes;
    }
    if (!good) return push(TokenKind::bad, begin);
    const auto characters = canonical_name(text_.substr(begin, at_ - begin)).size();
    if (characters > static_cast<std::size_t>(limits_.identifier)) {
      auto& d = error(begin, at_, "name too long");
      d.code = ExitCode::limit;
      d.label = fmt::format("{} characters; at most {}", characters, limits_.identifier);
      return push(TokenKind::bad, begin);
    }
    push(keyword(text_.substr(begin, at_ - begin)), begin);
  }

  void superscript() {
    const std::size_t begin = at_;
    if (peek().code == kSuperscriptMinus) at_ += peek().bytes;
    int digits = 0;
    for (Character c = peek(); c.bytes > 0 && superscript_digit(c.code) >= 0; c = peek()) {
      at_ += c.bytes;
      ++digits;
    }
    if (digits >= 1 && digits <= 9) return push(TokenKind::superscript, begin);
    auto& d =
        error(begin, at_, digits == 0 ? "superscript without a number" : "exponent too large");
    d.hint = "write powers with `^`, as in x^2";
    push(TokenKind::bad, begin);
  }

  /// Reports a character once, however often it stands in the text.
  void foreign(Character c, std::size_t at) {
    if (char32_t opener = opener_of(c.code); opener && foreign_.count(opener)) return;
    auto [place, is_new] = foreign_.try_emplace(c.code, Seen{result_.diagnostics.size(), 0});
    if (place->second.count++ > 0) return;
    if (c.code == 0) {
      auto& d = error(at, at + c.bytes, "the text contains the byte 0");
      d.hint = "save the file as UTF-8; this may be UTF-16 or no text at all";
      return;
    }
    const ForeignCharacter* known = find_foreign(c.code);
    std::string shown = is_hidden(c.code) || columns(c.code) == 0 || c.code == 0xA0
                            ? code_point(c.code)
                            : fmt::format("`{}` ({})", to_utf8(c.code), code_point(c.code));
    if (c.code < 0x80 && c.code > ' ' && c.code != 0x7F) shown = fmt::format("`{}`", visible(c));
    if (known && *known->name) shown = fmt::format("{} ({})", known->name, code_point(c.code));
    const char* problem = is_foreign_letter(c.code) || is_subscript_digit(c.code)
                              ? "cannot stand in a name"
                              : "has no meaning here";
    auto& d = error(at, at + c.bytes, fmt::format("the character {} {}", shown, problem));
    if (c.code == '|' && !related_on_line()) {
      d.hint = "what y depends on stands on the right alone:  y ~ Normal(theta, sigma^2)";
    } else if (known) {
      d.hint = known->hint;
    } else if (is_subscript_digit(c.code)) {
      d.hint = fmt::format("type `{}`", c.code - U'₀');
    } else if (is_foreign_letter(c.code)) {
      d.label = "names have the letters a-z, A-Z, Greek letters, digits and _";
      d.hint = "a column with another header is declared by  data name : real from \"header\"";
      if (c.code >= 0x400 && c.code < 0x500) {
        d.hint = "a Cyrillic letter: type the Latin one that looks like it";
      }
    } else if (is_hidden(c.code)) {
      d.hint = "delete it";
    }
  }

  /// A `~` or `=` stands before this place on its line.
  bool related_on_line() const {
    for (auto t = result_.tokens.rbegin(); t != result_.tokens.rend() && !first_on_line_; ++t) {
      if (t->kind == TokenKind::tilde || t->kind == TokenKind::assign) return true;
      if (t->first_on_line) break;
    }
    return false;
  }

  /// Reports bytes that are not UTF-8, once a file.
  bool check_encoding(std::size_t begin, std::size_t end) {
    for (std::size_t at = begin; at < end;) {
      const Character c = character_at(text_, at);
      if (!c.valid) {
        if (!encoding_reported_) {
          const bool wide = text_.starts_with("\xFF\xFE") || text_.starts_with("\xFE\xFF");
          auto& d = error(at, at + 1,
                          wide ? "the text is UTF-16, not UTF-8" : "the text is not valid UTF-8");
          if (!wide) d.label = fmt::format("byte 0x{:02X}", std::uint32_t{c.code});
          d.hint = "save the file with the encoding UTF-8";
          if (wide) result_.stopped = true;
        }
        encoding_reported_ = true;
        return false;
      }
      at += c.bytes;
    }
    return true;
  }

  SourcePtr source_;
  std::string_view text_;
  const ParseLimits& limits_;
  std::size_t at_ = 0;
  bool first_on_line_ = true;
  bool encoding_reported_ = false;
  std::map<char32_t, Seen> foreign_;
  Scan result_;
};

}  // namespace

Scan scan(const SourcePtr& source, const ParseLimits& limits) {
  return Scanner(source, limits).run();
}

std::string exponent_of(std::string_view superscript) {
  std::string result;
  for (std::size_t at = 0; at < superscript.size();) {
    const Character c = character_at(superscript, at);
    const int digit = superscript_digit(c.code);
    result += digit < 0 ? '-' : static_cast<char>('0' + digit);
    at += c.bytes;
  }
  return result;
}

std::string string_value(std::string_view token) {
  std::string result;
  for (std::size_t at = 1; at + 1 < token.size(); ++at) {
    if (token[at] == '\\') ++at;
    result += token[at];
  }
  return result;
}

}  // namespace lmmdsl
