// The log density that a joint Normal step gives to the values that its coefficients have.
#pragma once

#include <stdexcept>

#include "runtime/joint_normal.h"

namespace lmmdsl {

inline double density_of_block(JointNormal& block, const Machine& machine, GaussianFactor& factor) {
  GaussianValues values = block.make_values();
  block.read(machine, values);
  double log_density = 0;
  if (!block.factor(machine, factor, values, log_density))
    throw std::runtime_error("the precision is not positive definite");
  return log_density;
}

}  // namespace lmmdsl
