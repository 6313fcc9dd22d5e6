#include "compiler/schedule/crossed.h"

#include <algorithm>

#include "compiler/derive/inline.h"
#include "compiler/derive/joint.h"

namespace lmmdsl {

namespace {

/// What a name of data stands for.
Expr defined(const Model& model, Expr e) {
  while (e->op == Op::symbol && e->symbol >= 0 && model[e->symbol].definition)
    e = model[e->symbol].definition;
  return e;
}

/// The columns of the design that a Normal mean is affine in.
std::vector<Expr> columns(const Model& model, const Contribution& l) {
  if (!l.A) return {};
  const Expr design = defined(model, inline_derived(model, l.A));
  if (design->op != Op::hcat) return {design};
  std::vector<Expr> found;
  for (const Expr& column : design->args) found.push_back(defined(model, column));
  return found;
}

/// Whether coefficients that hold once have all columns of another's design, in all densities.
bool has_mean(const Model& model, const std::vector<Conditional>& conditionals,
              const std::vector<int>& block, const Conditional& c) {
  const auto is_column_of_once = [&](int density, const Expr& column) {
    return std::any_of(block.begin(), block.end(), [&](int other) {
      if (!conditionals[other].plate.once()) return false;
      const std::vector<Contribution>& its = conditionals[other].likelihood;
      return std::any_of(its.begin(), its.end(), [&](const Contribution& l) {
        if (l.density != density) return false;
        const std::vector<Expr> found = columns(model, l);
        return std::any_of(found.begin(), found.end(),
                           [&](const Expr& e) { return same(e, column); });
      });
    });
  };
  return std::all_of(c.likelihood.begin(), c.likelihood.end(), [&](const Contribution& l) {
    const std::vector<Expr> own = columns(model, l);
    return std::all_of(own.begin(), own.end(),
                       [&](const Expr& column) { return is_column_of_once(l.density, column); });
  });
}

/// The plate of a density whose mean mentions both; of the rows where there is none.
Plate plate_of_both(const Model& model, const Conditional& a, const Conditional& b) {
  for (const Contribution& l : a.likelihood)
    for (const Contribution& other : b.likelihood)
      if (l.density == other.density) return density_at(model, l.density).plate;
  return row_plate();
}

}  // namespace

std::optional<Crossing> crossing(const Model& model, const std::vector<Conditional>& conditionals,
                                 const Sizes& sizes, const std::vector<int>& coefficients) {
  const auto joint = join_conditionals(model, conditionals, coefficients);
  if (coefficients.empty() || !joint || !sizes.crossing) return std::nullopt;
  TiedCoefficients tied;
  for (const int c : coefficients)
    tied.groups.push_back({conditionals[c].plate, model[conditionals[c].target].shape,
                           has_mean(model, conditionals, coefficients, conditionals[c])});
  bool cross = false;
  for (const Coupling& c : joint->couplings) {
    const Conditional &a = conditionals[coefficients[c.first]],
                      &b = conditionals[coefficients[c.second]];
    cross |= !sizes.nests(a.plate, b.plate) && !sizes.nests(b.plate, a.plate);
    tied.ties.push_back({static_cast<std::size_t>(c.first), static_cast<std::size_t>(c.second),
                         plate_of_both(model, a, b)});
  }
  if (!cross) return std::nullopt;
  return sizes.crossing(tied);
}

}  // namespace lmmdsl
