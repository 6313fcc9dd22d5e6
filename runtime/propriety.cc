#include "runtime/propriety.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "compiler/math/render.h"
#include "runtime/joint_design.h"
#include "runtime/propriety_truncated.h"
#include "runtime/separation.h"

namespace lmmdsl {

namespace {

using Matrix = Eigen::MatrixXd;

constexpr double kTolerance = 1e-9;  // of columns scaled to length 1

class Propriety {
 public:
  explicit Propriety(const BoundPlan& bound) : bound_(bound), model_(*bound.model) {
    for (const Conditional& c : bound.plan->conditionals) {
      const FamilyId f = model_[c.target].prior < 0
                             ? FamilyId::normal
                             : model_.densities[model_[c.target].prior].family;
      if (f != FamilyId::flat && f != FamilyId::jeffreys) continue;
      const bool location =
          c.family == UpdateFamily::normal || c.family == UpdateFamily::ordered_normal;
      (location ? flat_ : scales_).push_back(&c);
    }
  }

  Diagnostics run() {
    if (flat_.empty() && scales_.empty()) return {};
    const JointDesign flat(bound_, targets_of_flat());
    if (flat.known()) {
      flat_triangle_ = flat.triangle();
      flat_rank_ = rank(flat_triangle_);
      if (flat_rank_ < flat_triangle_.cols()) refuse_flat(flat);
      else if (!flat_.empty()) check_separation(flat);
    } else if (!flat_.empty()) {
      warn(flat_.front()->target,
           "whether the posterior is proper was not examined: its design is not fixed or too wide");
    }
    if (errors_.empty() && flat.known()) check_scales();
    if (!has_error(errors_)) {
      const Diagnostics truncated = check_truncated(bound_);
      errors_.insert(errors_.end(), truncated.begin(), truncated.end());
    }
    return errors_;
  }

 private:
  std::vector<SymbolId> targets_of_flat() const {
    std::vector<SymbolId> targets;
    for (const Conditional* c : flat_) targets.push_back(c->target);
    return targets;
  }

  static Matrix scaled(const Matrix& R) {
    Matrix S = R;
    for (Eigen::Index j = 0; j < S.cols(); ++j) {
      const double length = S.col(j).norm();
      if (length > 0) S.col(j) /= length;
    }
    return S;
  }

  static Eigen::Index rank(const Matrix& R) {
    if (R.cols() == 0) return 0;
    Eigen::ColPivHouseholderQR<Matrix> qr(scaled(R));
    qr.setThreshold(kTolerance);
    return qr.rank();
  }

  /// "`b[x]` and `b[z]`", by the columns of the draws that they are reported in.
  std::string names_of(const JointDesign& design, const std::vector<std::size_t>& columns) const {
    std::string names;
    for (std::size_t i = 0; i < columns.size() && i < 8; ++i) {
      names += (i == 0                    ? ""
                : i + 1 == columns.size() ? " and "
                                          : ", ") +
               ("`" + column_name(design, columns[i]) + "`");
    }
    if (columns.size() > 8) names += fmt::format(" and {} more", columns.size() - 8);
    return names;
  }

  std::string column_name(const JointDesign& design, std::size_t column) const {
    const JointDesign::Block& block = design.block_of(column);
    for (std::size_t j = 0; j < bound_.sources.size(); ++j) {
      const ColumnSource& s = bound_.sources[j];
      if (s.value >= 0 && bound_.plan->values[s.value].parameter == block.target &&
          s.offset == column - block.begin && !s.square) {
        return bound_.columns[j].name;
      }
    }
    return model_[block.target].spelling;
  }

  /// Names the columns of one combination that is zero in every row.
  void refuse_flat(const JointDesign& design) {
    const Matrix S = scaled(flat_triangle_);
    Eigen::ColPivHouseholderQR<Matrix> qr(S);
    qr.setThreshold(kTolerance);
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
    const std::string names = names_of(design, columns);
    Diagnostic d = at_prior(design.block_of(dependent).target, Severity::error);
    d.message = columns.size() == 1 ? fmt::format("no data reach {}, which has a flat prior", names)
                                    : fmt::format("the data cannot tell apart {}", names);
    d.label = fmt::format(
        "the posterior is improper: the design of the flat coefficients has rank "
        "{} and {} columns",
        r, S.cols());
    d.hint = columns.size() == 1 ? "give it a proper prior, such as Normal(0, 100)"
                                 : "leave one of them out, or give one a proper prior";
    errors_.push_back(std::move(d));
  }

  /// Counts, proportions and censored values: a direction in which no likelihood falls.
  void check_separation(const JointDesign& design) {
    const JointDesign::Rows rows = design.rows_by_end();
    if (!rows.known) {
      warn(design.block_of(0).target,
           "whether the posterior is proper was not examined: it may not be if the responses are "
           "separated");
      return;
    }
    const Eigen::VectorXd direction = separating_direction(rows.closed, rows.open);
    if (direction.size() == 0) return;
    std::vector<std::size_t> columns;
    for (Eigen::Index j = 0; j < direction.size(); ++j)
      if (std::abs(direction[j]) > 1e-6) columns.push_back(static_cast<std::size_t>(j));
    const std::string names = names_of(design, columns);
    Diagnostic d = at_prior(design.block_of(columns[0]).target, Severity::error);
    d.message = fmt::format("the responses are separated by {}", names);
    d.label =
        columns.size() == 1
            ? fmt::format(
                  "the posterior is improper: the likelihood of no row falls as it goes to "
                  "{}infinity",
                  direction[static_cast<Eigen::Index>(columns[0])] < 0 ? "minus " : "")
            : "the posterior is improper: in one direction of these the likelihood of no row falls";
    d.hint = columns.size() == 1 ? "give it a proper prior, such as Normal(0, 10)"
                                 : "give them proper priors, such as Normal(0, 10)";
    errors_.push_back(std::move(d));
  }

  Diagnostic at_prior(SymbolId parameter, Severity severity) const {
    Diagnostic d;
    d.severity = severity;
    d.source = model_.source;
    d.span = model_.densities[model_[parameter].prior].span;
    return d;
  }

  struct Scale {
    const Conditional* conditional = nullptr;
    double a = 0;                   ///< p(v) ∝ v^(-a-1) for the variance v
    double n = 0;                   ///< responses of which it is the variance
    bool components = false;        ///< the variance of single components of vectors of effects
    std::vector<int> densities;     ///< the indices of those of which it is the variance
    std::vector<SymbolId> effects;  ///< coefficients of which it is the variance
  };

  void check_scales() {
    std::vector<Scale> scales;
    double sum_a = 0;
    std::vector<SymbolId> effects;
    for (const Conditional* c : scales_) {
      Scale s;
      s.conditional = c;
      for (const Contribution& l : c->likelihood) {
        const Density& d = density_at(model_, l.density);
        if (const Density* laplace = laplace_of(d)) {
          s.densities.push_back(l.density);
          if (laplace->target >= 0) s.effects.push_back(laplace->target);
          else s.n += static_cast<double>(bound_.data->plate(d.plate).size);
        }
        if (d.family != FamilyId::normal) continue;
        s.densities.push_back(l.density);
        if (d.target >= 0 && model_[d.target].auxiliary) {
          s.n += static_cast<double>(fully_observed(l.density));
        } else if (d.target < 0) {
          const double each = l.component > 0 ? 1 : bound_.data->length(d.value->shape.rows);
          s.n += each * static_cast<double>(bound_.data->plate(d.plate).size);
        } else if (l.component > 0) {
          s.components = true;
        } else {
          s.effects.push_back(d.target);
        }
      }
      if (!model_[c->target].shape.is_scalar()) {
        check_covariance(s);
        continue;
      }
      const Expr& shape = c->prior.terms[0];
      if (shape->op != Op::number || !model_[c->target].plate.once()) {
        warn(c->target, "whether the posterior is proper was not examined for a scale on a plate");
        continue;
      }
      s.a = shape->number;
      sum_a += s.a;
      // Effects with the variance of the errors times something known shrink with these, and add
      // nothing to the conditions: the data alone decide.
      if (s.n > 0) s.effects.clear();
      effects.insert(effects.end(), s.effects.begin(), s.effects.end());
      scales.push_back(std::move(s));
    }
    if (refuse_products(scales)) return;
    const int groups = static_cast<int>(std::count_if(
        scales.begin(), scales.end(), [](const Scale& s) { return !s.effects.empty(); }));
    std::vector<SymbolId> all = targets_of_flat();
    all.insert(all.end(), effects.begin(), effects.end());
    const JointDesign design(bound_, all);
    const bool known = design.known() && design.with_responses();
    Matrix R;
    Eigen::Index t = 0, q = 0;
    if (known) {
      R = design.triangle_beside_responses();
      t = rank(R.leftCols(R.cols() - 1)) - flat_rank_;
      q = R.cols() - 1 - flat_triangle_.cols();
    }
    for (const Scale& s : scales) {
      if (!s.effects.empty() || s.components) check_group(s, known && !s.components, groups, t, q);
      if (s.n > 0) check_error(s, known, sum_a, R);
    }
  }

  /// The Laplace density whose auxiliary variances have this prior, if there is one.
  const Density* laplace_of(const Density& prior) const {
    for (const Rewrite& r : model_.rewrites) {
      const Density& stated = model_.stated[r.stated];
      if (stated.family != FamilyId::laplace) continue;
      for (const SymbolId a : r.auxiliaries)
        if (a == prior.target) return &stated;
    }
    return nullptr;
  }

  /// Of two scales that are factors of the same variances and of no others only the product is
  /// known.
  bool refuse_products(const std::vector<Scale>& scales) {
    for (std::size_t i = 0; i < scales.size(); ++i)
      for (std::size_t j = i + 1; j < scales.size(); ++j) {
        if (scales[i].densities != scales[j].densities) continue;
        const SymbolId u = scales[i].conditional->target, v = scales[j].conditional->target;
        refuse(v,
               fmt::format("the data cannot tell apart `{}` and `{}`", model_[u].spelling,
                           model_[v].spelling),
               "the posterior is improper: they are factors of the same variances, and have flat "
               "priors");
        return true;
      }
    return false;
  }

  /// Rows of a censored response that were seen.
  std::size_t fully_observed(int density) const {
    for (const PlanResponse& r : bound_.plan->responses) {
      if (r.density != density) continue;
      const std::size_t n = bound_.data->plate(model_.densities[density].plate).size;
      std::size_t count = 0;
      for (std::size_t row = 0; row < n; ++row)
        count += !is_open(bound_, r.open_above, row) && !is_open(bound_, r.open_below, row);
      return count;
    }
    return 0;
  }

  void check_group(const Scale& s, bool known, int groups, Eigen::Index t, Eigen::Index q) {
    const SymbolId v = s.conditional->target;
    if (s.a >= 0) {
      refuse(v,
             s.a == 0 ? "a flat prior on the logarithm of a group variance is always improper"
                      : "a flat prior on the precision of group effects is always improper",
             "the likelihood does not vanish as the variance goes to 0");
      return;
    }
    const bool truncated = has_truncated_responses(model_);
    if (!known || truncated) {
      warn(v,
           s.components
               ? "whether the posterior is proper was not examined for the variance of a component"
           : truncated
               ? "whether the posterior is proper was not examined beside truncated responses"
               : "whether the posterior is proper was not examined: its design is not fixed or too "
                 "wide");
      return;
    }
    if (groups == 1) {
      if (static_cast<double>(t) > -2 * s.a) return;
      refuse(
          v,
          fmt::format("the posterior of `{}` is improper with so few groups", model_[v].spelling),
          fmt::format("the group effects have {} degree{} of freedom beside the flat "
                      "coefficients, and more than {:.6g} are needed",
                      t, t == 1 ? "" : "s", -2 * s.a));
      return;
    }
    Eigen::Index own = 0;
    for (SymbolId u : s.effects) {
      own += static_cast<Eigen::Index>(bound_.data->plate(model_[u].plate).size) *
             bound_.data->length(model_[u].shape.rows);
    }
    if (static_cast<double>(own) > static_cast<double>(q - t) - 2 * s.a) return;
    warn(v,
         fmt::format("the posterior of `{}` may be improper: {} effects, and the known sufficient "
                     "condition asks for more than {:.6g} (Hobert and Casella 1996)",
                     model_[v].spelling, own, static_cast<double>(q - t) - 2 * s.a));
  }

  void check_error(const Scale& s, bool known, double sum_a, const Matrix& R) {
    const SymbolId v = s.conditional->target;
    const double left = s.n + 2 * sum_a - static_cast<double>(flat_rank_);
    if (!(left > 0)) {
      refuse(
          v, fmt::format("the posterior of `{}` is improper with so few rows", model_[v].spelling),
          fmt::format(
              "{} responses, {} flat coefficient{}, and {:.6g} for the flat scales: {:.6g} must be "
              "above 0",
              s.n, flat_rank_, flat_rank_ == 1 ? "" : "s", 0.0 - 2 * sum_a, left));
      return;
    }
    if (!known || R.cols() == 0) return;
    // Residuals beside all coefficients of the check; with a < 0 only flat ones can make them
    // vanish.
    const Eigen::Index last = R.cols() - 1;
    const double residual = std::abs(R(last, last)), total = R.col(last).norm();
    const bool exact = !(residual > 1e-10 * total);
    if (exact && (s.a >= 0 || R.cols() - 1 == flat_triangle_.cols())) {
      refuse(v,
             fmt::format("the posterior of `{}` is improper: the coefficients fit the data exactly",
                         model_[v].spelling),
             "the residual sum of squares is 0");
    }
  }

  void check_covariance(const Scale& s) {
    const SymbolId v = s.conditional->target;
    if (s.effects.empty()) {
      check_complete(s);
      return;
    }
    if (s.conditional->exponent < 0) {
      refuse(v, "a flat prior on the inverse covariance of group effects is always improper",
             "the likelihood does not vanish as the covariance goes to 0");
    } else if (model_.densities[model_[v].prior].family == FamilyId::jeffreys) {
      refuse(v, "Jeffreys' prior is for the covariance of errors",
             "for group effects the posterior is improper: the likelihood does not vanish as the "
             "covariance goes to 0");
    } else {
      warn(v, fmt::format("the posterior of `{}` may be improper under a flat prior",
                          model_[v].spelling));
    }
  }

  /// Vectors that lack components leave a proper posterior proper, but need not make it so: the
  /// complete ones must.
  void check_complete(const Scale& s) {
    const SymbolId v = s.conditional->target;
    double complete = 0;
    bool lacking = false;
    for (const Contribution& l : s.conditional->likelihood) {
      const Density& d = density_at(model_, l.density);
      if (!d.observed) continue;
      lacking = true;
      const auto& patterns = bound_.data->plate(d.observed->plate).labels;
      for (std::int32_t pattern : bound_.data->map(d.plate, d.observed->plate))
        complete += patterns[static_cast<std::size_t>(pattern)][0].find('0') == std::string::npos;
    }
    const double p = bound_.data->length(model_[v].shape.rows);
    const double needed = p - 1 + static_cast<double>(flat_rank_) / p;
    if (lacking && complete <= needed)
      warn(v,
           fmt::format("the posterior of `{}` may be improper: {} vectors are complete, and with "
                       "more than {:.6g} it certainly is not",
                       model_[v].spelling, complete, needed));
  }

  void refuse(SymbolId parameter, std::string message, std::string label) {
    Diagnostic d = at_prior(parameter, Severity::error);
    d.message = std::move(message);
    d.label = std::move(label);
    d.hint = model_[parameter].shape.is_scalar()
                 ? "give it a proper prior, such as InverseGamma(a, b) on the variance"
                 : "give it a proper prior, such as InverseWishart(df, S)";
    errors_.push_back(std::move(d));
  }
  void warn(SymbolId parameter, std::string message) {
    Diagnostic d = at_prior(parameter, Severity::warning);
    d.message = std::move(message);
    errors_.push_back(std::move(d));
  }

  const BoundPlan& bound_;
  const Model& model_;
  std::vector<const Conditional*> flat_;
  std::vector<const Conditional*> scales_;
  Matrix flat_triangle_;
  Eigen::Index flat_rank_ = 0;
  Diagnostics errors_;
};

}  // namespace

Diagnostics check_propriety(const BoundPlan& bound) { return Propriety(bound).run(); }

}  // namespace lmmdsl
