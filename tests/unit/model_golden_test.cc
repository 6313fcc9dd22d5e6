// Golden models. tests/golden/bad: one mistake in one tiny model, with the exact messages. tests/
// golden/ok: models as users write them, with the listing of `explain --stage model`.
//
// LMMDSL_ACCEPT=1 rewrites the expected files; read the diff like code.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "compiler/model/model.h"
#include "grammar/parse.h"
#include "grammar/print.h"
#include "support/catch.h"

namespace {

namespace fs = std::filesystem;
using namespace lmmdsl;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<fs::path> models(const std::string& folder) {
  std::vector<fs::path> found;
  for (const auto& entry :
       fs::directory_iterator(fs::path(LMMDSL_ROOT) / "tests/golden" / folder)) {
    if (entry.path().extension() == ".lmm") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

struct Outcome {
  Diagnostics diagnostics;
  std::optional<Model> model;
};

Outcome compile(const fs::path& path) {
  const auto source = std::make_shared<const Source>(path.filename().string(), read(path));
  Outcome outcome;
  Result<Ast> ast = parse_model(source);
  outcome.diagnostics = ast.diagnostics;
  if (!ast) return outcome;
  Result<Model> model = resolve(*ast);
  outcome.diagnostics.insert(outcome.diagnostics.end(), model.diagnostics.begin(),
                             model.diagnostics.end());
  outcome.model = std::move(model.value);
  return outcome;
}

void compare(const fs::path& expected, const std::string& text) {
  if (std::getenv("LMMDSL_ACCEPT")) {
    std::ofstream(expected, std::ios::binary) << text;
    return;
  }
  INFO(expected.filename().string());
  CHECK(read(expected) == text);
}

}  // namespace

TEST_CASE("wrong models have exact messages") {
  const std::vector<fs::path> all = models("bad");
  CHECK(all.size() >= 60);
  for (const fs::path& path : all) {
    const Outcome outcome = compile(path);
    INFO(path.filename().string());
    CHECK(!outcome.diagnostics.empty());
    compare(fs::path(path).replace_extension(".expected"), print(outcome.diagnostics));
  }
}

TEST_CASE("models as users write them") {
  const std::vector<fs::path> all = models("ok");
  CHECK(all.size() >= 15);
  for (const fs::path& path : all) {
    const Outcome outcome = compile(path);
    INFO(path.filename().string());
    INFO(print(outcome.diagnostics));
    CHECK(!has_error(outcome.diagnostics));
    if (!outcome.model) continue;
    compare(fs::path(path).replace_extension(".model.expected"), to_text(*outcome.model));
  }
}
