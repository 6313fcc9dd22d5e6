// `doctor DATA MODEL`: what of the data does not fit the model, or fits it badly, and why. What
// keeps a model from being run is found by bind (runtime/data.h); these are looks at the numbers
// beside it, none of which is an error:
//
//   columns    too large, constant, far from zero, of a scale of their own, numbers that are labels, codes
//              that stand for missing values, outliers
//   labels     levels of one row, a level for each row, two spellings of one label
//   factors    which lies in which, which cross, which pairs are missing
//   designs    columns that the rows cannot tell apart, or hardly; the same within groups
//
// Beside them one error that only shows when something is computed: that chains cannot start.
#pragma once

#include <string>
#include <vector>

#include "lmmdsl/lmmdsl.h"

namespace lmmdsl {

/// A declared column as the file has it, all rows in the order of the file.
struct ExaminedColumn {
  SymbolId id = -1;
  std::size_t column = 0;            ///< of the table
  bool used = false;                 ///< by a statement that matters
  bool response = false;             ///< of a likelihood
  std::vector<double> numbers = {};  ///< NaN: missing; empty for labels
  Factor labels = {};                ///< of factors and binary columns
};

/// The declared columns that are there and can be read as what they are declared.
std::vector<ExaminedColumn> examined_columns(const Model& model, const Table& table,
                                             const BindOptions& options);

/// A line for each declared column: header, type, what values it has.
std::string describe_columns(const Model& model, const Table& table,
                             const std::vector<ExaminedColumn>& columns);
/// How each two factors lie: "wafer lies in lot: each wafer has one lot".
std::string describe_factors(const Model& model, const std::vector<ExaminedColumn>& columns);

Diagnostics examine_numbers(const Model& model, const Table& table,
                            const std::vector<ExaminedColumn>& columns);
Diagnostics examine_labels(const Model& model, const Table& table,
                           const std::vector<ExaminedColumn>& columns);
Diagnostics examine_designs(const Bound& bound);
/// Whether a chain can start and go on for a sweep: values may be too large to compute with.
Diagnostics examine_start(const Bound& bound);

/// A remark with the place of a cell.
Diagnostic remark(Severity severity, const Table& table, std::size_t column, std::size_t row,
                  std::string message, std::string hint = {});

/// A number in at most four digits; whole ones below a million as they are.
std::string four_digits(double x);

}  // namespace lmmdsl
