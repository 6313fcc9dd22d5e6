// Missing components of residuals drawn given those observed, for all n vectors of a pattern
// together, as far as a covariance is concerned: it needs no more than the sum of r r'.
//
// With r = (r_o, r_m) ~ Normal(0, V) and r_o known, r_m = B r_o + e with B = V_mo V_oo^-1 and
// e ~ Normal(0, C), C = V_mm - B V_om. Stack the r_o' to R (n x o) and the e' to E (n x m), and let
// R = Q M with orthonormal columns in Q, so that M' M = R'R = S_oo. The rows of Q'E =: Z are
// independent Normal(0, C), and E'E = Z'Z + a Wishart matrix of the n - rank other directions that
// is independent of Z. Then
//
//   sum r_o r_m' = S_oo B' + M'Z
//   sum r_m r_m' = B S_oo B' + B M'Z + (B M'Z)' + E'E
//
// has the law that drawing each r_m would give, at a cost that does not depend on n.
#include <Eigen/Dense>
#include <cmath>

#include "runtime/kernels/kernels.h"
#include "runtime/not_a_number.h"

namespace lmmdsl {

namespace {

using Matrix = Eigen::MatrixXd;

Matrix normals(Random& random, Eigen::Index rows, Eigen::Index cols) {
  Matrix z(rows, cols);
  for (double& x : z.reshaped()) x = normal(random);
  return z;
}

/// A with A A' ~ Wishart(df, I), for any whole df: for few the columns are the Normal vectors
/// themselves, else Bartlett's (1933) triangle.
Matrix wishart_root(Random& random, Eigen::Index p, Eigen::Index df) {
  if (df < 2 * p) return normals(random, p, df);
  Matrix A = Matrix::Zero(p, p);
  for (Eigen::Index j = 0; j < p; ++j) {
    A(j, j) = std::sqrt(2 * gamma_variate(random, 0.5 * static_cast<double>(df - j), 1));
    for (Eigen::Index i = j + 1; i < p; ++i) A(i, j) = normal(random);
  }
  return A;
}

/// M with M'M = S: the leading `rows` eigenvectors, each times the root of its eigenvalue.
Matrix root(const Matrix& S, Eigen::Index rows) {
  const Eigen::SelfAdjointEigenSolver<Matrix> eigen(S);
  const Matrix M =
      eigen.eigenvalues().cwiseMax(0).cwiseSqrt().asDiagonal() * eigen.eigenvectors().transpose();
  return M.bottomRows(rows);  // eigenvalues ascend
}

}  // namespace

void completed_kernel(Work& w) {
  const int p = w.rows;
  for (std::size_t e = 0; e < w.elements; ++e) {
    const Eigen::Map<const Matrix> S(w.in[0].at(e), p, p), V(w.in[2].at(e), p, p);
    const auto n = static_cast<Eigen::Index>(*w.in[1].at(e));
    Eigen::Map<Matrix> out(w.block(e), p, p);
    std::vector<int> o, m;
    for (int i = 0; i < p; ++i) (w.in[3].at(e)[i] != 0 ? o : m).push_back(i);
    if (m.empty()) {
      out = S;
      continue;
    }
    out.setZero();
    if (o.empty() || n == 0 || w.stream.step == 0) continue;
    w.stream.level = static_cast<std::uint32_t>(e);
    Random random(w.stream);
    const Eigen::LLT<Matrix> V_oo(Matrix(V(o, o)));
    const Matrix B = V_oo.solve(Matrix(V(o, m))).transpose();
    const Eigen::LLT<Matrix> C(Matrix(V(m, m) - B * V(o, m)));
    if (V_oo.info() != Eigen::Success || C.info() != Eigen::Success) {
      out.setConstant(kNan);
      continue;
    }
    const Matrix L = C.matrixL();
    const Eigen::Index known = static_cast<Eigen::Index>(o.size());
    const Eigen::Index missing = static_cast<Eigen::Index>(m.size());
    const Eigen::Index rank = std::min(n, known);
    const Matrix R = S(o, o);
    const Matrix Z = normals(random, rank, missing) * L.transpose();
    const Matrix MZ = root(R, rank).transpose() * Z;
    const Matrix A = L * wishart_root(random, missing, n - rank);
    const Matrix om = R * B.transpose() + MZ;
    Matrix mm = B * om + (B * MZ).transpose() + Z.transpose() * Z + A * A.transpose();
    mm = (0.5 * (mm + mm.transpose())).eval();
    out(o, o) = R;
    out(o, m) = om;
    out(m, o) = om.transpose();
    out(m, m) = mm;
  }
}

}  // namespace lmmdsl
