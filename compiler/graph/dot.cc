#include <fmt/format.h>

#include <algorithm>

#include "compiler/graph/graph.h"
#include "compiler/graph/markup.h"
#include "grammar/listed_words.h"

namespace lmmdsl {
namespace {

/// A string in double quotes: Graphviz reads backslashes in labels.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out + "\"";
}

/// An HTML-like label.
std::string markup(const TypesetName& name) {
  std::string text = escaped(name.base);
  if (!name.upright) text = "<I>" + text + "</I>";
  const auto script = [](const char* where, const std::string& of) {
    return fmt::format("<{0}><FONT POINT-SIZE=\"11\">{1}</FONT></{0}>", where, escaped(of));
  };
  if (!name.sub.empty()) text += script("SUB", name.sub);
  if (!name.sup.empty()) text += script("SUP", name.sup);
  return "<" + text + ">";
}

class DotWriter {
 public:
  explicit DotWriter(const Graph& graph) : graph_(graph) {
    for (std::size_t p = 0; p < graph.plates.size(); ++p)
      parents_.push_back(cluster_around(static_cast<int>(p)));
  }

  std::string write() {
    out_ = "digraph model {\n";
    if (!graph_.title.empty())
      out_ += fmt::format("  label={}; labelloc=t;\n", quoted(graph_.title));
    out_ +=
        "  graph [fontname=\"Times\", ranksep=0.45, nodesep=0.4];\n"
        "  node [fontname=\"Times\", fontsize=16, shape=ellipse, height=0.6, width=0.6];\n"
        "  edge [arrowsize=0.7];\n";
    write_cluster(-1, "  ");
    for (const GraphEdge& e : graph_.edges) out_ += fmt::format("  n{} -> n{};\n", e.from, e.to);
    return out_ + "}\n";
  }

 private:
  /// The plates directly around one.
  std::vector<int> directly_around(int p) const {
    std::vector<int> found;
    const std::vector<int>& around = graph_.plates[p].inside;
    for (int q : around)
      if (std::none_of(around.begin(), around.end(), [&](int r) { return graph_.within(r, q); }))
        found.push_back(q);
    return found;
  }

  /// -1 where there is none, or two that cross.
  int cluster_around(int p) const {
    const std::vector<int> around = directly_around(p);
    return around.size() == 1 ? around[0] : -1;
  }

  /// The caption, with the plates around it that cross, unless its factors say so.
  std::string cluster_caption(int p) const {
    const std::string text = caption(graph_.plates[p]);
    const std::vector<int> around = directly_around(p);
    if (around.size() < 2 || !graph_.plates[p].plate.rows) return text;
    std::vector<std::string> labels;
    for (int other : around) labels.push_back(graph_.plates[other].label);
    return text + " in " + listed_words(labels);
  }

  void write_cluster(int p, const std::string& indent) {
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n)
      if (graph_.nodes[n].plate == p) out_ += indent + node(static_cast<int>(n));
    for (std::size_t q = 0; q < parents_.size(); ++q) {
      if (parents_[q] != p) continue;
      out_ += fmt::format("{}subgraph cluster_{} {{\n{}  label={}; labelloc=b; labeljust=r;\n",
                          indent, q, indent, quoted(cluster_caption(static_cast<int>(q))));
      write_cluster(static_cast<int>(q), indent + "  ");
      out_ += indent + "}\n";
    }
  }

  std::string node(int n) const {
    const GraphNode& g = graph_.nodes[n];
    switch (g.kind) {
      case NodeKind::observed:
        return fmt::format("n{} [label={}, style=filled, fillcolor=\"#d9d9d9\"];\n", n,
                           markup(g.label));
      case NodeKind::known:
        return fmt::format("n{} [label=\"\", xlabel={}, shape=point, width=0.12, height=0.12];\n",
                           n, markup(g.label));
      case NodeKind::unknown:
        break;
    }
    return fmt::format("n{} [label={}];\n", n, markup(g.label));
  }

  const Graph& graph_;
  std::vector<int> parents_;  ///< by plate: the cluster in which it is drawn; -1: none
  std::string out_;
};

}  // namespace

std::string to_dot(const Graph& graph) { return DotWriter(graph).write(); }

}  // namespace lmmdsl
