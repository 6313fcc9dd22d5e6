#include "compiler/model/categories.h"

#include <fmt/format.h>

#include <functional>

#include "compiler/model/ast_tools.h"
#include "compiler/model/infer.h"

namespace lmmdsl::resolution {

namespace {

/// The factor whose level a statement is about.
SymbolId factor_of(const Distribution& d) { return d.target >= 0 ? d.target : d.response; }

std::vector<ComponentName> level_names(const Scope& s, SymbolId factor) {
  const Name& n = s[factor];
  if (!n.latent) return {{n.name, coding({reference(s.model, factor)}, {"level"})}};
  std::vector<ComponentName> names;
  for (int level = 1; level <= n.levels; ++level)
    names.push_back({fmt::format("{}={}", n.name, level)});
  return names;
}

}  // namespace

int latent_levels(Scope& s, const LatentStatement& statement) {
  constexpr int kMost = 1000;
  const std::optional<int> levels = literal_int(statement.levels, 2);
  if (levels && *levels <= kMost) return *levels;
  s.error(statement.levels.span,
          fmt::format("the number of levels is a whole number from 2 to {}", kMost), "",
          fmt::format("as in  latent {} : factor(3)", statement.name.spelling));
  return 0;
}

bool is_bare_latent(Scope& s, const Name& name, const AstExpr& lhs) {
  if (lhs.kind == AstKind::name) return true;
  if (lhs.kind == AstKind::index) {
    say_latent(s, name, lhs.span, "an unobserved factor has a level for each row",
               fmt::format("write {0} ~ Categorical(w);  one for each level of another factor is "
                           "not available",
                           name.spelling));
  } else {
    say_latent(s, name, lhs.span,
               fmt::format("{} is a factor, not a number", quoted(name.spelling)),
               fmt::format("write {} ~ Categorical(w)", name.spelling));
  }
  return false;
}

void say_undistributed(Scope& s, const Name& name) {
  std::vector<std::string> ones(static_cast<std::size_t>(name.levels), "1");
  s.error(name.span,
          fmt::format("the unobserved factor {} has no distribution", quoted(name.spelling)),
          "declared here, and nowhere on the left of `~`",
          fmt::format("give it one:  {} ~ Categorical(w)  and  w ~ Dirichlet([{}])", name.spelling,
                      fmt::join(ones, ", ")));
}

void say_latent(Scope& s, const Name& name, Span span, const std::string& message,
                const std::string& hint) {
  s.error(span, message, fmt::format("{} is not observed", name.spelling), hint)
      .notes.push_back({"declared on " + s.line_of(name.latent->span)});
}

void mark_latent_plates(Scope& s) {
  for (Name& n : s.names) {
    for (const SymbolId f : n.plate.factors) n.plate.latent = n.plate.latent || s[f].latent;
    if (!n.plate.latent || n.plate.factors.size() == 1 || n.in_error) continue;
    n.in_error = true;
    const Statement* where = n.prior ? n.prior : n.definition ? n.definition : n.annotation;
    for (const SymbolId f : n.plate.factors) {
      if (!s[f].latent) continue;
      say_latent(s, s[f], where ? where->span : n.span,
                 "an index of an unobserved factor and another factor is not available",
                 fmt::format("write the sum of two terms, as in  a[{}] + b[g]", s[f].spelling));
      break;
    }
  }
}

void refuse_flat_levels(Scope& s) {
  const auto refuse = [&](const Density& flat, const Density& of_levels) {
    const Name& factor = s[of_levels.plate.factors.front()];
    say_latent(s, factor, flat.span,
               fmt::format("the posterior of {} is improper", quoted(s.indexed(flat.target))),
               "give it a proper prior");
    s.diagnostics.back().label = fmt::format(
        "a level of {} may have no rows, and then nothing but this prior says what {} is",
        factor.spelling, s.indexed(of_levels.target));
  };
  const std::vector<Density>& all = s.model.densities;
  for (const Density& d : all) {
    if (d.target < 0 || !d.plate.latent) continue;
    if (is_improper(d.family)) refuse(d, d);
    for (const Density& above : all) {
      if (above.target < 0 || !is_improper(above.family)) continue;
      for (std::size_t i = 0; i < d.args.size(); ++i) {
        const bool location = family(d.family).slots[i].shape == SlotShape::like_value;
        if (!location && mentions(d.args[i], above.target)) refuse(above, d);
      }
    }
  }
}

bool levels_index_only(Scope& s, const Value& v) {
  const std::function<const Node*(const Expr&)> named = [&](const Expr& e) -> const Node* {
    if (e->op == Op::symbol && s[e->symbol].latent) return e.get();
    for (const Expr& a : e->args)
      if (const Node* found = named(a)) return found;
    return nullptr;
  };
  const Node* found = named(v.e);
  if (!found) return true;
  const Name& n = s[found->symbol];
  say_latent(s, n, v.text->span,
             "in a distribution an unobserved factor is an index, and nothing else",
             fmt::format("an unknown for each level is  a[{}]", n.spelling));
  return false;
}

bool takes_levels(Scope& s, const Distribution& d) {
  const Name& n = s[factor_of(d)];
  const bool of_levels = d.family->support == Support::level;
  if (n.factor() == of_levels) return true;
  if (of_levels) {
    s.error(d.lhs().span, fmt::format("{} is a distribution of factors", d.family->name),
            n.data ? fmt::format("{} is declared `{}`", n.spelling, lmmdsl::name(n.data->type))
                   : fmt::format("{} is no column of labels", n.spelling),
            n.data ? fmt::format("declare it  data {} : factor", n.spelling)
                   : fmt::format("an unobserved factor is declared  latent {} : factor(2)",
                                 n.spelling));
  } else {
    s.error(d.lhs().span, fmt::format("{} is a factor, not a number", quoted(n.spelling)),
            "its values are labels",
            fmt::format("the distribution of labels is  {} ~ Categorical(w);  a 0/1 response is "
                        "declared `binary`, a number `real` or `count`",
                        n.spelling));
  }
  return false;
}

bool probabilities_of_levels(Scope& s, const Distribution& d, Value& v) {
  const SymbolId factor = factor_of(d);
  const std::string& name = s[factor].spelling;
  const auto refuse = [&](const std::string& label) {
    s.error(v.text->span, fmt::format("the probabilities of {} do not fit", quoted(name)), label,
            fmt::format("expected a vector with one for each level, as in  w ~ Dirichlet([1, 1]),  "
                        "or for each level of another factor  {} ~ Categorical(w[g])",
                        name));
    return false;
  };
  if (v.bare_identity) return refuse("a matrix");
  if (v.shape().kind == ShapeKind::row) v.e = at(transpose(v.e), v.e->span);
  if (v.shape().kind != ShapeKind::vector || (s[factor].latent && !v.shape().rows.known()))
    return refuse(measure(s, v));
  if (!lengths_agree(s, {v.shape().rows,
                         level_count(s, factor),
                         false,
                         v.text->span,
                         fmt::format("the probabilities of {} do not fit", quoted(name)),
                         length_phrase(s, v, false),
                         {name + " has ", "level"}}))
    return refuse(fmt::format("{}, and {} has {} levels", measure(s, v), name, s[factor].levels));
  if (v.named_like >= 0) s.naming.push_back({v.named_like, -1, level_names(s, factor)});
  return true;
}

}  // namespace lmmdsl::resolution
