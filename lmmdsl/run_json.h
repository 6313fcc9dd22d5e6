// run.json: what was run, with what result. A folder that has one is a folder of lmmdsl.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/model/settings.h"
#include "grammar/diagnostic.h"
#include "runtime/sampler.h"

namespace lmmdsl {

/// Everything that is recorded. Times are CPU seconds, of all threads together.
struct RunRecord {
  std::string status;  ///< "done", "interrupted" or "failed"
  std::string model_file, model_title, model_text;
  std::vector<Setting> constants;       ///< --set
  std::string data_file, data_fnv1a64;  ///< hash of the file as read
  struct GroupFile {
    std::string factor, file, fnv1a64;
    std::string path, copy;  ///< as those of the data
  };
  std::vector<GroupFile> tables;  ///< --table
  std::string data_path;          ///< absolute; empty for standard input
  std::string data_copy;          ///< the copy in the folder; empty if there is none
  char separator = 0;             ///< --sep; 0: found
  std::size_t rows = 0;
  std::vector<std::pair<std::string, std::size_t>> levels;  ///< factor and its number of levels
  std::map<std::string, std::string> headers;               ///< --map
  bool drop_missing = false;
  std::uint64_t most_bytes = BindOptions().most_bytes;  ///< --store-limit
  SampleSettings settings;
  std::string schedule, steps;                      ///< "textbook"; "theta, beta[plot], ..."
  std::vector<std::vector<Acceptance>> acceptance;  ///< by chain, of its Metropolised steps
  std::vector<std::size_t> kept;                    ///< draws of each chain
  std::vector<std::string> no_moments;              ///< variables that may have no mean
  std::vector<std::string> symmetric;               ///< matrices of which one triangle is shown
  std::vector<std::string> not_kept;                ///< on plates, figured while sampling
  std::vector<std::string> files;
  std::vector<std::string> messages;  ///< warnings and errors, as they were shown
  struct {
    double read = 0, compile = 0, warmup = 0, sampling = 0, summary = 0, write = 0;
  } timings;
};

std::string run_json(const RunRecord& record);

/// The record of a run.json; what it does not have stays empty. `file` is named in errors.
Result<RunRecord> read_run_json(const std::string& text, const std::string& file);

/// Whether this is a run.json that lmmdsl wrote.
bool is_run_json(const std::string& path);

/// 64-bit FNV-1a (Fowler, Noll and Vo) in hexadecimal, 16 digits: tells files apart, proves
/// nothing.
std::string fnv1a64(std::string_view bytes);
/// Of a text, which need not be in memory. Throws LostText.
std::string fnv1a64(const Source& source);

}  // namespace lmmdsl
