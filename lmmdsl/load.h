// From the file names of a command line to a program, and to a program bound to its data.
#pragma once

#include <string>

#include "lmmdsl/lmmdsl.h"
#include "lmmdsl/options.h"

namespace lmmdsl {

/// CPU seconds of all threads of this process.
double cpu_seconds();

/// Where time went, in CPU seconds.
struct LoadTimes {
  double read = 0;     ///< files, and the table of the data file
  double compile = 0;  ///< model, and binding it to the data
};

/// Reads and compiles. Errors of the command line first: a data file in the place of a model.
Result<Program> load_program(const std::string& model_file, const std::vector<Setting>& settings,
                             LoadTimes* times = nullptr);

/// Reads and compiles all files, without binding.
struct LoadedTable {
  Program program;
  Table table;
  BindOptions bind;                      ///< with the tables of groups
  SourcePtr data_source;                 ///< the data file as read
  std::vector<SourcePtr> table_sources;  ///< those of --table
  LoadTimes times;
};
Result<LoadedTable> load_table(const std::string& model_file, const std::string& data_file,
                               const std::vector<Setting>& settings, const DataOptions& options);

/// Reads, compiles and binds.
struct Loaded {
  Bound bound;
  SourcePtr data_source;                 ///< the data file as read
  std::vector<SourcePtr> table_sources;  ///< those of --table
  LoadTimes times;
};
Result<Loaded> load(const std::string& model_file, const std::string& data_file,
                    const std::vector<Setting>& settings, const DataOptions& options);

/// Rows and levels: "120 rows; plot 10 levels, block 4 levels".
std::string describe_data(const Bound& bound);

}  // namespace lmmdsl
