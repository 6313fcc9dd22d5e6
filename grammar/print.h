// The one printer of diagnostics, for model files and for data files.
#pragma once

#include <string>

#include "grammar/diagnostic.h"

namespace lmmdsl {

struct PrintOptions {
  bool colour = false;
  int width = 120;   ///< lines are cut to this many columns around the caret
  int at_most = 20;  ///< errors shown; the rest is counted
};

/// All diagnostics as the terminal shows them, each ending in a line end. What is said in the same
/// words of several places is printed at the first of them, with the lines of the others.
std::string print(const Diagnostics& diagnostics, const PrintOptions& options = {});

}  // namespace lmmdsl
