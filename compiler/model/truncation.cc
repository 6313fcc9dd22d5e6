#include "compiler/model/truncation.h"

#include <fmt/format.h>

#include <algorithm>

namespace lmmdsl::resolution {

bool mentions_parameter(const Scope& s, const Expr& e) {
  return std::any_of(e->symbols.begin(), e->symbols.end(), [&](SymbolId id) {
    return s[id].role == Role::parameter || s[id].role == Role::derived;
  });
}

bool cuts_off_a_constant(Scope& s, const Distribution& d, const Density& density) {
  if (!density.lower && !density.upper) return true;
  const bool one_sided = !density.lower || !density.upper;
  const Expr& bound = density.lower ? density.lower : density.upper;
  if (d.family->id == FamilyId::normal && one_sided && same(density.args[0], bound)) return true;
  for (std::size_t i = 0; i < density.args.size(); ++i) {
    if (!mentions_parameter(s, density.args[i])) continue;
    const bool half = d.family->id == FamilyId::normal && d.lower && !d.upper;
    s.error(d.slots[i]->span,
            fmt::format("what the bound{} of {} cut{} off depends on an unknown",
                        one_sided ? "" : "s", d.family->name, one_sided ? "s" : ""),
            "the density would have a factor of it that no conjugate prior has",
            half ? "give known numbers, or let the bound be the mean:  Normal(0, v, lower = 0)"
                 : "give known numbers");
    return false;
  }
  return true;
}

void order_cuts(Scope& s, const Density& density) {
  const Expr& cuts = density.args[1];
  const char* usage = "usage: OrderedProbit(eta, c)  with  param c : vector(3)  for 4 categories";
  if (!cuts->shape.is_scalar() && !cuts->shape.rows.known()) {
    s.error(cuts->span, "the number of cuts is not known before the data", "", usage);
    return;
  }
  if (!mentions_parameter(s, cuts)) return;
  if (cuts->op != Op::symbol || s[cuts->symbol].role != Role::parameter) {
    s.error(cuts->span, "the cuts of OrderedProbit are an unknown vector or known numbers",
            "this is a function of unknowns", usage);
    return;
  }
  const int prior = s.model.symbols[cuts->symbol].prior;
  if (cuts->shape.is_scalar() || prior < 0) return;
  Density& p = s.model.densities[static_cast<std::size_t>(prior)];
  const bool known = std::none_of(p.args.begin(), p.args.end(),
                                  [&](const Expr& a) { return mentions_parameter(s, a); });
  if ((p.family == FamilyId::normal && known) || p.family == FamilyId::flat) {
    p.ordered = true;
    return;
  }
  s.error(p.span,
          fmt::format("the cuts {} have a prior that cannot be kept in order",
                      quoted(s[cuts->symbol].spelling)),
          known ? "" : "what the order cuts off depends on its arguments",
          fmt::format("{0} ~ Flat()  or  {0} ~ Normal(mean, variance)  with known numbers",
                      s[cuts->symbol].spelling));
}

}  // namespace lmmdsl::resolution
