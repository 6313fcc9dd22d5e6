// What the columns of the draws are called and where their values come from.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "compiler/math/render.h"
#include "runtime/bound_plan.h"
#include "runtime/moments.h"

namespace lmmdsl {

namespace {

class Layout {
 public:
  explicit Layout(BoundPlan& bound) : bound_(bound), model_(*bound.model) {}

  /// Columns of a value: plate index first, then components, the first index fastest.
  void add(const std::string& head, const std::string& tail, const Plate& plate, const Shape& shape,
           int value, const std::vector<std::string>& row_names, Column pattern, bool square) {
    const ValueSize& size = bound_.sizes[value];
    const PlateElements* elements = plate.once() ? nullptr : &bound_.data->plate(plate);
    for (int j = 0; j < size.cols; ++j) {
      for (int i = 0; i < size.rows; ++i) {
        for (std::size_t e = 0; e < size.elements; ++e) {
          if (pattern.auxiliary && shape.kind == ShapeKind::matrix && i >= j) continue;
          Column c = pattern;
          std::string inside;
          c.variable = head + tail;
          c.csv_name = head + tail;
          const auto say = [&](const std::string& text) {
            inside += (inside.empty() ? "" : ", ") + text;
          };
          if (elements) {
            c.hyper = false;
            c.index.push_back(static_cast<int>(e) + 1);
            for (std::size_t f = 0; f < plate.factors.size(); ++f) {
              const std::string factor = model_[plate.factors[f]].name;
              const std::string& label = elements->labels[e][f];
              say(factor + "=" + label);
              c.labels.emplace_back(factor, label);
            }
          }
          const auto component = [&](int k) {
            c.index.push_back(k + 1);
            const std::string text =
                k < static_cast<int>(row_names.size()) ? row_names[k] : std::to_string(k + 1);
            say(text);
            c.labels.emplace_back("component", text);
          };
          if (shape.kind == ShapeKind::vector || shape.kind == ShapeKind::matrix) component(i);
          if (shape.kind == ShapeKind::row || shape.kind == ShapeKind::matrix) component(j);
          c.name = head + (inside.empty() ? "" : "[" + inside + "]") + tail;
          for (int k : c.index) c.csv_name += "." + std::to_string(k);
          bound_.columns.push_back(std::move(c));
          bound_.sources.push_back({value, e * size.block() + j * size.rows + i, square});
        }
      }
    }
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

  /// A quantity with a value for each row whose draws are kept.
  void stored(SymbolId d, int value, const Column& pattern) {
    const Symbol& s = model_[d];
    const std::vector<std::string> names = component_names(*bound_.data, s);
    const std::size_t block = bound_.sizes[value].block();
    for (std::size_t k = 0; k < block; ++k) {
      for (std::size_t e : in_file_order(*bound_.data, s.plate)) {
        const auto& plate = bound_.data->plate(s.plate);
        const std::size_t row = bound_.data->row_number[plate.representative[e]] + 1;
        Column c = pattern;
        c.hyper = false;
        c.variable = s.name;
        c.index = {static_cast<int>(row)};
        c.labels = {{"row", std::to_string(row)}};
        std::string inside = fmt::format("row={}", row);
        c.csv_name = fmt::format("{}.{}", s.name, row);
        if (!s.shape.is_scalar()) {
          c.index.push_back(static_cast<int>(k) + 1);
          c.labels.emplace_back("component", component_name(names, k));
          inside += ", " + component_name(names, k);
          c.csv_name += fmt::format(".{}", k + 1);
        }
        c.name = fmt::format("{}[{}]", s.name, inside);
        bound_.columns.push_back(std::move(c));
        bound_.sources.push_back({value, e * block + k});
      }
    }
  }

  /// A quantity with a value for each row that is figured while sampling.
  void running(SymbolId d, int value, bool moments) {
    const Symbol& s = model_[d];
    RowQuantity q;
    q.variable = s.name;
    q.moments = moments;
    if (!bound_.plan->values[value].expr->shape.is_scalar()) {
      const std::vector<std::string> names = component_names(*bound_.data, s);
      for (std::size_t k = 0; k < bound_.sizes[value].block(); ++k)
        q.components.push_back(component_name(names, k));
    }
    const auto& plate = bound_.data->plate(s.plate);
    for (std::size_t e : in_file_order(*bound_.data, s.plate))
      q.rows.push_back(bound_.data->row_number[plate.representative[e]]);
    bound_.running.push_back(value);
    bound_.quantities.push_back(std::move(q));
  }

  void parameter(SymbolId p, int value) {
    const Symbol& s = model_[p];
    add(s.name, "", s.plate, s.shape, value, component_names(*bound_.data, s), {}, false);
    const Expr& lhs = stated_prior(model_, p).value;
    const bool squared = lhs->op == Op::power && lhs->args[1]->op == Op::number &&
                         std::abs(lhs->args[1]->number) == 2;
    if (squared && s.shape.is_scalar()) {
      add(s.name, "^2", s.plate, s.shape, value, {}, {}, true);
    }
  }

 private:
  static std::string component_name(const std::vector<std::string>& names, std::size_t k) {
    return k < names.size() ? names[k] : std::to_string(k + 1);
  }

  BoundPlan& bound_;
  const Model& model_;
};

}  // namespace

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

void lay_out_columns(BoundPlan& bound, const std::vector<std::string>& store) {
  const Model& model = *bound.model;
  Layout layout(bound);
  Column lp;
  lp.name = lp.variable = lp.csv_name = "lp__";
  bound.columns.push_back(lp);
  bound.sources.push_back({});
  const auto& values = bound.plan->values;
  for (std::size_t v = 0; v < values.size(); ++v) {
    const SymbolId p = values[v].parameter;
    const bool of_rows = p >= 0 && model[p].levels > 0;
    if (p >= 0 && !model[p].auxiliary && !of_rows) layout.parameter(p, static_cast<int>(v));
  }
  for (const auto& [d, v] : bound.plan->derived) {
    Column pattern;
    pattern.moments = !may_lack_mean(model, values[v].expr);
    layout.add(model[d].name, "", model[d].plate, model[d].shape, v,
               component_names(*bound.data, model[d]), pattern, false);
  }
  for (const auto& [d, v] : bound.plan->row_derived) {
    const bool moments = !may_lack_mean(model, values[v].expr);
    const bool keep = std::any_of(store.begin(), store.end(), [&, d = d](const std::string& name) {
      return name == model[d].name || name == model[d].spelling;
    });
    Column pattern;
    pattern.moments = moments;
    if (keep) layout.stored(d, bound.plan->stored_value(d, v), pattern);
    else layout.running(d, v, moments);
  }
  for (const MissingResponse& m : bound.plan->missing) layout.missing(m);
  for (const SpreadValues& s : bound.plan->spread) {
    const Symbol& p = model[s.parameter];
    Column pattern;
    pattern.auxiliary = true;
    const std::vector<std::string> names = component_names(*bound.data, p);
    layout.add("sd(" + p.name + ")", "", p.plate, values[s.sd].expr->shape, s.sd, names, pattern,
               false);
    layout.add("cor(" + p.name + ")", "", p.plate, values[s.correlation].expr->shape, s.correlation,
               names, pattern, false);
  }
}

}  // namespace lmmdsl
