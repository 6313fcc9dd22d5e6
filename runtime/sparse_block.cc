#include "runtime/sparse_block.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "runtime/not_a_number.h"
#include "runtime/random_block.h"

namespace lmmdsl {

namespace {

/// Of the diagonal of a precision, once everything else has been taken off.
constexpr double kLeastPivot = 64 * std::numeric_limits<double>::epsilon();

std::size_t element_of(const std::int32_t* map, const Plate& plate, std::size_t e) {
  if (plate.once()) return 0;
  return map ? static_cast<std::size_t>(map[e]) : e;
}

}  // namespace

SparseBlock::SparseBlock(const BoundPlan& bound, const PlanStep& step) {
  const JointValues& joint = *step.joint;
  std::size_t unknowns = 0;
  for (std::size_t t = 0; t < step.targets.size(); ++t) {
    const Conditional& c = bound.plan->conditionals[static_cast<std::size_t>(step.targets[t])];
    const auto size =
        static_cast<std::size_t>(bound.data->length((*bound.model)[c.target].shape.rows));
    const std::size_t elements = bound.data->plate(c.plate).size;
    members_.push_back(
        {c.target, c.plate, size, elements, unknowns, SumReader(bound, joint.shifts[t], c.plate)});
    unknowns += size * elements;
  }
  std::vector<Ties> ties;
  for (std::size_t t = 0; t < members_.size(); ++t)
    ties.push_back(add_blocks(bound, joint.precisions[t], members_[t], members_[t]));
  for (const JointValues::Coupling& c : joint.couplings)
    ties.push_back(add_blocks(bound, c.precision, members_[static_cast<std::size_t>(c.first)],
                              members_[static_cast<std::size_t>(c.second)]));
  place(ties, unknowns);
}

Ties SparseBlock::add_blocks(const BoundPlan& bound, const ScaledSum& sum, const Member& a,
                             const Member& b) {
  const Plate joined = join(a.plate, b.plate);
  const std::int32_t* of_a = map_or_null(bound, joined, a.plate);
  const std::int32_t* of_b = map_or_null(bound, joined, b.plate);
  const std::size_t elements = bound.data->plate(joined).size;
  blocks_.push_back({SumReader(bound, sum, joined), elements, a.size * b.size, {}});
  Ties ties;
  ties.reserve(elements * a.size * b.size);
  for (std::size_t e = 0; e < elements; ++e)
    for (std::size_t j = 0; j < b.size; ++j)
      for (std::size_t i = 0; i < a.size; ++i)
        ties.emplace_back(a.offset + element_of(of_a, a.plate, e) * a.size + i,
                          b.offset + element_of(of_b, b.plate, e) * b.size + j);
  return ties;
}

void SparseBlock::place(const std::vector<Ties>& ties, std::size_t unknowns) {
  Ties all;
  for (const Ties& t : ties) all.insert(all.end(), t.begin(), t.end());
  SparseOrder order = find_order(static_cast<std::int32_t>(unknowns), all);
  place_ = std::move(order.place);
  work_ = *work_of(order.pattern, std::vector<double>(unknowns, 1), kInfinity);
  for (std::size_t k = 0; k < blocks_.size(); ++k) {
    const bool diagonal = k < members_.size();
    for (const auto& [i, j] : ties[k])
      blocks_[k].at.push_back(diagonal && i > j
                                  ? -1
                                  : order.pattern.at(place_[static_cast<std::size_t>(i)],
                                                     place_[static_cast<std::size_t>(j)]));
  }
  const std::vector<double> ones(order.pattern.rows.size(), 1);
  const auto n = static_cast<Eigen::Index>(unknowns);
  K_ = Eigen::Map<const Matrix>(n, n, static_cast<Eigen::Index>(ones.size()),
                                order.pattern.columns.data(), order.pattern.rows.data(),
                                ones.data());
  llt_.analyzePattern(K_);
  z_.resize(n);
}

GaussianFactor SparseBlock::make_factor() const {
  GaussianFactor factor;
  factor.levels.push_back({std::vector<double>(static_cast<std::size_t>(work_.numbers)),
                           {},
                           std::vector<double>(unknowns())});
  return factor;
}

GaussianValues SparseBlock::make_values() const { return {std::vector<double>(unknowns())}; }

void SparseBlock::read(const Machine& machine, GaussianValues& values) const {
  for (const Member& m : members_) {
    const std::vector<double>& from = machine.state().values[static_cast<std::size_t>(m.parameter)];
    for (std::size_t i = 0; i < m.size * m.elements; ++i)
      values[0][static_cast<std::size_t>(place_[m.offset + i])] = from[i];
  }
}

std::string SparseBlock::describe() const {
  return fmt::format("one sparse matrix, {} x {} with {:.0f} numbers in its factor", unknowns(),
                     unknowns(), work_.numbers);
}

ProposalCost SparseBlock::proposal_cost() const {
  const double draw = kKeptNumber * static_cast<double>(unknowns());
  // With the factorisation for the coefficients themselves.
  return {0, 1, 1 + (kStepByItself + draw) / nanoseconds(work_)};
}

void SparseBlock::assemble(const Machine& machine, std::vector<double>& shift) {
  double* K = K_.valuePtr();
  std::fill_n(K, K_.nonZeros(), 0.0);
  for (const Blocks& b : blocks_) {
    for (const SumReader::Term& t : b.value.terms()) {
      const double c = t.factor(machine);
      const std::int32_t* at = b.at.data();
      if (b.size == 1 && t.value.one_by_one()) {
        const double* from = t.value(machine, 0);
        for (std::size_t e = 0; e < b.elements; ++e) K[at[e]] += c * from[e];
        continue;
      }
      for (std::size_t e = 0; e < b.elements; ++e, at += b.size) {
        const double* from = t.value(machine, e);
        for (std::size_t i = 0; i < b.size; ++i)
          if (at[i] >= 0) K[at[i]] += c * from[i];
      }
    }
  }
  std::fill(shift.begin(), shift.end(), 0.0);
  for (const Member& m : members_) {
    for (const SumReader::Term& t : m.shift.terms()) {
      const double c = t.factor(machine);
      const std::int32_t* at = place_.data() + m.offset;
      for (std::size_t e = 0; e < m.elements; ++e, at += m.size) {
        const double* from = t.value(machine, e);
        for (std::size_t i = 0; i < m.size; ++i)
          shift[static_cast<std::size_t>(at[i])] += c * from[i];
      }
    }
  }
}

Eigen::Map<const SparseBlock::Matrix> SparseBlock::matrix(const GaussianFactor& factor) const {
  const Matrix& L = llt_.matrixL().nestedExpression();
  return {L.rows(),          L.cols(),          L.nonZeros(),
          L.outerIndexPtr(), L.innerIndexPtr(), factor.levels[0].L.data()};
}

/// False where the matrix is not positive definite, to rounding.
bool SparseBlock::factor(const Machine& machine, GaussianFactor& out) {
  GaussianFactor::Level& own = out.levels[0];
  assemble(machine, own.w);
  llt_.factorize(K_);
  if (llt_.info() != Eigen::Success) return false;
  const Matrix& L = llt_.matrixL().nestedExpression();
  std::copy_n(L.valuePtr(), L.nonZeros(), own.L.begin());
  Eigen::Map<Eigen::VectorXd> w(own.w.data(), static_cast<Eigen::Index>(own.w.size()));
  llt_.matrixL().solveInPlace(w);
  double product = 1;  // its logarithm is taken before it leaves the doubles
  out.log_det = 0;
  for (Eigen::Index c = 0; c < L.cols(); ++c) {
    const double pivot = L.valuePtr()[L.outerIndexPtr()[c]];
    // No more than the rounding of what was taken off.
    if (!(pivot * pivot > kLeastPivot * K_.valuePtr()[K_.outerIndexPtr()[c]])) return false;
    if (!(pivot > 1e-100 && pivot < 1e100)) {
      out.log_det += 2 * std::log(pivot);
      continue;
    }
    product *= pivot;
    if (product > 1e-100 && product < 1e100) continue;
    out.log_det += 2 * std::log(product);
    product = 1;
  }
  out.log_det += 2 * std::log(product);
  return std::isfinite(out.log_det);
}

bool SparseBlock::factor(const Machine& machine, GaussianFactor& out, const GaussianValues& values,
                         double& log_density) {
  if (!factor(machine, out)) return false;
  log_density = 0.5 * (out.log_det - square(out, values[0]));
  return true;
}

double SparseBlock::square(const GaussianFactor& factor, const std::vector<double>& values) const {
  const auto n = static_cast<Eigen::Index>(values.size());
  const Eigen::Map<const Eigen::VectorXd> t(values.data(), n), w(factor.levels[0].w.data(), n);
  return (matrix(factor).triangularView<Eigen::Lower>().transpose() * t - w).squaredNorm();
}

bool SparseBlock::draw(Machine& machine, const GaussianFactor& factor, StreamAddress address) {
  address.level = 0;
  Random random(address);
  normals(random, unknowns(), z_.data());
  z_ += Eigen::Map<const Eigen::VectorXd>(factor.levels[0].w.data(), z_.size());
  matrix(factor).triangularView<Eigen::Lower>().transpose().solveInPlace(z_);
  for (const Member& m : members_) {
    double* out = machine.parameter(m.parameter);
    for (std::size_t i = 0; i < m.size * m.elements; ++i) out[i] = z_[place_[m.offset + i]];
  }
  return z_.allFinite();
}

}  // namespace lmmdsl
