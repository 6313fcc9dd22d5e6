// Draws as arrays: each variable with its dimensions and their labels, as ArviZ and xarray see it.
#pragma once

#include <string>
#include <vector>

#include "runtime/draws.h"

namespace lmmdsl {

struct Dimension {
  std::string name;                 ///< plot, block:variety, beta_component, Sigma_row
  std::vector<std::string> labels;  ///< of its coordinates
};

/// A variable of the draws. Its entries are in row-major order: the last dimension runs fastest.
struct DrawsVariable {
  std::string name;
  std::vector<Dimension> dimensions;
  std::vector<std::size_t> columns;  ///< of the draws, by entry; kNoColumn where there is none
};
constexpr std::size_t kNoColumn = static_cast<std::size_t>(-1);

/// In the order of the draws, lp__ left out. Dimensions of one name have the same labels
/// everywhere: a second set of labels gets the variable's name in front. Each array begins with the
/// dimensions chain and draw, so that these names get an underscore behind.
std::vector<DrawsVariable> variables_of(const Draws& draws);

/// An array that was read: chains x draws x entries.
struct DrawsArray {
  DrawsVariable variable;  ///< name and dimensions
  std::vector<double> values;
};

/// Draws of arrays; `lp` may be empty.
Draws draws_of(const std::vector<DrawsArray>& arrays, std::size_t chains, std::size_t length,
               const std::vector<double>& lp);

/// Columns for the entries of a variable, in its order.
std::vector<Column> columns_of(const DrawsVariable& variable);

}  // namespace lmmdsl
