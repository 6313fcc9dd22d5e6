#include "lmmdsl/starter.h"

#include <fmt/format.h>

#include <algorithm>

#include "lmmdsl/display_width.h"
#include "lmmdsl/starter_columns.h"

namespace lmmdsl {
namespace {

using Columns = std::vector<StarterColumn>;
/// Each with what is said of it.
using CommentedLines = std::vector<std::pair<std::string, std::string>>;

Columns of_use(const Columns& columns, StarterUse use) {
  Columns found;
  for (const StarterColumn& c : columns)
    if (c.use == use) found.push_back(c);
  return found;
}

std::string declaration(const StarterColumn& c) {
  const bool labels = c.use == StarterUse::group || c.use == StarterUse::contrast;
  std::string text = fmt::format("data {} : {}", c.name, labels ? "factor" : "real");
  if (c.header != c.name) {
    text += " from \"";
    for (const char x : c.header) {
      if (x == '"' || x == '\\') text += '\\';
      text += x;
    }
    text += '"';
  }
  return text;
}

/// With what is said of the lines in one column.
std::string aligned(const CommentedLines& lines, const char* between = "    # ") {
  int width = 0;
  for (const auto& [line, comment] : lines) width = std::max(width, display_width(line));
  std::string text;
  for (const auto& [line, comment] : lines)
    text += line + std::string(static_cast<std::size_t>(width - display_width(line)), ' ') +
            between + comment + '\n';
  return text;
}

std::string declarations(const Columns& columns) {
  CommentedLines lines;
  for (const StarterColumn& c : columns) {
    if (c.use == StarterUse::left_out) continue;
    std::string comment = c.remark;
    if (c.use == StarterUse::response) comment = "the response: " + comment;
    if (c.use == StarterUse::covariate && c.different < 10)
      comment += "; declare it as factor if these are labels";
    lines.emplace_back(declaration(c), comment);
  }
  std::string text = aligned(lines);
  for (const StarterColumn& c : columns)
    if (c.use == StarterUse::left_out)
      text += fmt::format("# left out: {}, {}\n", printable(c.header), c.remark);
  return text;
}

/// "[1, standardize(days), variety]"
std::string design(const Columns& covariates, const Columns& contrasts) {
  std::string text = "[1";
  for (const StarterColumn& c : covariates) text += ", standardize(" + c.name + ')';
  for (const StarterColumn& c : contrasts) text += ", " + c.name;
  return text + "]";
}

/// What the file is, and what the program can do with it.
std::string opening(const std::string& file) {
  const auto call = [](const std::string& command, const char* does) {
    return std::pair("#   lmmdsl " + command, std::string(does));
  };
  return fmt::format(
      "# A first model for {}, to be changed: it is linear, with Normal errors and weak priors.\n"
      "#\n{}\n",
      file,
      aligned({call(fmt::format("doctor {} MODEL", file), "what of the data does not fit"),
               call(fmt::format("run MODEL {}", file), "the posterior"),
               call("explain MODEL", "how it is sampled, and why")},
              "    "));
}

/// The statements: likelihood, coefficients, effects of groups, their variances. With `slopes` the
/// first group has a vector of effects, and `covariates` columns beside its intercept.
CommentedLines model_statements(const std::string& response, const Columns& groups, bool slopes,
                                std::size_t covariates) {
  std::string mean = "X * beta";
  CommentedLines effects, variances;
  for (std::size_t k = 0; k < groups.size(); ++k) {
    const std::string& g = groups[k].name;
    if (slopes && k == 0) {
      mean += fmt::format(" + D * dev[{}]", g);
      effects.emplace_back(fmt::format("dev[{}] ~ Normal(0, Sigma)", g),
                           fmt::format("how each {} deviates, in intercept and slopes", g));
      variances.emplace_back(fmt::format("Sigma ~ InverseWishart({}, s20 / 4 * I)", covariates + 3),
                             "how much they do");
    } else {
      const std::string effect = fmt::format("{}[{}]", effects_of(g), g), spread = spread_of(g);
      mean += " + " + effect;
      effects.emplace_back(fmt::format("{} ~ Normal(0, {}^2)", effect, spread),
                           fmt::format("how each {} deviates", g));
      variances.emplace_back(fmt::format("{}^2 ~ InverseGamma(1, s20 / 4)", spread),
                             "how much they do");
    }
  }
  CommentedLines lines = {
      {fmt::format("{} ~ Normal({}, sigma^2)", response, mean), "one line for all rows"},
      {"beta ~ Normal(0, v)", "coefficients for a standard deviation of each column"}};
  lines.insert(lines.end(), effects.begin(), effects.end());
  lines.insert(lines.end(), variances.begin(), variances.end());
  lines.emplace_back("sigma^2 ~ InverseGamma(1, s20 / 4)", "what is left in the rows");
  return lines;
}

}  // namespace

const std::vector<StarterForm>& starter_forms() {
  static const std::vector<StarterForm> rows = {
      {"regression", "coefficients that all rows share"},
      {"intercepts", "and an intercept of its own for each level of each group"},
      {"slopes", "and slopes of its own for each level of the first group"},
  };
  return rows;
}

Result<std::string> starter_model(const Table& table, const StarterOptions& options) {
  const Result<Columns> columns = starter_columns(table, options);
  if (!columns) return columns.diagnostics;
  const StarterColumn y = of_use(*columns, StarterUse::response)[0];
  const Columns covariates = of_use(*columns, StarterUse::covariate);
  const Columns contrasts = of_use(*columns, StarterUse::contrast);
  Columns groups = of_use(*columns, StarterUse::group);
  const bool slopes = options.form == "slopes";
  if (groups.empty() && (slopes || options.form == "intercepts"))
    return plain_error(ExitCode::refused,
                       fmt::format("`{}` needs a column of groups", options.form),
                       "--groups names it");
  if (slopes && covariates.empty())
    return plain_error(ExitCode::refused, "`slopes` needs a column of numbers beside the response");
  if (options.form == "regression") groups.clear();

  const auto is_in = [&](const StarterColumn& c) {
    return c.use != StarterUse::group ||
           std::any_of(groups.begin(), groups.end(),
                       [&](const StarterColumn& g) { return g.header == c.header; });
  };
  Columns declared = *columns;
  for (StarterColumn& c : declared)
    if (!is_in(c)) c.use = StarterUse::left_out;

  std::string text = opening(printable(table.source() ? table.source()->name() : "data"));
  text += declarations(declared) + '\n';
  text += "# The design: an intercept, numbers in standard deviations, labels.\n";
  text += fmt::format("X = {}\n", design(covariates, contrasts));
  if (slopes)
    text += fmt::format("D = {}    # what differs between levels\n", design(covariates, {}));
  text += "\n# The scale of the response, for priors. Better is what you know of the subject.\n";
  text += fmt::format("s20 = var({0})\nv   = 100 * mean({0}^2)\n\n", y.name);
  return text + aligned(model_statements(y.name, groups, slopes, covariates.size()));
}

}  // namespace lmmdsl
