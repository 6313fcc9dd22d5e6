// Draws made by hand for tests of what the command line does with them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "runtime/draws.h"

namespace lmmdsl {

inline Column scalar_column(const std::string& name) {
  return {.name = name, .variable = name, .index = {}, .labels = {}, .csv_name = name};
}

/// Element `level` (from 1) of a variable on a plate.
inline Column plate_column(const std::string& variable, const std::string& factor, int level) {
  const std::string number = std::to_string(level);
  return {.name = variable + "[" + factor + "=" + number + "]",
          .variable = variable,
          .index = {level},
          .labels = {{factor, number}},
          .csv_name = variable + "." + number,
          .hyper = false};
}

/// lp__ and further columns; draw i of column j in chain c is f(c, j, i).
template <class F>
Draws make_draws(std::vector<Column> columns, int chains, std::size_t per_chain, F f) {
  Draws draws;
  draws.columns = {scalar_column("lp__")};
  for (Column& column : columns) draws.columns.push_back(std::move(column));
  draws.chains = chains;
  draws.per_chain = per_chain;
  for (int c = 0; c < chains; ++c) {
    std::vector<double> values;
    for (std::size_t j = 0; j < draws.columns.size(); ++j)
      for (std::size_t i = 0; i < per_chain; ++i) values.push_back(f(c, j, i));
    draws.values.push_back(std::move(values));
    draws.kept.push_back(per_chain);
  }
  return draws;
}

}  // namespace lmmdsl
