#include "lmmdsl/run_json.h"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "lmmdsl/lmmdsl.h"

namespace lmmdsl {
namespace {

using Json = nlohmann::ordered_json;

/// To the microsecond.
double rounded(double seconds) { return std::round(seconds * 1e6) / 1e6; }

}  // namespace

std::string run_json(const RunRecord& r) {
  Json levels = Json::object();
  for (const auto& [factor, count] : r.levels) levels[factor] = count;
  Json headers = Json::object();
  for (const auto& [name, header] : r.headers) headers[name] = header;
  const Json json = {
      {"program", "lmmdsl"},
      {"versions", {{"lmmdsl", version()}, {"compiler", __VERSION__}, {"format", 1}}},
      {"status", r.status},
      {"model",
       {{"file", r.model_file},
        {"title", r.model_title},
        {"fnv1a64", fnv1a64(r.model_text)},
        {"text", r.model_text}}},
      {"data",
       {{"file", r.data_file}, {"fnv1a64", r.data_fnv1a64}, {"rows", r.rows}, {"levels", levels}}},
      {"seed", r.settings.seed},
      {"settings",
       {{"chains", r.settings.chains},
        {"warmup", r.settings.warmup},
        {"draws", r.settings.draws},
        {"thin", r.settings.thin},
        {"threads", r.settings.threads},
        {"map", headers},
        {"na", r.drop_missing ? Json("drop") : Json(nullptr)}}},
      {"schedule", {{"name", r.schedule}, {"steps", r.steps}}},
      {"kept", r.kept},
      {"files", r.files},
      {"timings",
       {{"read", rounded(r.timings.read)},
        {"compile", rounded(r.timings.compile)},
        {"warmup", rounded(r.timings.warmup)},
        {"sampling", rounded(r.timings.sampling)},
        {"summary", rounded(r.timings.summary)},
        {"write", rounded(r.timings.write)}}},
      {"warnings", r.messages}};
  // File names need not be UTF-8.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

bool is_run_json(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const Json json = Json::parse(file, nullptr, /*allow_exceptions=*/false);
  return json.is_object() && json.value("program", Json()) == "lmmdsl";
}

std::string fnv1a64(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return fmt::format("{:016x}", hash);
}

}  // namespace lmmdsl
