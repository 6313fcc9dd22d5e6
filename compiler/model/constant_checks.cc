#include "compiler/model/constant_checks.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "compiler/model/ast_tools.h"

namespace lmmdsl::resolution {

namespace {

using Matrix = std::vector<std::vector<double>>;

/// The entries of a matrix that is written out in numbers, or nothing.
std::optional<Matrix> literal_matrix(const Expr& e) {
  if (e->shape.kind != ShapeKind::matrix || !e->shape.rows.known()) return std::nullopt;
  const std::size_t p = static_cast<std::size_t>(e->shape.rows.n);
  Matrix m(p, std::vector<double>(p, 0));
  switch (e->op) {
    case Op::identity:
      for (std::size_t i = 0; i < p; ++i) m[i][i] = 1;
      return m;
    case Op::diagonal_matrix: {
      const Expr& v = e->args[0];
      if (v->op != Op::vcat) return std::nullopt;
      for (std::size_t i = 0; i < p; ++i) {
        if (i >= v->args.size() || v->args[i]->op != Op::number) return std::nullopt;
        m[i][i] = v->args[i]->number;
      }
      return m;
    }
    case Op::vcat:
      for (std::size_t i = 0; i < e->args.size(); ++i) {
        const Expr& row = e->args[i];
        if (row->op != Op::hcat || i >= p || row->args.size() != p) return std::nullopt;
        for (std::size_t j = 0; j < p; ++j) {
          if (row->args[j]->op != Op::number) return std::nullopt;
          m[i][j] = row->args[j]->number;
        }
      }
      return m;
    case Op::inverse: {
      // The inverse of a covariance is one: what is checked is the matrix as written.
      return literal_matrix(e->args[0]);
    }
    case Op::multiply:
      if (e->args.size() == 2 && e->args[0]->op == Op::number) {
        std::optional<Matrix> inner = literal_matrix(e->args[1]);
        if (!inner) return std::nullopt;
        for (auto& row : *inner) {
          for (double& x : row) x *= e->args[0]->number;
        }
        return inner;
      }
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

/// Empty for a covariance; else what is wrong with it.
std::string fault(const Matrix& m) {
  const std::size_t p = m.size();
  for (std::size_t i = 0; i < p; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (m[i][j] != m[j][i]) {
        return fmt::format("not symmetric: entry [{0},{1}] is {2}, entry [{1},{0}] is {3}", j + 1,
                           i + 1, m[j][i], m[i][j]);
      }
    }
  }
  Matrix l(p, std::vector<double>(p, 0));
  for (std::size_t i = 0; i < p; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = m[i][j];
      for (std::size_t k = 0; k < j; ++k) sum -= l[i][k] * l[j][k];
      if (i == j) {
        if (!(sum > 0)) {
          return m[i][i] <= 0 ? fmt::format("entry {} of its diagonal is {}", i + 1, m[i][i])
                              : std::string("not positive definite");
        }
        l[i][i] = std::sqrt(sum);
      } else {
        l[i][j] = sum / l[j][j];
      }
    }
  }
  return {};
}

std::string argument_name(const Distribution& d, std::size_t i) {
  return d.given_as[i].empty() ? d.family->slots[i].name : d.given_as[i];
}

}  // namespace

bool check_constants(Scope& s, const Distribution& d, const Density& density) {
  bool good = true;
  for (std::size_t i = 0; i < density.args.size(); ++i) {
    const Expr& e = density.args[i];
    const Slot& slot = d.family->slots[i];
    const Span span = d.slots[i]->span;
    const std::string name = argument_name(d, i);
    if (slot.support == Support::positive && e->op == Op::number && !(e->number > 0)) {
      std::string hint;
      if (slot.name == "shape" && e->number == 0) {
        hint = "a flat prior on a logarithm is written  log(sigma) ~ Flat()";
      }
      s.error(
          span, fmt::format("the {} of {} is not positive", name, d.family->name),
          literal(*d.slots[i]) ? "it must be greater than 0" : fmt::format("this is {}", e->number),
          hint);
      good = false;
    }
    if (d.given_as[i] == "sd" && d.slots[i]->kind == AstKind::negate) {
      s.error(span, fmt::format("the sd of {} is not positive", d.family->name), "");
      good = false;
    }
    if (slot.support == Support::above_dimension && e->op == Op::number &&
        density.value->shape.rows.known() && !(e->number > density.value->shape.rows.n - 1)) {
      const int p = density.value->shape.rows.n;
      s.error(
          span, fmt::format("{} needs more than {} degrees of freedom", d.family->name, p - 1),
          fmt::format("{} is {} x {}, and df = {}", s.text_of(d.text().lhs.span), p, p, e->number),
          fmt::format("df > p - 1; the vaguest usual choice is {}", p + 1));
      good = false;
    }
    const bool covariance = slot.support == Support::covariance ||
                            (slot.shape == SlotShape::variance && !e->shape.is_scalar());
    if (!covariance) continue;
    if (const std::optional<Matrix> m = literal_matrix(e)) {
      if (const std::string what = fault(*m); !what.empty()) {
        s.error(span, fmt::format("the {} of {} is not a covariance matrix", name, d.family->name),
                what, "it must be symmetric and positive definite");
        good = false;
      }
    }
  }
  return good;
}

}  // namespace lmmdsl::resolution
