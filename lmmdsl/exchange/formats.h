// Draws in the formats of other programs: one row each. To add one, write its two functions and its
// row in formats.cc.
#pragma once

#include <string>
#include <vector>

#include "lmmdsl/output.h"
#include "lmmdsl/run_json.h"
#include "runtime/draws.h"

namespace lmmdsl {

struct DrawsFormat {
  std::string name;  ///< as typed after --format
  std::string doc;
  bool folder;  ///< several files, in a folder; else one file
  /// Writes draws (auxiliary columns only where the format names scalars freely) to a file, or to
  /// files in a folder that exists. Null: cannot be written by this build.
  Failure (*write)(const Draws& draws, const RunRecord& record, const std::string& path);
  /// The files of a folder, or the one file, that are draws in this format, a chain each or all
  /// together; empty if there are none. A file is known by how it begins.
  std::vector<std::string> (*find)(const std::vector<std::string>& files);
  Result<Draws> (*read)(const std::vector<std::string>& files);
};

const std::vector<DrawsFormat>& draws_formats();

/// Draws of another program: a folder with files of one of the formats, or one such file.
Result<Draws> read_foreign_draws(const std::string& path);

/// The first bytes of a file, enough to tell formats apart; empty if it cannot be read.
std::string beginning(const std::string& file);

// The functions of the rows, each pair in its own file.
Failure write_cmdstan(const Draws&, const RunRecord&, const std::string& folder);
std::vector<std::string> find_cmdstan(const std::vector<std::string>& files);
Failure write_coda(const Draws&, const RunRecord&, const std::string& folder);
std::vector<std::string> find_coda(const std::vector<std::string>& files);
Result<Draws> read_coda(const std::vector<std::string>& files);
Failure write_tidy(const Draws&, const RunRecord&, const std::string& file);
std::vector<std::string> find_tidy(const std::vector<std::string>& files);
Result<Draws> read_tidy(const std::vector<std::string>& files);
Failure write_arviz_json(const Draws&, const RunRecord&, const std::string& file);
std::vector<std::string> find_arviz_json(const std::vector<std::string>& files);
Result<Draws> read_arviz_json(const std::vector<std::string>& files);
Failure write_netcdf(const Draws&, const RunRecord&, const std::string& file);
std::vector<std::string> find_netcdf(const std::vector<std::string>& files);
Result<Draws> read_netcdf(const std::vector<std::string>& files);

}  // namespace lmmdsl
