// Brackets: designs, rows, vectors and matrices; the columns of a design get their names here.

#include <fmt/format.h>

#include <algorithm>

#include "compiler/model/ast_tools.h"
#include "compiler/model/build.h"
#include "compiler/model/infer.h"

namespace lmmdsl::resolution {

Value Builder::bracket(const AstExpr& e) {
  if (e.children.empty()) {
    s_.error(e.span, "an empty bracket", "");
    return {};
  }
  std::vector<Value> values;
  bool good = true;
  for (const AstExpr& child : e.children) {
    std::vector<const AstExpr*> factors;
    product_factors(child, factors);
    const auto factor = std::find_if(factors.begin(), factors.end(), [&](const AstExpr* f) {
      const SymbolId id = f->kind == AstKind::name ? s_.find(f->text) : -1;
      return id >= 0 && s_[id].factor();
    });
    if (factor != factors.end()) {
      s_.not_yet(child.span, "a factor in a design is",
                 fmt::format("write a term  a[{0}]  with its prior, or columns of 0 and 1, as in  "
                             "({0} == \"label\")",
                             (*factor)->spelling));
      good = false;
      continue;
    }
    values.push_back(build_complete(child));
    good = good && values.back();
  }
  if (!good) return {};
  // Rows of the bracket.
  std::vector<Expr> rows;
  std::size_t i = 0;
  const bool one_row = e.row_lengths.size() <= 1;
  const bool design = std::any_of(values.begin(), values.end(), [&](const Value& v) {
    return v.e->plate.rows || v.e->op == Op::collapse;
  });
  Value result;
  for (std::size_t r = 0; r < e.row_lengths.size(); ++r) {
    std::vector<Expr> entries;
    const std::size_t begin = i;
    for (int c = 0; c < e.row_lengths[r]; ++c, ++i) {
      const Value& v = values[i];
      if (v.shape().kind != ShapeKind::scalar && v.shape().kind != ShapeKind::row) {
        Diagnostic& d =
            s_.error(v.text->span, "a bracket holds scalars and row vectors", measure(v));
        if (v.shape().kind == ShapeKind::vector) {
          d.hint = fmt::format("its transpose is a row vector: {}'", s_.text_of(v.text->span));
        }
        add_since(d, v);
        return {};
      }
      // The columns of a design have names; a vector of numbers has none.
      if (one_row && design) {
        std::vector<ComponentName> names = names_of(s_, v);
        if (v.shape().is_scalar()) names = {{source_text(*v.text)}};
        if (v.shape().kind == ShapeKind::row && names.empty()) {
          for (int k = 1; k <= v.shape().cols.n; ++k) {
            names.push_back({fmt::format("{}[{}]", source_text(*v.text), k)});
          }
        }
        result.names.insert(result.names.end(), names.begin(), names.end());
      }
      entries.push_back(v.e);
    }
    const bool scalar_row = entries.size() == 1 && entries[0]->shape.is_scalar() && !one_row;
    rows.push_back(scalar_row ? entries[0]
                   : entries.size() == 1 && entries[0]->shape.kind == ShapeKind::row
                       ? entries[0]
                       : hcat(entries));
    if (r > 0 && !(rows[r]->shape == rows[0]->shape)) {
      const Span span{values[begin].text->span.begin, values[i - 1].text->span.end};
      s_.error(span, "the rows of a matrix have the same length",
               fmt::format("{} entries, the first row has {}", describe(rows[r]->shape.cols),
                           describe(rows[0]->shape.cols)));
      return {};
    }
  }
  if (!one_row &&
      std::any_of(rows.begin(), rows.end(), [](const Expr& row) { return row->plate.rows; })) {
    s_.error(e.span, "a design is one row: `;` does not stand in it", "",
             "write its columns with commas, as in  [1, x, x^2]");
    return {};
  }
  result.e = one_row ? rows.front() : vcat(std::move(rows));
  return result;
}

}  // namespace lmmdsl::resolution
