// The files of --out: complete, in the formats that others read, or not there at all.

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

#include "lmmdsl/draws_csv.h"
#include "lmmdsl/json_text.h"
#include "lmmdsl/output.h"
#include "lmmdsl/run_json.h"
#include "lmmdsl/summary_files.h"
#include "support/catch.h"
#include "unit/cli_draws.h"

namespace lmmdsl {
namespace {

namespace fs = std::filesystem;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

/// A folder that goes away with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "lmmdsl-test-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TemporaryFolder() { fs::remove_all(path_); }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void put(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::set<std::string> names_in(const std::string& path) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(path))
    names.insert(entry.path().filename().string());
  return names;
}

SummaryRow example_row() {
  SummaryRow r{};
  r.column = 1;
  r.mean = 0.1;
  r.mcse = kNan;
  r.sd = 2;
  r.mcse_sd = 1e-7;
  r.median = 100000;
  r.q5 = -kInf;
  r.q95 = 1.0 / 3;
  r.hpd_lower = -7.5;
  r.hpd_upper = kNan;
  r.rhat = 1.5;
  r.ess_bulk = 400;
  r.ess_tail = 300.5;
  return r;
}

Column labelled_column() {
  return {.name = "beta[plot=3, \"x\"]",
          .variable = "beta",
          .index = {3, 2},
          .labels = {{"plot", "3"}, {"component", "\"x\""}},
          .csv_name = "beta.3.2",
          .hyper = false};
}

TEST_CASE("summary.json has an object for each scalar") {
  const Draws draws = make_draws({labelled_column()}, 1, 1, [](auto...) { return 0.0; });
  CHECK(summary_json(draws, {{example_row()}}) ==
        "[\n"
        R"({"name": "beta[plot=3, \"x\"]", "variable": "beta", "index": [3, 2], )"
        R"("labels": {"plot": "3", "component": "\"x\""}, "mean": 0.1, "mcse": null, "sd": 2, )"
        R"("mcse_sd": 1e-07, "median": 1e+05, "q5": null, "q95": 0.3333333333333333, )"
        R"("hpd_lower": -7.5, "hpd_upper": null, )"
        R"("rhat": 1.5, "ess_bulk": 400, "ess_tail": 300.5})"
        "\n]\n");
  CHECK(nlohmann::json::parse(summary_json(draws, {{example_row()}})).size() == 1);
  CHECK(nlohmann::json::parse(summary_json(draws, {})).empty());
}

TEST_CASE("summary.csv names scalars as posterior does") {
  const Draws draws = make_draws({labelled_column()}, 1, 1, [](auto...) { return 0.0; });
  CHECK(summary_csv(draws, {{example_row()}}) ==
        "variable,mean,mcse,sd,mcse_sd,median,q5,q95,hpd_lower,hpd_upper,rhat,ess_bulk,"
        "ess_tail\n"
        "\"beta[3,2]\",0.1,,2,1e-07,1e+05,,0.3333333333333333,-7.5,,1.5,400,300.5\n");
}

TEST_CASE("Strings of JSON are escaped") {
  for (const std::string text : {"plain", "\"\\\n\t\x01\x1f", "σ 日本 😀", ""})
    CHECK(nlohmann::json::parse(json_string(text)).get<std::string>() == text);
  CHECK(json_string("a\xff") == "\"a\xEF\xBF\xBD\"");
}

TEST_CASE("Draws are written as CmdStan writes them") {
  Column auxiliary = scalar_column("sd(Sigma)");
  auxiliary.auxiliary = true;
  const double values[] = {-1.5, 0.1, 7};
  Draws draws =
      make_draws({labelled_column(), auxiliary}, 2, 3, [&](int c, std::size_t j, std::size_t i) {
        return values[j] + 100 * c + static_cast<double>(i);
      });
  draws.values[1][3] = kNan;
  draws.values[1][4] = -kInf;
  draws.kept[1] = 2;
  const TemporaryFolder folder;
  DrawsHeader header{"m", {.warmup = 10, .draws = 3, .thin = 5, .seed = 42}, "textbook", 0.25, 0.5};
  FileWriter file(folder / "d.csv");
  write_draws(file, draws, 1, header);
  CHECK_FALSE(file.close());
  std::string text = content(folder / "d.csv");
  const auto version = text.find("# lmmdsl_version");
  REQUIRE(version != text.npos);
  text.erase(version, text.find('\n', version) + 1 - version);
  CHECK(text ==
        "# stan_version_major = 2\n"
        "# stan_version_minor = 33\n"
        "# stan_version_patch = 0\n"
        "# model = m\n"
        "# method = sample\n"
        "#   sample\n"
        "#     num_samples = 10\n"
        "#     num_warmup = 10\n"
        "#     save_warmup = 0\n"
        "#     thin = 5\n"
        "#     algorithm = fixed_param\n"
        "#     metric = unit_e\n"
        "# id = 2\n"
        "# random\n"
        "#   seed = 42\n"
        "# schedule = textbook\n"
        "lp__,beta.3.2\n"
        "98.5,nan\n"
        "99.5,-inf\n"
        "# \n"
        "#  Elapsed Time: 0.250 seconds (Warm-up)\n"
        "#                0.500 seconds (Sampling)\n"
        "#                0.750 seconds (Total)\n"
        "# \n");
}

TEST_CASE("Draws read back as the same numbers, also beyond one buffer") {
  const std::size_t n = 300'000;
  const auto value = [](int, std::size_t j, std::size_t i) {
    return std::ldexp(1.0 / static_cast<double>(3 * i + j + 1), static_cast<int>(i % 200) - 100);
  };
  const Draws draws = make_draws({scalar_column("a"), scalar_column("b")}, 1, n, value);
  const TemporaryFolder folder;
  FileWriter file(folder / "d.csv");
  write_draws(file, draws, 0, {});
  CHECK_FALSE(file.close());
  std::istringstream lines(content(folder / "d.csv"));
  std::size_t i = 0, wrong = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line[0] == '#' || line[0] == 'l') continue;
    const char* p = line.c_str();
    for (std::size_t j = 0; j < 3; ++j) {
      char* end = nullptr;
      if (std::strtod(p, &end) != value(0, j, i)) ++wrong;
      if (*end != (j < 2 ? ',' : '\0')) ++wrong;
      p = end + 1;
    }
    ++i;
  }
  CHECK(i == n);
  CHECK(wrong == 0);
}

TEST_CASE("A full disk is noticed") {
  if (!fs::exists("/dev/full")) return;
  FileWriter file("/dev/full");
  file.write("text");
  const Failure failure = file.close();
  REQUIRE(failure);
  CHECK(failure->code == ExitCode::input_output);
  CHECK(failure->message == "cannot write `/dev/full`: No space left on device");
}

TEST_CASE("A file is replaced at once and keeps its mode") {
  const TemporaryFolder folder;
  put(folder / "m.lmm", "old");
  fs::permissions(folder / "m.lmm", fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("m.lmm", folder / "link.lmm");
  CHECK_FALSE(replace_file(folder / "link.lmm", "new"));
  CHECK(content(folder / "m.lmm") == "new");
  CHECK(fs::is_symlink(folder / "link.lmm"));
  CHECK(fs::status(folder / "m.lmm").permissions() ==
        (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(names_in(folder / "") == std::set<std::string>{"m.lmm", "link.lmm"});
  CHECK(replace_file(folder / "nowhere/m.lmm", "new"));
}

TEST_CASE("A pipe or device is written to, and stays what it is") {
  const TemporaryFolder folder;
  const std::string pipe = folder / "pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  const int reader = open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  REQUIRE(reader >= 0);
  CHECK_FALSE(replace_file(pipe, "text"));
  char read_back[8] = {};
  CHECK(read(reader, read_back, sizeof read_back) == 4);
  close(reader);
  CHECK(std::string(read_back) == "text");
  CHECK(fs::is_fifo(pipe));
}

TEST_CASE("A folder that is not ours is refused") {
  const TemporaryFolder folder;
  const std::string dir = folder / "fit";
  fs::create_directory(dir);
  CHECK(OutputFolder::open(dir, false));  // empty
  put(dir + "/thesis.tex", "");
  const auto refused = OutputFolder::open(dir, false);
  REQUIRE_FALSE(refused);
  CHECK(refused.diagnostics[0].code == ExitCode::input_output);
  CHECK(OutputFolder::open(dir, true));
  put(dir + "/run.json", "{\"program\": \"other\"}");
  CHECK_FALSE(OutputFolder::open(dir, false));
  put(dir + "/run.json", "{");
  CHECK_FALSE(OutputFolder::open(dir, false));
  put(dir + "/run.json", run_json({}));
  CHECK(OutputFolder::open(dir, false));
  CHECK_FALSE(OutputFolder::open(dir + "/thesis.tex", true));
}

TEST_CASE("Files appear together, and what an earlier run left is removed") {
  const TemporaryFolder folder;
  const std::string dir = folder / "a/b";
  {
    auto output = OutputFolder::open(dir, false);
    REQUIRE(output);
    for (const char* name : {"draws-1.csv", "draws-2.csv", "run.json"}) {
      FileWriter file = output->create(name);
      file.write(run_json({}));
      CHECK_FALSE(file.close());
    }
    CHECK(names_in(dir).count("run.json") == 0);
    CHECK_FALSE(output->publish({"draws-1.csv", "draws-2.csv", "run.json"}));
    CHECK(names_in(dir) == std::set<std::string>{"draws-1.csv", "draws-2.csv", "run.json"});
  }
  put(dir + "/notes.txt", "mine");
  put(dir + "/draws-x.csv", "mine");
  {
    auto output = OutputFolder::open(dir, false);
    REQUIRE(output);
    REQUIRE_FALSE(OutputFolder::open(dir, false));  // in use
    output->create("draws-1.csv").write("new");
    output->create("draws-7.csv").write("never published");
    CHECK_FALSE(output->publish({"draws-1.csv"}));
  }
  CHECK(names_in(dir) ==
        std::set<std::string>{"draws-1.csv", "draws-x.csv", "notes.txt", "run.json"});
  CHECK(content(dir + "/draws-1.csv") == "new");
}

TEST_CASE("Draws of others in a folder taken by force stay") {
  const TemporaryFolder folder;
  put(folder / "draws-9.csv", "theirs");
  auto output = OutputFolder::open(folder / "", true);
  REQUIRE(output);
  output->create("draws-1.csv").write("ours");
  CHECK_FALSE(output->publish({"draws-1.csv"}));
  CHECK(content(folder / "draws-9.csv") == "theirs");
}

TEST_CASE("run.json says what was run") {
  RunRecord record;
  record.status = "done";
  record.model_text = "y ~ Normal(0, 1)\n";
  record.data_file = "\xff.csv";
  record.settings.seed = 18446744073709551615u;
  record.levels = {{"plot", 10}};
  record.messages = {"warning"};
  const auto json = nlohmann::json::parse(run_json(record));
  CHECK(json["status"] == "done");
  CHECK(json["seed"] == 18446744073709551615u);
  CHECK(json["model"]["text"] == record.model_text);
  CHECK(json["data"]["levels"]["plot"] == 10);
  for (const char* key : {"read", "compile", "warmup", "sampling", "summary", "write"})
    CHECK(json["timings"].contains(key));
}

TEST_CASE("The hash is FNV-1a") {
  // Test vectors of Fowler, Noll and Vo.
  CHECK(fnv1a64("") == "cbf29ce484222325");
  CHECK(fnv1a64("a") == "af63dc4c8601ec8c");
  CHECK(fnv1a64("foobar") == "85944171f73967e8");
}

}  // namespace
}  // namespace lmmdsl
