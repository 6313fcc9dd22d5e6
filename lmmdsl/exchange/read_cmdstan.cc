#include "lmmdsl/exchange/read_cmdstan.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "lmmdsl/display_width.h"
#include "lmmdsl/exchange/columns_of.h"
#include "runtime/table.h"

namespace lmmdsl {
namespace {

Diagnostic unreadable_line(const std::string& file, std::size_t line, const std::string& what) {
  return plain_error(ExitCode::input_output,
                     fmt::format("`{}`, line {}: {}", printable(file), line, what));
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

/// The value of a comment "#     num_warmup = 1000 (Default)"; false for other comments.
bool setting(std::string_view comment, std::string_view key, std::size_t& value) {
  comment = trimmed(comment.substr(1));
  if (!comment.starts_with(key)) return false;
  comment = trimmed(comment.substr(key.size()));
  if (comment.empty() || comment[0] != '=') return false;
  comment = trimmed(comment.substr(1));
  return std::from_chars(comment.data(), comment.data() + comment.size(), value).ec == std::errc();
}

/// std::from_chars knows "nan" and "inf", but no sign "+".
bool read_number(std::string_view text, double& value) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc::result_out_of_range && stop == end) return true;  // 0 or inf is near it
  return error == std::errc() && stop == end;
}

Result<NumberTable> read_chain(const std::string& file, std::string_view text) {
  NumberTable table;
  std::size_t warmup = 0, save_warmup = 0, thin = 1, line_number = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++line_number;
    if (line.empty()) continue;
    if (line[0] == '#') {
      setting(line, "num_warmup", warmup) || setting(line, "save_warmup", save_warmup) ||
          setting(line, "thin", thin);
      continue;
    }
    const bool header = table.names.empty();
    std::size_t j = 0;
    for (bool more = true; more; ++j) {
      const auto comma = std::min(line.find(','), line.size());
      const std::string_view cell = trimmed(line.substr(0, comma));
      more = comma < line.size();
      line.remove_prefix(std::min(comma + 1, line.size()));
      if (header) {
        table.names.emplace_back(cell);
        continue;
      }
      double value = 0;
      if (j >= table.names.size())
        return unreadable_line(
            file, line_number,
            fmt::format("more values than the {} names of the header", table.names.size()));
      if (!read_number(cell, value))
        return unreadable_line(file, line_number,
                               fmt::format("`{}` is not a number", printable(cell, 40)));
      table.columns[j].push_back(value);
    }
    if (header) table.columns.resize(table.names.size());
    else if (j < table.names.size())
      return unreadable_line(
          file, line_number,
          fmt::format("{} values, but the header has {} names", j, table.names.size()));
  }
  if (table.names.empty())
    return plain_error(
        ExitCode::input_output,
        fmt::format("`{}` has no header with the names of the draws", printable(file)));
  if (save_warmup == 1) {
    const std::size_t drop =
        std::min(warmup / std::max<std::size_t>(thin, 1), table.columns[0].size());
    for (auto& column : table.columns)
      column.erase(column.begin(), column.begin() + static_cast<std::ptrdiff_t>(drop));
  }
  return table;
}

}  // namespace

bool looks_like_cmdstan(std::string_view text) {
  if (text.starts_with("# stan_version_major")) return true;
  const std::string_view first = text.substr(0, std::min(text.find('\n'), text.size()));
  return first.starts_with("lp__,") || first == "lp__";
}

Result<Draws> assemble(std::vector<NumberTable> chains, const std::vector<std::string>& files) {
  const NumberTable& first = chains.front();
  for (std::size_t c = 1; c < chains.size(); ++c)
    if (chains[c].names != first.names)
      return plain_error(ExitCode::input_output,
                         fmt::format("`{}` and `{}` are not chains of one model: "
                                     "their headers differ",
                                     printable(files.front()), printable(files[c])));
  Draws draws;
  std::vector<std::ptrdiff_t> from;  // columns of the file; -1: zeros
  const auto lp = std::find(first.names.begin(), first.names.end(), "lp__");
  draws.columns.push_back(column_of("lp__"));
  from.push_back(lp == first.names.end() ? -1 : lp - first.names.begin());
  for (std::size_t j = 0; j < first.names.size(); ++j) {
    if (is_of_sampler(first.names[j])) continue;
    draws.columns.push_back(column_of(first.names[j]));
    from.push_back(static_cast<std::ptrdiff_t>(j));
  }
  draws.chains = static_cast<int>(chains.size());
  for (const NumberTable& chain : chains) {
    draws.kept.push_back(chain.columns.empty() ? 0 : chain.columns[0].size());
    draws.per_chain = std::max(draws.per_chain, draws.kept.back());
  }
  for (std::size_t c = 0; c < chains.size(); ++c) {
    std::vector<double>& values =
        draws.values.emplace_back(draws.columns.size() * draws.per_chain, 0.0);
    for (std::size_t j = 0; j < from.size(); ++j)
      if (from[j] >= 0) {
        auto& column = chains[c].columns[static_cast<std::size_t>(from[j])];
        std::copy(column.begin(), column.end(),
                  values.begin() + static_cast<std::ptrdiff_t>(j * draws.per_chain));
        column = {};
      }
  }
  return draws;
}

Result<Draws> read_cmdstan(const std::vector<std::string>& files) {
  std::vector<NumberTable> chains;
  for (const std::string& file : files) {
    const Result<SourcePtr> source = read_file(file);
    if (!source) return source.diagnostics;
    Result<NumberTable> chain = read_chain(file, (*source)->text());
    if (!chain) return chain.diagnostics;
    chains.push_back(std::move(*chain));
  }
  return assemble(std::move(chains), files);
}

}  // namespace lmmdsl
