// The steps of bind_data, each in its own file. Private to the runtime.
//
//   join tables of groups          data_tables.cc
//   find and read the columns      data_columns.cc
//   what the model uses them for   data_usage.cc
//   missing values                 data_missing.cc
//   labels that the model names    data_labels.cc
//   designs with factors, lengths that the data decide    data_designs.cc
//   vector responses               data_vectors.cc, data_patterns.cc
//   nesting of plates, values that must be constant within a level   data_nesting.cc
//   least squares fits that exist  data_fits.cc
//   constants that are valid       data_constants.cc
//   responses within supports      data_responses.cc
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runtime/data.h"

namespace lmmdsl {

class ConstantValues;

// ---- messages ------------------------------------------------------------------------------

/// An error in a cell, in the file that it stands in; `row` is a row of the table.
Diagnostic cell_error(const Data& data, SymbolId column, std::size_t row, std::string message,
                      std::string label);
/// An error of a row, at its cell of a column; for a joined column at its key, with a note where
/// the column's own cell stands.
Diagnostic row_error(const Data& data, SymbolId column, std::size_t row, std::string message,
                     std::string label);
/// Of rows of the table one for each cell of the column, in the order of the file that it stands
/// in: rows of one group have one cell of a joined column.
std::vector<std::size_t> distinct_cells(const Data& data, SymbolId column,
                                        std::vector<std::size_t> rows);
/// The numbers of rows of the table in that file, from 0.
std::vector<std::size_t> rows_in_file(const Data& data, SymbolId column,
                                      std::vector<std::size_t> rows);
/// An error at a place in the model text.
Diagnostic model_error(const Model& model, Span span, std::string message, std::string label);
/// "WHAT line 2 of hoff.lmm: data yield, density : real"; WHAT without the line if there is no
/// text.
Note model_note(const Model& model, Span span, const std::string& what);
/// "`density` is declared in line 2 of ...".
Note declaration_note(const Model& model, SymbolId id);
/// "block and time".
std::string factor_names(const Model& model, const Plate& plate);
/// "row 3", "rows 3, 7 and 9", "rows 1, 2, 3, 4, 5 and 12 more"; `rows` are counted from 0.
std::string describe_rows(const std::vector<std::size_t>& rows);
/// The shortest text that reads back as the same number.
std::string shortest(double x);

/// The columns of a file, the first 20.
std::string list_of_headers(const Table& table);

/// Whether a label written in the model is this level: labels are normalised like those of data.
bool label_matches(const std::string& level, const std::string& written);
/// For each element of the plate of a `level` node the one that is read, of the plate where its
/// argument is read; -1 if no row of the data has its labels.
std::vector<std::int32_t> elements_with_labels(const Data& data, const Node& level);

// ---- columns -------------------------------------------------------------------------------

/// Where a column is looked for: under the header that --map gives, else by `from`, spelling or
/// name.
std::optional<std::size_t> find_column(const Table& table, const Symbol& s,
                                       const std::string* mapped);
/// The header that --map gives a column, or null.
const std::string* mapped_header(const Symbol& s, const BindOptions& options);
/// The column of a factor by which a table of groups is joined. --map may name the header that it
/// has in one of the tables only.
std::optional<std::size_t> find_key(const Table& table, const Symbol& s,
                                    const BindOptions& options);

/// Finds each declared column in the table and reads it, all rows in the order of the file: fills
/// table_column, columns and factors. Checks types and bounds.
Diagnostics read_columns(Data& data, const BindOptions& options);
/// Responses that are joined columns: a value counts as often as its group has rows.
Diagnostics check_joined_responses(const Data& data);
/// Numbers of `binary` columns from their labels, once it is known which rows stay.
Diagnostics code_binary(Data& data);
/// Numbers of factors that are responses, and levels of unobserved ones.
void number_levels(Data& data);

// ---- usage ---------------------------------------------------------------------------------

/// What the statements that matter (densities, derived quantities and the constants they are made
/// of) need of each symbol. All vectors are by SymbolId.
struct Usage {
  std::vector<char> used;            ///< mentioned at all
  std::vector<char> elementwise;     ///< a column or factor needed in every row, so NA is an error
  std::vector<Span> elementwise_at;  ///< a statement that needs it
  std::vector<int> likelihood;       ///< the density whose response needs the column; -1 if none
};
Usage find_usage(const Model& model);

/// The statements that matter, each with the plate on which it is evaluated.
struct UsedExpr {
  Expr e;
  Plate plate;
  Span span;  ///< of the statement
};
std::vector<UsedExpr> sites(const Model& model, const Usage& usage);

/// Calls visit for each node of e with the plate on which it is evaluated. Definitions of symbols
/// are not entered: they are sites of their own.
void walk(const Expr& e, const Plate& plate,
          const std::function<void(const Expr& node, const Plate& plate)>& visit);

/// The largest subexpressions of e without parameters, with the plate on which each is evaluated;
/// plain numbers and symbols of columns included.
void walk_constants(const Model& model, const Expr& e, const Plate& plate,
                    const std::function<void(const Expr& node, const Plate& plate)>& visit);

// ---- checks of bound data ------------------------------------------------------------------

/// Rows (of the table, in order) that stay. Errors for NA where it is not allowed; with
/// drop_missing the rows are left out, and a note says how many.
Result<std::vector<std::size_t>> rows_to_keep(const Data& data, const Usage& usage,
                                              bool drop_missing);
/// Labels that the model names ("A" of beta["A"], treatment == "A") and the data do not have.
Diagnostics check_labels(const Data& data, const Usage& usage);
/// Contrasts of a factor with one level; lengths that numbers of levels decide and that do not
/// agree.
Diagnostics check_designs(const Data& data, const Usage& usage);
/// Vector responses: at most one row for each level of the factor after `over`, and one for each
/// where the mean needs covariates, unless vectors may be partial.
Diagnostics check_vectors(const Data& data, const Usage& usage, bool partial);
/// Which components of a vector response are observed in an element of its density's plate.
std::vector<std::vector<char>> observed_components(const Data& data, const Density& density);
/// Finds the pattern of each row, or that the model needs patterns.
void find_patterns(Data& data);
/// Elements of plates that lie in two elements of a plate which must be coarser.
Diagnostics check_nesting(const Data& data, const Usage& usage);
/// Values of the row plate that must be constant within each element of a plate (`collapse`).
Diagnostics check_constant_within(const Data& data, const Usage& usage);
/// Least squares fits with too few rows or collinear columns.
Diagnostics check_fits(const Data& data, const Usage& usage);
/// Constant arguments of densities outside what their slots allow; responses outside the support.
/// What gathers rows of partial vectors is examined row by row.
Diagnostics check_constants(const Data& data, const BindOptions& options);
/// Of one response; `replaced`: others will stand in its place, and it need only be finite.
void check_response(const Data& data, const Density& density, const ConstantValues& values,
                    bool replaced, Diagnostics& errors);

}  // namespace lmmdsl
