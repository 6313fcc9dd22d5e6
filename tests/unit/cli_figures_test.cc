// Figures are shown with the digits that their Monte Carlo standard error supports.

#include <cmath>
#include <limits>
#include <string>

#include "lmmdsl/figures.h"
#include "support/catch.h"

namespace lmmdsl {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

SummaryRow row(double mean, double mcse, double sd) {
  SummaryRow r{};
  r.mean = r.median = mean;
  r.mcse = mcse;
  r.sd = sd;
  r.q5 = mean - 1.64 * sd;
  r.q95 = mean + 1.64 * sd;
  r.ess_bulk = 10000;
  return r;
}

TEST_CASE("The last digit of a mean is that of its MCSE's leading one") {
  struct Case {
    double mean, mcse, sd;
    const char* shown;
  };
  const Case cases[] = {
      {12.34567, 0.0234, 1.2, "12.35"},
      {12.34567, 0.0999, 1.2, "12.35"},
      {12.34567, 0.1, 1.2, "12.3"},
      {12.34567, 0.00234, 1.2, "12.346"},
      {45678.9, 123, 9000, "45700"},
      {45678.9, 1.23, 90, "45679"},
      {-0.0004, 0.01, 1, "0.00"},
      {-3.5, 0.01, 1, "-3.50"},
      {0.000123456, 0.0000012, 0.0001, "0.000123"},
      {1.23456e-10, 1.2e-12, 1e-10, "1.23e-10"},
      {1.23456e12, 1.2e9, 1e10, "1.235e+12"},
      {0, 0.01, 1, "0.00"},
  };
  for (const Case& c : cases)
    CHECK(figure(c.mean, supported_digits(row(c.mean, c.mcse, c.sd))) == c.shown);
}

TEST_CASE("Without an MCSE the spread of the quantiles decides") {
  SummaryRow r = row(5, kNan, 1);
  r.mean = r.sd = kNan;
  r.median = 5.123456;
  CHECK(figure(r.median, supported_digits(r)) == "5.12");  // 1.25 / sqrt(10000)
  r.ess_bulk = kNan;
  CHECK(figure(r.median, supported_digits(r)) == "5.1");  // as with 100 draws
}

TEST_CASE("A constant is shown with up to six digits") {
  for (const auto& [x, shown] : {std::pair{2.5, "2.5"},
                                 {3.0, "3"},
                                 {1.0 / 3, "0.333333"},
                                 {0.0, "0"},
                                 {1234567.0, "1234567"}}) {
    SummaryRow r = row(x, kNan, 0);
    CHECK(figure(r.median, supported_digits(r)) == shown);
  }
}

TEST_CASE("What is not a number has a sign of its own") {
  CHECK(figure(kNan, {.decimals = 2}) == "–");
  CHECK(figure(kInf, {.decimals = 2}) == "inf");
  CHECK(figure(-kInf, {.decimals = 2}) == "-inf");
  CHECK(figure(-0.001, {.decimals = 1}) == "0.0");
  CHECK(figure(-4, {.decimals = -1}) == "0");
}

}  // namespace
}  // namespace lmmdsl
