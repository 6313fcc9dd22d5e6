// Draws from the joint law of a model: parameters from their priors, parents first, and responses
// from their likelihoods given these.
//
//   auto simulator = Simulator::make(model, data);       // or why the model has no such law
//   JointDraw draw = simulator->draw({.seed = 1});       // parameters and responses
//   auto again = simulator->responses(draw.state, {.seed = 2});
//
// Arguments of densities come from the reference evaluator and densities are drawn as they are
// written, so that nothing of the derivations or of the plan is used.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/data.h"
#include "runtime/evaluate.h"
#include "runtime/random.h"

namespace lmmdsl {

struct JointDraw {
  State state;
  ColumnValues responses;  ///< NaN in the rows in which the response is missing
  /// Empty, or what could not be drawn: "the prior of `tau` gave no finite value".
  std::string failure;
};

/// Whether new responses come from the density that was stated, not from its rewrite: the auxiliary
/// variable then has no value until it is drawn from its full conditional.
bool simulated_as_stated(const Model& model, const Rewrite& rewrite);

/// Not shared between threads.
class Simulator {
 public:
  /// `fixed` gives the values of parameters that are not drawn; others are empty there. Errors:
  /// improper priors of parameters that are not fixed, and models that are no joint law: a column
  /// with two distributions, responses that depend on each other in a circle, left-hand sides that
  /// cannot be solved. Both arguments must outlive it; of the data, responses tell only where they
  /// are missing.
  static Result<Simulator> make(const Model& model, std::shared_ptr<const Data> data,
                                State fixed = {});

  /// The streams are those of `address`, whose step and level are set here.
  JointDraw draw(StreamAddress address) const;

  /// Responses given all parameters.
  JointDraw responses(const State& state, StreamAddress address) const;

 private:
  Simulator(const Model& model, std::shared_ptr<const Data> data, State fixed);
  void draw_prior(int density, StreamAddress address, JointDraw& out) const;
  Eigen::MatrixXd draw_between(const Density& prior, std::size_t element, double scale,
                               const State& state, Random& random) const;
  void draw_likelihood(int density, const Evaluator& oracle, StreamAddress address,
                       JointDraw& out) const;
  void draw_all(bool priors, StreamAddress address, JointDraw& out) const;
  std::vector<Eigen::MatrixXd> arguments(const Density& density, const Evaluator& oracle,
                                         const State& state, std::size_t element) const;

  const Model* model_;
  std::shared_ptr<const Data> data_;
  State fixed_;
  std::vector<Density> densities_;  ///< what is drawn from
  std::unique_ptr<Evaluator> oracle_;
  std::vector<int> order_;        ///< densities, each after those that its arguments come from
  std::vector<bool> downstream_;  ///< by density: its arguments mention a response
};

}  // namespace lmmdsl
