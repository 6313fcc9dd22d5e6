#include "lmmdsl/run_json.h"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "lmmdsl/display_width.h"
#include "lmmdsl/lmmdsl.h"

namespace lmmdsl {
namespace {

using Json = nlohmann::ordered_json;

/// To the microsecond.
double rounded(double seconds) { return std::round(seconds * 1e6) / 1e6; }

/// Of each Metropolised step, by chain.
Json acceptance(const std::vector<std::vector<Acceptance>>& by_chain) {
  Json all = Json::array();
  for (std::size_t c = 0; c < by_chain.size(); ++c) {
    for (const Acceptance& a : by_chain[c])
      all.push_back({{"chain", c + 1},
                     {"step", a.step + 1},
                     {"accepted", rounded(a.rate())},
                     {"walks_accepted", a.walks > 0 ? Json(rounded(a.walk_rate())) : Json()},
                     {"longest_run_of_rejections", a.longest_run},
                     {"left_out", a.left_out},
                     {"given_up", a.given_up},
                     {"not_needed", a.not_needed},
                     {"interweaved", a.interweaved},
                     {"collapsed", a.collapsed}});
  }
  return all;
}

}  // namespace

std::string run_json(const RunRecord& r) {
  Json levels = Json::object();
  for (const auto& [factor, count] : r.levels) levels[factor] = count;
  Json constants = Json::object();
  for (const Setting& s : r.constants) constants[s.name] = s.value;
  Json headers = Json::object();
  for (const auto& [name, header] : r.headers) headers[name] = header;
  Json tables = Json::array();
  for (const RunRecord::GroupFile& t : r.tables)
    tables.push_back({{"factor", t.factor},
                      {"file", t.file},
                      {"path", t.path.empty() ? Json(nullptr) : Json(t.path)},
                      {"copy", t.copy.empty() ? Json(nullptr) : Json(t.copy)},
                      {"fnv1a64", t.fnv1a64}});
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
       {{"file", r.data_file},
        {"path", r.data_path.empty() ? Json(nullptr) : Json(r.data_path)},
        {"copy", r.data_copy.empty() ? Json(nullptr) : Json(r.data_copy)},
        {"fnv1a64", r.data_fnv1a64},
        {"rows", r.rows},
        {"levels", levels},
        {"tables", tables}}},
      {"seed", r.settings.seed},
      {"settings",
       {{"chains", r.settings.chains},
        {"warmup", r.settings.warmup},
        {"draws", r.settings.draws},
        {"thin", r.settings.thin},
        {"threads", r.settings.threads},
        {"store_limit", r.most_bytes >> 20},
        {"set", constants},
        {"map", headers},
        {"sep", r.separator == 0 ? Json(nullptr) : Json(std::string(1, r.separator))},
        {"na", r.drop_missing ? Json("drop") : Json(nullptr)}}},
      {"schedule",
       {{"name", r.schedule}, {"steps", r.steps}, {"acceptance", acceptance(r.acceptance)}}},
      {"kept", r.kept},
      {"variables",
       {{"no_moments", r.no_moments}, {"symmetric", r.symmetric}, {"not_kept", r.not_kept}}},
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

namespace {

/// What acceptance() wrote; of `sweeps` proposals.
std::vector<std::vector<Acceptance>> read_acceptance(const Json& all, std::uint64_t sweeps) {
  std::vector<std::vector<Acceptance>> by_chain;
  try {
    for (const Json& entry : all) {
      const auto chain = entry.at("chain").get<std::size_t>();
      if (chain == 0 || chain > 1024) return {};
      if (by_chain.size() < chain) by_chain.resize(chain);
      Acceptance a;
      a.step = entry.at("step").get<int>() - 1;
      a.proposals = sweeps;
      a.accepted = static_cast<std::uint64_t>(
          std::llround(entry.at("accepted").get<double>() * static_cast<double>(sweeps)));
      a.longest_run = entry.at("longest_run_of_rejections").get<std::uint64_t>();
      a.left_out = entry.value("left_out", std::uint64_t{0});
      a.given_up = entry.at("given_up").get<bool>();
      a.not_needed = entry.value("not_needed", false);
      a.interweaved = entry.value("interweaved", false);
      a.collapsed = entry.value("collapsed", false);
      by_chain[chain - 1].push_back(a);
    }
  } catch (const Json::exception&) {
    return {};
  }
  return by_chain;
}

/// Reads members of JSON objects; a member of another type than expected is left out.
class Reader {
 public:
  explicit Reader(const Json& json) : json_(json) {}
  Reader operator[](const char* key) const {
    static const Json none;
    const auto found = json_.is_object() ? json_.find(key) : json_.end();
    return Reader(json_.is_object() && found != json_.end() ? *found : none);
  }
  template <class T>
  void get(T& value) const {
    try {
      if (!json_.is_null()) value = json_.get<T>();
    } catch (const Json::exception&) {
    }
  }

 private:
  const Json& json_;
};

}  // namespace

Result<RunRecord> read_run_json(const std::string& text, const std::string& file) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || json.value("program", Json()) != "lmmdsl")
    return plain_error(ExitCode::input_output,
                       fmt::format("`{}` is not a run.json that lmmdsl wrote", printable(file)));
  RunRecord r;
  const Reader root(json);
  root["status"].get(r.status);
  root["model"]["file"].get(r.model_file);
  root["model"]["title"].get(r.model_title);
  root["model"]["text"].get(r.model_text);
  root["data"]["file"].get(r.data_file);
  root["data"]["path"].get(r.data_path);
  root["data"]["copy"].get(r.data_copy);
  root["data"]["fnv1a64"].get(r.data_fnv1a64);
  root["data"]["rows"].get(r.rows);
  Json tables;
  root["data"]["tables"].get(tables);
  for (const Json& entry : tables) {
    const Reader table(entry);
    RunRecord::GroupFile& t = r.tables.emplace_back();
    table["factor"].get(t.factor);
    table["file"].get(t.file);
    table["path"].get(t.path);
    table["copy"].get(t.copy);
    table["fnv1a64"].get(t.fnv1a64);
  }
  std::map<std::string, std::size_t> levels;
  root["data"]["levels"].get(levels);
  r.levels.assign(levels.begin(), levels.end());
  root["seed"].get(r.settings.seed);
  const Reader settings = root["settings"];
  settings["chains"].get(r.settings.chains);
  settings["warmup"].get(r.settings.warmup);
  settings["draws"].get(r.settings.draws);
  settings["thin"].get(r.settings.thin);
  settings["threads"].get(r.settings.threads);
  std::uint64_t megabytes = r.most_bytes >> 20;
  settings["store_limit"].get(megabytes);
  r.most_bytes = megabytes << 20;
  settings["map"].get(r.headers);
  std::map<std::string, std::string> constants;
  settings["set"].get(constants);
  for (const auto& [name, value] : constants) r.constants.push_back({name, value});
  std::string na, separator;
  settings["na"].get(na);
  r.drop_missing = na == "drop";
  settings["sep"].get(separator);
  if (!separator.empty()) r.separator = separator[0];
  root["schedule"]["name"].get(r.schedule);
  root["schedule"]["steps"].get(r.steps);
  Json accepted = Json::array();
  root["schedule"]["acceptance"].get(accepted);
  r.acceptance = read_acceptance(accepted, r.settings.draws * r.settings.thin);
  root["kept"].get(r.kept);
  root["files"].get(r.files);
  root["variables"]["no_moments"].get(r.no_moments);
  root["variables"]["symmetric"].get(r.symmetric);
  root["variables"]["not_kept"].get(r.not_kept);
  root["warnings"].get(r.messages);
  const Reader timings = root["timings"];
  timings["read"].get(r.timings.read);
  timings["compile"].get(r.timings.compile);
  timings["warmup"].get(r.timings.warmup);
  timings["sampling"].get(r.timings.sampling);
  timings["summary"].get(r.timings.summary);
  timings["write"].get(r.timings.write);
  return r;
}

bool is_run_json(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const Json json = Json::parse(file, nullptr, /*allow_exceptions=*/false);
  return json.is_object() && json.value("program", Json()) == "lmmdsl";
}

namespace {

constexpr std::uint64_t kOfNothing = 0xcbf29ce484222325;

std::uint64_t go_on(std::uint64_t hash, std::string_view bytes) {
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace

std::string fnv1a64(std::string_view bytes) {
  return fmt::format("{:016x}", go_on(kOfNothing, bytes));
}

std::string fnv1a64(const Source& source) {
  constexpr std::size_t kPiece = std::size_t{1} << 18;
  std::uint64_t hash = kOfNothing;
  std::vector<char> buffer;
  for (std::size_t at = 0; at < source.size(); at += kPiece)
    hash = go_on(hash, source.piece(at, std::min(at + kPiece, source.size()), buffer));
  return fmt::format("{:016x}", hash);
}

}  // namespace lmmdsl
