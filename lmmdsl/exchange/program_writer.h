// The walker that targets share: names, indices, data.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lmmdsl/exchange/program.h"
#include "runtime/evaluate.h"

namespace lmmdsl {

/// Where an expression stands: inside the loop over a plate.
struct LoopPlace {
  Plate plate;
  std::string index;  ///< of the loop, "i"; empty for what holds once
};

class ProgramWriter {
 public:
  ProgramWriter(const ProgramTarget& target, const Bound& bound);

  const Model& model() const { return *bound_.program->model; }
  const Data& data() const { return *bound_.data; }

  /// An expression as the target writes it at a place. Throws Inexpressible.
  std::string text(const Expr& e, const LoopPlace& at);
  /// An unknown, or another variable with the plate and shape of one, at a place: beta[g[i], 1:3].
  std::string entry(const std::string& name, const Plate& plate, const Shape& shape,
                    const LoopPlace& at);
  /// e computed and handed over as data, at a place.
  std::string constant(const Expr& e, const LoopPlace& at);
  /// The same of a density's response. Throws where a vector lacks components: no target has such.
  std::string response(const Density& d, const LoopPlace& at);
  /// An argument of a density: text(), of counts as integers.
  std::string argument(const Density& d, std::size_t k, const LoopPlace& at);
  /// The density as `density_patterns` of the target writes it; nothing where it does not.
  std::optional<std::string> density(const Density& d, const LoopPlace& at);
  /// Where an index with labels, w["1", "A"] or w[block, "A"], reads.
  LoopPlace place_with_labels(const Expr& level, const LoopPlace& at);
  /// The number of elements of a plate: a name of the data.
  std::string size(const Plate& plate);
  int length(const Dim& dim) const { return data().length(dim); }
  /// A name that the target allows, for one of ours or for a new one.
  std::string name(SymbolId id);
  std::string fresh(const std::string& like);
  bool is_constant_here(const Expr& e) const;

  const std::vector<ProgramData>& handed_over() const { return data_; }
  /// Notes that a derived quantity is not in the exported model; gives the line that says so there,
  /// to be made a comment of the target.
  std::string leave_out(SymbolId id, const std::string& why);
  const Diagnostics& notes() const { return notes_; }
  /// Statements that must come before the one being written, in the same loop: intermediate arrays.
  std::vector<std::string> before;

  /// How a target writes the inverse of a matrix or scalar that has a name of its own for it.
  std::function<std::string(const Expr&, const LoopPlace&)> inverse_of;

 private:
  std::string index_into(const Plate& plate, const LoopPlace& at);
  std::string brackets(const std::string& first, const Shape& shape);
  std::string bracket_of_elements(const Expr& e, const LoopPlace& at);
  std::string product(const Expr& e, const LoopPlace& at);
  /// A constant that the target is told to be integers.
  std::string whole(const Expr& e, const LoopPlace& at);

  const ProgramTarget& target_;
  const Bound& bound_;
  Evaluator evaluator_;
  State none_;
  std::vector<ProgramData> data_;
  std::vector<std::pair<Expr, std::string>> constants_;
  std::map<std::string, std::string> sizes_, maps_, levels_;
  std::map<SymbolId, std::string> names_;
  std::set<std::string> taken_;
  Diagnostics notes_;
};

/// JSON with the last index fastest, as Stan reads data; R's dump with the first index fastest, as
/// JAGS does.
std::string data_as_json(const std::vector<ProgramData>& data);
std::string data_as_r(const std::vector<ProgramData>& data);

}  // namespace lmmdsl
