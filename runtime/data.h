// The columns of a model bound to a table: numbers, factor codes, plates and the maps between them.
// Rows are put into a canonical order (by factor codes, then by values), so that nothing downstream
// can depend on the order of rows in the file; row_number keeps where each stood.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "compiler/model/elementwise.h"
#include "runtime/table.h"

namespace lmmdsl {

/// The elements of a plate.
struct PlateElements {
  std::size_t size = 1;
  /// For each row (canonical order) the element it lies in; -1 for a row outside (a missing
  /// response). Empty for the plate "once".
  std::vector<std::int32_t> of_row;
  /// For each element one row that lies in it (for "once": -1 when the table has no rows).
  std::vector<std::int32_t> representative;
  /// For each element the labels of its levels, one for each factor of the plate; for rows empty.
  std::vector<std::vector<std::string>> labels;
};

/// --table school=schools.csv: a table with a row for each level of a factor.
struct GroupTable {
  std::string factor;
  std::shared_ptr<const Table> table;
};

struct BindOptions {
  std::map<std::string, std::string> headers = {};  ///< --map name=header
  bool drop_missing = false;  ///< --na drop: rows with NA in a covariate or factor are left out
  /// --store: quantities whose draws are kept although they have a value for each row, or although
  /// so many draws (of all chains) of their plate take more than so many bytes.
  std::vector<std::string> store = {};
  std::uint64_t draws = 0;
  std::uint64_t most_bytes = std::uint64_t{256} << 20;
  std::vector<GroupTable> tables = {};  ///< in any order
  std::string schedule = {};            ///< a row of schedules(); empty: the program's own
  /// --without: what makes sweeps fast and can be left out, to compare. Elements as lanes of vector
  /// registers, with sums taken in one pass; statistics in the place of rows.
  bool lanes = true, statistics = true;
  /// Vectors of which nothing but some components is asked need rows for these only; what others
  /// would need of covariates is NaN.
  bool partial_vectors = false;
  /// Responses are there to be replaced by draws: any finite numbers may stand for them.
  bool responses_replaced = false;
};

/// Values of some columns, one for each row in canonical order.
using ColumnValues = std::map<SymbolId, std::vector<double>>;

/// Immutable once bound (but for change_columns); shared by all chains, from any thread.
class Data {
 public:
  std::size_t rows() const { return row_number.size(); }
  /// Elements of a plate, found on first use and kept. Sorted by the first factor's levels, then
  /// the next's; only combinations that occur. Row plates with a response: rows where it is
  /// present.
  const PlateElements& plate(const Plate& plate) const;
  /// For each element of `fine` the element of `coarse` it lies in (-1: a row outside); empty when
  /// they are the same plate. Nesting has been checked by bind_data for every pair that the model
  /// needs. Asking for a coarse plate of rows in a fine plate of levels is a bug (logic_error).
  const std::vector<std::int32_t>& map(const Plate& fine, const Plate& coarse) const;
  /// A length that may depend on numbers of levels.
  int length(const Dim& dim) const;
  /// Whether a column (or, for a constant on the row plate, a column that its value needs) is NA in
  /// a row of the canonical order.
  bool is_missing(SymbolId id, std::size_t row) const;

  std::vector<std::vector<double>>
      columns;  ///< by SymbolId; NaN = missing; of a factor that is a response the number of the
                ///< level, from 1; empty for other symbols
  std::vector<Factor> factors;  ///< by SymbolId, also of binary columns; codes in canonical row
                                ///< order, none for an unobserved factor
  std::vector<std::size_t> row_number;  ///< the row of the table (from 0) of each canonical row
  std::vector<int> table_column;        ///< by SymbolId the column of the table; -1 if none
  /// Vector responses lack components, and the model has no patterns for them: nothing after that
  /// was checked. Bind again with_patterns (compiler/model/patterns.h).
  bool needs_patterns = false;
  const Model* model = nullptr;
  const Table* table = nullptr;

 private:
  friend Result<std::shared_ptr<const Data>> bind_data(const Model&, const Table&,
                                                       const BindOptions&);
  friend std::shared_ptr<Data> replace_columns(const Data&, const ColumnValues&);
  struct PlateLess {
    bool operator()(const Plate& a, const Plate& b) const;
  };
  struct PairLess {
    bool operator()(const std::pair<Plate, Plate>& a, const std::pair<Plate, Plate>& b) const;
  };
  const PlateElements& find_plate(const Plate& plate) const;
  PlateElements make_plate(const Plate& plate) const;

  mutable std::mutex mutex_;  ///< guards the caches below, whose nodes never move
  mutable std::map<Plate, PlateElements, PlateLess> plates_;
  mutable std::map<std::pair<Plate, Plate>, std::vector<std::int32_t>, PairLess> maps_;
};

/// The level that a "treatment" or "treatment:LABEL" coding leaves out (see coding() in expr.h);
/// the first where none is named.
std::size_t reference_level(const std::string& coding, const Factor& factor);

/// The names of the components of a symbol, those of factors as R's model.matrix writes them.
std::vector<std::string> component_names(const Data& data, const Symbol& symbol);

/// "plot `3`", "block `W1`, variety `A`", "row 7" (counted from 1 in the file), "" for once.
std::string describe_element(const Data& data, const Plate& plate, std::size_t element);

/// The table of rows with the columns of the tables of groups that the model declares, each row
/// having the values of its group. A group table may be joined by a factor of another one. Errors:
/// a label that one of both tables lacks (each way: which, and where), a group with two rows, a
/// column that is in two tables, no column for the key.
Result<Table> join_tables(const Model& model, Table rows, const BindOptions& options);

/// Columns by name (or by `from`, or by --map), with all checks that need rows: types, bounds,
/// missing values where they are not allowed, `binary` with two labels, plates that must nest
/// (a school in two districts: which), columns that must be constant within an element of a plate
/// (which, and which rows). Model and table must outlive the result. Errors have places in the data
/// file, and name the statement of the model in a note.
Result<std::shared_ptr<const Data>> bind_data(const Model& model, const Table& table,
                                              const BindOptions& options = {});

/// The same rows with other numbers in some columns; NaN must stay where it is. Nothing is checked.
std::shared_ptr<Data> replace_columns(const Data& data, const ColumnValues& columns);
/// The same in place, while nothing else reads them.
void change_columns(Data& data, const ColumnValues& columns);

/// Values of all parameters at one moment. By SymbolId: elements of the plate one after the other,
/// each column-major; the value of the name itself (sigma, not sigma^2). Empty for other symbols.
struct State {
  std::vector<std::vector<double>> values;
};

}  // namespace lmmdsl
