// The table that `run` prints: one line for each scalar, hyper-parameters first, labelled by the
// data's labels, with the digits that the draws support.
#pragma once

#include <string>
#include <vector>

#include "compiler/model/model.h"
#include "grammar/diagnostic.h"
#include "lmmdsl/interval.h"
#include "lmmdsl/text_table.h"
#include "runtime/draws.h"
#include "runtime/summary.h"

namespace lmmdsl {

// Thresholds of Vehtari et al. (2021).
constexpr double kLargestRhat = 1.01;
constexpr double kLeastEss = 400;

struct SummaryTableOptions {
  std::vector<std::string> variables = {};  ///< show these, whole; empty: all, long plates cut
  std::vector<std::string> symmetric = {};  ///< matrices of which one triangle is shown
  std::size_t longest = 12;    ///< plates of more elements than this are cut to the first few,
  std::size_t most_rows = 40;  ///< and so are those that take more rows than this;
  std::size_t shown = 10;      ///< at most so many elements are left, and fewer if each takes rows
  IntervalChoice interval = {};
  bool colour = false;  ///< diagnostics beyond the thresholds in colour
};

/// The lines of the table, and footnotes (a line each) on figures that are not defined and on the
/// interval. HPD bounds are those of the summary, of which the probability must be the same.
struct SummaryLines {
  TextTable table;
  std::vector<std::string> notes;
};
SummaryLines summary_lines(const Draws& draws, const Summary& summary,
                           const SummaryTableOptions& options = {});

/// The table, then footnotes on figures that are not defined; empty when there is nothing to show.
std::string summary_table(const Draws& draws, const Summary& summary,
                          const SummaryTableOptions& options = {});

/// The same to share: all footnotes below it, names and text escaped for the language.
std::string summary_markdown(const Draws& draws, const Summary& summary,
                             const SummaryTableOptions& options = {});
std::string summary_latex(const Draws& draws, const Summary& summary,
                          const SummaryTableOptions& options = {});

/// Whether each of the names (of --vars) is a variable of these columns or one of `others`; else an
/// error of the command line with the nearest one.
Diagnostics check_variables(const std::vector<Column>& columns,
                            const std::vector<std::string>& names,
                            const std::vector<std::string>& others = {});

/// Matrices of which one triangle is shown: covariances and their correlations.
std::vector<std::string> symmetric_variables(const Model& model);

/// Autocorrelations of hyper-parameters (or of the options' variables) at lags 1, 2, 5, 10, 20, 50,
/// 100, ... and `most`, and the lag at which they die; over the complete draws of all chains.
std::string autocorrelation_table(const Draws& draws, int most,
                                  const SummaryTableOptions& options = {});

}  // namespace lmmdsl
