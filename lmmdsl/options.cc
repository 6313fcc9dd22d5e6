#include "lmmdsl/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <random>
#include <thread>

#include "lmmdsl/display_width.h"

namespace lmmdsl {
namespace {

constexpr std::uint64_t kMostChains = 1024;
constexpr std::uint64_t kMostSweeps = 1'000'000'000;
constexpr std::uint64_t kMostThreads = 1024;
constexpr std::uint64_t kMostLag = 100'000;
constexpr std::uint64_t kMostSeed = std::numeric_limits<std::uint64_t>::max();

const std::vector<std::string> kSchedules = {"textbook"};

Diagnostic refuse(std::string message, std::string hint = {}) {
  return plain_error(ExitCode::command_line, std::move(message), std::move(hint));
}

/// Moves errors to `errors`, and gives the value or its default.
template <class T>
T take(Result<T> result, Diagnostics& errors, T otherwise = {}) {
  for (Diagnostic& d : result.diagnostics) errors.push_back(std::move(d));
  return result ? std::move(*result) : otherwise;
}

}  // namespace

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
  return refuse(fmt::format("`{}` takes a whole number {}, not {}", option, range, said));
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
  return refuse(fmt::format("`--sep` takes one character that separates cells, not `{}`",
                            printable(text, 40)),
                "also comma, tab, semicolon or blank");
}

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

const std::vector<OptionRow> kDataOptionRows = {
    {"--map", "NAME=HEADER", "the data column NAME has this header in the file (repeatable)", "",
     true},
    {"--sep", "CHAR", "what separates cells, also comma, tab, semicolon, blank (found)"},
    {"--na", "drop", "leave out rows with NA in a covariate or factor"},
};

Result<DataOptions> data_options(const Arguments& arguments) {
  DataOptions options;
  Diagnostics errors;
  const auto maps = arguments.values.find("--map");
  if (maps != arguments.values.end()) {
    for (const std::string& text : maps->second) {
      const auto equals = text.find('=');
      if (equals == 0 || equals == text.npos || equals + 1 == text.size()) {
        errors.push_back(
            refuse(fmt::format("`--map` takes NAME=HEADER, not `{}`", printable(text, 40))));
      } else if (!options.bind.headers.emplace(text.substr(0, equals), text.substr(equals + 1))
                      .second) {
        errors.push_back(
            refuse(fmt::format("`--map` gives `{}` twice", printable(text.substr(0, equals), 40))));
      }
    }
  }
  if (arguments.has("--sep"))
    options.read.separator = take(separator(arguments.get("--sep")), errors);
  const std::string na = arguments.get("--na", "drop");
  if (na != "drop")
    errors.push_back(refuse(fmt::format("`--na` takes `drop`, not `{}`", printable(na, 40))));
  options.bind.drop_missing = arguments.has("--na");
  if (!errors.empty()) return errors;
  return options;
}

const std::vector<OptionRow> kRunOptionRows = [] {
  std::vector<OptionRow> rows = {
      {"--chains", "N", "independent chains (4)"},
      {"--warmup", "N", "sweeps before the first kept draw (500)"},
      {"--draws", "N", "kept draws of each chain (2500)"},
      {"--thin", "N", "sweeps for each kept draw (1)"},
      {"--seed", "N", "the same seed gives the same draws (drawn, and shown)"},
      {"--threads", "N", "chains run at the same time (as many as the machine can)"},
      {"--schedule", "NAME",
       "order of the updates: textbook, as the model's statements (textbook)"},
      {"--out", "DIR", "write draws, summaries and run.json to this folder"},
      {"--force", "", "with --out: write to a folder that is not of lmmdsl"},
      {"--quiet", "", "print warnings and errors only"},
      {"--json", "", "print the summary as JSON, and nothing else"},
      {"--vars", "A,B", "show these variables, whole"},
      {"--acf", "LAG", "show autocorrelations up to this lag (50)", "", false, "50"},
  };
  rows.insert(rows.end(), kDataOptionRows.begin(), kDataOptionRows.end());
  return rows;
}();

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
  s.seed = number("--seed", arguments.has("--seed") ? 0 : std::random_device{}(), 0, kMostSeed);
  const unsigned hardware = std::max(1u, std::thread::hardware_concurrency());
  s.threads = static_cast<int>(number("--threads", hardware, 1, kMostThreads));
  options.acf = static_cast<int>(number("--acf", 0, 1, kMostLag));

  options.schedule = arguments.get("--schedule", options.schedule);
  if (std::find(kSchedules.begin(), kSchedules.end(), options.schedule) == kSchedules.end())
    errors.push_back(
        refuse(fmt::format("there is no schedule `{}`", printable(options.schedule, 40)),
               fmt::format("schedules: {}", fmt::join(kSchedules, ", "))));
  options.out = arguments.get("--out");
  if (arguments.has("--out") && options.out.empty())
    errors.push_back(refuse("`--out` takes the name of a folder, not nothing"));
  options.force = arguments.has("--force");
  options.quiet = arguments.has("--quiet");
  options.json = arguments.has("--json");
  if (options.json && options.acf > 0)
    errors.push_back(refuse("`--json` prints the summary alone: it does not go with `--acf`"));
  options.variables = split_names(arguments.get("--vars"));
  if (arguments.has("--vars") && options.variables.empty())
    errors.push_back(refuse("`--vars` takes names of variables with commas between, not nothing"));
  options.data = take(data_options(arguments), errors);
  if (!errors.empty()) return errors;
  return options;
}

}  // namespace lmmdsl
