// Columns of numbers, each by itself and their scales together.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lmmdsl/doctor/doctor.h"
#include "lmmdsl/magnitude.h"
#include "runtime/bind.h"

namespace lmmdsl {
namespace {

constexpr double kFar = 100;          // mean over sd: digits are lost, and chains are slow
constexpr double kScales = 1e4;       // largest over smallest sd of covariates
constexpr double kOutlying = 20;      // from the median, in robust standard deviations
constexpr std::size_t kAsLabels = 5;  // different whole numbers that may be labels
constexpr std::size_t kRowsOfLabels = 20;
/// What other programs and people write for a missing value.
constexpr double kMissingCodes[] = {-1, -9, -99, -999, -9999, 99, 999, 9999};

struct ColumnFigures {
  std::vector<double> sorted;  ///< without missing ones
  double mean = 0, sd = 0;

  explicit ColumnFigures(const std::vector<double>& x) {
    for (const double v : x)
      if (!std::isnan(v)) sorted.push_back(v);
    std::sort(sorted.begin(), sorted.end());
    const auto n = static_cast<double>(sorted.size());
    for (const double v : sorted) mean += v / n;
    for (const double v : sorted) sd += (v - mean) * (v - mean) / (n - 1);
    sd = sorted.size() > 1 ? std::sqrt(sd) : 0;
  }
  bool constant() const { return sorted.empty() || sorted.front() == sorted.back(); }
  double quantile(double p) const {
    return sorted[static_cast<std::size_t>(p * static_cast<double>(sorted.size() - 1) + 0.5)];
  }
  /// From the quartiles: what outliers do not change.
  double robust_sd() const { return (quantile(0.75) - quantile(0.25)) / 1.349; }
};

class NumberExamination {
 public:
  NumberExamination(const Model& model, const Table& table) : model_(model), table_(table) {}

  void examine(const ExaminedColumn& c) {
    const ColumnFigures figures(c.numbers);
    if (figures.sorted.empty()) return;
    if (figures.constant()) return constant(c, figures);
    if (too_large(c)) return;
    if (missing_code(c, figures)) return;
    outliers(c, figures);
    if (c.response) return;
    far_from_zero(c, figures);
    may_be_labels(c, figures);
    if (figures.sd > widest_sd_) {
      widest_sd_ = figures.sd;
      widest_ = &c;
    }
    if (figures.sd < narrowest_sd_) {
      narrowest_sd_ = figures.sd;
      narrowest_ = &c;
    }
  }

  Diagnostics finish() {
    if (widest_ != narrowest_ && widest_sd_ > kScales * narrowest_sd_) {
      const std::string &wide = name(*widest_), &narrow = name(*narrowest_);
      found_.push_back(remark(
          Severity::note, table_, widest_->column, 0,
          fmt::format("`{}` has the standard deviation {} and `{}` {}: one prior for the "
                      "coefficients of both fits at most one of them",
                      wide, four_digits(widest_sd_), narrow, four_digits(narrowest_sd_)),
          fmt::format("other units, or `standardize({})` and `standardize({})`", wide, narrow)));
    }
    return std::move(found_);
  }

 private:
  const std::string& name(const ExaminedColumn& c) const { return model_[c.id].spelling; }

  std::vector<std::size_t> rows_with(const ExaminedColumn& c, double value) const {
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < c.numbers.size(); ++row)
      if (c.numbers[row] == value) rows.push_back(row);
    return rows;
  }

  void constant(const ExaminedColumn& c, const ColumnFigures& figures) {
    const double value = figures.sorted.front();
    found_.push_back(
        remark(Severity::warning, table_, c.column, rows_with(c, value).front(),
               fmt::format("`{}` is {} in {}", name(c), four_digits(value),
                           figures.sorted.size() == 1 ? "the one row that has it" : "all rows"),
               c.response ? "there is nothing to explain"
                          : "its effect cannot be told from an intercept; leave it out"));
  }

  bool too_large(const ExaminedColumn& c) {
    for (std::size_t row = 0; row < c.numbers.size(); ++row) {
      if (!(std::fabs(c.numbers[row]) > kLargestToSquare)) continue;
      found_.push_back(remark(
          Severity::warning, table_, c.column, row,
          fmt::format("`{}` is {}: sums of squares of such numbers are too large to compute with",
                      name(c), four_digits(c.numbers[row])),
          "a slip of the keyboard, or another unit?"));
      return true;
    }
    return false;
  }

  /// An extreme value that is a usual code for a missing one, farther from all others than these
  /// are from each other.
  bool missing_code(const ExaminedColumn& c, const ColumnFigures& figures) {
    const std::vector<double>& x = figures.sorted;
    for (const double code : kMissingCodes) {
      const auto [first, last] = std::equal_range(x.begin(), x.end(), code);
      if (first == last) continue;
      double gap = 0, range = 0;
      if (first == x.begin() && last != x.end()) {
        gap = *last - code;
        range = x.back() - *last;
      } else if (last == x.end() && first != x.begin()) {
        gap = code - *(first - 1);
        range = *(first - 1) - x.front();
      }
      if (gap <= range || range == 0) continue;
      const std::vector<std::size_t> rows = rows_with(c, code);
      found_.push_back(remark(Severity::warning, table_, c.column, rows.front(),
                              fmt::format("`{}` is {} in {}, far from all other values: "
                                          "does it stand for a missing one?",
                                          name(c), four_digits(code), describe_rows(rows)),
                              "write NA, or leave the cell empty"));
      return true;
    }
    return false;
  }

  void outliers(const ExaminedColumn& c, const ColumnFigures& figures) {
    const double sd = figures.robust_sd(), median = figures.quantile(0.5);
    if (!(sd > 0)) return;
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < c.numbers.size(); ++row)
      if (std::fabs(c.numbers[row] - median) > kOutlying * sd) rows.push_back(row);
    if (rows.empty() || rows.size() > c.numbers.size() / 20 + 1) return;  // a heavy tail, not slips
    found_.push_back(
        remark(Severity::warning, table_, c.column, rows.front(),
               fmt::format("`{}` is {} in {}, {:.0f} times as far from the median as is usual",
                           name(c), four_digits(c.numbers[rows.front()]), describe_rows(rows),
                           std::fabs(c.numbers[rows.front()] - median) / sd),
               "a slip of the keyboard, or another unit?"));
  }

  void far_from_zero(const ExaminedColumn& c, const ColumnFigures& figures) {
    if (std::fabs(figures.mean) <= kFar * figures.sd) return;
    found_.push_back(
        remark(Severity::note, table_, c.column, 0,
               fmt::format("`{}` is far from zero: its mean is {}, its standard deviation {}; an "
                           "intercept is then the value at a place far from all data",
                           name(c), four_digits(figures.mean), four_digits(figures.sd)),
               fmt::format("use `center({})`", name(c))));
  }

  void may_be_labels(const ExaminedColumn& c, const ColumnFigures& figures) {
    std::vector<double> different = figures.sorted;
    different.erase(std::unique(different.begin(), different.end()), different.end());
    if (different.size() < 3 || different.size() > kAsLabels ||
        figures.sorted.size() < kRowsOfLabels ||
        std::any_of(different.begin(), different.end(),
                    [](double x) { return x != std::floor(x) || std::fabs(x) > 20; }))
      return;
    found_.push_back(
        remark(Severity::note, table_, c.column, 0,
               fmt::format("`{}` has the values {} only: are they numbers, or numbers of groups?",
                           name(c), fmt::join(different, ", ")),
               fmt::format("labels are declared as  data {} : factor", name(c))));
  }

  const Model& model_;
  const Table& table_;
  Diagnostics found_;
  double widest_sd_ = 0, narrowest_sd_ = INFINITY;
  const ExaminedColumn *widest_ = nullptr, *narrowest_ = nullptr;
};

}  // namespace

Diagnostics examine_numbers(const Model& model, const Table& table,
                            const std::vector<ExaminedColumn>& columns) {
  NumberExamination numbers(model, table);
  for (const ExaminedColumn& c : columns)
    if (c.used && !c.numbers.empty()) numbers.examine(c);
  return numbers.finish();
}

}  // namespace lmmdsl
