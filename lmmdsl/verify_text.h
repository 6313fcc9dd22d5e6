// The report of `verify` for the terminal.
#pragma once

#include <string>

#include "lmmdsl/lmmdsl.h"

namespace lmmdsl {

/// The largest discrepancy of each conditional from the identity.
std::string identities_text(const Model& model, const CheckReport& check, bool colour);

/// Priors that were replaced and constants that were held, each on a line; empty if there are none.
std::string changes_text(const VerifyReport& report);

/// For each quantity its ranks as a bar chart, ▄ being what is expected, and the bound on p.
std::string ranks_text(const VerifyReport& report, bool colour);

/// "▄▅▄▃": counts of ranks in at most 16 bars.
std::string bars(const std::vector<int>& counts);

}  // namespace lmmdsl
