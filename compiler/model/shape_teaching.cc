// What an expression must be teaches the shapes of its names: in `X * beta` on the right of a
// scalar response, beta has as many components as X has columns.
#include <algorithm>

#include "compiler/model/ast_tools.h"
#include "compiler/model/functions.h"
#include "compiler/model/infer.h"

namespace lmmdsl::resolution {

void ShapeReader::push(const AstExpr& e, const PartialShape& wanted) {
  if (!wanted.kind && !wanted.rows && !wanted.cols) return;
  switch (e.kind) {
    case AstKind::name: {
      const SymbolId id = s_.find(e.text);
      if (id >= 0) learn_(id, wanted);
      break;
    }
    case AstKind::negate:
      push(e.children[0], wanted);
      break;
    case AstKind::transpose:
      push(e.children[0], transposed(wanted));
      break;
    case AstKind::logical_not:
      push(e.children[0], scalar_partial());
      break;
    case AstKind::binary:
      switch (e.op) {
        case BinaryOp::add:
        case BinaryOp::subtract: {
          PartialShape both = synth(e);
          // A contradiction teaches nothing; the builder reports it.
          if (both.kind && wanted.kind && both.kind != wanted.kind) break;
          refine(both, wanted);
          both.bare_identity = false;
          push(e.children[0], both);
          push(e.children[1], both);
          break;
        }
        case BinaryOp::multiply:
          push_product(e, wanted);
          break;
        case BinaryOp::divide:
          push(e.children[0], wanted);
          push(e.children[1], scalar_partial());
          break;
        case BinaryOp::power:
          push(e.children[0], literal(e.children[1]) == -1.0 ? wanted : scalar_partial());
          push(e.children[1], scalar_partial());
          break;
        default:
          push(e.children[0], scalar_partial());
          push(e.children[1], scalar_partial());
      }
      break;
    case AstKind::index: {
      const AstExpr& base = e.children[0];
      if (e.children.size() < 2 || literal(e.children[1])) break;
      const SymbolId id = base.kind == AstKind::name ? s_.find(base.text) : -1;
      if (id >= 0 && s_[id].plate.rows) break;
      push(base, wanted);
      break;
    }
    case AstKind::call:
      push_call(e, wanted);
      break;
    case AstKind::bracket: {
      std::vector<std::size_t> open;
      for (std::size_t i = 0; i < e.children.size(); ++i) {
        if (synth(e.children[i]).open()) open.push_back(i);
      }
      // Entries that nothing else explains are scalars.
      if (wanted.complete()) {
        for (std::size_t i : open) push(e.children[i], scalar_partial());
      }
      break;
    }
    default:
      break;
  }
}

void ShapeReader::push_product(const AstExpr& e, const PartialShape& wanted) {
  std::vector<const AstExpr*> factors;
  product_factors(e, factors);
  std::vector<PartialShape> shapes;
  for (const AstExpr* f : factors) shapes.push_back(synth(*f));
  const std::vector<PartialShape> demands = product_demands(shapes, wanted);
  for (std::size_t i = 0; i < factors.size(); ++i) push(*factors[i], demands[i]);
}

void ShapeReader::push_call(const AstExpr& e, const PartialShape& wanted) {
  const Function* f = find_function(e.text);
  if (!f || e.children.empty()) return;
  switch (f->kind) {
    case FunctionKind::elementwise:
    case FunctionKind::inverse:
    case FunctionKind::center:
    case FunctionKind::standardize:
      push(e.children[0], wanted);
      break;
    case FunctionKind::extreme:
      if (e.children.size() == 2) {
        push(e.children[0], wanted);
        push(e.children[1], wanted);
        break;
      }
      [[fallthrough]];
    case FunctionKind::aggregate:
      if (f->op != Op::cov_over && f->op != Op::count_over && on_plate(e.children[0])) {
        push(e.children[0], wanted);
      }
      break;
    case FunctionKind::diagonal:
      push_diagonal(e, wanted);
      break;
    default:
      break;
  }
}

void ShapeReader::push_diagonal(const AstExpr& e, const PartialShape& wanted) {
  if (e.children.size() > 1) {
    for (const AstExpr& child : e.children) push(child, scalar_partial());
  } else if (wanted.kind == ShapeKind::matrix && wanted.rows) {
    PartialShape vector = of_kind(ShapeKind::vector);
    vector.rows = wanted.rows;
    push(e.children[0], vector);
  }
}

}  // namespace lmmdsl::resolution
