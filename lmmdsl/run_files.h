// The files of `run --out DIR`: run-data.txt, run-table-1.txt, draws-1.csv, draws-2.csv, ...,
// summary.csv, summary.json, run.json and, where quantities have a value for each row, rows.csv.
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

  /// Copies of the data and of tables of groups, so that the folder holds all that a report needs;
  /// none of large files, of which run.json has the places and the hashes, and of null.
  Failure write_data(const SourcePtr& data, const std::vector<SourcePtr>& tables);
  /// One file a chain, several at the same time; none for chains without a draw.
  Failure write_draws(const Samples& samples);
  Failure write_summary(const Samples& samples, const Summary& summary);
  /// Writes run.json and gives all files their names.
  Failure publish();

 private:
  Failure write(const std::string& name, const std::string& text);

  OutputFolder& folder_;
  RunRecord& record_;
};

}  // namespace lmmdsl
