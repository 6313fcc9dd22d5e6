// What is said when a model and a table do not fit: tests/golden/bind/NAME.lmm and NAME.csv, and
// the exact text in NAME.expected. A first line  # bind: --na drop --map name=header
// --table factor=file  sets options.
// With LMMDSL_ACCEPT=1 in the environment the expected texts are written anew.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "grammar/parse.h"
#include "grammar/print.h"
#include "runtime/data.h"
#include "support/catch.h"

namespace lmmdsl {
namespace {

namespace fs = std::filesystem;

std::string bytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

SourcePtr source(const fs::path& path) {
  return std::make_shared<const Source>(path.filename().string(), bytes(path));
}

/// The options of the first line of a model; tables are in the folder of the models.
BindOptions options(const Source& text, const fs::path& folder) {
  BindOptions result;
  std::istringstream words{std::string(text.line(1))};
  std::string word, value;
  if (!(words >> word >> value) || word != "#" || value != "bind:") return result;
  while (words >> word >> value) {
    if (word == "--na") result.drop_missing = value == "drop";
    const std::string left = value.substr(0, value.find('='));
    const std::string right = value.substr(value.find('=') + 1);
    if (word == "--map") result.headers[left] = right;
    if (word == "--table") {
      Result<Table> groups = read_table(source(folder / right));
      REQUIRE(groups);
      result.tables.push_back({left, std::make_shared<const Table>(std::move(*groups))});
    }
  }
  return result;
}

/// All messages of binding; those of earlier stages, which should have none, say so.
std::string judge(const fs::path& model_path) {
  const Result<Ast> ast = parse_model(source(model_path));
  if (has_error(ast.diagnostics)) return "NOT PARSED\n" + print(ast.diagnostics);
  const Result<Model> model = resolve(*ast);
  if (!model || has_error(model.diagnostics)) return "NOT RESOLVED\n" + print(model.diagnostics);
  fs::path table_path = model_path;
  const Result<Table> table = read_table(source(table_path.replace_extension(".csv")));
  if (!table) return "NOT READ\n" + print(table.diagnostics);
  const BindOptions bind = options(*ast->source, model_path.parent_path());
  const Result<Table> joined = join_tables(*model, *table, bind);
  if (!joined) return print(joined.diagnostics);
  return print(joined.diagnostics) + print(bind_data(*model, *joined, bind).diagnostics);
}

TEST_CASE("each misfit of model and data gets its messages") {
  const char* const accept = std::getenv("LMMDSL_ACCEPT");
  std::set<fs::path> models;
  for (const auto& entry :
       fs::directory_iterator(fs::path(LMMDSL_ROOT) / "tests" / "golden" / "bind"))
    if (entry.path().extension() == ".lmm") models.insert(entry.path());
  CHECK(models.size() >= 15);
  for (const fs::path& path : models) {
    CAPTURE(path.filename().string());
    const std::string judgement = judge(path);
    CHECK(!judgement.empty());
    CHECK(judgement.find("NOT ") != 0);
    fs::path expected = path;
    expected.replace_extension(".expected");
    if (accept != nullptr && std::string(accept) == "1")
      std::ofstream(expected, std::ios::binary) << judgement;
    else CHECK(judgement == bytes(expected));
  }
}

}  // namespace
}  // namespace lmmdsl
