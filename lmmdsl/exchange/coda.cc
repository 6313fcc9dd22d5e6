// CODA: an index file with a line `name first last` for each scalar, and for each chain a file with
// lines `iteration value`, the scalars one after the other.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "lmmdsl/display_width.h"
#include "lmmdsl/exchange/columns_of.h"
#include "lmmdsl/exchange/formats.h"
#include "lmmdsl/exchange/read_cmdstan.h"
#include "lmmdsl/json_text.h"
#include "runtime/table.h"

namespace lmmdsl {
namespace {

std::string coda_number(double x) {
  // What R's scan() reads.
  return std::isnan(x) ? "NA" : std::isinf(x) ? (x > 0 ? "Inf" : "-Inf") : json_number(x);
}

bool is_index(const std::string& file) {
  const std::string name = std::filesystem::path(file).filename().string();
  return name.ends_with("index.txt") || name.ends_with(".ind");
}

bool is_chain(const std::string& file) {
  const std::string name = std::filesystem::path(file).filename().string();
  return (name.find("chain") != name.npos && name.ends_with(".txt")) || name.ends_with(".out");
}

/// The words of a text, with the line of each.
class WordReader {
 public:
  explicit WordReader(std::string_view text) : text_(text) {}
  bool next(std::string_view& word) {
    while (!text_.empty() && is_blank(text_[0])) {
      if (text_[0] == '\n') ++line_;
      text_.remove_prefix(1);
    }
    std::size_t n = 0;
    while (n < text_.size() && !is_blank(text_[n])) ++n;
    word = text_.substr(0, n);
    text_.remove_prefix(n);
    return n > 0;
  }
  std::size_t line() const { return line_; }

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
  std::string_view text_;
  std::size_t line_ = 1;
};

Diagnostic unreadable(const std::string& file, std::size_t line, const std::string& what) {
  return plain_error(ExitCode::input_output,
                     fmt::format("`{}`, line {}: {}", printable(file), line, what));
}

template <class T>
bool read(std::string_view word, T& value) {
  if (word == "NA") word = "nan";
  const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  return error == std::errc() && stop == word.data() + word.size();
}

struct Entry {
  std::string name;
  std::size_t first = 0, last = 0;
};

Result<std::vector<Entry>> read_index(const std::string& file) {
  const Result<SourcePtr> source = read_file(file);
  if (!source) return source.diagnostics;
  WordReader words((*source)->text());
  std::vector<Entry> entries;
  for (std::string_view name, first, last; words.next(name);) {
    Entry e{std::string(name), 0, 0};
    if (!words.next(first) || !words.next(last) || !read(first, e.first) || !read(last, e.last) ||
        e.first < 1 || e.last < e.first)
      return unreadable(file, words.line(), "not a line `name first last`");
    if (!entries.empty() && e.last - e.first != entries[0].last - entries[0].first)
      return unreadable(file, words.line(), "the scalars have different numbers of draws");
    entries.push_back(std::move(e));
  }
  if (entries.empty()) return unreadable(file, 1, "there is no scalar in it");
  return entries;
}

Result<NumberTable> read_chain(const std::string& file, const std::vector<Entry>& entries) {
  const Result<SourcePtr> source = read_file(file);
  if (!source) return source.diagnostics;
  WordReader words((*source)->text());
  std::vector<double> values;
  for (std::string_view iteration, word; words.next(iteration);) {
    double value = 0;
    if (!words.next(word) || !read(word, value))
      return unreadable(file, words.line(), "not a line `iteration value`");
    values.push_back(value);
  }
  NumberTable table;
  for (const Entry& e : entries) {
    if (e.last > values.size())
      return unreadable(file, words.line(),
                        fmt::format("{} draws, but the index of `{}` ends at {}", values.size(),
                                    printable(e.name), e.last));
    table.names.push_back(e.name);
    table.columns.emplace_back(values.begin() + static_cast<std::ptrdiff_t>(e.first) - 1,
                               values.begin() + static_cast<std::ptrdiff_t>(e.last));
  }
  return table;
}

}  // namespace

Failure write_coda(const Draws& draws, const RunRecord& record, const std::string& folder) {
  const std::size_t n =
      draws.kept.empty() ? 0 : *std::min_element(draws.kept.begin(), draws.kept.end());
  const std::size_t thin = record.settings.thin;
  FileWriter index(folder + "/CODAindex.txt");
  std::size_t next = 1;
  for (const Column& column : draws.columns) {
    std::string name = column.variable == "lp__" ? "lp__" : bracket_name(column);
    std::replace(name.begin(), name.end(), ' ', '_');
    index.write(fmt::format("{} {} {}\n", name, next, next + n - 1));
    next += n;
  }
  if (Failure failure = index.close()) return failure;
  for (int c = 0; c < draws.chains; ++c) {
    FileWriter file(fmt::format("{}/CODAchain{}.txt", folder, c + 1));
    for (std::size_t j = 0; j < draws.columns.size(); ++j) {
      std::string text;
      for (std::size_t t = 0; t < n; ++t)
        text += fmt::format("{} {}\n", record.settings.warmup + (t + 1) * thin,
                            coda_number(draws.column(c, j)[t]));
      file.write(text);
    }
    if (Failure failure = file.close()) return failure;
  }
  return {};
}

std::vector<std::string> find_coda(const std::vector<std::string>& files) {
  std::vector<std::string> found;
  for (const std::string& file : files)
    if (is_index(file) && found.empty()) found.push_back(file);
  if (found.empty()) return {};
  for (const std::string& file : files)
    if (is_chain(file)) found.push_back(file);
  return found.size() > 1 ? found : std::vector<std::string>();
}

Result<Draws> read_coda(const std::vector<std::string>& files) {
  const Result<std::vector<Entry>> index = read_index(files[0]);
  if (!index) return index.diagnostics;
  const std::vector<std::string> chain_files(files.begin() + 1, files.end());
  std::vector<NumberTable> chains;
  for (const std::string& file : chain_files) {
    Result<NumberTable> chain = read_chain(file, *index);
    if (!chain) return chain.diagnostics;
    chains.push_back(std::move(*chain));
  }
  return assemble(std::move(chains), chain_files);
}

}  // namespace lmmdsl
