// What a first model can do with each column of a table.
#pragma once

#include <string>
#include <vector>

#include "lmmdsl/starter.h"

namespace lmmdsl {

enum class StarterUse {
  response,
  covariate,  ///< numbers in the design
  contrast,   ///< labels in the design: few levels
  group,      ///< labels with effects of their own
  left_out
};

struct StarterColumn {
  std::string header;
  std::string name;  ///< in the model
  StarterUse use = StarterUse::left_out;
  std::string remark;                ///< what it has; why it is left out
  std::vector<double> numbers = {};  ///< empty: labels
  std::size_t different = 0;         ///< values
  std::size_t missing = 0;
};

/// What a model calls the effects of a group's levels, and their standard deviation.
inline std::string effects_of(const std::string& group) { return "a_" + group; }
inline std::string spread_of(const std::string& group) { return "tau_" + group; }

/// The columns of the table in its order, one of them the response.
Result<std::vector<StarterColumn>> starter_columns(const Table& table,
                                                   const StarterOptions& options);

}  // namespace lmmdsl
