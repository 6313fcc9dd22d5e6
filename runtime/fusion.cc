#include "runtime/fusion.h"

#include "runtime/bound_plan.h"

namespace lmmdsl {

namespace {

/// How often each value is read: by other values, by steps, by what is kept of a draw.
std::vector<int> count_readers(const BoundPlan& bound) {
  const Plan& plan = *bound.plan;
  std::vector<int> readers(plan.values.size(), 0);
  const auto read = [&](const std::vector<int>& values) {
    for (const int v : values)
      if (v >= 0) ++readers[v];
  };
  for (const PlanValue& value : plan.values) read(value.args);
  for (const std::vector<int>& natural : plan.natural) read(natural);
  for (const PlanStep& step : plan.steps) read(read_values(plan, step));
  for (const auto& [symbol, value] : plan.derived) read({value});
  for (const auto& [symbol, value] : plan.row_derived) read({value});
  for (const SpreadValues& s : plan.spread) read({s.sd, s.correlation});
  for (const MissingResponse& m : plan.missing) {
    read(m.arguments);
    read({m.value});
  }
  for (const auto& [density, value] : plan.log_densities) read({value});
  read(bound.running);
  for (const ColumnSource& source : bound.sources) read({source.value});
  return readers;
}

class Finder {
 public:
  explicit Finder(const BoundPlan& bound)
      : bound_(bound), plan_(*bound.plan), readers_(count_readers(bound)) {
    fusion_.inside.assign(plan_.values.size(), false);
  }

  Fusion find() {
    for (std::size_t v = 0; v < plan_.values.size(); ++v) outer_sum(static_cast<int>(v));
    return std::move(fusion_);
  }

 private:
  /// One block for all elements, or one for each element of the plate itself.
  bool direct(int v, const Plate& plate) const {
    const Plate& own = plan_.values[v].expr->plate;
    return own.once() || bound_.sizes[v].shared || own == plate;
  }

  /// The vector d of d d' or d^2; -1 where it is none.
  int root_of(const PlanValue& product) const {
    const Node& node = *product.expr;
    if (node.op == Op::power && product.args.size() == 2 && is_number(node.args[1], 2))
      return product.args[0];
    if (node.op != Op::multiply || product.args.size() != 2) return -1;
    const PlanValue& right = plan_.values[product.args[1]];
    if (right.expr->op != Op::transpose || right.args[0] != product.args[0]) return -1;
    return plan_.values[product.args[0]].expr->shape.kind == ShapeKind::vector ? product.args[0]
                                                                               : -1;
  }

  void outer_sum(int v) {
    const PlanValue& sum = plan_.values[v];
    if (sum.constant || sum.expr->op != Op::sum_over || !sum.expr->plate.once()) return;
    const int product = sum.args[0];
    const Plate& plate = sum.expr->over;
    const int d = root_of(plan_.values[product]);
    if (d < 0 || plan_.values[product].constant || !(plan_.values[product].expr->plate == plate))
      return;
    if (bound_.sizes[d].block() > kMostLaneSize || bound_.data->plate(plate).size < 3) return;
    OuterSum found{v, {d}};
    constexpr std::size_t kMostTerms = 16;
    const PlanValue& root = plan_.values[d];
    if (root.expr->op == Op::add && !bound_.sizes[d].shared && root.args.size() <= kMostTerms)
      found.terms = root.args;
    for (const int t : found.terms)
      if (!direct(t, plate) || bound_.sizes[t].block() != bound_.sizes[d].block()) return;
    fusion_.outer_sums.push_back(found);
    for (const int t : found.terms) ++readers_[t];
    leave_out(product);
  }

  /// `v` is no longer read by one reader; what nothing reads then is left out, and so on below.
  void leave_out(int v) {
    if (--readers_[v] > 0) return;
    const PlanValue& value = plan_.values[v];
    if (value.constant || value.parameter >= 0) return;
    fusion_.inside[v] = true;
    for (const int a : value.args) leave_out(a);
  }

  const BoundPlan& bound_;
  const Plan& plan_;
  std::vector<int> readers_;
  Fusion fusion_;
};

}  // namespace

Fusion find_fusions(const BoundPlan& bound) { return Finder(bound).find(); }

}  // namespace lmmdsl
