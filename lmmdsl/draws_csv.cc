#include "lmmdsl/draws_csv.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstring>
#include <memory>
#include <vector>

#include "lmmdsl/display_width.h"
#include "lmmdsl/lmmdsl.h"

namespace lmmdsl {
namespace {

constexpr std::size_t kBuffer = 8 << 20;  // bytes; most files are one write
constexpr std::size_t kLongest = 32;      // bytes of a number and its comma

/// A buffer in front of a file.
class Buffer {
 public:
  explicit Buffer(FileWriter& file)
      : file_(file), bytes_(std::make_unique_for_overwrite<char[]>(kBuffer)), at_(bytes_.get()) {}
  ~Buffer() { flush(); }

  void number(double x) {
    make_room();
    if (std::isfinite(x)) {
      at_ = std::to_chars(at_, at_ + kLongest - 1, x).ptr;
    } else {
      const char* word = std::isnan(x) ? "nan" : x > 0 ? "inf" : "-inf";
      const std::size_t n = std::strlen(word);
      std::memcpy(at_, word, n);
      at_ += n;
    }
    *at_++ = ',';
  }
  /// Ends a line: the last comma becomes its end.
  void end_line() { at_[-1] = '\n'; }
  void flush() {
    file_.write({bytes_.get(), at_});
    at_ = bytes_.get();
  }

 private:
  /// Keeps the last comma in the buffer, where end_line can reach it.
  void make_room() {
    if (bytes_.get() + kBuffer - at_ < static_cast<std::ptrdiff_t>(kLongest)) flush();
  }
  FileWriter& file_;
  std::unique_ptr<char[]> bytes_;
  char* at_;
};

std::string comments(const Draws& draws, int chain, const DrawsHeader& header) {
  const SampleSettings& s = header.settings;
  const std::size_t kept = draws.kept[chain];
  return fmt::format(
      "# stan_version_major = 2\n"
      "# stan_version_minor = 33\n"
      "# stan_version_patch = 0\n"
      "# model = {}\n"
      "# method = sample\n"
      "#   sample\n"
      "#     num_samples = {}\n"
      "#     num_warmup = {}\n"
      "#     save_warmup = 0\n"
      "#     thin = {}\n"
      "#     algorithm = fixed_param\n"
      "#     metric = unit_e\n"
      "# id = {}\n"
      "# random\n"
      "#   seed = {}\n"
      "# lmmdsl_version = {}\n"
      "# schedule = {}\n",
      printable(header.model), kept * s.thin, s.warmup, s.thin, chain + 1, s.seed, version(),
      header.schedule);
}

/// Letters, digits, underscores, and the dots before indices.
std::string stan_name(const std::string& name) {
  std::string result;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name.compare(i, 2, "^2") == 0) {
      result += "_sq";
      ++i;
    } else {
      const char c = name[i];
      const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                         (c >= 'A' && c <= 'Z') || c == '_' || c == '.';
      result += plain ? c : '_';
    }
  }
  return result;
}

}  // namespace

void write_draws(FileWriter& file, const Draws& draws, int chain, const DrawsHeader& header) {
  std::vector<const double*> columns;
  std::string names;
  for (std::size_t j = 0; j < draws.columns.size(); ++j) {
    if (draws.columns[j].auxiliary) continue;
    columns.push_back(draws.column(chain, j));
    const std::string& name = draws.columns[j].csv_name;
    names += (names.empty() ? "" : ",") + (header.stan_names ? stan_name(name) : name);
  }
  file.write(comments(draws, chain, header) + names + '\n');
  {
    Buffer buffer(file);
    for (std::size_t i = 0; i < draws.kept[chain]; ++i) {
      for (const double* column : columns) buffer.number(column[i]);
      buffer.end_line();
    }
  }
  file.write(
      fmt::format("# \n"
                  "#  Elapsed Time: {:.3f} seconds (Warm-up)\n"
                  "#                {:.3f} seconds (Sampling)\n"
                  "#                {:.3f} seconds (Total)\n"
                  "# \n",
                  header.warmup_seconds, header.sampling_seconds,
                  header.warmup_seconds + header.sampling_seconds));
}

}  // namespace lmmdsl
