// Explanations of all models of models/, in a folder of their own, and programs that read them.
#pragma once

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "support/run_model.h"

namespace lmmdsl::testing {

namespace fs = std::filesystem;

/// A folder that lives as long as this.
class Folder {
 public:
  Folder() : path(fs::temp_directory_path() / ("lmmdsl-documents-" + std::to_string(getpid()))) {
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  fs::path write(const std::string& name, const std::string& text) const {
    std::ofstream(path / name, std::ios::binary) << text;
    return path / name;
  }

  const fs::path path;
};

inline bool has_program(const std::string& name) {
  return std::system(("command -v " + name + " > /dev/null 2>&1").c_str()) == 0;
}

/// What a shell command prints.
inline std::string output_of(const std::string& command) {
  std::string text;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (!pipe) return text;
  char part[4096];
  while (const std::size_t n = std::fread(part, 1, sizeof part, pipe)) text.append(part, n);
  pclose(pipe);
  return text;
}

/// The models of the project, and one whose names and labels are hostile.
inline std::vector<SourcePtr> documented_models() {
  std::vector<SourcePtr> models;
  for (const auto& entry : fs::directory_iterator(fs::path(LMMDSL_ROOT) / "models")) {
    if (entry.path().extension() == ".lmm")
      models.push_back(must(read_file(entry.path().string())));
  }
  models.push_back(text("hostile.lmm",
                        "model \"50% of $x_1 & <b>y</b> # {~^} \\\\ |ß| ∑ 漢\"\n"
                        "data y, a_b_c, θ_1 : real  # <script>alert(1)</script> & \"$\"\n"
                        "data g : factor\n"
                        "t = (g == \"A & B <i>$%_#{}~^\\\\'\")\n"
                        "a_rather_long_name = a_b_c^2\n"
                        "y ~ Normal(b0 + b_1 * a_b_c + b_2 * t + b_3 * θ_1 + b_4 * "
                        "a_rather_long_name + u[g], σ²)\n"
                        "u[g] ~ Normal(0, tau_u^2)\n"
                        "b0 ~ Normal(0, 1e6)\nb_1 ~ Flat()\nb_2 ~ Normal(0, 1e-6)\n"
                        "b_3 ~ Normal(0, 1)\nb_4 ~ Normal(0, 1)\n"
                        "tau_u^2 ~ InverseGamma(1, 1)\nσ² ~ InverseGamma(1/2, 1/2)\n"));
  return models;
}

inline std::string document(const SourcePtr& model, Format format) {
  return must(explain(must(compile(model)), {.format = format, .detail = Detail::full}));
}

}  // namespace lmmdsl::testing
