// Draws files in CmdStan's CSV: our own, CmdStan's and those that other programs write like them.
#pragma once

#include <string>
#include <vector>

#include "grammar/diagnostic.h"
#include "grammar/source.h"
#include "runtime/draws.h"

namespace lmmdsl {

/// One file a chain. lp__ comes first (a column of zeros where a file has none); other columns of
/// the sampler (`stepsize__`, ...) are left out, and so are the draws of the warm-up where they
/// were saved. Chains may have different lengths. Errors name the file and the line.
Result<Draws> read_cmdstan(const std::vector<std::string>& files);

/// Whether a text begins as a draws file of CmdStan does.
bool looks_like_cmdstan(std::string_view text);

/// Chains of rows of numbers, with a header of names, as Draws.
struct NumberTable {
  std::vector<std::string> names;
  std::vector<std::vector<double>> columns;
};
Result<Draws> assemble(std::vector<NumberTable> chains, const std::vector<std::string>& files);

}  // namespace lmmdsl
