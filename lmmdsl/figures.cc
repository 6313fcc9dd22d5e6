#include "lmmdsl/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace lmmdsl {
namespace {

constexpr double kLargestPlain = 1e9;
constexpr int kMostDecimals = 9;  // of a plain number

int leading_power(double x) { return static_cast<int>(std::floor(std::log10(std::abs(x)))); }

/// Decimals of a constant: those that six significant digits of it need.
int decimals_of(double x) {
  if (!std::isfinite(x) || x == 0) return 0;
  const int most = std::clamp(5 - leading_power(x), 0, 300);
  std::string text = fmt::format("{:.{}f}", x, most);
  text.erase(text.find_last_not_of('0') + 1);
  const auto point = text.find('.');
  return point == text.npos ? 0 : static_cast<int>(text.size() - point - 1);
}

/// A standard error to go by: the mean's, or about that which a median would have.
double error_scale(const SummaryRow& row) {
  if (std::isfinite(row.mcse)) return row.mcse;
  const double spread = (row.q95 - row.q5) / 3.29;  // of a normal distribution: its sd
  const double ess = std::isfinite(row.ess_bulk) ? row.ess_bulk : 100;
  return 1.2533 * spread / std::sqrt(std::max(ess, 1.0));  // a median's: sqrt(pi / 2)
}

}  // namespace

Digits supported_digits(const SummaryRow& row) {
  double largest = 0;
  for (const double x : {row.mean, row.sd, row.median, row.q5, row.q95})
    if (std::isfinite(x)) largest = std::max(largest, std::abs(x));
  const double error = error_scale(row);
  Digits digits;
  // Below the rounding of doubles there is nothing to show.
  const bool varies = std::isfinite(error) && error > largest * 1e-15;
  digits.decimals = varies ? -leading_power(error) : decimals_of(row.median);
  digits.scientific = largest >= kLargestPlain || digits.decimals > kMostDecimals;
  return digits;
}

std::string figure(double x, Digits digits) {
  if (std::isnan(x)) return "–";
  if (std::isinf(x)) return x > 0 ? "inf" : "-inf";
  std::string text;
  if (digits.scientific && x != 0) {
    const int mantissa = std::clamp(leading_power(x) + digits.decimals, 0, 16);
    text = fmt::format("{:.{}e}", x, mantissa);
  } else if (digits.scientific) {
    text = "0";
  } else if (digits.decimals < 0) {
    const double unit = std::pow(10.0, -digits.decimals);
    text = fmt::format("{:.0f}", std::round(x / unit) * unit);
  } else {
    text = fmt::format("{:.{}f}", x, digits.decimals);
  }
  const bool zero = text.find_first_of("123456789") == text.npos;
  if (zero && text[0] == '-') text.erase(0, 1);
  return text;
}

std::string count_text(double ess) { return std::isnan(ess) ? "–" : fmt::format("{:.0f}", ess); }

}  // namespace lmmdsl
