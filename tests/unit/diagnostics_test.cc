// Every figure against R's package posterior on fixed draws, and the parts against slow versions.
#include "runtime/diagnostics.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "runtime/diagnostics_autocovariance.h"
#include "runtime/random.h"
#include "support/catch.h"

namespace lmmdsl {
namespace {

struct Case {
  std::string name;
  std::vector<std::vector<double>> draws;
  std::map<std::string, double> expected;
  Chains chains() const { return Chains(draws.begin(), draws.end()); }
};

double number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  REQUIRE(error == std::errc());
  REQUIRE(end == text.data() + text.size());
  return value;
}

/// The format is told in data/diagnostics.R.
std::vector<Case> read_cases() {
  std::ifstream file(LMMDSL_ROOT "/tests/unit/data/diagnostics.txt");
  std::vector<Case> cases;
  std::string line, word;
  std::size_t chains = 0, length = 0;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    Case c;
    words >> word >> c.name >> chains >> length;
    REQUIRE(word == "case");
    for (std::size_t i = 0; i < chains; ++i) {
      std::getline(file, line);
      std::istringstream values(line);
      c.draws.emplace_back();
      while (values >> word) c.draws.back().push_back(number(word));
      REQUIRE(c.draws.back().size() == length);
    }
    std::getline(file, line);
    std::istringstream pairs(line);
    std::string figure;
    while (pairs >> figure >> word) c.expected[figure] = number(word);
    cases.push_back(c);
  }
  return cases;
}

/// Equal to 1e-8 of the size of either, or both not defined.
bool agree(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return a == b || std::fabs(a - b) <= 1e-8 * std::max(std::fabs(a), std::fabs(b));
}

#define CHECK_AGREE(actual, wanted)                            \
  do {                                                         \
    const double actual_ = (actual), wanted_ = (wanted);       \
    INFO(#actual << " is " << actual_ << ", not " << wanted_); \
    CHECK(agree(actual_, wanted_));                            \
  } while (false)

TEST_CASE("diagnostics equal those of R's posterior") {
  const std::vector<Case> cases = read_cases();
  REQUIRE(cases.size() > 40);
  for (const Case& c : cases) {
    INFO(c.name);
    const Chains chains = c.chains();
    const auto expected = [&](const char* figure) { return c.expected.at(figure); };
    CHECK_AGREE(rhat(chains), expected("rhat"));
    CHECK_AGREE(ess_bulk(chains), expected("ess_bulk"));
    CHECK_AGREE(ess_tail(chains), expected("ess_tail"));
    CHECK_AGREE(ess_mean(chains), expected("ess_mean"));
    CHECK_AGREE(mcse_mean(chains), expected("mcse_mean"));
    CHECK_AGREE(mcse_sd(chains), expected("mcse_sd"));
    CHECK_AGREE(tail_index(chains), expected("tail_index"));

    const ChainFigures d =
        diagnose(chains, NormalScores(split_size(chains.size(), chains[0].size())));
    CHECK_AGREE(d.mean, expected("mean"));
    CHECK_AGREE(d.sd, expected("sd"));
    CHECK_AGREE(d.q5, expected("q5"));
    CHECK_AGREE(d.median, expected("median"));
    CHECK_AGREE(d.q95, expected("q95"));
    CHECK_AGREE(d.rhat, expected("rhat"));
    CHECK_AGREE(d.ess_bulk, expected("ess_bulk"));
    CHECK_AGREE(d.ess_tail, expected("ess_tail"));
    CHECK_AGREE(d.mcse_mean, expected("mcse_mean"));
    CHECK_AGREE(d.mcse_sd, expected("mcse_sd"));
    CHECK_AGREE(d.tail_index, expected("tail_index"));
  }
}

TEST_CASE("errors of quantiles equal those of R's posterior") {
  std::size_t compared = 0;
  for (const Case& c : read_cases()) {
    INFO(c.name);
    const Chains chains = c.chains();
    for (const double percent : {5.0, 50.0, 95.0, 97.5}) {
      std::ostringstream suffix;
      suffix << percent;
      INFO("quantile " << percent << " %");
      const auto ess = c.expected.find("ess_q" + suffix.str());
      if (ess != c.expected.end()) CHECK_AGREE(ess_quantile(chains, percent / 100), ess->second);
      const auto error = c.expected.find("mcse_q" + suffix.str());
      if (error == c.expected.end()) continue;
      CHECK_AGREE(mcse_quantile(chains, percent / 100), error->second);
      ++compared;
    }
  }
  CHECK(compared > 150);
}

TEST_CASE("highest density intervals and autocorrelations equal those of R's coda") {
  std::size_t intervals = 0, lags = 0;
  for (const Case& c : read_cases()) {
    INFO(c.name);
    const Chains chains = c.chains();
    std::vector<double> sorted;
    for (const auto& chain : chains) sorted.insert(sorted.end(), chain.begin(), chain.end());
    std::sort(sorted.begin(), sorted.end());
    for (const int percent : {50, 95}) {
      const std::string name = "hpd" + std::to_string(percent);
      if (c.expected.count(name + "_lower") == 0) continue;
      const Interval hpd = highest_density_interval(sorted, percent / 100.0);
      CHECK_AGREE(hpd.lower, c.expected.at(name + "_lower"));
      CHECK_AGREE(hpd.upper, c.expected.at(name + "_upper"));
      ++intervals;
    }
    const std::vector<double> rho = autocorrelation(chains, 50);
    for (const int lag : {1, 2, 5, 10, 20, 50}) {
      const auto expected = c.expected.find("acf" + std::to_string(lag));
      if (expected == c.expected.end()) continue;
      INFO("lag " << lag);
      // coda's come from sums of products, whose rounding stands beside a variance of 1.
      if (std::isnan(expected->second)) CHECK(std::isnan(rho[lag]));
      else CHECK(std::fabs(rho[lag] - expected->second) < 1e-8);
      ++lags;
    }
  }
  CHECK(intervals > 60);
  CHECK(lags > 100);
}

TEST_CASE("intervals of few draws") {
  const std::vector<double> sorted = {1, 2, 4, 8, 16};
  CHECK(highest_density_interval(sorted, 0.5).lower == 1);  // two gaps of five: 1 to 4
  CHECK(highest_density_interval(sorted, 0.5).upper == 4);
  CHECK(highest_density_interval(sorted, 0.01).upper == 2);
  CHECK(highest_density_interval(sorted, 0.99).upper == 16);
  CHECK(equal_tailed_interval(sorted, 0.5).lower == 2);
  CHECK(equal_tailed_interval(sorted, 0.5).upper == 8);
  CHECK(std::isnan(highest_density_interval(std::vector<double>{3}, 0.9).lower));
}

TEST_CASE("the lag at which autocorrelations die") {
  CHECK(lag_of_decay({1, 0.5, -0.2, 0.04, 0.3}) == 3);
  CHECK(lag_of_decay({1, 0.5}) == -1);
  CHECK(lag_of_decay({1, std::nan("")}) == -1);
  CHECK(lag_of_decay({}) == -1);
}

TEST_CASE("no draws, no figures") {
  const std::vector<double> none;
  for (const Chains& chains : {Chains{}, Chains{none}, Chains{none, none}}) {
    for (const auto& figure : {mean, standard_deviation, rhat, ess_bulk, ess_tail, ess_mean,
                               mcse_mean, mcse_sd, tail_index})
      CHECK(std::isnan(figure(chains)));
  }
  CHECK(std::isnan(quantile_sorted(none, 0.5)));
}

TEST_CASE("type-7 quantiles") {
  const std::vector<double> sorted = {1, 2, 4, 8, 16};
  CHECK(quantile_sorted(sorted, 0) == 1);
  CHECK(quantile_sorted(sorted, 0.25) == 2);
  CHECK(quantile_sorted(sorted, 0.375) == 3);
  CHECK(quantile_sorted(sorted, 1) == 16);
}

TEST_CASE("autocovariances by Fourier transform equal direct sums") {
  for (const std::size_t pieces : {1, 2, 3}) {
    for (const std::size_t length : {1, 2, 3, 95, 192, 193, 500, 512}) {
      Random random({.seed = 7, .level = static_cast<std::uint32_t>(pieces * 1000 + length)});
      std::vector<double> d(pieces * length);
      for (double& x : d) x = normal(random);
      AutocovarianceSums sums(d, pieces);
      for (std::size_t lag = 0; lag < length; ++lag) {
        double direct = 0;
        for (std::size_t i = 0; i < pieces; ++i)
          for (std::size_t t = 0; t + lag < length; ++t)
            direct += d[i * length + t] * d[i * length + t + lag];
        CHECK(sums(lag) == Approx(direct).margin(1e-10));
      }
    }
  }
}

TEST_CASE("autocorrelation is averaged over chains") {
  const std::vector<double> a = {1, 2, 3, 4}, b = {10, -10, 10, -10}, flat = {2, 2, 2, 2};
  const std::vector<double> r = autocorrelation({a, b}, 5);
  REQUIRE(r.size() == 6);
  CHECK(r[0] == Approx(1));
  CHECK(r[1] == Approx((0.25 - 0.75) / 2));  // sums (1.25, -300) of (5, 400)
  CHECK(r[2] == Approx((-0.3 + 0.5) / 2));
  CHECK(r[3] == Approx((-0.45 - 0.25) / 2));
  CHECK(std::isnan(r[4]));
  CHECK(std::isnan(r[5]));
  CHECK(std::isnan(autocorrelation({a, flat}, 1)[1]));
}

TEST_CASE("minus zero and zero are one value") {
  const std::vector<double> a = {0.0, -0.0, 1, -1, 0.0, -0.0, 2, -2};
  std::vector<double> b = a;
  for (double& x : b) x += 0.0;
  CHECK(rhat({a}) == rhat({b}));
  CHECK(ess_bulk({a}) == ess_bulk({b}));
}

}  // namespace
}  // namespace lmmdsl
