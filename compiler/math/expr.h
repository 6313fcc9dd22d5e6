// Symbolic expressions: what models are made of, what conditionals are derived as, what `explain`
// prints, `check` proves and `run` executes. Nodes never change after construction.
//
// The plate of an expression is the join of its arguments' plates: X * beta[plot] with X on the row
// plate and beta on the plate of plot lives on the row plate, each row taking its plot's beta. The
// only operators that change plate are `sum_over` and the aggregates, to a coarser one, and
// `collapse`. Where rows are joined with the levels of an unobserved factor, which level a row has
// is unknown, and the expression mentions that factor. Constructors keep expressions in a simple
// form: sums and products are flat, numbers folded, scalar factors stand first, powers of one base
// merged, transposes and inverses pushed down to symbols. Multiplication is that of linear algebra.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "compiler/math/shape.h"
#include "grammar/source.h"

namespace lmmdsl {

enum class Op {
  number,     ///< `number`
  symbol,     ///< `symbol`; name in `text`
  add,        ///< n-ary, equal shapes
  multiply,   ///< n-ary, in order; scalars first
  power,      ///< scalar base and scalar exponent; elementwise never
  inverse,    ///< of a square matrix
  transpose,  //
  determinant,
  log_determinant,
  trace,
  log_gamma,
  exp,
  log,
  sqrt,
  abs,
  phi,
  logit,
  invlogit,  ///< exp..abs elementwise on vectors
  minimum,
  maximum,  ///< elementwise, of two
  less,
  less_equal,
  greater,
  greater_equal,
  equal,
  not_equal,
  logical_and,
  logical_or,
  logical_not,
  label_equal,             ///< a factor (args[0], a symbol) against the label `text`: 0 or 1
  hcat,                    ///< scalars or rows side by side: a row vector
  vcat,                    ///< scalars or rows below each other: a vector or a matrix
  diagonal_matrix,         ///< of a vector
  diagonal,                ///< of a matrix: a vector
  identity,                ///< I(p): p is the shape's
  zero,                    ///< a vector or matrix of zeros
  ones,                    ///< a vector of ones
  length,                  ///< the number `length`, known when data are bound
  unit_row,                ///< a row of zeros with a 1 at `index`
  unit_vector,             ///< a vector of zeros with a 1 where the scalar args[0] says, from 1
  log_multivariate_gamma,  ///< log Gamma_p(args[0]), p = `length`
  coding,     ///< columns of a factor, or of a product of factors and numbers; see coding()
  component,  ///< `index` (from 1) of a vector or row; two indices of a matrix
  column,     ///< `index` (from 1) of a row vector on the row plate: X[2] of a design
  level,   ///< args[0], read on the factor plate `over`, where the factors that `plate` lacks have
           ///< the labels `labels`: one element of w, w["1", "A"], or one for each block,
           ///< w[block, "A"]
  gather,  ///< args[0] on the row plate: its rows in each element of `plate`, below each other in
           ///< the order of the levels of the factor `symbol`, one row for each level
  collapse,  ///< args[0] on the row plate, constant within each element of `plate` (checked)
  sum_components,
  mean_components,
  min_components,
  max_components,  ///< of a vector that holds once
  // From the elements of plate `over` to those of `plate`:
  sum_over,
  mean_over,
  var_over,
  sd_over,
  min_over,
  max_over,
  median_over,
  count_over,
  quantile_over,  ///< args[1] is the probability
  cov_over,
  cor_over,       ///< of a vector or row: a matrix; of two scalars args[0], args[1]: a scalar
  least_squares,  ///< args y, X; field in `labels[0]` (coef rss n df sigma2), name of the fit in
                  ///< `text`
  correlation,    ///< of a covariance matrix
  poly,           ///< orthogonal polynomials of degree index[0] of args[0], on the row plate
  // What the plan introduces in place of row sums (see compiler/plan/hoist.h):
  triangle,      ///< R of the QR decomposition of the rows sqrt(w) [args...] in each element of
                 ///< `plate`; the last argument is the weight w (a scalar on the row plate, or the
                 ///< number 1)
  flatten_rows,  ///< matrices of equally many rows: their rows one after the other, one row vector
  contract,      ///< args S, M (p x p): sum of M[k,l] times block (k, l) of S
  scatter,       ///< args T = triangle of flatten_rows(A, y), v: sum of w (A v + y)(A v + y)\'
  // Vectors with missing components; the last argument o has 1 for each that is observed, else 0
  // (compiler/model/patterns.h):
  filled,            ///< args[0] with 0 where it is missing
  observed_inverse,  ///< args V, o: the inverse of V_oo, with zeros in other rows and columns
  observed_log_determinant,  ///< args V, o: log |V_oo|
  completed,  ///< args S, n, V, o: a draw of the sum of r r' over n vectors r ~ Normal(0, V), given
              ///< what S, this sum, is for the components observed (runtime/kernels/completed.cc)
  distance    ///< args T = triangle of [A, y], v: |T [v; 1]|^2 = sum of w (A v + y)^2
};

struct Node;
using Expr = std::shared_ptr<const Node>;

struct Node {
  Op op = Op::number;
  double number = 0;
  SymbolId symbol = -1;
  std::string text;
  std::vector<int> index;
  std::vector<std::string> labels;
  Dim length;
  std::vector<Expr> args;
  Shape shape;
  Plate plate;
  Plate over;                     ///< of sum_over and the aggregates: where the terms come from
  bool positive = false;          ///< a scalar known to be > 0
  bool symmetric = false;         ///< a square matrix known to be symmetric
  std::vector<SymbolId> symbols;  ///< all mentioned, sorted
  Span span;                      ///< where it stands in the model text; not part of equality
};

/// Structural equality; places in the text do not count.
bool same(const Expr& a, const Expr& b);
bool mentions(const Expr& e, SymbolId symbol);
bool is_number(const Expr& e, double value);
bool is_zero(const Expr& e);

/// The same expression, said to stand at `span`.
Expr at(const Expr& e, Span span);

// Constructors. Shapes and plates must fit: the model stage checks them with messages before it
// calls these; a misfit here is a bug (assert).
Expr number(double value);
Expr symbol(SymbolId id, std::string name, Shape shape, Plate plate, bool positive, bool symmetric);
Expr add(std::vector<Expr> terms);
Expr subtract(const Expr& a, const Expr& b);
Expr negate(const Expr& e);
Expr multiply(std::vector<Expr> factors);  ///< scalars may stand anywhere
Expr divide(const Expr& a, const Expr& scalar);
Expr power(const Expr& base, const Expr& exponent);
Expr power(const Expr& base, double exponent);
Expr inverse(const Expr& matrix);  ///< of a scalar: 1 / scalar
Expr transpose(const Expr& e);
Expr identity_matrix(const Dim& p);
Expr zeros(const Shape& shape);
Expr ones(const Dim& p);
Expr length(const Dim& dim);         ///< a number where it is known
Expr unit_row(int i, const Dim& p);  ///< (0, ..., 1, ..., 0), the 1 at i from 1
/// A vector of p zeros, but 1 at i, a scalar: of a factor, which level it is.
Expr unit_vector(const Expr& i, const Dim& p);
Expr log_multivariate_gamma(const Expr& a, const Dim& p);
/// The columns of a factor, or of an interaction of factors and scalars, in a design, as R's
/// model.matrix writes them, the first factor's levels fastest. One coding for each part: "full"
/// (an indicator for each level; "level" with the names of the elements of a plate), "treatment" or
/// "treatment:LABEL" (without the first or the named level), "sum" (sum contrasts: the last level
/// is -1 in every column), or "number:NAME" for a scalar, with its name in the names of the
/// columns.
Expr coding(std::vector<Expr> parts, std::vector<std::string> codings);
/// Whether a coding is that of a scalar, not of a factor.
bool codes_number(const std::string& coding);
Expr hcat(std::vector<Expr> parts);
Expr vcat(std::vector<Expr> parts);
Expr diagonal_matrix(const Expr& vector);
Expr component(const Expr& e, std::vector<int> index);
/// Of e, read on `over`: the element in which the factors that `plate` lacks have these labels, in
/// their order.
Expr level(const Expr& e, const Plate& over, std::vector<std::string> labels, const Plate& plate);
Expr collapse(const Expr& e, const Plate& plate);
/// The rows of e in each element of `plate`, in the order of the levels of `factor`: a vector of a
/// scalar, a matrix of a row.
Expr gather(const Expr& e, const Expr& factor, const Plate& plate);
/// Sum of e over the elements of `over` that lie in each element of `to`.
Expr sum_over(const Expr& e, const Plate& over, const Plate& to);
/// The aggregates mean_over ... cor_over; the shape is worked out from op and args.
Expr aggregate(Op op, std::vector<Expr> args, const Plate& over, const Plate& to);
/// Field of the fit(s) of y on the design X, one fit for each element of `groups` (kept in
/// Node::over). `to` is the plate of the result: `groups` for one value a fit; "once" for the
/// pooled rss, n, df (sums over the fits) and sigma2 (pooled rss / pooled df).
Expr least_squares(const Expr& y, const Expr& X, const std::string& field, const Plate& groups,
                   const Plate& to, SymbolId fit, const std::string& fit_name);
/// Functions of one or two arguments that act on scalars, or elementwise (determinant, trace, exp,
/// log, sqrt, abs, phi, logit, invlogit, minimum, maximum, comparisons, logic, diagonal,
/// log_gamma, log_determinant, *_components, correlation); the shape is worked out.
Expr apply(Op op, std::vector<Expr> args);
Expr label_equal(const Expr& factor, std::string label);
Expr poly(const Expr& x, int degree);
Expr triangle(std::vector<Expr> columns, const Expr& weight, const Plate& over, const Plate& to);
Expr distance(const Expr& triangle, const Expr& v);
/// [A[1,], B[1,], A[2,], B[2,], ...] for parts A, B, ...; their number of rows must be known.
Expr flatten_rows(std::vector<Expr> parts);
/// Of S (p a x p b) in p x p blocks and M (p x p): an a x b block, of the given shape.
Expr contract(const Expr& S, const Expr& M, const Shape& shape);
Expr scatter(const Expr& triangle, const Expr& v, int p);

Expr filled(const Expr& vector);
Expr observed_inverse(const Expr& V, const Expr& observed);
Expr observed_log_determinant(const Expr& V, const Expr& observed);
Expr completed(const Expr& S, const Expr& n, const Expr& V, const Expr& observed);

/// The same expression with every subexpression f(e) in place of e where f gives one (bottom up).
template <class F>
Expr rewrite(const Expr& e, const F& f);

/// e where it stands on the row plate, read on `rows` instead: only some rows, the same values.
Expr on_rows(const Expr& e, const Plate& rows);
/// e, which may be the same for several levels, with a value for each element of a factor plate.
Expr on_levels(const Expr& e, const Plate& plate);

/// Rebuilds a node with other arguments through the constructors above.
Expr with_args(const Expr& e, std::vector<Expr> args);

template <class F>
Expr rewrite(const Expr& e, const F& f) {
  if (Expr found = f(e)) return found;
  if (e->args.empty()) return e;
  std::vector<Expr> args;
  bool changed = false;
  for (const Expr& a : e->args) {
    args.push_back(rewrite(a, f));
    changed |= args.back() != a;
  }
  return changed ? with_args(e, std::move(args)) : e;
}

}  // namespace lmmdsl
