#include "runtime/replay.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "runtime/bound_plan.h"
#include "runtime/machine.h"
#include "runtime/parts.h"
#include "runtime/summary.h"

namespace lmmdsl {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

DrawStates::DrawStates(const BoundPlan& bound, const Draws& draws) : draws_(draws) {
  const Model& model = *bound.model;
  empty_.values.resize(model.symbols.size());
  std::vector<std::set<std::size_t>> found(model.symbols.size());
  for (std::size_t v = 0; v < bound.plan->values.size(); ++v)
    if (const SymbolId p = bound.plan->values[v].parameter; p >= 0)
      empty_.values[static_cast<std::size_t>(p)].assign(bound.sizes[v].total(), 0.0);
  std::map<std::string, std::size_t> by_name;
  for (std::size_t j = 0; j < draws.columns.size(); ++j) by_name[draws.columns[j].csv_name] = j;
  for (std::size_t k = 0; k < bound.columns.size(); ++k) {
    const ColumnSource& source = bound.sources[k];
    if (source.value < 0 || source.square || source.predicted >= 0) continue;
    const SymbolId parameter = bound.plan->values[static_cast<std::size_t>(source.value)].parameter;
    const auto column = by_name.find(bound.columns[k].csv_name);
    if (parameter < 0 || column == by_name.end()) continue;
    places_.push_back({parameter, source.offset, column->second});
    found[static_cast<std::size_t>(parameter)].insert(source.offset);
  }
  for (const SymbolId p : model.parameters()) {
    const auto id = static_cast<std::size_t>(p);
    if (found[id].size() < empty_.values[id].size()) missing_.push_back(model[p].spelling);
  }
}

State DrawStates::at(int chain, std::size_t draw) const {
  State state = empty_;
  copy(chain, draw, state);
  return state;
}

void DrawStates::copy(int chain, std::size_t draw, State& state) const {
  for (const Place& p : places_)
    state.values[static_cast<std::size_t>(p.parameter)][p.offset] =
        draws_.column(chain, p.column)[draw];
}

State DrawStates::mean() const {
  State state = empty_;
  for (const Place& p : places_)
    state.values[static_cast<std::size_t>(p.parameter)][p.offset] =
        lmmdsl::mean(complete_chains(draws_, p.column));
  return state;
}

Replay replay(const BoundPlan& bound, const Draws& draws, const DrawStates& states,
              const std::vector<std::string>& variables, int threads) {
  Replay result;
  std::vector<const ColumnSource*> sources;
  for (std::size_t k = 0; k < bound.columns.size(); ++k) {
    if (!contains(variables, bound.columns[k].variable)) continue;
    result.draws.columns.push_back(bound.columns[k]);
    sources.push_back(&bound.sources[k]);
  }
  for (const RunningQuantity& q : bound.running)
    if (contains(variables, q.variable())) result.running.push_back(q);

  result.draws.chains = draws.chains;
  result.draws.per_chain = draws.per_chain;
  result.draws.kept = draws.kept;
  result.draws.values.resize(static_cast<std::size_t>(draws.chains));
  std::vector<std::vector<RunningScalars>> seen(draws.values.size());
  for_each_part(static_cast<std::size_t>(draws.chains), threads, [&](std::size_t c) {
    std::vector<double>& values = result.draws.values[c];
    values.resize(sources.size() * draws.per_chain);
    for (const RunningQuantity& q : result.running)
      seen[c].emplace_back(bound.sizes[static_cast<std::size_t>(q.value)].total(), draws.per_chain);
    Machine machine(bound);
    for (std::size_t t = 0; t < draws.kept[c]; ++t) {
      states.copy(static_cast<int>(c), t, machine.state());
      machine.run_all();
      for (std::size_t j = 0; j < sources.size(); ++j) {
        const double x = machine.value(sources[j]->value)[sources[j]->offset];
        values[j * draws.per_chain + t] = sources[j]->reported(x);
      }
      for (std::size_t r = 0; r < seen[c].size(); ++r)
        seen[c][r].add(machine.value(result.running[r].value), result.running[r].square);
    }
    for (RunningScalars& scalars : seen[c]) scalars.finish();
  });
  for (std::size_t r = 0; r < result.running.size(); ++r) {
    RunningQuantity& q = result.running[r];
    std::vector<const RunningScalars*> chains;
    for (const auto& chain : seen) chains.push_back(&chain[r]);
    figure(q, chains, bound.sizes[static_cast<std::size_t>(q.value)].block());
  }
  return result;
}

}  // namespace lmmdsl
