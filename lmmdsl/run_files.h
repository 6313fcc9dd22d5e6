// The files of `run --out DIR`: draws-1.csv, draws-2.csv, ..., summary.csv, summary.json, run.json.
#pragma once

#include "lmmdsl/output.h"
#include "lmmdsl/run_json.h"
#include "runtime/sampler.h"
#include "runtime/summary.h"

namespace lmmdsl {

/// Writes the files of one run, draws first. They appear with publish(), all of them or none.
class RunFiles {
 public:
  /// `record` is completed with files and times, and must be complete otherwise at publish().
  RunFiles(OutputFolder& folder, RunRecord& record) : folder_(folder), record_(record) {}

  /// One file a chain, several at the same time; none for chains without a draw.
  Failure write_draws(const Samples& samples);
  Failure write_summary(const Draws& draws, const Summary& summary);
  /// Writes run.json and gives all files their names.
  Failure publish();

 private:
  Failure write(const std::string& name, const std::string& text);

  OutputFolder& folder_;
  RunRecord& record_;
};

}  // namespace lmmdsl
