// `compare`: how well models predict data that they have not seen, and how probable they make the
// data that they have.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lmmdsl/compare/marginal_likelihood.h"
#include "runtime/psis.h"
#include "runtime/sampler.h"

namespace lmmdsl {

/// The levels of a factor, and which of them each row of the data has.
struct Grouping {
  std::string factor;                                ///< its name in the model that has it
  std::vector<std::string> levels;                   //
  std::map<std::string, std::size_t> level_of_unit;  ///< by the unit's name: "row 7"
};

/// Of the factors to which parameters belong, one at a time; `known` ones, whatever their names,
/// are not among them.
std::vector<Grouping> groupings(const Bound& bound, const std::vector<Grouping>& known = {});

struct CompareSettings {
  /// "row", or factors; empty: rows, and factors to which parameters belong.
  std::vector<std::string> by = {};
  /// Of all models that are compared: a group is left out of models without its factor, too.
  std::vector<Grouping> groupings = {};
  std::size_t draws = 4000;  ///< used at most, evenly from all chains
  bool marginal = true;      ///< also the marginal likelihood
  int threads = 1;
};

/// Leaving out units of one kind, one after the other.
struct Validation {
  std::string by;                       ///< "row", or the factor's name in the model
  std::vector<std::string> units;       ///< names
  std::vector<UnitFit> fits;            ///< of each
  std::vector<std::string> integrated;  ///< effects of the group, integrated out exactly
  std::string refused;                  ///< not empty: why groups cannot be left out
  std::vector<std::string> kept;  ///< effects of the group for which the weights alone account
};

struct ModelFit {
  std::string folder, title;
  std::vector<Validation> validations;
  MarginalLikelihood marginal;
  std::size_t draws = 0, of = 0;                        ///< used, and there
  std::map<std::string, std::vector<double>> observed;  ///< by unit of the rows
};

/// Everything of one run. When it is told to stop, what there is then, which is of no use.
Result<ModelFit> fit_of_model(const SavedRun& run, const Bound& bound,
                              const CompareSettings& settings, Progress& progress);

/// How many steps it takes: a state at which something is evaluated, a unit, or a sweep of a
/// further run. Fewer where something is refused on the way.
std::uint64_t comparison_steps(const SavedRun& run, const Bound& bound,
                               const CompareSettings& settings);

/// An error unless both are of the same data: the same rows with the same values of what the
/// likelihoods are densities of.
Diagnostics check_same_data(const ModelFit& a, const ModelFit& b);

/// The shape of the tail above which a unit's figures are not to be trusted: min(1 - 1/log10 S,
/// 0.7) for S draws.
double largest_k(std::size_t draws);

}  // namespace lmmdsl
