#include "runtime/moments.h"

#include "support/catch.h"
#include "support/run_model.h"

namespace lmmdsl::testing {

TEST_CASE("a quotient may lack a mean where its divisor can be 0") {
  const Program program = must(compile(text("quotients.lmm", R"(
data y, x, z : real
data g : factor
X = [1, x]
[y, z] ~ Normal(m, Sigma)
m ~ Normal(0, 10)
Sigma ~ InverseWishart(4, I)
x ~ Normal(t[g], s^2)
t[g] ~ Normal(0, v)
s^2 ~ InverseGamma(1, 1)
v ~ InverseGamma(1, 1)
has1 = Sigma[1, 1] / (Sigma[1, 1] + Sigma[2, 2])
has2 = v / (v + s^2)
has3 = m[1] / sd(Sigma)[2]
has4 = m[1] / exp(m[2])
has5 = m[1] / sum(y^2)
has6 = inv(Sigma)[1, 1] / Sigma[2, 2]
lacks1 = m[1] / m[2]
lacks2 = Sigma[1, 1] / Sigma[1, 2]
lacks3 = 1 / (s^2 - v)
lacks4 = 1 + 2 * m[1] * m[2]^-2
lacks5 = t["a"] / mean(t)
)")));
  const Model& model = *program.model;
  for (const SymbolId d : model.derived()) {
    CAPTURE(model[d].name);
    CHECK(may_lack_mean(model, model[d].definition) == model[d].name.starts_with("lacks"));
  }
}

}  // namespace lmmdsl::testing
