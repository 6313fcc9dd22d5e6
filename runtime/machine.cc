#include "runtime/machine.h"

#include <algorithm>

#include "runtime/bind.h"
#include "runtime/evaluate.h"
#include "runtime/not_a_number.h"
#include "runtime/table/large_memory.h"

namespace lmmdsl {

namespace {

void no_kernel(Work&) {}

constexpr std::uint32_t kCompletionStep = 0x20000;  // streams apart from those of the sweep's steps

}  // namespace

Machine::Machine(BoundPlan& bound, const std::vector<int>& renewed) : bound_(bound) {
  const std::size_t n = bound.plan->values.size();
  data_.resize(n, nullptr);
  works_.resize(n);
  kernels_.resize(n, nullptr);
  state_.values.resize(bound.model->symbols.size());
  bound.constants.resize(n);
  // A constant is freed when no constant that comes later reads it, and nothing else ever does.
  std::vector<int> readers(n, 0);
  std::vector<bool> kept(n, false);
  const auto keep = [&](int v) { kept[static_cast<std::size_t>(v)] = true; };
  for (std::size_t v = 0; v < n; ++v) {
    for (int a : bound.plan->values[v].args) {
      if (bound.plan->values[v].constant) readers[a] += 1;
      else keep(a);
    }
    if (bound.plan->values[v].definition >= 0) readers[bound.plan->values[v].definition] += 1;
  }
  for (const std::vector<int>& natural : bound.plan->natural) {
    for (int v : natural) keep(v);
  }
  for (const PlanStep& step : bound.plan->steps) {
    for (int v : read_values(*bound.plan, step)) keep(v);
  }
  for (const DesignValue& d : bound.plan->designs) {
    if (d.value >= 0) keep(d.value);
  }
  for (const PlanResponse& r : bound.plan->responses) {
    for (int v : {r.value, r.open_above, r.open_below})
      if (v >= 0) keep(v);
  }
  for (const MissingResponse& m : bound.plan->missing) {
    for (int v : m.arguments) keep(v);
    if (m.value >= 0) keep(m.value);
  }
  for (const auto& d : bound.plan->derived) keep(d.second);
  for (const auto& d : bound.plan->row_derived) keep(d.second);
  for (const auto& d : bound.plan->log_densities) keep(d.second);
  for (int v : bound.plan->log_posterior) keep(v);
  for (const Pilot& p : bound.plan->pilots) {
    keep(p.triangle);
    if (p.top_triangle >= 0) keep(p.top_triangle);
  }
  for (int v : renewed) {
    keep(v);
    for (int a : bound.plan->values[v].args) keep(a);
    if (bound.plan->values[v].definition >= 0) keep(bound.plan->values[v].definition);
  }
  for (int v : bound.plan->setup) {
    bound.constants[v] = large_vector<double>(bound.sizes[v].total());
    data_[v] = bound.constants[v].data();
    prepare(v);
    run(v);
    const auto free_unread = [&](int a) {
      if (readers[a] == 0 && !kept[a]) std::vector<double>().swap(bound.constants[a]);
    };
    const auto release = [&](int a) {
      --readers[a];
      free_unread(a);
    };
    for (int a : bound.plan->values[v].args) release(a);
    if (bound.plan->values[v].definition >= 0) release(bound.plan->values[v].definition);
    free_unread(v);
  }
}

Machine::Machine(const BoundPlan& bound) : bound_(bound) {
  const Plan& plan = *bound.plan;
  const std::size_t n = plan.values.size();
  data_.resize(n, nullptr);
  works_.resize(n);
  kernels_.resize(n, nullptr);
  own_.resize(n);
  state_.values.resize(bound.model->symbols.size());
  for (std::size_t v = 0; v < n; ++v) {
    const PlanValue& value = plan.values[v];
    if (value.constant) {
      data_[v] = const_cast<double*>(bound.constants[v].data());
    } else if (value.parameter >= 0) {
      state_.values[value.parameter].assign(bound.sizes[v].total(), 1.0);
      data_[v] = state_.values[value.parameter].data();
    } else {
      own_[v].resize(bound.sizes[v].total());
      data_[v] = own_[v].data();
    }
  }
  for (std::size_t v = 0; v < n; ++v) {
    const PlanValue& value = plan.values[v];
    if (value.constant || value.parameter >= 0) continue;
    prepare(static_cast<int>(v));
    changing_.push_back(static_cast<int>(v));
  }
  if (bound.lanes) use_lanes();
}

/// Kernels that compute several values of the plan, or elements as lanes.
void Machine::use_lanes() {
  const Plan& plan = *bound_.plan;
  for (std::size_t v = 0; v < plan.values.size(); ++v) {
    if (v < bound_.fusion.inside.size() && bound_.fusion.inside[v]) {
      kernels_[v] = no_kernel;
      continue;
    }
    Work& w = works_[v];
    w.lanes = bound_.lanes;
    if (w.in.size() == 2 && plan.values[v].expr->op == Op::distance && kernels_[v] &&
        !bound_.packed[plan.values[v].args[0]].empty() && !w.in[1].map && !w.in[1].once) {
      w.in[0].data = bound_.packed[plan.values[v].args[0]].data();
      kernels_[v] = lane_distance_kernel;
    }
  }
  for (const OuterSum& sum : bound_.fusion.outer_sums) {
    Work& w = works_[sum.value];
    w.in.clear();
    for (const int t : sum.terms) {
      const ValueSize& size = bound_.sizes[t];
      w.in.push_back({data_[t], nullptr, plan.values[t].expr->plate.once() || size.shared,
                      size.rows, size.cols});
    }
    kernels_[sum.value] = outer_sum_kernel;
  }
  for (const ProductSum& sum : bound_.fusion.product_sums) {
    Work& w = works_[sum.value];
    w.in = {{.data = data_[sum.moving]}};
    w.products = &sum;
    w.computed_from.assign(bound_.sizes[sum.moving].total(), kNan);
    w.computed_from.push_back(0);
    kernels_[sum.value] = product_sum_kernel;
  }
  for (const ResidualSum& sum : bound_.fusion.residual_sums) {
    Work& w = works_[sum.value];
    w.in.clear();
    for (const ResidualSum::Term& t : sum.terms) w.in.push_back({.data = data_[t.value]});
    for (const auto& column : sum.once)
      for (const ResidualSum::Term& t : column) w.in.push_back({.data = data_[t.value]});
    for (const auto& pair : sum.by_level.pairs) {
      for (const ResidualLevels::Seen& s : pair) {
        const ProductSum& product = bound_.fusion.product_sums[s.sum];
        w.in.push_back({.data = data_[product.value]});
        w.in.push_back({.data = works_[product.value].computed_from.data()});
      }
    }
    w.residuals = &sum;
    kernels_[sum.value] = residual_sum_kernel;
  }
}

const std::int32_t* Machine::map(const Plate& fine, const Plate& coarse) {
  const SymbolId factor = deciding_factor(fine, coarse);
  if (factor < 0) return bound_.data->map(fine, coarse).data();
  for (const auto& levels : levels_)
    if (levels->factor == factor && levels->rows == fine) return levels->of.data();
  const PlateElements& rows = bound_.data->plate(fine);
  levels_.push_back(std::make_unique<Levels>(
      Levels{factor, fine, &rows.representative, std::vector<std::int32_t>(rows.size)}));
  return levels_.back()->of.data();
}

void Machine::read_levels() {
  for (const auto& levels : levels_) {
    const std::vector<double>& values = state_.values[levels->factor];
    for (std::size_t e = 0; e < levels->of.size(); ++e)
      levels->of[e] = static_cast<std::int32_t>(values[(*levels->row_of)[e]]) - 1;
  }
}

void Machine::prepare(int v) {
  const Op op = bound_.plan->values[v].expr->op;
  const KernelInfo* kernel = find_kernel(op);
  works_[v] = work_for(v);
  if (kernel && op != Op::symbol && op != Op::completed) kernels_[v] = kernel->run;
}

Work Machine::work_for(int v) {
  const PlanValue& value = bound_.plan->values[v];
  const Node& node = *value.expr;
  const Data& data = *bound_.data;
  Work w;
  w.node = &node;
  w.elements = bound_.sizes[v].elements;
  w.rows = bound_.sizes[v].rows;
  w.cols = bound_.sizes[v].cols;
  w.out = data_[v];
  if (!find_kernel(node.op)) return w;  // the reference evaluator finds its own arguments
  const bool reduces = node.op == Op::sum_over || node.op == Op::mean_over ||
                       node.op == Op::min_over || node.op == Op::max_over ||
                       node.op == Op::triangle;
  const Plate& from = reduces ? node.over : node.plate;
  if (reduces) {
    w.terms = data.plate(node.over).size;
    if (!node.plate.once()) w.group = map(node.over, node.plate);
  }
  for (std::size_t i = 0; i < value.args.size(); ++i) {
    const int a = value.args[i];
    const Expr& arg = bound_.plan->values[a].expr;
    Input in;
    in.data = data_[a];
    in.rows = bound_.sizes[a].rows;
    in.cols = bound_.sizes[a].cols;
    if (node.op == Op::level) {
      // Found by labels below.
    } else if (arg->plate.once() || bound_.sizes[a].shared) {
      in.once = true;
    } else if (node.op == Op::collapse) {
      in.map = data.plate(node.plate).representative.data();
    } else if (!(arg->plate == from)) {
      in.map = map(from, arg->plate);
    }
    w.in.push_back(in);
  }
  if (node.op == Op::level) {
    const Plate& of = node.args[0]->plate;
    const std::vector<std::int32_t> found = elements_with_labels(data, node);
    w.index.assign(found.begin(), found.end());
    if (of.once() || bound_.sizes[value.args[0]].shared) w.index.assign(found.size(), 0);
    else if (!(of == node.over))
      for (int& e : w.index) e = data.map(node.over, of)[e];
  }
  while (w.scalars < w.in.size() && node.args[w.scalars]->shape.is_scalar()) ++w.scalars;
  if (node.op == Op::multiply) w.scratch.resize(product_scratch(w));
  return w;
}

std::optional<Work> Machine::element_work(int v) const {
  const Work& w = works_[v];
  if (!w.node || w.elements != 1) return std::nullopt;
  const KernelInfo* kernel = find_kernel(w.node->op);
  if (!kernel || !kernel->by_element || kernel->run != kernels_[v]) return std::nullopt;
  if (!std::all_of(w.in.begin(), w.in.end(), [](const Input& in) { return in.once; }))
    return std::nullopt;
  return w;
}

void Machine::run(int v) {
  if (kernels_[v]) kernels_[v](works_[v]);
  else run_other(v);
}

void Machine::run_other(int v) {
  const PlanValue& value = bound_.plan->values[v];
  Work& w = works_[v];
  if (value.expr->op == Op::symbol) {
    run_symbol(v);
    return;
  }
  if (value.expr->op == Op::completed) {
    w.stream = stream_;
    if (w.stream.step > 0) w.stream.step += static_cast<std::uint32_t>(v);
    completed_kernel(w);
    return;
  }
  const Evaluator reference(*bound_.model, *bound_.data);
  for (std::size_t e = 0; e < w.elements; ++e) {
    const Eigen::MatrixXd block = reference.evaluate(value.expr, state_, e);
    std::copy(block.data(), block.data() + block.size(), w.block(e));
  }
}

/// A column, or the definition of a constant; read on other rows where the expression says so.
void Machine::run_symbol(int v) {
  const PlanValue& value = bound_.plan->values[v];
  const Plate& own = bound_.model->symbols[value.expr->symbol].plate;
  const std::vector<std::int32_t>* rows =
      value.expr->plate == own ? nullptr : &bound_.data->map(value.expr->plate, own);
  if (value.definition >= 0) {
    const double* from = data_[value.definition];
    const ValueSize& size = bound_.sizes[v];
    // A definition that holds once may stand for a symbol on the row plate (X = [1, 1]).
    const bool once = bound_.plan->values[value.definition].expr->plate.once() ||
                      bound_.sizes[value.definition].shared;
    for (std::size_t e = 0; e < size.elements; ++e) {
      const std::size_t at = once ? 0 : rows ? static_cast<std::size_t>((*rows)[e]) : e;
      const double* block = from + at * size.block();
      std::copy(block, block + size.block(), data_[v] + e * size.block());
    }
    return;
  }
  if (bound_.model->symbols[value.expr->symbol].role == Role::pattern) {
    double* out = data_[v];
    for (const auto& labels : bound_.data->plate(value.expr->plate).labels)
      for (char mark : labels[0]) *out++ = mark == '1' ? 1 : 0;
    return;
  }
  const std::vector<double>& column = bound_.data->columns[value.expr->symbol];
  const auto& codes = bound_.data->factors[value.expr->symbol].codes;
  for (std::size_t e = 0; e < bound_.sizes[v].elements; ++e) {
    const std::size_t at = rows ? static_cast<std::size_t>((*rows)[e]) : e;
    data_[v][e] = column.empty() ? codes[at] : column[at];
  }
}

void Machine::run(const std::vector<int>& values) {
  read_levels();
  for (int v : values) run(v);
}

void Machine::prepare_constants(const std::vector<int>& constants) {
  for (int v : constants) prepare(v);
}

void Machine::run_constants(const std::vector<int>& constants) {
  stream_ = {};
  run(constants);
}

void Machine::draw_from(const StreamAddress& address) {
  stream_ = address;
  stream_.step = kCompletionStep;
}

void Machine::run_all() { run(changing_); }

}  // namespace lmmdsl
