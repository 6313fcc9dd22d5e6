#include "compiler/math/shape.h"

#include <algorithm>
#include <map>

namespace lmmdsl {

namespace {

/// A length as a polynomial in the numbers of levels: coefficient by product of factors.
using Polynomial = std::map<std::vector<std::pair<SymbolId, std::string>>, int>;

Polynomial polynomial(const Dim& dim) {
  Polynomial sum;
  sum[{}] = dim.n;
  for (const auto& product : dim.products) {
    Polynomial expanded = {{{}, 1}};
    for (const LevelCount& f : product) {
      Polynomial next;
      for (const auto& [factors, coefficient] : expanded) {
        auto more = factors;
        more.emplace_back(f.factor, f.name);
        std::sort(more.begin(), more.end());
        next[more] += coefficient;
        next[factors] -= coefficient * f.minus;
      }
      expanded = std::move(next);
    }
    for (const auto& [factors, coefficient] : expanded) sum[factors] += coefficient;
  }
  std::erase_if(sum, [](const auto& term) { return term.second == 0; });
  return sum;
}

/// The length of a stack of rows, which is no number of levels: comparable with itself only.
bool of_stack(const Dim& dim) {
  for (const auto& product : dim.products) {
    for (const LevelCount& f : product) {
      if (f.factor < 0) return true;
    }
  }
  return false;
}

}  // namespace

bool operator==(const Dim& a, const Dim& b) {
  if (a.known() && b.known()) return a.n == b.n;
  return polynomial(a) == polynomial(b);
}

bool may_equal(const Dim& a, const Dim& b) {
  if ((a.known() && b.known()) || of_stack(a) || of_stack(b)) return a == b;
  return true;
}

Shape scalar_shape() { return {}; }
Shape vector_shape(Dim length) { return {ShapeKind::vector, std::move(length), {}}; }
Shape row_shape(Dim length) { return {ShapeKind::row, {}, std::move(length)}; }
Shape matrix_shape(Dim rows, Dim cols) {
  return {ShapeKind::matrix, std::move(rows), std::move(cols)};
}

Dim operator+(const Dim& a, const Dim& b) {
  Dim sum = a;
  sum.n += b.n;
  sum.products.insert(sum.products.end(), b.products.begin(), b.products.end());
  return sum;
}

std::string describe(const Dim& dim) {
  if (dim.known()) return std::to_string(dim.n);
  int n = dim.n;
  std::vector<std::pair<std::string, int>> terms;  // and how often they occur
  for (const auto& product : dim.products) {
    std::string factors;
    for (const LevelCount& f : product) {
      std::string one = "levels(" + f.name + ")";
      if (product.size() == 1) {
        n -= f.minus;  // 1 + (levels(g) - 1) reads levels(g)
      } else if (f.minus > 0) {
        one = "(" + one + " - " + std::to_string(f.minus) + ")";
      }
      factors += (factors.empty() ? "" : " * ") + one;
    }
    const auto found = std::find_if(terms.begin(), terms.end(),
                                    [&](const auto& term) { return term.first == factors; });
    if (found == terms.end()) {
      terms.emplace_back(factors, 1);
    } else {
      ++found->second;
    }
  }
  std::string text;
  for (const auto& [factors, times] : terms) {
    text +=
        (text.empty() ? "" : " + ") + (times > 1 ? std::to_string(times) + " * " : "") + factors;
  }
  if (n > 0) text += " + " + std::to_string(n);
  if (n < 0) text += " - " + std::to_string(-n);
  return text;
}

namespace {

/// A length in a product.
std::string bracketed(const Dim& dim) {
  const bool sum = dim.products.size() + (dim.n != 0 ? 1 : 0) > 1;
  return sum ? "(" + describe(dim) + ")" : describe(dim);
}

}  // namespace

std::string describe(const Shape& shape) {
  switch (shape.kind) {
    case ShapeKind::scalar:
      return "a scalar";
    case ShapeKind::vector:
      return "a vector of length " + describe(shape.rows);
    case ShapeKind::row:
      return "a row vector of length " + describe(shape.cols);
    case ShapeKind::matrix:
      return "a " + bracketed(shape.rows) + " x " + bracketed(shape.cols) + " matrix";
  }
  return {};
}

Plate once_plate() { return {}; }
Plate factor_plate(std::vector<SymbolId> factors) { return {false, -1, false, std::move(factors)}; }
Plate row_plate() { return {true, -1, false, {}}; }

Plate join(const Plate& a, const Plate& b) {
  if (a.rows || b.rows) {
    Plate rows = a.rows ? a : b;
    if (rows.response < 0 && b.rows) rows = b;
    return rows;
  }
  if (refines(b, a)) return b;  // in its own order
  Plate both = a;
  both.latent = a.latent || b.latent;
  for (SymbolId f : b.factors) {
    if (!both.has(f)) both.factors.push_back(f);
  }
  return both;
}

bool Plate::has(SymbolId factor) const {
  return std::find(factors.begin(), factors.end(), factor) != factors.end();
}

SymbolId deciding_factor(const Plate& fine, const Plate& coarse) {
  return coarse.latent && !(fine == coarse) ? coarse.factors.front() : -1;
}

bool refines(const Plate& fine, const Plate& coarse) {
  if (coarse.rows) return fine.rows && (coarse.response < 0 || coarse == fine);
  if (fine.rows) return true;
  return std::all_of(coarse.factors.begin(), coarse.factors.end(),
                     [&](SymbolId f) { return fine.has(f); });
}

}  // namespace lmmdsl
