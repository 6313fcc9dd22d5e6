// Pictures: well-formed, bounded, and escaped whatever the names are.
#include "charts/charts.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "lmmdsl/report/html_page.h"
#include "lmmdsl/report/kernel_density.h"
#include "support/catch.h"
#include "support/well_formed.h"

namespace lmmdsl {
namespace {

const std::string kNasty = "</title><script>alert(\"1\")</script>&amp;'\x01\xff";

std::vector<double> wave(std::size_t n) {
  std::vector<double> x;
  for (std::size_t i = 0; i < n; ++i) x.push_back(std::sin(0.1 * static_cast<double>(i * i % 997)));
  return x;
}

std::size_t most_points(const std::string& svg) {
  std::size_t most = 0;
  for (auto at = svg.find(" d=\""); at != svg.npos; at = svg.find(" d=\"", at + 1)) {
    const std::string data = svg.substr(at + 4, svg.find('"', at + 4) - at - 4);
    most = std::max<std::size_t>(
        most, static_cast<std::size_t>(std::count_if(data.begin(), data.end(),
                                                     [](char c) { return c == 'M' || c == 'L'; })));
  }
  return most;
}

std::vector<Svg> one_of_each(const std::string& name, const std::vector<double>& draws) {
  const ChainSpans chains = {draws, draws};
  const DensityCurve curve{name, draws, draws, "c1"};
  Curve group;
  group.label = name;
  group.x = group.y = group.low = group.high = group.other = draws;
  group.data = {{0, 1}, {NAN, 1}};
  return {
      trace_chart(name, chains),
      rank_chart(name, chains),
      autocorrelation_chart(name, draws, 3),
      density_chart(name, {curve, curve}, 0, 1),
      forest_chart({{name, 1, 0, 2, -1, 3, 0.5}, {name, 1, 0, 2, -1, 3}}, {name, name, name, 0}),
      curves_chart({group}, group, {0, 1}, {0, 1}, {name, name, name, name, name, name}),
      group_chart(group, {0, 1}, {0, 1}, {name, name, name, name, name, name}),
      shift_chart({{name, 0, 1}, {name, 1, 1}}, {name, name, name, name, 0.5}),
      statistic_chart(name, draws, 0.5, 0.25),
      overlay_chart(name, {curve}, curve)};
}

TEST_CASE("charts are well-formed whatever the names and numbers are") {
  const std::vector<std::vector<double>> cases = {
      wave(50), {}, {1}, {2, 2, 2}, {1e300, -1e300}, {1e-300, 2e-300}, {NAN, 1, INFINITY}};
  for (const std::vector<double>& draws : cases)
    for (const Svg& svg : one_of_each(kNasty, draws)) {
      INFO(svg.file_text());
      CHECK(well_formed(svg.file_text()) == "");
      CHECK(well_formed(svg.inline_text()) == "");
      CHECK(svg.file_text().find("<script") == std::string::npos);
      const std::string text = svg.inline_text();
      for (const char* bad : {"=\"nan", "=\"inf", "=\"-inf", "=\"-nan"})
        CHECK(text.find(bad) == std::string::npos);
    }
}

TEST_CASE("a path has at most a thousand points") {
  const std::vector<double> draws = wave(100'000);
  CHECK(most_points(trace_chart("x", {draws, draws}, 100'000).file_text()) <= kMostPoints);
  CHECK(most_points(trace_chart("x", {draws}).file_text()) == 500);
}

TEST_CASE("a thinned trace keeps the extremes") {
  std::vector<double> draws(10'000, 0.0);
  draws[5'003] = 7;
  draws[9'999] = -3;
  const std::string all = trace_chart("x", {draws}).file_text();
  draws[5'003] = 0;
  CHECK(all != trace_chart("x", {draws}).file_text());
}

TEST_CASE("readers that cannot see are told what a chart shows") {
  const std::vector<double> draws = wave(10);
  for (const Svg& svg : one_of_each("beta", draws)) {
    const std::string text = svg.inline_text();
    CHECK(text.find("role=\"img\"") != std::string::npos);
    CHECK(text.find("<title>") != std::string::npos);
    CHECK(text.find("aria-label=\"\"") == std::string::npos);
  }
}

TEST_CASE("ticks are round and within the range") {
  CHECK(ticks({0, 10}, 5) == std::vector<double>{0, 2, 4, 6, 8, 10});
  const std::vector<double> fine = ticks({0.13, 0.27}, 3);
  REQUIRE(fine.size() == 3);
  CHECK(fine[0] == Approx(0.15));
  CHECK(fine[2] == Approx(0.25));
  CHECK(tick_text(0.15, 0.05) == "0.15");
  CHECK(tick_text(2000000, 1000000) == "2e+06");
  CHECK(tick_text(-3, 1) == "-3");
  const Range constant = range_of({5, 5});
  CHECK(constant.low < 5);
  CHECK(constant.high > 5);
}

TEST_CASE("text of XML") {
  CHECK(escape_xml("a<b & \"c\" 'd'>") == "a&lt;b &amp; &quot;c&quot; &#39;d&#39;&gt;");
  CHECK(escape_xml("σ² 日本") == "σ² 日本");
  CHECK(escape_xml("\x01\xff") == "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_CASE("a page is well-formed and has nothing from elsewhere") {
  HtmlPage page(kNasty);
  page.section("a", kNasty);
  page.paragraph(kNasty, "remark");
  page.preformatted(kNasty);
  page.begin_details(kNasty);
  page.table({kNasty, "b"}, {{kNasty, kNasty}});
  page.end_details();
  page.charts({trace_chart(kNasty, {})});
  const std::string text = page.text();
  CHECK(well_formed(text.substr(text.find("<body>"))) == "unclosed: html");
  CHECK(text.find("<script") == std::string::npos);
  CHECK(text.find("http") == text.find("http-equiv"));
}

TEST_CASE("a kernel density integrates to one and finds the mode") {
  std::vector<double> draws;
  for (int i = 1; i < 2000; ++i)  // quantiles of an exponential distribution
    draws.push_back(-std::log(1 - i / 2000.0));
  const Density1 d = kernel_density({draws});
  double area = 0;
  for (std::size_t i = 1; i < d.x.size(); ++i)
    area += (d.x[i] - d.x[i - 1]) * (d.y[i] + d.y[i - 1]) / 2;
  CHECK(area == Approx(1).margin(0.02));
  CHECK(d.x.front() == 0);  // reflected, not below zero
  CHECK(std::max_element(d.y.begin(), d.y.end()) - d.y.begin() < 20);
  CHECK(kernel_density({}).x.empty());
  const std::vector<double> constant = {1, 1, 1};
  CHECK(kernel_density({constant}).x.empty());
}

}  // namespace
}  // namespace lmmdsl
