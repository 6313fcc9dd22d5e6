// Subscripts of a page: which index stands for an element of a plate, how a factor is looked up in
// it, what runs in a sum, and letters for these that are no names of the model.
#include <algorithm>

#include "compiler/math/layout.h"
#include "compiler/model/model.h"

namespace lmmdsl {

Typesetter::Typesetter(const Model& model) : model_(model) {
  row_index_ = free_name({"i", "r", "k", "l"});
  other_row_index_ = free_name({"k", "l", "q", "row"});
  rows_ = free_name({"n", "N", "rows"});
  levels_ = free_name({"m", "M", "J", "levels"});
}

std::string Typesetter::free_name(const std::vector<std::string>& candidates) const {
  const auto taken = [&](const std::string& name) {
    return std::any_of(model_.symbols.begin(), model_.symbols.end(), [&](const Symbol& s) {
      return s.name == name || s.name.starts_with(name + "_");
    });
  };
  for (const std::string& c : candidates) {
    if (!taken(c)) return c;
  }
  return candidates.back() + "_";
}

Indices Typesetter::indices(const Plate& plate, const Plate& within) const {
  Indices found;
  std::vector<Layout> names;
  for (SymbolId f : within.factors) found.factors[f] = name_layout(model_[f].name);
  for (SymbolId f : plate.factors) {
    found.factors[f] = name_layout(model_[f].name);
    names.push_back(found.factors[f]);
  }
  if (plate.rows) {
    found.row = name_layout(row_index_);
    found.innermost = found.row;
  } else if (!names.empty()) {
    found.innermost = listed(std::move(names));
  }
  return found;
}

Layout Typesetter::factor(SymbolId factor, const Indices& indices) const {
  const auto fixed = indices.factors.find(factor);
  if (fixed != indices.factors.end()) return fixed->second;
  const Layout name = name_layout(model_[factor].name);
  if (indices.innermost.empty()) return name;
  Layout found = row({name, fenced(indices.innermost, "[")});
  if (look_ups) look_ups->push_back({factor, found, indices.innermost});
  return found;
}

Layout Typesetter::subscript(const Plate& plate, const Indices& indices) const {
  if (plate.rows) return indices.row;
  std::vector<Layout> parts;
  for (SymbolId f : plate.factors) {
    if (!parts.empty()) parts.push_back(sign("index,"));
    parts.push_back(factor(f, indices));
  }
  return parts.size() == 1 ? parts.front() : row(std::move(parts));
}

Layout Typesetter::count(const Plate& over, const Plate& in, const Indices& indices) const {
  Layout index = subscript(in, indices);
  if (over.rows) {
    Layout n = name_layout(rows_);
    // Rows of which response, where there are several.
    int responses = 0;
    for (const Density& d : model_.densities) responses += d.target < 0;
    if (over.response >= 0 && responses > 1) {
      n = with_subscript(std::move(n), name_layout(model_[over.response].name));
    }
    return with_subscript(std::move(n), std::move(index));
  }
  std::vector<Layout> names;
  for (SymbolId f : over.factors) {
    if (std::find(in.factors.begin(), in.factors.end(), f) != in.factors.end()) continue;
    names.push_back(name_layout(model_[f].name));
  }
  Layout what = listed(std::move(names));
  if (!index.empty()) what = row({std::move(what), sign("in"), std::move(index)});
  return with_subscript(name_layout(levels_), std::move(what));
}

Layout Typesetter::range(const Plate& over, const Plate& in, const Indices& indices) const {
  const Indices own = inside(over, in, indices);
  std::vector<Layout> running;
  bool shares = false;
  if (over.rows) {
    running.push_back(own.row);
  } else {
    for (SymbolId f : over.factors) {
      const bool fixed = std::find(in.factors.begin(), in.factors.end(), f) != in.factors.end();
      shares = shares || fixed;
      if (!fixed) running.push_back(own.factors.at(f));
    }
  }
  Layout what = listed(std::move(running));
  if (in.factors.empty() || shares) return what;
  return row({std::move(what), sign("in"), subscript(in, indices)});
}

Indices Typesetter::inside(const Plate& over, const Plate& in, const Indices& outside) const {
  Indices found;
  for (SymbolId f : in.factors) found.factors[f] = factor(f, outside);
  std::vector<Layout> names;
  for (SymbolId f : over.factors) {
    if (!found.factors.count(f)) {
      Layout name = name_layout(model_[f].name);
      if (outside.factors.count(f)) name = with_superscript(std::move(name), sign("prime"));
      found.factors[f] = std::move(name);
    }
    names.push_back(found.factors[f]);
  }
  if (over.rows) {
    found.row = name_layout(outside.row.empty() ? row_index_ : other_row_index_);
    found.innermost = found.row;
  } else {
    found.innermost = listed(std::move(names));
  }
  return found;
}

}  // namespace lmmdsl
