// A saved run with its model and data: what the sections of the report ask.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lmmdsl/lmmdsl.h"
#include "lmmdsl/saved_run.h"
#include "runtime/evaluate.h"
#include "runtime/replay.h"

namespace lmmdsl {

class Posterior {
 public:
  /// Both must outlive it.
  Posterior(const SavedRun& run, const Bound& bound, const Summary& summary);

  /// As it was stated, without auxiliary variables: no draws of these are kept.
  const Model& model() const { return model_; }
  /// As it was sampled; conditionals speak of it.
  const Model& sampled_model() const { return *bound_.program->model; }
  const Data& data() const { return *bound_.data; }
  const Bound& bound() const { return bound_; }
  const Draws& draws() const { return run_.draws; }
  const Summary& summary() const { return summary_; }
  const RunRecord& record() const { return *run_.record; }
  const Evaluator& evaluator() const { return evaluator_; }

  /// Parameters whose draws were not kept.
  const std::vector<std::string>& missing() const { return draw_states_.missing(); }

  /// Values of all parameters at a draw, and their means over all draws.
  State state_at(int chain, std::size_t draw) const { return draw_states_.at(chain, draw); }
  State mean_state() const { return draw_states_.mean(); }
  /// The states at up to `most` draws, evenly from all chains.
  std::vector<State> states(std::size_t most) const;
  /// Draws of each chain that all have.
  std::size_t length() const { return length_; }

  /// An expression at an element of a plate that lies in one of its own.
  Eigen::MatrixXd value_at(const Expr& e, const State& state, const Plate& plate,
                           std::size_t element) const;

  /// The column of the draws with this name (beta.3.2), or nothing.
  std::optional<std::size_t> column(const std::string& csv_name) const;
  const SummaryRow* row(std::size_t column) const;

 private:
  const SavedRun& run_;
  const Bound& bound_;
  const Summary& summary_;
  Model model_;
  Evaluator evaluator_;
  DrawStates draw_states_;
  std::size_t length_ = 0;
};

/// Whether a conditional of the sampled model is that of an auxiliary variable or depends on one:
/// these have no draws, and no state of a posterior has a value of them.
bool reads_auxiliary(const Model& model, const Conditional& c);

/// Why nothing of the rows is drawn or evaluated anew from draws of this model: a factor is not
/// observed, and its levels in the rows of the draws, or in new rows, are no part of the draws.
/// Nothing otherwise. `what` says what is asked for: "predictions are".
std::optional<Diagnostic> lacks_levels(const Model& model, const std::string& what);

/// "plot 3", "W1, A": what an element of a plate is called.
std::string element_label(const Data& data, const Plate& plate, std::size_t element);

/// "density^2" as "density²".
std::string shown_component(const std::string& name);

/// "β[3, density²]": a column's name as a page shows it.
std::string shown_name(const Column& column);

}  // namespace lmmdsl
