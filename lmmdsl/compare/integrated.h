// Densities with Normal coefficients integrated out, given everything else.
//
// Each density that mentions the coefficients u is Normal, its mean affine in u and its variance
// free of it: with the residual r_i(u) = r_i - J_i u,
//
//   P = sum of J_i' V_i^-1 J_i,   u^ = P^-1 sum of J_i' V_i^-1 r_i,
//   log integral = sum of log N(r_i(u^); 0, V_i)  +  q/2 log 2 pi  -  1/2 log |P|,
//
// the candidate's identity at the mode (Besag 1989, Biometrika 76: 183), in which nothing cancels.
// The prior of u counts among the densities.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "lmmdsl/compare/row_likelihood.h"

namespace lmmdsl {

/// The data of each group with the coefficients of the group: everything that is left out with it.
/// All coefficients given lie within groups.
class IntegratedLikelihood {
 public:
  /// `factor` -1: one group of everything. All must outlive it. One serves one thread.
  IntegratedLikelihood(const Model& model, const Data& data, const Evaluator& evaluator,
                       const std::vector<SymbolId>& coefficients, SymbolId factor,
                       const State& any);

  std::size_t groups() const { return groups_.size(); }
  /// Log likelihood of the data of each group, its coefficients integrated out.
  void evaluate(const State& state, std::vector<double>& out);

  /// Of one group at a state: also the mode, put into the state, and log |P| - q log 2 pi, halved.
  struct Mode {
    double log_integral = 0;
    double half_log_det = 0;
    bool valid = false;
  };
  Mode mode(State& state, std::size_t group);

 private:
  /// A coefficient in a density: which, and its derivative of the mean.
  struct Term {
    SymbolId parameter;
    Expr derivative;  ///< null: the density is the prior of it, derivative of the residual -1
    bool constant = false;
  };
  struct Part {
    const Density* density;
    bool prior = false;
    std::vector<Term> terms;
    std::unique_ptr<ScalarArguments> scalars;
    std::vector<double> observed;
  };
  struct Site {
    std::size_t part, element, place;         ///< place: in the part's scalars
    std::vector<std::size_t> offset;          ///< of each term's coefficient within u
    std::vector<Eigen::MatrixXd> derivative;  ///< where constant
  };
  struct Group {
    std::vector<Site> sites;
    std::size_t size = 0;                                            ///< of u
    std::vector<std::tuple<SymbolId, std::size_t, std::size_t>> at;  ///< parameter, element, offset
  };
  /// By coefficient and element, where its numbers begin within u of its group.
  using Offsets = std::map<std::pair<SymbolId, std::size_t>, std::size_t>;
  Offsets place_coefficients(SymbolId factor, const State& any);
  std::vector<Term> terms_of(const Density& density) const;
  void add_part(const Density& density, SymbolId factor, const Offsets& offsets, const State& any);
  Site site_of(const Part& part, std::size_t element, const Offsets& offsets,
               const State& any) const;

  /// The state with the coefficients at 0, at which all arguments are worked out.
  State at_zero(State state);
  struct Residual;
  DensityAt arguments(const Site& site, const State& zero) const;
  Eigen::MatrixXd derivative(const Site& site, std::size_t term, const State& zero,
                             Eigen::Index d) const;
  Residual residual(const Site& site, const DensityAt& at, const State& zero) const;
  Mode solve(const State& zero, const Group& group, Eigen::VectorXd& u) const;

  const Model& model_;
  const Data& data_;
  const Evaluator& evaluator_;
  std::vector<SymbolId> coefficients_;
  std::map<SymbolId, std::size_t> length_;  ///< of one element
  std::vector<Part> parts_;
  std::vector<Group> groups_;
};

}  // namespace lmmdsl
