// What each `~` statement is, by its left-hand side: a prior or a likelihood.
//
// `sigma^2 ~ ...` and `inv(Sigma[g]) ~ ...` are priors, and introduce the name inside; a left-hand
// side that mentions a data column or a defined name is a response, as in `log(y) ~ ...`,
// `[y1, y2] ~ ...`, `censored(y, below = 1) ~ ...` and `y[g] over f ~ ...`.

#include <fmt/format.h>

#include <algorithm>

#include "compiler/model/ast_tools.h"
#include "compiler/model/categories.h"
#include "compiler/model/declare.h"
#include "compiler/model/functions.h"

namespace lmmdsl::resolution {

namespace {

class LeftSides {
 public:
  explicit LeftSides(Scope& scope) : s_(scope) {}

  void take_apart(const Statement& statement) {
    Distribution d;
    d.statement = &statement;
    const AstExpr& lhs = statement.distribution.lhs;
    if (!statement.distribution.over.empty()) {
      over_levels(statement, d);
    } else if (lhs.kind == AstKind::bracket) {
      columns(lhs, d);
    } else if (is_call(lhs, "censored")) {
      censored(statement, d);
    } else if (const std::optional<LeftQuantity> q = quantity(lhs);
               q && !is_data(s_.find(q->name->text))) {
      prior(statement, *q, d);
    } else {
      likelihood(statement, d);
    }
    if (d.in_error) {
      if (lhs.kind == AstKind::call && s_.find(lhs.text) < 0) {
        poison(s_, lhs.text, lhs.spelling, lhs.span);
      }
      each_name_outside_indices(lhs, [&](const AstExpr& n) {
        if (s_.find(n.text) < 0) poison(s_, n.text, n.spelling, n.span);
      });
    }
    s_.distributions.push_back(std::move(d));
  }

 private:
  bool is_data(SymbolId id) const { return id >= 0 && (s_[id].data || s_[id].definition); }

  void prior(const Statement& statement, const LeftQuantity& q, Distribution& d) {
    SymbolId id = s_.find(q.name->text);
    d.transform = q.transform;
    if (id < 0)
      id = introduce_name(s_, q.name->text, q.name->spelling, q.name->span, Role::parameter);
    d.target = id;
    Name& name = s_[id];
    if (name.prior) {
      d.in_error = true;
      if (!name.in_error) {
        s_.error(statement.distribution.lhs.span,
                 fmt::format("{} has two priors", quoted(name.spelling)), "the second one",
                 "a quantity has one distribution; to combine two, write one statement")
            .notes.push_back({"the first is on " + s_.line_of(name.prior->span)});
      }
      return;
    }
    name.prior = &statement;
    if (name.latent) d.in_error = !is_bare_latent(s_, name, statement.distribution.lhs);
    else if (q.index) check_lhs_index(*q.index, name, d);
    if (d.in_error) name.in_error = true;
  }

  /// The index of a prior's left-hand side consists of names of factors (checked with the uses).
  void check_lhs_index(const AstExpr& index, const Name& name, Distribution& d) {
    for (std::size_t i = 1; i < index.children.size() && !d.in_error; ++i) {
      const AstExpr& at = index.children[i];
      if (at.kind == AstKind::name) continue;
      d.in_error = true;
      if (at.kind == AstKind::string) {
        s_.error(index.span, "a prior on one level is not possible",
                 fmt::format("the levels of {} share one prior", name.spelling),
                 fmt::format("write {}[factor] ~ ... for all its levels", name.spelling));
      } else if (literal(at)) {
        s_.error(index.span, "a prior on one component of a vector is not possible",
                 fmt::format("one component of {}", name.spelling),
                 "write two terms with a prior each, as in  a + b * x  for  X * beta");
      } else {
        s_.error(at.span, "an index on the left of `~` is the name of a factor",
                 "expected a factor");
      }
    }
  }

  /// censored(y, below = L, above = U) ~ Normal(...)
  void censored(const Statement& statement, Distribution& d) {
    const AstExpr& call = statement.distribution.lhs;
    bool good = call.children.size() > 1 && call.children.size() <= 3;
    for (std::size_t i = 0; good && i < call.children.size(); ++i) {
      const std::string& name = call.argument_names[i];
      good = i == 0 ? name.empty() : name == "below" || name == "above";
    }
    if (good && call.children.size() == 3) good = call.argument_names[1] != call.argument_names[2];
    if (!good) {
      s_.error(call.span, "`censored` takes a response and its limits", "",
               "usage: censored(y, below = L, above = U) ~ Normal(mean, variance), with one limit "
               "or both");
      d.in_error = true;
      return;
    }
    d.censored = &call;
    likelihood(statement, d);
    if (!d.in_error && !d.stacked.empty()) {
      s_.error(call.span, "a censored response is a whole column", "",
               "write censored(y, ...) ~ ... for all rows");
      d.in_error = true;
    }
  }

  void likelihood(const Statement&, Distribution& d) {
    const AstExpr& lhs = d.lhs();
    // beta[plot][2] ~ ...: a component of a parameter.
    if (lhs.kind == AstKind::index && lhs.children[0].kind == AstKind::index) {
      s_.error(lhs.span, "a prior on one component of a vector is not possible", "",
               "write two terms with a prior each, as in  a + b * x  for  X * beta");
      d.in_error = true;
      return;
    }
    std::vector<SymbolId> found;
    each_name_outside_indices(lhs, [&](const AstExpr& n) {
      const SymbolId id = s_.find(n.text);
      if (is_data(id) && !s_[id].factor()) found.push_back(id);
      if (id >= 0 && s_[id].in_error) d.in_error = true;
    });
    if (d.in_error) return;
    const SymbolId whole = lhs.kind == AstKind::name ? s_.find(lhs.text) : -1;
    if (whole >= 0 && s_[whole].factor()) found.push_back(whole);
    if (found.empty()) {
      s_.error(lhs.span, "this cannot stand on the left of `~`",
               "neither a data column nor a parameter", form_of_left(lhs));
      d.in_error = true;
      return;
    }
    for (SymbolId other : found) {
      if (other == found.front()) continue;
      s_.error(lhs.span, "the left-hand side has two data columns",
               fmt::format("{} and {}", s_[found.front()].spelling, s_[other].spelling),
               fmt::format("define the response first, as in  d = {}", s_.text_of(lhs.span)));
      d.in_error = true;
      return;
    }
    d.response = found.front();
    if (lhs.kind == AstKind::index && d.over < 0) {
      for (std::size_t i = 1; i < lhs.children.size(); ++i) {
        const SymbolId f =
            lhs.children[i].kind == AstKind::name ? s_.find(lhs.children[i].text) : -1;
        if (f >= 0 && s_[f].factor()) d.stacked.push_back(f);
        if (f >= 0 && s_[f].latent) {
          say_latent(s_, s_[f], lhs.span, "rows are not stacked by an unobserved factor",
                     fmt::format("write {} ~ ... for all rows", s_[d.response].spelling));
          d.in_error = true;
        }
        if (lhs.children[i].kind == AstKind::name && (f < 0 || !s_[f].factor())) {
          d.in_error = true;  // reported with the uses
        }
      }
      if (d.in_error) return;
      if (d.stacked.size() + 1 != lhs.children.size()) {
        s_.error(lhs.span, "this cannot stand on the left of `~`",
                 "a response is a whole column, or the rows of each level: y[factor]",
                 fmt::format("write {} ~ ... for all rows", s_[d.response].spelling));
        d.in_error = true;
        return;
      }
    }
  }

  /// What to write instead of a left-hand side that is none.
  std::string form_of_left(const AstExpr& lhs) const {
    if (lhs.kind == AstKind::field) {
      std::string name = s_.text_of(lhs.span);
      std::replace(name.begin(), name.end(), '.', '_');
      return "names have no dots: write " + name;
    }
    if (lhs.kind == AstKind::call && !lhs.children.empty() && !find_function(lhs.text)) {
      return fmt::format("an index stands in square brackets: {}[{}]", lhs.spelling,
                         s_.text_of(lhs.children[0].span));
    }
    return "a prior is put on N, N^2, 1/N, 1/N^2, inv(N) or (with Flat()) log(N), where N is "
           "`name` or `name[factor]`";
  }

  /// length[boy] over age ~ ...
  void over_levels(const Statement& statement, Distribution& d) {
    const AstExpr& lhs = statement.distribution.lhs;
    const AstName& over = statement.distribution.over.front();
    d.in_error = true;
    if (statement.distribution.over.size() > 1) {
      s_.not_yet(statement.distribution.over[1].span, "`over` with two factors is",
                 "make one factor of both in the table");
      return;
    }
    d.over = s_.find(over.name);
    if (d.over < 0 || !s_[d.over].factor()) return;  // reported with the uses
    const SymbolId base = lhs.kind == AstKind::index && lhs.children[0].kind == AstKind::name
                              ? s_.find(lhs.children[0].text)
                              : -1;
    if (lhs.kind != AstKind::index || lhs.children[0].kind != AstKind::name) {
      s_.error(lhs.span, "`over` gathers the rows of each level of a factor",
               "the index is missing",
               fmt::format("as in  y[g] over {} ~ Normal(...)", over.spelling));
      return;
    }
    if (base >= 0 && s_[base].in_error) return;
    if (!is_data(base) || s_[base].factor()) {
      s_.error(lhs.children[0].span, "`over` gathers the rows of a response",
               fmt::format("{} is not a column of numbers", lhs.children[0].spelling));
      return;
    }
    for (std::size_t i = 1; i < lhs.children.size(); ++i) {
      const AstExpr& at = lhs.children[i];
      const SymbolId f = at.kind == AstKind::name ? s_.find(at.text) : -1;
      if (at.kind == AstKind::name && (f < 0 || !s_[f].factor())) return;
      if (f < 0) {
        s_.error(at.span, "an index on the left of `~` is the name of a factor",
                 "expected a factor");
        return;
      }
      if (f == d.over || std::count(d.group.begin(), d.group.end(), f) > 0) {
        s_.error(at.span, fmt::format("{} stands twice on the left", quoted(at.spelling)),
                 "the factor of the index and that after `over` are different");
        return;
      }
      if (s_[f].latent) {
        say_latent(s_, s_[f], at.span, "rows are not gathered by an unobserved factor");
        return;
      }
      d.group.push_back(f);
    }
    d.in_error = false;
    d.response = base;
  }

  /// [y1, log(y2)] ~ ...: the rows of these columns are a constant without a name.
  void columns(const AstExpr& lhs, Distribution& d) {
    d.in_error = true;
    for (const AstExpr& entry : lhs.children) {
      std::vector<SymbolId> found;
      bool poisoned = false;
      each_name(entry, [&](const AstExpr& n) {
        const SymbolId id = s_.find(n.text);
        poisoned = poisoned || (id >= 0 && s_[id].in_error);
        if (is_data(id) && !s_[id].factor()) found.push_back(id);
      });
      if (poisoned) return;
      if (found.empty()) {
        s_.error(entry.span, "a vector response is a bracket of data columns",
                 fmt::format("{} is not a column of numbers", s_.text_of(entry.span)),
                 "unknowns that have a joint prior are one vector:  theta ~ Normal(m, S)");
        return;
      }
      if (std::any_of(found.begin(), found.end(), [&](SymbolId id) { return id != found[0]; })) {
        s_.error(entry.span, "a component of the left-hand side has two data columns",
                 fmt::format("{} and {}", s_[found[0]].spelling, s_[found.back()].spelling),
                 fmt::format("define it first, as in  d = {}", s_.text_of(entry.span)));
        return;
      }
      if (std::count(d.columns.begin(), d.columns.end(), found[0]) > 0) {
        s_.error(entry.span,
                 fmt::format("{} stands twice on the left", quoted(s_[found[0]].spelling)),
                 "each column is one component");
        return;
      }
      d.columns.push_back(found[0]);
    }
    if (lhs.row_lengths.size() > 1 && lhs.row_lengths.size() != lhs.children.size()) {
      s_.error(lhs.span, "a vector response is a vector", "this is a matrix",
               "as in  [y1, y2] ~ Normal(m, S)");
      return;
    }
    d.in_error = false;
    Name name;
    name.name = name.spelling = source_text(lhs);
    name.span = lhs.span;
    name.role = Role::constant;
    name.plate = row_plate();
    name.shape = known(vector_shape(Dim{static_cast<int>(d.columns.size())}));
    d.response = s_.find(name.name) >= 0 ? s_.find(name.name) : s_.add(std::move(name));
  }

  Scope& s_;
};

}  // namespace

void take_apart(Scope& scope, const Statement& statement) {
  LeftSides(scope).take_apart(statement);
}

}  // namespace lmmdsl::resolution
