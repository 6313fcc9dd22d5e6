#include "compiler/math/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "compiler/model/model.h"

namespace lmmdsl {

namespace {

// Binding strength, loosest first; language.md, precedence.
enum Level { lowest, logical, comparison, sum, product, sign, exponent, postfix };

const std::map<std::string, std::pair<const char*, const char*>>& greek() {
  static const std::map<std::string, std::pair<const char*, const char*>> letters = {
      {"alpha", {"α", "\\alpha"}},   {"beta", {"β", "\\beta"}},       {"gamma", {"γ", "\\gamma"}},
      {"delta", {"δ", "\\delta"}},   {"epsilon", {"ε", "\\epsilon"}}, {"zeta", {"ζ", "\\zeta"}},
      {"eta", {"η", "\\eta"}},       {"theta", {"θ", "\\theta"}},     {"iota", {"ι", "\\iota"}},
      {"kappa", {"κ", "\\kappa"}},   {"lambda", {"λ", "\\lambda"}},   {"mu", {"μ", "\\mu"}},
      {"nu", {"ν", "\\nu"}},         {"xi", {"ξ", "\\xi"}},           {"omicron", {"ο", "o"}},
      {"pi", {"π", "\\pi"}},         {"rho", {"ρ", "\\rho"}},         {"sigma", {"σ", "\\sigma"}},
      {"tau", {"τ", "\\tau"}},       {"upsilon", {"υ", "\\upsilon"}}, {"phi", {"φ", "\\phi"}},
      {"chi", {"χ", "\\chi"}},       {"psi", {"ψ", "\\psi"}},         {"omega", {"ω", "\\omega"}},
      {"Gamma", {"Γ", "\\Gamma"}},   {"Delta", {"Δ", "\\Delta"}},     {"Theta", {"Θ", "\\Theta"}},
      {"Lambda", {"Λ", "\\Lambda"}}, {"Xi", {"Ξ", "\\Xi"}},           {"Pi", {"Π", "\\Pi"}},
      {"Sigma", {"Σ", "\\Sigma"}},   {"Upsilon", {"Υ", "\\Upsilon"}}, {"Phi", {"Φ", "\\Phi"}},
      {"Psi", {"Ψ", "\\Psi"}},       {"Omega", {"Ω", "\\Omega"}}};
  return letters;
}

std::string superscript(double exponent) {
  static const char* digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text = exponent < 0 ? "⁻" : "";
  for (char c : fmt::format("{}", std::abs(static_cast<long>(exponent)))) text += digits[c - '0'];
  return text;
}

/// A label as a string of the language.
std::string quoted(const std::string& label) {
  std::string text = "\"";
  for (char c : label) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + "\"";
}

class Renderer {
 public:
  Renderer(const Model* model, Notation notation)
      : model_(model), unicode_(notation != Notation::ascii), notation_(notation) {}

  std::string operator()(const Expr& e, int level = lowest) const {
    int own = postfix;
    std::string text = write(e, own);
    return own < level ? "(" + text + ")" : text;
  }

 private:
  std::string factor(SymbolId id) const {
    return model_ ? render_name((*model_)[id].name, notation_) : fmt::format("f{}", id);
  }
  std::string factors(const Plate& plate) const {
    std::string text;
    for (SymbolId f : plate.factors) text += (text.empty() ? "" : ", ") + factor(f);
    return text;
  }

  std::string write(const Expr& e, int& own) const {
    switch (e->op) {
      case Op::number:
        if (e->number < 0) own = sign;
        return fmt::format("{}", e->number);
      case Op::symbol:
        return name_of(e);
      case Op::add:
        own = sum;
        return write_sum(e, own);
      case Op::multiply:
        return write_product(e, own);
      case Op::power:
        return write_power(e, own);
      case Op::inverse:
        if (unicode_) {
          own = exponent;
          return (*this)(e->args[0], postfix) + "⁻¹";
        }
        return "inv(" + (*this)(e->args[0]) + ")";
      case Op::transpose:
        return (*this)(e->args[0], postfix) + (unicode_ ? "ᵀ" : "'");
      case Op::less:
      case Op::less_equal:
      case Op::greater:
      case Op::greater_equal:
      case Op::equal:
      case Op::not_equal:
      case Op::logical_and:
      case Op::logical_or:
        own = e->op == Op::logical_and || e->op == Op::logical_or ? logical : comparison;
        return (*this)(e->args[0], own + 1) + fmt::format(" {} ", infix(e->op)) +
               (*this)(e->args[1], own + 1);
      case Op::logical_not:
        own = logical;
        return "not " + (*this)(e->args[0], comparison);
      case Op::label_equal:
        own = comparison;
        return (*this)(e->args[0]) + " == " + quoted(e->text);
      case Op::hcat:
        return "[" + list(e->args, ", ") + "]";
      case Op::vcat:
        return write_vcat(e);
      case Op::identity:
        return fmt::format("I({})", describe(e->shape.rows));
      case Op::zero:
        return "0";
      case Op::ones:
        return fmt::format("ones({})", describe(e->shape.rows));
      case Op::length:
        own = e->length.products.size() + (e->length.n != 0) > 1 ? sum : product;
        return describe(e->length);
      case Op::unit_row:
        return fmt::format("unit_row({}, {})", e->index[0], describe(e->shape.cols));
      case Op::coding:
        if (e->args.size() > 1) own = product;
        return write_coding(e);
      case Op::log_multivariate_gamma:
        return "log_gamma(" + (*this)(e->args[0]) + ", " + describe(e->length) + ")";
      case Op::component:
      case Op::column:
        return (*this)(e->args[0], postfix) + "[" + fmt::format("{}", fmt::join(e->index, ", ")) +
               "]";
      case Op::level: {
        std::string labels;
        for (const std::string& l : e->labels) labels += (labels.empty() ? "" : ", ") + quoted(l);
        return render_name(e->args[0]->text, notation_) + "[" + labels + "]";
      }
      case Op::collapse:
        return (*this)(e->args[0], postfix);
      case Op::sum_over:
        return write_sum_over(e);
      case Op::least_squares:
        return e->text.empty() ? "ols(" + (*this)(e->args[0]) + " ~ " + (*this)(e->args[1]) +
                                     by(e->over) + ")." + e->labels[0]
                               : e->text + "." + e->labels[0] +
                                     (e->plate.once() || e->labels[0] == "coef"
                                          ? ""
                                          : "[" + factors(e->plate) + "]");
      case Op::poly:
        return "poly(" + (*this)(e->args[0]) + fmt::format(", {})", e->index[0]);
      case Op::triangle: {
        std::vector<Expr> columns(e->args.begin(), e->args.end() - 1);
        const std::string weight =
            is_number(e->args.back(), 1) ? "" : ", weight=" + (*this)(e->args.back());
        return "triangle([" + list(columns, ", ") + "]" + weight + by(e->plate) + ")";
      }
      case Op::distance:
        return "|" + (*this)(e->args[0]) + " * [" +
               (e->args[1]->op == Op::vcat ? list(e->args[1]->args, "; ") : (*this)(e->args[1])) +
               "; 1]|^2";
      default:
        return std::string(function(e->op)) + "(" + list(e->args, ", ") +
               (e->over == Plate{} || e->plate.once() ? "" : by(e->plate)) + ")";
    }
  }

  std::string name_of(const Expr& e) const {
    std::string text = render_name(e->text, notation_);
    if (!e->plate.rows && !e->plate.factors.empty()) text += "[" + factors(e->plate) + "]";
    return text;
  }

  std::string list(const std::vector<Expr>& args, const char* separator) const {
    std::string text;
    for (const Expr& a : args) text += (text.empty() ? "" : separator) + (*this)(a);
    return text;
  }

  std::string by(const Plate& plate) const {
    return plate.factors.empty() ? "" : ", by " + factors(plate);
  }

  std::string write_vcat(const Expr& e) const {
    std::string text;
    for (const Expr& a : e->args) {
      const bool row = a->op == Op::hcat;
      text += (text.empty() ? "" : "; ") + (row ? list(a->args, ", ") : (*this)(a));
    }
    return "[" + text + "]";
  }

  /// The coefficient of a term is a half, or an odd number of halves.
  static bool of_halves(const Expr& t) {
    const Expr& n = t->op == Op::multiply ? t->args[0] : t;
    return n->op == Op::number && std::fmod(std::abs(n->number), 1) == 0.5;
  }

  /// Positive terms first, so that a difference reads  a - b; n / 2 - 1 / 2 reads (n - 1) / 2.
  std::string write_sum(const Expr& e, int& own) const {
    if (std::all_of(e->args.begin(), e->args.end(), of_halves)) {
      own = product;
      return (*this)(multiply({number(2), e}), product) + (unicode_ ? "/2" : " / 2");
    }
    const auto negative = [](const Expr& t) {
      return (t->op == Op::number && t->number < 0) ||
             (t->op == Op::multiply && t->args[0]->op == Op::number && t->args[0]->number < 0);
    };
    std::vector<Expr> terms = e->args;
    std::stable_partition(terms.begin(), terms.end(), [&](const Expr& t) { return !negative(t); });
    std::string text;
    for (const Expr& t : terms) {
      if (text.empty()) {
        text = (*this)(t, sum);
      } else if (negative(t)) {
        text += " - " + (*this)(negate(t), product);
      } else {
        text += " + " + (*this)(t, sum);
      }
    }
    return text;
  }

  static bool in_denominator(const Expr& f) {
    return f->op == Op::power && f->args[1]->op == Op::number && f->args[1]->number < 0;
  }

  std::string write_product(const Expr& e, int& own) const {
    std::vector<Expr> above, below, last;
    double coefficient = 1;
    const bool column = e->shape.kind == ShapeKind::vector;
    for (const Expr& f : e->args) {
      if (f->op == Op::number) {
        coefficient = f->number;
      } else if (column && f->shape.is_scalar() && f->plate.rows && !in_denominator(f)) {
        last.push_back(f);
      } else if (in_denominator(f)) {
        below.push_back(power(f->args[0], -f->args[1]->number));
      } else {
        above.push_back(f);
      }
    }
    // X' y, as the page writes it; with a weight w * X' * y, with a residual w * X' * (y - m).
    if (!last.empty()) {
      const auto residual =
          std::find_if(last.begin(), last.end(), [](const Expr& f) { return f->op == Op::add; });
      std::iter_swap(residual == last.end() ? last.end() - 1 : residual, last.end() - 1);
      above.insert(above.begin(), last.begin(), last.end() - 1);
      above.push_back(last.back());
    }
    own = product;
    std::string text;
    const double size = std::abs(coefficient);
    // A half reads better as a quotient.
    if (size == 0.5) {
      below.insert(below.begin(), number(2));
    } else if (size != 1) {
      text = fmt::format("{}", size);
    }
    for (const Expr& f : above) {
      text += (text.empty() ? "" : unicode_ ? " " : " * ") + (*this)(f, sign);
    }
    if (text.empty()) text = "1";
    if (below.size() == 1) {
      text += (unicode_ ? "/" : " / ") + (*this)(below[0], sign);
    } else if (!below.empty()) {
      std::string denominator;
      for (const Expr& f : below) {
        denominator += (denominator.empty() ? "" : unicode_ ? " " : " * ") + (*this)(f, sign);
      }
      text += (unicode_ ? "/(" : " / (") + denominator + ")";
    }
    if (coefficient < 0) {
      own = sum;
      text = "-" + text;
    }
    return text;
  }

  std::string write_power(const Expr& e, int& own) const {
    const Expr& r = e->args[1];
    if (r->op == Op::number && r->number == 0.5) return "sqrt(" + (*this)(e->args[0]) + ")";
    if (r->op == Op::number && r->number == -0.5) {
      own = product;
      return "1 / sqrt(" + (*this)(e->args[0]) + ")";
    }
    if (r->op == Op::number && r->number < 0) {
      own = product;
      return (unicode_ ? "1/" : "1 / ") + (*this)(power(e->args[0], -r->number), sign);
    }
    own = exponent;
    const std::string base = (*this)(e->args[0], postfix);
    if (unicode_ && r->op == Op::number && r->number == std::floor(r->number)) {
      return base + superscript(r->number);
    }
    return base + "^" + (*this)(r, sign);
  }

  /// Sums as the language writes them; a sum of ones as a count; X' y over a level's rows as the
  /// page's product of stacks, X[plot]' * y[plot].
  std::string write_sum_over(const Expr& e) const {
    const Expr& x = e->args[0];
    if (is_number(x, 1)) {
      if (!e->over.rows) return "levels(" + factors(e->over) + by(e->plate) + ")";
      const std::string what = e->over.response >= 0 && model_
                                   ? render_name((*model_)[e->over.response].name, notation_)
                                   : "rows";
      return "count(" + what + by(e->plate) + ")";
    }
    if (e->over.rows && !e->plate.factors.empty() && x->op == Op::multiply && x->args.size() == 2) {
      const auto turned = [](const Expr& f) {
        return f->op == Op::transpose && f->args[0]->op == Op::symbol && f->plate.rows;
      };
      const auto plain = [](const Expr& f) { return f->op == Op::symbol && f->plate.rows; };
      const bool swapped = turned(x->args[1]);  // y X': the scalar stands first
      const Expr& left = x->args[swapped ? 1 : 0];
      const Expr& right = x->args[swapped ? 0 : 1];
      if (turned(left) && plain(right)) {
        const std::string index = "[" + factors(e->plate) + "]";
        return render_name(left->args[0]->text, notation_) + index + (unicode_ ? "ᵀ " : "' * ") +
               render_name(right->text, notation_) + index;
      }
    }
    return "sum(" + (*this)(x) + by(e->plate) + ")";
  }

  /// A factor of a design, or a product with factors, as the text has it.
  std::string write_coding(const Expr& e) const {
    std::string text;
    for (std::size_t k = 0; k < e->args.size(); ++k) {
      const std::string part = (*this)(e->args[k], e->args.size() > 1 ? sign : lowest);
      const std::string& coding = e->labels[k];
      if (!text.empty()) text += unicode_ ? " " : " * ";
      if (coding.starts_with("treatment:")) {
        text += "relevel(" + part + ", " + quoted(coding.substr(coding.find(':') + 1)) + ")";
      } else if (coding == "sum") {
        text += "sum_coded(" + part + ")";
      } else {
        text += part;
      }
    }
    return text;
  }

  static const char* infix(Op op) {
    switch (op) {
      case Op::less:
        return "<";
      case Op::less_equal:
        return "<=";
      case Op::greater:
        return ">";
      case Op::greater_equal:
        return ">=";
      case Op::equal:
        return "==";
      case Op::not_equal:
        return "!=";
      case Op::logical_and:
        return "and";
      default:
        return "or";
    }
  }

  static const char* function(Op op) {
    switch (op) {
      case Op::determinant:
        return "det";
      case Op::log_determinant:
        return "log_det";
      case Op::trace:
        return "trace";
      case Op::log_gamma:
        return "log_gamma";
      case Op::exp:
        return "exp";
      case Op::log:
        return "log";
      case Op::sqrt:
        return "sqrt";
      case Op::abs:
        return "abs";
      case Op::phi:
        return "Phi";
      case Op::logit:
        return "logit";
      case Op::invlogit:
        return "invlogit";
      case Op::minimum:
      case Op::min_components:
      case Op::min_over:
        return "min";
      case Op::maximum:
      case Op::max_components:
      case Op::max_over:
        return "max";
      case Op::diagonal_matrix:
      case Op::diagonal:
        return "diag";
      case Op::sum_components:
        return "sum";
      case Op::mean_components:
      case Op::mean_over:
        return "mean";
      case Op::var_over:
        return "var";
      case Op::sd_over:
        return "sd";
      case Op::median_over:
        return "median";
      case Op::count_over:
        return "count";
      case Op::quantile_over:
        return "quantile";
      case Op::cov_over:
        return "cov";
      case Op::cor_over:
      case Op::correlation:
        return "cor";
      default:
        return "?";
    }
  }

  const Model* model_;
  bool unicode_;
  Notation notation_;
};

}  // namespace

std::string render_name(const std::string& name, Notation notation) {
  if (notation == Notation::ascii) return name;
  // sigma_e, mu0: a Greek stem, and what follows.
  std::size_t stem = 0;
  while (stem < name.size() && std::isalpha(static_cast<unsigned char>(name[stem]))) ++stem;
  const auto letter = greek().find(name.substr(0, stem));
  const std::string rest = name.substr(stem);
  if (notation == Notation::unicode) {
    return (letter == greek().end() ? name.substr(0, stem) : letter->second.first) + rest;
  }
  std::string head = letter == greek().end() ? name.substr(0, stem) : letter->second.second;
  if (letter == greek().end() && stem > 1) head = "\\mathrm{" + head + "}";
  if (rest.empty()) return head;
  return head + "_{" + (rest[0] == '_' ? rest.substr(1) : rest) + "}";
}

std::string render(const Expr& e, const Model* model, Notation notation) {
  return Renderer(model, notation)(e);
}

}  // namespace lmmdsl
