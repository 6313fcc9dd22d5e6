// From the tree of the text to typed expressions, when all plates and shapes are known.
//
// The builder works bottom up and checks every operation: what does not fit is reported where it
// stands, and the value is then empty, which silences everything built from it.
#pragma once

#include <string>
#include <vector>

#include "compiler/model/design.h"
#include "compiler/model/functions.h"
#include "compiler/model/scope.h"

namespace lmmdsl::resolution {

/// Where an expression stands.
struct Context {
  Plate plate;                    ///< of the statement
  bool free = false;              ///< the argument of an aggregate: any plate will do
  bool in_density = false;        ///< derived names are written out: densities mention parameters
  std::vector<SymbolId> stacked;  ///< the statement is yield[plot] ~ ...: X[plot] is a row of X
  bool columns = false;           ///< the statement is [y1, y2] ~ ...
  SymbolId over = -1;   ///< it is y[g] over f ~ ...: X[g] is a matrix, a row for each level
  std::string subject;  ///< what the statement is about, for messages: "theta"
  Span statement;
};

/// What was built. Empty (`!e`) after an error.
struct Value {
  Value() = default;
  Value(Expr expression) : e(std::move(expression)) {}  // NOLINT

  Expr e;
  const AstExpr* text = nullptr;
  std::vector<ComponentName> names;  ///< of components, when the expression itself says them
  SymbolId named_like = -1;          ///< a name that has the same components
  bool bare_identity = false;        ///< e * I with a bare I, whose size the context gives
  /// The rows of each level of these factors below each other; `e` is then one row.
  std::vector<SymbolId> stack;
  bool stack_transposed = false;

  explicit operator bool() const { return e != nullptr; }
  const Shape& shape() const { return e->shape; }
};

class Builder {
 public:
  Builder(Scope& scope, Context context) : s_(scope), context_(std::move(context)) {}

  /// Any expression.
  Value build(const AstExpr& e);
  /// An expression that is complete: no bare I, no stack of rows.
  Value build_complete(const AstExpr& e);
  /// An expression that is no stack of rows; a bare I is left to the caller.
  Value build_unstacked(const AstExpr& e);
  /// A fit: its response and design. Empty values after an error.
  std::pair<Value, Value> build_fit(const AstExpr& ols);

  std::vector<NamingFact> naming;  ///< found on the way

 private:
  Value dispatch(const AstExpr& e);

  // build.cc: names and plates
  Value name(const AstExpr& e);
  Value identity(const AstExpr& e);
  Expr reference_to(SymbolId id) const;
  bool fits_plate(const AstExpr& e, const Plate& plate);
  Value adopt(const AstExpr& e, Value v);

  // build_operators.cc
  Value negate(const AstExpr& e);
  Value transpose(const AstExpr& e);
  Value sum(const AstExpr& e);
  Value product(const AstExpr& e);
  Value quotient(const AstExpr& e);
  Value power(const AstExpr& e);
  bool multiply_into(Value& left, const Value& right, const AstExpr& whole, Span so_far);

  // build_comparisons.cc, build_bracket.cc
  Value comparison(const AstExpr& e);
  Value logic(const AstExpr& e);
  Value label_comparison(const AstExpr& e, const AstExpr& factor, const AstExpr& label);
  Value bracket(const AstExpr& e);
  /// Empty after an error.
  std::vector<Value> bracket_entries(const AstExpr& e);
  bool lies_in_row(const Value& v);
  Value coded(const DesignEntry& entry);
  bool adds_factor(const AstExpr& e) const;

  // build_index.cc
  Value index(const AstExpr& e);
  Value index_by_factors(const AstExpr& e);
  Value stacked(const AstExpr& e, Value v, const std::vector<SymbolId>& factors);
  Value gathered(const AstExpr& e, Value v, const std::vector<SymbolId>& factors);
  Value index_by_labels(const AstExpr& e);
  Value index_by_numbers(const AstExpr& e);
  Value field(const AstExpr& e, const std::vector<SymbolId>* indexed_by);

  // build_functions.cc, build_aggregates.cc
  Value call(const AstExpr& e);
  Value elementwise(const AstExpr& e, const Function& f);
  Value of_matrix(const AstExpr& e, const Function& f);
  Value inverse(const AstExpr& e);
  Value diagonal(const AstExpr& e);
  Value gram(const AstExpr& e);
  Value centered(const AstExpr& e, bool scaled);
  Value polynomial(const AstExpr& e);
  Value extreme(const AstExpr& e, const Function& f);
  Value aggregate(const AstExpr& e, const Function& f);
  Value of_covariance(const AstExpr& argument, const Function& f);
  std::optional<double> probability(const AstExpr& e, const Function& f);
  bool vector_or_two_scalars(const AstExpr& e, const Function& f, const Value& v, const Value* z);
  Value over_components(const AstExpr& e, const Function& f, const Value& v);
  std::optional<Plate> by(const AstExpr& e);
  Value build_free(const AstExpr& e);

  // build_checks.cc
  bool sized(const Value& v);
  bool unstacked(const Value& v);
  bool scalar(const Value& v, const std::string& what, const std::string& hint = {});
  bool data_only(const Value& v, const std::string& what);
  bool square(const Value& v, const std::string& what);
  bool same_shape(const Value& a, const Value& b, Span span, const std::string& message);
  void add_since(Diagnostic& d, const Value& v) const;
  std::string measure(const Value& v) const;

  Scope& s_;
  Context context_;
};

/// "X has 3 columns (1, density, density^2)", "gamma[plot] has 2 components", "S is 3 x 3".
std::string measure(const Scope& s, const Value& v);
/// Notes that say since which line the names in an expression have their shape.
void add_since(const Scope& s, Diagnostic& d, const Value& v, Span except);
bool data_only(const Scope& s, const Expr& e);
std::vector<ComponentName> names_of(const Scope& s, const Value& v);
/// Whether two lengths agree. Where the numbers of levels in the data decide they do so far, and
/// the check is left to the model.
bool lengths_agree(Scope& s, LengthCheck check);
/// "X has 3 columns" as a phrase; `columns` chooses one of the lengths of a matrix.
LengthCheck::Phrase length_phrase(const Scope& s, const Value& v, bool columns);
/// f(name) for each name.
std::vector<ComponentName> wrapped(const std::string& f, std::vector<ComponentName> names);
/// The value as an expression: c * I gets its size p.
Expr with_size(const Value& v, const Dim& p);

}  // namespace lmmdsl::resolution
