// The log likelihood of each row at any state: what leaving one row out needs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lmmdsl/report/scalar_arguments.h"

namespace lmmdsl {

/// What is left out: rows of the data, or elements of another plate where a vector response lives
/// on it. Units with the same name in two models are the same data.
struct Unit {
  std::string name;              ///< "row 7", "boy 3"
  std::vector<double> observed;  ///< what the densities are of
};

/// One evaluator serves one thread.
class RowLikelihood {
 public:
  /// All must outlive it; `any` is a state with the sizes of all parameters.
  RowLikelihood(const Model& model, const Data& data, const Evaluator& evaluator, const State& any);

  const std::vector<Unit>& units() const { return units_; }
  /// The log likelihood of each unit, by the reference densities.
  void evaluate(const State& state, std::vector<double>& out);

 private:
  struct Part {
    const Density* density;
    std::vector<std::size_t> unit;  ///< of each element of its plate
    std::unique_ptr<ScalarArguments> scalars;
    std::vector<double> observed;  ///< of scalars
  };
  const Data& data_;
  const Evaluator& evaluator_;
  std::vector<Part> parts_;
  std::vector<Unit> units_;
};

/// Value and arguments of a density in one element of its plate; of a vector with missing
/// components those that are observed. Empty arguments: none is.
struct DensityAt {
  Eigen::MatrixXd value;
  std::vector<Eigen::MatrixXd> args;
};
DensityAt density_at(const Data& data, const Evaluator& evaluator, const Density& density,
                     const State& state, std::size_t element);

}  // namespace lmmdsl
