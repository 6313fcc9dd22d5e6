#include "compiler/math/render.h"

#include <fmt/format.h>

#include "compiler/math/arrange.h"
#include "compiler/math/layout.h"
#include "compiler/model/model.h"

namespace lmmdsl {

namespace {

// Binding strength, loosest first; language.md, precedence.
enum Level { lowest, logical, comparison, sum, product, sign, exponent, postfix };

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
  explicit Renderer(const Model* model) : model_(model) {}

  std::string operator()(const Expr& e, int level = lowest) const {
    int own = postfix;
    std::string text = write(e, own);
    return own < level ? "(" + text + ")" : text;
  }

 private:
  std::string factor(SymbolId id) const {
    return model_ ? (*model_)[id].name : fmt::format("f{}", id);
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
        return "inv(" + (*this)(e->args[0]) + ")";
      case Op::transpose:
        return (*this)(e->args[0], postfix) + "'";
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
        return (e->args.empty() ? e->labels[0] : (*this)(e->args[0])) + " == " + quoted(e->text);
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
      case Op::unit_vector:
        return "unit(" + (*this)(e->args[0]) + ")";
      case Op::coding:
        if (e->args.size() > 1) own = product;
        return write_coding(e);
      case Op::log_multivariate_gamma:
        return "log_gamma(" + (*this)(e->args[0]) + ", " + describe(e->length) + ")";
      case Op::component:
      case Op::column:
        return (*this)(e->args[0], postfix) + "[" + fmt::format("{}", fmt::join(e->index, ", ")) +
               "]";
      case Op::level:
        return write_level(e, own);
      case Op::gather:
        return (*this)(e->args[0], postfix) + "[" + factors(e->plate) + "]";
      case Op::collapse:
        return (*this)(e->args[0], postfix);
      case Op::sum_over:
        if (e->plate.rows) return write(e->args[0], own);  // of one row, where it has a value
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
      case Op::flatten_rows:
        return "rows(" + list(e->args, ", ") + ")";
      case Op::contract:
        return "contract(" + list(e->args, ", ") + ")";
      case Op::scatter:
        return "scatter(" + list(e->args, ", ") + ")";
      case Op::distance:
        return "|" + (*this)(e->args[0]) + " * [" +
               (e->args[1]->op == Op::vcat ? list(e->args[1]->args, "; ") : (*this)(e->args[1])) +
               "; 1]|^2";
      case Op::observed_inverse:
      case Op::observed_log_determinant:
      case Op::completed:
        return std::string(function(e->op)) + "(" + (*this)(e->args[0]) + ")";
      case Op::diagonal_matrix:
        return "diag(" +
               (e->args[0]->op == Op::vcat ? list(e->args[0]->args, ", ") : (*this)(e->args[0])) +
               ")";
      default:
        return std::string(function(e->op)) + "(" + list(e->args, ", ") +
               (e->over == Plate{} || e->plate.once() ? "" : by(e->plate)) + ")";
    }
  }

  std::string name_of(const Expr& e) const {
    std::string text = e->text;
    const bool pattern = e->plate == factor_plate({e->symbol});
    if (!e->plate.rows && !e->plate.factors.empty() && !pattern)
      text += "[" + factors(e->plate) + "]";
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

  std::string write_sum(const Expr& e, int& own) const {
    if (sum_of_halves(e)) {
      own = product;
      return (*this)(multiply({number(2), e}), product) + " / 2";
    }
    std::string text;
    for (const Expr& t : arrange_sum(e)) {
      if (text.empty()) {
        text = (*this)(t, sum);
      } else if (is_negative(t)) {
        text += " - " + (*this)(negate(t), product);
      } else {
        text += " + " + (*this)(t, sum);
      }
    }
    return text;
  }

  std::string write_product(const Expr& e, int& own) const {
    const ArrangedProduct p = arrange_product(e);
    own = product;
    std::string text;
    if (p.coefficient != 1) text = fmt::format("{}", p.coefficient);
    for (const Expr& f : p.above) text += (text.empty() ? "" : " * ") + (*this)(f, sign);
    if (text.empty()) text = "1";
    if (p.below.size() == 1) {
      text += " / " + (*this)(p.below[0], sign);
    } else if (!p.below.empty()) {
      std::string denominator;
      for (const Expr& f : p.below) {
        denominator += (denominator.empty() ? "" : " * ") + (*this)(f, sign);
      }
      text += " / (" + denominator + ")";
    }
    if (p.negative) {
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
      return "1 / " + (*this)(power(e->args[0], -r->number), sign);
    }
    own = exponent;
    return (*this)(e->args[0], postfix) + "^" + (*this)(r, sign);
  }

  /// Sums as the language writes them; a sum of ones as a count; X' y over a level's rows as the
  /// page's product of stacks, X[plot]' * y[plot].
  std::string write_sum_over(const Expr& e) const {
    const Expr& x = e->args[0];
    if (const Expr counted = counted_sum(e)) return write_sum_over(counted);
    if (is_number(x, 1)) {
      if (!e->over.rows) return "levels(" + factors(e->over) + by(e->plate) + ")";
      const std::string what =
          e->over.response >= 0 && model_ ? (*model_)[e->over.response].name : "rows";
      return "count(" + what + by(e->plate) + ")";
    }
    if (const StackedProduct stacks = stacked_product(e); stacks && !e->plate.factors.empty()) {
      const std::string index = "[" + factors(e->plate) + "]";
      return stacks.left->text + index + "' * " + stacks.right->text + index;
    }
    return "sum(" + (*this)(x) + by(e->plate) + ")";
  }

  /// A factor of a design, or a product with factors, as the text has it.
  std::string write_coding(const Expr& e) const {
    std::string text;
    for (std::size_t k = 0; k < e->args.size(); ++k) {
      const std::string part = (*this)(e->args[k], e->args.size() > 1 ? sign : lowest);
      const std::string& coding = e->labels[k];
      if (!text.empty()) text += " * ";
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

  std::string write_level(const Expr& e, int& own) const {
    const Expr& of = e->args[0];
    if (e->over == e->plate) return write(of, own);
    std::string index;
    auto label = e->labels.begin();
    for (SymbolId f : e->over.factors)
      index += (index.empty() ? "" : ", ") + (e->plate.has(f) ? factor(f) : quoted(*label++));
    return (of->op == Op::symbol ? of->text : (*this)(of, postfix)) + "[" + index + "]";
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
      case Op::filled:
        return "filled";
      case Op::completed:
        return "completed";
      case Op::observed_inverse:
        return "inv_observed";
      case Op::observed_log_determinant:
        return "log_det_observed";
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
};

}  // namespace

std::string render_name(const std::string& name, Notation notation) {
  return notation == Notation::ascii ? name : to_unicode(name_layout(name));
}

std::string render(const Expr& e, const Model* model, Notation notation) {
  if (notation == Notation::ascii || model == nullptr) return Renderer(model)(e);
  const Typesetter typesetter(*model);
  return to_unicode(typesetter.layout(e, typesetter.indices(e->plate)));
}

}  // namespace lmmdsl
