#include "runtime/fusion.h"

#include <algorithm>
#include <numeric>

#include "runtime/bound_plan.h"

namespace lmmdsl {

namespace {

constexpr std::size_t kFewestTerms = 8;

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
  for (const RunningQuantity& q : bound.running) read({q.value});
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
    for (std::size_t v = 0; v < plan_.values.size(); ++v) {
      if (plan_.values[v].constant || plan_.values[v].expr->op != Op::sum_over) continue;
      outer_sum(static_cast<int>(v));
      product_sum(static_cast<int>(v));
      residual_sum(static_cast<int>(v));
    }
    for (ResidualSum& sum : fusion_.residual_sums)
      sum.by_level = find_residual_levels(bound_, fusion_, sum);
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
    if (!sum.expr->plate.once()) return;
    const int product = sum.args[0];
    const Plate& plate = sum.expr->over;
    const int d = root_of(plan_.values[product]);
    if (d < 0 || plan_.values[product].constant || !(plan_.values[product].expr->plate == plate))
      return;
    if (bound_.sizes[d].block() > kMostLaneSize || bound_.data->plate(plate).size < 3) return;
    OuterSum found{v, {d}};
    const PlanValue& root = plan_.values[d];
    if (root.expr->op == Op::add && !bound_.sizes[d].shared && root.args.size() <= kMostTerms)
      found.terms = root.args;
    for (const int t : found.terms)
      if (!direct(t, plate) || bound_.sizes[t].block() != bound_.sizes[d].block()) return;
    fusion_.outer_sums.push_back(found);
    for (const int t : found.terms) ++readers_[t];
    leave_out(product);
  }

  /// A value as elements of `plate` read it: the first component of the element that each sees.
  /// Empty where it holds once.
  std::vector<int> places(int v, const Plate& plate) const {
    const Plate& own = plan_.values[v].expr->plate;
    if (own.once() || bound_.sizes[v].shared) return {};
    const int size = static_cast<int>(bound_.sizes[v].block());
    std::vector<int> found(bound_.data->plate(plate).size);
    const std::int32_t* map = own == plate ? nullptr : bound_.data->map(plate, own).data();
    for (std::size_t e = 0; e < found.size(); ++e)
      found[e] = size * (map ? map[e] : static_cast<int>(e));
    return found;
  }

  void product_sum(int v) {
    const PlanValue& sum = plan_.values[v];
    const int product = sum.args[0];
    const Plate& plate = sum.expr->over;
    const PlanValue& whole = plan_.values[product];
    if (whole.constant || whole.expr->op != Op::multiply || !(whole.expr->plate == plate)) return;
    ProductSum found{v, -1, {}, {}, {}, {}};
    std::vector<int> constants;
    for (const int a : whole.args) {
      if (bound_.sizes[a].block() != 1) return;
      if (plan_.values[a].constant) constants.push_back(a);
      else if (found.moving >= 0) return;
      else found.moving = a;
    }
    const Plate& own = found.moving < 0 ? plate : plan_.values[found.moving].expr->plate;
    if (own == plate || deciding_factor(plate, own) >= 0 ||
        deciding_factor(plate, sum.expr->plate) >= 0)
      return;
    const std::vector<int> from = places(found.moving, plate);
    const std::size_t n = from.size();
    if (n < kFewestTerms) return;
    std::vector<double> weight(n, 1.0);
    for (const int c : constants) {
      const std::vector<int> at = places(c, plate);
      for (std::size_t t = 0; t < n; ++t)
        weight[t] *= bound_.constants[c][at.empty() ? 0 : static_cast<std::size_t>(at[t])];
    }
    const std::int32_t* group =
        sum.expr->plate.once() ? nullptr : bound_.data->map(plate, sum.expr->plate).data();
    arrange(weight, from, group, found);
    ++readers_[found.moving];
    fusion_.product_sums.push_back(std::move(found));
    leave_out(product);
  }

  /// The terms group by group.
  void arrange(const std::vector<double>& weight, const std::vector<int>& from,
               const std::int32_t* group, ProductSum& to) const {
    const std::size_t n = from.size(), groups = bound_.sizes[to.value].elements;
    const auto group_of = [&](std::size_t t) {
      return group ? static_cast<std::size_t>(group[t]) : std::size_t{0};
    };
    std::vector<std::size_t> blocks(groups, 0), next(groups);
    for (std::size_t t = 0; t < n; ++t) ++blocks[group_of(t)];
    for (std::size_t& b : blocks) b = (b + kLanes - 1) / kLanes;
    to.group.resize(groups);
    std::iota(to.group.begin(), to.group.end(), 0);
    std::stable_sort(to.group.begin(), to.group.end(),
                     [&](int a, int b) { return blocks[a] < blocks[b]; });
    to.begin = {0};
    for (const int g : to.group) {
      next[g] = to.begin.back() * kLanes;
      to.begin.push_back(to.begin.back() + blocks[g]);
    }
    const std::size_t size = to.begin.back() * kLanes;
    const bool ones = std::all_of(weight.begin(), weight.end(), [](double w) { return w == 1; });
    if (!ones) to.weight.assign(size, 0);
    to.index.assign(size, static_cast<int>(bound_.sizes[to.moving].total()));
    for (std::size_t t = 0; t < n; ++t) {
      const std::size_t at = next[group_of(t)]++;
      if (!ones) to.weight[at] = weight[t];
      to.index[at] = from[t];
    }
  }

  void residual_sum(int v) {
    const PlanValue& sum = plan_.values[v];
    const int distance = sum.args[0];
    const Plate& plate = sum.expr->over;
    const PlanValue& square = plan_.values[distance];
    if (!sum.expr->plate.once() || square.expr->op != Op::distance ||
        !(square.expr->plate == plate) || bound_.data->plate(plate).size < kFewestTerms)
      return;
    const int T = square.args[0], vector = square.args[1];
    const PlanValue& bracket = plan_.values[vector];
    if (!plan_.values[T].constant || bound_.sizes[T].shared ||
        !(plan_.values[T].expr->plate == plate) || bracket.constant)
      return;
    const Op op = bracket.expr->op;
    if (op != Op::vcat && op != Op::add) return;  // read as it stands
    ResidualSum found;
    found.value = v;
    std::vector<std::vector<int>> indices;  // of found.terms
    for (const int part : op == Op::vcat ? bracket.args : std::vector<int>{vector}) {
      const int size = static_cast<int>(bound_.sizes[part].block());
      const PlanValue& value = plan_.values[part];
      const bool apart = value.expr->op == Op::add && !value.constant && !bound_.sizes[part].shared;
      const std::vector<int> terms = apart ? value.args : std::vector<int>{part};
      const std::size_t column = found.counts.size();
      found.counts.resize(column + size, 0);
      found.once.resize(column + size);
      for (int i = 0; i < size; ++i) {
        for (const int t : terms) {
          if (static_cast<int>(bound_.sizes[t].block()) != size ||
              deciding_factor(plate, plan_.values[t].expr->plate) >= 0)
            return;
          std::vector<int> at = places(t, plate);
          if (at.empty()) {
            found.once[column + i].push_back({t, static_cast<std::size_t>(i)});
            continue;
          }
          for (int& x : at) x += i;
          found.terms.push_back({t, 0});
          indices.push_back(std::move(at));
          ++found.counts[column + i];
        }
      }
    }
    if (found.terms.empty() || found.terms.size() > kMostTerms ||
        found.counts.size() > kMostTerms ||
        static_cast<int>(found.counts.size()) + 1 != bound_.sizes[T].rows)
      return;
    pack(bound_.constants[T].data(), indices, found);
    for (const ResidualSum::Term& t : found.terms) ++readers_[t.value];
    for (const auto& column : found.once)
      for (const ResidualSum::Term& t : column) ++readers_[t.value];
    fusion_.residual_sums.push_back(std::move(found));
    leave_out(distance);
  }

  /// The rows of all triangles that are not zero, eight by eight.
  static void pack(const double* T, const std::vector<std::vector<int>>& indices, ResidualSum& to) {
    const std::size_t k = to.counts.size() + 1, terms = indices.size();
    std::vector<std::pair<std::size_t, std::size_t>> rows;  // element, row
    for (std::size_t e = 0; e < indices[0].size(); ++e) {
      for (std::size_t i = 0; i < k; ++i) {
        bool zero = true;
        for (std::size_t j = i; j < k; ++j) zero &= T[(e * k + j) * k + i] == 0;
        if (!zero) rows.emplace_back(e, i);
      }
    }
    to.blocks = (rows.size() + kLanes - 1) / kLanes;
    to.numbers.assign(to.blocks * k * kLanes, 0);
    to.index.assign(to.blocks * terms * kLanes, 0);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const auto [e, i] = rows[r];
      const std::size_t block = r / kLanes, lane = r % kLanes;
      for (std::size_t j = i; j < k; ++j)
        to.numbers[(block * k + j) * kLanes + lane] = T[(e * k + j) * k + i];
      for (std::size_t j = 0; j < terms; ++j)
        to.index[(block * terms + j) * kLanes + lane] = indices[j][e];
    }
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
