// The responses of one likelihood in new rows: at each draw of a run their expected values, and
// observations drawn from the likelihood. The components of a vector are drawn together, and each
// is a response of its own; where rows of a group are one vector, each row is a component of it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lmmdsl/new_effects.h"

namespace lmmdsl {

struct DrawnResponse {
  std::string name;           ///< of the column
  std::string expected_name;  ///< of what the likelihood is: log(yield), or the column
  std::vector<std::vector<double>> expected, observed;  ///< by row, draw by draw
};

class ResponseDraws {
 public:
  virtual ~ResponseDraws() = default;
  /// An error if the rows do not tell all that the likelihood needs.
  virtual Diagnostics check(const State& state) = 0;
  /// Appends a draw to each response. False where it is not finite.
  virtual bool add(const State& state, StreamAddress address) = 0;

  std::vector<DrawnResponse> responses;
};

/// Of a likelihood of the new rows' model; the effects have been set once. All must outlive it.
std::unique_ptr<ResponseDraws> response_draws(const NewRows& rows, int density,
                                              const NewEffects& effects);

}  // namespace lmmdsl
