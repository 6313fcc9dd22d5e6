#include "compiler/model/constant_checks.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "compiler/model/ast_tools.h"

namespace lmmdsl::resolution {

namespace {

using Matrix = std::vector<std::vector<double>>;

/// e with the definitions of constants in their places.
Expr with_constants(const Model& model, const Expr& e) {
  return rewrite(e, [&](const Expr& part) -> Expr {
    if (part->op != Op::symbol) return nullptr;
    const Symbol& symbol = model[part->symbol];
    const bool known = symbol.role == Role::constant && symbol.definition && symbol.plate.once();
    return known ? with_constants(model, symbol.definition) : nullptr;
  });
}

/// The entries of a matrix that is written out in numbers, or nothing.
std::optional<Matrix> literal_matrix(const Expr& e) {
  if (e->shape.kind != ShapeKind::matrix || !e->shape.rows.known()) return std::nullopt;
  const std::size_t p = static_cast<std::size_t>(e->shape.rows.n);
  if (p > 200) return std::nullopt;  // nobody writes it out; the data stage checks it
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
  for (std::size_t i = 0; i < p; ++i) {
    if (!(m[i][i] > 0)) return fmt::format("entry {} of its diagonal is {}", i + 1, m[i][i]);
  }
  for (std::size_t i = 0; i < p; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double correlation = m[i][j] / std::sqrt(m[i][i] * m[j][j]);
      if (std::abs(correlation) < 1) continue;
      return fmt::format("not positive definite: entry [{},{}] would be a correlation of {:.3g}",
                         j + 1, i + 1, correlation);
    }
  }
  Matrix l(p, std::vector<double>(p, 0));
  for (std::size_t i = 0; i < p; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = m[i][j];
      for (std::size_t k = 0; k < j; ++k) sum -= l[i][k] * l[j][k];
      if (i == j) {
        if (!(sum > 0)) return "not positive definite";
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

/// The number that a scalar argument was given, under the name it was given: an sd, for one, is not
/// its square. A scalar that stands for a multiple of the identity is one, too.
std::optional<double> given_number(const Scope& s, const Distribution& d, std::size_t i,
                                   const Expr& argument) {
  if (const std::optional<double> written = literal(*d.slots[i])) return written;
  Expr e = argument;
  if (e->op == Op::multiply && e->args.size() == 2 && e->args[1]->op == Op::identity) {
    e = e->args[0];
  }
  if (d.given_as[i] == "sd" && e->op == Op::power) e = e->args[0];
  e = with_constants(s.model, e);
  if (e->op != Op::number) return std::nullopt;
  return d.given_as[i] == "precision" ? 1 / e->number : e->number;
}

}  // namespace

bool check_constants(Scope& s, const Distribution& d, const Density& density) {
  bool good = true;
  for (const AstExpr* slot : d.slots) {
    if (extent(s, *slot).terms > kLargest.terms) return true;
  }
  const auto refuse = [&](std::size_t i, const std::string& message, const std::string& label,
                          const std::string& hint = {}) {
    s.error(d.slots[i]->span, message, label, hint);
    good = false;
  };
  for (std::size_t i = 0; i < density.args.size(); ++i) {
    const Expr e = with_constants(s.model, density.args[i]);
    const Slot& slot = d.family->slots[i];
    const std::string name = argument_name(d, i);
    const std::string not_positive =
        fmt::format("the {} of {} is not positive", name, d.family->name);
    const bool scale = slot.support == Support::positive;
    if (const std::optional<double> x =
            scale ? given_number(s, d, i, density.args[i]) : std::nullopt;
        x && !(*x > 0)) {
      refuse(i, not_positive,
             literal(*d.slots[i]) ? "it must be greater than 0" : fmt::format("this is {}", *x),
             slot.name == "shape" && *x == 0
                 ? "a flat prior on a logarithm is written  log(sigma) ~ Flat()"
                 : "");
      continue;
    }
    if (slot.support == Support::above_dimension && e->op == Op::number &&
        density.value->shape.rows.known() && !(e->number > density.value->shape.rows.n - 1)) {
      const int p = density.value->shape.rows.n;
      refuse(i,
             fmt::format("{} needs more than {} degree{} of freedom", d.family->name, p - 1,
                         p == 2 ? "" : "s"),
             fmt::format("{} is {} x {}, and df = {}", s.text_of(d.lhs().span), p, p, e->number),
             fmt::format("df > p - 1; the vaguest usual choice is {}", p + 1));
    }
    const bool covariance = slot.support == Support::covariance ||
                            (slot.shape == SlotShape::variance && !e->shape.is_scalar());
    if (!covariance) continue;
    if (const std::optional<Matrix> m = literal_matrix(e)) {
      if (const std::string what = fault(*m); !what.empty()) {
        refuse(i, fmt::format("the {} of {} is not a covariance matrix", name, d.family->name),
               what, "it must be symmetric and positive definite");
      }
    }
  }
  return good;
}

}  // namespace lmmdsl::resolution
