// The plate of each name: the index on the left of its statement, `param`, or, for a definition
// without an index, what stands on the right: once, each row, or the factors after `by`.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/model/ast_tools.h"
#include "compiler/model/categories.h"
#include "compiler/model/functions.h"
#include "compiler/model/scope.h"

namespace lmmdsl::resolution {

namespace {

class PlateInference {
 public:
  explicit PlateInference(Scope& s) : s_(s) {}

  void run() {
    each_name_has_a_plate();
    mark_latent_plates(s_);
    for (Distribution& d : s_.distributions) {
      if (d.target >= 0) {
        if (!s_[d.target].in_error) misspelt_response(d);
      } else if (d.response >= 0) {
        response(d);
      }
    }
  }

 private:
  void each_name_has_a_plate() {
    for (SymbolId id : s_.order) {
      Name& n = s_[id];
      if (n.definition) {
        definition(n);
      } else if (n.role == Role::parameter) {
        parameter(id);
      }
    }
  }

  /// The factors of an index on the left; nothing if one is not a factor (reported with the uses).
  std::optional<Plate> index_plate(const AstExpr& index) {
    std::vector<SymbolId> factors;
    for (std::size_t i = 1; i < index.children.size(); ++i) {
      const AstExpr& at = index.children[i];
      const SymbolId id = at.kind == AstKind::name ? s_.find(at.text) : -1;
      if (id < 0 || !s_[id].factor()) return std::nullopt;
      if (std::find(factors.begin(), factors.end(), id) != factors.end()) {
        s_.error(at.span, fmt::format("{} stands twice in the index", quoted(at.spelling)),
                 "one factor, one place");
        return std::nullopt;
      }
      factors.push_back(id);
    }
    return factor_plate(std::move(factors));
  }

  void parameter(SymbolId id) {
    Name& n = s_[id];
    if (n.latent) return;
    std::optional<Plate> from_prior = Plate{};
    if (n.prior) {
      const std::optional<LeftQuantity> q = quantity(n.prior->distribution.lhs);
      if (q && q->index) from_prior = index_plate(*q->index);
    }
    if (!from_prior) {
      n.in_error = true;
      return;
    }
    n.plate = *from_prior;
    if (!n.annotation) return;
    std::vector<SymbolId> factors;
    for (const AstName& f : n.annotation->param.plate) {
      const SymbolId factor = s_.find(f.name);
      if (factor < 0 || !s_[factor].factor()) {
        n.in_error = true;
        return;
      }
      factors.push_back(factor);
    }
    const Plate declared = factor_plate(std::move(factors));
    if (n.prior && !(declared == n.plate)) {
      n.in_error = true;
      const Plate prior_plate = n.plate;
      n.plate = declared;
      s_.error(n.prior->distribution.lhs.span,
               fmt::format("{} is declared as {}", quoted(n.spelling), s_.indexed(id)),
               "its prior has another index", fmt::format("write {} ~ ...", s_.indexed(id)))
          .notes.push_back({"declared on " + s_.line_of(n.annotation->span)});
    }
    n.plate = declared;
  }

  /// Whether the index on the left of a definition has neither labels nor numbers.
  bool holds_for_all(const Name& n, const AstExpr& lhs) {
    for (std::size_t i = 1; i < lhs.children.size(); ++i) {
      const bool label = lhs.children[i].kind == AstKind::string;
      if (!label && !literal(lhs.children[i])) continue;
      s_.error(lhs.span,
               fmt::format("{} is defined for all its {}", quoted(n.spelling),
                           label ? "levels" : "components"),
               fmt::format("one {}", label ? "level" : "component"),
               label ? fmt::format("write {}[factor] = ..., or a name for this one", n.spelling)
                     : fmt::format("write {} = [a; b; c], or a name for this one", n.spelling));
      return false;
    }
    return true;
  }

  void definition(Name& n) {
    const DefineStatement& define = n.definition->define;
    if (n.role == Role::fit || (!n.in_error && is_fit_or_aggregate(define.rhs))) {
      if (define.lhs.kind == AstKind::name) {
        n.plate = by_plate(define.rhs);
        return;
      }
    }
    if (define.lhs.kind == AstKind::index) {
      std::optional<Plate> plate;
      if (holds_for_all(n, define.lhs)) plate = index_plate(define.lhs);
      if (plate) n.plate = *plate;
      else n.in_error = true;
      return;
    }
    n.plate = has_rows(define.rhs) ? row_plate() : once_plate();
  }

  /// mean(x, by g), a fit, fit.coef: they carry the plate of their `by`.
  bool is_fit_or_aggregate(const AstExpr& e) const {
    if (e.kind == AstKind::field) return e.text == "coef";
    if (e.kind != AstKind::call || e.by.empty()) return false;
    const Function* f = find_function(e.text);
    return f && takes_by(*f, e.children.size()) && f->kind != FunctionKind::center &&
           f->kind != FunctionKind::standardize;
  }

  Plate by_plate(const AstExpr& e) const {
    if (e.kind == AstKind::field) {
      const AstExpr& base = e.children[0];
      if (base.kind == AstKind::name) {
        const SymbolId id = s_.find(base.text);
        return id >= 0 ? s_[id].plate : Plate{};
      }
      return by_plate(base);
    }
    std::vector<SymbolId> factors;
    for (const AstName& n : e.by) {
      const SymbolId id = s_.find(n.name);
      if (id >= 0 && s_[id].factor()) factors.push_back(id);
    }
    return factor_plate(std::move(factors));
  }

  bool aggregates(const AstExpr& e) const {
    const Function* f = e.kind == AstKind::call ? find_function(e.text) : nullptr;
    return f && (f->kind == FunctionKind::aggregate || f->kind == FunctionKind::spread ||
                 f->kind == FunctionKind::gram || f->kind == FunctionKind::fit ||
                 (f->kind == FunctionKind::extreme && e.children.size() == 1));
  }

  /// Whether something on the row plate stands outside aggregates and indices.
  bool has_rows(const AstExpr& e) const {
    switch (e.kind) {
      case AstKind::name: {
        const SymbolId id = s_.find(e.text);
        return id >= 0 && s_[id].plate.rows;
      }
      case AstKind::index: {
        // X[2] of a design is a column; X[g] is a stack, which is not on the row plate.
        const bool by_factor = e.children.size() > 1 && e.children[1].kind == AstKind::name;
        return !by_factor && has_rows(e.children[0]);
      }
      default:
        if (aggregates(e)) return false;
    }
    return std::any_of(e.children.begin(), e.children.end(),
                       [&](const AstExpr& child) { return has_rows(child); });
  }

  /// A response is on the row plate.
  void response(Distribution& d) {
    if (d.columns.empty()) {
      response(d, d.response);
    } else {
      for (SymbolId column : d.columns) {
        if (!d.in_error) response(d, column);
      }
    }
    if (!d.in_error) only_likelihood(d);
  }

  /// What nothing else mentions and what has a mean for each row is a response, and its name is
  /// misspelt if a column has nearly the same.
  void misspelt_response(Distribution& d) {
    Name& n = s_[d.target];
    const bool rows = std::any_of(d.slots.begin(), d.slots.end(),
                                  [&](const AstExpr* slot) { return slot && has_rows(*slot); });
    if (n.used || !n.plate.once() || !rows) return;
    const std::string column = s_.nearest_column(n.name);
    if (column.empty()) return;
    s_.error(n.span, fmt::format("{} is not a column of the data", quoted(n.spelling)),
             "what stands on the right has a value for each row",
             fmt::format("did you mean {}?", quoted(column)));
    n.in_error = d.in_error = true;
  }

  std::vector<SymbolId> responses(const Distribution& d) const {
    return d.columns.empty() ? std::vector<SymbolId>{d.response} : d.columns;
  }

  /// Data have one likelihood: y and ly = log(y) are the same data.
  void only_likelihood(Distribution& d) {
    for (SymbolId response : responses(d)) {
      const std::set<SymbolId> data = data_of(response);
      for (const Distribution& before : s_.distributions) {
        if (&before == &d) break;
        if (before.in_error || before.response < 0) continue;
        for (SymbolId other : responses(before)) {
          if (other != response && (data.size() != 1 || data_of(other) != data)) continue;
          const std::string column = s_[*data.begin()].spelling;
          Diagnostic& e =
              s_.error(d.lhs().span,
                       fmt::format("{} has two distributions",
                                   quoted(data.size() == 1 ? column : s_[response].spelling)),
                       "the second one", "a response has one likelihood");
          e.notes.push_back({"the first is on " + s_.line_of(before.span())});
          for (SymbolId id : {other, response}) {
            if (other == response || s_[id].data) continue;
            e.notes.push_back({fmt::format("{} is made from {} on {}", s_[id].spelling, column,
                                           s_.line_of(s_[id].definition->span))});
          }
          d.in_error = true;
          return;
        }
      }
    }
  }

  /// The columns whose rows a response is made of.
  std::set<SymbolId> data_of(SymbolId id) const {
    std::set<SymbolId> found;
    if (s_[id].definition) {
      rows_of(s_[id].definition->define.rhs, found);
    } else {
      found.insert(id);
    }
    return found;
  }

  void rows_of(const AstExpr& e, std::set<SymbolId>& found) const {
    if (e.kind == AstKind::name) {
      const SymbolId id = s_.find(e.text);
      if (id >= 0 && s_[id].plate.rows && !s_[id].factor()) found.merge(data_of(id));
    }
    if (!aggregates(e)) {
      for (const AstExpr& child : e.children) rows_of(child, found);
    }
  }

  void response(Distribution& d, SymbolId id) {
    const Name& n = s_[id];
    if (n.in_error || d.in_error) {
      d.in_error = true;
      return;
    }
    if (n.role == Role::column) return;
    const AstExpr& lhs = d.lhs();
    d.in_error = true;
    if (n.role == Role::derived || n.role == Role::fit) {
      s_.error(lhs.span,
               fmt::format("{} is defined and cannot have a distribution", quoted(n.spelling)),
               n.role == Role::fit ? "a least squares fit" : "it depends on parameters",
               "use `=` or `~` for a name, not both")
          .notes.push_back({"defined on " + s_.line_of(n.definition->span)});
    } else if (!n.plate.rows) {
      s_.error(lhs.span,
               fmt::format("{} is a constant and cannot have a distribution", quoted(n.spelling)),
               fmt::format("a response has a value for each row; {} holds {}", n.spelling,
                           n.plate.once() ? "once" : "for " + s_.describe(n.plate)),
               "use `=` or `~` for a name, not both")
          .notes.push_back({"defined on " + s_.line_of(n.definition->span)});
    } else {
      d.in_error = false;
    }
  }

  Scope& s_;
};

}  // namespace

void assign_plates(Scope& scope) { PlateInference(scope).run(); }

}  // namespace lmmdsl::resolution
