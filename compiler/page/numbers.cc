#include "compiler/page/numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace lmmdsl {

Expr number_expression(const Values& values, std::size_t element, bool& rounded) {
  const std::vector<double>& all = values.elements[element];
  const auto entry = [&](int i, int j) {
    const double exact = all[static_cast<std::size_t>(j * values.rows + i)];
    const double shown = std::strtod(fmt::format("{:.5g}", exact).c_str(), nullptr);
    rounded = rounded || shown != exact;
    return number(shown);
  };
  if (values.rows == 1 && values.cols == 1) return entry(0, 0);
  std::vector<Expr> rows;
  for (int i = 0; i < values.rows; ++i) {
    std::vector<Expr> cells;
    for (int j = 0; j < values.cols; ++j) cells.push_back(entry(i, j));
    rows.push_back(values.cols == 1 ? cells.front() : hcat(std::move(cells)));
  }
  return values.rows == 1 ? rows.front() : vcat(std::move(rows));
}

bool all_alike(const Values& values) {
  return std::all_of(values.elements.begin(), values.elements.end(),
                     [&](const auto& e) { return e == values.elements.front(); });
}

}  // namespace lmmdsl
