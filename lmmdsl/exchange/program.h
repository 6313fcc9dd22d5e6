// The same model, written for another program, with its data: an oracle for ours and a bridge to
// theirs.
//
// One walker (program_writer.cc) goes through densities and expressions and says everything in
// terms of a row of a table, the target: what functions are called there, what densities are
// written as. Whatever does not mention unknowns is computed here and handed over as data, so a
// target only has to know what is done to unknowns. To add a target, write its row (jags.cc,
// stan.cc).
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "compiler/rules/families.h"
#include "lmmdsl/lmmdsl.h"

namespace lmmdsl {

/// A file of an exported model.
struct ProgramFile {
  std::string name, text;
};

/// Numbers handed over: rows x cols for each element of a plate, or once.
struct ProgramData {
  std::string name;
  bool whole = false;             ///< integers: maps and sizes
  std::vector<std::size_t> size;  ///< of the array: [], [n], [n, p], [n, p, q]
  std::vector<double> values;     ///< first index fastest
};

/// Why a target cannot say something, and what would mend it. Located by the caller.
struct Inexpressible {
  Span span;
  std::string what, hint;
};

class ProgramWriter;

/// One program: the row of the table.
struct ProgramTarget {
  std::string name, doc;
  bool stan = false;
  bool old_arrays = false;              ///< Stan before 2.26: real x[n] for array[n] real x
  std::map<Op, std::string> functions;  ///< of the arguments: "exp" writes exp(a)
  /// Densities of scalars that take our arguments as they are: "dbin({1}, {0})".
  std::map<FamilyId, std::string> density_patterns;
  std::vector<std::string> reserved;  ///< words that names must not be
  Result<std::vector<ProgramFile>> (*write)(const ProgramTarget&, const Bound&);
};

const std::vector<ProgramTarget>& program_targets();
ProgramTarget jags_target();
ProgramTarget stan_target();
ProgramTarget rstan_target();

/// The files of the bound model for a target. Errors have the place in the model text.
Result<std::vector<ProgramFile>> write_program(const ProgramTarget& target, const Bound& bound);

}  // namespace lmmdsl
