#include "runtime/notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "compiler/math/render.h"
#include "runtime/bind.h"

namespace lmmdsl {

namespace {

/// "`a`, `b` and `c`", "`a`, `b`, `c`, `d`, `e` and 12 more".
std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 5;
  const std::size_t shown = names.size() <= kShown + 1 ? names.size() : kShown;
  std::string text;
  for (std::size_t i = 0; i < shown; ++i)
    text += (i == 0 ? "`" : i + 1 == names.size() ? " and `" : ", `") + names[i] + "`";
  if (shown < names.size()) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

class Notes {
 public:
  explicit Notes(const BoundPlan& bound) : bound_(bound), model_(*bound.model), data_(*bound.data) {
    for (const Conditional& c : bound.plan->conditionals) conditional_[c.target] = &c;
  }

  Diagnostics write() {
    unused_columns();
    single_levels();
    unobserved_factors();
    many_trials();
    const bool likelihood = std::any_of(model_.stated.begin(), model_.stated.end(),
                                        [](const Density& d) { return d.target < 0; });
    // Of a model without likelihood it has been said that all draws are from the prior.
    if (likelihood)
      for (const Conditional& c : bound_.plan->conditionals) parameter(c);
    return std::move(notes_);
  }

 private:
  void note(std::string message) {
    Diagnostic d;
    d.severity = Severity::note;
    d.code = ExitCode::done;
    d.message = std::move(message);
    notes_.push_back(std::move(d));
  }

  /// Auxiliary variables of counts are sums or means of as many variates as there are trials.
  void many_trials() {
    constexpr double kMany = 1e7;  // about half a second
    const std::vector<Conditional>& conditionals = bound_.plan->conditionals;
    for (const Rewrite& r : model_.rewrites) {
      double trials = 0;
      for (std::size_t k = 0; k < conditionals.size(); ++k) {
        const Conditional& c = conditionals[k];
        const bool sums =
            c.family == UpdateFamily::polya_gamma || c.family == UpdateFamily::latent_normal;
        if (!sums || std::count(r.auxiliaries.begin(), r.auxiliaries.end(), c.target) == 0)
          continue;
        for (const double n : bound_.constants[bound_.plan->natural[k][0]]) trials += n;
      }
      const SymbolId response = model_.stated[r.stated].response;
      if (trials < kMany || response < 0) continue;
      note(fmt::format(
          "each sweep draws one variate for each trial of `{}`, {:.3g} in all: its time "
          "grows with the counts",
          model_[response].spelling, trials));
    }
  }

  void unused_columns() {
    const Usage usage = find_usage(model_);
    std::vector<std::string> names;
    for (std::size_t id = 0; id < model_.symbols.size(); ++id)
      if (model_.symbols[id].role == Role::column && !usage.used[id])
        names.push_back(model_.symbols[id].spelling);
    if (names.empty()) return;
    note(fmt::format("{} {} declared and not used", listed(names),
                     names.size() == 1 ? "is" : "are"));
  }

  void single_levels() {
    for (std::size_t f = 0; f < model_.symbols.size(); ++f) {
      if (data_.factors[f].levels.size() != 1) continue;
      for (const auto& [target, c] : conditional_) {
        const std::vector<SymbolId>& factors = model_[target].plate.factors;
        if (std::find(factors.begin(), factors.end(), static_cast<SymbolId>(f)) == factors.end())
          continue;
        note(
            fmt::format("`{}` has one level, `{}`: what differs between levels and what all rows "
                        "share cannot be told apart: the priors divide it",
                        model_.symbols[f].spelling, data_.factors[f].levels[0]));
        break;
      }
    }
  }

  void unobserved_factors() {
    for (const Symbol& s : model_.symbols) {
      if (s.levels == 0) continue;
      note(fmt::format(
          "where priors do not tell the levels of `{0}` apart, their numbers may be exchanged "
          "during a chain and between chains: what is indexed by `{0}` is then to be read with "
          "care",
          s.spelling));
    }
  }

  /// For each element of a parameter how many values depend on it: rows with a response, or
  /// elements of other parameters that data reach.
  const std::vector<std::size_t>& values(SymbolId target) {
    const auto known = values_.find(target);
    if (known != values_.end()) return known->second;
    const Conditional& c = *conditional_.at(target);
    // An auxiliary variable stands for an observation, or for the scale of what it mixes.
    std::vector<std::size_t> count(data_.plate(c.plate).size, model_[target].auxiliary ? 1 : 0);
    for (const Contribution& l : c.likelihood) {
      if (says_again(c, l)) continue;
      const Density& d = density_at(model_, l.density);
      const std::vector<std::size_t>* below = d.target >= 0 ? &values(d.target) : nullptr;
      const std::size_t components = components_of(c, l);
      if (deciding_factor(d.plate, c.plate) >= 0) {  // any of them may
        for (std::size_t& n : count) n += data_.plate(d.plate).size * components;
        continue;
      }
      const std::vector<std::int32_t>* map =
          c.plate.once() || c.plate == d.plate ? nullptr : &data_.map(d.plate, c.plate);
      for (std::size_t i = 0; i < data_.plate(d.plate).size; ++i) {
        if (below != nullptr && (*below)[i] == 0) continue;
        count[c.plate.once() ? 0 : map != nullptr ? (*map)[i] : i] += components;
      }
    }
    return values_.emplace(target, std::move(count)).first->second;
  }

  /// Whether an auxiliary variable stands beside a density that mentions the target, too: the two
  /// are one observation.
  bool says_again(const Conditional& c, const Contribution& l) const {
    const SymbolId target = density_at(model_, l.density).target;
    return std::any_of(model_.rewrites.begin(), model_.rewrites.end(), [&](const Rewrite& r) {
      return std::count(r.auxiliaries.begin(), r.auxiliaries.end(), target) > 0 &&
             std::any_of(c.likelihood.begin(), c.likelihood.end(),
                         [&](const Contribution& other) { return other.density == r.density; });
    });
  }

  /// A covariance matrix counts vectors, everything else their components.
  std::size_t components_of(const Conditional& c, const Contribution& l) const {
    const Shape& shape = density_at(model_, l.density).value->shape;
    if (model_[c.target].symmetric || shape.is_scalar() || l.component > 0) return 1;
    return static_cast<std::size_t>(data_.length(shape.rows)) *
           static_cast<std::size_t>(data_.length(shape.cols));
  }

  void parameter(const Conditional& c) {
    if (model_[c.target].auxiliary || model_[c.target].levels > 0) return;
    if (is_mentioned_by_its_prior_only(c)) return;  // said when the model was compiled
    const std::vector<std::size_t>& count = values(c.target);
    const std::size_t needed = needed_values(c);
    std::vector<std::size_t> few;
    std::size_t most = 0;
    for (std::size_t e = 0; e < count.size(); ++e) {
      if (count[e] >= needed) continue;
      few.push_back(e);
      most = std::max(most, count[e]);
    }
    if (few.empty() || is_flat(c)) return;  // flat: the check of propriety has its say
    const std::string who = "`" + render(reference(model_, c.target), &model_) + "`";
    const std::string prior = statement(stated_prior(model_, c.target));
    if (most == 0 && few.size() == count.size()) {
      note(fmt::format("no data reach {}: its posterior is its prior {}", who, prior));
      return;
    }
    const std::string where =
        c.plate.once() ? "" : fmt::format(" in {}", describe(c.plate, few, count.size()));
    if (most == 0) {
      note(fmt::format("no data reach {}{}: there it is drawn from its prior {}", who, where,
                       prior));
      return;
    }
    note(fmt::format("{}{} {}: the prior {} decides {}", who, where, shortage(c, needed, most),
                     prior,
                     needed == 2 && model_[c.target].shape.is_scalar()
                         ? "more than the data"
                         : "the directions that the data leave open"));
  }

  bool is_flat(const Conditional& c) const {
    const FamilyId prior = stated_prior(model_, c.target).family;
    return prior == FamilyId::flat || prior == FamilyId::jeffreys;
  }

  bool is_mentioned_by_its_prior_only(const Conditional& c) const {
    if (!c.likelihood.empty()) return false;
    return std::none_of(model_.symbols.begin(), model_.symbols.end(), [&](const Symbol& s) {
      return s.definition && std::binary_search(s.definition->symbols.begin(),
                                                s.definition->symbols.end(), c.target);
    });
  }

  /// How many values determine an element: as many as it has coefficients, as many vectors as a
  /// covariance matrix has rows; a variance is not known from one.
  std::size_t needed_values(const Conditional& c) const {
    const Shape& shape = model_[c.target].shape;
    const auto p = static_cast<std::size_t>(data_.length(shape.rows));
    if (c.family == UpdateFamily::dirichlet) return 1;
    if (c.family == UpdateFamily::normal) return shape.is_scalar() ? 1 : p;
    return shape.is_scalar() ? 2 : p;
  }

  std::string shortage(const Conditional& c, std::size_t needed, std::size_t most) const {
    if (c.family == UpdateFamily::normal) {
      const bool rows =
          std::all_of(c.likelihood.begin(), c.likelihood.end(), [&](const Contribution& l) {
            return density_at(model_, l.density).target < 0 || says_again(c, l);
          });
      return fmt::format("has fewer {} than its {} coefficients", rows ? "rows" : "values", needed);
    }
    if (model_[c.target].shape.is_scalar()) return "is known from one value only";
    return fmt::format("is a {0} x {0} matrix, known from {1} vector{2} only", needed, most,
                       most == 1 ? "" : "s");
  }

  /// "2 of 10 levels of plot (`3` and `7`)".
  std::string describe(const Plate& plate, const std::vector<std::size_t>& few,
                       std::size_t in_all) const {
    std::vector<std::string> labels;
    for (const std::size_t e : few) {
      std::string label;
      for (const std::string& l : data_.plate(plate).labels[e])
        label += (label.empty() ? "" : ", ") + l;
      labels.push_back(std::move(label));
    }
    const std::string names = factor_names(model_, plate);
    if (few.size() == in_all)
      return fmt::format("{} {} of {}", in_all == 1 ? "the one" : fmt::format("all {}", in_all),
                         in_all == 1 ? "level" : "levels", names);
    return fmt::format("{} of {} levels of {} ({})", few.size(), in_all, names, listed(labels));
  }

  std::string statement(const Density& d) const {
    std::string arguments;
    for (const Expr& a : d.args) arguments += (arguments.empty() ? "" : ", ") + render(a, &model_);
    return fmt::format("{} ~ {}({})", render(d.value, &model_), family(d.family).name, arguments);
  }

  const BoundPlan& bound_;
  const Model& model_;
  const Data& data_;
  std::map<SymbolId, const Conditional*> conditional_;
  std::map<SymbolId, std::vector<std::size_t>> values_;
  Diagnostics notes_;
};

}  // namespace

Diagnostics notes_on_data(const BoundPlan& bound) { return Notes(bound).write(); }

}  // namespace lmmdsl
