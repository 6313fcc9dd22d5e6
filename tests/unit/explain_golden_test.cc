// What `explain` prints of good models, and the stages after the model: conditionals, schedule,
// plan. LMMDSL_ACCEPT=1 rewrites the expected texts.

#include "compiler/derive/explain.h"
#include "compiler/math/render.h"
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
    CHECK(agrees_with_golden(
        golden_path(model, ".unicode.expected"),
        must(explain(program, {.format = Format::unicode, .detail = Detail::full}))));
    std::string stages;
    for (const char* stage : {"ast", "model", "conditionals", "schedule", "plan"}) {
      stages += std::string("---- ") + stage + "\n" + must(stage_text(program, stage));
    }
    CHECK(agrees_with_golden(golden_path(model, ".stages.expected"), stages));
  }
}

TEST_CASE("documents") {
  const std::pair<const char*, Format> expected[] = {
      {"randomized_block.markdown", Format::markdown},
      {"randomized_block.latex", Format::latex},
      {"randomized_block.html", Format::html},
      {"fixed_and_random.latex", Format::latex},
      {"one_sided.latex", Format::latex},
      {"label_beside_factor.latex", Format::latex}};
  for (const auto& [name, format] : expected) {
    const fs::path file = fs::path(LMMDSL_ROOT) / "tests/golden/explain" / name;
    const fs::path model = golden_path(file, ".lmm");
    const Program program = must(compile(text(model.filename().string(), read_golden(model))));
    CHECK(agrees_with_golden(file.string() + ".expected",
                             must(explain(program, {.format = format, .detail = Detail::full}))));
  }
}

/// Without line ends: blanks in a row are one.
std::string on_one_line(const std::string& page) {
  std::string text;
  for (const char c : page) {
    const bool blank = c == ' ' || c == '\n';
    if (!blank || text.empty() || text.back() != ' ') text += blank ? ' ' : c;
  }
  return text;
}

// Hoff (2009), pp. 198-199, with Λ₀, η₀, S₀, ν₀ and σ₀² as there; his X_jᵀ X_j, m and SSR.
TEST_CASE("the conditionals of the textbook") {
  const fs::path model = fs::path(LMMDSL_ROOT) / "tests/golden/explain/general_form.lmm";
  const Program program = must(compile(text("general_form.lmm", read_golden(model))));
  const std::string page = on_one_line(must(explain(program, {.format = Format::unicode})));
  for (const char* line :
       {"P = Σ⁻¹ + X_groupᵀ X_group/σ²", "h = Σ⁻¹ θ + X_groupᵀ y_group/σ²",
        "β_group | rest ~ Normal(P⁻¹ h, P⁻¹)", "P = Λ₀⁻¹ + m_group Σ⁻¹",
        "h = Λ₀⁻¹ μ₀ + Σ⁻¹ ∑_group β_group", "θ | rest ~ Normal(P⁻¹ h, P⁻¹)",
        "Σ | rest ~ InverseWishart(η₀ + m_group, S₀ + ∑_group (β_group − θ) (β_group − θ)ᵀ)",
        "σ² | rest ~ InverseGamma((ν₀ + n)/2, ½ ν₀ s₂₀ + ½ ∑_i (y_i − X_i β_group[i])²)"}) {
    CAPTURE(line, page);
    CHECK(page.find(line) != std::string::npos);
  }
}

TEST_CASE("the conditionals with covariates of their own for the groups") {
  const Program program = must(compile(
      text("general.lmm",
           "data y, x, z : real\ndata g : factor\nX = [1, x]\nZ = [1, z]\nV0 = [2, 1; 1, 3]\n"
           "y ~ Normal(X * theta + Z * gamma[g], sigma^2)\ngamma[g] ~ Normal(0, Sigma)\n"
           "theta ~ Normal([1; 2], V0)\nSigma ~ InverseWishart(4, V0)\n"
           "sigma^2 ~ InverseGamma(1, 2)\n")));
  const std::string page = on_one_line(must(explain(program, {.format = Format::unicode})));
  for (const char* line :
       {"P = Σ⁻¹ + Z_gᵀ Z_g/σ²", "h = (1/σ²) ∑_{i ∈ g} Z_iᵀ (y_i − X_i θ)", "P = V₀⁻¹ + Xᵀ X/σ²",
        "h = V₀⁻¹ [1; 2] + (1/σ²) ∑_i X_iᵀ (y_i − Z_i γ_g[i])",
        "Σ | rest ~ InverseWishart(4 + m_g, V₀ + ∑_g γ_g γ_gᵀ)",
        "σ² | rest ~ InverseGamma(1 + n/2, 2 + ½ ∑_i (y_i − X_i θ − Z_i γ_g[i])²)"}) {
    CAPTURE(line, page);
    CHECK(page.find(line) != std::string::npos);
  }
}

// Every refused model has a page; some are kept to be read.
TEST_CASE("explanations of what has no conjugate form") {
  const std::vector<std::string> kept = {"dugongs", "sum_of_two_variances", "mean_and_variance",
                                         "gamma_on_variance"};
  for (const fs::path& model : golden_models("refused")) {
    const std::string name = model.stem().string();
    CAPTURE(name);
    const std::string page = must(
        explain_refused(text(name + ".lmm", read_golden(model)), {}, {.format = Format::unicode}));
    CHECK(page.find("What spoils it") != std::string::npos);
    if (std::find(kept.begin(), kept.end(), name) != kept.end()) {
      CHECK(agrees_with_golden(
          fs::path(LMMDSL_ROOT) / "tests/golden/explain" / ("refused_" + name + ".expected"),
          page));
    }
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
