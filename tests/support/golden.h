// Golden files: expected texts beside the inputs that give them, rewritten by LMMDSL_ACCEPT=1.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

namespace lmmdsl::testing {

namespace fs = std::filesystem;

inline std::string read_golden(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

/// The models of a folder of tests/golden, sorted.
inline std::vector<fs::path> golden_models(const std::string& folder) {
  std::vector<fs::path> models;
  for (const auto& entry :
       fs::directory_iterator(fs::path(LMMDSL_ROOT) / "tests/golden" / folder)) {
    if (entry.path().extension() == ".lmm") models.push_back(entry.path());
  }
  std::sort(models.begin(), models.end());
  return models;
}

/// NAME.lmm -> NAME + extension.
inline fs::path golden_path(fs::path model, const std::string& extension) {
  return model.replace_extension(extension);
}

inline bool agrees_with_golden(const fs::path& expected, const std::string& found) {
  if (std::getenv("LMMDSL_ACCEPT")) std::ofstream(expected, std::ios::binary) << found;
  if (read_golden(expected) == found) return true;
  std::cerr << "---- " << expected.filename().string() << ", found:\n" << found << "----\n";
  return false;
}

}  // namespace lmmdsl::testing
