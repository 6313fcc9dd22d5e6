// The model: a product of densities over plates. Names are resolved, plates and shapes known; no
// data has been seen.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/math/expr.h"
#include "compiler/math/render.h"
#include "compiler/rules/families.h"
#include "grammar/ast.h"
#include "grammar/diagnostic.h"

namespace lmmdsl {

enum class Role {
  column,     ///< of the data table
  constant,   ///< defined by `=` from data only
  fit,        ///< an ols(...) whose fields are used; it has no value itself
  parameter,  ///< has a prior; an unobserved factor is one, its value the number of its level
  pattern,    ///< which components of a vector response are observed (patterns.h)
  derived     ///< defined by `=` from parameters
};

/// A bound that a data column is checked against.
struct ColumnBound {
  BinaryOp op = BinaryOp::greater;
  double value = 0;
};

/// The name of a component, or of all components that a coded factor makes in a design: they are
/// `before` + the name of the column + `after`, and known when the levels are.
struct ComponentName {
  std::string text;  ///< "density^2"; "variety" for all columns of a factor
  Expr coding = nullptr;
  std::string before = {}, after = {};
  bool operator==(const ComponentName& other) const {
    return text == other.text &&
           (coding == other.coding || (coding && other.coding && same(coding, other.coding)));
  }
};

/// How many components have these names.
Dim count(const std::vector<ComponentName>& names);

/// Two lengths that must agree and may: the numbers of levels in the data decide. Messages say
/// before_a + length of a + after_a and so on: "X has 3 columns", "beta has 2 components".
struct LengthCheck {
  Dim a, b;
  bool at_least = false;  ///< a >= b, for a component b of a length a, rather than a == b
  Span span;
  std::string message;
  struct Phrase {
    std::string before, noun;
  } phrase_a, phrase_b;
};

struct Symbol {
  std::string name;      ///< canonical
  std::string spelling;  ///< as first written
  Role role = Role::column;
  Span span;  ///< where it was introduced
  Plate plate;
  Shape shape;
  bool positive = false;   ///< a positive parameter
  bool symmetric = false;  ///< a covariance (or precision) matrix parameter
  bool auxiliary = false;  ///< a parameter that a rewrite brought in
  int levels = 0;          ///< of an unobserved factor, which is a parameter; 0 for all others

  // columns
  ColumnType column_type = ColumnType::real;
  std::vector<ColumnBound> bounds;
  std::string header;  ///< in the data file: the spelling, or what `from` says

  // constants, fits, derived quantities
  Expr definition;       ///< null for columns, parameters and fits
  bool reported = true;  ///< a named derived quantity: appears in draws

  // parameters
  int prior = -1;  ///< index into Model::densities

  /// Names of the components of a vector, row or design, as tables show them ("1", "density^2");
  /// empty when unknown.
  std::vector<ComponentName> component_names;
};

/// One `~` statement: a term of the joint density, one for each element of its plate.
struct Density {
  FamilyId family = FamilyId::normal;
  Expr value;  ///< left-hand side: a column, a transformed column, or sigma^2, inv(Sigma), ...
  std::vector<Expr> args;  ///< in the order of the family's slots (Normal: mean, variance)
  Plate plate;
  Span span;               ///< the statement
  SymbolId target = -1;    ///< the parameter it is the prior of; -1 for a likelihood
  SymbolId response = -1;  ///< the data column of a likelihood's left-hand side; -1 for a prior
  bool stacked = false;    ///< written in the page's matrix form yield[plot] ~ ...
  /// Of a vector response with missing components: 1 for each that is observed, else 0.
  Expr observed = nullptr;
  /// The value lies between these; null where the support has its own end. The density is that
  /// without bounds, times an indicator. Of what is stated they are known, and what they cut off is
  /// a constant.
  Expr lower = nullptr, upper = nullptr;
  /// The components of the value increase, likewise: cuts of an ordered response.
  bool ordered = false;
};

/// A density that was replaced by one with auxiliary variables (rules/augmentation.h).
struct Rewrite {
  std::string rule;
  int stated = 0;                     ///< index into Model::stated: what stood there
  int density = 0;                    ///< index into Model::densities: what stands there now
  std::vector<SymbolId> auxiliaries;  ///< what was introduced
};

struct Model {
  SourcePtr source;
  std::string title;
  std::vector<Symbol> symbols;
  std::vector<Density> densities;  ///< in the order of the statements
  std::vector<Density> stated;     ///< the same before auxiliary variables came in
  std::vector<Rewrite> rewrites;
  std::vector<LengthCheck> length_checks;

  const Symbol& operator[](SymbolId id) const { return symbols[id]; }
  SymbolId find(const std::string& name) const;  ///< -1 if absent
  std::vector<SymbolId> parameters() const;      ///< in the order of their `~` statements
  std::vector<SymbolId> unknowns() const;        ///< parameters and auxiliary variables
  std::vector<SymbolId> derived() const;         ///< in the order of their definitions
};

/// The density that a number of a contribution means: one of `densities`, or after those one of
/// `stated`, whose auxiliary variables are then integrated out.
const Density& density_at(const Model& model, int index);

/// The prior of a parameter as it was stated; of an auxiliary variable the one it has.
const Density& stated_prior(const Model& model, SymbolId parameter);

/// The model without auxiliary variables, as it was stated: what draws of it are to be read with.
/// The other symbols keep their numbers.
Model stated_model(const Model& model);

/// The first factor that is not observed; -1 if all are.
SymbolId unobserved_factor(const Model& model);

/// The expression that stands for a symbol.
Expr reference(const Model& model, SymbolId id);

/// The plate's name in messages: "once", "each plot", "each pair of block and variety", "each row".
std::string describe(const Model& model, const Plate& plate);

/// Table of symbols and densities: `explain --stage model`, golden tests.
std::string to_text(const Model& model);

/// The bounds of a density that are there, by the names of their arguments: lower, upper.
std::vector<std::pair<std::string, Expr>> given_bounds(const Density& density);
/// Its distribution as a statement has it: Normal(1, 4, lower = 0).
std::string law_text(const Model& model, const Density& density, Notation notation);

/// Names, plates and shapes of a tree. All independent errors are reported.
Result<Model> resolve(const Ast& ast);

}  // namespace lmmdsl
