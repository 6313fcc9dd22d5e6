// CmdStan's CSV: draws-1.csv, draws-2.csv, ... (lmmdsl/draws_csv.h writes, read_cmdstan.h reads.)
#include <fmt/format.h>

#include <filesystem>

#include "lmmdsl/draws_csv.h"
#include "lmmdsl/exchange/formats.h"
#include "lmmdsl/exchange/read_cmdstan.h"

namespace lmmdsl {

Failure write_cmdstan(const Draws& draws, const RunRecord& record, const std::string& folder) {
  const std::string model = std::filesystem::path(record.model_file).stem().string();
  const double chains = std::max(draws.chains, 1);
  const DrawsHeader header{model.empty() ? "model" : model,
                           record.settings,
                           record.schedule,
                           record.timings.warmup / chains,
                           record.timings.sampling / chains,
                           true};
  for (int c = 0; c < draws.chains; ++c) {
    FileWriter file(fmt::format("{}/draws-{}.csv", folder, c + 1));
    write_draws(file, draws, c, header);
    if (Failure failure = file.close()) return failure;
  }
  return {};
}

std::vector<std::string> find_cmdstan(const std::vector<std::string>& files) {
  std::vector<std::string> found;
  for (const std::string& file : files)
    if (looks_like_cmdstan(beginning(file))) found.push_back(file);
  return found;
}

}  // namespace lmmdsl
