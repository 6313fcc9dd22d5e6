// What is said when the data leave something to the priors: tests/golden/notes/NAME.lmm, NAME.csv,
// and the exact notes in NAME.expected. Each of these models can be sampled: all draws are finite.
// LMMDSL_ACCEPT=1 rewrites the expected texts.

#include <cmath>

#include "support/catch.h"
#include "support/golden.h"
#include "support/run_model.h"

namespace lmmdsl::testing {
namespace {

TEST_CASE("what is left to the priors is noted, and can be sampled") {
  const auto models = golden_models("notes");
  CHECK(models.size() >= 10);
  for (const fs::path& model : models) {
    CAPTURE(model.filename().string());
    const Result<Program> program = compile(text(model.filename().string(), read_golden(model)));
    const Result<Table> table =
        read_table(text("table.csv", read_golden(golden_path(model, ".csv"))));
    REQUIRE(program);
    REQUIRE(table);
    const Result<Bound> bound = bind(*program, *table);
    CHECK(agrees_with_golden(golden_path(model, ".expected"),
                             print(program.diagnostics) + print(bound.diagnostics)));
    REQUIRE(bound);
    const Draws draws = draw(*bound, {.chains = 2, .warmup = 20, .draws = 50, .seed = 7});
    for (int chain = 0; chain < draws.chains; ++chain)
      for (std::size_t j = 0; j < draws.columns.size(); ++j) {
        CAPTURE(draws.columns[j].name);
        for (std::size_t i = 0; i < draws.per_chain; ++i)
          REQUIRE(std::isfinite(draws.column(chain, j)[i]));
      }
    CHECK(check_identities(*bound, 5).passed);
  }
}

}  // namespace
}  // namespace lmmdsl::testing
