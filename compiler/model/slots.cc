#include "compiler/model/slots.h"

#include <fmt/format.h>

#include "compiler/model/categories.h"
#include "compiler/model/infer.h"

namespace lmmdsl::resolution {

namespace {

class Slots {
 public:
  explicit Slots(Scope& s) : s_(s) {}

  bool fits(const Distribution& d, std::size_t i, const Shape& value, Value& v) {
    const Slot& slot = d.family->slots[i];
    const std::string& given_as = d.given_as[i];
    const std::string name = given_as.empty() ? slot.name : given_as;
    const bool vector = !value.is_scalar();
    switch (slot.shape) {
      case SlotShape::list:
        return list(d, v, name, value);
      case SlotShape::levels:
        return probabilities_of_levels(s_, d, v);
      case SlotShape::scalar:
        if (!scalar(d, v, name)) return false;
        if (given_as == "logit") v.e = at(apply(Op::invlogit, {v.e}), v.e->span);
        if (given_as == "probit") v.e = at(apply(Op::phi, {v.e}), v.e->span);
        return true;
      case SlotShape::like_value:
        if (v.bare_identity) return misfit(d, v, name, value);
        if (vector && v.shape().is_scalar()) {
          v.e = at(multiply({v.e, ones(value.rows)}), v.e->span);
          return true;
        }
        // [a, b] and [a; b] both serve as a mean.
        if (vector && v.shape().kind == ShapeKind::row &&
            (!v.e->plate.rows || !d.columns.empty())) {
          v.e = at(transpose(v.e), v.e->span);
        }
        return agrees(d, v, name, value) || misfit(d, v, name, value);
      case SlotShape::variance:
        return variance(d, v, given_as, value);
      case SlotShape::matrix:
        if (v.bare_identity) v.e = with_size(v, value.rows), v.bare_identity = false;
        return agrees(d, v, name, value) || misfit(d, v, name, value);
    }
    return false;
  }

  bool scalar(const Distribution& d, const Value& v, const std::string& name) {
    if (!v.bare_identity && v.shape().is_scalar()) return true;
    return misfit(d, v, name, scalar_shape());
  }

 private:
  /// One shape, as far as is known before the data.
  bool agrees(const Distribution& d, const Value& v, const std::string& name, const Shape& wanted) {
    const Span left = d.lhs().span;
    const std::string message =
        fmt::format("the {} of {} does not fit", name, quoted(s_.text_of(left)));
    const auto agree = [&](const Dim& a, const Dim& b, bool columns) {
      return lengths_agree(
          s_, {a,
               b,
               false,
               v.text->span,
               message,
               length_phrase(s_, v, columns),
               {s_.text_of(left) + " has ", wanted.kind == ShapeKind::vector ? "component"
                                            : columns                        ? "column"
                                                                             : "row"}});
    };
    return v.shape().kind == wanted.kind && agree(v.shape().rows, wanted.rows, false) &&
           agree(v.shape().cols, wanted.cols, true);
  }

  bool variance(const Distribution& d, Value& v, const std::string& given_as, const Shape& value) {
    const bool vector = !value.is_scalar();
    const Span span = v.e->span;
    if (given_as == "sd") {
      if (v.bare_identity || !v.shape().is_scalar()) return scalar(d, v, "sd");
      v.e = power(v.e, 2);
    } else if (given_as == "precision") {
      const Shape& shape = v.shape();
      if (!shape.is_scalar() && !(shape.kind == ShapeKind::matrix && shape.rows == shape.cols)) {
        return misfit(d, v, given_as, vector ? matrix_shape(value.rows, value.rows) : value);
      }
      if (is_zero(v.e)) return scalar_is_positive(v);
      v.e = inverse(v.e);
    }
    if (v.bare_identity) {
      // For a response on the row plate v * I with a bare I means v.
      if (!vector && d.target >= 0) return misfit(d, v, "variance", value);
      if (vector) v.e = with_size(v, value.rows);
      v.bare_identity = false;
    } else if (vector && v.shape().is_scalar()) {
      v.e = multiply({v.e, identity_matrix(value.rows)});
    }
    v.e = at(v.e, span);
    const Shape wanted = vector ? matrix_shape(value.rows, value.rows) : value;
    return agrees(d, v, given_as.empty() ? "variance" : given_as, wanted) ||
           misfit(d, v, given_as.empty() ? "variance" : given_as, wanted);
  }

  /// Numbers in a bracket, as a column; one number stands for itself.
  bool list(const Distribution& d, Value& v, const std::string& name, const Shape& value) {
    if (v.bare_identity || v.shape().kind == ShapeKind::matrix) return misfit(d, v, name, value);
    if (v.shape().kind == ShapeKind::row) v.e = at(transpose(v.e), v.e->span);
    if (v.shape().is_scalar() && value.kind == ShapeKind::matrix)
      v.e = at(multiply({v.e, ones(value.rows)}), v.e->span);
    if (value.kind == ShapeKind::matrix)
      return agrees(d, v, name, vector_shape(value.rows)) ||
             misfit(d, v, name, vector_shape(value.rows));
    return true;
  }

  bool scalar_is_positive(const Value& v) {
    s_.error(v.text->span, "the precision of Normal is not positive", "it must be greater than 0",
             "a flat prior is written Flat()");
    return false;
  }

  bool misfit(const Distribution& d, const Value& v, const std::string& name, const Shape& wanted) {
    const std::string left = s_.text_of(d.lhs().span);
    const Shape value = d.target >= 0 ? s_.model[d.target].shape : finished(response_shape(s_, d));
    const std::string is = d.target < 0 && value.is_scalar()
                               ? "is one number in each row"
                               : fmt::format("is {}", describe(value));
    std::string hint = fmt::format("expected {}", describe(wanted));
    if (!v.bare_identity && v.shape().is_scalar() && wanted.kind == ShapeKind::matrix &&
        wanted.rows.known()) {
      hint += fmt::format(", such as {} * I({})", s_.text_of(v.text->span), wanted.rows.n);
    }
    if (!v.bare_identity && v.shape().kind == ShapeKind::row && v.e->plate.rows) {
      hint = fmt::format("a design stands in a product with its coefficients, as in  {} * beta",
                         s_.text_of(v.text->span));
    }
    Diagnostic& e =
        s_.error(v.text->span, fmt::format("the {} of {} does not fit", name, quoted(left)),
                 v.bare_identity ? fmt::format("a matrix, and {} {}", left, is)
                                 : fmt::format("{}, and {} {}", measure(s_, v), left, is),
                 hint);
    if (d.target >= 0 && s_[d.target].shape_from && !value.is_scalar() &&
        s_[d.target].shape_from->begin != d.span().begin) {
      e.notes.push_back({fmt::format("{} is {} since {}", s_[d.target].spelling, describe(value),
                                     s_.line_of(*s_[d.target].shape_from))});
    }
    if (!v.bare_identity) add_since(s_, e, v, d.span());
    return false;
  }

  Scope& s_;
};

}  // namespace

bool slot_fits(Scope& scope, const Distribution& d, std::size_t i, const Shape& value, Value& v) {
  return Slots(scope).fits(d, i, value, v);
}

bool is_one_number(Scope& scope, const Distribution& d, const Value& v, const std::string& name) {
  return Slots(scope).scalar(d, v, name);
}

}  // namespace lmmdsl::resolution
