#include "lmmdsl/report/html_page.h"

#include <fmt/format.h>

namespace lmmdsl {
namespace {

constexpr const char* kStyle =
    R"(:root{color-scheme:light dark;--ink:#1d1f23;--paper:#fff;--soft:#f4f5f7;--line:#d5d8dd;--mark:#0060a8}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e4e6ea;--paper:#16181c;--soft:#22252b;--line:#3b4048;--mark:#7cc0f5}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:70rem;padding:1rem;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.2;margin:.5rem 0}
h2{font-size:1.25rem;margin:2.2rem 0 .6rem;padding-top:.6rem;border-top:1px solid var(--line)}
h3{font-size:1.05rem;margin:1.4rem 0 .4rem}
a{color:var(--mark)}
nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;list-style:none;padding:0;margin:.6rem 0}
pre{background:var(--soft);padding:.8rem;overflow-x:auto;font-size:.86rem;line-height:1.4;border-radius:4px}
pre.maths{font-family:"STIX Two Math","Cambria Math","DejaVu Serif",serif;font-size:1rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.88rem;font-variant-numeric:tabular-nums}
th,td{padding:.18rem .55rem;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th.text,td.text{text-align:left}
thead th{border-bottom:2px solid var(--line)}
tr.worst td{font-weight:600}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:.6rem;align-items:start}
.charts.narrow{grid-template-columns:repeat(auto-fit,minmax(min(100%,14rem),1fr))}
svg.chart{width:100%;height:auto;display:block}
summary{cursor:pointer;color:var(--mark);margin:.6rem 0}
.remark{border-left:4px solid var(--mark);padding:.3rem .8rem;background:var(--soft)}
.warning{border-left:4px solid #d55e00;padding:.3rem .8rem;background:var(--soft)}
.derivation h3,.derivation h4,.derivation h5{font-size:1rem;margin:1.1rem 0 .3rem}
.derivation .display{display:grid;grid-template-columns:minmax(0,1fr) auto;margin:.4rem 0}
.derivation .formula{margin:.2rem 0 .2rem 1rem;overflow-x:auto;overflow-y:hidden}
.derivation td{text-align:left;white-space:normal;vertical-align:baseline}
.derivation details{font-size:.75rem;align-self:end}
.derivation details summary{margin:0}
.quiet{opacity:.8;font-size:.9rem}
@media print{body{max-width:none;font-size:11pt;padding:0}nav{display:none}.charts{grid-template-columns:1fr 1fr}.charts.narrow{grid-template-columns:1fr 1fr 1fr}svg.chart,table,pre{break-inside:avoid}.scroll,pre{overflow:visible;white-space:pre-wrap}}
)";

std::string class_attribute(std::string_view classes) {
  return classes.empty() ? "" : fmt::format(" class=\"{}\"", classes);
}

}  // namespace

void HtmlPage::section(const std::string& id, const std::string& heading) {
  if (open_) body_ += "</section>\n";
  open_ = true;
  contents_ +=
      fmt::format("<li><a href=\"#{}\">{}</a></li>\n", escape_xml(id), escape_xml(heading));
  body_ += fmt::format("<section id=\"{}\">\n<h2>{}</h2>\n", escape_xml(id), escape_xml(heading));
}

void HtmlPage::heading(const std::string& text) {
  body_ += fmt::format("<h3>{}</h3>\n", escape_xml(text));
}

void HtmlPage::paragraph(std::string_view text, std::string_view classes) {
  body_ += fmt::format("<p{}>{}</p>\n", class_attribute(classes), escape_xml(text));
}

void HtmlPage::preformatted(std::string_view text, std::string_view classes) {
  body_ += fmt::format("<pre{}>{}</pre>\n", class_attribute(classes), escape_xml(text));
}

void HtmlPage::charts(const std::vector<Svg>& charts, bool narrow) {
  if (charts.empty()) return;
  body_ += narrow ? "<div class=\"charts narrow\">\n" : "<div class=\"charts\">\n";
  for (const Svg& chart : charts) body_ += chart.inline_text();
  body_ += "</div>\n";
}

void HtmlPage::begin_details(const std::string& summary) {
  body_ += fmt::format("<details>\n<summary>{}</summary>\n", escape_xml(summary));
}

void HtmlPage::end_details() { body_ += "</details>\n"; }

void HtmlPage::table(const std::vector<std::string>& titles,
                     const std::vector<std::vector<std::string>>& rows, int text_columns) {
  const auto cell = [&](const char* tag, std::size_t j, const std::string& text) {
    body_ += fmt::format("<{}{}>{}</{}>", tag,
                         static_cast<int>(j) < text_columns ? " class=\"text\"" : "",
                         escape_xml(text), tag);
  };
  body_ += "<div class=\"scroll\"><table>\n<thead><tr>";
  for (std::size_t j = 0; j < titles.size(); ++j) cell("th", j, titles[j]);
  body_ += "</tr></thead>\n<tbody>\n";
  for (const auto& row : rows) {
    body_ += "<tr>";
    for (std::size_t j = 0; j < row.size(); ++j) cell("td", j, row[j]);
    body_ += "</tr>\n";
  }
  body_ += "</tbody></table></div>\n";
}

std::string HtmlPage::text() const {
  return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
         "'unsafe-inline'\">\n<title>" +
         escape_xml(title_) + "</title>\n<style>\n" + kStyle + Svg::style() +
         "</style>\n</head>\n<body>\n<header><h1>" + escape_xml(title_) +
         "</h1></header>\n<nav aria-label=\"Contents\"><ul>\n" + contents_ +
         "</ul></nav>\n<main>\n" + body_ + (open_ ? "</section>\n" : "") +
         "</main>\n</body>\n</html>\n";
}

}  // namespace lmmdsl
