// Responses must be finite where they are not missing, and lie in the supports of their
// distributions.
#include <algorithm>
#include <cmath>

#include "compiler/math/render.h"
#include "runtime/bind.h"
#include "runtime/constant_values.h"

namespace lmmdsl {
namespace {

using Matrix = Eigen::MatrixXd;

constexpr double kGridRounding = 1e-12;  // a value of a grid but for this, relative

class ResponseCheck {
 public:
  ResponseCheck(const Data& data, const ConstantValues& values, bool replaced, Diagnostics& errors)
      : data_(data), model_(*data.model), values_(values), replaced_(replaced), errors_(errors) {}

  /// A response must be finite where it is not NA, and lie in the family's support.
  void response(const Density& d, const Family& f) {
    if (!is_constant(model_, d.value) || !d.plate.rows) return;
    const PlateElements& rows = data_.plate(d.plate);
    if (rows.size == 0) {
      Diagnostic w = model_error(
          model_, d.span, "all values of this response are missing: the data say nothing here", "");
      w.severity = Severity::warning;
      errors_.push_back(std::move(w));
    }
    std::vector<std::size_t> bad;
    Matrix first;
    bool outside = false;
    std::vector<std::vector<char>> observed;
    if (d.observed) observed = observed_components(data_, d);
    for (std::size_t i = 0; i < rows.size; ++i) {
      const std::size_t row = rows.representative[i];
      Matrix x = values_.value(d.value, d.value->plate == d.plate ? i : row);
      bool finite = true;
      for (Eigen::Index k = 0; k < x.size() && finite; ++k) {
        const bool there = observed.empty() || observed[i][static_cast<std::size_t>(k)];
        if (!there || std::isfinite(x(k))) continue;
        finite = false;
        x = Matrix::Constant(1, 1, x(k));
      }
      if (finite && (replaced_ || inside(d, f, x, i))) continue;
      if (bad.empty() || data_.row_number[row] < *std::min_element(bad.begin(), bad.end())) {
        first = x;
        outside = finite;
      }
      bad.push_back(data_.row_number[row]);
    }
    if (bad.empty()) return;
    std::sort(bad.begin(), bad.end());
    const std::vector<SymbolId> columns = elementwise_columns(model_, d.value);
    if (columns.empty()) return;
    const std::string row = " in row " + std::to_string(bad.front() + 1);
    const std::string what = "`" + render(d.value, &model_) + "`";
    Diagnostic e =
        row_error(data_, columns.front(), bad.front(),
                  outside ? what + " must " + wanted(f) + ", but is " + shown(first) + row
                          : what + " is not finite" + row + ": " + shown(first),
                  "");
    if (bad.size() > 1)
      e.notes.push_back({"the same in " + describe_rows({bad.begin() + 1, bad.end()})});
    e.notes.push_back(model_note(model_, d.span, "it is a response"));
    errors_.push_back(std::move(e));
  }

 private:
  static std::string wanted(const Family& f) {
    switch (f.id) {
      case FamilyId::truncated_normal:
      case FamilyId::uniform:
        return "lie between the limits of its distribution";
      case FamilyId::pareto:
        return "lie above the limit of its distribution";
      case FamilyId::grid:
        return "be one of the values of Grid";
      default:
        return std::string("be ") + support_of(f) + " to have the distribution " + f.name;
    }
  }

  static const char* support_of(const Family& f) {
    switch (f.support) {
      case Support::positive:
        return "positive";
      case Support::unit:
        return "between 0 and 1";
      case Support::binary:
        return "0 or 1";
      case Support::count:
        return f.id == FamilyId::binomial ? "a count of at most n" : "a count";
      case Support::category:
        return "a category, 1, 2, ..., one more than there are cuts,";
      case Support::simplex:
        return "positive numbers that add up to 1";
      default:
        return "a number";
    }
  }

  /// Whether a response lies in the support; `element` is one of the density's plate.
  bool inside(const Density& d, const Family& f, const Matrix& v, std::size_t element) const {
    if (f.support == Support::simplex)
      return v.minCoeff() > 0 && std::fabs(v.sum() - 1) < kSumRounding;
    const double x = v(0, 0);
    return within(d, f, x, element) && in_support(d, f, x);
  }

  /// What the arguments that are known say of the support.
  bool within(const Density& d, const Family& f, double x, std::size_t element) const {
    const auto known = [&](std::size_t k) {
      return is_constant(model_, d.args[k]) && !d.args[k]->plate.latent;
    };
    const auto not_below = [&](std::size_t k) {
      return !known(k) || x >= values_.at(d.args[k], d.plate, element);
    };
    const auto not_above = [&](std::size_t k) {
      return !known(k) || x <= values_.at(d.args[k], d.plate, element);
    };
    switch (f.id) {
      case FamilyId::truncated_normal:
        return not_below(2) && not_above(3);
      case FamilyId::uniform:
        return not_below(0) && not_above(1);
      case FamilyId::pareto:
        return not_below(1);
      case FamilyId::binomial:
        return not_above(0);
      case FamilyId::grid:
        return !known(0) || is_one_of(values_.value(d.args[0], 0), x);
      default:
        return true;
    }
  }

  static bool is_one_of(const Matrix& values, double x) {
    return ((values.array() - x).abs() <= kGridRounding * std::fabs(x)).any();
  }

  bool in_support(const Density& d, const Family& f, double x) const {
    switch (f.support) {
      case Support::positive:
        return x > 0;
      case Support::unit:
        return x > 0 && x < 1;
      case Support::binary:
        return x == 0 || x == 1;
      case Support::count:
        return x >= 0 && x == std::floor(x);
      case Support::category:
        return x >= 1 && x == std::floor(x) && x <= 1 + static_cast<double>(cut_count(d));
      default:
        return true;
    }
  }

  int cut_count(const Density& d) const {
    const Shape& shape = d.args.back()->shape;
    return data_.length(shape.rows);
  }

  const Data& data_;
  const Model& model_;
  const ConstantValues& values_;
  bool replaced_;  ///< by others: what they are does not count
  Diagnostics& errors_;
};

}  // namespace

void check_response(const Data& data, const Density& density, const ConstantValues& values,
                    bool replaced, Diagnostics& errors) {
  ResponseCheck(data, values, replaced, errors).response(density, family(density.family));
}

}  // namespace lmmdsl
