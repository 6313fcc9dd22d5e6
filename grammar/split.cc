#include "grammar/split.h"

#include <fmt/core.h>

#include <algorithm>

namespace lmmdsl {

namespace {

bool begins_declaration(TokenKind kind) {
  return kind == TokenKind::data || kind == TokenKind::param || kind == TokenKind::latent ||
         kind == TokenKind::model;
}

bool relates(TokenKind kind) { return kind == TokenKind::assign || kind == TokenKind::tilde; }

bool closes(TokenKind open, TokenKind close) {
  return (open == TokenKind::open_paren) == (close == TokenKind::close_paren);
}

const char* closer(TokenKind open) { return open == TokenKind::open_paren ? ")" : "]"; }

class Splitter {
 public:
  Splitter(const SourcePtr& source, const Tokens& tokens, const ParseLimits& limits)
      : source_(source), tokens_(tokens), limits_(limits) {}

  Split run() {
    for (std::size_t at = 0; at < tokens_.size();) {
      StatementRange statement = read(at);
      at = statement.end;
      drop_last_semicolon(statement);
      if (statement.end > statement.begin) result_.statements.push_back(statement);
    }
    return std::move(result_);
  }

 private:
  /// `y ~ Normal(0, 1);`: the statement is read without its `;`.
  void drop_last_semicolon(StatementRange& statement) {
    const std::size_t last = statement.end - 1;
    if (statement.in_error || tokens_[last].kind != TokenKind::semicolon) return;
    error(last, "`;` stands only between the rows of a bracket").hint =
        "delete it; one statement a line";
    statement.end = last;
  }

  /// The statement that begins at `begin`. If a bracket stays open, it ends at the first line that
  /// looks like a statement of its own, so that one forgotten bracket does not swallow the file.
  StatementRange read(std::size_t begin) {
    StatementRange statement{begin, begin, false};
    std::vector<std::size_t> open;         // brackets that are open here
    std::size_t restart = tokens_.size();  // first line in brackets that looks like a statement
    std::size_t bad = tokens_.size();      // first token that has been reported already
    bool mismatch = false;
    bool related = false;  // `=` or `~` has been seen outside brackets
    const TokenKind first = tokens_[begin].kind;
    const bool signed_text = begin == 0 && (first == TokenKind::plus || first == TokenKind::minus);
    if (joins_lines(first) && !signed_text && !is_misused_word(begin)) {
      statement.in_error = true;
      report_line_begin(begin);
    }
    std::size_t i = begin;
    for (; i < tokens_.size(); ++i) {
      const TokenKind kind = tokens_[i].kind;
      if (i > begin && tokens_[i].first_on_line) {
        if (open.empty()) {
          if (ends_before(i, related, statement.in_error || bad < i)) break;
        } else if (looks_like_statement(i)) {
          if (restart == tokens_.size()) restart = i;
          if (mismatch) break;
        }
      }
      if (open.empty() && relates(kind)) related = true;
      if (kind == TokenKind::bad) bad = std::min(bad, i);
      if (is_open(kind)) {
        open.push_back(i);
        if (open.size() > static_cast<std::size_t>(limits_.nesting)) {
          if (restart < tokens_.size()) break;
          return too_deep(statement, i);
        }
      } else if (is_close(kind)) {
        const bool fits = !open.empty() && closes(tokens_[open.back()].kind, kind);
        if (fits) {
          open.pop_back();
        } else if (!open.empty() && open.back() >= restart) {
          break;  // the mistake of a later statement: it will be found there
        } else {
          mismatch = true;
          report_mismatch(open, i, statement.in_error || bad < i);
          statement.in_error = true;
        }
        if (open.empty() || !fits) restart = tokens_.size();
      }
    }
    statement.end = i;
    if (!open.empty()) {
      statement.end = std::min(restart, i);
      while (open.back() >= statement.end) open.pop_back();
      if (!statement.in_error && bad >= statement.end) report_unclosed(open.back(), nullptr);
      statement.in_error = true;
    }
    if (bad < statement.end) statement.in_error = true;
    return statement;
  }

  /// Does the statement end before token `i`, which begins a line outside brackets?
  bool ends_before(std::size_t i, bool related, bool in_error) {
    const TokenKind kind = tokens_[i].kind;
    if (joins_lines(tokens_[i - 1].kind)) {
      // A sign without anything after it must not take the next statement with it.
      return begins_declaration(kind) || (related && looks_like_statement(i));
    }
    if (!joins_lines(kind) || is_misused_word(i)) return true;
    if (!in_error) report_line_begin(i);
    return false;
  }

  /// A reserved word that is used as a name, as in `by = 3`.
  bool is_misused_word(std::size_t i) const {
    if (!is_keyword(tokens_[i].kind) || i + 1 >= tokens_.size()) return false;
    const TokenKind next = tokens_[i + 1].kind;
    return relates(next) || next == TokenKind::open_bracket || next == TokenKind::power ||
           next == TokenKind::superscript;
  }

  /// The line that begins with token `i` begins a declaration or has a `=` or `~` outside brackets.
  bool looks_like_statement(std::size_t i) const {
    if (begins_declaration(tokens_[i].kind)) return true;
    int depth = 0;
    for (std::size_t j = i; j < tokens_.size() && (j == i || !tokens_[j].first_on_line); ++j) {
      if (is_open(tokens_[j].kind)) ++depth;
      if (is_close(tokens_[j].kind) && --depth < 0) return false;
      if (depth == 0 && j > i && relates(tokens_[j].kind)) return true;
    }
    return false;
  }

  /// Token `i` closes a bracket that is not the innermost open one. What it closes, if anything,
  /// is taken as closed.
  void report_mismatch(std::vector<std::size_t>& open, std::size_t i, bool in_error) {
    const TokenKind kind = tokens_[i].kind;
    if (!in_error && open.empty()) {
      Diagnostic& d = error(i, fmt::format("`{}` without an opening bracket", ascii(kind)));
      d.label = "no bracket is open here";
    } else if (!in_error) {
      report_unclosed(open.back(), &tokens_[i]);
    }
    auto match = std::find_if(open.rbegin(), open.rend(),
                              [&](std::size_t j) { return closes(tokens_[j].kind, kind); });
    if (match != open.rend()) open.resize(open.rend() - match - 1);
  }

  StatementRange too_deep(StatementRange statement, std::size_t i) {
    if (!statement.in_error) {
      Diagnostic& d = error(i, "brackets are nested too deeply");
      d.code = ExitCode::limit;
      d.label = fmt::format("at most {} levels", limits_.nesting);
      d.hint = "define a part of the expression by a statement of its own";
    }
    statement.in_error = true;
    for (++i; i < tokens_.size(); ++i) {
      if (tokens_[i].first_on_line && looks_like_statement(i)) break;
    }
    statement.end = i;
    return statement;
  }

  void report_line_begin(std::size_t i) {
    const std::string_view sign = ascii(tokens_[i].kind);
    Diagnostic& d = error(i, fmt::format("a line cannot begin with `{}`", sign));
    if (i > 0) d.hint = fmt::format("move the `{}` to the end of the line above", sign);
    if (tokens_[i].kind == TokenKind::times) {  // as in SAS
      d.hint += d.hint.empty() ? "" : "; ";
      d.hint += "a comment begins with `#`";
    }
  }

  void report_unclosed(std::size_t bracket, const Token* instead) {
    const TokenKind kind = tokens_[bracket].kind;
    Diagnostic& d = error(bracket, fmt::format("`{}` is not closed", ascii(kind)));
    d.label = fmt::format("`{}` is missing", closer(kind));
    if (!instead) return;
    const int line = source_->position(tokens_[bracket].span.begin).line;
    const int there = source_->position(instead->span.begin).line;
    d.label += fmt::format(" before `{}`", ascii(instead->kind));
    if (there != line) d.label += fmt::format(" in line {}", there);
  }

  Diagnostic& error(std::size_t i, std::string message) {
    Diagnostic d;
    d.source = source_;
    d.span = tokens_[i].span;
    d.message = std::move(message);
    return result_.diagnostics.emplace_back(std::move(d));
  }

  SourcePtr source_;
  const Tokens& tokens_;
  const ParseLimits& limits_;
  Split result_;
};

}  // namespace

Split split(const SourcePtr& source, const Tokens& tokens, const ParseLimits& limits) {
  return Splitter(source, tokens, limits).run();
}

}  // namespace lmmdsl
