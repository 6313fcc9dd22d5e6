// Models with a parameter that has no conjugate full conditional: the exact text of the refusal.
// LMMDSL_ACCEPT=1 rewrites the expected texts.

#include "support/catch.h"
#include "support/golden.h"
#include "support/run_model.h"
#include "support/site_data.h"

namespace lmmdsl::testing {
namespace {

TEST_CASE("what is not conjugate is refused with its place") {
  for (const fs::path& model : golden_models("refused")) {
    const Result<Program> program = compile(text(model.filename().string(), read_golden(model)));
    CAPTURE(model.filename().string());
    CHECK(has_error(program.diagnostics));
    CHECK(agrees_with_golden(golden_path(model, ".expected"), print(program.diagnostics)));
  }
}

// Improper priors on the table of site_data.h: refused, warned of, or (nothing printed) proper.
TEST_CASE("improper posteriors are refused with the direction or the count") {
  for (const fs::path& model : golden_models("improper")) {
    Program program = must(compile(text(model.filename().string(), read_golden(model))));
    const Result<Bound> bound =
        bind(std::move(program), must(read_table(text("site.csv", site_table()))));
    CAPTURE(model.filename().string());
    CHECK(agrees_with_golden(golden_path(model, ".expected"), print(bound.diagnostics)));
  }
}

}  // namespace
}  // namespace lmmdsl::testing
