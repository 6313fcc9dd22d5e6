// How mathematics looks on a page, apart from the notation that it is written in: letters with
// subscripts, fractions, sums with an index. An expression is laid out once; layout_text.cc,
// layout_latex.cc and layout_mathml.cc write the same layout in Unicode, LaTeX and MathML, with one
// table of signs.
//
// Indices are those of the page. What is on the row plate has the index i; beta[plot] is β_plot,
// and β_plot[i] in the i-th row, the beta of that row's plot. Sums say what runs: i ∈ plot.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/math/expr.h"

namespace lmmdsl {

struct Model;

struct Layout {
  enum class Kind {
    row,       ///< parts side by side
    letter,    ///< one letter, italic; a Greek one by its name in `text`
    word,      ///< upright: a name, a function
    label,     ///< of a level, as it stands in the data
    number,    ///< digits
    sign,      ///< a key of the table of signs in `text`
    fraction,  ///< parts: above, below
    script,    ///< parts: base, subscript, superscript; an empty row is none
    hat,       ///< parts[0] with a hat: an estimate
    root,      ///< square root
    fenced,    ///< `text` is ( [ or |
    grid,      ///< a matrix; each part is a row whose parts are its entries
    big        ///< `text` is sum or product; parts[0] says what runs
  };
  Kind kind = Kind::row;
  std::string text;
  std::vector<Layout> parts;
  bool empty() const { return kind == Kind::row && parts.empty(); }
};

/// A sign in three notations. Blanks belong to the text.
struct SignRow {
  const char* key;
  const char* text;
  const char* latex;
  const char* mathml;  ///< content of <mo>
  bool breaks;         ///< a long formula may go on after it
};
const SignRow& sign_row(const std::string& key);

Layout row(std::vector<Layout> parts);
Layout sign(std::string key);
Layout word(std::string text);
Layout fenced(Layout content, std::string bracket = "(");
Layout with_subscript(Layout base, Layout sub);
Layout with_superscript(Layout base, Layout sup);
/// A name of the model: sigma_e is σ with the index e, mu0 is μ with 0, beta_hat has a hat,
/// body_weight is a word; in "beta[plot=3]" the index is below.
Layout name_layout(const std::string& name);
Layout number_layout(double value);
/// Parts with commas between.
Layout listed(std::vector<Layout> parts);

/// What the indices of a formula are.
struct Indices {
  std::map<SymbolId, Layout> factors;  ///< of factors that are fixed: plot
  Layout row;                          ///< of the row: i; empty where there is none
  Layout innermost;                    ///< of the element, in which other factors are looked up
};

/// Lays out expressions of one model.
class Typesetter {
 public:
  explicit Typesetter(const Model& model);

  /// The indices of one element of `plate` that lies in one element of `within`.
  Indices indices(const Plate& plate, const Plate& within = {}) const;
  Layout layout(const Expr& e, const Indices& indices) const;
  /// n, m_plot: numbers of rows and levels, so named that they are no names of the model.
  Layout count(const Plate& over, const Plate& in, const Indices& indices) const;
  /// What runs in a sum: "i", "i ∈ plot", "school ∈ district".
  Layout range(const Plate& over, const Plate& in, const Indices& indices) const;
  /// Indices inside a sum.
  Indices inside(const Plate& over, const Plate& in, const Indices& outside) const;
  Layout factor(SymbolId factor, const Indices& indices) const;
  Layout subscript(const Plate& plate, const Indices& indices) const;
  /// The first of several letters that is no name of the model.
  std::string free_name(const std::vector<std::string>& candidates) const;
  const Model& model() const { return model_; }

  /// Look-ups that were laid out, such as plot[i], are noted here for a legend.
  struct LookUp {
    SymbolId factor;
    Layout layout, element;
  };
  std::vector<LookUp>* look_ups = nullptr;

 private:
  const Model& model_;
  std::string row_index_, other_row_index_, rows_, levels_;
};

std::string to_unicode(const Layout& layout);
/// `breakable`: a line of TeX may also end after a comma.
std::string to_latex(const Layout& layout, bool breakable = false);
/// Without the <math> element.
std::string to_mathml(const Layout& layout);

/// A long formula in pieces, each of which may begin a line with its sign: a, = b, + c.
std::vector<Layout> pieces(const Layout& layout);

/// Text with the characters that are special in LaTeX or HTML escaped. Characters that LaTeX
/// with inputenc utf8 does not know are written as their code point.
std::string escape_latex(const std::string& text);
std::string escape_html(const std::string& text);

}  // namespace lmmdsl
