// Every model of models/, with the data that docs/models.md runs it on, is verified: the identity
// of its conditionals, calibration and the joint law.
//
// Risk: each model fails by chance with probability below 1e-9.

#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/run_model.h"
#include "support/walkthrough.h"

namespace lmmdsl::testing {
namespace {

struct Run {
  std::string model, data;
  BindOptions options;
};

/// "lmmdsl run MODEL DATA --map y=yield ...".
Run read_run(const std::string& command) {
  std::istringstream words(command);
  std::string program, verb, word;
  Run run;
  words >> program >> verb >> run.model >> run.data;
  while (words >> word) {
    if (word != "--map" || !(words >> word)) continue;
    const auto equals = word.find('=');
    run.options.headers[word.substr(0, equals)] = word.substr(equals + 1);
  }
  return run;
}

TEST_CASE("the models that come along are verified") {
  const std::string root = std::string(LMMDSL_ROOT) + "/";
  std::set<std::string> seen;
  for (const Command& command : commands_of(read_text(root + "docs/models.md"))) {
    const Run run = read_run(command.text);
    if (!run.model.starts_with("models/") || !seen.insert(run.model).second) continue;
    INFO(command.text);
    const Bound bound = bind_files(root + run.model, root + run.data, run.options);
    Progress progress;
    VerifyReport report;
    const Diagnostics errors = verify(
        bound, {.bind = run.options, .replicates = 50, .seed = 1, .threads = cores(), .risk = 1e-9},
        progress, report);
    INFO(print(errors));
    CHECK(report.verified);
  }
  CHECK(seen.size() >= 16);
}

}  // namespace
}  // namespace lmmdsl::testing
