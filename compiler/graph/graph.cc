#include "compiler/graph/graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "compiler/derive/inline.h"
#include "compiler/math/render.h"
#include "grammar/listed_words.h"

namespace lmmdsl {
namespace {

std::string index_text(const Model& model, const Plate& plate) {
  std::string text;
  for (SymbolId f : plate.factors)
    text += (text.empty() ? "" : ", ") + render_name(model[f].name, Notation::unicode);
  return text;
}

/// "sigma^2" of a prior on 1/sigma^2, "Sigma" of one on inv(Sigma): the symbol and its power.
std::string power_of_prior(const Model& model, SymbolId parameter) {
  const Expr& value = stated_prior(model, parameter).value;
  if (value->op != Op::power || value->args[1]->op != Op::number) return {};
  const double exponent = std::abs(value->args[1]->number);
  return exponent == 1 ? "" : fmt::format("{}", exponent);
}

struct MentionLess {
  bool operator()(const std::pair<SymbolId, Plate>& a, const std::pair<SymbolId, Plate>& b) const {
    return std::tuple(a.first, a.second.rows, a.second.factors) <
           std::tuple(b.first, b.second.rows, b.second.factors);
  }
};

class GraphBuilder {
 public:
  explicit GraphBuilder(const Model& model) : model_(model) {}

  Graph build() {
    graph_.title = model_.title;
    // A response may explain another.
    for (const Density& d : model_.stated)
      if (d.target < 0 && d.value->op == Op::symbol) {
        const int node = response_node(d);
        responses_[d.value->symbol] = node;
      }
    for (const Density& d : model_.stated) add_density(d);
    find_plates();
    return std::move(graph_);
  }

 private:
  using Mentions = std::set<std::pair<SymbolId, Plate>, MentionLess>;

  /// What e mentions, and where it is read: a covariate of schools on the plate of schools. Derived
  /// quantities are written out. Functions of data (mean(y), ols(y ~ X)) are
  /// numbers, and show nothing.
  void mentioned(const Expr& e, const Plate* read_on, Mentions& found) const {
    if (e->op == Op::symbol) {
      const Symbol& s = model_[e->symbol];
      if (s.role == Role::derived) {
        mentioned(s.definition, read_on, found);
      } else {
        found.insert({e->symbol, s.role != Role::parameter && read_on && s.plate.rows
                                     ? *read_on
                                     : plain(s.plate)});
      }
      return;
    }
    const bool looks_up = e->op == Op::collapse || e->op == Op::gather;
    const bool reads = looks_up || e->op == Op::level;
    if (!reads && (e->op == Op::least_squares || !(e->over == Plate{}))) return;
    for (const Expr& a : e->args) mentioned(a, looks_up ? &e->plate : read_on, found);
  }

  static Plate plain(Plate plate) {
    plate.response = -1;
    plate.missing = false;
    return plate;
  }

  void add_density(const Density& d) {
    const int child =
        d.target >= 0 ? node_of({d.target, model_[d.target].plate}) : response_node(d);
    Mentions parents;
    for (const Expr& a : d.args) mentioned(a, nullptr, parents);
    // Which level is meant is a parent, too.
    for (const auto& parent : Mentions(parents))
      if (const SymbolId f = deciding_factor(d.plate, model_[parent.first].plate); f >= 0)
        parents.insert({f, row_plate()});
    for (const auto& parent : parents) add_edge(node_of(parent), child);
  }

  void add_edge(int from, int to) {
    const auto same_edge = [&](const GraphEdge& e) { return e.from == from && e.to == to; };
    if (std::none_of(graph_.edges.begin(), graph_.edges.end(), same_edge))
      graph_.edges.push_back({from, to});
  }

  /// The node of a symbol, made on first use.
  int node_of(const std::pair<SymbolId, Plate>& mention) {
    const auto& [s, plate] = mention;
    if (const auto found = responses_.find(s); found != responses_.end()) return found->second;
    if (const auto found = nodes_.find(mention); found != nodes_.end()) return found->second;
    const Symbol& symbol = model_[s];
    const std::string power = symbol.role == Role::parameter ? power_of_prior(model_, s) : "";
    const NodeKind kind = symbol.role == Role::parameter ? NodeKind::unknown : NodeKind::known;
    const int node = add_node(kind, typeset(model_, symbol.name, symbol.plate, power),
                              plain_text(symbol.name, symbol.plate, power), plate);
    nodes_[mention] = node;
    return node;
  }

  std::string plain_text(const std::string& name, const Plate& plate,
                         const std::string& power = {}) const {
    std::string text = render_name(name, Notation::unicode);
    text += power == "2" ? "²" : power.empty() ? "" : "^" + power;
    if (!plate.rows && !plate.factors.empty()) text += "[" + index_text(model_, plate) + "]";
    return text;
  }

  int response_node(const Density& d) {
    const std::string written = render(d.value, &model_);
    TypesetName label{written, "", "", true};
    if (d.value->op == Op::symbol) label = typeset(model_, d.value->text, d.plate);
    if (d.value->op == Op::gather && d.value->args[0]->op == Op::symbol)
      label = typeset(model_, d.value->args[0]->text, d.value->plate);
    if (d.value->op == Op::symbol && responses_.count(d.value->symbol))
      return responses_.at(d.value->symbol);
    return add_node(NodeKind::observed, label,
                    d.value->op == Op::symbol ? plain_text(d.value->text, d.plate) : written,
                    plain(d.plate));
  }

  int add_node(NodeKind kind, TypesetName label, std::string text, const Plate& plate) {
    GraphNode node{kind, std::move(label), std::move(text), -1};
    graph_.nodes.push_back(std::move(node));
    node_plates_.push_back(plate);
    return static_cast<int>(graph_.nodes.size()) - 1;
  }

  void find_plates() {
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
      const Plate& plate = node_plates_[n];
      if (plate.once()) continue;
      const auto found = std::find_if(graph_.plates.begin(), graph_.plates.end(),
                                      [&](const GraphPlate& p) { return p.plate == plate; });
      graph_.nodes[n].plate = static_cast<int>(found - graph_.plates.begin());
      if (found == graph_.plates.end())
        graph_.plates.push_back(
            {plate, plate.rows ? "rows" : index_text(model_, plate), std::nullopt, {}});
    }
    // A plate lies in another by its factors, or because what is on it looks up what is on the
    // other: then each of its elements lies in one of the other's.
    const int count = static_cast<int>(graph_.plates.size());
    std::vector<std::vector<bool>> in(count, std::vector<bool>(count));
    for (int p = 0; p < count; ++p)
      for (int q = 0; q < count; ++q)
        in[p][q] = p != q && !graph_.plates[p].plate.rows &&
                   refines(graph_.plates[p].plate, graph_.plates[q].plate);
    for (const GraphEdge& e : graph_.edges) {
      const int outer = graph_.nodes[e.from].plate, inner = graph_.nodes[e.to].plate;
      if (outer >= 0 && inner >= 0 && outer != inner && !in[outer][inner]) in[inner][outer] = true;
    }
    for (int k = 0; k < count; ++k)
      for (int p = 0; p < count; ++p)
        for (int q = 0; q < count; ++q)
          if (in[p][k] && in[k][q] && p != q && !in[q][p]) in[p][q] = true;
    for (int p = 0; p < count; ++p)
      for (int q = 0; q < count; ++q)
        if (in[p][q]) graph_.plates[p].inside.push_back(q);
  }

  const Model& model_;
  Graph graph_;
  std::map<std::pair<SymbolId, Plate>, int, MentionLess> nodes_;
  std::map<SymbolId, int> responses_;  ///< nodes of columns with a likelihood
  std::vector<Plate> node_plates_;
};

}  // namespace

TypesetName typeset(const Model& model, const std::string& name, const Plate& plate,
                    const std::string& power) {
  // sigma_e, mu0: a stem, and what follows as a subscript.
  std::size_t stem = 0;
  while (stem < name.size() && name[stem] != '_' &&
         !std::isdigit(static_cast<unsigned char>(name[stem])))
    ++stem;
  if (stem == 0) stem = name.size();
  TypesetName label;
  label.base = render_name(name.substr(0, stem), Notation::unicode);
  label.sup = power;
  label.sub = name.substr(stem);
  while (!label.sub.empty() && label.sub[0] == '_') label.sub.erase(0, 1);
  const auto letters = std::count_if(label.base.begin(), label.base.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  });
  label.upright = letters > 1;
  if (!plate.rows && !plate.factors.empty())
    label.sub += (label.sub.empty() ? "" : ", ") + index_text(model, plate);
  return label;
}

bool Graph::within(int inner, int outer) const {
  const auto& around = plates[inner].inside;
  return std::find(around.begin(), around.end(), outer) != around.end();
}

bool Graph::contains(int plate, int node) const {
  const int own = nodes[node].plate;
  return own >= 0 && (own == plate || within(own, plate));
}

Graph graph_of(const Model& model) { return GraphBuilder(model).build(); }

std::string caption(const GraphPlate& plate) {
  return plate.size ? fmt::format("{} ({})", plate.label, *plate.size) : plate.label;
}

std::string describe(const Graph& graph) {
  std::string text;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const GraphNode& node = graph.nodes[n];
    if (node.kind == NodeKind::known) continue;
    std::vector<std::string> parents;
    for (const GraphEdge& e : graph.edges)
      if (e.to == static_cast<int>(n)) parents.push_back(graph.nodes[e.from].text);
    text += text.empty() ? "" : " ";
    text += node.text;
    if (node.kind == NodeKind::observed) text += ", observed";
    if (node.plate >= 0) {
      const GraphPlate& plate = graph.plates[node.plate];
      text += ", for each " + (plate.plate.rows ? "row" : plate.label);
      if (plate.size) text += fmt::format(" of {}", *plate.size);
    }
    text +=
        parents.empty() ? ": depends on no other." : ": depends on " + listed_words(parents) + ".";
  }
  return text;
}

}  // namespace lmmdsl
