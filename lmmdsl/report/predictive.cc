#include "lmmdsl/report/predictive.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "compiler/math/render.h"
#include "lmmdsl/report/scalar_arguments.h"
#include "runtime/diagnostics.h"
#include "runtime/draw_family.h"
#include "runtime/predict.h"
#include "runtime/random.h"

namespace lmmdsl {
namespace {

constexpr std::size_t kMostValues = 400'000;    // replicated values in all, of linear means
constexpr std::size_t kMostEvaluated = 20'000;  // and of any other
constexpr std::uint32_t kStep = 0xC000;         // streams apart from those of the sampler

double sd_of(const std::vector<double>& v) { return standard_deviation({v}); }
double mean_of(const std::vector<double>& v) { return mean({v}); }
double smallest(const std::vector<double>& v) { return *std::min_element(v.begin(), v.end()); }
double largest(const std::vector<double>& v) { return *std::max_element(v.begin(), v.end()); }

double median_of(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return quantile_sorted(v, 0.5);
}

/// The third standardised moment.
double skewness(const std::vector<double>& v) {
  const double m = mean_of(v);
  double second = 0, third = 0;
  for (const double x : v) {
    second += (x - m) * (x - m);
    third += (x - m) * (x - m) * (x - m);
  }
  const auto n = static_cast<double>(v.size());
  return third / n / std::pow(second / n, 1.5);
}

struct Statistic {
  std::string name;
  std::function<double(const std::vector<double>&)> of;
};

/// Those of all rows; and of the means of groups, where unknowns belong to the levels of one factor
/// and these have rows of their own.
std::vector<Statistic> statistics(const Posterior& p, const Density& density) {
  std::vector<Statistic> all = {{"mean", mean_of},      {"sd", sd_of},
                                {"smallest", smallest}, {"largest", largest},
                                {"median", median_of},  {"skewness", skewness}};
  const Model& model = p.model();
  std::vector<SymbolId> factors;
  for (const SymbolId id : model.parameters()) {
    const Plate& plate = model[id].plate;
    if (plate.rows || plate.factors.size() != 1 ||
        std::find(factors.begin(), factors.end(), plate.factors[0]) != factors.end())
      continue;
    factors.push_back(plate.factors[0]);
    const std::size_t rows = p.data().plate(density.plate).size;
    const std::size_t groups = p.data().plate(plate).size;
    if (groups < 3 || groups >= rows || !density.plate.rows) continue;
    const std::vector<std::int32_t> group = p.data().map(density.plate, plate);
    const auto means = [group, groups](const std::vector<double>& v) {
      std::vector<double> sum(groups, 0.0), count(groups, 0.0);
      for (std::size_t row = 0; row < v.size(); ++row) {
        sum[static_cast<std::size_t>(group[row])] += v[row];
        count[static_cast<std::size_t>(group[row])] += 1;
      }
      for (std::size_t g = 0; g < groups; ++g) sum[g] /= count[g];
      return sum;
    };
    // A group without a row in which the response is present has none.
    const auto present = [means](const std::vector<double>& v) {
      std::vector<double> m = means(v);
      std::erase_if(m, [](double x) { return std::isnan(x); });
      return m;
    };
    const std::string name = model[plate.factors[0]].spelling;
    all.push_back({"smallest mean of a " + name,
                   [present](const std::vector<double>& v) { return smallest(present(v)); }});
    all.push_back({"largest mean of a " + name,
                   [present](const std::vector<double>& v) { return largest(present(v)); }});
    all.push_back({"sd within each " + name, [means, group](std::vector<double> v) {
                     const std::vector<double> m = means(v);
                     for (std::size_t row = 0; row < v.size(); ++row)
                       v[row] -= m[static_cast<std::size_t>(group[row])];
                     return sd_of(v);
                   }});
  }
  return all;
}

std::optional<PredictiveCheck> check_of(const Posterior& p, int index, std::size_t wanted) {
  const Model& model = p.model();
  const Density& density = model.densities[static_cast<std::size_t>(index)];
  if (density.target >= 0 || density.response < 0 || !density.value->shape.is_scalar() ||
      density.plate.once())
    return {};
  const std::size_t rows = p.data().plate(density.plate).size;
  if (rows < 2) return {};
  const std::vector<State> some = p.states(1);
  ScalarArguments arguments(model, p.data(), p.evaluator(), density, all_elements(rows), some[0]);
  const std::size_t most = arguments.fast() ? kMostValues : kMostEvaluated;
  const std::size_t replications = std::min(wanted, most / rows);
  if (replications < 10) return {};
  PredictiveCheck check;
  check.response = render(density.value, &model, Notation::unicode);
  for (std::size_t row = 0; row < rows; ++row)
    check.observed.push_back(p.value_at(density.value, some[0], density.plate, row)(0, 0));

  StreamAddress address{.seed = p.record().settings.seed,
                        .step = kStep + static_cast<std::uint32_t>(index)};
  const std::vector<State> states = p.states(replications);
  for (std::size_t s = 0; s < states.size(); ++s) {
    arguments.set(states[s]);
    std::vector<double> replicated;
    address.sweep = s;
    std::vector<double> at(arguments.count());
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t k = 0; k < at.size(); ++k) at[k] = arguments.at(row, k);
      address.level = static_cast<std::uint32_t>(row);
      Random random(address);
      replicated.push_back(draw_from(density.family, at, random));
    }
    if (!std::all_of(replicated.begin(), replicated.end(),
                     [](double y) { return std::isfinite(y); }))
      return {};
    check.replicated.push_back(std::move(replicated));
  }
  for (const Statistic& statistic : statistics(p, density)) {
    StatisticCheck s{statistic.name, statistic.of(check.observed), {}, 0};
    if (!std::isfinite(s.observed)) continue;
    std::size_t above = 0;
    for (const auto& replicated : check.replicated) {
      s.replicated.push_back(statistic.of(replicated));
      above += s.replicated.back() >= s.observed;
    }
    s.share_above = static_cast<double>(above) / static_cast<double>(s.replicated.size());
    check.statistics.push_back(std::move(s));
  }
  return check;
}

}  // namespace

std::vector<PredictiveCheck> predictive_checks(const Posterior& posterior,
                                               std::size_t replications) {
  std::vector<PredictiveCheck> result;
  for (std::size_t d = 0; d < posterior.model().densities.size(); ++d)
    if (std::optional<PredictiveCheck> c = check_of(posterior, static_cast<int>(d), replications))
      result.push_back(std::move(*c));
  return result;
}

}  // namespace lmmdsl
