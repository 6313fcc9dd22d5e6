// The commands of README.md and examples/*.md work as they stand, and what is quoted of their
// output agrees with what they print: figures within Monte Carlo error, other lines of `explain`
// word by word.

#include <sys/wait.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/walkthrough.h"

namespace lmmdsl::testing {
namespace {

namespace fs = std::filesystem;

struct Outcome {
  int code = -1;
  std::string out;
};

/// Runs a command in a folder that has the repository's models and examples, and nothing else.
class Workplace {
 public:
  Workplace() {
    std::string name = (fs::temp_directory_path() / "lmmdsl-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    folder_ = name;
    for (const char* part : {"models", "examples"})
      fs::create_directory_symlink(fs::path(LMMDSL_ROOT) / part, folder_ / part);
  }
  ~Workplace() { fs::remove_all(folder_); }

  Outcome run(const std::string& command) const {
    const std::string words = command.substr(std::string("lmmdsl").size());
    const std::string line = "cd '" + folder_.string() + "' && '" LMMDSL_PROGRAM "'" + words;
    Outcome outcome;
    FILE* pipe = popen(line.c_str(), "r");
    if (!pipe) return outcome;
    char buffer[4096];
    for (std::size_t n; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;)
      outcome.out.append(buffer, n);
    const int status = pclose(pipe);
    if (WIFEXITED(status)) outcome.code = WEXITSTATUS(status);
    return outcome;
  }

 private:
  fs::path folder_;
};

std::vector<fs::path> pages() {
  std::vector<fs::path> found{fs::path(LMMDSL_ROOT) / "README.md",
                              fs::path(LMMDSL_ROOT) / "docs/models.md"};
  for (const auto& entry : fs::directory_iterator(fs::path(LMMDSL_ROOT) / "examples"))
    if (entry.path().extension() == ".md") found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  std::istringstream stream(text);
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

double number_or_nan(const nlohmann::json& value) {
  return value.is_number() ? value.get<double>() : NAN;
}

/// The scalar of summary.json whose name begins the quoted line; null if there is none.
const nlohmann::json* scalar_of(const nlohmann::json& summary, const std::string& line) {
  for (const auto& scalar : summary)
    if (line.starts_with(scalar.at("name").get<std::string>() + " ")) return &scalar;
  return nullptr;
}

/// Figures in the order of the table: mean, sd, MCSE, 5 %, 50 %, 95 %. The quoted run and this one
/// may have different draws (another processor): errors of both, 6 standard errors each, and
/// rounding.
void compare_figures(const nlohmann::json& scalar, const std::string& line) {
  const std::string name = scalar.at("name");
  const std::vector<std::string> quoted = words_of(line.substr(name.size()));
  REQUIRE(quoted.size() >= 6);
  const double spread = number_or_nan(scalar["q95"]) - number_or_nan(scalar["q5"]);
  const double ess = std::min(number_or_nan(scalar["ess_bulk"]), number_or_nan(scalar["ess_tail"]));
  const double error = spread / 3.29 / std::sqrt(ess);  // of a mean, were it normal
  const struct {
    const char* key;
    double errors;
  } figures[] = {{"mean", 9}, {"sd", 12}, {"mcse", 1e9}, {"q5", 25}, {"median", 14}, {"q95", 25}};
  for (int i = 0; i < 6; ++i) {
    INFO(name << ", " << figures[i].key << ": quoted " << quoted[i]);
    const double ours = number_or_nan(scalar[figures[i].key]);
    if (quoted[i] == "–") {
      CHECK(std::isnan(ours));
      continue;
    }
    CHECK(std::abs(std::stod(quoted[i]) - ours) <= figures[i].errors * error);
  }
}

void compare_run(const Workplace& place, const Command& command) {
  const Outcome outcome = place.run(command.text + " --json 2>/dev/null");
  REQUIRE(outcome.code == 0);
  const nlohmann::json summary = nlohmann::json::parse(outcome.out);
  for (const std::string& line : command.quoted)
    if (const nlohmann::json* scalar = scalar_of(summary, line)) compare_figures(*scalar, line);
}

/// Each quoted line stands in the output, blanks aside; "..." is for lines left out.
void compare_text(const Outcome& outcome, const Command& command) {
  std::vector<std::vector<std::string>> printed;
  for (const std::string& line : lines_of(outcome.out)) printed.push_back(words_of(line));
  for (const std::string& line : command.quoted) {
    if (line.empty() || line == "...") continue;
    INFO("quoted: " << line << "\nprinted:\n" << outcome.out);
    CHECK(std::find(printed.begin(), printed.end(), words_of(line)) != printed.end());
  }
}

TEST_CASE("walk-throughs") {
  const Workplace place;
  for (const fs::path& page : pages()) {
    for (const Command& command : commands_of(read_text(page))) {
      INFO(page.filename().string() << ":" << command.line << ": " << command.text);
      const std::vector<std::string> words = words_of(command.text);
      if (!command.model.empty()) {
        REQUIRE(words.size() > 2);
        std::vector<std::string> model;
        for (const std::string& line : lines_of(read_text(fs::path(LMMDSL_ROOT) / words[2])))
          model.push_back(statement(line));
        for (const std::string& line : command.model) {
          INFO("quoted of the model: " << line);
          CHECK(std::find(model.begin(), model.end(), line) != model.end());
        }
      }
      const Outcome outcome = place.run(command.text + " 2>&1");
      INFO(outcome.out);
      REQUIRE(outcome.code == 0);
      if (words[1] == "run") compare_run(place, command);
      if (words[1] == "explain" || words[1] == "check") compare_text(outcome, command);
    }
  }
}

}  // namespace
}  // namespace lmmdsl::testing
