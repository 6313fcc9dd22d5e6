#include "lmmdsl/report/predictive.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "compiler/math/render.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/report/scalar_arguments.h"
#include "lmmdsl/vector_responses.h"
#include "runtime/diagnostics.h"
#include "runtime/draw_family.h"
#include "runtime/random.h"

namespace lmmdsl {
namespace {

constexpr std::size_t kMostValues = 400'000;    // replicated values in all, of linear means
constexpr std::size_t kMostEvaluated = 20'000;  // and of any other
constexpr std::size_t kFewest = 10;             // replications
constexpr std::uint32_t kStep = 0xC000;         // streams apart from those of the sampler

// Why a response is left out.
constexpr const char* kOneValue = "it has fewer than two values";
constexpr const char* kTooLong = "the table is too long to be replicated";
constexpr const char* kNotFinite = "some replicated values are not finite";

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

/// Of a factor, the share of each level.
std::vector<Statistic> shares(const Posterior& p, SymbolId factor) {
  std::vector<Statistic> all;
  const std::vector<std::string>& levels =
      p.data().factors[static_cast<std::size_t>(factor)].levels;
  for (std::size_t level = 0; level < levels.size(); ++level)
    all.push_back({"share of " + levels[level],
                   [number = static_cast<double>(level + 1)](const std::vector<double>& v) {
                     return static_cast<double>(std::count(v.begin(), v.end(), number)) /
                            static_cast<double>(v.size());
                   }});
  return all;
}

/// Those of all values; and of the means of groups, where unknowns belong to the levels of one
/// factor and these have rows of their own. The values are those of `elements` of the density's
/// plate.
std::vector<Statistic> statistics(const Posterior& p, const Density& density,
                                  const std::vector<std::size_t>& elements) {
  if (family(density.family).support == Support::level) return shares(p, density.response);
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
    const std::size_t groups = p.data().plate(plate).size;
    if (groups < 3 || groups >= elements.size() || !density.plate.rows) continue;
    std::vector<std::size_t> group;
    for (const std::size_t e : elements)
      group.push_back(element_within(p.data(), density.plate, e, plate));
    const auto means = [group, groups](const std::vector<double>& v) {
      std::vector<double> sum(groups, 0.0), count(groups, 0.0);
      for (std::size_t row = 0; row < v.size(); ++row) {
        sum[group[row]] += v[row];
        count[group[row]] += 1;
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
                     for (std::size_t row = 0; row < v.size(); ++row) v[row] -= m[group[row]];
                     return sd_of(v);
                   }});
  }
  return all;
}

/// The checks of one density, or why there are none.
struct DensityChecks {
  std::vector<PredictiveCheck> checks;
  std::string refused;
};

/// How many replications of so many values; 0: too few to say anything.
std::size_t affordable(std::size_t wanted, std::size_t values, bool fast) {
  const std::size_t n = std::min(wanted, (fast ? kMostValues : kMostEvaluated) / values);
  return n < kFewest ? 0 : n;
}

/// A statistic of the data, and those of the replications: `of` is asked for replication r.
void add_statistic(PredictiveCheck& check, const std::string& name, double observed,
                   const std::function<double(std::size_t r)>& of) {
  if (!std::isfinite(observed)) return;
  StatisticCheck s{name, observed, {}, 0};
  std::size_t above = 0;
  for (std::size_t r = 0; r < check.replicated.size(); ++r) {
    s.replicated.push_back(of(r));
    above += s.replicated.back() >= s.observed;
  }
  s.share_above = static_cast<double>(above) / static_cast<double>(s.replicated.size());
  check.statistics.push_back(std::move(s));
}

void add_statistics(const Posterior& p, const Density& density,
                    const std::vector<std::size_t>& elements, PredictiveCheck& check) {
  for (const Statistic& statistic : statistics(p, density, elements))
    add_statistic(check, statistic.name, statistic.of(check.observed),
                  [&](std::size_t r) { return statistic.of(check.replicated[r]); });
}

/// What components tell of each other: each with the one before it, in the vectors that have both.
void add_correlation(const PredictiveCheck& before, const std::vector<std::size_t>& elements_before,
                     PredictiveCheck& check, const std::vector<std::size_t>& elements) {
  std::vector<std::pair<std::size_t, std::size_t>> both;
  for (std::size_t i = 0, j = 0; i < elements_before.size() && j < elements.size();) {
    if (elements_before[i] == elements[j]) both.emplace_back(i, j);
    if (elements_before[i] <= elements[j]) ++i;
    else ++j;
  }
  if (both.size() < 3) return;
  const auto correlation = [&](const std::vector<double>& a, const std::vector<double>& b) {
    double mean_a = 0, mean_b = 0, aa = 0, bb = 0, ab = 0;
    for (const auto& [i, j] : both) {
      mean_a += a[i] / static_cast<double>(both.size());
      mean_b += b[j] / static_cast<double>(both.size());
    }
    for (const auto& [i, j] : both) {
      aa += (a[i] - mean_a) * (a[i] - mean_a);
      bb += (b[j] - mean_b) * (b[j] - mean_b);
      ab += (a[i] - mean_a) * (b[j] - mean_b);
    }
    return ab / std::sqrt(aa * bb);
  };
  add_statistic(
      check, "correlation with " + before.response, correlation(before.observed, check.observed),
      [&](std::size_t r) { return correlation(before.replicated[r], check.replicated[r]); });
}

StreamAddress address_of(const Posterior& p, int index, std::size_t draw) {
  StreamAddress address{.seed = p.record().settings.seed,
                        .step = kStep + static_cast<std::uint32_t>(index)};
  address.sweep = draw;
  return address;
}

DensityChecks scalar_checks(const Posterior& p, int index, std::size_t wanted) {
  const Model& model = p.model();
  const Density& density = model.densities[static_cast<std::size_t>(index)];
  const std::size_t rows = density.plate.once() ? 1 : p.data().plate(density.plate).size;
  if (rows < 2) return {{}, kOneValue};
  const std::vector<std::size_t> elements = all_elements(rows);
  const std::vector<State> some = p.states(1);
  ScalarArguments arguments(model, p.data(), p.evaluator(), density, elements, some[0]);
  const std::size_t replications = affordable(wanted, rows, arguments.fast());
  if (replications == 0) return {{}, kTooLong};
  PredictiveCheck check;
  check.response = render(density.value, &model, Notation::unicode);
  for (std::size_t row = 0; row < rows; ++row)
    check.observed.push_back(p.value_at(density.value, some[0], density.plate, row)(0, 0));

  const std::vector<State> states = p.states(replications);
  for (std::size_t s = 0; s < states.size(); ++s) {
    arguments.set(states[s]);
    std::vector<double> replicated;
    StreamAddress address = address_of(p, index, s);
    std::vector<double> at(arguments.count());
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t k = 0; k < at.size(); ++k) at[k] = arguments.at(row, k);
      address.level = static_cast<std::uint32_t>(row);
      Random random(address);
      replicated.push_back(draw_from(density.family, at, random));
    }
    if (!std::all_of(replicated.begin(), replicated.end(),
                     [](double y) { return std::isfinite(y); }))
      return {{}, kNotFinite};
    check.replicated.push_back(std::move(replicated));
  }
  add_statistics(p, density, elements, check);
  return {{std::move(check)}, {}};
}

/// "log(y1)", or "length[age=8]": the components of a vector response.
std::vector<std::string> component_names(const Posterior& p, const VectorResponse& response) {
  std::vector<std::string> names;
  const Model& model = p.model();
  if (response.over < 0) {
    for (const Expr& part : response.parts) names.push_back(render(part, &model));
    return names;
  }
  const std::string name = render(response.parts[0], &model);
  const Factor& factor = p.data().factors[static_cast<std::size_t>(response.over)];
  for (const std::string& level : factor.levels)
    names.push_back(fmt::format("{}[{}={}]", name, model[response.over].spelling, level));
  return names;
}

DensityChecks vector_checks(const Posterior& p, int index, std::size_t wanted) {
  const Model& model = p.model();
  const Density& density = model.densities[static_cast<std::size_t>(index)];
  const Result<VectorResponse> response = vector_response(model, density);
  if (!response) return {{}, response.diagnostics.front().message};
  const State some = p.states(1).front();
  std::vector<PartialVector> vectors = observed_vectors(p.data(), p.evaluator(), density, some);
  const std::vector<std::string> names = component_names(p, *response);
  std::vector<PredictiveCheck> checks(names.size());
  std::vector<std::vector<std::size_t>> elements(names.size());
  std::size_t values = 0;
  for (const PartialVector& v : vectors) {
    const Eigen::MatrixXd y = p.value_at(density.value, some, density.plate, v.element);
    for (const int k : v.components) {
      checks[static_cast<std::size_t>(k)].observed.push_back(y(k));
      elements[static_cast<std::size_t>(k)].push_back(v.element);
    }
    values += v.components.size();
  }
  if (vectors.size() < 2) return {{}, kOneValue};
  VectorArguments arguments(model, p.data(), p.evaluator(), density, std::move(vectors), some);
  const std::size_t replications = affordable(wanted, values, arguments.fast());
  if (replications == 0) return {{}, kTooLong};
  const std::vector<State> states = p.states(replications);
  for (std::size_t s = 0; s < states.size(); ++s) {
    arguments.set(states[s]);
    StreamAddress address = address_of(p, index, s);
    for (PredictiveCheck& c : checks) c.replicated.emplace_back();
    for (std::size_t i = 0; i < arguments.vectors().size(); ++i) {
      const PartialVector& v = arguments.vectors()[i];
      address.level = static_cast<std::uint32_t>(v.element);
      Random random(address);
      const Eigen::MatrixXd x = draw_from(density.family, arguments.at(i), random);
      if (!x.allFinite()) return {{}, kNotFinite};
      for (std::size_t k = 0; k < v.components.size(); ++k)
        checks[static_cast<std::size_t>(v.components[k])].replicated.back().push_back(
            x(static_cast<Eigen::Index>(k)));
    }
  }
  DensityChecks outcome;
  for (std::size_t k = 0; k < checks.size(); ++k) {
    checks[k].response = names[k];
    if (checks[k].observed.size() < 2) {
      outcome.refused += (outcome.refused.empty() ? "" : ", ") + names[k];
      continue;
    }
    add_statistics(p, density, elements[k], checks[k]);
    if (k > 0) add_correlation(checks[k - 1], elements[k - 1], checks[k], elements[k]);
  }
  std::erase_if(checks, [](const PredictiveCheck& c) { return c.statistics.empty(); });
  outcome.checks = std::move(checks);
  if (!outcome.refused.empty())
    outcome.refused = fmt::format("fewer than two values of {}", outcome.refused);
  return outcome;
}

}  // namespace

PredictiveChecks predictive_checks(const Posterior& posterior, std::size_t replications) {
  PredictiveChecks result;
  const Model& model = posterior.model();
  for (std::size_t d = 0; d < model.densities.size(); ++d) {
    const Density& density = model.densities[d];
    if (density.target >= 0 || density.response < 0) continue;
    DensityChecks found = density.value->shape.is_scalar()
                              ? scalar_checks(posterior, static_cast<int>(d), replications)
                              : vector_checks(posterior, static_cast<int>(d), replications);
    for (PredictiveCheck& c : found.checks) result.checks.push_back(std::move(c));
    if (!found.refused.empty())
      result.left_out.push_back(
          fmt::format("{}: {}", render(density.value, &model), found.refused));
  }
  return result;
}

Diagnostics left_out_notes(const PredictiveChecks& checks) {
  Diagnostics notes;
  for (const std::string& why : checks.left_out) {
    Diagnostic& d = notes.emplace_back();
    d.severity = Severity::note;
    d.message = fmt::format("not replicated: {}", printable(why));
  }
  return notes;
}

}  // namespace lmmdsl
