// `new DATA`: a first model for a table, with comments that say what each line is for and what to
// change. It has a likelihood, Normal with a regression on the other columns, and priors that are
// weak on the scale of the response; all of them proper, so that it runs whatever the columns are.
#pragma once

#include <string>
#include <vector>

#include "grammar/diagnostic.h"
#include "runtime/table.h"

namespace lmmdsl {

struct StarterOptions {
  std::string response;                 ///< a header; empty: the numbers with most different values
  std::vector<std::string> groups;      ///< headers of columns of labels, numbers or not
  std::vector<std::string> covariates;  ///< headers; empty: all other columns that can be
  std::string form;                     ///< a row of starter_forms(); empty: what the columns allow
};

/// A form of the model: one row each.
struct StarterForm {
  std::string name;
  std::string doc;
};
const std::vector<StarterForm>& starter_forms();

/// The text of the model. Errors: headers that the table does not have, no column of numbers, a
/// form that the columns do not allow, too few rows.
Result<std::string> starter_model(const Table& table, const StarterOptions& options);

}  // namespace lmmdsl
