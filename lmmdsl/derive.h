// `derive`: quantities defined after the run, figured from its draws.
#pragma once

#include <string>
#include <vector>

#include "lmmdsl/saved_run.h"
#include "runtime/running.h"

namespace lmmdsl {

struct DerivedQuantities {
  std::string model_text;                    ///< the run's model with the definitions below it
  std::vector<std::string> variables;        ///< what they define
  Draws draws;                               ///< of their scalars; no lp__
  std::vector<RunningQuantity> running;      ///< those of which no draws are kept
  std::vector<RunningQuantity> all_running;  ///< likewise, and those that the model had before
};

/// Each definition is a statement `name = expression` or `name[factor] = expression`, as if it
/// stood at the end of the run's model; later ones may use earlier ones. Errors have places in the
/// definitions. `store` names quantities on the rows whose draws are wanted.
Result<DerivedQuantities> derive_after(const SavedRun& run,
                                       const std::vector<std::string>& definitions,
                                       const std::vector<std::string>& store, int threads);

/// Writes them to the run's folder as if its model had had them: draws, summaries, model text.
Diagnostics add_to_folder(SavedRun run, const DerivedQuantities& derived);

}  // namespace lmmdsl
