#include "lmmdsl/compare/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lmmdsl/compare/integrable.h"
#include "lmmdsl/compare/integrated.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/memory.h"
#include "runtime/parts.h"

namespace lmmdsl {
namespace {

/// Log likelihoods: units x draws, chain by chain.
struct Pointwise {
  std::vector<std::string> units;
  std::vector<std::vector<double>> values;
  std::size_t chains = 1;
};

/// The states at draws, as many from each chain, evenly.
std::vector<State> even_states(const Posterior& p, std::size_t most) {
  const auto chains = static_cast<std::size_t>(p.draws().chains);
  const std::size_t each = std::max<std::size_t>(1, std::min(p.length(), most / chains));
  std::vector<State> states;
  for (std::size_t c = 0; c < chains; ++c)
    for (std::size_t t = 0; t < each; ++t)
      states.push_back(p.state_at(static_cast<int>(c), t * p.length() / each));
  return states;
}

/// Evaluates every state, each thread with a likelihood of its own made by `make`.
template <class Make>
void evaluate_all(const std::vector<State>& states, int threads, Progress& progress,
                  const Make& make, std::vector<std::vector<double>>& values) {
  constexpr std::size_t kBatch = 50;
  std::vector<decltype(make())> likelihoods(static_cast<std::size_t>(thread_count(threads)));
  for_each_part((states.size() + kBatch - 1) / kBatch, threads,
                [&](std::size_t batch, std::size_t thread) {
                  auto& likelihood = likelihoods[thread];
                  if (!likelihood) likelihood = make();
                  std::vector<double> out;
                  const std::size_t from = batch * kBatch;
                  for (std::size_t s = from; s < std::min(from + kBatch, states.size()); ++s) {
                    if (progress.stop) return;
                    likelihood->evaluate(states[s], out);
                    for (std::size_t i = 0; i < out.size(); ++i) values[i][s] = out[i];
                    ++progress.sweeps;
                  }
                });
}

std::vector<UnitFit> fits_of(const Pointwise& pointwise, int threads, Progress& progress) {
  std::vector<UnitFit> fits(pointwise.values.size());
  for_each_part(fits.size(), threads, [&](std::size_t i) {
    if (progress.stop) return;
    const std::vector<double>& ll = pointwise.values[i];
    const std::size_t length = ll.size() / pointwise.chains;
    Chains chains;
    for (std::size_t c = 0; c < pointwise.chains; ++c)
      chains.emplace_back(ll.data() + c * length, length);
    fits[i] = unit_fit(chains);
    ++progress.sweeps;
  });
  return fits;
}

/// An evaluator with what works on it, for one thread.
template <class Likelihood>
struct WithEvaluator {
  template <class... Arguments>
  WithEvaluator(const Posterior& p, Arguments&&... arguments)
      : evaluator(p.model(), p.data()),
        likelihood(p.model(), p.data(), evaluator, std::forward<Arguments>(arguments)...) {}
  void evaluate(const State& state, std::vector<double>& out) { likelihood.evaluate(state, out); }
  Evaluator evaluator;
  Likelihood likelihood;
};

/// Log likelihoods, and the states that they are evaluated at, which the marginal likelihood has
/// once more.
Diagnostics check_memory(std::size_t units, const State& state, std::size_t draws) {
  std::size_t numbers = 0;
  for (const std::vector<double>& values : state.values) numbers += values.size();
  const double bytes = 8.0 * static_cast<double>(units + 2 * numbers) * static_cast<double>(draws);
  const auto available = static_cast<double>(available_memory());
  if (bytes <= available) return {};
  return {
      plain_error(ExitCode::limit,
                  fmt::format("a comparison of {} rows at {} draws takes {}, and {} are available",
                              units, draws, describe_bytes(bytes), describe_bytes(available)),
                  "fewer draws with --draws")};
}

Validation by_rows(const Posterior& p, const std::vector<State>& states, int threads,
                   Progress& progress, ModelFit& fit, Pointwise& pointwise) {
  Validation v;
  v.by = "row";
  WithEvaluator<RowLikelihood> first(p, states.front());
  pointwise.chains = static_cast<std::size_t>(p.draws().chains);
  for (const Unit& unit : first.likelihood.units()) {
    v.units.push_back(unit.name);
    fit.observed[unit.name] = unit.observed;
  }
  pointwise.values.assign(v.units.size(), std::vector<double>(states.size()));
  evaluate_all(
      states, threads, progress,
      [&] { return std::make_unique<WithEvaluator<RowLikelihood>>(p, states.front()); },
      pointwise.values);
  v.fits = fits_of(pointwise, threads, progress);
  return v;
}

Validation by_factor(const Posterior& p, SymbolId factor, const std::string& name,
                     const std::vector<State>& states, int threads, Progress& progress) {
  const Model& model = p.model();
  Validation v;
  v.by = name;
  std::vector<SymbolId> effects;
  for (const SymbolId s : model.parameters())
    if (lies_within(p.data(), model[s].plate, factor)) effects.push_back(s);
  const Integrable split = integrable(model, effects);
  for (const SymbolId s : split.coefficients) v.integrated.push_back(model[s].spelling);
  for (const SymbolId s : split.others) v.kept.push_back(model[s].spelling);
  v.units = p.data().factors[static_cast<std::size_t>(factor)].levels;
  for (const SymbolId s : effects)
    if (is_improper(model.densities[static_cast<std::size_t>(model[s].prior)].family)) {
      v.refused = fmt::format("the prior of {} is improper, and says nothing of a new {}",
                              model[s].spelling, v.by);
      return v;
    }
  Pointwise pointwise;
  pointwise.chains = static_cast<std::size_t>(p.draws().chains);
  pointwise.values.assign(v.units.size(), std::vector<double>(states.size()));
  evaluate_all(
      states, threads, progress,
      [&] {
        return std::make_unique<WithEvaluator<IntegratedLikelihood>>(p, split.coefficients, factor,
                                                                     states.front());
      },
      pointwise.values);
  v.fits = fits_of(pointwise, threads, progress);
  return v;
}

std::string unit_of_row(const Data& data, std::size_t row) {
  return fmt::format("row {}", data.row_number[row] + 1);
}

Grouping grouping_of(const Model& model, const Data& data, SymbolId factor) {
  const Factor& own = data.factors[static_cast<std::size_t>(factor)];
  Grouping g{model[factor].spelling, own.levels, {}};
  for (std::size_t row = 0; row < data.rows(); ++row)
    if (own.codes[row] >= 0)
      g.level_of_unit[unit_of_row(data, row)] = static_cast<std::size_t>(own.codes[row]);
  return g;
}

/// The same groups of the same rows, whatever the factors are called.
bool same_groups(const Grouping& a, const Grouping& b) {
  return a.levels == b.levels && a.level_of_unit == b.level_of_unit;
}

/// A parameter of which each element lies in one group; -1: there is none.
SymbolId parameter_within(const Model& model, const Data& data, const Grouping& grouping) {
  for (const SymbolId s : model.parameters()) {
    const Plate& plate = model[s].plate;
    if (plate.once() || plate.rows) continue;
    const PlateElements& elements = data.plate(plate);
    std::vector<std::int64_t> group(elements.size, -1);
    bool within = true;
    for (std::size_t row = 0; row < data.rows() && within; ++row) {
      const auto level = grouping.level_of_unit.find(unit_of_row(data, row));
      if (elements.of_row[row] < 0 || level == grouping.level_of_unit.end()) continue;
      std::int64_t& known = group[static_cast<std::size_t>(elements.of_row[row])];
      const auto here = static_cast<std::int64_t>(level->second);
      within = known < 0 || known == here;
      known = here;
    }
    if (within) return s;
  }
  return -1;
}

/// Groups of a factor that the model does not have: nothing but their rows is left out.
Validation by_grouping(const Posterior& p, const Grouping& grouping, const Validation& rows,
                       const Pointwise& by_row, int threads, Progress& progress) {
  Validation v;
  v.by = grouping.factor;
  v.units = grouping.levels;
  if (const SymbolId s = parameter_within(p.model(), p.data(), grouping); s >= 0) {
    v.refused = fmt::format("{} belongs to groups within each {}, which the model does not have",
                            p.model()[s].spelling, v.by);
    return v;
  }
  Pointwise pointwise;
  pointwise.chains = by_row.chains;
  pointwise.values.assign(v.units.size(), std::vector<double>(by_row.values.front().size(), 0.0));
  for (std::size_t row = 0; row < rows.units.size(); ++row) {
    const auto level = grouping.level_of_unit.find(rows.units[row]);
    if (level == grouping.level_of_unit.end()) continue;  // other data: refused when compared
    std::vector<double>& sum = pointwise.values[level->second];
    for (std::size_t s = 0; s < sum.size(); ++s) sum[s] += by_row.values[row][s];
  }
  v.fits = fits_of(pointwise, threads, progress);
  return v;
}

/// Factors to which parameters belong, one at a time.
std::vector<SymbolId> grouping_factors(const Model& model) {
  std::vector<SymbolId> found;
  for (const SymbolId p : model.parameters()) {
    const Plate& plate = model[p].plate;
    if (!plate.rows && plate.factors.size() == 1 && !plate.latent &&
        std::find(found.begin(), found.end(), plate.factors[0]) == found.end())
      found.push_back(plate.factors[0]);
  }
  return found;
}

SymbolId find_factor(const Model& model, const std::string& name) {
  const SymbolId id = model.find(name);
  return id >= 0 && model[id].role == Role::column && model[id].column_type == ColumnType::factor
             ? id
             : -1;
}

const Grouping* find_grouping(const std::vector<Grouping>& all, const std::string& name) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Grouping& g) { return g.factor == name; });
  return found == all.end() ? nullptr : &*found;
}

/// A factor of the model by its own name, or by that of the same groups in another model; -1.
SymbolId find_factor(const Posterior& p, const std::string& name,
                     const std::vector<Grouping>& groupings) {
  if (const SymbolId own = find_factor(p.model(), name); own >= 0) return own;
  const Grouping* grouping = find_grouping(groupings, name);
  for (const SymbolId f : grouping_factors(p.model()))
    if (grouping && same_groups(*grouping, grouping_of(p.model(), p.data(), f))) return f;
  return -1;
}

/// What is left out, by name; errors where it is no factor of any model.
Result<std::vector<std::string>> chosen_kinds(const Posterior& p, const CompareSettings& settings) {
  const Model& model = p.model();
  std::vector<std::string> chosen = settings.by;
  if (chosen.empty()) {
    chosen.push_back("row");
    std::vector<Grouping> all = settings.groupings;
    for (Grouping& own : groupings(p.bound(), all)) all.push_back(std::move(own));
    for (const Grouping& g : all) chosen.push_back(g.factor);
    return chosen;
  }
  std::vector<std::string> known = {"row"};
  for (const Symbol& s : model.symbols)
    if (s.role == Role::column && s.column_type == ColumnType::factor) known.push_back(s.spelling);
  Diagnostics errors;
  for (const std::string& name : chosen) {
    if (name == "row" || find_factor(model, name) >= 0 || find_grouping(settings.groupings, name))
      continue;
    const std::string near = nearest(name, known);
    errors.push_back(plain_error(ExitCode::command_line,
                                 fmt::format("--by: there is no factor `{}`", printable(name, 40)),
                                 near.empty() ? fmt::format("there are: {}", fmt::join(known, ", "))
                                              : fmt::format("did you mean `{}`?", near)));
  }
  if (!errors.empty()) return errors;
  return chosen;
}

}  // namespace

std::vector<Grouping> groupings(const Bound& bound, const std::vector<Grouping>& known) {
  std::vector<Grouping> found;
  for (const SymbolId f : grouping_factors(*bound.program->model)) {
    Grouping own = grouping_of(*bound.program->model, *bound.data, f);
    const bool there = std::any_of(known.begin(), known.end(),
                                   [&](const Grouping& g) { return same_groups(g, own); });
    if (!there) found.push_back(std::move(own));
  }
  return found;
}

double largest_k(std::size_t draws) {
  return std::min(0.7, 1 - 1 / std::log10(static_cast<double>(std::max<std::size_t>(draws, 11))));
}

std::uint64_t comparison_steps(const SavedRun& run, const Bound& bound,
                               const CompareSettings& settings) {
  const Summary none;
  const Posterior p(run, bound, none);
  const Result<std::vector<std::string>> kinds = chosen_kinds(p, settings);
  if (!kinds) return 0;
  const std::uint64_t states =
      std::min(settings.draws, p.length() * static_cast<std::size_t>(run.draws.chains));
  std::uint64_t steps = states + p.data().rows();
  for (const std::string& kind : *kinds) {
    if (kind == "row") continue;
    const SymbolId factor = find_factor(p, kind, settings.groupings);
    const Grouping* grouping = find_grouping(settings.groupings, kind);
    if (factor >= 0)
      steps += states + p.data().factors[static_cast<std::size_t>(factor)].levels.size();
    else if (grouping) steps += grouping->levels.size();
  }
  return steps + (settings.marginal ? marginal_steps(p, settings.draws) : 0);
}

Result<ModelFit> fit_of_model(const SavedRun& run, const Bound& bound,
                              const CompareSettings& settings, Progress& progress) {
  const Summary none;
  const Posterior p(run, bound, none);
  if (const auto refused = lacks_levels(p.model(), "comparisons are")) return Diagnostics{*refused};
  if (!p.missing().empty()) return draws_not_kept(run, p.missing().front());
  ModelFit fit;
  fit.folder = run.folder;
  fit.title = run.record->model_title;
  const Result<std::vector<std::string>> kinds = chosen_kinds(p, settings);
  if (!kinds) return kinds.diagnostics;
  const std::size_t draws =
      std::min(settings.draws, p.length() * static_cast<std::size_t>(run.draws.chains));
  if (Diagnostics errors = check_memory(p.data().rows(), p.state_at(0, 0), draws); !errors.empty())
    return errors;
  const std::vector<State> states = even_states(p, settings.draws);
  fit.draws = states.size();
  fit.of = p.length() * static_cast<std::size_t>(run.draws.chains);
  Pointwise by_row;
  const Validation rows = by_rows(p, states, settings.threads, progress, fit, by_row);
  for (const std::string& kind : *kinds) {
    const SymbolId factor = find_factor(p, kind, settings.groupings);
    if (kind == "row") {
      fit.validations.push_back(rows);
    } else if (factor >= 0) {
      fit.validations.push_back(by_factor(p, factor, kind, states, settings.threads, progress));
    } else {
      fit.validations.push_back(by_grouping(p, *find_grouping(settings.groupings, kind), rows,
                                            by_row, settings.threads, progress));
    }
  }
  if (settings.marginal) fit.marginal = marginal_likelihood(p, settings.draws, progress);
  return fit;
}

Diagnostics check_same_data(const ModelFit& a, const ModelFit& b) {
  const auto differ = [&](const std::string& how) -> Diagnostics {
    return {plain_error(ExitCode::refused,
                        fmt::format("`{}` and `{}` are not of the same data: {}",
                                    printable(a.folder), printable(b.folder), how),
                        "only densities of the same numbers can be compared")};
  };
  for (const auto& [name, values] : a.observed) {
    const auto found = b.observed.find(name);
    if (found == b.observed.end())
      return differ(fmt::format("{} is in the first only", printable(name)));
    if (found->second.size() != values.size())
      return differ(fmt::format("{} has {} numbers in one and {} in the other", printable(name),
                                values.size(), found->second.size()));
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double x = values[i], y = found->second[i];
      if (x != y && !(std::isnan(x) && std::isnan(y)))
        return differ(fmt::format("the response in {} is {} in one and {} in the other",
                                  printable(name), x, y));
    }
  }
  for (const auto& [name, values] : b.observed)
    if (a.observed.count(name) == 0)
      return differ(fmt::format("{} is in the second only", printable(name)));
  return {};
}

}  // namespace lmmdsl
