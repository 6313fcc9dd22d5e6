// The values of options, read strictly: a number is digits and nothing else, within stated limits.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lmmdsl/commands.h"
#include "lmmdsl/lmmdsl.h"

namespace lmmdsl {

/// A whole number in [least, most]: decimal digits only, no sign, no blanks, no exponent. Leading
/// zeros are read as decimal. `option` is named in the error (ExitCode::command_line).
Result<std::uint64_t> whole_number(const std::string& option, const std::string& text,
                                   std::uint64_t least, std::uint64_t most);

/// --sep: one character, or comma, tab, semicolon, blank.
Result<char> separator(const std::string& text);

/// "a,b,c" -> {a, b, c}. Commas within brackets do not separate: cor(Sigma) and beta[1,2] are one.
std::vector<std::string> split_names(const std::string& text);

/// How a data file is read and bound: --map, --sep, --na.
struct DataOptions {
  ReadOptions read;
  BindOptions bind;
};
extern const std::vector<OptionRow> kDataOptionRows;
Result<DataOptions> data_options(const Arguments& arguments);

/// The settings of `run`.
struct RunOptions {
  DataOptions data;
  SampleSettings sampling;
  std::string schedule = "textbook";
  std::string out;  ///< empty: no files
  bool force = false;
  bool quiet = false;
  bool json = false;
  int acf = 0;  ///< the largest lag; 0: no autocorrelations
  std::vector<std::string> variables;
};
extern const std::vector<OptionRow> kRunOptionRows;
/// All errors are reported together. A seed that is not given is drawn, below 2^32.
Result<RunOptions> run_options(const Arguments& arguments);

}  // namespace lmmdsl
