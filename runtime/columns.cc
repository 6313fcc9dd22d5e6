// What the columns of the draws are called and where their values come from.
#include <fmt/format.h>

#include "compiler/math/render.h"
#include "runtime/bound_plan.h"

namespace lmmdsl {

namespace {

/// True when e may have no mean: somewhere it is divided by what can be 0.
bool may_lack_mean(const Expr& e) {
  if (e->op == Op::power && e->args[1]->op == Op::number && e->args[1]->number < 0 &&
      !e->args[0]->positive) {
    return true;
  }
  for (const Expr& a : e->args) {
    if (may_lack_mean(a)) return true;
  }
  return false;
}

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
    const Data& data = *bound_.data;
    const Density& density = model_.densities[m.density];
    const std::string name = render(density.value, &model_);
    for (std::int32_t row : data.plate(m.plate).representative) {
      Column c;
      c.hyper = false;
      c.variable = name;
      c.index = {static_cast<int>(data.row_number[row]) + 1};
      c.csv_name = name + "." + std::to_string(c.index[0]);
      c.labels.emplace_back("row", std::to_string(c.index[0]));
      for (std::size_t f = 0; f < data.factors.size(); ++f) {
        const Factor& factor = data.factors[f];
        if (factor.levels.empty() || model_[f].column_type != ColumnType::factor) continue;
        c.labels.emplace_back(model_[f].name, factor.levels[factor.codes[row]]);
      }
      std::string inside;
      for (const auto& [key, label] : c.labels) {
        inside += (inside.empty() ? "" : ", ") + key + "=" + label;
      }
      c.name = name + "[" + inside + "]";
      bound_.columns.push_back(std::move(c));
      ColumnSource source;
      source.predicted = static_cast<int>(bound_.missing_responses++);
      bound_.sources.push_back(source);
    }
  }

  void parameter(SymbolId p, int value) {
    const Symbol& s = model_[p];
    add(s.name, "", s.plate, s.shape, value, component_names(*bound_.data, s), {}, false);
    const Expr& lhs = model_.densities[s.prior].value;
    const bool squared = lhs->op == Op::power && lhs->args[1]->op == Op::number &&
                         std::abs(lhs->args[1]->number) == 2;
    if (squared && s.shape.is_scalar()) {
      add(s.name, "^2", s.plate, s.shape, value, {}, {}, true);
    }
  }

 private:
  BoundPlan& bound_;
  const Model& model_;
};

}  // namespace

void lay_out_columns(BoundPlan& bound) {
  const Model& model = *bound.model;
  Layout layout(bound);
  Column lp;
  lp.name = lp.variable = lp.csv_name = "lp__";
  bound.columns.push_back(lp);
  bound.sources.push_back({});
  const auto& values = bound.plan->values;
  for (std::size_t v = 0; v < values.size(); ++v) {
    if (values[v].parameter >= 0) layout.parameter(values[v].parameter, static_cast<int>(v));
  }
  for (const auto& [d, v] : bound.plan->derived) {
    Column pattern;
    pattern.moments = !may_lack_mean(values[v].expr);
    layout.add(model[d].name, "", model[d].plate, model[d].shape, v,
               component_names(*bound.data, model[d]), pattern, false);
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
