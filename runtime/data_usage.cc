// What the model needs of its columns, and where each expression is evaluated.
//
// Example: in  yield ~ Normal(X * beta[plot], sigma^2)  with  fit = ols(yield ~ X, by plot)  the
// column yield is a response and stands in a function of data (which skips its NA), density is
// needed in every row, and so is plot, which says where a row belongs.
#include <algorithm>
#include <set>
#include <tuple>

#include "runtime/bind.h"

namespace lmmdsl {

namespace {

class UsageFinder {
 public:
  explicit UsageFinder(const Model& model) : model_(model) {
    const std::size_t n = model.symbols.size();
    usage_.used.assign(n, 0);
    usage_.elementwise.assign(n, 0);
    usage_.elementwise_at.resize(n);
    usage_.likelihood.assign(n, -1);
  }

  Usage find() {
    for (std::size_t d = 0; d < model_.stated.size(); ++d) {
      const Density& density = model_.stated[d];
      span_ = density.span;
      plate(density.plate);
      if (density.response >= 0) {
        response_symbol_ = density.response;
        response_ = model_[density.response].role == Role::column
                        ? std::vector<SymbolId>{density.response}
                        : elementwise_columns(model_, model_[density.response].definition);
        for (SymbolId column : response_)
          if (usage_.likelihood[column] < 0) usage_.likelihood[column] = static_cast<int>(d);
      }
      likelihood_ = static_cast<int>(d);
      visit(density.value, false);
      response_symbol_ = -1;
      response_.clear();
      for (const Expr& a : density.args) visit(a, false);
    }
    for (SymbolId id = 0; id < static_cast<SymbolId>(model_.symbols.size()); ++id) {
      const Symbol& s = model_[id];
      if (s.role == Role::derived) {
        span_ = s.span;
        mention(id, false);
      }
    }
    return std::move(usage_);
  }

 private:
  void plate(const Plate& p) {
    for (SymbolId f : p.factors) need(f);
  }

  void need(SymbolId column) {
    usage_.used[column] = 1;
    if (usage_.elementwise[column]) return;
    usage_.elementwise[column] = 1;
    usage_.elementwise_at[column] = span_;
  }

  void mention(SymbolId id, bool gathered) {
    const Symbol& s = model_[id];
    usage_.used[id] = 1;
    plate(s.plate);
    if (s.role == Role::column) {
      const bool is_response =
          std::find(response_.begin(), response_.end(), id) != response_.end() &&
          usage_.likelihood[id] == likelihood_;
      // A category that is missing is not drawn.
      if (!gathered && (!is_response || s.column_type == ColumnType::factor)) need(id);
    } else if (s.definition && entered_.insert({id, gathered, id == response_symbol_}).second) {
      visit(s.definition, gathered);
    }
  }

  void visit(const Expr& e, bool gathered) {
    plate(e->plate);
    plate(e->over);
    if (e->op == Op::symbol) mention(e->symbol, gathered);
    if (e->op == Op::gather) need(e->symbol);
    for (const Expr& a : e->args) visit(a, gathered || gathers(e->op));
  }

  const Model& model_;
  Usage usage_;
  Span span_;                       // the statement being visited
  int likelihood_ = -1;             // its number, if it is a density
  SymbolId response_symbol_ = -1;   // its response, while its value is visited
  std::vector<SymbolId> response_;  // the columns that this needs
  std::set<std::tuple<SymbolId, bool, bool>> entered_;
};

}  // namespace

Usage find_usage(const Model& model) { return UsageFinder(model).find(); }

std::vector<UsedExpr> sites(const Model& model, const Usage& usage) {
  std::vector<UsedExpr> result;
  for (const Density& d : model.stated) {
    result.push_back({d.value, d.plate, d.span});
    for (const Expr& a : d.args) result.push_back({a, d.plate, d.span});
  }
  for (std::size_t id = 0; id < model.symbols.size(); ++id) {
    const Symbol& s = model.symbols[id];
    if (s.definition && usage.used[id]) result.push_back({s.definition, s.plate, s.span});
  }
  return result;
}

void walk(const Expr& e, const Plate& plate,
          const std::function<void(const Expr&, const Plate&)>& visit) {
  visit(e, plate);
  switch (e->op) {
    case Op::collapse:
    case Op::level:
      return walk(e->args[0], e->over, visit);
    case Op::gather:
    case Op::least_squares:
      for (const Expr& a : e->args) walk(a, row_plate(), visit);
      return;
    default:
      for (const Expr& a : e->args) walk(a, gathers(e->op) ? e->over : plate, visit);
  }
}

void walk_constants(const Model& model, const Expr& e, const Plate& plate,
                    const std::function<void(const Expr&, const Plate&)>& visit) {
  if (is_constant(model, e)) return visit(e, plate);
  switch (e->op) {
    case Op::collapse:
    case Op::level:
      return walk_constants(model, e->args[0], e->over, visit);
    default:
      for (const Expr& a : e->args)
        walk_constants(model, a, gathers(e->op) ? e->over : plate, visit);
  }
}

}  // namespace lmmdsl
