#include "lmmdsl/exchange/variables.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "lmmdsl/exchange/columns_of.h"

namespace lmmdsl {
namespace {

/// The label of each index of a column: factors of a plate together, then components.
std::vector<std::pair<std::string, std::string>> index_labels(const Column& column) {
  const std::size_t n = column.index.size();
  std::vector<std::pair<std::string, std::string>> result, components;
  std::string factor, label;
  for (const auto& [key, text] : column.labels) {
    if (key == "component") {
      components.emplace_back("component", text);
    } else {
      factor += (factor.empty() ? "" : ":") + key;
      label += (label.empty() ? "" : ":") + text;
    }
  }
  if (!factor.empty()) result.emplace_back(factor, label);
  if (components.size() == 2) components[0].first = "row", components[1].first = "column";
  for (auto& [key, text] : components)
    result.emplace_back(column.variable + "_" + key, std::move(text));
  if (result.size() == n) return result;
  result.clear();  // no labels: numbers
  for (std::size_t k = 0; k < n; ++k)
    result.emplace_back(fmt::format("{}_dim_{}", column.variable, k),
                        std::to_string(column.index[k]));
  return result;
}

std::string beside_chain_and_draw(const std::string& name) {
  return name == "chain" || name == "draw" ? name + '_' : name;
}

}  // namespace

std::vector<DrawsVariable> variables_of(const Draws& draws) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<std::size_t>> members;
  for (std::size_t j = 0; j < draws.columns.size(); ++j) {
    const std::string& name = draws.columns[j].variable;
    if (name == "lp__") continue;
    if (members[name].empty()) order.push_back(name);
    members[name].push_back(j);
  }
  std::map<std::string, std::vector<std::string>> known;  // labels of dimensions
  std::vector<DrawsVariable> variables;
  for (const std::string& name : order) {
    DrawsVariable variable{beside_chain_and_draw(name), {}, {}};
    const std::vector<std::size_t>& own = members[name];
    const std::size_t rank = draws.columns[own[0]].index.size();
    std::vector<std::map<int, std::string>> labels(rank);  // by index, in order
    for (const std::size_t j : own) {
      const auto labelled = index_labels(draws.columns[j]);
      for (std::size_t k = 0; k < rank && k < labelled.size(); ++k)
        labels[k][draws.columns[j].index[k]] = labelled[k].second;
    }
    const auto names = index_labels(draws.columns[own[0]]);
    std::vector<std::map<int, std::size_t>> place(rank);
    std::size_t size = 1;
    for (std::size_t k = 0; k < rank; ++k) {
      Dimension dimension{beside_chain_and_draw(names[k].first), {}};
      for (const auto& [index, label] : labels[k]) {
        place[k][index] = dimension.labels.size();
        dimension.labels.push_back(label);
      }
      const auto [found, is_new] = known.emplace(dimension.name, dimension.labels);
      if (!is_new && found->second != dimension.labels) {
        dimension.name = name + "_" + dimension.name;
        known[dimension.name] = dimension.labels;
      }
      size *= dimension.labels.size();
      variable.dimensions.push_back(std::move(dimension));
    }
    variable.columns.assign(size, kNoColumn);
    for (const std::size_t j : own) {
      std::size_t at = 0;
      for (std::size_t k = 0; k < rank; ++k)
        at = at * variable.dimensions[k].labels.size() + place[k][draws.columns[j].index[k]];
      variable.columns[at] = j;
    }
    variables.push_back(std::move(variable));
  }
  return variables;
}

std::vector<Column> columns_of(const DrawsVariable& variable) {
  std::size_t size = 1;
  for (const Dimension& d : variable.dimensions) size *= d.labels.size();
  std::vector<Column> columns;
  for (std::size_t at = 0; at < size; ++at) {
    Column c;
    c.variable = c.csv_name = variable.name;
    std::size_t rest = at;
    for (std::size_t k = variable.dimensions.size(); k-- > 0;) {
      const Dimension& d = variable.dimensions[k];
      const std::size_t i = rest % d.labels.size();
      rest /= d.labels.size();
      c.index.insert(c.index.begin(), static_cast<int>(i) + 1);
      c.labels.insert(c.labels.begin(), {d.name, d.labels[i]});
    }
    std::string inside;
    const std::string own = variable.name + "_";
    for (auto& [dimension, label] : c.labels) {
      const bool component = dimension.starts_with(own);
      inside += (inside.empty() ? "" : ", ") + (component ? label : dimension + "=" + label);
      if (component) dimension = "component";
      else c.hyper = false;
    }
    if (!c.index.empty() && c.labels[0].first == "component" && size > 12) c.hyper = false;
    c.name = inside.empty() ? variable.name : variable.name + "[" + inside + "]";
    for (const int i : c.index) c.csv_name += "." + std::to_string(i);
    columns.push_back(std::move(c));
  }
  return columns;
}

Draws draws_of(const std::vector<DrawsArray>& arrays, std::size_t chains, std::size_t length,
               const std::vector<double>& lp) {
  Draws draws;
  draws.chains = static_cast<int>(chains);
  draws.per_chain = length;
  draws.kept.assign(chains, length);
  draws.columns.push_back(column_of("lp__"));
  std::vector<std::size_t> sizes;
  for (const DrawsArray& a : arrays) {
    const std::vector<Column> columns = columns_of(a.variable);
    draws.columns.insert(draws.columns.end(), columns.begin(), columns.end());
    sizes.push_back(columns.size());
  }
  for (std::size_t c = 0; c < chains; ++c) {
    std::vector<double>& values = draws.values.emplace_back();
    for (std::size_t t = 0; t < length; ++t)
      values.push_back(lp.size() == chains * length ? lp[c * length + t] : 0.0);
    for (std::size_t v = 0; v < arrays.size(); ++v)
      for (std::size_t e = 0; e < sizes[v]; ++e)
        for (std::size_t t = 0; t < length; ++t)
          values.push_back(arrays[v].values[(c * length + t) * sizes[v] + e]);
  }
  return draws;
}

}  // namespace lmmdsl
