// The values of options, read strictly: a number is digits and nothing else, within stated limits.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lmmdsl/commands.h"
#include "lmmdsl/interval.h"
#include "lmmdsl/lmmdsl.h"

namespace lmmdsl {

/// A mistake in how a command is given.
Diagnostic refuse_command(std::string message, std::string hint = {});

/// A whole number in [least, most]: decimal digits only, no sign, no blanks, no exponent. Leading
/// zeros are read as decimal. `option` is named in the error (ExitCode::command_line).
Result<std::uint64_t> whole_number(const std::string& option, const std::string& text,
                                   std::uint64_t least, std::uint64_t most);

/// --sep: one character, or comma, tab, semicolon, blank.
extern const OptionRow kSepRow;
Result<char> separator(const std::string& text);

/// "a,b,c" -> {a, b, c}. Commas within brackets do not separate: cor(Sigma) and beta[1,2] are one.
std::vector<std::string> split_names(const std::string& text);

/// The constants of a model that are given beside its text: --set.
extern const std::vector<OptionRow> kModelOptionRows;
Result<std::vector<Setting>> model_options(const Arguments& arguments);

/// --format text|unicode: whether formulas are in Unicode.
extern const OptionRow kFormatRow;
Result<bool> unicode_format(const Arguments& arguments);
/// --format of commands that print a table of their own, and of those that print a summary.
extern const OptionRow kTableFormatRow;
extern const OptionRow kSummaryFormatRow;
/// --schedule: a row of schedules().
extern const OptionRow kScheduleOptionRow;
Result<std::string> schedule_option(const Arguments& arguments);
/// Where no data are named: an error unless the schedule is the textbook's.
void check_schedule_without_data(const Arguments& arguments, Diagnostics& errors);

/// --seed; one that is not given is drawn, below 2^32.
Result<std::uint64_t> seed_option(const Arguments& arguments);

/// How data files are read and bound: --table, --map, --sep, --na. The tables of groups have yet to
/// be read.
struct DataOptions {
  ReadOptions read;
  BindOptions bind;
  std::vector<std::pair<std::string, std::string>> tables;  ///< factor and file
};
extern const std::vector<OptionRow> kDataOptionRows;
Result<DataOptions> data_options(const Arguments& arguments);

/// --interval, --prob.
extern const std::vector<OptionRow> kIntervalOptionRows;
Result<IntervalChoice> interval_choice(const Arguments& arguments);

/// The settings of `run`.
struct RunOptions {
  std::vector<Setting> settings;
  DataOptions data;
  SampleSettings sampling;
  std::string schedule = "auto";
  std::string out;  ///< empty: no files
  bool force = false;
  bool quiet = false;
  bool json = false;
  int acf = 0;  ///< the largest lag; 0: no autocorrelations
  std::vector<std::string> variables;
  IntervalChoice interval;
};
extern const std::vector<OptionRow> kRunOptionRows;
/// All errors are reported together.
Result<RunOptions> run_options(const Arguments& arguments);

}  // namespace lmmdsl
