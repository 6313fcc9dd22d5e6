// A joint Normal step: coefficients that are Normal together given everything else. The precision
// and the shift of the plan, put together, factored, and drawn from:
//
//     precision K = L L',  w = L^-1 shift,  drawn: t = L'^-1 (w + z),  z ~ N(0, I)
//
// Two ways to do so: plate by plate where plates nest (gaussian_block.h), and as one sparse matrix
// where factors cross (sparse_block.h).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/lane_level.h"
#include "runtime/proposal_worth.h"

namespace lmmdsl {

/// The factors of one state of the precision: an accepted and a proposed one are kept side by side.
struct GaussianFactor {
  struct Level {
    std::vector<double> L;  ///< elements x (p x p), row-major, lower; or the sparse L's numbers
    std::vector<double> W;  ///< elements x (p x q), row-major
    std::vector<double> w;  ///< elements x p
  };
  std::vector<Level> levels;
  LaneFactor lanes;    ///< of the finest level, where its elements are lanes
  double log_det = 0;  ///< log determinant of the whole precision
};

/// Values of all coefficients: by level, elements x p, packed where they are lanes; or of one
/// sparse vector.
using GaussianValues = std::vector<std::vector<double>>;

/// A ScaledSum of the plan on a plate: sum of scale * value.
class SumReader {
 public:
  SumReader(const BoundPlan& bound, const ScaledSum& sum, const Plate& plate);

  struct Term {
    ParameterReader value;
    int scale;  ///< a value of the plan; -1: 1

    double factor(const Machine& machine) const { return scale < 0 ? 1.0 : *machine.value(scale); }
  };
  const std::vector<Term>& terms() const { return terms_; }
  bool same_for_all() const;

 private:
  std::vector<Term> terms_;
};

/// For each element of a plate the one of a coarser plate that it lies in; null: the same, or the
/// only one.
const std::int32_t* map_or_null(const BoundPlan& bound, const Plate& fine, const Plate& coarse);

class GaussianStates;
class Trials;

class JointNormal {
 public:
  static std::unique_ptr<JointNormal> make(const BoundPlan& bound, const PlanStep& step);
  virtual ~JointNormal() = default;

  /// The factor of the precision that the machine holds now. False where it is not positive
  /// definite.
  virtual bool factor(const Machine& machine, GaussianFactor& out) = 0;
  /// The same, and the log density of `values` under it, up to the constant -dim/2 log(2 pi).
  virtual bool factor(const Machine& machine, GaussianFactor& out, const GaussianValues& values,
                      double& log_density) = 0;

  /// Draws all targets. `address` names the step. False where a draw is not finite.
  virtual bool draw(Machine& machine, const GaussianFactor& factor, StreamAddress address) = 0;

  /// Buffers of the right sizes.
  virtual GaussianFactor make_factor() const = 0;
  virtual GaussianValues make_values() const = 0;
  /// The targets' current values.
  virtual void read(const Machine& machine, GaussianValues& values) const = 0;

  /// How the elements of the finest plate are computed, in words; empty where there is one.
  virtual std::string describe() const = 0;

  /// Whether a factorisation takes less time than everything else that the density of a proposal
  /// needs: then eight side by side take less than three one after the other.
  virtual bool small() const { return false; }
  /// That density at eight states side by side; null where it is not to be had.
  virtual std::unique_ptr<GaussianStates> make_states(const Trials&) const;
  /// Of proposals one by one that each take a factorisation.
  virtual ProposalCost proposal_cost() const { return kOneByOne; }
};

}  // namespace lmmdsl
