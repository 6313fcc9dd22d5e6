#include "compiler/model/partial_shape.h"

namespace lmmdsl::resolution {

namespace {

const Dim one{};

/// The lengths that the kind alone implies.
void complete_lengths(PartialShape& s) {
  if (!s.kind) return;
  if (*s.kind == ShapeKind::scalar || *s.kind == ShapeKind::row) s.rows = one;
  if (*s.kind == ShapeKind::scalar || *s.kind == ShapeKind::vector) s.cols = one;
}

/// A product of a rows x k and a k x cols factor, neither a scalar.
PartialShape pair_product(const PartialShape& a, const PartialShape& b) {
  const bool one_row = a.kind == ShapeKind::row;
  const bool one_col = b.kind == ShapeKind::vector;
  PartialShape s;
  s.kind = one_row && one_col ? ShapeKind::scalar
           : one_row          ? ShapeKind::row
           : one_col          ? ShapeKind::vector
                              : ShapeKind::matrix;
  s.rows = a.rows;
  s.cols = b.cols;
  complete_lengths(s);
  return s;
}

bool same_shape(const PartialShape& a, const PartialShape& b) {
  return a.kind == b.kind && a.rows == b.rows && a.cols == b.cols;
}

/// The kind of an open factor between a left and a right neighbour (or the edges of the product).
/// Beside a design of one column, [x] * b, coefficients are a vector of length 1.
PartialShape demanded(std::optional<Dim> rows, std::optional<Dim> cols, bool left, bool right) {
  PartialShape s;
  if (!rows || !cols) return s;
  const bool one_row = *rows == one, one_col = *cols == one;
  s.kind = one_row && one_col ? (left    ? ShapeKind::vector
                                 : right ? ShapeKind::row
                                         : ShapeKind::scalar)
           : one_row          ? ShapeKind::row
           : one_col          ? ShapeKind::vector
                              : ShapeKind::matrix;
  s.rows = rows;
  s.cols = cols;
  return s;
}

}  // namespace

PartialShape known(const Shape& shape) { return {shape.kind, shape.rows, shape.cols, false}; }

PartialShape of_kind(ShapeKind kind) {
  PartialShape s;
  s.kind = kind;
  complete_lengths(s);
  return s;
}

PartialShape scalar_partial() { return of_kind(ShapeKind::scalar); }

PartialShape square_partial(std::optional<Dim> size) {
  PartialShape s = of_kind(ShapeKind::matrix);
  s.rows = s.cols = size;
  return s;
}

PartialShape transposed(const PartialShape& s) {
  PartialShape t = s;
  std::swap(t.rows, t.cols);
  if (s.kind == ShapeKind::vector) t.kind = ShapeKind::row;
  if (s.kind == ShapeKind::row) t.kind = ShapeKind::vector;
  return t;
}

std::optional<Dim> length(const PartialShape& s) {
  if (s.kind == ShapeKind::vector) return s.rows;
  if (s.kind == ShapeKind::row) return s.cols;
  return std::nullopt;
}

Shape finished(const PartialShape& s) { return {*s.kind, *s.rows, *s.cols}; }

bool refine(PartialShape& s, const PartialShape& more) {
  bool added = false;
  if (!s.kind && more.kind) {
    s.kind = more.kind;
    complete_lengths(s);
    added = true;
  }
  if (s.kind && more.kind && s.kind != more.kind) return added;
  if (!s.rows && more.rows) s.rows = more.rows, added = true;
  if (!s.cols && more.cols) s.cols = more.cols, added = true;
  return added;
}

PartialShape product(const std::vector<PartialShape>& factors) {
  std::optional<PartialShape> result;
  bool bare = false;
  for (const PartialShape& f : factors) {
    if (f.open()) return {};
    if (f.scalar()) continue;
    if (f.bare_identity) {
      bare = true;
      continue;
    }
    result = !result || result->scalar() ? f : pair_product(*result, f);
  }
  if (result) return *result;
  if (!bare) return scalar_partial();
  PartialShape identity = square_partial(std::nullopt);
  identity.bare_identity = true;
  return identity;
}

std::vector<PartialShape> product_demands(const std::vector<PartialShape>& factors,
                                          const PartialShape& wanted) {
  std::vector<PartialShape> demands(factors.size());
  std::vector<std::size_t> chain;  // the factors that are not scalars or bare identities
  std::vector<std::size_t> open;
  bool bare = false;
  for (std::size_t i = 0; i < factors.size(); ++i) {
    bare = bare || factors[i].bare_identity;
    if (factors[i].open()) open.push_back(i);
    if (!factors[i].scalar() && !factors[i].bare_identity) chain.push_back(i);
  }
  if (open.empty()) {
    for (std::size_t k = 0; k < chain.size(); ++k) {
      PartialShape& d = demands[chain[k]];
      d.kind = factors[chain[k]].kind;
      d.rows = k > 0 ? factors[chain[k - 1]].cols : wanted.rows;
      d.cols = k + 1 < chain.size() ? factors[chain[k + 1]].rows : wanted.cols;
    }
    return demands;
  }
  if (open.size() > 1) {
    // A design beside an unknown name in a product that is a scalar: the name holds coefficients.
    for (std::size_t i : open) {
      if (i > 0 && factors[i - 1].kind == ShapeKind::row && wanted.scalar()) {
        demands[i] = of_kind(ShapeKind::vector);
        demands[i].rows = factors[i - 1].cols;
      }
    }
    return demands;
  }
  const std::size_t u = open.front();
  std::vector<PartialShape> others;
  for (std::size_t i = 0; i < factors.size(); ++i) {
    if (i != u) others.push_back(factors[i]);
  }
  const PartialShape rest = product(others);
  if (!wanted.kind) return demands;
  // In gamma * X * beta the rest is a scalar already.
  const bool at_an_end = chain.front() == u || chain.back() == u;
  if (rest.scalar() ? wanted.scalar() && at_an_end && chain.size() > 1
                    : bare || same_shape(rest, wanted)) {
    demands[u] = scalar_partial();
    return demands;
  }
  std::optional<Dim> rows = wanted.rows, cols = wanted.cols;
  bool left = false, right = false;
  for (std::size_t k : chain) {
    if (k < u) rows = factors[k].cols, left = true;
    if (k > u) {
      cols = factors[k].rows, right = true;
      break;
    }
  }
  demands[u] = demanded(rows, cols, left, right);
  if (!demands[u].kind && wanted.kind && chain.size() == 1) demands[u] = wanted;
  return demands;
}

}  // namespace lmmdsl::resolution
