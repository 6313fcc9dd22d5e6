#include "lmmdsl/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <random>
#include <thread>

#include "lmmdsl/display_width.h"
#include "lmmdsl/named_row.h"

namespace lmmdsl {
namespace {

constexpr std::uint64_t kMostChains = 1024;
constexpr std::uint64_t kMostSweeps = 1'000'000'000;
constexpr std::uint64_t kMostThreads = 1024;
constexpr std::uint64_t kMostLag = 100'000;
constexpr std::uint64_t kMostMegabytes = 1'000'000'000;
constexpr std::uint64_t kMostSeed = std::numeric_limits<std::uint64_t>::max();

/// Moves errors to `errors`, and gives the value or its default.
template <class T>
T take(Result<T> result, Diagnostics& errors, T otherwise = {}) {
  for (Diagnostic& d : result.diagnostics) errors.push_back(std::move(d));
  return result ? std::move(*result) : otherwise;
}

/// "a=b=c" -> a and b=c; nothing if either side is empty.
std::optional<std::pair<std::string, std::string>> split_pair(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == 0 || equals == text.npos || equals + 1 == text.size()) return std::nullopt;
  return std::pair(text.substr(0, equals), text.substr(equals + 1));
}

}  // namespace

Diagnostic refuse_command(std::string message, std::string hint) {
  return plain_error(ExitCode::command_line, std::move(message), std::move(hint));
}

Result<std::uint64_t> whole_number(const std::string& option, const std::string& text,
                                   std::uint64_t least, std::uint64_t most) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  const bool digits = !text.empty() && stop == end;
  if (digits && error == std::errc() && least <= value && value <= most) return value;
  const std::string said = text.empty() ? "nothing" : fmt::format("`{}`", printable(text, 40));
  const std::string range =
      most == kMostSeed ? "below 2^64" : fmt::format("from {} to {}", least, most);
  return refuse_command(fmt::format("`{}` takes a whole number {}, not {}", option, range, said));
}

Result<char> separator(const std::string& text) {
  if (text == "comma") return ',';
  if (text == "tab" || text == "\\t") return '\t';
  if (text == "semicolon") return ';';
  if (text == "blank" || text == "space") return ' ';
  // Bytes of longer characters, quotes and digits cannot separate cells.
  if (text.size() == 1) {
    const char c = text[0];
    const bool usable = (c > ' ' && c < 0x7F && c != '"' && c != '\'' && c != '.' && c != '-' &&
                         c != '+' && c != '_' && !std::isalnum(static_cast<unsigned char>(c))) ||
                        c == ' ' || c == '\t';
    if (usable) return c;
  }
  return refuse_command(fmt::format("`--sep` takes one character that separates cells, not `{}`",
                                    printable(text, 40)),
                        "also comma, tab, semicolon or blank");
}

const OptionRow kSepRow = {"--sep",
                           "CHAR",
                           "what separates cells, also comma, tab, semicolon, blank (found)",
                           "",
                           false,
                           "",
                           {"comma", "tab", "semicolon", "blank"}};

std::vector<std::string> split_names(const std::string& text) {
  std::vector<std::string> names(1);
  int depth = 0;
  for (const char c : text) {
    if (c == '[' || c == '(') ++depth;
    if (c == ']' || c == ')') --depth;
    if (c == ',' && depth == 0) {
      names.emplace_back();
    } else if (c != ' ' || depth > 0) {
      names.back() += c;
    }
  }
  std::erase(names, "");
  return names;
}

Result<std::string> schedule_option(const Arguments& arguments) {
  const std::string name = arguments.get("--schedule", "auto");
  Diagnostics errors;
  if (row_named(schedules(), "schedule", name, errors) == nullptr) return errors;
  return name;
}

void check_schedule_without_data(const Arguments& arguments, Diagnostics& errors) {
  if (arguments.has("--schedule") && arguments.get("--schedule") != "textbook")
    errors.push_back(refuse_command(
        "which factors nest is known from data: without them there is the textbook schedule",
        "name a data file"));
}

Result<std::uint64_t> seed_option(const Arguments& arguments) {
  if (!arguments.has("--seed")) return std::uint64_t{std::random_device{}()};
  return whole_number("--seed", arguments.get("--seed"), 0, kMostSeed);
}

const std::vector<OptionRow> kModelOptionRows = {
    {"--set", "NAME=VALUE", "this constant of the model has this value (repeatable)", "", true},
};

Result<std::vector<Setting>> model_options(const Arguments& arguments) {
  std::vector<Setting> settings;
  Diagnostics errors;
  const auto given = arguments.values.find("--set");
  if (given == arguments.values.end()) return settings;
  for (const std::string& text : given->second) {
    const auto pair = split_pair(text);
    if (pair) settings.push_back({pair->first, pair->second});
    else
      errors.push_back(
          refuse_command(fmt::format("`--set` takes NAME=VALUE, not `{}`", printable(text, 40)),
                         "as in  --set nu0=4"));
  }
  if (!errors.empty()) return errors;
  return settings;
}

const std::vector<OptionRow> kDataOptionRows = {
    {"--table", "FACTOR=FILE", "a table with a row for each level of FACTOR (repeatable)", "",
     true},
    {"--map", "NAME=HEADER", "the data column NAME has this header in the file (repeatable)", "",
     true},
    kSepRow,
    {"--na", "drop", "leave out rows with NA in a covariate or factor", "", false, "", {"drop"}},
};

Result<DataOptions> data_options(const Arguments& arguments) {
  DataOptions options;
  Diagnostics errors;
  const auto maps = arguments.values.find("--map");
  if (maps != arguments.values.end()) {
    for (const std::string& text : maps->second) {
      const auto pair = split_pair(text);
      if (!pair) {
        errors.push_back(refuse_command(
            fmt::format("`--map` takes NAME=HEADER, not `{}`", printable(text, 40))));
      } else if (!options.bind.headers.insert(*pair).second) {
        errors.push_back(
            refuse_command(fmt::format("`--map` gives `{}` twice", printable(pair->first, 40))));
      }
    }
  }
  const auto tables = arguments.values.find("--table");
  if (tables != arguments.values.end()) {
    for (const std::string& text : tables->second) {
      const auto pair = split_pair(text);
      if (pair) options.tables.push_back(*pair);
      else
        errors.push_back(refuse_command(
            fmt::format("`--table` takes FACTOR=FILE, not `{}`", printable(text, 40)),
            "as in  --table school=schools.csv"));
    }
  }
  if (arguments.has("--sep"))
    options.read.separator = take(separator(arguments.get("--sep")), errors);
  const std::string na = arguments.get("--na", "drop");
  if (na != "drop")
    errors.push_back(
        refuse_command(fmt::format("`--na` takes `drop`, not `{}`", printable(na, 40))));
  options.bind.drop_missing = arguments.has("--na");
  if (!errors.empty()) return errors;
  return options;
}

const OptionRow kFormatRow = {
    "--format", "NAME", "text, or unicode: θ, σ², Σ⁻¹ (text)", "", false, "", {"text", "unicode"}};

Result<bool> unicode_format(const Arguments& arguments) {
  const std::string format = arguments.get("--format", "text");
  if (format == "text") return false;
  if (format == "unicode") return true;
  return refuse_command(
      fmt::format("`--format` takes text or unicode, not `{}`", printable(format, 40)));
}

const OptionRow kTableFormatRow = {"--format", "NAME", "table, csv or json (table)", "",
                                   false,      "",     {"table", "csv", "json"}};

const OptionRow kSummaryFormatRow = {
    "--format", "NAME", "table, csv, json, markdown or latex (table)", "",
    false,      "",     {"table", "csv", "json", "markdown", "latex"}};

const std::vector<OptionRow> kIntervalOptionRows = {
    {"--interval",
     "KIND",
     "show the interval hpd (highest density) or equal (equal tails)",
     "",
     false,
     "",
     {"hpd", "equal"}},
    {"--prob", "P", "the share of the draws in the interval (0.95)"},
};

Result<IntervalChoice> interval_choice(const Arguments& arguments) {
  IntervalChoice choice;
  Diagnostics errors;
  const std::string kind = arguments.get("--interval");
  if (kind == "hpd") choice.kind = IntervalKind::hpd;
  else if (kind == "equal") choice.kind = IntervalKind::equal;
  else if (arguments.has("--interval"))
    errors.push_back(refuse_command(
        fmt::format("`--interval` takes hpd or equal, not `{}`", printable(kind, 40))));
  if (arguments.has("--prob")) {
    const std::string text = arguments.get("--prob");
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, choice.probability);
    if (error != std::errc() || stop != end || !(choice.probability > 0) ||
        !(choice.probability < 1))
      errors.push_back(refuse_command(fmt::format(
          "`--prob` takes a number between 0 and 1, such as 0.9, not `{}`", printable(text, 40))));
    else if (!arguments.has("--interval")) choice.kind = IntervalKind::hpd;
  }
  if (!errors.empty()) return errors;
  return choice;
}
const OptionRow kScheduleOptionRow = {
    "--schedule",
    "NAME",
    "which parameters are drawn together: textbook, blocked, interweave, marginal (auto)",
    "",
    false,
    "",
    {"textbook", "blocked", "interweave", "marginal", "auto"}};

const std::vector<OptionRow> kRunOptionRows = [] {
  std::vector<OptionRow> rows = {
      {"--chains", "N", "independent chains (4)"},
      {"--warmup", "N", "sweeps before the first kept draw (500)"},
      {"--draws", "N", "kept draws of each chain (2500)"},
      {"--thin", "N", "sweeps for each kept draw (1)"},
      {"--seed", "N", "the same seed gives the same draws (drawn, and shown)"},
      {"--threads", "N", "for chains at the same time, then for large plates (as the machine has)"},
      kScheduleOptionRow,
      {"--out", "DIR", "write draws, summaries and run.json to this folder"},
      {"--force", "", "with --out: write to a folder that is not of lmmdsl"},
      {"--quiet", "", "print warnings and errors only"},
      {"--json", "", "print the summary as JSON, and nothing else"},
      {"--vars", "A,B", "show these variables, whole"},
      {"--store", "A,B", "keep the draws of these quantities on the rows or on large plates"},
      {"--store-limit", "MB", "keep no draws of plates where they take more megabytes (256)"},
      {"--without",
       "A,B",
       "leave out what makes sweeps fast, to compare: lanes, statistics",
       "",
       false,
       "",
       {"lanes", "statistics"}},
      {"--acf", "LAG", "show autocorrelations up to this lag (50)", "", false, "50"},
  };
  rows.insert(rows.end(), kModelOptionRows.begin(), kModelOptionRows.end());
  rows.insert(rows.end(), kIntervalOptionRows.begin(), kIntervalOptionRows.end());
  rows.insert(rows.end(), kDataOptionRows.begin(), kDataOptionRows.end());
  return rows;
}();

/// --without: passes that can be left out.
void read_without(const Arguments& arguments, BindOptions& bind, Diagnostics& errors) {
  if (!arguments.has("--without")) return;
  const std::vector<std::string> names = split_names(arguments.get("--without"));
  if (names.empty())
    errors.push_back(refuse_command("`--without` takes lanes, statistics or both, not nothing"));
  for (const std::string& name : names) {
    if (name == "lanes") bind.lanes = false;
    else if (name == "statistics") bind.statistics = false;
    else
      errors.push_back(refuse_command(
          fmt::format("`--without` does not know `{}`", printable(name, 40)), "lanes, statistics"));
  }
}

Result<RunOptions> run_options(const Arguments& arguments) {
  RunOptions options;
  Diagnostics errors;
  const auto number = [&](const std::string& option, std::uint64_t otherwise, std::uint64_t least,
                          std::uint64_t most) {
    if (!arguments.has(option)) return otherwise;
    return take(whole_number(option, arguments.get(option), least, most), errors, otherwise);
  };
  SampleSettings& s = options.sampling;
  s.chains = static_cast<int>(number("--chains", 4, 1, kMostChains));
  s.warmup = number("--warmup", 500, 0, kMostSweeps);
  s.draws = number("--draws", 2500, 1, kMostSweeps);
  s.thin = number("--thin", 1, 1, kMostSweeps);
  s.seed = take(seed_option(arguments), errors);
  const unsigned hardware = std::max(1u, std::thread::hardware_concurrency());
  s.threads = static_cast<int>(number("--threads", hardware, 1, kMostThreads));
  options.acf = static_cast<int>(number("--acf", 0, 1, kMostLag));

  options.schedule = take(schedule_option(arguments), errors, options.schedule);
  options.out = arguments.get("--out");
  if (arguments.has("--out") && options.out.empty())
    errors.push_back(refuse_command("`--out` takes the name of a folder, not nothing"));
  options.force = arguments.has("--force");
  options.quiet = arguments.has("--quiet");
  options.json = arguments.has("--json");
  if (options.json && options.acf > 0)
    errors.push_back(
        refuse_command("`--json` prints the summary alone: it does not go with `--acf`"));
  options.variables = split_names(arguments.get("--vars"));
  if (arguments.has("--vars") && options.variables.empty())
    errors.push_back(
        refuse_command("`--vars` takes names of variables with commas between, not nothing"));
  options.settings = take(model_options(arguments), errors);
  options.interval = take(interval_choice(arguments), errors);
  options.data = take(data_options(arguments), errors);
  options.data.bind.store = split_names(arguments.get("--store"));
  if (arguments.has("--store") && options.data.bind.store.empty())
    errors.push_back(
        refuse_command("`--store` takes names of quantities with commas between, not nothing"));
  options.data.bind.draws = s.draws * static_cast<std::uint64_t>(s.chains);
  options.data.bind.most_bytes = number("--store-limit", 256, 0, kMostMegabytes) << 20;
  read_without(arguments, options.data.bind, errors);
  options.data.bind.schedule = options.schedule;
  if (!errors.empty()) return errors;
  return options;
}

}  // namespace lmmdsl
