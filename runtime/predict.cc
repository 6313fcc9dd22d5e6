#include "runtime/predict.h"

#include <Eigen/Dense>
#include <cmath>

#include "runtime/draw_family.h"

namespace lmmdsl {

namespace {

constexpr std::uint32_t kPredictStep = 0x8000;  // streams apart from those of the sweep's steps

}  // namespace

bool complete_normal(int p, const double* mean, const double* V, double* y, Random& random) {
  const Eigen::Map<const Eigen::MatrixXd> S(V, p, p);
  const Eigen::Map<const Eigen::VectorXd> centre(mean, p);
  Eigen::Map<Eigen::VectorXd> x(y, p);
  std::vector<int> o, m;
  for (int i = 0; i < p; ++i) (std::isnan(y[i]) ? m : o).push_back(i);
  const Eigen::LLT<Eigen::MatrixXd> known(Eigen::MatrixXd(S(o, o)));
  if (known.info() != Eigen::Success) return false;
  const Eigen::MatrixXd B = known.solve(Eigen::MatrixXd(S(o, m))).transpose();
  const Eigen::LLT<Eigen::MatrixXd> C(Eigen::MatrixXd(S(m, m) - B * S(o, m)));
  if (C.info() != Eigen::Success) return false;
  Eigen::VectorXd z(static_cast<Eigen::Index>(m.size()));
  for (double& u : z) u = normal(random);
  x(m) = centre(m) + B * (x(o) - centre(o)) + C.matrixL() * z;
  return true;
}

Predictor::Predictor(const BoundPlan& bound, const Machine& machine)
    : bound_(bound), machine_(machine), values_(bound.missing_responses) {
  for (const MissingResponse& m : bound.plan->missing) {
    sizes_.push_back(bound.data->plate(m.plate).size);
    arguments_.emplace_back();
    for (int v : m.arguments) arguments_.back().emplace_back(bound, v, m.plate);
    if (m.value >= 0) arguments_.back().emplace_back(bound, m.value, m.plate);
  }
}

const std::vector<double>& Predictor::operator()(StreamAddress address) {
  std::size_t at = 0;
  std::vector<double> args;
  for (std::size_t k = 0; k < arguments_.size(); ++k) {
    const FamilyId family = bound_.model->stated[bound_.plan->missing[k].density].family;
    address.step = kPredictStep + static_cast<std::uint32_t>(k);
    if (bound_.plan->missing[k].value >= 0) {
      complete(k, address, at);
      continue;
    }
    for (std::size_t e = 0; e < sizes_[k]; ++e) {
      args.clear();
      for (const ParameterReader& read : arguments_[k]) {
        const double* from = read(machine_, e);
        args.insert(args.end(), from, from + read.block());
      }
      address.level = static_cast<std::uint32_t>(e);
      Random random(address);
      values_[at++] = draw_from(family, args, random);
    }
  }
  return values_;
}

void Predictor::complete(std::size_t k, StreamAddress address, std::size_t& at) {
  const int p = bound_.sizes[bound_.plan->missing[k].value].rows;
  std::vector<double> y(static_cast<std::size_t>(p));
  for (const auto& [e, components] : bound_.missing_components[k]) {
    const double* observed = arguments_[k][2](machine_, e);
    std::copy(observed, observed + p, y.begin());
    address.level = static_cast<std::uint32_t>(e);
    Random random(address);
    const bool done = complete_normal(p, arguments_[k][0](machine_, e),
                                      arguments_[k][1](machine_, e), y.data(), random);
    for (int i : components) values_[at++] = done ? y[static_cast<std::size_t>(i)] : std::nan("");
  }
}

}  // namespace lmmdsl
