#include "runtime/simulate.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "compiler/model/hold.h"
#include "runtime/bind.h"
#include "runtime/draw_family.h"
#include "runtime/solve.h"

namespace lmmdsl {

namespace {

using Matrix = Eigen::MatrixXd;

constexpr std::uint32_t kStatement = 0xffffffff;  // the stream of what all elements share

/// Everything that e mentions, itself or through definitions.
void collect(const Model& model, const Expr& e, std::set<SymbolId>& found) {
  for (const SymbolId id : e->symbols) {
    if (!found.insert(id).second) continue;
    if (model[id].definition) collect(model, model[id].definition, found);
    if (model[id].plate.latent) found.insert(model[id].plate.factors.front());
  }
}

/// What a density draws, and what it must know for that.
struct Link {
  std::set<SymbolId> drawn, needed;
};

std::vector<Link> links(const Model& model, const std::vector<Density>& densities) {
  std::vector<Link> all;
  for (const Density& d : densities) {
    Link& link = all.emplace_back();
    if (d.target >= 0) link.drawn.insert(d.target);
    for (const auto& columns : response_columns(model, d))
      link.drawn.insert(columns.begin(), columns.end());
    for (const Expr& a : d.args) collect(model, a, link.needed);
  }
  return all;
}

bool meet(const std::set<SymbolId>& a, const std::set<SymbolId>& b) {
  return std::any_of(a.begin(), a.end(), [&](SymbolId id) { return b.count(id) > 0; });
}

/// The densities, each after those that draw what it needs; shorter where that is a circle.
std::vector<int> sorted(const std::vector<Link>& links) {
  std::vector<int> order;
  std::vector<bool> done(links.size(), false);
  for (bool found = true; found;) {
    found = false;
    for (std::size_t d = 0; d < links.size(); ++d) {
      if (done[d]) continue;
      bool ready = true;
      for (std::size_t other = 0; other < links.size(); ++other)
        ready = ready && (done[other] || other == d || !meet(links[other].drawn, links[d].needed));
      if (!ready) continue;
      order.push_back(static_cast<int>(d));
      done[d] = found = true;
    }
  }
  return order;
}

Diagnostic no_joint_law(const Model& model, const Density& density, std::string message,
                        std::string label) {
  Diagnostic d = model_error(model, density.span, std::move(message), std::move(label));
  d.notes.push_back({"new data are drawn from the likelihood, column by column"});
  return d;
}

/// A factor that is drawn cannot say to which unknown a row belongs: levels might stay empty.
Diagnostics check_drawn_factors(const Model& model) {
  Diagnostics errors;
  for (const Density& density : model.stated) {
    if (density.response < 0 || family(density.family).support != Support::level) continue;
    const auto indexed =
        std::find_if(model.symbols.begin(), model.symbols.end(), [&](const Symbol& s) {
          const std::vector<SymbolId>& factors = s.plate.factors;
          return std::find(factors.begin(), factors.end(), density.response) != factors.end();
        });
    if (indexed == model.symbols.end()) continue;
    errors.push_back(no_joint_law(
        model, density, "`" + model[density.response].spelling + "` cannot be drawn",
        "it is the index of `" + indexed->spelling + "`, and a level might then have no rows"));
  }
  return errors;
}

Diagnostics check_left_sides(const Model& model) {
  Diagnostics errors = check_drawn_factors(model);
  if (!errors.empty()) return errors;
  std::set<SymbolId> seen;
  for (const Density& density : model.stated) {
    for (const std::vector<SymbolId>& columns : response_columns(model, density)) {
      const SymbolId column = columns.empty() ? -1 : columns.front();
      const bool one = columns.size() == 1;
      const std::string name = one ? "`" + model[column].spelling + "`" : "the response";
      if (one && !seen.insert(column).second) {
        errors.push_back(no_joint_law(
            model, density, name + " has two likelihoods, so no data can be drawn from this model",
            "the second"));
        return errors;
      }
      std::function<bool(const Expr&)> solvable = [&](const Expr& e) {
        if (e->op == Op::symbol && e->symbol != column && model[e->symbol].definition)
          return solvable(model[e->symbol].definition);
        if (e->op != Op::vcat && e->op != Op::gather && e->op != Op::transpose)
          return is_solvable(model, e, column);
        return std::any_of(e->args.begin(), e->args.end(), solvable);
      };
      if (one && solvable(density.value)) continue;
      errors.push_back(
          no_joint_law(model, density,
                       name + " cannot be drawn: the left-hand side cannot be solved for " +
                           (one ? "it" : "one column"),
                       ""));
    }
  }
  return errors;
}

Diagnostics check_priors(const Model& model, const State& fixed) {
  Diagnostics errors;
  for (const Density& density : model.stated) {
    if (density.target < 0 || !is_improper(density.family)) continue;
    if (!fixed.values[density.target].empty()) continue;
    const std::string name = model[density.target].spelling;
    Diagnostic d =
        model_error(model, density.span,
                    "the prior of `" + name + "` is improper: nothing can be drawn from it",
                    family(density.family).name + " does not integrate to 1");
    d.hint = "give `" + name + "` a value with --at STATE.json, or a proper prior";
    errors.push_back(std::move(d));
  }
  return errors;
}

}  // namespace

bool simulated_as_stated(const Model& model, const Rewrite& r) {
  const auto has_no_law = [&](SymbolId a) {
    return family(model.densities[model[a].prior].family).internal;
  };
  return model.stated[r.stated].response >= 0 &&
         (r.density < 0 || std::any_of(r.auxiliaries.begin(), r.auxiliaries.end(), has_no_law));
}

namespace {

/// Densities that are drawn from, one after the other.
std::vector<Density> simulated_densities(const Model& model) {
  std::set<int> left_out, stated;
  for (const Rewrite& r : model.rewrites) {
    if (!simulated_as_stated(model, r)) continue;
    stated.insert(r.stated);
    left_out.insert(r.density);
    for (SymbolId a : r.auxiliaries) left_out.insert(model[a].prior);
  }
  std::vector<Density> densities;
  for (std::size_t d = 0; d < model.densities.size(); ++d)
    if (!left_out.count(static_cast<int>(d))) densities.push_back(model.densities[d]);
  for (int s : stated) densities.push_back(model.stated[s]);
  return densities;
}

}  // namespace

Simulator::Simulator(const Model& model, std::shared_ptr<const Data> data, State fixed)
    : model_(&model),
      data_(std::move(data)),
      fixed_(std::move(fixed)),
      densities_(simulated_densities(model)) {
  oracle_ = std::make_unique<Evaluator>(*model_, *data_);
  const std::vector<Link> all = links(model, densities_);
  order_ = sorted(all);
  std::set<SymbolId> responses;
  for (std::size_t d = 0; d < all.size(); ++d)
    if (densities_[d].response >= 0) responses.insert(all[d].drawn.begin(), all[d].drawn.end());
  for (const Link& link : all) downstream_.push_back(meet(responses, link.needed));
}

Result<Simulator> Simulator::make(const Model& model, std::shared_ptr<const Data> data,
                                  State fixed) {
  fixed.values.resize(model.symbols.size());
  Diagnostics errors = check_left_sides(model);
  if (errors.empty()) errors = check_priors(model, fixed);
  if (!errors.empty()) return errors;
  Simulator simulator(model, std::move(data), std::move(fixed));
  const std::vector<Density>& densities = simulator.densities_;
  if (simulator.order_.size() == densities.size()) return simulator;
  for (std::size_t d = 0; d < densities.size(); ++d) {
    const auto& order = simulator.order_;
    if (std::find(order.begin(), order.end(), static_cast<int>(d)) != order.end()) continue;
    return no_joint_law(model, densities[d],
                        "the distributions of the responses depend on each other in a circle",
                        "one of them");
  }
  return simulator;
}

/// The arguments in one element of the density's plate.
std::vector<Matrix> Simulator::arguments(const Density& density, const Evaluator& oracle,
                                         const State& state, std::size_t element) const {
  std::vector<Matrix> values;
  for (const Expr& a : density.args)
    values.push_back(oracle.evaluate_at(a, state, density.plate, element));
  return values;
}

/// Between the bounds of a prior, by rejection.
Matrix Simulator::draw_between(const Density& prior, std::size_t element, double scale,
                               const State& state, Random& random) const {
  constexpr int kMost = 1000000;
  std::vector<Matrix> args = arguments(prior, *oracle_, state, element);
  if (scale != 1) args[0] *= scale;
  const auto bound = [&](const Expr& e, double otherwise) {
    return e ? oracle_->evaluate_at(e, state, prior.plate, element)(0, 0) : otherwise;
  };
  if (family(prior.family).elementwise && prior.value->shape.kind == ShapeKind::vector)
    return draw_components(prior.family, args, data_->length(prior.value->shape.rows), random);
  const double lower = bound(prior.lower, -HUGE_VAL), upper = bound(prior.upper, HUGE_VAL);
  const auto outside = [&](const Matrix& x) {
    return x(0, 0) < lower || x(0, 0) > upper ||
           (prior.ordered && !std::is_sorted(x.data(), x.data() + x.size()));
  };
  Matrix x = draw_from(prior.family, args, random);
  for (int k = 0; k < kMost && outside(x); ++k) x = draw_from(prior.family, args, random);
  if (outside(x)) x.setConstant(std::nan(""));
  return x;
}

void Simulator::draw_prior(int density, StreamAddress address, JointDraw& out) const {
  const Density& prior = densities_[density];
  std::vector<double>& values = out.state.values[prior.target];
  if (!fixed_.values[prior.target].empty()) {
    values = fixed_.values[prior.target];
    return;
  }
  const auto known = [](const Expr&) -> Matrix { throw std::logic_error("a prior of two things"); };
  values.clear();
  address.level = kStatement;
  Random shared(address);
  const double scale = statement_scale(prior.family, shared);
  const std::size_t elements = data_->plate(prior.plate).size;
  for (std::size_t e = 0; e < elements; ++e) {
    address.level = static_cast<std::uint32_t>(e);
    Random random(address);
    const Matrix drawn = draw_between(prior, e, scale, out.state, random);
    const Matrix x = solve(*model_, prior.value, prior.target, drawn, known);
    const bool zero = (*model_)[prior.target].positive && x(0, 0) == 0;
    if ((!x.allFinite() || zero) && out.failure.empty()) {
      out.failure = "the prior of `" + (*model_)[prior.target].spelling + "` gave " +
                    (zero ? "0, by rounding" : "no finite value");
    }
    values.insert(values.end(), x.data(), x.data() + x.size());
  }
}

void Simulator::draw_likelihood(int density, const Evaluator& oracle, StreamAddress address,
                                JointDraw& out) const {
  const Density& likelihood = densities_[density];
  std::vector<SymbolId> columns;  // one for each component
  for (const auto& parts : response_columns(*model_, likelihood)) columns.push_back(parts.front());
  for (const SymbolId id : columns) out.responses[id].assign(data_->rows(), std::nan(""));

  const auto put = [&](const Expr& part, SymbolId column, double x, std::size_t row) {
    if (std::isnan(data_->columns[column][row])) return;
    const auto known = [&](const Expr& e) {
      const std::size_t at = e->plate.once() ? 0
                             : e->plate.rows
                                 ? row
                                 : static_cast<std::size_t>(data_->plate(e->plate).of_row[row]);
      return oracle.evaluate(e, out.state, at);
    };
    const double y = solve(*model_, part, column, Matrix::Constant(1, 1, x), known)(0, 0);
    if (!std::isfinite(y) && out.failure.empty())
      out.failure = "the likelihood of `" + (*model_)[column].spelling + "` gave no finite value";
    out.responses[column][row] = y;
  };

  Expr value = likelihood.value;
  while (value->op == Op::symbol && (*model_)[value->symbol].definition)
    value = (*model_)[value->symbol].definition;
  const PlateElements& plate = data_->plate(likelihood.plate);
  std::vector<std::vector<std::size_t>> rows(plate.size);
  for (std::size_t row = 0; row < data_->rows(); ++row)
    if (plate.of_row[row] >= 0) rows[plate.of_row[row]].push_back(row);
  for (std::size_t e = 0; e < plate.size; ++e) {
    address.level = static_cast<std::uint32_t>(e);
    Random random(address);
    const Matrix x =
        draw_from(likelihood.family, arguments(likelihood, oracle, out.state, e), random);
    if (value->op == Op::gather) {
      const std::vector<std::int32_t>& codes = data_->factors[value->symbol].codes;
      for (const std::size_t row : rows[e])
        put(value->args[0], columns.front(), x(codes[row]), row);
    } else if (value->op == Op::vcat) {
      for (const std::size_t row : rows[e])
        for (std::size_t k = 0; k < columns.size(); ++k)
          put(value->args[k], columns[k], x(static_cast<Eigen::Index>(k)), row);
    } else {
      for (const std::size_t row : rows[e]) put(value, columns.front(), x(0, 0), row);
    }
  }
}

void Simulator::draw_all(bool priors, StreamAddress address, JointDraw& out) const {
  for (const int d : order_) {
    address.step = static_cast<std::uint32_t>(d);
    if (densities_[d].target >= 0) {
      if (priors) draw_prior(d, address, out);
    } else if (downstream_[d]) {
      const auto data = replace_columns(*data_, out.responses);
      draw_likelihood(d, Evaluator(*model_, *data), address, out);
    } else {
      draw_likelihood(d, *oracle_, address, out);
    }
    if (!out.failure.empty()) return;
  }
}

JointDraw Simulator::draw(StreamAddress address) const {
  JointDraw out;
  out.state.values.resize(model_->symbols.size());
  draw_all(true, address, out);
  return out;
}

JointDraw Simulator::responses(const State& state, StreamAddress address) const {
  JointDraw out;
  out.state = state;
  draw_all(false, address, out);
  return out;
}

}  // namespace lmmdsl
