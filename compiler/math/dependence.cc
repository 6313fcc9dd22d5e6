#include "compiler/math/dependence.h"

#include <algorithm>

namespace lmmdsl {

namespace {

Obstacle obstacle(const Expr& e, std::string reason) { return {e->span, std::move(reason)}; }

/// The transpose of a row vector; anything else as it is.
Expr column_form(const Expr& e) { return e->shape.kind == ShapeKind::row ? transpose(e) : e; }

std::string level_reason(const Expr& e, const Expr& t) {
  return e->plate.once() ? "one level of `" + t->text + "` is used for every element"
                         : "elements of `" + t->text + "` are picked by a label here";
}

class AffineIn {
 public:
  explicit AffineIn(const Expr& t) : t_(t) {}

  std::variant<Affine, Obstacle> operator()(const Expr& e) const {
    auto found = form(e);
    // A part that was made by simplification has no place of its own: its parent's then.
    if (auto* o = std::get_if<Obstacle>(&found); o && o->place.end == 0) o->place = e->span;
    return found;
  }

 private:
  std::variant<Affine, Obstacle> form(const Expr& e) const {
    if (!mentions(e, t_->symbol)) return Affine{nullptr, column_form(e)};
    const bool by_itself = std::any_of(e->args.begin(), e->args.end(),
                                       [&](const Expr& a) { return mentions(a, t_->symbol); });
    if (e->op != Op::symbol && !by_itself)
      return obstacle(e, "`" + t_->text + "` decides here which of its levels is meant");
    switch (e->op) {
      case Op::symbol:
        return Affine{t_->shape.is_scalar() ? number(1) : identity_matrix(length(t_)),
                      zero_like(e)};
      case Op::add:
        return sum(e);
      case Op::multiply:
        return product(e);
      case Op::transpose:
        return (*this)(e->args[0]);
      case Op::component:
        return component_of(e);
      case Op::vcat:
      case Op::hcat:
        return stack(e);
      case Op::sum_components:
      case Op::mean_components:
        return total(e);
      case Op::power:
        return obstacle(e, power_reason(e));
      case Op::level:
        return obstacle(e, level_reason(e, t_));
      default:
        if (!(e->over == Plate{})) {
          return obstacle(e, "levels of `" + t_->text + "` are added up here");
        }
        return obstacle(e, "`" + t_->text + "` enters this expression nonlinearly");
    }
  }

  std::string power_reason(const Expr& e) const {
    const Expr& exponent = e->args[1];
    if (exponent->op == Op::number && exponent->number < 0) {
      return "`" + t_->text + "` stands in a denominator";
    }
    if (is_number(exponent, 2)) return "`" + t_->text + "` is multiplied by itself";
    return "`" + t_->text + "` stands in a power";
  }
  static Dim length(const Expr& e) { return e->shape.rows; }
  static Expr zero_like(const Expr& e) {
    return e->shape.is_scalar() ? number(0) : zeros(column_form_shape(e->shape));
  }
  static Shape column_form_shape(const Shape& s) {
    return s.kind == ShapeKind::row ? vector_shape(s.cols) : s;
  }

  std::variant<Affine, Obstacle> sum(const Expr& e) const {
    std::vector<Expr> A, b;
    for (const Expr& term : e->args) {
      auto part = (*this)(term);
      if (std::holds_alternative<Obstacle>(part)) return part;
      const Affine& found = std::get<Affine>(part);
      if (found.A) A.push_back(found.A);
      b.push_back(found.b);
    }
    return Affine{add(std::move(A)), add(std::move(b))};
  }

  /// One factor depends on t: L f R. A scalar f commutes; a vector f stands last (L f), a row f
  /// first (f R, whose column form is R' f').
  std::variant<Affine, Obstacle> product(const Expr& e) const {
    std::vector<Expr> left, right;
    Expr f;
    for (const Expr& factor : e->args) {
      if (mentions(factor, t_->symbol)) {
        if (f) return obstacle(e, "`" + t_->text + "` is multiplied by itself");
        f = factor;
      } else {
        (f ? right : left).push_back(factor);
      }
    }
    if (f->op == Op::diagonal_matrix) {
      // diag(f) v is diag(v) f, and r diag(f) the transpose of diag(r') f.
      const Expr v = right.empty() ? nullptr : multiply(right);
      if (v && v->shape.kind == ShapeKind::vector) {
        left.insert(left.end(), {diagonal_matrix(v), f->args[0]});
        return (*this)(multiply(left));
      }
      const Expr r = left.empty() ? nullptr : multiply(left);
      if (!v && r && r->shape.kind == ShapeKind::row)
        return (*this)(multiply({diagonal_matrix(transpose(r)), f->args[0]}));
    }
    auto inner = (*this)(f);
    if (std::holds_alternative<Obstacle>(inner)) return inner;
    const auto& [A, b] = std::get<Affine>(inner);
    if (f->shape.is_scalar()) {
      left.insert(left.end(), right.begin(), right.end());
      const Expr rest = column_form(left.empty() ? number(1) : multiply(left));
      if (rest->shape.kind == ShapeKind::matrix) {
        return obstacle(e, "`" + t_->text + "` scales a matrix here");
      }
      return Affine{multiply({rest, A}), multiply({rest, b})};
    }
    std::vector<Expr> scalars;
    std::vector<Expr> chain;
    for (const Expr& l : left) (l->shape.is_scalar() ? scalars : chain).push_back(l);
    if (f->shape.kind == ShapeKind::vector && right.empty()) {
      left.push_back(A);
      std::vector<Expr> offset(left.begin(), left.end() - 1);
      offset.push_back(b);
      return Affine{multiply(std::move(left)), multiply(std::move(offset))};
    }
    if (f->shape.kind == ShapeKind::row && chain.empty()) {
      std::vector<Expr> transposed = scalars;
      const Expr rest = right.empty() ? nullptr : transpose(multiply(right));
      if (rest) transposed.push_back(rest);
      std::vector<Expr> offset = transposed;
      transposed.push_back(A);
      offset.push_back(b);
      return Affine{multiply(std::move(transposed)), multiply(std::move(offset))};
    }
    return obstacle(e, "`" + t_->text + "` stands inside a product of matrices");
  }

  std::variant<Affine, Obstacle> component_of(const Expr& e) const {
    auto inner = (*this)(e->args[0]);
    if (std::holds_alternative<Obstacle>(inner)) return inner;
    if (e->index.size() != 1) return obstacle(e, "an entry of a matrix is no affine form");
    const auto& [A, b] = std::get<Affine>(inner);
    const Dim n = column_form_shape(e->args[0]->shape).rows;
    return Affine{multiply({unit_row(e->index[0], n), A}),
                  is_zero(b) ? number(0) : component(b, e->index)};
  }

  std::variant<Affine, Obstacle> stack(const Expr& e) const {
    if (e->shape.kind == ShapeKind::matrix) {
      return obstacle(e, "`" + t_->text + "` stands in a matrix");
    }
    std::vector<Expr> rows, offsets;
    for (const Expr& part : e->args) {
      auto inner = (*this)(part);
      if (std::holds_alternative<Obstacle>(inner)) return inner;
      const auto& [A, b] = std::get<Affine>(inner);
      const Dim n = column_form_shape(part->shape).rows;
      if (A) {
        rows.push_back(A);
      } else if (t_->shape.is_scalar()) {
        rows.push_back(part->shape.is_scalar() ? number(0) : zeros(vector_shape(n)));
      } else {
        rows.push_back(part->shape.is_scalar() ? zeros(row_shape(length(t_)))
                                               : zeros(matrix_shape(n, length(t_))));
      }
      offsets.push_back(b);
    }
    return Affine{vcat(std::move(rows)), vcat(std::move(offsets))};
  }

  std::variant<Affine, Obstacle> total(const Expr& e) const {
    auto inner = (*this)(e->args[0]);
    if (std::holds_alternative<Obstacle>(inner)) return inner;
    const auto& [A, b] = std::get<Affine>(inner);
    const Dim n = column_form_shape(e->args[0]->shape).rows;
    Expr weights = transpose(ones(n));
    if (e->op == Op::mean_components) weights = divide(weights, lmmdsl::length(n));
    return Affine{multiply({weights, A}), multiply({weights, b})};
  }

  Expr t_;
};

}  // namespace

std::variant<Affine, Obstacle> affine(const Expr& e, const Expr& t) {
  auto found = AffineIn(t)(e);
  if (auto* a = std::get_if<Affine>(&found); a && !a->A) {
    return obstacle(e, "`" + t->text + "` does not enter");
  }
  return found;
}

std::variant<Power, Obstacle> proportional(const Expr& e, const Expr& t) {
  const std::string& name = t->text;
  if (!mentions(e, t->symbol)) return Power{e, 0};
  switch (e->op) {
    case Op::symbol:
      return Power{number(1), 1};
    case Op::power: {
      if (e->args[1]->op != Op::number)
        return obstacle(e, mentions(e->args[1], t->symbol)
                               ? "`" + name + "` stands in an exponent"
                               : "`" + name + "` has an exponent that is not a number");
      auto inner = proportional(e->args[0], t);
      if (std::holds_alternative<Obstacle>(inner)) return inner;
      const auto& [c, k] = std::get<Power>(inner);
      return Power{power(c, e->args[1]), k * e->args[1]->number};
    }
    case Op::inverse: {
      auto inner = proportional(e->args[0], t);
      if (std::holds_alternative<Obstacle>(inner)) return inner;
      const auto& [c, k] = std::get<Power>(inner);
      return Power{inverse(c), -k};
    }
    case Op::multiply: {
      std::vector<Expr> c;
      double k = 0;
      for (const Expr& factor : e->args) {
        auto inner = proportional(factor, t);
        if (std::holds_alternative<Obstacle>(inner)) return inner;
        const Power& found = std::get<Power>(inner);
        const bool matrix_target = !t->shape.is_scalar();
        if (matrix_target && found.exponent == 0 && !factor->shape.is_scalar()) {
          return obstacle(e, "`" + name + "` is multiplied by a matrix");
        }
        if (matrix_target && k != 0 && found.exponent != 0) {
          return obstacle(e, "`" + name + "` is multiplied by itself");
        }
        c.push_back(found.c);
        k += found.exponent;
      }
      return Power{multiply(std::move(c)), k};
    }
    case Op::add:
      return obstacle(e, "`" + name + "` is one term of a sum");
    case Op::diagonal_matrix:
    case Op::vcat:
    case Op::hcat:
      return obstacle(e, "`" + name + "` fills a part of a matrix only");
    case Op::transpose:
      return proportional(e->args[0], t);
    case Op::level:
      return obstacle(e, level_reason(e, t));
    default:
      return obstacle(e, "`" + name + "` enters this expression through a function");
  }
}

}  // namespace lmmdsl
