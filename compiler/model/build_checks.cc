// What the builder checks again and again, and how it speaks of shapes.

#include <fmt/format.h>

#include <algorithm>

#include "compiler/model/build.h"

namespace lmmdsl::resolution {

std::vector<ComponentName> names_of(const Scope& s, const Value& v) {
  if (!v.names.empty()) return v.names;
  return v.named_like >= 0 ? s.model[v.named_like].component_names : std::vector<ComponentName>{};
}

std::vector<ComponentName> wrapped(const std::string& f, std::vector<ComponentName> names) {
  for (ComponentName& n : names) {
    n.text = f + "(" + n.text + ")";
    n.before = f + "(" + n.before;
    n.after += ")";
  }
  return names;
}

std::string measure(const Scope& s, const Value& v) {
  const std::string text = s.text_of(v.text->span);
  const auto plural = [](const Dim& d, const char* what) {
    return fmt::format("{} {}{}", describe(d), what, d.known() && d.n == 1 ? "" : "s");
  };
  const Shape& shape = v.shape();
  switch (shape.kind) {
    case ShapeKind::scalar:
      return text + (v.e->plate.rows ? " is a scalar in each row" : " is a scalar");
    case ShapeKind::vector:
      return fmt::format("{} has {}", text, plural(shape.rows, "component"));
    case ShapeKind::row: {
      std::string names;
      for (const ComponentName& n : names_of(s, v)) {
        names += (names.empty() ? "" : ", ") + n.text;
      }
      if (!names.empty()) names = " (" + names + ")";
      return v.e->plate.rows ? fmt::format("{} has {}{}", text, plural(shape.cols, "column"), names)
                             : fmt::format("{} is a row of {}", text,
                                           plural(shape.cols, "entr") == "1 entr"
                                               ? "1 entry"
                                               : describe(shape.cols) + " entries");
    }
    case ShapeKind::matrix:
      return fmt::format("{} is {} x {}", text, describe(shape.rows), describe(shape.cols));
  }
  return text;
}

LengthCheck::Phrase length_phrase(const Scope& s, const Value& v, bool columns) {
  const ShapeKind kind = v.shape().kind;
  const char* noun = kind == ShapeKind::matrix                   ? (columns ? "column" : "row")
                     : kind == ShapeKind::row && v.e->plate.rows ? "column"
                                                                 : "component";
  return {s.text_of(v.text->span) + " has ", noun};
}

bool lengths_agree(Scope& s, LengthCheck check) {
  if (check.at_least ? check.a.n >= check.b.n : check.a == check.b) return true;
  if (!may_equal(check.a, check.b)) return false;
  for (const LengthCheck& other : s.model.length_checks) {
    if (other.a == check.a && other.b == check.b && other.span.begin == check.span.begin)
      return true;
  }
  s.model.length_checks.push_back(std::move(check));
  return true;
}

void add_since(const Scope& s, Diagnostic& d, const Value& v, Span except) {
  if (!v) return;
  for (SymbolId id : v.e->symbols) {
    const Name& n = s[id];
    if (n.data || !n.shape_from || n.shape_from->begin == except.begin) continue;
    const Shape& shape = s.model[id].shape;
    if (shape.is_scalar()) continue;
    if (n.definition) continue;  // its statement is easily found
    std::string what = describe(shape);
    if (shape.kind == ShapeKind::vector) {
      what = fmt::format("{} component{}", describe(shape.rows),
                         shape.rows.known() && shape.rows.n == 1 ? "" : "s");
    }
    d.notes.push_back({fmt::format("{} {} {} since {}", n.spelling,
                                   shape.kind == ShapeKind::vector ? "has" : "is", what,
                                   s.line_of(*n.shape_from))});
  }
}

bool data_only(const Scope& s, const Expr& e) {
  return std::all_of(e->symbols.begin(), e->symbols.end(), [&](SymbolId id) {
    return s[id].role != Role::parameter && s[id].role != Role::derived;
  });
}

Expr with_size(const Value& v, const Dim& p) {
  return v.bare_identity ? at(multiply({v.e, identity_matrix(p)}), v.e->span) : v.e;
}

std::string Builder::measure(const Value& v) const { return resolution::measure(s_, v); }

void Builder::add_since(Diagnostic& d, const Value& v) const {
  resolution::add_since(s_, d, v, context_.statement);
}

bool Builder::sized(const Value& v) {
  if (!v) return false;
  if (!v.bare_identity) return true;
  s_.error(v.text->span, "the size of `I` is not known here", "",
           "write it, as in  I(3); a bare `I` takes its size from the matrix or vector beside it");
  return false;
}

bool Builder::unstacked(const Value& v) {
  if (!v) return false;
  if (v.stack.empty()) return true;
  std::string factors;
  for (SymbolId f : v.stack) factors += (factors.empty() ? "" : ", ") + s_[f].spelling;
  s_.error(v.text->span,
           fmt::format("this is the stack of all rows of {}", s_.describe(factor_plate(v.stack))),
           context_.plate.rows ? "the statement is about one row at a time" : "",
           context_.plate.rows
               ? fmt::format("leave out the index [{0}] of columns and designs, or stack the left "
                             "too, as in  y[{0}] ~ ...",
                             factors)
               : fmt::format("a stack stands in a product with a stack, as in  X[{0}]' * X[{0}]",
                             factors));
  return false;
}

bool Builder::scalar(const Value& v, const std::string& what, const std::string& hint) {
  if (!v) return false;
  if (v.bare_identity) return sized(v);
  if (v.shape().is_scalar()) return true;
  Diagnostic& d = s_.error(v.text->span, what, measure(v), hint);
  add_since(d, v);
  return false;
}

bool Builder::data_only(const Value& v, const std::string& what) {
  if (!v) return false;
  if (resolution::data_only(s_, v.e)) return true;
  s_.error(v.text->span, what, "this depends on parameters");
  return false;
}

/// Equal kinds, and lengths that agree as far as is known.
bool Builder::same_shape(const Value& a, const Value& b, Span span, const std::string& message) {
  const Shape& left = a.shape();
  const Shape& right = b.shape();
  return left.kind == right.kind &&
         lengths_agree(s_, {left.rows, right.rows, false, span, message,
                            length_phrase(s_, a, false), length_phrase(s_, b, false)}) &&
         lengths_agree(s_, {left.cols, right.cols, false, span, message, length_phrase(s_, a, true),
                            length_phrase(s_, b, true)});
}

bool Builder::square(const Value& v, const std::string& what) {
  if (!v || !sized(v) || !unstacked(v)) return false;
  if (v.shape().kind == ShapeKind::matrix &&
      lengths_agree(s_, {v.shape().rows, v.shape().cols, false, v.text->span, what,
                         length_phrase(s_, v, false), length_phrase(s_, v, true)})) {
    return true;
  }
  Diagnostic& d = s_.error(v.text->span, what, measure(v));
  add_since(d, v);
  return false;
}

}  // namespace lmmdsl::resolution
