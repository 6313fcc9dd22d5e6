#include "compiler/math/layout.h"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "compiler/math/arrange.h"
#include "compiler/math/render.h"
#include "compiler/model/model.h"

namespace lmmdsl {

namespace {

using Kind = Layout::Kind;

// Binding strength, loosest first.
enum Strength { lowest, logical, comparison, sum, product, sign_level, exponent, postfix };

Layout digits(int n) { return {Kind::number, std::to_string(n), {}}; }
Layout fraction(Layout above, Layout below) {
  return {Kind::fraction, {}, {std::move(above), std::move(below)}};
}

/// Signs that may stand on a fraction; more stand beside it.
constexpr int kShort = 16;

/// Signs of a layout, about.
int extent(const Layout& layout) {
  if (layout.kind == Kind::big) return 100;
  int n = layout.kind == Kind::row ? 0 : 1;
  if (layout.kind == Kind::script) n = 0;
  for (const Layout& p : layout.parts) n += extent(p);
  return n;
}

/// The signs of operators between two arguments.
const char* infix(Op op) {
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
      return "=";
    case Op::not_equal:
      return "!=";
    case Op::logical_and:
      return "and";
    case Op::logical_or:
      return "or";
    default:
      return nullptr;
  }
}

class Layouter {
 public:
  Layouter(const Typesetter& typesetter, const Indices& indices)
      : typesetter_(typesetter), indices_(indices) {}

  Layout operator()(const Expr& e, int level = lowest) const {
    int own = postfix;
    Layout found = write(e, own);
    return own < level ? fenced(std::move(found)) : found;
  }

 private:
  Layout write(const Expr& e, int& own) const {
    if (const char* between = infix(e->op)) {
      own = e->op == Op::logical_and || e->op == Op::logical_or ? logical : comparison;
      return row({(*this)(e->args[0], own + 1), sign(between), (*this)(e->args[1], own + 1)});
    }
    switch (e->op) {
      case Op::number:
        if (e->number < 0) own = sign_level;
        return number_layout(e->number);
      case Op::symbol:
        return with_subscript(name_layout(e->text), typesetter_.subscript(e->plate, indices_));
      case Op::add:
        own = sum;
        return write_sum(e, own);
      case Op::multiply:
        own = product;
        return write_product(e, own);
      case Op::power:
        return write_power(e, own);
      case Op::inverse:
        own = exponent;
        return with_superscript((*this)(e->args[0], postfix), row({sign("negative"), digits(1)}));
      case Op::transpose:
        own = exponent;
        return with_superscript((*this)(e->args[0], postfix), sign("transpose"));
      case Op::determinant:
        return fenced((*this)(e->args[0]), "|");
      case Op::log_determinant:
        own = product;
        return applied("log", fenced((*this)(e->args[0]), "|"));
      case Op::log:
        own = product;
        return applied("log", (*this)(e->args[0], exponent));
      case Op::trace:
        return applied("tr", fenced((*this)(e->args[0])));
      case Op::log_gamma:
        own = product;
        return row(
            {word("log"), sign("apply"), {Kind::letter, "Gamma", {}}, fenced((*this)(e->args[0]))});
      case Op::log_multivariate_gamma:
        own = product;
        return row({word("log"), sign("apply"),
                    with_subscript({Kind::letter, "Gamma", {}}, dim(e->length)),
                    fenced((*this)(e->args[0]))});
      case Op::phi:
        return row({{Kind::letter, "Phi", {}}, fenced((*this)(e->args[0]))});
      case Op::abs:
        return fenced((*this)(e->args[0]), "|");
      case Op::sqrt:
        return {Kind::root, {}, {(*this)(e->args[0])}};
      case Op::logical_not:
        own = logical;
        return row({word("not"), sign("apply"), (*this)(e->args[0], comparison)});
      case Op::label_equal:
        own = comparison;
        return row({e->args.empty() ? name_layout(e->labels[0]) : (*this)(e->args[0]),
                    sign("="),
                    {Kind::label, e->text, {}}});
      case Op::hcat:
        return fenced(listed(all(e->args)), "[");
      case Op::vcat:
        return write_vcat(e);
      case Op::identity:
        return with_subscript({Kind::letter, "I", {}}, dim(e->shape.rows));
      case Op::zero:
        return digits(0);
      case Op::ones:
        return with_subscript(digits(1), dim(e->shape.rows));
      case Op::length:
        own = e->length.products.size() + (e->length.n != 0) > 1 ? sum : product;
        return dim(e->length);
      case Op::unit_row:
        own = exponent;
        return with_superscript(with_subscript({Kind::letter, "e", {}}, digits(e->index[0])),
                                sign("transpose"));
      case Op::unit_vector:
        return with_subscript({Kind::letter, "e", {}}, (*this)(e->args[0]));
      case Op::coding:
        own = e->args.size() > 1 ? product : postfix;
        return write_coding(e);
      case Op::component:
      case Op::column:
        return write_component(e);
      case Op::level:
        return write_level(e, own);
      case Op::gather:
      case Op::collapse:
        return e->args[0]->op == Op::symbol
                   ? with_subscript(name_layout(e->args[0]->text),
                                    typesetter_.subscript(e->plate, indices_))
                   : with_subscript(fenced((*this)(e->args[0])),
                                    typesetter_.subscript(e->plate, indices_));
      case Op::sum_over:
        return write_sum_over(e, own);
      case Op::least_squares:
        return with_subscript(fit_layout(e), typesetter_.subscript(e->plate, indices_));
      default:
        return write_function(e);
    }
  }

  static Layout fit_layout(const Expr& e) {
    return word((e->text.empty() ? "ols" : e->text) + "." + e->labels[0]);
  }

  Layout write_level(const Expr& e, int& own) const {
    const Expr& of = e->args[0];
    if (e->over == e->plate) return write(of, own);
    std::vector<Layout> index;
    auto label = e->labels.begin();
    for (SymbolId f : e->over.factors) {
      if (!index.empty()) index.push_back(sign("index,"));
      index.push_back(e->plate.has(f) ? typesetter_.factor(f, indices_)
                                      : Layout{Kind::label, *label++, {}});
    }
    return with_subscript(of->op == Op::symbol          ? name_layout(of->text)
                          : of->op == Op::least_squares ? fit_layout(of)
                                                        : fenced((*this)(of)),
                          index.size() == 1 ? index.front() : row(std::move(index)));
  }

  static Layout applied(const char* function, Layout argument) {
    const bool brackets = argument.kind == Kind::fenced && argument.text == "(";
    return row({word(function), sign(brackets ? "call" : "apply"), std::move(argument)});
  }

  std::vector<Layout> all(const std::vector<Expr>& args) const {
    std::vector<Layout> parts;
    for (const Expr& a : args) parts.push_back((*this)(a));
    return parts;
  }

  Layout write_sum(const Expr& e, int& own) const {
    if (sum_of_halves(e)) {
      Layout twice = (*this)(multiply({number(2), e}));
      if (extent(twice) <= kShort) {
        own = product;
        return fraction(std::move(twice), digits(2));
      }
    }
    std::vector<Layout> parts;
    for (const Expr& t : arrange_sum(e)) {
      const bool negative = !parts.empty() && is_negative(t);
      if (!parts.empty()) parts.push_back(sign(negative ? "-" : "+"));
      parts.push_back((*this)(negative ? negate(t) : t, negative ? product : sum));
    }
    return row(std::move(parts));
  }

  Layout write_product(const Expr& e, int& own) const {
    const ArrangedProduct p = arrange_product(e);
    std::vector<Layout> below;
    const auto append = [](std::vector<Layout>& to, Layout factor) {
      if (!to.empty()) to.push_back(sign("times"));
      to.push_back(std::move(factor));
    };
    for (const Expr& f : p.below) append(below, (*this)(f, p.below.size() > 1 ? sign_level : sum));
    std::vector<Layout> above;
    if (p.coefficient != 1) append(above, number_layout(p.coefficient));
    for (std::size_t i = 0; i < p.above.size(); ++i) {
      // A sum over elements or a logarithm may stand last without brackets: all that follows is
      // its own.
      const bool last = i + 1 == p.above.size();
      const bool open = last && (p.above[i]->op == Op::sum_over || is_log(p.above[i]));
      append(above, (*this)(p.above[i], open ? product : sign_level));
    }
    std::vector<Layout> found;
    if (p.negative) {
      own = sum;
      found.push_back(sign("negative"));
    }
    if (below.empty()) {
      found.push_back(row(std::move(above)));
    } else {
      Layout denominator = row(std::move(below));
      Layout numerator = row(std::move(above));
      if (numerator.empty()) numerator = digits(1);
      const bool halved = p.below.size() == 1 && is_number(p.below[0], 2);
      const bool logarithm = !p.above.empty() && is_log(p.above.back());
      if (!logarithm && extent(numerator) <= (halved ? 4 : kShort)) {
        found.push_back(fraction(std::move(numerator), std::move(denominator)));
      } else {
        found.push_back(fraction(digits(1), std::move(denominator)));
        found.push_back(sign("times"));
        found.push_back(std::move(numerator));
      }
    }
    return found.size() == 1 ? std::move(found.front()) : row(std::move(found));
  }

  static bool is_log(const Expr& e) {
    return e->op == Op::log || e->op == Op::log_determinant || e->op == Op::log_gamma ||
           e->op == Op::log_multivariate_gamma;
  }

  Layout write_power(const Expr& e, int& own) const {
    const Expr& r = e->args[1];
    const bool known = r->op == Op::number;
    if (known && r->number < 0) {
      own = product;
      return fraction(digits(1), (*this)(power(e->args[0], -r->number)));
    }
    if (known && r->number == 0.5) return {Kind::root, {}, {(*this)(e->args[0])}};
    own = exponent;
    return with_superscript((*this)(e->args[0], postfix), (*this)(r));
  }

  Layout write_vcat(const Expr& e) const {
    Layout grid{Kind::grid, {}, {}};
    for (const Expr& a : e->args) {
      grid.parts.push_back(row(a->op == Op::hcat ? all(a->args) : std::vector{(*this)(a)}));
    }
    return grid;
  }

  Layout write_component(const Expr& e) const {
    std::vector<Layout> numbers;
    for (const int k : e->index) numbers.push_back(digits(k));
    Layout base = (*this)(e->args[0], postfix);
    const bool plain = base.kind == Kind::letter || base.kind == Kind::word ||
                       base.kind == Kind::hat ||
                       (base.kind == Kind::script && base.parts[2].empty());
    if (!plain && base.kind != Kind::fenced) base = fenced(std::move(base));
    return with_subscript(std::move(base), listed(std::move(numbers)));
  }

  Layout write_coding(const Expr& e) const {
    std::vector<Layout> parts;
    for (const Expr& a : e->args) {
      if (!parts.empty()) parts.push_back(sign("times"));
      parts.push_back((*this)(a, e->args.size() > 1 ? sign_level : lowest));
    }
    return row(std::move(parts));
  }

  Layout write_sum_over(const Expr& e, int& own) const {
    if (e->plate.rows) return write(e->args[0], own);  // of one row, where it has a value
    if (const Expr counted = counted_sum(e)) return write_sum_over(counted, own);
    if (is_number(e->args[0], 1)) return typesetter_.count(e->over, e->plate, indices_);
    if (const StackedProduct stacks = stacked_product(e)) {
      own = product;
      const Layout index = typesetter_.subscript(e->plate, indices_);
      return row({with_superscript(with_subscript(name_layout(stacks.left->text), index),
                                   sign("transpose")),
                  sign("times"), with_subscript(name_layout(stacks.right->text), index)});
    }
    own = product;
    Layout range = typesetter_.range(e->over, e->plate, indices_);
    const Indices within = typesetter_.inside(e->over, e->plate, indices_);
    return row({{Kind::big, "sum", {std::move(range)}},
                Layouter(typesetter_, within)(e->args[0], product)});
  }

  Layout write_function(const Expr& e) const {
    std::string code = render(e, &typesetter_.model());
    const std::string name = code.substr(0, code.find('('));
    const bool entries = e->op == Op::diagonal_matrix && e->args[0]->op == Op::vcat;
    std::vector<Layout> args = all(entries ? e->args[0]->args : e->args);
    Layout head = word(name);
    if (!(e->over == Plate{})) {
      head = with_subscript(std::move(head), typesetter_.subscript(e->plate, indices_));
    }
    return row({std::move(head), sign("call"), fenced(listed(std::move(args)))});
  }

  Layout dim(const Dim& d) const {
    std::vector<Layout> parts;
    for (const auto& factors : d.products) {
      std::vector<Layout> one;
      for (const LevelCount& f : factors) {
        Layout levels = typesetter_.count(factor_plate({f.factor}), once_plate(), indices_);
        if (f.minus != 0) {
          levels = row({std::move(levels), sign("-"), digits(f.minus)});
          if (factors.size() > 1) levels = fenced(std::move(levels));
        }
        if (!one.empty()) one.push_back(sign("times"));
        one.push_back(std::move(levels));
      }
      if (!parts.empty()) parts.push_back(sign("+"));
      parts.push_back(one.size() == 1 ? std::move(one.front()) : row(std::move(one)));
    }
    if (d.n != 0 || parts.empty()) {
      if (parts.empty()) return digits(d.n);
      parts.push_back(sign(d.n < 0 ? "-" : "+"));
      parts.push_back(digits(std::abs(d.n)));
    }
    return parts.size() == 1 ? std::move(parts.front()) : row(std::move(parts));
  }

  const Typesetter& typesetter_;
  const Indices& indices_;
};

}  // namespace

Layout Typesetter::layout(const Expr& e, const Indices& indices) const {
  return Layouter(*this, indices)(e);
}

}  // namespace lmmdsl
