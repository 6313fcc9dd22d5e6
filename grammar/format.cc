// Formatting works on tokens, not on the tree, so that comments, blank lines, line breaks and
// parentheses stay where the author put them; only spelling and spacing change. The result is
// parsed again and compared with the input: a formatter must not change a model.
#include "grammar/format.h"

#include <fmt/core.h>

#include <algorithm>

#include "grammar/greek.h"
#include "grammar/names.h"
#include "grammar/parse.h"
#include "grammar/pieces.h"
#include "grammar/same_tree.h"
#include "grammar/scan.h"
#include "grammar/split.h"

namespace lmmdsl {

namespace {

using K = TokenKind;

constexpr int kIndent = 4;  // of lines that go on with a statement

/// Is there a blank between piece i - 1 and piece i of a line?
bool blank_before(const Pieces& pieces, std::size_t i, std::size_t depth) {
  const K left = pieces[i - 1].kind, right = pieces[i].kind;
  if (is_open(left) || is_close(right)) return false;
  if (right == K::comma || right == K::semicolon || right == K::dot || left == K::dot ||
      right == K::prime || right == K::superscript || left == K::power || right == K::power) {
    return false;
  }
  if (is_open(right) && ends_operand(left)) return false;  // a call or an index
  const bool sign = left == K::plus || left == K::minus;
  if (sign && (i < 2 || !ends_operand(pieces[i - 2].kind))) return false;
  // sd=2 in a call; around the `=` of a definition there are blanks.
  if (depth > 0 && (left == K::assign || right == K::assign)) return false;
  return true;
}

class Formatter {
 public:
  Formatter(SourcePtr source, Spelling spelling)
      : source_(std::move(source)), spelling_(spelling), scan_(scan(source_, {})) {}

  std::string run(const Ast& ast) {
    for (const Statement& statement : ast.statements) {
      if (statement.kind != StatementKind::data || statement.data.header) continue;
      for (const AstName& name : statement.data.names) fixed_[name.name] = name.spelling;
    }
    const Split ranges = split(source_, scan_.tokens, {});
    for (std::size_t i = 0; i < ranges.statements.size(); ++i) {
      write(ranges.statements[i], ast.statements[i]);
    }
    write_comments(static_cast<std::uint32_t>(source_->text().size()), 0);
    if (!out_.empty()) out_ += '\n';
    return std::move(out_);
  }

 private:
  void write(const StatementRange& range, const Statement& statement) {
    Pieces pieces = respell(source_, scan_.tokens, range.begin, range.end, spelling_, fixed_);
    if (statement.kind == StatementKind::data && !statement.data.header &&
        spelling_ == Spelling::ascii && any_renamed(statement.data)) {
      write_renamed(pieces, statement.data);
    } else {
      write_line(pieces);
    }
    written_to_ = scan_.tokens[range.end - 1].span.end;
  }

  static bool renamed(const AstName& name) { return name.name != name.spelling; }
  static bool any_renamed(const DataStatement& data) {
    return std::any_of(data.names.begin(), data.names.end(), renamed);
  }

  /// `data y, θ : real` in ASCII: `data y : real` and `data theta : real from "θ"`.
  void write_renamed(const Pieces& pieces, const DataStatement& data) {
    std::size_t colon = 0;
    while (pieces[colon].kind != K::colon) ++colon;
    const std::uint32_t first = pieces.front().begin, last = pieces.back().begin;
    for (std::size_t i = 0; i < data.names.size(); ++i) {
      // Comments inside the statement come before its last line.
      const std::uint32_t at = i + 1 < data.names.size() ? first : last;
      Pieces line{{K::data, "data", true, at}, {K::name, data.names[i].name, false, at}};
      for (std::size_t j = colon; j < pieces.size(); ++j) {
        line.push_back(pieces[j]);
        line.back().first_on_line = false;
        line.back().begin = at;
      }
      if (renamed(data.names[i])) {
        line.push_back({K::from, "from", false, at});
        line.push_back({K::string, '"' + data.names[i].spelling + '"', false, at});
      }
      write_line(line);
      written_to_ = at;
    }
  }

  void write_line(const Pieces& pieces) {
    std::size_t depth = 0;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      const Piece& piece = pieces[i];
      const bool comments = write_comments(piece.begin, i == 0 ? 0 : kIndent);
      if (i == 0 || piece.first_on_line || comments) {
        break_line(piece.begin, i == 0 || is_close(piece.kind) ? 0 : kIndent);
      } else if (blank_before(pieces, i, depth)) {
        out_ += ' ';
      }
      out_ += piece.text;
      written_to_ = std::max(written_to_, piece.begin);
      if (is_open(piece.kind)) ++depth;
      if (is_close(piece.kind) && depth > 0) --depth;
    }
  }

  /// The comments that stand before `begin`; true if there are any.
  bool write_comments(std::uint32_t begin, int indent) {
    bool any = false;
    for (; next_comment_ < scan_.comments.size(); ++next_comment_) {
      const Comment& comment = scan_.comments[next_comment_];
      if (comment.span.begin >= begin) break;
      if (comment.own_line || out_.empty()) {
        break_line(comment.span.begin, indent);
      } else {
        out_ += "  ";
      }
      out_ += source_->slice(comment.span);
      written_to_ = comment.span.end;
      any = true;
    }
    return any;
  }

  /// Begins a line, after a blank one if the text has one before `begin`.
  void break_line(std::uint32_t begin, int indent) {
    if (!out_.empty()) {
      const std::string_view gap = source_->slice({written_to_, std::max(begin, written_to_)});
      out_ += std::count(gap.begin(), gap.end(), '\n') > 1 ? "\n\n" : "\n";
    }
    out_.append(indent, ' ');
  }

  SourcePtr source_;
  Spelling spelling_;
  Scan scan_;
  FixedNames fixed_;
  std::string out_;
  std::size_t next_comment_ = 0;
  std::uint32_t written_to_ = 0;  ///< the text before this offset has been written
};

}  // namespace

Result<std::string> format_model(SourcePtr source, Spelling spelling) {
  Result<Ast> parsed = parse_model(source);
  if (!parsed || has_error(parsed.diagnostics)) return parsed.diagnostics;
  std::string text = Formatter(source, spelling).run(*parsed);

  auto again = parse_model(std::make_shared<const Source>(source->name(), text));
  const bool limit = std::any_of(again.diagnostics.begin(), again.diagnostics.end(),
                                 [](const Diagnostic& d) { return d.code == ExitCode::limit; });
  if (limit) return again.diagnostics;
  if (!again || has_error(again.diagnostics) || !same_tree(*parsed, *again)) {
    return plain_error(ExitCode::bug, "formatting would change the model " + source->name(),
                       "this is a bug of lmmdsl: the file is left as it is");
  }
  return Result<std::string>(std::move(text), std::move(parsed.diagnostics));
}

}  // namespace lmmdsl
