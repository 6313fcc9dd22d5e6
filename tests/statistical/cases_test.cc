// Every reference case that has a model in tests/cases/ comes out right: means within Monte Carlo
// error, standard deviations too; where the tail is heavy, quantiles.
//
// With N comparisons in all, each is allowed to fail by chance with probability 1e-6 / N, so that
// all together do so with probability below 1e-6; for Monte Carlo errors that are normal this is
// |z| <= 6.1 at N = 900. Seeds are fixed: the test either always passes or always fails on one
// machine.
//
//   mean        z = (ours - theirs) / sqrt(mcse_ours^2 + mcse_theirs^2).
//   sd          Likewise, with the errors of the sds. Where theirs is not given, both samples are
//               of one posterior: mcse_sd_theirs = mcse_sd_ours * mcse_theirs / mcse_ours.
//   quantile q  of probability p: our share of draws below q against p, with the standard error
//               sqrt(p (1 - p) (1 / ess_ours + 1 / ess_theirs)); ess_ours is that of the indicator
//               of draws below q, theirs is reduced as ours is against our bulk ESS.
//
// Each scalar must have 10,000 effective draws (bulk) of ours.

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.h"
#include "support/reference_cases.h"
#include "support/run_model.h"

namespace lmmdsl::testing {
namespace {

/// How long to run: kept draws of each of four chains, and sweeps for each of them.
struct Length {
  std::size_t draws = 20000;
  std::size_t thin = 2;
  std::vector<std::string> store = {};  ///< quantities on the rows that are compared
};

/// Cases that mix more slowly, or faster, than most.
const std::map<std::string, Length> lengths = {
    // The latent variables of 481 trials, one step: slow for a large coefficient.
    {"beetles_probit", {40000, 4, {"rhat"}}}};

Length length_of(const std::string& name) {
  const auto found = lengths.find(name);
  return found == lengths.end() ? Length{} : found->second;
}

struct Case {
  std::string name;
  std::vector<Expected> expected;
};

std::size_t comparisons(const Case& c) {
  std::size_t n = 0;
  for (const Expected& e : c.expected) n += e.heavy_tail ? e.quantiles.size() : 2;
  return n;
}

/// For each element of the plate of a column's labels its number in the order of first appearance
/// in the data file, from 1.
class FirstAppearance {
 public:
  explicit FirstAppearance(const Bound& bound) : data_(*bound.data) {
    for (std::size_t id = 0; id < data_.model->symbols.size(); ++id)
      if (!data_.factors[id].levels.empty())
        factors_[(*data_.model)[static_cast<int>(id)].name] = id;
    in_file_.resize(data_.rows());
    for (std::size_t row = 0; row < data_.rows(); ++row) in_file_[row] = row;
    std::sort(in_file_.begin(), in_file_.end(), [&](std::size_t a, std::size_t b) {
      return data_.row_number[a] < data_.row_number[b];
    });
  }

  /// 0 for a column that is not on a plate of factors.
  int rank(const Column& column) const {
    std::vector<std::size_t> factors;
    std::vector<std::string> labels;
    for (const auto& [name, label] : column.labels)
      if (const auto found = factors_.find(name); found != factors_.end()) {
        factors.push_back(found->second);
        labels.push_back(label);
      }
    if (factors.empty()) return 0;
    std::vector<std::vector<std::string>> seen;
    for (const std::size_t row : in_file_) {
      std::vector<std::string> here;
      for (const std::size_t f : factors)
        here.push_back(
            data_.factors[f].levels[static_cast<std::size_t>(data_.factors[f].codes[row])]);
      if (std::find(seen.begin(), seen.end(), here) == seen.end()) seen.push_back(here);
      if (here == labels) return static_cast<int>(seen.size());
    }
    return 0;
  }

 private:
  const Data& data_;
  std::map<std::string, std::size_t> factors_;
  std::vector<std::size_t> in_file_;
};

/// Our columns by the names that the cases use: beta[1,2] with plates in order of appearance, and
/// sigma2_e for sigma_e^2.
std::map<std::string, std::size_t> columns_by_case_name(const Bound& bound, const Draws& draws) {
  const FirstAppearance order(bound);
  std::map<std::string, std::size_t> columns;
  for (std::size_t j = 0; j < draws.columns.size(); ++j) {
    const Column& column = draws.columns[j];
    std::string name = column.variable;
    if (name.starts_with("sigma") && name.ends_with("^2"))
      name = "sigma2" + name.substr(5, name.size() - 7);
    std::vector<int> index = column.index;
    if (const int rank = order.rank(column); rank > 0 && !index.empty()) index[0] = rank;
    for (std::size_t i = 0; i < index.size(); ++i)
      name += (i == 0 ? "[" : ",") + std::to_string(index[i]);
    if (!index.empty()) name += "]";
    columns.emplace(name, j);
  }
  return columns;
}

struct Comparison {
  std::string what;  ///< "mean of beta[1]"
  double ours = 0, theirs = 0, z = 0;
};

struct Verdict {
  double ess = 0;
  std::vector<Comparison> comparisons;
};

std::vector<double> indicator(const Chains& chains, double q) {
  std::vector<double> below;
  for (const auto& chain : chains)
    for (const double x : chain) below.push_back(x <= q ? 1.0 : 0.0);
  return below;
}

Verdict compare(const Expected& e, const Chains& chains, const NormalScores& scores) {
  const auto d = diagnose(chains, scores);
  Verdict verdict{d.ess_bulk, {}};
  if (!e.heavy_tail) {
    const double mcse_sd = e.mcse_sd.value_or(d.mcse_sd * e.mcse / d.mcse_mean);
    verdict.comparisons = {
        {"mean of " + e.name, d.mean, e.mean, (d.mean - e.mean) / std::hypot(d.mcse_mean, e.mcse)},
        {"sd of " + e.name, d.sd, e.sd, (d.sd - e.sd) / std::hypot(d.mcse_sd, mcse_sd)}};
    return verdict;
  }
  for (const auto& [p, q] : e.quantiles) {
    const std::vector<double> below = indicator(chains, q);
    Chains pieces;
    for (std::size_t c = 0; c < chains.size(); ++c)
      pieces.emplace_back(below.data() + c * chains[0].size(), chains[0].size());
    const double ours = ess_mean(pieces);
    const double theirs = e.quantile_ess * std::min(1.0, ours / d.ess_bulk);
    const double share = mean(pieces);
    const double error = std::sqrt(p * (1 - p) * (1 / ours + 1 / theirs));
    verdict.comparisons.push_back(
        {fmt::format("share of {} below its {} % quantile", e.name, 100 * p), share, p,
         (share - p) / error});
  }
  return verdict;
}

/// All scalars of a case, on all cores.
std::vector<Verdict> compare_all(const std::vector<Expected>& expected,
                                 const std::map<std::string, std::size_t>& columns,
                                 const Draws& draws) {
  const NormalScores scores(split_size(static_cast<std::size_t>(draws.chains), draws.per_chain));
  std::vector<Verdict> verdicts(expected.size());
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < cores(); ++t)
    threads.emplace_back([&] {
      for (std::size_t i; (i = next++) < expected.size();)
        if (const auto found = columns.find(expected[i].name); found != columns.end())
          verdicts[i] = compare(expected[i], chains_of(draws, found->second), scores);
    });
  for (std::thread& thread : threads) thread.join();
  return verdicts;
}

void check_case(const Case& c, double limit) {
  const Stopwatch watch;
  const Length length = length_of(c.name);
  const Bound bound =
      bind_files(std::string(LMMDSL_ROOT) + "/tests/cases/" + c.name + ".lmm",
                 cases_folder() / c.name / "data.csv", {.store = length.store, .schedule = "auto"});
  const Draws draws = draw(bound, {.chains = 4,
                                   .warmup = 2000,
                                   .draws = length.draws,
                                   .thin = length.thin,
                                   .seed = 1,
                                   .threads = cores()});
  const double sampling = watch.seconds();
  const auto columns = columns_by_case_name(bound, draws);
  const std::vector<Verdict> verdicts = compare_all(c.expected, columns, draws);

  Comparison worst;
  double least_ess = INFINITY;
  std::string least;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    INFO(c.name << ": " << c.expected[i].name);
    REQUIRE(columns.count(c.expected[i].name) == 1);
    CHECK(verdicts[i].ess >= 1e4);
    if (verdicts[i].ess < least_ess) {
      least_ess = verdicts[i].ess;
      least = c.expected[i].name;
    }
    for (const Comparison& one : verdicts[i].comparisons) {
      INFO(one.what << ": " << one.ours << ", expected " << one.theirs << ", z = " << one.z);
      CHECK(std::abs(one.z) <= limit);
      if (!(std::abs(one.z) <= std::abs(worst.z))) worst = one;
    }
  }
  std::printf(
      "%-17s %4zu comparisons, largest |z| %4.2f (%s); least ESS %.0f (%s); %.1f + %.1f s\n",
      c.name.c_str(), comparisons(c), std::abs(worst.z), worst.what.c_str(), least_ess,
      least.c_str(), sampling, watch.seconds() - sampling);
  std::fflush(stdout);
}

TEST_CASE("reference cases") {
  namespace fs = std::filesystem;
  const fs::path folder = cases_folder();
  if (!fs::is_directory(folder)) {
    std::printf("reference cases: none ran, all skipped: no folder %s (set LMMDSL_CASES)\n",
                folder.lexically_normal().c_str());
    return;
  }

  std::vector<Case> cases;
  std::vector<std::string> skipped, later;
  for (const auto& entry : fs::directory_iterator(fs::path(LMMDSL_ROOT) / "tests" / "cases")) {
    if (entry.path().extension() != ".lmm") continue;
    const std::string name = entry.path().stem();
    if (fs::exists(folder / name / "expected.json"))
      cases.push_back({name, read_expected(folder / name / "expected.json")});
    else skipped.push_back(name);
  }
  std::sort(cases.begin(), cases.end(),
            [](const Case& a, const Case& b) { return a.name < b.name; });
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.is_directory() && !fs::exists(fs::path(LMMDSL_ROOT) / "tests" / "cases" /
                                            (entry.path().stem().string() + ".lmm")))
      later.push_back(entry.path().stem());
  std::sort(later.begin(), later.end());

  std::size_t n = 0;
  for (const Case& c : cases) n += comparisons(c);
  const double limit = boost::math::quantile(
      boost::math::complement(boost::math::normal(), 0.5e-6 / static_cast<double>(n)));
  for (const Case& c : cases) check_case(c, limit);

  std::string waiting;
  for (const std::string& name : later) waiting += " " + name;
  std::printf(
      "reference cases: %zu ran, %zu skipped, %zu comparisons, |z| up to %.2f allowed;"
      " without a model so far:%s\n",
      cases.size(), skipped.size(), n, limit, waiting.c_str());
  for (const std::string& name : skipped) {
    INFO("no case " << name << " in " << folder.string());
    CHECK(false);
  }
}

}  // namespace
}  // namespace lmmdsl::testing
