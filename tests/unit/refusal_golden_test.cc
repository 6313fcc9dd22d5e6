// Models with a parameter that has no conjugate full conditional: the exact text of the refusal.
// LMMDSL_ACCEPT=1 rewrites the expected texts.

#include "support/catch.h"
#include "support/golden.h"
#include "support/run_model.h"

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

}  // namespace
}  // namespace lmmdsl::testing
