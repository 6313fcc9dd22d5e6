#include "runtime/kernels/kernels.h"

#include <algorithm>
#include <vector>

#include "support/catch.h"

namespace lmmdsl::testing {
namespace {

/// `x == y` of a column and a scalar, each number being `states` neighbouring ones.
std::vector<double> equal(const std::vector<double>& x, const std::vector<double>& y, int states) {
  Node node;
  node.op = Op::equal;
  std::vector<double> out(x.size());
  Work w;
  w.node = &node;
  w.rows = static_cast<int>(x.size()) / states;
  w.out = out.data();
  w.in = {{x.data(), nullptr, true, w.rows, 1}, {y.data(), nullptr, true, 1, 1}};
  const KernelInfo& kernel = *find_kernel(Op::equal);
  if (states > 1) kernel.states(w);
  else kernel.run(w);
  return out;
}

TEST_CASE("a scalar is compared with every component") {
  // What lies behind the scalar in memory is another number.
  CHECK(equal({0, 2, 0}, {0, 2, 7}, 1) == std::vector<double>{1, 0, 1});
  std::vector<double> x(16, 3), y(16, 9), expected(16, 1);
  for (int lane = 0; lane < 8; ++lane) y[lane] = 3;
  x[2] = x[13] = 4;
  expected[2] = expected[13] = 0;
  CHECK(equal(x, y, 8) == expected);
}

}  // namespace
}  // namespace lmmdsl::testing
