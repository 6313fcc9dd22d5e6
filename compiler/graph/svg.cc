#include <fmt/format.h>

#include <cmath>

#include "compiler/graph/markup.h"
#include "compiler/graph/placement.h"

namespace lmmdsl {
namespace {

constexpr const char* kFonts =
    "'Latin Modern Roman','STIX Two Text','Times New Roman',Times,'DejaVu Serif',serif";
constexpr double kScriptSize = 13.6;

/// A coordinate, to a tenth of a pixel.
std::string at(double x) {
  std::string text = fmt::format("{:.1f}", x);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text == "-0" ? "0" : text;
}

std::string text_at(double x, double y, const std::string& style, const std::string& text) {
  return fmt::format("<text x=\"{}\" y=\"{}\"{}>{}</text>", at(x), at(y), style, escaped(text));
}

/// A name centred at x, its subscript and superscript above each other.
std::string name_at(const TypesetName& name, double x, double y) {
  const NameWidth width = width_of(name);
  const double left = x - width.all() / 2;
  const std::string style = name.upright ? "" : " font-style=\"italic\"";
  std::string text = text_at(left, y, style, name.base);
  const double script = left + width.base + 1;
  const std::string small = fmt::format(" font-size=\"{}\"", at(kScriptSize));
  if (!name.sub.empty()) text += text_at(script, y + 5, small, name.sub);
  if (!name.sup.empty()) text += text_at(script, y - 7, small, name.sup);
  return text;
}

/// Where the line from the centre of an ellipse towards a point leaves it.
std::pair<double, double> edge_of(const Placement::Spot& spot, double x, double y, double gap) {
  const double dx = x - spot.x, dy = y - spot.y;
  const double scale = 1 / std::hypot(dx / (spot.rx + gap), dy / (spot.ry + gap));
  return {spot.x + dx * scale, spot.y + dy * scale};
}

class SvgWriter {
 public:
  explicit SvgWriter(const Graph& graph) : graph_(graph), placement_(place(graph)) {}

  std::string write() {
    const double top = graph_.title.empty() ? 0 : 34;
    const double width =
        std::max(placement_.width, graph_.title.empty() ? 0 : width_of(graph_.title, 17) + 28);
    const double height = placement_.height + top;
    out_ = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{0}\" height=\"{1}\" "
        "viewBox=\"0 0 {0} {1}\" font-family=\"{2}\" font-size=\"{3}\">\n",
        at(width), at(height), kFonts, at(kNameSize));
    out_ += fmt::format("<title>{}</title>\n",
                        escaped(graph_.title.empty() ? "Graph of a model" : graph_.title));
    out_ += fmt::format("<desc>{}</desc>\n", escaped(describe(graph_)));
    out_ +=
        "<defs><marker id=\"arrow\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"8\" "
        "markerHeight=\"8\" orient=\"auto\"><path d=\"M0 1L10 5L0 9z\"/></marker></defs>\n";
    out_ +=
        fmt::format("<rect width=\"{}\" height=\"{}\" fill=\"white\"/>\n", at(width), at(height));
    if (!graph_.title.empty())
      out_ +=
          fmt::format("<text x=\"{}\" y=\"24\" font-size=\"17\" text-anchor=\"middle\">{}</text>\n",
                      at(width / 2), escaped(graph_.title));
    out_ += fmt::format("<g transform=\"translate({} {})\">\n", at((width - placement_.width) / 2),
                        at(top));
    for (std::size_t p = 0; p < graph_.plates.size(); ++p) write_plate(p);
    for (const GraphEdge& e : graph_.edges) write_edge(e);
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) write_node(n);
    return out_ + "</g>\n</svg>\n";
  }

 private:
  void write_plate(std::size_t p) {
    const Rectangle& r = placement_.plates[p];
    out_ += fmt::format(
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"7\" fill=\"none\" "
        "stroke=\"#555\"/>",
        at(r.left), at(r.top), at(r.right - r.left), at(r.bottom - r.top));
    const bool left = placement_.caption_left[p];
    out_ += fmt::format(
        "<text x=\"{}\" y=\"{}\" font-size=\"14\" fill=\"#333\" text-anchor=\"{}\">{}</text>\n",
        at(left ? r.left + 7 : r.right - 7), at(r.bottom - 6), left ? "start" : "end",
        escaped(caption(graph_.plates[p])));
  }

  void write_edge(const GraphEdge& e) {
    const Placement::Spot &from = placement_.nodes[e.from], &to = placement_.nodes[e.to];
    const auto [x1, y1] = edge_of(from, to.x, to.y, 0);
    const auto [x2, y2] = edge_of(to, from.x, from.y, 1);
    out_ += fmt::format(
        "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"black\" stroke-width=\"1.2\" "
        "marker-end=\"url(#arrow)\"/>\n",
        at(x1), at(y1), at(x2), at(y2));
  }

  void write_node(std::size_t n) {
    const GraphNode& node = graph_.nodes[n];
    const Placement::Spot& s = placement_.nodes[n];
    if (node.kind == NodeKind::known) {
      out_ += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\"/>", at(s.x), at(s.y), at(s.rx));
      out_ += name_at(node.label, s.x, placement_.name_below[n] ? s.y + 22 : s.y - 12) + "\n";
      return;
    }
    out_ += fmt::format(
        "<ellipse cx=\"{}\" cy=\"{}\" rx=\"{}\" ry=\"{}\" fill=\"{}\" stroke=\"black\" "
        "stroke-width=\"1.2\"/>",
        at(s.x), at(s.y), at(s.rx), at(s.ry),
        node.kind == NodeKind::observed ? "#d4d4d4" : "white");
    out_ += name_at(node.label, s.x, s.y + 6) + "\n";
  }

  const Graph& graph_;
  Placement placement_;
  std::string out_;
};

}  // namespace

std::string to_svg(const Graph& graph) { return SvgWriter(graph).write(); }

}  // namespace lmmdsl
