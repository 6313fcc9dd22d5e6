#include "charts/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "grammar/unicode.h"

namespace lmmdsl {
namespace {

/// A coordinate: a tenth of a pixel is enough.
void append_number(std::string& text, double x) {
  std::string digits = fmt::format("{:.1f}", std::clamp(x, -1e6, 1e6));
  if (digits.ends_with(".0")) digits.resize(digits.size() - 2);
  text += digits == "-0" ? "0" : digits;
}

std::string number(double x) {
  std::string text;
  append_number(text, x);
  return text;
}

void append_points(std::string& data, const std::vector<Point>& points, bool& pen_down) {
  for (const Point& p : points) {
    if (!std::isfinite(p.x) || !std::isfinite(p.y)) {
      pen_down = false;
      continue;
    }
    data += pen_down ? 'L' : 'M';
    append_number(data, p.x);
    data += ' ';
    append_number(data, p.y);
    pen_down = true;
  }
}

const char* name(Anchor anchor) {
  return anchor == Anchor::start ? "start" : anchor == Anchor::middle ? "middle" : "end";
}

}  // namespace

std::string escape_xml(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const Character c = character_at(text, at);
    const bool control = c.code < 0x20 && c.code != '\n' && c.code != '\t';
    if (!c.valid || control || c.code == 0x7F || c.code == 0xFFFE || c.code == 0xFFFF)
      result += "\xEF\xBF\xBD";
    else if (c.code == '&') result += "&amp;";
    else if (c.code == '<') result += "&lt;";
    else if (c.code == '>') result += "&gt;";
    else if (c.code == '"') result += "&quot;";
    else if (c.code == '\'') result += "&#39;";
    else result += text.substr(at, static_cast<std::size_t>(c.bytes));
    at += static_cast<std::size_t>(c.bytes);
  }
  return result;
}

Svg::Svg(double width, double height, std::string title, std::string description)
    : width_(width),
      height_(height),
      title_(std::move(title)),
      description_(std::move(description)) {}

void Svg::line(Point a, Point b, std::string_view classes) {
  for (const double x : {a.x, a.y, b.x, b.y})
    if (!std::isfinite(x)) return;
  body_ += fmt::format("<line class=\"{}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>\n", classes,
                       number(a.x), number(a.y), number(b.x), number(b.y));
}

void Svg::path(const std::vector<Point>& points, std::string_view classes) {
  std::string data;
  bool pen_down = false;
  append_points(data, points, pen_down);
  if (!data.empty()) body_ += fmt::format("<path class=\"{}\" d=\"{}\"/>\n", classes, data);
}

void Svg::area(const std::vector<Point>& lower, const std::vector<Point>& upper,
               std::string_view classes) {
  std::string data;
  bool pen_down = false;
  append_points(data, lower, pen_down);
  append_points(data, {upper.rbegin(), upper.rend()}, pen_down);
  if (!data.empty()) body_ += fmt::format("<path class=\"{}\" d=\"{}Z\"/>\n", classes, data);
}

void Svg::rectangle(Point corner, double width, double height, std::string_view classes) {
  for (const double x : {corner.x, corner.y, width, height})
    if (!std::isfinite(x)) return;
  body_ += fmt::format("<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>\n",
                       classes, number(corner.x), number(corner.y), number(std::max(width, 0.0)),
                       number(std::max(height, 0.0)));
}

void Svg::circle(Point centre, double radius, std::string_view classes) {
  if (!std::isfinite(centre.x) || !std::isfinite(centre.y)) return;
  body_ += fmt::format("<circle class=\"{}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>\n", classes,
                       number(centre.x), number(centre.y), number(radius));
}

void Svg::label(Point at, std::string_view text, Anchor anchor, std::string_view classes) {
  body_ += fmt::format("<text class=\"{}\" x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>\n",
                       classes, number(at.x), number(at.y), name(anchor), escape_xml(text));
}

void Svg::vertical_label(Point at, std::string_view text) {
  body_ += fmt::format(
      "<text class=\"label\" text-anchor=\"middle\" transform=\"translate({} {}) rotate(-90)\">{}"
      "</text>\n",
      number(at.x), number(at.y), escape_xml(text));
}

void Svg::place(const Svg& other, Point corner) {
  body_ += fmt::format("<g transform=\"translate({} {})\">\n{}</g>\n", number(corner.x),
                       number(corner.y), other.body_);
}

// A nested svg element cuts at its edges by itself, without names that would have to be unique in
// the page.
void Svg::begin_clip(Point corner, double width, double height) {
  body_ += fmt::format(
      "<svg x=\"{0}\" y=\"{1}\" width=\"{2}\" height=\"{3}\" viewBox=\"{0} {1} {2} {3}\">\n",
      number(corner.x), number(corner.y), number(width), number(height));
}

void Svg::end_clip() { body_ += "</svg>\n"; }

std::string Svg::element(std::string_view attributes) const {
  return fmt::format(
      "<svg {} class=\"chart\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n"
      "<title>{}</title>\n<desc>{}</desc>\n",
      attributes, number(width_), number(height_),
      escape_xml(description_.empty() ? title_ : title_ + ". " + description_), escape_xml(title_),
      escape_xml(description_));
}

std::string Svg::inline_text() const {
  return element(fmt::format("style=\"max-width:{}px\"", number(1.25 * width_))) + body_ +
         "</svg>\n";
}

std::string Svg::file_text() const {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" +
         element(fmt::format("xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\"",
                             number(width_), number(height_))) +
         "<style>\n" + style() + "</style>\n" +
         fmt::format("<rect class=\"paper\" width=\"{}\" height=\"{}\"/>\n", number(width_),
                     number(height_)) +
         body_ + "</svg>\n";
}

// The colours are those of Okabe and Ito (2008), told apart with any colour vision; in the dark the
// lighter ones of the same hues.
std::string Svg::style() {
  std::string text =
      ".chart text{font:12px system-ui,sans-serif;fill:#333}\n"
      ".chart .small{font-size:10.5px}\n"
      ".chart .heading{font-size:13px;font-weight:600}\n"
      ".chart path,.chart line{fill:none;stroke:#333;stroke-width:1;vector-effect:"
      "non-scaling-stroke}\n"
      ".chart .axis{stroke:#888}\n"
      ".chart .grid{stroke:#ddd}\n"
      ".chart .zero{stroke:#888;stroke-dasharray:4 3}\n"
      ".chart .thin{stroke-width:.7}\n"
      ".chart .bold{stroke-width:2.2}\n"
      ".chart .dashed{stroke-dasharray:6 4}\n"
      ".chart .dotted{stroke-dasharray:2 3}\n"
      ".chart .faint{opacity:.45}\n"
      ".chart .fill{stroke:none;opacity:.22}\n"
      ".chart .dot{stroke:none}\n"
      ".chart .ring{fill:none;stroke-width:1.4}\n"
      ".chart .paper{fill:#fff}\n";
  struct Colour {
    const char* name;
    const char* light;
    const char* dark;
  };
  constexpr Colour colours[] = {{"c1", "#0072b2", "#56b4e9"}, {"c2", "#d55e00", "#ff9248"},
                                {"c3", "#009e73", "#3fd0a4"}, {"c4", "#b4559a", "#e79ccb"},
                                {"c5", "#b07a00", "#f0c040"}, {"c6", "#2f8fc0", "#9ad4f5"},
                                {"c7", "#7a7a7a", "#aaaaaa"}, {"c8", "#111111", "#f2f2f2"}};
  std::string dark =
      ".chart text{fill:#ddd}\n.chart .axis,.chart .zero{stroke:#999}\n.chart .grid{stroke:#444}\n"
      ".chart path,.chart line{stroke:#ddd}\n.chart .paper{fill:#16181c}\n";
  for (const Colour& c : colours) {
    const auto rules = [&](const char* colour) {
      return fmt::format(
          ".chart .{0}{{stroke:{1}}}\n.chart .fill.{0},.chart .dot.{0}{{stroke:none;fill:{1}}}\n",
          c.name, colour);
    };
    text += rules(c.light);
    dark += rules(c.dark);
  }
  // Written last, for these rules are as specific as those above.
  const std::string plain = ".chart .fill,.chart .dot{stroke:none}\n";
  return text + plain + "@media screen and (prefers-color-scheme:dark){\n" + dark + plain + "}\n";
}

Svg grid(const std::vector<Svg>& pictures, int columns, const std::string& title) {
  double width = 1, height = 1;
  for (const Svg& picture : pictures) {
    width = std::max(width, picture.width());
    height = std::max(height, picture.height());
  }
  const int n = static_cast<int>(pictures.size());
  columns = std::clamp(columns, 1, std::max(n, 1));
  const int rows = (n + columns - 1) / columns;
  std::string description;
  for (const Svg& picture : pictures)
    description += (description.empty() ? "" : "; ") + picture.title();
  Svg result(columns * width, rows * height, title, description);
  for (int i = 0; i < n; ++i)
    result.place(pictures[static_cast<std::size_t>(i)],
                 {(i % columns) * width, (i / columns) * height});
  return result;
}

}  // namespace lmmdsl
