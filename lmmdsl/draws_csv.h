// draws-1.csv, draws-2.csv, ...: the draws of one chain in CmdStan's CSV, which rstan, posterior,
// ArviZ and cmdstanpy read.
#pragma once

#include <cstdint>
#include <string>

#include "lmmdsl/output.h"
#include "runtime/draws.h"
#include "runtime/sampler.h"

namespace lmmdsl {

/// What the comment lines say.
struct DrawsHeader {
  std::string model;  ///< a name
  SampleSettings settings;
  std::string schedule;
  double warmup_seconds = 0;  ///< of this chain
  double sampling_seconds = 0;
  /// Names that Stan allows, sigma_sq for sigma^2: rstan refuses others.
  bool stan_names = false;
};

/// Writes the kept draws of a chain (from 0); auxiliary columns are left out. Numbers are the
/// shortest that read back as the same; `nan`, `inf` and `-inf` as CmdStan writes them. Failures
/// are kept in `file`.
void write_draws(FileWriter& file, const Draws& draws, int chain, const DrawsHeader& header);

}  // namespace lmmdsl
