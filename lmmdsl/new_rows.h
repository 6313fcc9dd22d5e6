// New rows bound beside the rows of a run, so that labels, codings and checks are those of one
// table. The new rows come first: row numbers of messages are theirs.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "lmmdsl/held_functions.h"
#include "lmmdsl/lmmdsl.h"

namespace lmmdsl {

/// What a value depends on, through definitions too.
struct Needs {
  std::set<SymbolId> symbols;  ///< mentioned
  std::vector<Expr> unheld;    ///< functions of columns within groups that were not held
};
void collect_needs(const Model& model, const Expr& e, Needs& needs);

struct NewRows {
  std::shared_ptr<const Model> model;  ///< with functions of columns held
  std::shared_ptr<const Table> table;
  std::shared_ptr<const Data> data;
  std::size_t count = 0;               ///< of new rows
  std::vector<std::size_t> canonical;  ///< for each of them its place in the data
};

/// A response that `over` gathers: new rows of a group are a vector of their own, beside the one
/// that the run has of it.
struct NewVectors {
  std::vector<SymbolId> groups;  ///< the factors of which each level is a vector
  SymbolId over = -1;            ///< its levels are the components
};

struct NewRowsInput {
  const Bound& bound;                          ///< the run
  const Table& rows;                           ///< the new rows
  std::map<std::string, std::string> headers;  ///< --map of the run
  bool drop_missing = false;                   ///< --na drop of the run
  std::set<SymbolId> needed;                   ///< columns and factors
  std::set<SymbolId> responses;                ///< columns that are predicted
  std::vector<NewVectors> vectors;
  std::string fresh_label;  ///< of factors that the new rows need not have; empty: they must
};

Result<NewRows> bind_new_rows(const NewRowsInput& input);

}  // namespace lmmdsl
