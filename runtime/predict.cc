#include "runtime/predict.h"

#include <cmath>

namespace lmmdsl {

namespace {

constexpr std::uint32_t kPredictStep = 0x8000;  // streams apart from those of the sweep's steps

}  // namespace

double draw_from(FamilyId family, const double* args, Random& random) {
  switch (family) {
    case FamilyId::normal:
      return args[0] + std::sqrt(args[1]) * normal(random);
    case FamilyId::inverse_gamma:
      return inverse_gamma_variate(random, args[0], args[1]);
    case FamilyId::gamma:
      return gamma_variate(random, args[0], args[1]);
    case FamilyId::scaled_inverse_chi_square:
      return inverse_gamma_variate(random, 0.5 * args[0], 0.5 * args[0] * args[1]);
    default:
      return NAN;  // matrices and improper families are no scalar responses
  }
}

Predictor::Predictor(const BoundPlan& bound, const Machine& machine)
    : bound_(bound), machine_(machine), values_(bound.missing_responses) {
  for (const MissingResponse& m : bound.plan->missing) {
    sizes_.push_back(bound.data->plate(m.plate).size);
    arguments_.emplace_back();
    for (int v : m.arguments) arguments_.back().emplace_back(bound, v, m.plate);
  }
}

const std::vector<double>& Predictor::operator()(StreamAddress address) {
  std::size_t at = 0;
  std::vector<double> args;
  for (std::size_t k = 0; k < arguments_.size(); ++k) {
    const FamilyId family = bound_.model->densities[bound_.plan->missing[k].density].family;
    address.step = kPredictStep + static_cast<std::uint32_t>(k);
    for (std::size_t e = 0; e < sizes_[k]; ++e) {
      args.clear();
      for (const ParameterReader& read : arguments_[k]) args.push_back(*read(machine_, e));
      address.level = static_cast<std::uint32_t>(e);
      Random random(address);
      values_[at++] = draw_from(family, args.data(), random);
    }
  }
  return values_;
}

}  // namespace lmmdsl
