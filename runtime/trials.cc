#include "runtime/trials.h"

#include <algorithm>

namespace lmmdsl {

std::unique_ptr<Trials> Trials::make(const BoundPlan& bound, const Machine& machine,
                                     const std::vector<SymbolId>& parameters,
                                     const std::vector<int>& values) {
  const Plan& plan = *bound.plan;
  if (!bound.lanes) return nullptr;
  auto trials = std::make_unique<Trials>();
  trials->machine_ = &machine;
  trials->lanes_ = bound.lanes;
  trials->copies_.resize(plan.values.size());
  trials->expanded_.resize(plan.values.size());
  trials->parameters_.assign(bound.model->symbols.size(), -1);
  for (std::size_t v = 0; v < plan.values.size(); ++v) {
    const SymbolId p = plan.values[v].parameter;
    if (std::find(parameters.begin(), parameters.end(), p) == parameters.end()) continue;
    if (bound.sizes[v].elements != 1 || bound.sizes[v].rows > kMostLaneSize) return nullptr;
    trials->parameters_[p] = static_cast<int>(v);
    trials->copies_[v].resize(bound.sizes[v].block() * kStates);
  }
  for (const int v : values) {
    const std::vector<int>& args = plan.values[v].args;
    std::optional<Work> own = machine.element_work(v);
    if (!own) return nullptr;
    own->lanes = bound.lanes;
    trials->copies_[v].resize(bound.sizes[v].block() * kStates);
    trials->operations_.push_back({find_kernel(own->node->op), *own, std::move(*own), {}, {}});
    Operation& op = trials->operations_.back();
    op.result.resize(bound.sizes[v].block());
    op.one.out = op.result.data();
    op.side_by_side.out = trials->copies_[v].data();
    for (std::size_t i = 0; i < args.size(); ++i) {
      op.arguments.emplace_back(bound.sizes[args[i]].block());
      op.one.in[i].data = op.arguments[i].data();
      std::vector<double>& copies = trials->copies_[args[i]];
      std::vector<double>& expanded = trials->expanded_[args[i]];
      if (copies.empty()) expanded.resize(bound.sizes[args[i]].block() * kStates);
      op.side_by_side.in[i].data = copies.empty() ? expanded.data() : copies.data();
    }
  }
  return trials;
}

void Trials::read_machine() {
  for (std::size_t v = 0; v < expanded_.size(); ++v) {
    const double* from = machine_->value(static_cast<int>(v));
    for (std::size_t i = 0; i < expanded_[v].size(); ++i) expanded_[v][i] = from[i / kStates];
  }
}

void Trials::run() {
  for (Operation& op : operations_)
    if (!op.kernel->states || !op.kernel->states(op.side_by_side)) run_one_by_one(op);
}

void Trials::run_one_by_one(Operation& op) {
  for (std::size_t s = 0; s < kStates; ++s) {
    for (std::size_t i = 0; i < op.arguments.size(); ++i)
      for (std::size_t k = 0; k < op.arguments[i].size(); ++k)
        op.arguments[i][k] = op.side_by_side.in[i].data[k * kStates + s];
    op.kernel->run(op.one);
    for (std::size_t k = 0; k < op.result.size(); ++k)
      op.side_by_side.out[k * kStates + s] = op.result[k];
  }
}

}  // namespace lmmdsl
