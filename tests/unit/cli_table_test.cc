// Tables for the terminal are aligned, labelled and cut.

#include <algorithm>
#include <limits>
#include <sstream>
#include <string>

#include "lmmdsl/advice.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/progress_bar.h"
#include "lmmdsl/summary_table.h"
#include "lmmdsl/text_table.h"
#include "support/catch.h"
#include "unit/cli_draws.h"

namespace lmmdsl {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// A summary row with good diagnostics.
SummaryRow row(std::size_t column, double mean, double sd, double mcse) {
  SummaryRow r{};
  r.column = column;
  r.mean = r.median = mean;
  r.sd = sd;
  r.mcse = mcse;
  r.q5 = mean - 1.64 * sd;
  r.q95 = mean + 1.64 * sd;
  r.rhat = 1.0004;
  r.ess_bulk = 9000;
  r.ess_tail = 8000;
  return r;
}

double zero(int, std::size_t, std::size_t) { return 0; }

TEST_CASE("Columns are as wide as what they show") {
  TextTable table({{"name"}, {"number", Align::decimal}, {"n", Align::right}});
  table.add_row({"σ", "1.25", "7"});
  table.add_row({"日本", "-10.5", "–"});
  table.add_row({"x", "–", "100"});
  table.add_remark("... a remark as long as it likes to be");
  CHECK(table.to_text() ==
        "name  number    n\n"
        "σ       1.25    7\n"
        "日本  -10.5     –\n"
        "x       –     100\n"
        "... a remark as long as it likes to be\n");
}

TEST_CASE("A title wider than its numbers stands right") {
  TextTable table({{"", Align::left}, {"a long title", Align::decimal}});
  table.add_row({"x", "1.5"});
  table.add_row({"y", "12"});
  CHECK(table.to_text() ==
        "   a long title\n"
        "x           1.5\n"
        "y          12\n");
}

TEST_CASE("Colour does not move columns") {
  TextTable table({{"a"}, {"b", Align::right}});
  table.add_row({"x", {"7", true}});
  CHECK(table.to_text(true) ==
        "\033[1ma\033[0m  \033[1mb\033[0m\n"
        "x  \033[33m7\033[0m\n");
}

TEST_CASE("What a file says cannot disturb the terminal") {
  CHECK(printable("a\x1b[31mb") == "a\\u{1b}[31mb");
  CHECK(printable("abcdef", 4) == "abc…");
  CHECK(printable("abcd", 4) == "abcd");
  CHECK(printable("日本語", 4) == "日…");
  CHECK(display_width("e\u0301日") == 3);
}

TEST_CASE("The summary shows hyper-parameters first and cuts long plates") {
  std::vector<Column> columns;
  for (int k = 1; k <= 5; ++k) columns.push_back(plate_column("beta", "plot", k));
  columns.push_back(scalar_column("sigma"));
  const Draws draws = make_draws(columns, 1, 4, zero);
  Summary summary;
  for (std::size_t j = 1; j <= 5; ++j)
    summary.rows.push_back(row(j, 10.0 * static_cast<double>(j), 1, 0.01));
  summary.rows.push_back(row(6, 0.123, 0.01, 0.0001));
  const auto head = [&](const SummaryTableOptions& options) {  // of each line, up to the MCSE
    std::istringstream lines(summary_table(draws, summary, options));
    std::string text;
    for (std::string line; std::getline(lines, line);) text += line.substr(0, 38) + '\n';
    return text;
  };
  CHECK(head({.longest = 4, .shown = 2}) ==
        "                 mean      sd     MCSE\n"
        "sigma          0.1230  0.0100  0.00010\n"
        "beta[plot=1]  10.00    1.00    0.010  \n"
        "beta[plot=2]  20.00    1.00    0.010  \n"
        "... and 3 more of plot; `--vars beta` \n");
  CHECK(head({.longest = 5, .shown = 2}).find("beta[plot=5]") != std::string::npos);
  CHECK(head({.variables = {"beta"}, .longest = 4}).find("beta[plot=5]") != std::string::npos);
  CHECK(head({.variables = {"beta"}}).find("sigma") == std::string::npos);
}

TEST_CASE("A plate is cut by its elements, each whole") {
  std::vector<Column> columns;
  for (int component = 1; component <= 3; ++component)
    for (int k = 1; k <= 5; ++k) {
      Column c = plate_column("beta", "plot", k);
      c.name = "beta[plot=" + std::to_string(k) + ", x" + std::to_string(component) + "]";
      c.index.push_back(component);
      columns.push_back(c);
    }
  const Draws draws = make_draws(columns, 1, 4, zero);
  Summary summary;
  for (std::size_t j = 1; j <= 15; ++j) summary.rows.push_back(row(j, 1, 1, 0.01));
  const auto count = [&](const SummaryTableOptions& options) {
    const std::string text = summary_table(draws, summary, options);
    return std::count(text.begin(), text.end(), '\n') - 1;
  };
  CHECK(count({}) == 15);
  CHECK(count({.longest = 4, .shown = 2}) == 2 * 3 + 1);
  CHECK(count({.most_rows = 14}) == 4 * 3 + 1);
  CHECK(count({.most_rows = 2}) == 3 + 1);
  CHECK(count({.variables = {"beta"}, .longest = 4, .shown = 2}) == 15);
}

TEST_CASE("Of a symmetric matrix one triangle is shown") {
  std::vector<Column> columns;
  for (int j = 1; j <= 2; ++j)
    for (int i = 1; i <= 2; ++i) {
      Column c = scalar_column("Sigma[" + std::to_string(i) + ", " + std::to_string(j) + "]");
      c.variable = "Sigma";
      c.index = {i, j};
      columns.push_back(c);
    }
  const Draws draws = make_draws(columns, 1, 4, zero);
  Summary summary;
  for (std::size_t j = 1; j <= 4; ++j) summary.rows.push_back(row(j, 1, 1, 0.01));
  const std::string text = summary_table(draws, summary, {.symmetric = {"Sigma"}});
  CHECK(text.find("Sigma[1, 2]") != std::string::npos);
  CHECK(text.find("Sigma[2, 1]") == std::string::npos);
}

TEST_CASE("Figures that are not defined have a note") {
  Column quotient = scalar_column("peak");
  quotient.moments = false;
  const Draws draws = make_draws({quotient, scalar_column("ratio")}, 1, 10, zero);
  Summary summary{{row(1, 5, 1, kNan), row(2, 5, 1, kNan)}};
  for (SummaryRow& r : summary.rows) r.mean = r.sd = kNan;
  summary.rows[1].tail_index = 0.83;
  summary.rows[1].rhat = kNan;
  CHECK(summary_table(draws, summary) ==
        "       mean  sd  MCSE   5 %  50 %  95 %  ESS bulk  ESS tail  R-hat\n"
        "peak      –   –     –  3.36  5.00  6.64      9000      8000  1.000\n"
        "ratio     –   –     –  3.36  5.00  6.64      9000      8000      –\n"
        "\n"
        "– peak: its denominator can be 0, so its mean and sd may not exist\n"
        "– ratio: heavy tails (Pareto k 0.83), so its mean and sd may not exist\n");
}

TEST_CASE("Advice names the worst quantity and a run that is long enough") {
  const Draws draws = make_draws({scalar_column("mu"), scalar_column("tau")}, 1, 10, zero);
  Summary summary{{row(1, 0, 1, 0.01), row(2, 0, 1, 0.01)}};
  SampleSettings settings;
  CHECK(advice(draws, summary, settings).empty());

  summary.rows[0].ess_tail = 390;
  summary.rows[1].ess_tail = 100;
  Diagnostics found = advice(draws, summary, settings);
  REQUIRE(found.size() == 1);
  CHECK(found[0].severity == Severity::warning);
  CHECK(
      found[0].message ==
      "few effective draws in the tails: the tail ESS of `tau` is 100, below 400 (2 quantities in "
      "all)");
  CHECK(found[0].hint == "run longer: `--draws 15000`");

  summary.rows[1].rhat = 1.2;
  found = advice(draws, summary, settings);
  REQUIRE(found.size() == 2);
  CHECK(found[0].message == "the chains do not agree: R-hat of `tau` is 1.200, above 1.01");
  CHECK(found[1].hint == "run longer: `--warmup 1000 --draws 15000`");

  summary.rows[1].ess_tail = 3;
  found = advice(draws, summary, settings);
  CHECK(found.back().hint == "run longer: `--warmup 1000 --draws 2500 --thin 200`");
}

TEST_CASE("Autocorrelations are shown at a few lags") {
  const Draws draws =
      make_draws({scalar_column("mu"), plate_column("beta", "plot", 1)}, 2, 8,
                 [](int, std::size_t, std::size_t i) { return i % 2 ? 1.0 : -1.0; });
  CHECK(autocorrelation_table(draws, 6) ==
        "lag      1     2      5     6  dies at\n"
        "mu   -0.88  0.75  -0.38  0.25      > 6\n"
        "\n"
        "dies at: the first lag with an autocorrelation within 0.05 of zero\n");
}

TEST_CASE("The progress bar says how long it will take") {
  CHECK(progress_line(0, 100, 1) == "[>                       ]   0 %");
  CHECK(progress_line(1000, 4000, 2) ==
        "[======>                 ]  25 %   500 sweeps/s   6 s left");
  CHECK(progress_line(4000, 4000, 2) == "[========================] 100 %   2000 sweeps/s");
  CHECK(progress_line(1, 1000000, 1).find("277 h 46 min left") != std::string::npos);
  CHECK(display_width(progress_line(999999, 1000000000000, 0.0001)) <= 78);
}

TEST_CASE("Chains whose proposals were given up are counted, not steps") {
  const Acceptance good{.proposals = 100, .accepted = 80},
      given_up{.given_up = true, .interweaved = true}, interweaved{.interweaved = true},
      stuck{.proposals = 1000, .accepted = 3, .longest_run = 201},
      collapsed{.longest_run = 1000, .given_up = true, .collapsed = true};
  CHECK(advice_on_acceptance({{good, collapsed}, {good}}).empty());
  const Diagnostics found =
      advice_on_acceptance({{given_up, given_up, interweaved}, {good, interweaved, stuck}, {good}});
  REQUIRE(found.size() == 3);
  CHECK(found[0].message.starts_with("a marginal step was given up in 1 of 3 chains"));
  CHECK(found[1].message.find("in the warm-up of 2 of 3 chains") != std::string::npos);
  CHECK(found[2].message.find("of up to 201 sweeps") != std::string::npos);
}

}  // namespace
}  // namespace lmmdsl
