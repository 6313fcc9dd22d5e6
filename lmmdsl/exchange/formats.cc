#include "lmmdsl/exchange/formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "lmmdsl/display_width.h"
#include "lmmdsl/exchange/read_cmdstan.h"
#include "runtime/table.h"

namespace lmmdsl {
namespace fs = std::filesystem;

const std::vector<DrawsFormat>& draws_formats() {
  static const std::vector<DrawsFormat> rows = {
      {"cmdstan", "CmdStan's CSV, a file for each chain: rstan, posterior, cmdstanpy, ArviZ", true,
       write_cmdstan, find_cmdstan, read_cmdstan},
      {"coda", "CODAindex.txt and CODAchain1.txt, ...: R's coda, JAGS, BOA", true, write_coda,
       find_coda, read_coda},
      {"csv", "one table with .chain, .iteration and .draw, as posterior's draws_df", false,
       write_tidy, find_tidy, read_tidy},
      {"arviz-json", "InferenceData of ArviZ as JSON: arviz.from_json", false, write_arviz_json,
       find_arviz_json, read_arviz_json},
      {"arviz-netcdf", "InferenceData of ArviZ as NetCDF: arviz.from_netcdf, xarray", false,
       write_netcdf, find_netcdf, read_netcdf},
  };
  return rows;
}

std::string beginning(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string text(4096, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
  return text;
}

Result<Draws> read_foreign_draws(const std::string& path) {
  std::vector<std::string> files;
  std::error_code error;
  if (fs::is_directory(path, error)) {
    for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error))
      if (it->is_regular_file(error)) files.push_back(it->path().string());
    if (error)
      return *input_output_failure(fmt::format("cannot read the folder `{}`", printable(path)),
                                   error.value());
    std::sort(files.begin(), files.end(), natural_less);
  } else {
    files = {path};
  }
  std::string names;
  for (const DrawsFormat& format : draws_formats()) {
    const std::vector<std::string> found = format.find(files);
    if (!found.empty()) return format.read(found);
    names += (names.empty() ? "" : ", ") + format.name;
  }
  return plain_error(
      ExitCode::input_output, fmt::format("there are no draws in `{}`", printable(path)),
      fmt::format("a folder of `lmmdsl run --out`, or draws in one of the formats {}", names));
}

}  // namespace lmmdsl
