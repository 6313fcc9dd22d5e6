// Runs the program as a user does: each file tests/golden/cli/NAME.test is a list of shell commands
// with what they print and their exit codes.
//
//     # A comment.
//     $ lmmdsl run line.lmm line.csv --sed 1
//     ! lmmdsl: error: `run` has no option `--sed`
//     ! ...
//     = 2
//
// `|` begins a line of standard output, `!` one of standard error. The commands of one file run in
// order in a new folder that holds copies of all models and data of tests/golden/cli. With
// LMMDSL_ACCEPT=1 in the environment what the program prints is written into the files.

#include <stdlib.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "support/catch.h"

namespace lmmdsl {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Each line with a mark before it.
std::string marked(char mark, const std::string& text) {
  std::istringstream lines(text);
  std::string result;
  for (std::string line; std::getline(lines, line);)
    result += mark + (line.empty() ? "" : " " + line) + '\n';
  return result;
}

/// Runs one command in a folder; gives what the test file should say of it.
std::string run(const std::string& command, const fs::path& folder, const fs::path& outside) {
  const fs::path out = outside / "stdout", err = outside / "stderr";
  const std::string line = "cd '" + folder.string() + "' && { " + command + "\n} > '" +
                           out.string() + "' 2> '" + err.string() + "' < /dev/null";
  const int status = std::system(line.c_str());
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  return marked('|', content(out)) + marked('!', content(err)) + "= " + std::to_string(code) + '\n';
}

/// Runs all commands of a test file; gives the file as it should be.
std::string replay(const fs::path& test, const fs::path& root) {
  const fs::path folder = root / test.stem();
  fs::create_directory(folder);
  for (const auto& entry : fs::directory_iterator(test.parent_path()))
    if (entry.path().extension() != ".test")
      fs::copy_file(entry.path(), folder / entry.path().filename());
  std::istringstream lines(content(test));
  std::string result;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && (line[0] == '|' || line[0] == '!' || line[0] == '=')) continue;
    result += line + '\n';
    if (line.starts_with("$ ")) result += run(line.substr(2), folder, root);
  }
  return result;
}

TEST_CASE("Each command line prints what its test file says", "[command_lines]") {
  const fs::path tests = fs::path(LMMDSL_ROOT) / "tests" / "golden" / "cli";
  const bool accept = std::getenv("LMMDSL_ACCEPT") != nullptr;
  std::string name = (fs::temp_directory_path() / "lmmdsl-cli-XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  const fs::path root = name;
  const char* path = std::getenv("PATH");
  setenv("PATH",
         (fs::path(LMMDSL_PROGRAM).parent_path().string() + ":" + (path ? path : "")).c_str(), 1);
  setenv("LC_ALL", "C", 1);

  int files = 0;
  for (const auto& entry : fs::directory_iterator(tests)) {
    if (entry.path().extension() != ".test") continue;
    ++files;
    CAPTURE(entry.path().filename().string());
    const std::string got = replay(entry.path(), root);
    if (accept) std::ofstream(entry.path(), std::ios::binary) << got;
    else CHECK(got == content(entry.path()));
  }
  CHECK(files > 5);
  fs::remove_all(root);
}

}  // namespace
}  // namespace lmmdsl
