#include "lmmdsl/state_json.h"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "lmmdsl/display_width.h"
#include "lmmdsl/json_text.h"
#include "runtime/bound_plan.h"

namespace lmmdsl {

namespace {

using StateJson = nlohmann::json;

/// Rows and columns of one element.
std::pair<int, int> size_of(const Symbol& symbol, const Data& data) {
  if (symbol.shape.is_scalar()) return {1, 1};
  return {data.length(symbol.shape.rows), data.length(symbol.shape.cols)};
}

std::string described(const Symbol& symbol, int rows, int cols) {
  if (symbol.levels > 0) return fmt::format("a level, from 1 to {}", symbol.levels);
  if (symbol.shape.is_scalar()) return symbol.positive ? "a positive number" : "a number";
  if (symbol.shape.kind == ShapeKind::matrix)
    return fmt::format("a {} x {} matrix, as an array of rows", rows, cols);
  return fmt::format("an array of {} numbers", rows * cols);
}

/// What the elements of a plate are called.
struct ElementNames {
  std::vector<std::string> of;                   ///< what each label is one of: factors, or row
  std::vector<std::vector<std::string>> labels;  ///< by element
  std::vector<std::size_t> order;                ///< in which the elements are written
};

ElementNames element_names(const Model& model, const Data& data, const Plate& plate) {
  const PlateElements& elements = data.plate(plate);
  ElementNames names;
  names.labels = elements.labels;
  if (plate.rows) {
    names.of = {"row"};
    for (std::size_t e = 0; e < elements.size; ++e)
      names.labels[e] = {std::to_string(
          data.row_number[static_cast<std::size_t>(elements.representative[e])] + 1)};
    names.order = in_file_order(data, plate);
    return names;
  }
  for (const SymbolId factor : plate.factors) names.of.push_back(model[factor].spelling);
  for (std::size_t e = 0; e < elements.size; ++e) names.order.push_back(e);
  return names;
}

class StateReader {
 public:
  StateReader(SourcePtr source, const Model& model, const Data& data)
      : source_(std::move(source)), model_(model), data_(data) {
    state_.values.resize(model.symbols.size());
  }

  Result<State> read() {
    StateJson json;
    try {
      json = StateJson::parse(source_->text());
    } catch (const StateJson::parse_error& error) {
      const auto at = static_cast<std::uint32_t>(
          std::min(source_->text().size(), error.byte > 0 ? error.byte - 1 : 0));
      Diagnostic d;
      d.source = source_;
      d.span = {at, at};
      d.message = "this is not JSON";
      d.hint = R"(values of parameters are written  {"sigma": 3.2, "theta": [10, 2]})";
      return d;
    }
    if (!json.is_object())
      return refuse("the values of parameters are an object",
                    R"(as in  {"sigma": 3.2, "theta": [10, 2]})");
    for (const auto& [name, value] : json.items()) read_parameter(name, value);
    if (!errors_.empty()) return errors_;
    return std::move(state_);
  }

 private:
  Diagnostic refuse(const std::string& message, const std::string& hint = {}) const {
    return plain_error(ExitCode::refused, fmt::format("{}: {}", source_->name(), message), hint);
  }

  void read_parameter(const std::string& name, const StateJson& value) {
    std::vector<std::string> known;
    for (const SymbolId p : model_.parameters()) {
      known.push_back(model_[p].name);
      if (name != model_[p].name && name != model_[p].spelling) continue;
      std::vector<std::string> path;
      names_ = element_names(model_, data_, model_[p].plate);
      elements_.clear();
      for (std::size_t e = 0; e < names_.labels.size(); ++e) elements_[names_.labels[e]] = e;
      values_.assign(names_.labels.size(), {});
      read_levels(p, value, path);
      return finish(p);
    }
    const std::string near = nearest(name, known);
    errors_.push_back(refuse(fmt::format("the model has no parameter `{}`", printable(name)),
                             near.empty() ? fmt::format("parameters: {}", fmt::join(known, ", "))
                                          : fmt::format("did you mean `{}`?", near)));
  }

  /// Goes down the labels of the plate, then reads one element.
  void read_levels(SymbolId p, const StateJson& value, std::vector<std::string>& path) {
    const Symbol& symbol = model_[p];
    const std::size_t depth = path.size();
    if (depth < names_.of.size()) {
      if (!value.is_object()) {
        errors_.push_back(
            refuse(fmt::format("`{}` has a value for each {}", symbol.spelling, names_.of[depth]),
                   fmt::format(R"(as in  "{0}": {{"{1}": ..., "{1}": ...}})", symbol.name,
                               symbol.plate.rows ? "NUMBER" : "LABEL")));
        return;
      }
      for (const auto& [label, inner] : value.items()) {
        path.push_back(label);
        read_levels(p, inner, path);
        path.pop_back();
      }
      return;
    }
    const auto found = elements_.find(path);
    if (found == elements_.end()) {
      errors_.push_back(refuse(fmt::format("`{}` has no element {}: no row of the data has it",
                                           symbol.spelling, fmt::join(path, ", "))));
      return;
    }
    values_[found->second] = read_element(p, value);
  }

  std::vector<double> read_element(SymbolId p, const StateJson& value) {
    const Symbol& symbol = model_[p];
    const auto [rows, cols] = size_of(symbol, data_);
    const auto wrong = [&, rows = rows, cols = cols] {
      errors_.push_back(
          refuse(fmt::format("the value of `{}` must be {}, not {}", symbol.spelling,
                             described(symbol, rows, cols), printable(value.dump(), 40))));
      return std::vector<double>();
    };
    const bool matrix = symbol.shape.kind == ShapeKind::matrix;
    Eigen::MatrixXd x(rows, cols);
    const auto length = static_cast<std::size_t>(matrix ? rows : rows * cols);
    if (!symbol.shape.is_scalar() && (!value.is_array() || value.size() != length)) return wrong();
    for (int i = 0; i < rows; ++i) {
      if (matrix && (!value[i].is_array() || static_cast<int>(value[i].size()) != cols))
        return wrong();
      for (int j = 0; j < cols; ++j) {
        const StateJson& number = symbol.shape.is_scalar() ? value
                                  : matrix                 ? value[i][j]
                                                           : value[i * cols + j];
        if (!number.is_number()) return wrong();
        x(i, j) = number.get<double>();
      }
    }
    if (!x.allFinite() || (symbol.positive && !(x(0, 0) > 0))) return wrong();
    if (symbol.levels > 0 &&
        (x(0, 0) < 1 || x(0, 0) > symbol.levels || x(0, 0) != std::floor(x(0, 0))))
      return wrong();
    if (matrix && symbol.symmetric &&
        (!x.isApprox(x.transpose()) || x.llt().info() != Eigen::Success)) {
      errors_.push_back(
          refuse(fmt::format("the value of `{}` is not {}", symbol.spelling,
                             x.isApprox(x.transpose()) ? "positive definite" : "symmetric")));
      return {};
    }
    return {x.data(), x.data() + x.size()};
  }

  void finish(SymbolId p) {
    if (!errors_.empty()) return;
    for (std::size_t e = 0; e < values_.size(); ++e) {
      if (values_[e].empty()) {
        errors_.push_back(refuse(fmt::format("`{}` has no value for {}{}", model_[p].spelling,
                                             model_[p].plate.rows ? "row " : "",
                                             fmt::join(names_.labels[e], ", "))));
        return;
      }
      state_.values[p].insert(state_.values[p].end(), values_[e].begin(), values_[e].end());
    }
  }

  SourcePtr source_;
  const Model& model_;
  const Data& data_;
  State state_;
  // Of the parameter being read.
  ElementNames names_;
  std::map<std::vector<std::string>, std::size_t> elements_;  ///< by labels
  std::vector<std::vector<double>> values_;                   ///< by element
  Diagnostics errors_;
};

std::string element_text(const Symbol& symbol, const Data& data, const double* x) {
  const auto [rows, cols] = size_of(symbol, data);
  if (symbol.shape.is_scalar()) return json_number(*x);
  const auto list = [&](int first, int n, int stride) {
    std::string text = "[";
    for (int i = 0; i < n; ++i) text += (i > 0 ? ", " : "") + json_number(x[first + i * stride]);
    return text + "]";
  };
  if (symbol.shape.kind != ShapeKind::matrix) return list(0, rows * cols, 1);
  std::string text = "[";
  for (int i = 0; i < rows; ++i) text += (i > 0 ? ", " : "") + list(i, cols, rows);
  return text + "]";
}

/// As an object the elements from place `at` of the order on whose first `depth` labels are those
/// of the element there.
std::string levels_text(const Symbol& symbol, const Data& data, const ElementNames& names,
                        const std::vector<double>& values, std::size_t& at, std::size_t depth) {
  const auto labels = [&](std::size_t place) { return names.labels[names.order[place]].begin(); };
  if (depth == names.of.size()) {
    const std::size_t block = values.size() / names.order.size();
    return element_text(symbol, data, values.data() + names.order[at++] * block);
  }
  const auto parents = labels(at);
  std::string text = "{";
  while (at < names.order.size() &&
         std::equal(parents, parents + static_cast<std::ptrdiff_t>(depth), labels(at))) {
    text +=
        (text.size() > 1 ? ", " : "") + json_string(labels(at)[static_cast<long>(depth)]) + ": ";
    text += levels_text(symbol, data, names, values, at, depth + 1);
  }
  return text + "}";
}

}  // namespace

Result<State> read_state(const SourcePtr& source, const Model& model, const Data& data) {
  return StateReader(source, model, data).read();
}

std::string state_json(const Model& model, const Data& data, const State& state) {
  std::string text;
  for (const SymbolId p : model.parameters()) {
    std::size_t at = 0;
    text += (text.empty() ? "{\n  " : ",\n  ") + json_string(model[p].name) + ": " +
            levels_text(model[p], data, element_names(model, data, model[p].plate), state.values[p],
                        at, 0);
  }
  return (text.empty() ? "{" : text + "\n") + "}\n";
}

}  // namespace lmmdsl
