#include "runtime/propriety_flat.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/joint_design.h"
#include "runtime/separation.h"

namespace lmmdsl {

namespace {

using Matrix = Eigen::MatrixXd;

class FlatCheck {
 public:
  FlatCheck(const BoundPlan& bound, const JointDesign& design, ProprietyFindings& findings)
      : bound_(bound), model_(*bound.model), design_(design), findings_(findings) {}

  /// Names the columns of one combination that is zero in every row.
  void refuse_flat(const Matrix& triangle) {
    const auto qr = decompose_columns(triangle);
    const Eigen::Index r = qr.rank();
    const auto order = qr.colsPermutation().indices();
    const auto dependent = static_cast<std::size_t>(order[r]);
    Matrix R = qr.matrixR();
    const Eigen::VectorXd x =
        R.topLeftCorner(r, r).triangularView<Eigen::Upper>().solve(R.col(r).head(r));
    std::vector<std::size_t> columns = {dependent};
    for (Eigen::Index j = 0; j < r; ++j) {
      if (std::abs(x[j]) > 1e-6) columns.push_back(static_cast<std::size_t>(order[j]));
    }
    std::sort(columns.begin(), columns.end());
    const std::string names = names_of(columns);
    const bool one = columns.size() == 1;
    findings_.refuse(design_.block_of(dependent).target,
                     one ? fmt::format("no data reach {}, which has a flat prior", names)
                         : fmt::format("the data cannot tell apart {}", names),
                     fmt::format("the posterior is improper: the design of the flat coefficients "
                                 "has rank {} and {} columns",
                                 r, triangle.cols()),
                     one ? "give it a proper prior, such as Normal(0, 100)"
                         : "leave one of them out, or give one a proper prior");
  }

  /// Counts, proportions and censored values: a direction in which no likelihood falls.
  void check_separation() {
    const JointDesign::Rows rows = design_.rows_by_end();
    if (!rows.known) {
      findings_.warn(
          design_.block_of(0).target,
          "whether the posterior is proper was not examined: it may not be if the responses are "
          "separated");
      return;
    }
    const Eigen::VectorXd direction = separating_direction(rows.closed, rows.open);
    if (direction.size() == 0) return;
    std::vector<std::size_t> columns;
    for (Eigen::Index j = 0; j < direction.size(); ++j)
      if (std::abs(direction[j]) > 1e-6) columns.push_back(static_cast<std::size_t>(j));
    const std::string names = names_of(columns);
    const bool one = columns.size() == 1;
    const bool falling = direction[static_cast<Eigen::Index>(columns[0])] < 0;
    findings_.refuse(
        design_.block_of(columns[0]).target,
        fmt::format("the responses are separated by {}", names),
        one ? fmt::format("the posterior is improper: the likelihood of no row falls as it goes to "
                          "{}infinity",
                          falling ? "minus " : "")
            : "the posterior is improper: in one direction of these the likelihood of no row falls",
        one ? "give it a proper prior, such as Normal(0, 10)"
            : "give them proper priors, such as Normal(0, 10)");
  }

 private:
  /// "`b[x]` and `b[z]`", by the columns of the draws that they are reported in.
  std::string names_of(const std::vector<std::size_t>& columns) const {
    std::string names;
    for (std::size_t i = 0; i < columns.size() && i < 8; ++i) {
      names += (i == 0                    ? ""
                : i + 1 == columns.size() ? " and "
                                          : ", ") +
               ("`" + column_name(columns[i]) + "`");
    }
    if (columns.size() > 8) names += fmt::format(" and {} more", columns.size() - 8);
    return names;
  }

  std::string column_name(std::size_t column) const {
    const JointDesign::Block& block = design_.block_of(column);
    for (std::size_t j = 0; j < bound_.sources.size(); ++j) {
      const ColumnSource& s = bound_.sources[j];
      if (s.value >= 0 && bound_.plan->values[s.value].parameter == block.target &&
          s.offset == column - block.begin && !s.square) {
        return bound_.columns[j].name;
      }
    }
    return model_[block.target].spelling;
  }

  const BoundPlan& bound_;
  const Model& model_;
  const JointDesign& design_;
  ProprietyFindings& findings_;
};

}  // namespace

FlatCoefficients check_flat(const BoundPlan& bound, std::vector<SymbolId> targets,
                            ProprietyFindings& findings) {
  FlatCoefficients flat;
  const JointDesign design(bound, targets, all_responses(bound));
  flat.targets = std::move(targets);
  flat.known = design.known();
  if (!flat.known) {
    if (!flat.targets.empty())
      findings.warn(flat.targets.front(),
                    "whether the posterior is proper was not examined: its design is not fixed or "
                    "too wide");
    return flat;
  }
  flat.triangle = design.triangle();
  flat.rank = rank_of_columns(flat.triangle);
  FlatCheck check(bound, design, findings);
  if (flat.rank < flat.triangle.cols()) check.refuse_flat(flat.triangle);
  else if (!flat.targets.empty()) check.check_separation();
  return flat;
}

}  // namespace lmmdsl
