// Shapes of expressions while they are being solved: `synth` reads a shape off an expression as far
// as its names are known, `push` tells an expression what it has to be, which teaches its names.
#pragma once

#include <functional>
#include <unordered_map>

#include "compiler/model/design.h"
#include "compiler/model/scope.h"

namespace lmmdsl::resolution {

/// One statement's expressions. A fresh one for each visit: shapes are remembered by node.
class ShapeReader {
 public:
  using Learn = std::function<void(SymbolId, const PartialShape&)>;
  /// `statement` is the distribution whose expressions are read, or null.
  ShapeReader(const Scope& scope, const Distribution* statement, Learn learn)
      : s_(scope), statement_(statement), learn_(std::move(learn)) {}

  /// shape_reader.cc
  PartialShape synth(const AstExpr& e);
  /// shape_teaching.cc
  void push(const AstExpr& e, const PartialShape& wanted);

 private:
  PartialShape compute(const AstExpr& e);
  PartialShape index_shape(const AstExpr& e);
  PartialShape field_shape(const AstExpr& e);
  PartialShape call_shape(const AstExpr& e);
  PartialShape bracket_shape(const AstExpr& e);
  std::optional<Dim> entry_width(const DesignEntry& entry);
  PartialShape diagonal_shape(const AstExpr& e);
  void push_call(const AstExpr& e, const PartialShape& wanted);
  void push_diagonal(const AstExpr& e, const PartialShape& wanted);
  void push_product(const AstExpr& e, const PartialShape& wanted);
  /// The plate of a name, field or index that stands as it is: aggregates need it.
  bool on_plate(const AstExpr& e) const;

  const Scope& s_;
  const Distribution* statement_;
  Learn learn_;
  std::unordered_map<const AstExpr*, PartialShape> seen_;
};

/// The factors of a product in order: a * b * c is one product of three.
void product_factors(const AstExpr& e, std::vector<const AstExpr*>& factors);

/// What the left-hand side of a likelihood is.
PartialShape response_shape(const Scope& s, const Distribution& d);
/// The number of levels of a factor.
Dim level_count(const Scope& s, SymbolId factor);

/// The length of a stack of the rows of each level.
Dim stack_length(const Scope& s, const std::vector<SymbolId>& factors);

}  // namespace lmmdsl::resolution
