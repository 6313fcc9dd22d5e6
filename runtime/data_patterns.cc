// Which components of a vector response are observed, row by row or element by element.
#include <algorithm>
#include <set>

#include "runtime/bind.h"

namespace lmmdsl {

std::vector<std::vector<char>> observed_components(const Data& data, const Density& density) {
  const Model& model = *data.model;
  const Expr& y = density.value;
  const PlateElements& elements = data.plate(density.plate.rows ? row_plate() : density.plate);
  const std::size_t p = static_cast<std::size_t>(data.length(y->shape.rows));
  std::vector<std::vector<char>> observed(elements.size, std::vector<char>(p, y->op != Op::gather));
  const auto missing = [&](const Expr& e, std::size_t row) {
    const std::vector<SymbolId> columns = elementwise_columns(model, e);
    return std::any_of(columns.begin(), columns.end(),
                       [&](SymbolId id) { return data.is_missing(id, row); });
  };
  for (std::size_t row = 0; row < data.rows(); ++row) {
    std::vector<char>& here = observed[static_cast<std::size_t>(elements.of_row[row])];
    if (y->op == Op::gather) {
      here[static_cast<std::size_t>(data.factors[y->symbol].codes[row])] =
          !missing(y->args[0], row);
      continue;
    }
    for (std::size_t k = 0; k < p; ++k) here[k] = !missing(y->args[k], row);
  }
  return observed;
}

void find_patterns(Data& data) {
  for (const Density& d : data.model->stated) {
    if (d.response < 0 || d.value->shape.is_scalar()) continue;
    const std::vector<std::vector<char>> observed = observed_components(data, d);
    if (!d.observed) {
      for (const std::vector<char>& o : observed)
        data.needs_patterns |= std::find(o.begin(), o.end(), 0) != o.end();
      continue;
    }
    // The complete pattern first.
    std::set<std::vector<char>, std::greater<>> patterns(observed.begin(), observed.end());
    Factor& factor = data.factors[d.observed->symbol];
    for (const std::vector<char>& o : patterns) {
      std::string& marks = factor.levels.emplace_back();
      for (char c : o) marks += c ? '1' : '0';
    }
    const PlateElements& elements = data.plate(d.plate);
    for (std::size_t row = 0; row < data.rows(); ++row) {
      const std::vector<char>& o = observed[static_cast<std::size_t>(elements.of_row[row])];
      factor.codes.push_back(
          static_cast<std::int32_t>(std::distance(patterns.begin(), patterns.find(o))));
    }
  }
}

}  // namespace lmmdsl
