#include <algorithm>

#include "compiler/model/ast_tools.h"
#include "compiler/model/functions.h"
#include "compiler/model/infer.h"

namespace lmmdsl::resolution {

void product_factors(const AstExpr& e, std::vector<const AstExpr*>& factors) {
  if (is_binary(e, BinaryOp::multiply)) {
    product_factors(e.children[0], factors);
    product_factors(e.children[1], factors);
  } else {
    factors.push_back(&e);
  }
}

Dim stack_length(const Scope& s, const std::vector<SymbolId>& factors) {
  std::string text = "rows of ";
  for (std::size_t i = 0; i < factors.size(); ++i) {
    text += (i ? ", " : "") + s[factors[i]].name;
  }
  // Not a number of levels, but as open as one, and equal only to the same stack.
  return {0, {{LevelCount{-1, text, 0}}}};
}

Dim level_count(const Scope& s, SymbolId factor) {
  if (s[factor].latent) return Dim{s[factor].levels};
  return {0, {{LevelCount{factor, s[factor].name, 0}}}};
}

PartialShape response_shape(const Scope& s, const Distribution& d) {
  if (!d.vector_response()) return scalar_partial();
  return known(
      vector_shape(d.over >= 0 ? level_count(s, d.over) : Dim{static_cast<int>(d.columns.size())}));
}

bool ShapeReader::on_plate(const AstExpr& e) const {
  if (e.kind == AstKind::name) {
    const SymbolId id = s_.find(e.text);
    return id >= 0 && !s_[id].plate.once();
  }
  if (e.kind == AstKind::call) {
    const Function* f = find_function(e.text);
    if (f && f->by && f->kind != FunctionKind::center && f->kind != FunctionKind::standardize) {
      return !e.by.empty();
    }
  }
  if (e.kind == AstKind::field) return e.text == "coef" && on_plate(e.children[0]);
  const auto is_label = [](const AstExpr& at) { return at.kind == AstKind::string; };
  if (e.kind == AstKind::index && std::all_of(e.children.begin() + 1, e.children.end(), is_label))
    return false;
  return std::any_of(e.children.begin(), e.children.end(),
                     [&](const AstExpr& child) { return on_plate(child); });
}

PartialShape ShapeReader::synth(const AstExpr& e) {
  if (const auto found = seen_.find(&e); found != seen_.end()) return found->second;
  const PartialShape shape = compute(e);
  seen_.emplace(&e, shape);
  return shape;
}

PartialShape ShapeReader::compute(const AstExpr& e) {
  switch (e.kind) {
    case AstKind::number:
    case AstKind::string:
    case AstKind::logical_not:
    case AstKind::formula:
      return scalar_partial();
    case AstKind::name: {
      const SymbolId id = s_.find(e.text);
      return id >= 0 ? s_[id].shape : PartialShape{};
    }
    case AstKind::identity: {
      if (e.children.empty()) {
        PartialShape s = square_partial(std::nullopt);
        s.bare_identity = true;
        return s;
      }
      const std::optional<int> p = literal_int(e.children[0], 1);
      return square_partial(p ? std::optional<Dim>(Dim{*p}) : std::nullopt);
    }
    case AstKind::negate:
      return synth(e.children[0]);
    case AstKind::transpose:
      return transposed(synth(e.children[0]));
    case AstKind::binary:
      switch (e.op) {
        case BinaryOp::add:
        case BinaryOp::subtract: {
          PartialShape a = synth(e.children[0]);
          const PartialShape b = synth(e.children[1]);
          const bool bare = a.bare_identity && b.bare_identity;
          refine(a, b);
          a.bare_identity = bare;
          return a;
        }
        case BinaryOp::multiply: {
          std::vector<const AstExpr*> factors;
          product_factors(e, factors);
          std::vector<PartialShape> shapes;
          for (const AstExpr* f : factors) shapes.push_back(synth(*f));
          return product(shapes);
        }
        case BinaryOp::divide:
          return synth(e.children[0]);
        case BinaryOp::power:
          return literal(e.children[1]) == -1.0 ? synth(e.children[0]) : scalar_partial();
        default:
          return scalar_partial();
      }
    case AstKind::index:
      return index_shape(e);
    case AstKind::field:
      return field_shape(e);
    case AstKind::call:
      return call_shape(e);
    case AstKind::bracket:
      return bracket_shape(e);
  }
  return {};
}

PartialShape ShapeReader::index_shape(const AstExpr& e) {
  const AstExpr& base = e.children[0];
  if (e.children.size() < 2) return {};
  const PartialShape of = synth(base);
  if (literal(e.children[1])) return scalar_partial();
  if (base.kind != AstKind::name || e.children[1].kind == AstKind::string) {
    if (base.kind == AstKind::field) return of;
    if (base.kind != AstKind::name) return {};
    return of;
  }
  const SymbolId id = s_.find(base.text);
  if (id < 0 || !s_[id].plate.rows) return of;
  std::vector<SymbolId> factors;
  for (std::size_t i = 1; i < e.children.size(); ++i) {
    const SymbolId f = e.children[i].kind == AstKind::name ? s_.find(e.children[i].text) : -1;
    if (f < 0) return {};
    factors.push_back(f);
  }
  if (statement_ && statement_->over >= 0 && factors == statement_->group) {
    PartialShape gathered = of_kind(of.scalar() ? ShapeKind::vector : ShapeKind::matrix);
    gathered.rows = level_count(s_, statement_->over);
    if (!of.scalar()) gathered.cols = of.cols;
    return gathered;
  }
  if (statement_ && factors == statement_->stacked) return of;
  if (of.scalar()) return known(vector_shape(stack_length(s_, factors)));
  if (of.kind != ShapeKind::row) return {};
  PartialShape stack = of_kind(ShapeKind::matrix);
  stack.rows = stack_length(s_, factors);
  stack.cols = of.cols;
  return stack;
}

PartialShape ShapeReader::field_shape(const AstExpr& e) {
  if (e.text != "coef") return scalar_partial();
  const AstExpr* fit = &e.children[0];
  if (fit->kind == AstKind::name) {
    const SymbolId id = s_.find(fit->text);
    if (id < 0 || !s_[id].definition) return {};
    fit = &s_[id].definition->define.rhs;
  }
  if (!is_call(*fit, "ols") || fit->children.empty() || fit->children[0].kind != AstKind::formula) {
    return {};
  }
  const PartialShape design = synth(fit->children[0].children[1]);
  PartialShape coefficients = of_kind(ShapeKind::vector);
  coefficients.rows = length(design);
  return coefficients;
}

PartialShape ShapeReader::call_shape(const AstExpr& e) {
  const Function* f = find_function(e.text);
  if (!f || e.children.empty()) return {};
  const PartialShape first = synth(e.children[0]);
  switch (f->kind) {
    case FunctionKind::elementwise:
    case FunctionKind::inverse:
    case FunctionKind::center:
    case FunctionKind::standardize:
      return first;
    case FunctionKind::extreme:
      if (e.children.size() == 2 || on_plate(e.children[0])) return first;
      return scalar_partial();
    case FunctionKind::spread:
      if (first.kind == ShapeKind::matrix) {
        PartialShape s = f->op == Op::sd_over ? of_kind(ShapeKind::vector) : first;
        s.rows = first.rows;
        return s;
      }
      [[fallthrough]];
    case FunctionKind::aggregate:
      if (f->op == Op::cov_over || f->op == Op::cor_over) {
        if (first.open()) return {};
        return first.scalar() ? first : square_partial(length(first));
      }
      if (f->op == Op::count_over) return scalar_partial();
      return on_plate(e.children[0]) ? first : scalar_partial();
    case FunctionKind::of_matrix:
      return scalar_partial();
    case FunctionKind::diagonal:
      return diagonal_shape(e);
    case FunctionKind::gram:
      return square_partial(length(first));
    case FunctionKind::poly: {
      PartialShape s = of_kind(ShapeKind::row);
      if (e.children.size() == 2) {
        if (const std::optional<int> k = literal_int(e.children[1], 1)) s.cols = Dim{*k};
      }
      return s;
    }
    default:
      return {};
  }
}

PartialShape ShapeReader::diagonal_shape(const AstExpr& e) {
  if (e.children.size() > 1) return square_partial(Dim{static_cast<int>(e.children.size())});
  const PartialShape first = synth(e.children[0]);
  if (first.open()) return {};
  if (first.scalar()) return square_partial(Dim{1});
  if (first.kind != ShapeKind::matrix) return square_partial(length(first));
  PartialShape diagonal = of_kind(ShapeKind::vector);
  diagonal.rows = first.rows;
  return diagonal;
}

/// The columns of one entry of a bracket.
std::optional<Dim> ShapeReader::entry_width(const DesignEntry& entry) {
  const auto plain = [&](const AstExpr& e) -> std::optional<Dim> {
    const PartialShape shape = synth(e);
    if (shape.scalar()) return Dim{};
    return shape.kind == ShapeKind::row ? shape.cols : std::nullopt;
  };
  if (entry.parts.empty()) return plain(*entry.text);
  std::vector<LevelCount> product;
  int times = 1;
  for (const DesignPart& part : entry.parts) {
    if (part.factor >= 0) {
      product.push_back({part.factor, s_[part.factor].name, part.coding == "full" ? 0 : 1});
    } else if (const std::optional<Dim> width = plain(*part.text); width && width->known()) {
      times *= width->n;
    } else {
      return std::nullopt;
    }
  }
  Dim width{0};
  for (int i = 0; i < times; ++i) width.products.push_back(product);
  return width;
}

PartialShape ShapeReader::bracket_shape(const AstExpr& e) {
  std::optional<Dim> cols = Dim{0};
  const auto add = [&](const std::optional<Dim>& width) {
    cols = cols && width ? std::optional<Dim>(*cols + *width) : std::nullopt;
  };
  if (e.row_lengths.size() <= 1) {
    for (const DesignEntry& entry : design_entries(s_, e)) add(entry_width(entry));
    PartialShape row = of_kind(ShapeKind::row);
    row.cols = cols;
    return row;
  }
  bool first_row_is_row = false;
  for (int c = 0; c < e.row_lengths[0]; ++c) {
    first_row_is_row = first_row_is_row || synth(e.children[c]).kind == ShapeKind::row;
    add(entry_width({&e.children[c], {}}));
  }
  const Dim rows{static_cast<int>(e.row_lengths.size())};
  if (e.row_lengths[0] == 1 && !first_row_is_row) {
    PartialShape column = of_kind(ShapeKind::vector);
    column.rows = rows;
    return column;
  }
  PartialShape matrix = of_kind(ShapeKind::matrix);
  matrix.rows = rows;
  matrix.cols = cols;
  return matrix;
}

}  // namespace lmmdsl::resolution
