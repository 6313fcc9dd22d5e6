// Vectors with missing components: the inverse and the determinant of the covariance of those that
// are observed, in the place of that of all.
#include <Eigen/Dense>
#include <cmath>

#include "runtime/kernels/kernels.h"
#include "runtime/not_a_number.h"

namespace lmmdsl {

void filled_kernel(Work& w) {
  for (std::size_t e = 0; e < w.elements; ++e) {
    const double* in = w.in[0].at(e);
    double* out = w.block(e);
    for (int i = 0; i < w.size(); ++i) out[i] = std::isnan(in[i]) ? 0 : in[i];
  }
}

void observed_kernel(Work& w) {
  const int p = w.in[0].rows;
  std::vector<int> o;
  for (std::size_t e = 0; e < w.elements; ++e) {
    const Eigen::Map<const Eigen::MatrixXd> V(w.in[0].at(e), p, p);
    o.clear();
    for (int i = 0; i < p; ++i)
      if (w.in[1].at(e)[i] != 0) o.push_back(i);
    const Eigen::LLT<Eigen::MatrixXd> cholesky{Eigen::MatrixXd(V(o, o))};
    const bool positive = o.empty() || cholesky.info() == Eigen::Success;
    if (w.node->op == Op::observed_log_determinant) {
      double sum = 0;
      for (std::size_t i = 0; i < o.size(); ++i) {
        const auto k = static_cast<Eigen::Index>(i);
        sum += std::log(cholesky.matrixLLT()(k, k));
      }
      w.out[e] = positive ? 2 * sum : kNan;
      continue;
    }
    Eigen::Map<Eigen::MatrixXd> W(w.block(e), p, p);
    W.setZero();
    if (o.empty()) continue;
    if (!positive) {
      W.setConstant(kNan);
      continue;
    }
    const auto n = static_cast<Eigen::Index>(o.size());
    const Eigen::MatrixXd inverse = cholesky.solve(Eigen::MatrixXd::Identity(n, n));
    W(o, o) = 0.5 * (inverse + inverse.transpose());
  }
}

}  // namespace lmmdsl
