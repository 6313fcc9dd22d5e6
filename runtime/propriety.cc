#include "runtime/propriety.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <map>

#include "compiler/math/render.h"

namespace lmmdsl {

namespace {

using Matrix = Eigen::MatrixXd;

constexpr double kTolerance = 1e-9;    // of columns scaled to length 1
constexpr std::size_t kWidest = 2000;  // columns of a design that is examined

/// One coefficient parameter's columns in a joint design: elements of its plate, each p wide.
struct Block {
  SymbolId target = -1;
  std::size_t elements = 1;
  std::size_t p = 1;
  std::size_t columns() const { return elements * p; }
};

class Propriety {
 public:
  explicit Propriety(const BoundPlan& bound) : bound_(bound), model_(*bound.model) {
    for (const Conditional& c : bound.plan->conditionals) {
      const FamilyId f = model_[c.target].prior < 0
                             ? FamilyId::normal
                             : model_.densities[model_[c.target].prior].family;
      if (f != FamilyId::flat && f != FamilyId::jeffreys) continue;
      (c.family == UpdateFamily::normal ? flat_ : scales_).push_back(&c);
    }
  }

  Diagnostics run() {
    if (flat_.empty() && scales_.empty()) return {};
    std::vector<SymbolId> targets;
    for (const Conditional* c : flat_) targets.push_back(c->target);
    const bool flat_known = triangle_of(targets, false, flat_triangle_, flat_blocks_);
    if (flat_known) {
      flat_rank_ = rank(flat_triangle_);
      if (flat_rank_ < flat_triangle_.cols()) refuse_flat();
    }
    if (errors_.empty() && flat_known) check_scales();
    return errors_;
  }

 private:
  /// R of the QR decomposition of the joint design of the targets (and the response, last). False
  /// where a design is not fixed or too wide.
  bool triangle_of(const std::vector<SymbolId>& targets, bool with_response, Matrix& R,
                   std::vector<Block>& blocks) const {
    std::map<SymbolId, std::size_t> begin;
    std::size_t columns = 0;
    blocks.clear();
    for (SymbolId t : targets) {
      Block b;
      b.target = t;
      b.elements = bound_.data->plate(model_[t].plate).size;
      b.p = static_cast<std::size_t>(bound_.data->length(model_[t].shape.rows));
      begin[t] = columns;
      columns += b.columns();
      blocks.push_back(b);
    }
    const std::size_t width = columns + (with_response ? 1 : 0);
    if (columns > kWidest) return false;
    R = Matrix::Zero(static_cast<Eigen::Index>(width), static_cast<Eigen::Index>(width));
    for (const auto& [density, response] : bound_.plan->responses) {
      const Plate& rows = model_.densities[density].plate;
      const std::size_t n = bound_.data->plate(rows).size;
      std::vector<Source> sources;
      for (const DesignValue& d : bound_.plan->designs) {
        if (d.density != density || !begin.count(d.target)) continue;
        if (d.value < 0) return false;
        sources.push_back(source(d, rows, begin[d.target]));
      }
      if (with_response) sources.push_back(response_source(response, rows, columns));
      fold(sources, n, R);
    }
    return true;
  }

  struct Source {
    const double* data;
    const std::vector<std::int32_t>* map;  ///< from the density's rows to the value's
    bool once;
    std::size_t p;
    const std::vector<std::int32_t>* element;  ///< of the target, for each of the density's rows
    std::size_t begin;
  };

  Source source(const DesignValue& d, const Plate& rows, std::size_t begin) const {
    const Plate& own = bound_.plan->values[d.value].expr->plate;
    const Plate& target = model_[d.target].plate;
    return {bound_.constants[d.value].data(),
            own.once() || own == rows ? nullptr : &bound_.data->map(rows, own),
            own.once(),
            bound_.sizes[d.value].block(),
            target.once() ? nullptr : &bound_.data->map(rows, target),
            begin};
  }

  Source response_source(int value, const Plate& rows, std::size_t begin) const {
    const Plate& own = bound_.plan->values[value].expr->plate;
    return {bound_.constants[value].data(),
            own == rows ? nullptr : &bound_.data->map(rows, own),
            false,
            1,
            nullptr,
            begin};
  }

  /// The triangle so far on top of the next rows, again and again.
  static void fold(const std::vector<Source>& sources, std::size_t n, Matrix& R) {
    const Eigen::Index k = R.cols();
    if (k == 0) return;
    const std::size_t step = std::max<std::size_t>(256, static_cast<std::size_t>(k));
    for (std::size_t at = 0; at < n; at += step) {
      const std::size_t count = std::min(step, n - at);
      Matrix stack = Matrix::Zero(k + static_cast<Eigen::Index>(count), k);
      stack.topRows(k) = R;
      for (std::size_t r = 0; r < count; ++r) {
        for (const Source& s : sources) {
          const std::size_t row = at + r;
          const std::size_t from = s.once ? 0 : s.map ? (*s.map)[row] : row;
          const std::size_t column =
              s.begin + (s.element ? static_cast<std::size_t>((*s.element)[row]) * s.p : 0);
          for (std::size_t j = 0; j < s.p; ++j) {
            stack(k + static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(column + j)) =
                s.data[from * s.p + j];
          }
        }
      }
      Eigen::HouseholderQR<Eigen::Ref<Matrix>> qr(stack);
      R = stack.topRows(k).triangularView<Eigen::Upper>();
    }
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

  /// "b[x]", by the column of the draws that it is reported in.
  std::string column_name(const Block& block, std::size_t column) const {
    for (std::size_t j = 0; j < bound_.sources.size(); ++j) {
      const ColumnSource& s = bound_.sources[j];
      if (s.value >= 0 && bound_.plan->values[s.value].parameter == block.target &&
          s.offset == column && !s.square) {
        return bound_.columns[j].name;
      }
    }
    return model_[block.target].spelling;
  }

  std::string name_of(std::size_t column) const {
    for (const Block& b : flat_blocks_) {
      if (column < b.columns()) return column_name(b, column);
      column -= b.columns();
    }
    return {};
  }

  /// Names the columns of one combination that is zero in every row.
  void refuse_flat() {
    const Matrix S = scaled(flat_triangle_);
    Eigen::ColPivHouseholderQR<Matrix> qr(S);
    qr.setThreshold(kTolerance);
    const Eigen::Index r = qr.rank();
    const auto order = qr.colsPermutation().indices();
    const Eigen::Index dependent = order[r];
    Matrix R = qr.matrixR();
    const Eigen::VectorXd x =
        R.topLeftCorner(r, r).triangularView<Eigen::Upper>().solve(R.col(r).head(r));
    std::vector<std::size_t> columns = {static_cast<std::size_t>(dependent)};
    for (Eigen::Index j = 0; j < r; ++j) {
      if (std::abs(x[j]) > 1e-6) columns.push_back(static_cast<std::size_t>(order[j]));
    }
    std::sort(columns.begin(), columns.end());
    std::string names;
    for (std::size_t i = 0; i < columns.size() && i < 8; ++i) {
      names += (i == 0                    ? ""
                : i + 1 == columns.size() ? " and "
                                          : ", ") +
               ("`" + name_of(columns[i]) + "`");
    }
    if (columns.size() > 8) names += fmt::format(" and {} more", columns.size() - 8);
    std::size_t column = static_cast<std::size_t>(dependent), b = 0;
    while (column >= flat_blocks_[b].columns()) column -= flat_blocks_[b++].columns();
    Diagnostic d = at_prior(flat_blocks_[b].target, Severity::error);
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

  Diagnostic at_prior(SymbolId parameter, Severity severity) const {
    Diagnostic d;
    d.severity = severity;
    d.source = model_.source;
    d.span = model_.densities[model_[parameter].prior].span;
    return d;
  }

  struct Scale {
    const Conditional* conditional;
    double a = 0;                   ///< p(v) ∝ v^(-a-1) for the variance v
    std::vector<int> likelihoods;   ///< densities on rows of which it is the variance
    std::vector<SymbolId> effects;  ///< coefficients of which it is the variance
  };

  void check_scales() {
    std::vector<Scale> scales;
    double sum_a = 0;
    std::vector<SymbolId> effects;
    for (const Conditional* c : scales_) {
      Scale s{c, 0, {}, {}};
      for (const Contribution& l : c->likelihood) {
        const Density& d = model_.densities[l.density];
        if (d.family != FamilyId::normal) continue;
        if (d.target < 0) {
          s.likelihoods.push_back(l.density);
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
      effects.insert(effects.end(), s.effects.begin(), s.effects.end());
      scales.push_back(std::move(s));
    }
    const int groups = static_cast<int>(std::count_if(
        scales.begin(), scales.end(), [](const Scale& s) { return !s.effects.empty(); }));
    std::vector<SymbolId> all;
    for (const Conditional* c : flat_) all.push_back(c->target);
    all.insert(all.end(), effects.begin(), effects.end());
    Matrix R;
    std::vector<Block> blocks;
    const bool known = triangle_of(all, true, R, blocks);
    Eigen::Index t = 0, q = 0;
    if (known) {
      t = rank(R.leftCols(R.cols() - 1)) - flat_rank_;
      q = R.cols() - 1 - flat_triangle_.cols();
    }
    for (const Scale& s : scales) {
      if (!s.effects.empty()) check_group(s, known, groups, t, q);
      if (!s.likelihoods.empty()) check_error(s, known, sum_a, R);
    }
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
    if (!known) {
      warn(v,
           "whether the posterior is proper was not examined: its design is not fixed or too wide");
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
    double n = 0;
    for (int d : s.likelihoods)
      n += static_cast<double>(bound_.data->plate(model_.densities[d].plate).size);
    const double left = n + 2 * sum_a - static_cast<double>(flat_rank_);
    if (!(left > 0)) {
      refuse(v,
             fmt::format("the posterior of `{}` is improper with so few rows", model_[v].spelling),
             fmt::format(
                 "{} rows, {} flat coefficient{}, and {:.6g} for the flat scales: {:.6g} must be "
                 "above 0",
                 n, flat_rank_, flat_rank_ == 1 ? "" : "s", 0.0 - 2 * sum_a, left));
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
    if (s.effects.empty()) return;
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
  std::vector<Block> flat_blocks_;
  Eigen::Index flat_rank_ = 0;
  Diagnostics errors_;
};

}  // namespace

Diagnostics check_propriety(const BoundPlan& bound) { return Propriety(bound).run(); }

}  // namespace lmmdsl
