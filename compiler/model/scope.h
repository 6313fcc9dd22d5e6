// Everything known of a model text while it is turned into a Model: its names, its `~` statements,
// and the errors found so far. Each step of resolve.cc reads and completes it.
//
// A name or statement in error stays in the scope with `in_error`: whatever uses it is silently
// left out, so that one mistake is one message.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/model/model.h"
#include "compiler/model/partial_shape.h"
#include "grammar/ast.h"

namespace lmmdsl::resolution {

/// How large an expression is when the definitions of its names stand in their places.
struct Extent {
  double terms = 1;  ///< names, numbers and operators: doubles with each level of a = b + b
  int levels = 0;    ///< definitions within definitions
};

struct Name {
  std::string name;
  std::string spelling;
  Span span;  ///< where it was introduced
  Role role = Role::parameter;
  bool in_error = false;
  const DataStatement* data = nullptr;
  const Statement* latent = nullptr;      ///< its `latent` statement
  int levels = 0;                         ///< what that says
  const Statement* annotation = nullptr;  ///< its `param` statement
  const Statement* definition = nullptr;  ///< its `=` statement
  const Statement* prior = nullptr;       ///< its `~` statement, of a parameter
  bool used = false;
  Extent extent;  ///< of its definition

  Plate plate;
  PartialShape shape;
  std::optional<Span> shape_from;  ///< the statement that fixed its shape
  bool needs_annotation = false;   ///< an open mean: its shape cannot be inferred
  bool positive = false;
  bool symmetric = false;
  std::optional<Span> squared_at;  ///< where it stands as a standard deviation
  bool scale_by_prior = false;     ///< squared_at is the left-hand side of its prior

  bool factor() const { return latent || (data && data->type == ColumnType::factor); }
};

/// The left-hand sides that put a prior on a name (section 4 of the language).
enum class Transform { none, square, reciprocal, reciprocal_square, inverse, log };

/// One `~` statement, taken apart.
struct Distribution {
  const Statement* statement = nullptr;
  bool in_error = false;
  SymbolId target = -1;  ///< the parameter, of a prior
  Transform transform = Transform::none;
  SymbolId response = -1;         ///< the column or row-plate constant, of a likelihood
  std::vector<SymbolId> stacked;  ///< the factors of yield[plot] ~ ..., on the row plate
  /// The columns of [y1, y2] ~ ...; `response` is then a constant of their rows.
  std::vector<SymbolId> columns;
  /// length[boy] over age ~ ...: one vector for each element of the plate of these factors, its
  /// components in the order of the levels of `over`.
  std::vector<SymbolId> group;
  SymbolId over = -1;

  bool vector_response() const { return over >= 0 || !columns.empty(); }
  const Family* family = nullptr;
  std::vector<const AstExpr*> slots;  ///< the arguments in the order of the family's slots
  std::vector<std::string> given_as;  ///< the alternative name used for each, or empty

  /// censored(y, below = L, above = U) ~ ...: that call; its limits are slots of the family.
  const AstExpr* censored = nullptr;
  const AstExpr *lower = nullptr, *upper = nullptr;  ///< where a prior is cut off

  const DistributionStatement& text() const { return statement->distribution; }
  /// The quantity that has the distribution.
  const AstExpr& lhs() const { return censored ? censored->children[0] : text().lhs; }
  Span span() const { return statement->span; }
};

/// Two names, or a name and a list, that have the same names of components.
struct NamingFact {
  SymbolId symbol = -1;
  SymbolId like = -1;
  std::vector<ComponentName> names;
};

class Scope {
 public:
  explicit Scope(const Ast& tree);

  const Ast& ast;
  std::vector<Name> names;
  std::vector<Distribution> distributions;
  std::vector<SymbolId> order;  ///< names, each after those that its definition or prior uses
  std::vector<NamingFact> naming;
  Model model;
  Diagnostics diagnostics;

  SymbolId find(const std::string& name) const;  ///< -1 if absent
  SymbolId add(Name name);
  Name& operator[](SymbolId id) { return names[id]; }
  const Name& operator[](SymbolId id) const { return names[id]; }

  /// Reports an error and returns it, to add notes and a hint.
  Diagnostic& error(Span span, std::string message, std::string label = {}, std::string hint = {});
  Diagnostic& warning(Span span, std::string message, std::string label = {},
                      std::string hint = {});
  bool failed() const { return failed_; }
  /// A construct of the language that this version does not have yet.
  Diagnostic& not_yet(Span span, const std::string& construct, std::string hint = {});

  /// The place of `~`, `=` and so on as notes give it: "line 14: gamma[plot] ~ Normal(...)".
  std::string line_of(Span span) const;
  /// The statement around a place (the place itself if there is none).
  Span statement_around(Span place) const;
  /// The text at a place, on one line, cut to a readable length.
  std::string text_of(Span span) const;
  /// "each plot", "each row", "each pair of block and variety", "once".
  std::string describe(const Plate& plate) const;
  /// The name with its index as an expression writes it: beta[plot].
  std::string indexed(SymbolId id) const;
  std::vector<std::string> all_names() const;
  /// The column of numbers whose name is nearest to a misspelt one, as it is spelt; or empty.
  std::string nearest_column(const std::string& name) const;

 private:
  std::unordered_map<std::string, SymbolId> index_;
  bool failed_ = false;
};

/// `name` in the quotes of messages.
std::string quoted(const std::string& text);

// The steps, in order; see resolve.cc.
void declare(Scope& scope);
void create_symbols(Scope& scope);
void check_uses(Scope& scope);
void assign_arguments(Scope& scope);
void sort_names(Scope& scope);
void assign_plates(Scope& scope);
void find_scales(Scope& scope);
void infer_shapes(Scope& scope);
void build_definitions(Scope& scope);
void build_densities(Scope& scope);
void name_components(Scope& scope);

}  // namespace lmmdsl::resolution
