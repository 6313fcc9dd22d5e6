// What the columns of the draws are called and where their values come from.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "compiler/math/render.h"
#include "runtime/bound_plan.h"
#include "runtime/moments.h"

namespace lmmdsl {

namespace {

using Squares = std::shared_ptr<const std::vector<double>>;

class DrawColumns {
 public:
  DrawColumns(BoundPlan& bound, const BindOptions& options)
      : bound_(bound), model_(*bound.model), options_(options) {}

  /// Whether --store names it.
  bool stored(SymbolId id) const {
    return std::any_of(options_.store.begin(), options_.store.end(), [&](const std::string& name) {
      return name == model_[id].name || name == model_[id].spelling;
    });
  }

  /// Whether the draws of a value on a plate are kept.
  bool keeps(SymbolId id, int value) const {
    if (model_[id].plate.once() || stored(id)) return true;
    const std::uint64_t most = options_.most_bytes / sizeof(double) / bound_.sizes[value].total();
    return options_.draws <= most;
  }

  /// A quantity without elements as yet. Components are named by `names`, as far as these go; of
  /// what is symmetric with a known diagonal there is one triangle.
  static Quantity quantity(const std::string& name, const std::vector<std::string>& names,
                           const Shape& shape, const ValueSize& size, bool triangle = false) {
    Quantity q;
    q.head = name;
    const bool matrix = shape.kind == ShapeKind::matrix;
    for (int j = 0; j < size.cols; ++j) {
      for (int i = 0; i < size.rows; ++i) {
        if (triangle && matrix && i >= j) continue;
        Quantity::Component c;
        c.offset = static_cast<std::size_t>(j) * size.rows + i;
        const auto index = [&](int k) {
          c.index.push_back(k + 1);
          c.labels.push_back(k < static_cast<int>(names.size()) ? names[k] : std::to_string(k + 1));
        };
        if (matrix || shape.kind == ShapeKind::vector) index(i);
        if (matrix || shape.kind == ShapeKind::row) index(j);
        q.components.push_back(std::move(c));
      }
    }
    return q;
  }

  /// A quantity on a plate, or on none.
  void add(Quantity q, const Plate& plate, int value, bool square, bool keep,
           Squares squares = nullptr) {
    if (!plate.once()) {
      for (const SymbolId f : plate.factors) q.factors.push_back(model_[f].name);
      q.labels = bound_.data->plate(plate).labels;
    }
    add(std::move(q), value, square, keep, std::move(squares));
  }

  /// A quantity with a value for each row, in the order of the file.
  void add_rows(Quantity q, const Plate& rows, int value, bool keep) {
    const PlateElements& elements = bound_.data->plate(rows);
    q.places = in_file_order(*bound_.data, rows);
    for (const std::size_t e : q.places)
      q.rows.push_back(bound_.data->row_number[elements.representative[e]]);
    add(std::move(q), value, false, keep);
  }

  void parameter(SymbolId p, int value) {
    const Symbol& s = model_[p];
    const bool keep = keeps(p, value);
    Quantity q = quantity(s.name, component_names(*bound_.data, s), s.shape, bound_.sizes[value]);
    add(q, s.plate, value, false, keep);
    const Expr& lhs = stated_prior(model_, p).value;
    const bool squared = lhs->op == Op::power && lhs->args[1]->op == Op::number &&
                         std::abs(lhs->args[1]->number) == 2;
    if (!squared || !s.shape.is_scalar()) return;
    q.tail = "^2";
    add(std::move(q), s.plate, value, true, keep, known_squares(p));
  }

  /// The values that the square of a parameter can have; null: any.
  Squares known_squares(SymbolId p) const {
    const auto& conditionals = bound_.plan->conditionals;
    for (std::size_t k = 0; k < conditionals.size(); ++k) {
      const Conditional& c = conditionals[k];
      if (c.target != p || c.family != UpdateFamily::discrete) continue;
      std::vector<double> squares = bound_.constants[bound_.plan->natural[k][0]];
      for (double& v : squares) v = std::pow(v, 2 / c.exponent);
      return std::make_shared<const std::vector<double>>(std::move(squares));
    }
    return nullptr;
  }

  /// A defined quantity; one with a value for each row is kept where --store asks for it, and then
  /// it can be another value: levels and not their probabilities.
  void derived(SymbolId d, int value) {
    const Symbol& s = model_[d];
    Quantity q = quantity(s.name, component_names(*bound_.data, s), s.shape, bound_.sizes[value]);
    q.moments = !may_lack_mean(model_, bound_.plan->values[value].expr);
    add(std::move(q), s.plate, value, false, keeps(d, value));
  }
  void derived_on_rows(SymbolId d, int value) {
    const Symbol& s = model_[d];
    const bool keep = stored(d);
    const int shown = keep ? bound_.plan->stored_value(d, value) : value;
    const Expr& e = bound_.plan->values[value].expr;
    Quantity q = quantity(s.name, component_names(*bound_.data, s), keep ? s.shape : e->shape,
                          bound_.sizes[shown]);
    q.moments = !may_lack_mean(model_, e);
    add_rows(std::move(q), s.plate, shown, keep);
  }

  /// Standard deviations or correlations of a covariance.
  void spread(const std::string& what, SymbolId parameter, int value, bool keep) {
    const Symbol& p = model_[parameter];
    Quantity q = quantity(what + "(" + p.name + ")", component_names(*bound_.data, p),
                          bound_.plan->values[value].expr->shape, bound_.sizes[value], true);
    q.auxiliary = true;
    add(std::move(q), p.plate, value, false, keep);
  }

  /// Responses that are NA, named by the row of the file and the labels of its factors.
  void missing(const MissingResponse& m) {
    const Expr& value = model_.stated[m.density].value;
    bound_.missing_components.emplace_back();
    if (m.value >= 0) return missing_components(m);
    for (std::int32_t row : bound_.data->plate(m.plate).representative)
      missing_in_row(render(value, &model_), row);
  }

  /// The same of components of vectors; under `over` they are named by the levels.
  void missing_components(const MissingResponse& m) {
    const Expr& value = model_.stated[m.density].value;
    const PlateElements& elements = bound_.data->plate(m.plate);
    const ValueSize& size = bound_.sizes[m.value];
    const std::vector<double>& y = bound_.constants[m.value];
    const bool gathered = value->op == Op::gather;
    std::vector<std::size_t> order(size.elements);
    std::iota(order.begin(), order.end(), 0);
    if (!gathered) order = in_file_order(*bound_.data, m.plate);
    for (std::size_t e : order) {
      std::vector<int> components;
      for (int k = 0; k < size.rows; ++k)
        if (std::isnan(y[e * size.block() + k])) components.push_back(k);
      if (components.empty()) continue;
      for (int k : components) {
        if (gathered) missing_level(value, m.plate, e, k);
        else missing_in_row(render(value->args[k], &model_), elements.representative[e]);
      }
      bound_.missing_components.back().emplace_back(e, std::move(components));
    }
  }

  /// distance[subject=F01, age=8]
  void missing_level(const Expr& value, const Plate& plate, std::size_t element, int level) {
    Column c;
    c.hyper = false;
    c.variable = render(value->args[0], &model_);
    c.index = {static_cast<int>(element) + 1, level + 1};
    c.csv_name = fmt::format("{}.{}.{}", c.variable, element + 1, level + 1);
    const auto& labels = bound_.data->plate(plate).labels[element];
    for (std::size_t f = 0; f < plate.factors.size(); ++f)
      c.labels.emplace_back(model_[plate.factors[f]].name, labels[f]);
    c.labels.emplace_back(model_[value->symbol].name,
                          bound_.data->factors[value->symbol].levels[level]);
    predicted(std::move(c));
  }

  void missing_in_row(const std::string& name, std::int32_t row) {
    const Data& data = *bound_.data;
    Column c;
    c.hyper = false;
    c.variable = name;
    c.index = {static_cast<int>(data.row_number[row]) + 1};
    c.csv_name = name + "." + std::to_string(c.index[0]);
    c.labels.emplace_back("row", std::to_string(c.index[0]));
    for (std::size_t f = 0; f < data.factors.size(); ++f) {
      const Factor& factor = data.factors[f];
      if (factor.levels.empty() || model_[f].role != Role::column ||
          model_[f].column_type != ColumnType::factor)
        continue;
      c.labels.emplace_back(model_[f].name, factor.levels[factor.codes[row]]);
    }
    predicted(std::move(c));
  }

  /// A column that the predictor fills.
  void predicted(Column c) {
    std::string inside;
    for (const auto& [key, label] : c.labels) {
      inside += (inside.empty() ? "" : ", ") + key + "=" + label;
    }
    c.name = c.variable + "[" + inside + "]";
    bound_.columns.push_back(std::move(c));
    ColumnSource source;
    source.predicted = static_cast<int>(bound_.missing_responses++);
    bound_.sources.push_back(source);
  }

 private:
  /// Columns, components one after the other and of each all elements; or none, figured while
  /// sampling.
  void add(Quantity q, int value, bool square, bool keep, Squares squares = nullptr) {
    if (!keep) {
      bound_.running.push_back({std::move(q), value, square, {}});
      return;
    }
    const std::size_t elements = q.elements(), block = bound_.sizes[value].block();
    for (const Quantity::Component& c : q.components) {
      for (std::size_t e = 0; e < elements; ++e) {
        bound_.columns.push_back(q.column(e, c));
        bound_.sources.push_back({value, q.place(e) * block + c.offset, square, -1, squares});
      }
    }
  }

  BoundPlan& bound_;
  const Model& model_;
  const BindOptions& options_;
};

}  // namespace

double ColumnSource::reported(double x) const {
  if (!square) return x;
  const double y = x * x;
  if (squares)
    for (const double v : *squares)
      if (std::abs(v - y) <= 1e-12 * y) return v;
  return y;
}

std::vector<std::size_t> in_file_order(const Data& data, const Plate& rows) {
  const PlateElements& elements = data.plate(rows);
  std::vector<std::size_t> order(elements.size);
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return data.row_number[elements.representative[a]] <
           data.row_number[elements.representative[b]];
  });
  return order;
}

void lay_out_columns(BoundPlan& bound, const BindOptions& options) {
  const Model& model = *bound.model;
  DrawColumns columns(bound, options);
  Column lp;
  lp.name = lp.variable = lp.csv_name = "lp__";
  bound.columns.push_back(lp);
  bound.sources.push_back({});
  const auto& values = bound.plan->values;
  std::map<SymbolId, bool> kept;
  for (std::size_t v = 0; v < values.size(); ++v) {
    const SymbolId p = values[v].parameter;
    if (p < 0 || model[p].auxiliary || model[p].levels > 0) continue;
    kept[p] = columns.keeps(p, static_cast<int>(v));
    columns.parameter(p, static_cast<int>(v));
  }
  for (const auto& [d, v] : bound.plan->derived) columns.derived(d, v);
  for (const auto& [d, v] : bound.plan->row_derived) columns.derived_on_rows(d, v);
  for (const MissingResponse& m : bound.plan->missing) columns.missing(m);
  for (const SpreadValues& s : bound.plan->spread) {
    columns.spread("sd", s.parameter, s.sd, kept[s.parameter]);
    columns.spread("cor", s.parameter, s.correlation, kept[s.parameter]);
  }
}

}  // namespace lmmdsl
