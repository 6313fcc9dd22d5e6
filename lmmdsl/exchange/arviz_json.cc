// InferenceData of ArviZ as JSON (arviz.from_json, InferenceData.to_json): the groups posterior and
// sample_stats, arrays of chains x draws x dimensions; dims and coords name the dimensions. What is
// not finite is written as Python's json writes it: NaN, Infinity.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "lmmdsl/display_width.h"
#include "lmmdsl/exchange/columns_of.h"
#include "lmmdsl/exchange/formats.h"
#include "lmmdsl/exchange/variables.h"
#include "lmmdsl/json_text.h"
#include "lmmdsl/lmmdsl.h"
#include "runtime/summary.h"
#include "runtime/table.h"

namespace lmmdsl {
namespace {

using Json = nlohmann::ordered_json;

std::string number_text(double x) {
  return std::isnan(x)   ? "NaN"
         : std::isinf(x) ? (x > 0 ? "Infinity" : "-Infinity")
                         : json_number(x);
}

std::string array(const std::vector<std::string>& texts) {
  std::string text = "[";
  for (const std::string& t : texts) text += (text.size() > 1 ? ", " : "") + json_string(t);
  return text + "]";
}

/// The entries of one draw, from dimension k on, as nested arrays.
void append_entries(std::string& text, const DrawsVariable& variable, const Draws& draws, int chain,
                    std::size_t draw, std::size_t k, std::size_t& at) {
  if (k == variable.dimensions.size()) {
    const std::size_t j = variable.columns[at++];
    text += number_text(j == kNoColumn ? NAN : draws.column(chain, j)[draw]);
    return;
  }
  text += '[';
  for (std::size_t i = 0; i < variable.dimensions[k].labels.size(); ++i) {
    if (i > 0) text += ',';
    append_entries(text, variable, draws, chain, draw, k + 1, at);
  }
  text += ']';
}

void append_variable(std::string& text, const DrawsVariable& variable, const Draws& draws,
                     std::size_t length) {
  text += json_string(variable.name) + ": [";
  for (int c = 0; c < draws.chains; ++c) {
    text += c > 0 ? ",[" : "[";
    for (std::size_t t = 0; t < length; ++t) {
      if (t > 0) text += ',';
      std::size_t at = 0;
      append_entries(text, variable, draws, c, t, 0, at);
    }
    text += ']';
  }
  text += ']';
}

/// Python's NaN and Infinity outside strings as null, which our parser knows.
std::string without_nan(const std::string& text) {
  std::string result;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') inside = !inside;
    if (inside && text[i] == '\\') result += text[i++];  // what is escaped ends no string
    if (!inside && (text.compare(i, 3, "NaN") == 0 || text.compare(i, 8, "Infinity") == 0 ||
                    text.compare(i, 9, "-Infinity") == 0)) {
      result += "null";
      i += text[i] == 'N' ? 2 : text[i] == 'I' ? 7 : 8;
    } else if (i < text.size()) {
      result += text[i];
    }
  }
  return result;
}

Diagnostic unreadable(const std::string& file, const std::string& what) {
  return plain_error(ExitCode::input_output, fmt::format("`{}`: {}", printable(file), what));
}

/// Appends the numbers of nested arrays; false where they are not of the shape.
bool flatten(const Json& json, const std::vector<std::size_t>& shape, std::size_t k,
             std::vector<double>& to) {
  if (k == shape.size()) {
    if (!json.is_number() && !json.is_null()) return false;
    to.push_back(json.is_null() ? NAN : json.get<double>());
    return true;
  }
  if (!json.is_array() || json.size() != shape[k]) return false;
  return std::all_of(json.begin(), json.end(),
                     [&](const Json& part) { return flatten(part, shape, k + 1, to); });
}

std::vector<std::string> labels_of(const Json& json) {
  std::vector<std::string> labels;
  if (json.is_array())
    for (const Json& label : json)
      labels.push_back(label.is_string() ? label.get<std::string>() : label.dump());
  return labels;
}

}  // namespace

Failure write_arviz_json(const Draws& draws, const RunRecord& record, const std::string& path) {
  FileWriter file(path);
  const std::vector<DrawsVariable> variables = variables_of(draws);
  const std::size_t length = draws.chains > 0 ? complete_chains(draws, 0)[0].size() : 0;
  file.write(
      fmt::format("{{\"posterior_attrs\": {{\"inference_library\": \"lmmdsl\", "
                  "\"inference_library_version\": {}, \"model\": {}, \"seed\": {}}},\n",
                  json_string(version()), json_string(record.model_text), record.settings.seed));
  std::map<std::string, std::vector<std::string>> coordinates;
  std::string dims;
  for (const DrawsVariable& variable : variables) {
    std::vector<std::string> names;
    for (const Dimension& d : variable.dimensions) {
      names.push_back(d.name);
      coordinates[d.name] = d.labels;
    }
    if (names.empty()) continue;
    dims += (dims.empty() ? "" : ", ") + json_string(variable.name) + ": " + array(names);
  }
  std::string coords;
  for (const auto& [name, labels] : coordinates)
    coords += (coords.empty() ? "" : ",\n ") + json_string(name) + ": " + array(labels);
  file.write("\"dims\": {" + dims + "},\n\"coords\": {" + coords + "},\n\"posterior\": {");
  const char* between = "\n";
  for (const DrawsVariable& variable : variables) {
    std::string text = between;
    between = ",\n";
    append_variable(text, variable, draws, length);
    file.write(text);
  }
  std::string text = "},\n\"sample_stats\": {";
  append_variable(text, {"lp", {}, {0}}, draws, length);
  file.write(text + "}}\n");
  return file.close();
}

std::vector<std::string> find_arviz_json(const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    const std::string text = beginning(file);
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first != text.npos && text[first] == '{' && file.ends_with(".json") &&
        text.find("\"posterior") != text.npos)
      return {file};
  }
  return {};
}

Result<Draws> read_arviz_json(const std::vector<std::string>& files) {
  const std::string& file = files[0];
  const Result<SourcePtr> source = read_file(file);
  if (!source) return source.diagnostics;
  Json json = Json::parse((*source)->text(), nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded())
    json = Json::parse(without_nan((*source)->text()), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("posterior") || !json["posterior"].is_object())
    return unreadable(file, "no InferenceData with a group `posterior`");

  std::vector<DrawsArray> arrays;
  std::size_t chains = 0, length = 0;
  for (const auto& [name, values] : json["posterior"].items()) {
    std::vector<std::size_t> shape;
    for (const Json* level = &values; level->is_array(); level = &(*level)[0]) {
      shape.push_back(level->size());
      if (level->empty()) break;
    }
    if (shape.size() < 2)
      return unreadable(file, fmt::format("`{}` has no chains and draws", printable(name)));
    if (arrays.empty()) chains = shape[0], length = shape[1];
    DrawsArray array{{name, {}, {}}, {}};
    if (chains != shape[0] || length != shape[1] || !flatten(values, shape, 0, array.values))
      return unreadable(file, fmt::format("`{}` is not an array of {} chains x {} draws of numbers",
                                          printable(name), chains, length));
    std::vector<std::string> dims;
    for (const char* key : {"dims", "posterior_dims"})
      if (json.contains(key) && json[key].is_object() && json[key].contains(name))
        dims = labels_of(json[key][name]);
    for (std::size_t k = 2; k < shape.size(); ++k) {
      Dimension d{k - 2 < dims.size() ? dims[k - 2] : fmt::format("{}_dim_{}", name, k - 2), {}};
      if (json.contains("coords") && json["coords"].is_object() && json["coords"].contains(d.name))
        d.labels = labels_of(json["coords"][d.name]);
      if (d.labels.size() != shape[k]) {
        d.labels.clear();
        for (std::size_t i = 1; i <= shape[k]; ++i) d.labels.push_back(std::to_string(i));
      }
      array.variable.dimensions.push_back(std::move(d));
    }
    arrays.push_back(std::move(array));
  }
  std::vector<double> lp;
  if (json.contains("sample_stats") && json["sample_stats"].is_object() &&
      json["sample_stats"].contains("lp"))
    flatten(json["sample_stats"]["lp"], {chains, length}, 0, lp);
  return draws_of(arrays, chains, length, lp);
}

}  // namespace lmmdsl
