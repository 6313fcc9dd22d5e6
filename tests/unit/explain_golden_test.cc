// What `explain` prints of good models, and the stages after the model: conditionals, schedule,
// plan. LMMDSL_ACCEPT=1 rewrites the expected texts.

#include "compiler/derive/explain.h"
#include "support/catch.h"
#include "support/golden.h"
#include "support/run_model.h"

namespace lmmdsl::testing {
namespace {

TEST_CASE("explanations and stages") {
  for (const fs::path& model : golden_models("explain")) {
    const Program program = must(compile(text(model.filename().string(), read_golden(model))));
    CAPTURE(model.filename().string());
    CHECK(agrees_with_golden(golden_path(model, ".explain.expected"), must(explain(program))));
    CHECK(agrees_with_golden(golden_path(model, ".unicode.expected"),
                             must(explain(program, {.node = "", .unicode = true}))));
    std::string stages;
    for (const char* stage : {"ast", "model", "conditionals", "schedule", "plan"}) {
      stages += std::string("---- ") + stage + "\n" + must(stage_text(program, stage));
    }
    CHECK(agrees_with_golden(golden_path(model, ".stages.expected"), stages));
  }
}

// What is printed in ASCII is the model language: every natural parameter parses again.
TEST_CASE("printed conditionals parse") {
  for (const fs::path& model : golden_models("explain")) {
    const Program program = must(compile(text(model.filename().string(), read_golden(model))));
    for (const Conditional& c : program.conditionals) {
      for (const Expr& parameter : c.parameters) {
        const std::string printed = render(parameter, program.model.get());
        CAPTURE(model.filename().string(), printed);
        const Result<AstExpr> parsed = parse_expression(text("printed", printed));
        CHECK(parsed.value.has_value());
        CHECK_FALSE(has_error(parsed.diagnostics));
      }
    }
  }
}

TEST_CASE("an unknown parameter is said with the nearest") {
  const Program program =
      must(compile(text("m.lmm", "data y : real\ny ~ Normal(theta, 1)\ntheta ~ Normal(0, 1)\n")));
  CHECK(print(explain(program, {.node = "thta"}).diagnostics) ==
        "lmmdsl: error: the model has no parameter `thta`\n  hint: did you mean `theta`?\n");
}

}  // namespace
}  // namespace lmmdsl::testing
