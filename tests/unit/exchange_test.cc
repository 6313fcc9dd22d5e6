// Draws written in each format are read back as they were.
#include <stdlib.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "lmmdsl/exchange/columns_of.h"
#include "lmmdsl/exchange/formats.h"
#include "lmmdsl/exchange/variables.h"
#include "support/catch.h"
#include "unit/cli_draws.h"

namespace lmmdsl {
namespace {

namespace fs = std::filesystem;

/// A scalar, a plate of two factors, a vector on a plate, a matrix, a plate of a factor that is
/// called as the chains are.
Draws example() {
  std::vector<Column> columns = {scalar_column("mu")};
  const auto entry = [&](const std::string& variable, std::vector<int> index,
                         std::vector<std::pair<std::string, std::string>> labels) {
    Column c{.name = variable,
             .variable = variable,
             .index = index,
             .labels = labels,
             .csv_name = variable,
             .hyper = labels[0].first == "component"};
    for (const int i : index) c.csv_name += "." + std::to_string(i);
    columns.push_back(c);
  };
  entry("w", {1}, {{"block", "W1"}, {"variety", "A"}});
  entry("w", {2}, {{"block", "W2"}, {"variety", "B, \"b\""}});
  for (const int k : {1, 2})
    for (const int plot : {1, 2, 3})
      entry("beta", {plot, k},
            {{"plot", "p" + std::to_string(plot)}, {"component", k == 1 ? "1" : "x"}});
  for (const int j : {1, 2})
    for (const int i : {1, 2})
      entry("Sigma", {i, j}, {{"component", std::to_string(i)}, {"component", std::to_string(j)}});
  entry("tau", {1}, {{"chain", "a\\"}});
  entry("tau", {2}, {{"chain", "NaN \"b"}});
  return make_draws(columns, 3, 7, [](int c, std::size_t j, std::size_t t) {
    return std::sin(1.0 + 100 * c + 10 * static_cast<double>(j)) / 3 + static_cast<double>(t);
  });
}

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "lmmdsl-exchange-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

TEST_CASE("draws survive each format") {
  Draws draws = example();
  draws.values[1][draws.per_chain * 2 + 3] = NAN;
  for (const DrawsFormat& format : draws_formats()) {
    INFO(format.name);
    const Folder folder;
    const std::string path = format.folder ? folder.path() : folder.path() + "/draws.json";
    RunRecord record;
    record.model_file = "m.lmm";
    record.settings.warmup = 5;
    const Failure failure = format.write(draws, record, path);
    REQUIRE_FALSE(failure);
    const Result<Draws> back = read_foreign_draws(folder.path());
    for (const Diagnostic& d : back.diagnostics) UNSCOPED_INFO(d.message);
    REQUIRE(back);
    REQUIRE(back->chains == 3);
    REQUIRE(back->per_chain == 7);
    REQUIRE(back->columns.size() == draws.columns.size());
    for (const Column& column : back->columns) {
      std::size_t j = 0;
      while (j < draws.columns.size() && draws.columns[j].csv_name != column.csv_name) ++j;
      INFO(column.csv_name);
      REQUIRE(j < draws.columns.size());
      CHECK(column.variable == draws.columns[j].variable);
      CHECK(column.index == draws.columns[j].index);
      const auto at = static_cast<std::size_t>(&column - back->columns.data());
      for (int c = 0; c < 3; ++c)
        for (std::size_t t = 0; t < 7; ++t) {
          const double was = draws.column(c, j)[t], is = back->column(c, at)[t];
          CHECK((was == is || (std::isnan(was) && std::isnan(is))));
        }
    }
  }
}

TEST_CASE("InferenceData keeps the labels") {
  const Folder folder;
  const std::string file = folder.path() + "/fit.json";
  REQUIRE_FALSE(write_arviz_json(example(), {}, file));
  const Result<Draws> back = read_arviz_json({file});
  REQUIRE(back);
  std::vector<std::string> names;
  for (const Column& c : back->columns) names.push_back(c.name);
  const auto has = [&](const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  CHECK(has("beta[plot=p2, x]"));
  CHECK(has("w[block:variety=W1:A]"));
  CHECK(has("Sigma[1, 2]"));
  CHECK(has("tau[chain_=a\\]"));
}

TEST_CASE("arrays have the dimensions of the labels") {
  const std::vector<DrawsVariable> variables = variables_of(example());
  REQUIRE(variables.size() == 5);
  CHECK(variables[0].dimensions.empty());
  CHECK(variables[1].dimensions[0].name == "block:variety");
  CHECK(variables[1].dimensions[0].labels == std::vector<std::string>{"W1:A", "W2:B, \"b\""});
  const DrawsVariable& beta = variables[2];
  REQUIRE(beta.dimensions.size() == 2);
  CHECK(beta.dimensions[0].labels.size() == 3);
  CHECK(beta.dimensions[1].name == "beta_component");
  const Draws draws = example();
  CHECK(draws.columns[beta.columns[0 * 2 + 1]].csv_name == "beta.1.2");
  CHECK(draws.columns[beta.columns[2 * 2 + 0]].csv_name == "beta.3.1");
  CHECK(variables[3].dimensions[0].name == "Sigma_row");
  CHECK(variables[4].dimensions[0].name == "chain_");
}

TEST_CASE("names of other programs") {
  CHECK(column_of("beta.3.2").index == std::vector<int>{3, 2});
  CHECK(column_of("beta.3.2").variable == "beta");
  CHECK(column_of("beta[3,2]").csv_name == "beta.3.2");
  CHECK(column_of("a.b.3").variable == "a.b");
  CHECK(column_of("sigma^2").variable == "sigma^2");
  CHECK(column_of("x[a]").index.empty());
  CHECK(column_of("x.").index.empty());
  CHECK(column_of("[1]").index.empty());
  CHECK(is_of_sampler("lp__"));
  CHECK_FALSE(is_of_sampler("lp"));
}

TEST_CASE("files that are not draws are refused with the place") {
  const Folder folder;
  const auto reads = [&](const std::string& name, const std::string& text) -> std::string {
    const std::string file = folder.path() + "/" + name;
    std::ofstream(file) << text;
    const Result<Draws> draws = read_foreign_draws(file);
    return draws ? "" : draws.diagnostics[0].message.substr(file.size() + 2);
  };
  CHECK(reads("a.csv", "lp__,mu\n1,2\n3\n") == ", line 3: 1 values, but the header has 2 names");
  CHECK(reads("a.csv", "lp__,mu\n1,2,3\n") ==
        ", line 2: more values than the 2 names of the header");
  CHECK(reads("a.csv", "lp__,mu\n1,1e\n") == ", line 2: `1e` is not a number");
  CHECK(reads("a.json", R"({"posterior": {"x": [1, 2]}})") == ": `x` has no chains and draws");
  CHECK(reads("a.json", R"({"posterior": {"x": [[1, 2], [3]]}})") ==
        ": `x` is not an array of 2 chains x 2 draws of numbers");
  CHECK(reads("a.json", R"({"posterior": )") == ": no InferenceData with a group `posterior`");
}

}  // namespace
}  // namespace lmmdsl
