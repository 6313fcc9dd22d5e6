// The models of the documentation and those that come with the program compile.

#include <filesystem>
#include <string>

#include "support/catch.h"
#include "support/run_model.h"
#include "support/walkthrough.h"

namespace lmmdsl::testing {
namespace {

namespace fs = std::filesystem;

std::string errors_of(SourcePtr model) {
  const Result<Program> program = compile(std::move(model));
  return has_error(program.diagnostics) || !program ? print(program.diagnostics) : "";
}

TEST_CASE("blocks marked lmm in docs/language.md compile") {
  const auto blocks =
      marked_blocks(read_text(std::string(LMMDSL_ROOT) + "/docs/language.md"), "lmm");
  REQUIRE(blocks.size() >= 4);
  for (const std::string& block : blocks) {
    INFO(block);
    CHECK(errors_of(text("language.md", block)) == "");
  }
}

TEST_CASE("every model file compiles") {
  for (const char* folder : {"models", "examples", "tests/cases"})
    for (const auto& entry : fs::directory_iterator(fs::path(LMMDSL_ROOT) / folder))
      if (entry.path().extension() == ".lmm") {
        INFO(entry.path().string());
        CHECK(errors_of(must(read_file(entry.path()))) == "");
      }
}

TEST_CASE("every model in models/ has a line in docs/models.md and a source") {
  const std::string page = read_text(std::string(LMMDSL_ROOT) + "/docs/models.md");
  for (const auto& entry : fs::directory_iterator(fs::path(LMMDSL_ROOT) / "models"))
    if (entry.path().extension() == ".lmm") {
      INFO(entry.path().string());
      CHECK(page.find("../models/" + entry.path().filename().string()) != page.npos);
      CHECK(read_text(entry.path()).find("# Source: ") != std::string::npos);
    }
}

}  // namespace
}  // namespace lmmdsl::testing
