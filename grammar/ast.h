// The tree of a model text: statements and expressions, with their places, before any name is
// resolved. Names are in canonical form: Greek letters spelled out (θ is theta), so that printing
// and look-up need one spelling; `spelling` keeps what was typed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "grammar/source.h"

namespace lmmdsl {

enum class BinaryOp {
  add,
  subtract,
  multiply,
  divide,
  power,
  less,
  less_equal,
  greater,
  greater_equal,
  equal,
  not_equal,
  logical_and,
  logical_or
};

enum class AstKind {
  number,    ///< `number`; `text` is the spelling
  string,    ///< `text` without quotes, escapes resolved
  name,      ///< `text` canonical
  identity,  ///< I; with one child it is I(p)
  negate,    ///< child 0
  logical_not,
  transpose,  ///< child 0, written x' or xᵀ
  binary,     ///< `op`, children 0 and 1
  index,      ///< child 0 indexed by children 1..
  field,      ///< child 0, field name `text`
  call,     ///< function or distribution `text`; arguments are the children; see `arguments`, `by`
  formula,  ///< y ~ X inside a call: children 0 and 1
  bracket   ///< [a, b; c, d]: children row by row; `row_lengths` says how many in each row
};

/// A name in the text: canonical form, what was typed, where.
struct AstName {
  std::string name;
  std::string spelling;
  Span span;
};

struct AstExpr {
  AstKind kind = AstKind::number;
  Span span;  ///< the whole expression
  Span head;  ///< operator of a binary, name of a call or field; else the same as span
  double number = 0;
  std::string text;      ///< see AstKind
  std::string spelling;  ///< what was typed, for names and calls
  BinaryOp op = BinaryOp::add;
  std::vector<AstExpr> children;
  std::vector<std::string> argument_names;  ///< of a call: one for each child, empty if positional
  std::vector<AstName> by;                  ///< of a call: the factors after `by`
  std::vector<int> row_lengths;             ///< of a bracket
};

enum class ColumnType { real, factor, count, binary };
/// As a `data` statement says it: "real".
const char* name(ColumnType type);

enum class ParamType { scalar, positive, vector, row, matrix, covariance };

/// `data a, b : real > 0 from "header"`
struct DataStatement {
  struct Bound {
    BinaryOp op = BinaryOp::greater;  ///< less, less_equal, greater, greater_equal
    double value = 0;
    Span span;
  };
  std::vector<AstName> names;
  ColumnType type = ColumnType::real;
  std::vector<Bound> bounds;
  std::optional<std::string> header;
};

/// `param beta[plot] : vector(3)`
struct ParamStatement {
  AstName name;
  std::vector<AstName> plate;
  ParamType type = ParamType::scalar;
  std::vector<AstExpr> sizes;  ///< the arguments of vector, row, matrix, covariance
};

/// `latent k : factor(3)`
struct LatentStatement {
  AstName name;
  AstExpr levels;
};

/// `model "title"`
struct TitleStatement {
  std::string title;
};

/// `name = expression` or `name[f, g] = expression`; `lhs` is a name or an index.
struct DefineStatement {
  AstExpr lhs;
  AstExpr rhs;
};

/// `lhs ~ Family(arguments)`, `lhs over f ~ ...`
struct DistributionStatement {
  AstExpr lhs;
  std::vector<AstName> over;
  AstExpr rhs;  ///< an AstKind::call; anything else is reported by the compiler
};

enum class StatementKind { data, param, latent, title, define, distribution };

/// One statement; exactly the member named by `kind` is meaningful.
struct Statement {
  StatementKind kind = StatementKind::data;
  Span span;
  DataStatement data;
  ParamStatement param;
  LatentStatement latent;
  TitleStatement title;
  DefineStatement define;
  DistributionStatement distribution;
};

struct Ast {
  SourcePtr source;
  std::vector<Statement> statements;
  /// Names that a statement in error would have introduced: unknown-name errors about them are
  /// not reported, so that one mistake is one error.
  std::vector<std::string> names_in_error;
  bool complete = true;  ///< every statement could be read
};

/// The symbol of a binary operator in ASCII, e.g. "+" or "and".
const char* symbol(BinaryOp op);

/// The tree as an indented listing: `explain --stage ast`, golden tests.
std::string to_text(const Ast& ast);

}  // namespace lmmdsl
