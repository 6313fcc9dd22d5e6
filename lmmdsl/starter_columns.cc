#include "lmmdsl/starter_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "grammar/token.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/magnitude.h"
#include "runtime/table/digits.h"

namespace lmmdsl {
namespace {

constexpr std::size_t kFewLevels = 5;  // fewer say little about a variance between levels
constexpr std::size_t kMostContrasts = 20;
constexpr std::size_t kLeastRows = 3;

Diagnostic refuse_table(std::string message, std::string hint = {}) {
  return plain_error(ExitCode::refused, std::move(message), std::move(hint));
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// A name for a header: itself if it is one, else its letters and digits. Those of a group make
/// two more names.
std::string name_for(const std::string& header, bool group, std::set<std::string>& taken) {
  std::string name;
  for (const char c : header) {
    if (is_letter(c) || is_digit(c)) name += c;
    else if (!name.empty() && name.back() != '_') name += '_';
  }
  while (!name.empty() && name.back() == '_') name.pop_back();
  if (name.empty() || !is_letter(name[0])) name = "x" + name;
  if (name.size() > 60) name.resize(60);
  std::string free = name;
  const auto names_of = [&](const std::string& x) {
    return group ? std::vector<std::string>{x, effects_of(x), spread_of(x)}
                 : std::vector<std::string>{x};
  };
  const auto is_free = [&](const std::string& x) {
    return taken.count(x) == 0 && keyword(x) == TokenKind::name;
  };
  std::vector<std::string> names = names_of(free);
  for (int k = 2; !std::all_of(names.begin(), names.end(), is_free); ++k) {
    free = fmt::format("{}_{}", name, k);
    names = names_of(free);
  }
  taken.insert(names.begin(), names.end());
  return free;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

StarterColumn starter_column(const std::string& header, bool as_labels, ColumnContent content) {
  StarterColumn c;
  c.header = header;
  if (has_error(content.diagnostics)) {
    c.remark = "not UTF-8";
  } else if (as_labels) {
    const Factor& factor = content.labels;
    c.different = factor.levels.size();
    c.missing = static_cast<std::size_t>(std::count(factor.codes.begin(), factor.codes.end(), -1));
    c.remark = fmt::format("labels, {} different", c.different);
  } else {
    c.numbers = std::move(content.numbers);
    std::set<double> different;
    for (const double x : c.numbers) {
      if (std::isnan(x)) ++c.missing;
      else different.insert(x);
    }
    c.different = different.size();
    c.remark = fmt::format("numbers, {} different", c.different);
  }
  return c;
}

/// Columns in which a cell is no number have labels.
std::vector<StarterColumn> read_all_columns(const Table& table,
                                            const std::vector<std::string>& labels) {
  std::vector<ColumnRequest> requests;
  for (std::size_t j = 0; j < table.columns(); ++j)
    requests.push_back({j, has(labels, table.headers()[j])});
  std::vector<ColumnContent> contents = read_columns(table, requests);
  std::vector<ColumnRequest> again;
  for (std::size_t j = 0; j < table.columns(); ++j)
    if (!requests[j].labels && has_error(contents[j].diagnostics)) again.push_back({j, true});
  std::vector<ColumnContent> as_labels = read_columns(table, again);
  for (std::size_t k = 0; k < again.size(); ++k) {
    requests[again[k].column] = again[k];
    contents[again[k].column] = std::move(as_labels[k]);
  }
  std::vector<StarterColumn> columns;
  for (std::size_t j = 0; j < table.columns(); ++j)
    columns.push_back(
        starter_column(table.headers()[j], requests[j].labels, std::move(contents[j])));
  return columns;
}

/// 1, 2, 3, ... in the order of the rows.
bool numbers_the_rows(const StarterColumn& c) {
  for (std::size_t i = 0; i < c.numbers.size(); ++i)
    if (c.numbers[i] != c.numbers[0] + static_cast<double>(i)) return false;
  return c.numbers.size() > 1;
}

Diagnostics unknown_headers(const Table& table, const StarterOptions& options) {
  std::vector<std::string> asked = options.groups;
  asked.insert(asked.end(), options.covariates.begin(), options.covariates.end());
  if (!options.response.empty()) asked.push_back(options.response);
  Diagnostics errors;
  for (const std::string& header : asked) {
    if (table.find(header)) continue;
    const std::string near = nearest(header, table.headers());
    errors.push_back(refuse_table(fmt::format("the data have no column `{}`", printable(header)),
                                  near.empty()
                                      ? fmt::format("columns: {}", fmt::join(table.headers(), ", "))
                                      : fmt::format("did you mean `{}`?", near)));
  }
  for (const std::string& header : options.groups)
    if (header == options.response || has(options.covariates, header))
      errors.push_back(refuse_table(fmt::format("`{}` is to be two things", printable(header))));
  return errors;
}

/// Of the columns of numbers the one with most different values; the first of several.
StarterColumn* guess_response(std::vector<StarterColumn>& columns, const StarterOptions& options) {
  StarterColumn* best = nullptr;
  for (StarterColumn& c : columns)
    if (!c.numbers.empty() && c.different > 1 && !numbers_the_rows(c) &&
        !has(options.covariates, c.header) && (best == nullptr || c.different > best->different))
      best = &c;
  return best;
}

/// Why sums of squares of numbers that differ cannot be computed with; empty where they can.
std::string why_not_squared(const StarterColumn& c) {
  double least = INFINITY, most = -INFINITY;
  for (const double x : c.numbers) {
    if (std::isnan(x)) continue;
    least = std::min(least, x);
    most = std::max(most, x);
  }
  const double largest = std::max(std::fabs(least), std::fabs(most));
  if (largest > kLargestToSquare)
    return fmt::format("numbers as large as {:.3g} cannot be squared", largest);
  if (most - least < kSmallestToSquare)
    return fmt::format("numbers that differ by {:.3g} at most cannot be squared", most - least);
  return {};
}

void decide_use(StarterColumn& c, std::size_t rows, const StarterOptions& options) {
  const auto leave_out = [&](const char* why) { c.remark += fmt::format(": {}", why); };
  const bool grouped = has(options.groups, c.header);
  const bool asked = has(options.covariates, c.header) || grouped;
  if (c.missing > 0) {
    c.remark += fmt::format(", {} NA", c.missing);
    return leave_out("to use it, run with --na drop");
  }
  if (c.different < 2) return leave_out("there is nothing to compare");
  if (!c.numbers.empty()) {
    if (!asked && !options.covariates.empty()) return leave_out("not asked for");
    if (!asked && numbers_the_rows(c)) return leave_out("it numbers the rows");
    if (const std::string why = why_not_squared(c); !why.empty()) return leave_out(why.c_str());
    c.use = StarterUse::covariate;
    return;
  }
  if (c.different == rows) return leave_out("a label for each row");
  if (grouped || (!asked && c.different >= kFewLevels)) {
    c.use = StarterUse::group;
    return;
  }
  if (!asked && !options.covariates.empty()) return leave_out("not asked for");
  if (c.different > kMostContrasts) return leave_out("too many levels for a design");
  c.use = StarterUse::contrast;
}

}  // namespace

Result<std::vector<StarterColumn>> starter_columns(const Table& table,
                                                   const StarterOptions& options) {
  Diagnostics errors = unknown_headers(table, options);
  if (!errors.empty()) return errors;
  std::vector<StarterColumn> columns = read_all_columns(table, options.groups);

  StarterColumn* response = guess_response(columns, options);
  for (StarterColumn& c : columns)
    if (c.header == options.response) response = &c;
  if (response == nullptr)
    return refuse_table("there is no column of numbers that could be the response",
                        "--response names it");
  if (response->numbers.empty())
    return refuse_table(
        fmt::format("the response `{}` has labels, not numbers", printable(response->header)));
  if (response->different < 2 || response->numbers.size() - response->missing < kLeastRows)
    return refuse_table(fmt::format(
        "the response `{}` has too few values: {}, {} different", printable(response->header),
        response->numbers.size() - response->missing, response->different));
  if (const std::string why = why_not_squared(*response); !why.empty())
    return refuse_table(fmt::format("the response `{}` is of no scale to compute with: {}",
                                    printable(response->header), why),
                        "write it in another unit, or name another column with --response");
  response->use = StarterUse::response;
  if (response->missing > 0) response->remark += fmt::format(", {} NA", response->missing);

  // What the model calls its own.
  std::set<std::string> taken = {"X", "D", "beta", "dev", "Sigma", "sigma", "s20", "v"};
  for (StarterColumn& c : columns) {
    if (&c != response) decide_use(c, table.rows(), options);
    const bool one_line = std::none_of(c.header.begin(), c.header.end(),
                                       [](unsigned char x) { return x < ' ' || x == 0x7F; });
    if (!one_line) {
      if (&c == response)
        return refuse_table("the header of the response has a line break or the like");
      c.use = StarterUse::left_out;
      c.remark += ": its header cannot be written in a model";
    }
    c.name = name_for(c.header, c.use == StarterUse::group, taken);
  }
  return columns;
}

}  // namespace lmmdsl
