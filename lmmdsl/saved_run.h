// A run read back from its folder: what `summary`, `report`, `plot` and `export` work on.
#pragma once

#include <optional>
#include <string>

#include "lmmdsl/lmmdsl.h"
#include "lmmdsl/run_json.h"

namespace lmmdsl {

struct SavedRun {
  std::string folder;
  std::optional<RunRecord> record;  ///< nothing: draws of another program
  Draws draws;                      ///< as after sampling, auxiliary columns included
};

/// Reads a folder of `run --out`, or draws that another program has written (exchange/formats.h):
/// a folder of them or one file. Columns of our own draws have the labels of summary.json.
Result<SavedRun> read_saved_run(const std::string& path);

/// Compiles the recorded model and binds it to the recorded data: the copy in the folder, or the
/// file where it was. Errors: there is no record, the data have changed or are not there. `store`
/// as in BindOptions; what the run has draws of is stored in any case.
Result<Bound> bind_again(const SavedRun& run, const std::vector<std::string>& store = {});

/// An error if the run's folder does not say what was run: draws of another program.
Diagnostics check_record(const SavedRun& run);

/// The error when draws of a parameter (by its spelling) are needed and not there.
Diagnostic draws_not_kept(const SavedRun& run, const std::string& parameter);

/// Chains that were stopped before half of the longest one's draws are left out of summaries, which
/// are over the shortest chain's length.
void leave_out_short_chains(Draws& draws);

}  // namespace lmmdsl
