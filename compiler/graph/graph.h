// The directed acyclic graph of a model, as textbooks draw it (Gelman et al. 2013, chapter 5;
// Bishop 2006, section 8.1): round nodes for what is random, shaded if observed; dots for what is
// known, covariates and constants; rectangles, the plates, around what repeats. Plates that cross
// overlap.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "compiler/model/model.h"

namespace lmmdsl {

/// A name as a page sets it: sigma_e^2 on the plate of g is σ with subscript "e, g" and superscript
/// "2".
struct TypesetName {
  std::string base, sub, sup;
  bool upright = false;  ///< a word, not a letter
};

/// A random variable, its name, and the factors that index it.
TypesetName typeset(const Model& model, const std::string& name, const Plate& plate,
                    const std::string& power = {});

/// Derived quantities have no node: a density mentions what they are made of.
enum class NodeKind {
  unknown,   ///< a parameter
  observed,  ///< the left side of a likelihood
  known      ///< a covariate or a constant that a density mentions
};

struct GraphNode {
  NodeKind kind = NodeKind::unknown;
  TypesetName label;
  std::string text;  ///< the name on one line: σ²[group]
  int plate = -1;    ///< the innermost plate around it, an index into Graph::plates; -1: none
};

struct GraphEdge {
  int from = 0;
  int to = 0;
};

struct GraphPlate {
  Plate plate;
  std::string label;                ///< "plot"; "rows"
  std::optional<std::size_t> size;  ///< known with data
  std::vector<int> inside;          ///< all plates around this one
};

struct Graph {
  std::string title;
  std::vector<GraphNode> nodes;  ///< in the order of the statements, what they mention after them
  std::vector<GraphEdge> edges;
  std::vector<GraphPlate> plates;  ///< those that have a node

  bool contains(int plate, int node) const;  ///< the node lies in the plate or in one within it
  bool within(int inner, int outer) const;   ///< not the same
};

Graph graph_of(const Model& model);

/// "plot (10)"; "plot" without data.
std::string caption(const GraphPlate& plate);

/// The graph in sentences, for those who cannot see it: "yield, observed, for each row: depends on
/// X, β[plot] and σ²."
std::string describe(const Graph& graph);

/// In the language of Graphviz. Its clusters cannot overlap: a plate inside of two that cross
/// stands beside them, and its caption names them.
std::string to_dot(const Graph& graph);

/// A drawing of its own, which needs nothing but a viewer.
std::string to_svg(const Graph& graph);

}  // namespace lmmdsl
