// The arguments of a density of scalars in the elements of its plate, at many states; of a vector
// among them each component. What is linear in the unknowns with known designs, as most means are,
// has the designs worked out once; the rest comes from the reference evaluator.
#pragma once

#include <optional>
#include <vector>

#include "lmmdsl/report/linear_mean.h"
#include "runtime/evaluate.h"

namespace lmmdsl {

class ScalarArguments {
 public:
  /// In these elements of the density's plate. All must outlive it; `any` is a state with the sizes
  /// of all parameters.
  ScalarArguments(const Model& model, const Data& data, const Evaluator& evaluator,
                  const Density& density, std::vector<std::size_t> elements, const State& any);

  /// Works out all arguments at a state.
  void set(const State& state);
  /// Argument k (from 0) in the i-th of the elements.
  double at(std::size_t i, std::size_t k) const {
    const Argument& a = arguments_[k];
    return a.values[a.once ? 0 : i];
  }
  std::size_t size() const { return elements_.size(); }
  std::size_t count() const { return arguments_.size(); }
  /// Whether no argument is evaluated element by element.
  bool fast() const;

 private:
  struct Term {
    SymbolId parameter;
    std::size_t block;            ///< numbers of one element of the parameter
    std::vector<std::size_t> at;  ///< where these begin, for each element
    std::vector<double> design;   ///< elements x block
  };
  struct Argument {
    Expr expr;
    bool once = false;
    bool linear = false;
    std::vector<double> offset;
    std::vector<Term> terms;
    std::vector<std::size_t> element;  ///< of the expression's plate, where it is not linear
    std::vector<double> values;
  };
  const Evaluator& evaluator_;
  std::vector<std::size_t> elements_;
  std::vector<Argument> arguments_;
};

/// 0, 1, ..., n - 1.
std::vector<std::size_t> all_elements(std::size_t n);

/// The element of a coarser plate (or the same) in which an element lies.
std::size_t element_within(const Data& data, const Plate& fine, std::size_t element,
                           const Plate& coarse);

}  // namespace lmmdsl
