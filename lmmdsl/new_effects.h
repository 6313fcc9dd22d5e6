// The values of all parameters in new rows, at a draw of a run: those of the draw for groups that
// the run has seen, and draws from their priors, parents first, for others.
//
//   NewEffects effects(model, data, rows, needs, Groups::both);
//   if (effects.set(draw, address)) use(effects.state());
#pragma once

#include <map>
#include <vector>

#include "lmmdsl/new_rows.h"
#include "lmmdsl/predict.h"
#include "runtime/random.h"

namespace lmmdsl {

class NewEffects {
 public:
  /// `model` and `old` are those of the run; all must outlive it.
  NewEffects(const Model& model, const Data& old, const NewRows& rows, const Needs& needs,
             Groups groups);

  /// Parameters with elements that are drawn anew: (parameter, element, a new row of it).
  template <class Visit>
  void visit_fresh(const Visit& visit) const {
    for (const SymbolId p : order_)
      for (const auto& [element, row] : parameters_.at(p).fresh) visit(p, element, row);
  }

  /// By new row: whether an effect of its groups is drawn anew.
  const std::vector<bool>& fresh_rows() const { return fresh_rows_; }
  const Evaluator& evaluator() const { return evaluator_; }

  /// The state in the new rows, from that of the run. False where a prior gave no finite value.
  bool set(const State& draw, StreamAddress address);
  const State& state() const { return state_; }

 private:
  struct Parameter {
    std::vector<std::int64_t> from;            ///< by element, that of the run; empty: once
    std::map<std::size_t, std::size_t> fresh;  ///< elements drawn from the prior; a new row of each
  };
  void sort(const std::vector<SymbolId>& parameters);
  bool draw_prior(SymbolId p, std::size_t element, std::size_t block, StreamAddress address);

  const Model& model_;
  const Data& old_;
  const NewRows& rows_;
  Evaluator evaluator_;
  State state_;
  std::map<SymbolId, Parameter> parameters_;
  std::vector<SymbolId> order_;
  std::vector<bool> fresh_rows_;
};

}  // namespace lmmdsl
