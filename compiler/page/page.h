// A page of mathematics to be read: headings, sentences, formulas, tables. It is built once, of the
// expressions that run, and written in five formats (page_text.cc, page_markdown.cc, page_latex.cc,
// page_html.cc).
//
//   Page page;
//   page.heading(1, "Full conditional of " + Text(formula(theta)));
//   page.paragraph("Precisions add.");
//   std::string html = write_page(page, model, Format::html);
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/math/expr.h"
#include "compiler/page/format.h"

namespace lmmdsl {

struct Model;
struct Layout;
class Typesetter;

/// A part of a formula.
struct Term {
  enum class Kind {
    expression,   ///< `args[0]`
    law,          ///< Normal(args...); its name in `text`, names of the last args in `names`
    given,        ///< args[0] | rest
    log_density,  ///< log p(args[0]); with `text` "rest" log p(args[0] | rest)
    factor,       ///< the density `text` of args[0] with the other args, multiplied over `plate`
    joint,        ///< p(args...)
    sign,         ///< a key of the table of signs in `text`
    word,         ///< `text` upright: const
    notation      ///< what has no expression: `layout`, as code `text`
  };
  Kind kind = Kind::expression;
  std::string text;
  std::vector<Expr> args;
  Plate plate = {};
  std::vector<std::string> names = {};  ///< of the last args, as in  lower = 0
  std::shared_ptr<const Layout> layout = nullptr;
};

/// A formula about one element of `plate` in one element of `within`: which is what its indices
/// mean.
struct Formula {
  std::vector<Term> terms;
  Plate plate = {}, within = {};

  Formula& operator<<(Term term) {
    terms.push_back(std::move(term));
    return *this;
  }
  /// The terms of a sum in their own order, also where one with a minus sign comes first.
  Formula& operator<<(const Expr& sum);
};

Term expression(Expr e);
Term law(std::string family, std::vector<Expr> args);
Term given_rest(Expr e);
Term log_density(Expr e, bool rest);
Term sign_term(std::string key);
Term word_term(std::string text);
/// A sign that has a name in code, or none: an empty `code` leaves its row out of tables in code.
Term notation_term(std::string code, Layout layout);
/// An expression alone.
Formula formula(Expr e, const Plate& plate, const Plate& within = {});

/// A statement of the model as it was written.
struct Code {
  std::string text;
};

using Run = std::variant<std::string, Formula, Code>;

/// A sentence: words, formulas and code.
struct Text {
  std::vector<Run> runs;

  Text() = default;
  Text(const char* words) : runs{std::string(words)} {}  // NOLINT
  Text(std::string words) : runs{std::move(words)} {}    // NOLINT
  Text(Formula formula) : runs{std::move(formula)} {}    // NOLINT
  Text(Code code) : runs{std::move(code)} {}             // NOLINT
  bool empty() const { return runs.empty(); }
};
Text operator+(Text a, const Text& b);

struct Block {
  enum class Kind {
    heading,    ///< `level` 1 (of the whole), 2 (of a part), 3
    paragraph,  ///< a sentence or several
    display,    ///< formulas one below the other; text only where words belong to one
    table       ///< rows of cells; the last cell of a row may be long
  };
  Kind kind = Kind::paragraph;
  int level = 0;
  std::vector<std::vector<Text>> rows;  ///< one row of one cell but for tables and displays
  bool header = false;                  ///< the first row of a table names its columns
};

struct Page {
  std::string title;  ///< of the document; not printed
  std::vector<Block> blocks;

  void heading(int level, Text text);
  void paragraph(Text text);
  void display(Formula formula);
  void table(std::vector<std::vector<Text>> rows, bool header = false);
  void append(Page other);
};

std::string write_page(const Page& page, const Model& model, Format format);

/// A formula in the language of models, with its few signs beyond it.
std::string code(const Formula& formula, const Model& model);

// One for each format; called by write_page.
Layout layout(const Formula& formula, const Typesetter& typesetter);
std::string write_text(const Page& page, const Model& model, bool unicode);
std::string write_markdown(const Page& page, const Model& model);
std::string write_latex(const Page& page, const Model& model);
std::string write_html(const Page& page, const Model& model);

}  // namespace lmmdsl
