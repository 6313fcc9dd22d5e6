// Reference posteriors: a folder with one case each, found through LMMDSL_CASES (by default
// ../shared/cases beside the repository). A case has data.csv and expected.json, which gives for
// each scalar a mean and a standard deviation with their Monte Carlo errors, and quantiles.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lmmdsl::testing {

inline std::filesystem::path cases_folder() {
  if (const char* folder = std::getenv("LMMDSL_CASES"); folder && *folder) return folder;
  return std::filesystem::path(LMMDSL_ROOT) / ".." / "shared" / "cases";
}

/// A file beside the reference cases, such as data/pdensity.dat.
inline std::filesystem::path beside_cases(const std::string& path) {
  return cases_folder().lexically_normal().parent_path() / path;
}

/// What is known of one scalar of a posterior.
struct Expected {
  std::string name;  ///< beta[1,2]: elements of a plate by first appearance of their labels
  double mean = 0, sd = 0;
  double mcse = 0;                ///< 0: exact
  std::optional<double> mcse_sd;  ///< nothing: not known, although the sd is not exact
  bool heavy_tail = false;        ///< compare quantiles
  std::vector<std::pair<double, double>> quantiles;  ///< probability and value
  double quantile_ess = 0;                           ///< effective draws behind the quantiles
};

inline std::vector<Expected> read_expected(const std::filesystem::path& file) {
  std::ifstream stream(file);
  const nlohmann::json root = nlohmann::json::parse(stream);
  std::vector<Expected> all;
  for (const auto& [name, entry] : root.at("parameters").items()) {
    Expected e;
    e.name = name;
    e.mean = entry.at("mean");
    e.sd = entry.at("sd");
    e.mcse = entry.at("mcse");
    if (e.mcse == 0) e.mcse_sd = 0;
    else if (entry.contains("mcse_sd") && entry["mcse_sd"].is_number())
      e.mcse_sd = entry["mcse_sd"];
    e.heavy_tail = entry.value("heavy_tail", false);
    for (const auto& [key, p] :
         {std::pair{"q2.5", 0.025}, {"q25", 0.25}, {"q50", 0.5}, {"q75", 0.75}, {"q97.5", 0.975}})
      e.quantiles.emplace_back(p, entry.at(key));
    if (entry.contains("ess")) e.quantile_ess = entry["ess"];
    else if (entry.contains("quantiles_source"))
      for (const auto& other : entry.at("other"))
        if (other.at("source") == entry["quantiles_source"]) e.quantile_ess = other.at("ess");
    all.push_back(std::move(e));
  }
  return all;
}

}  // namespace lmmdsl::testing
