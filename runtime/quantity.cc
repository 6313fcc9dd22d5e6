#include "runtime/quantity.h"

namespace lmmdsl {

std::size_t Quantity::elements() const {
  if (!rows.empty()) return rows.size();
  return factors.empty() ? 1 : labels.size();
}

Column Quantity::column(std::size_t element, const Component& component) const {
  Column c;
  c.variable = variable();
  c.moments = moments;
  c.auxiliary = auxiliary;
  std::string inside;
  const auto add = [&](const std::string& key, const std::string& label, const std::string& shown) {
    inside += (inside.empty() ? "" : ", ") + shown;
    c.labels.emplace_back(key, label);
  };
  if (!rows.empty()) {
    const std::string row = std::to_string(rows[element] + 1);
    c.index.push_back(static_cast<int>(rows[element]) + 1);
    add("row", row, "row=" + row);
  } else if (!factors.empty()) {
    c.index.push_back(static_cast<int>(element) + 1);
    for (std::size_t f = 0; f < factors.size(); ++f) {
      const std::string& label = labels[element][f];
      add(factors[f], label, factors[f] + "=" + label);
    }
  }
  c.hyper = c.index.empty();
  c.index.insert(c.index.end(), component.index.begin(), component.index.end());
  for (const std::string& label : component.labels) add("component", label, label);
  c.name = head + (inside.empty() ? "" : "[" + inside + "]") + tail;
  c.csv_name = c.variable;
  for (const int k : c.index) c.csv_name += "." + std::to_string(k);
  return c;
}

}  // namespace lmmdsl
