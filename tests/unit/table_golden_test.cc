// What is said about each wrong data file in tests/golden/data: NAME.csv, .dat or .tsv, and the
// exact text in NAME.expected. Columns named `plot`, `site` or `label` are read as labels, all
// others as numbers. With LMMDSL_ACCEPT=1 in the environment the expected texts are written anew.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "grammar/print.h"
#include "runtime/table.h"
#include "support/catch.h"

namespace lmmdsl {
namespace {

namespace fs = std::filesystem;

std::string bytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// All messages about a data file, and the outcome.
std::string judge(const fs::path& path) {
  const auto source = std::make_shared<const Source>(path.filename().string(), bytes(path));
  Result<Table> table = read_table(source);
  Diagnostics all = std::move(table.diagnostics);
  const auto append = [&all](const Diagnostics& more) {
    all.insert(all.end(), more.begin(), more.end());
  };
  if (table) {
    for (std::size_t column = 0; column < table->columns(); ++column) {
      const std::string& header = table->headers()[column];
      if (header == "plot" || header == "site" || header == "label") {
        append(labels(*table, column).diagnostics);
      } else {
        append(numbers(*table, column).diagnostics);
      }
    }
  }
  return print(all);
}

TEST_CASE("Each wrong data file gets its messages") {
  const fs::path folder = fs::path(LMMDSL_ROOT) / "tests" / "golden" / "data";
  const char* accept = std::getenv("LMMDSL_ACCEPT");
  std::set<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".expected") files.insert(entry.path());
  }
  CHECK(files.size() >= 25);
  std::set<std::string> names;
  for (const fs::path& path : files) {
    CAPTURE(path.filename().string());
    CHECK(names.insert(path.stem().string()).second);  // two files would share one expected text
    fs::path expected = path;
    expected.replace_extension(".expected");
    const std::string judgement = judge(path);
    CHECK(!judgement.empty());
    if (accept != nullptr && std::string(accept) == "1") {
      std::ofstream(expected, std::ios::binary) << judgement;
    } else {
      CHECK(judgement == bytes(expected));
    }
  }
}

}  // namespace
}  // namespace lmmdsl
