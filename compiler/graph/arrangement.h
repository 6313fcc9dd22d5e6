// A drawing of a graph while its places are being looked for: where each node stands, the plates
// that this makes, and what it costs.
#pragma once

#include <vector>

#include "compiler/graph/placement.h"

namespace lmmdsl {

/// Positions in a layer are multiples of it.
constexpr double kStep = 24;

class Arrangement {
 public:
  explicit Arrangement(const Graph& graph);

  std::vector<double> x;         ///< by node, its centre
  std::vector<int> least_layer;  ///< by node; then place_layers()

  /// A node stands above all its children, and not below its least layer; what is known of the same
  /// elements as its child beside it.
  void place_layers();

  /// Long arrows, arrows that cross, nodes that meet, nodes in plates that are not theirs, ...
  double cost();
  /// The part of the last cost that makes a drawing wrong, not only long.
  double trouble() const { return trouble_; }

  const Graph& graph() const { return graph_; }
  std::size_t size() const { return graph_.nodes.size(); }
  bool is_dot(std::size_t n) const { return graph_.nodes[n].kind == NodeKind::known; }
  int layer(std::size_t n) const { return layer_[n]; }
  double y(std::size_t n) const { return y_[n]; }
  double half_width(std::size_t n) const { return half_[n]; }

  Placement placement();

 private:
  struct Point {
    double x, y;
  };
  static double turn(Point a, Point b, Point c);
  static bool cross(Point a, Point b, Point c, Point d);
  static double distance(Point p, Point a, Point b);

  void measure();
  void find_nesting();
  void find_plates();
  bool is_beside(const GraphEdge& e) const;
  bool share_a_plate(std::size_t p, std::size_t q) const;
  bool within(std::size_t p, std::size_t q) const;
  bool crossing(std::size_t p, std::size_t q) const;
  Point centre(std::size_t n) const { return {x[n], y_[n]}; }
  Rectangle box(std::size_t n) const;
  double cost_of_edge(std::size_t k);
  bool passes_through(std::size_t n, Point a, Point b) const;
  double edge_in_plate(std::size_t p, std::size_t from, std::size_t to) const;

  const Graph& graph_;
  std::vector<double> half_;  ///< half widths
  std::vector<int> layer_;    ///< from the bottom
  std::vector<bool> below_;   ///< covariates below their response
  std::vector<double> y_;
  std::vector<std::size_t> inner_first_;  ///< plates
  std::vector<double> lower_;             ///< by plate, how much further down it reaches
  std::vector<Rectangle> plates_;
  double trouble_ = 0;
};

}  // namespace lmmdsl
