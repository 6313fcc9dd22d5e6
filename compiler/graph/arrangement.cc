#include "compiler/graph/arrangement.h"

#include <algorithm>
#include <cmath>

namespace lmmdsl {
namespace {

constexpr double kLayer = 104;   // from a layer to the next
constexpr double kRadius = 25;   // of a node
constexpr double kDot = 4.5;     // of a known quantity
constexpr double kPadding = 12;  // from a plate to what is in it
constexpr double kApart = 16;    // between nodes, and from a node to a plate that is not its own
constexpr double kBelow = 62;    // from a node to covariates below it
constexpr double kShortestArrow = 26;
constexpr double kMargin = 14;    // around the drawing
constexpr double kScript = 0.68;  // of subscripts, in names

// Costs, in units of a squared step of an arrow.
constexpr double kNodesMeet = 4000;
constexpr double kInWrongPlate = 1500;
constexpr double kPlatesMeet = 800;
constexpr double kBordersMeet = 40;
constexpr double kArrowThroughNode = 300;
constexpr double kArrowsCross = 60;
constexpr double kArrowInWrongPlate = 8;
constexpr double kLongArrow = 6;      // for each layer that it leaps over
constexpr double kWideDrawing = 1.5;  // of all, for a step
constexpr double kHeight = 12;        // of all, for a layer

bool meet(const Rectangle& a, const Rectangle& b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

Rectangle grown(Rectangle r, double by) {
  return {r.left - by, r.top - by, r.right + by, r.bottom + by};
}

}  // namespace

Arrangement::Arrangement(const Graph& graph)
    : x(graph.nodes.size()), least_layer(graph.nodes.size()), graph_(graph) {
  measure();
  place_layers();
  find_nesting();
}

double Arrangement::turn(Point a, Point b, Point c) {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

bool Arrangement::cross(Point a, Point b, Point c, Point d) {
  return turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
}

/// Distance from p to the segment from a to b.
double Arrangement::distance(Point p, Point a, Point b) {
  const double dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
  const double t =
      length == 0 ? 0 : std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length, 0.0, 1.0);
  return std::hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

void Arrangement::measure() {
  for (std::size_t n = 0; n < size(); ++n) {
    const double half = width_of(graph_.nodes[n].label).all() / 2;
    half_.push_back(is_dot(n) ? std::max(half, kDot) : std::max(kRadius, half * 1.15 + 7));
  }
}

/// A node stands above all its children, and not below its least layer; what is known of the same
/// elements as its child beside it.
void Arrangement::place_layers() {
  layer_ = least_layer;
  below_.assign(size(), false);
  for (std::size_t round = 0; round < size(); ++round) {
    bool changed = false;
    for (const GraphEdge& e : graph_.edges) {
      const int least = layer_[e.to] + (is_beside(e) ? 0 : 1);
      if (layer_[e.from] >= least) continue;
      layer_[e.from] = least;
      changed = true;
    }
    if (!changed) break;
  }
  const int top = size() == 0 ? 0 : *std::max_element(layer_.begin(), layer_.end());
  y_.resize(size());
  for (std::size_t n = 0; n < size(); ++n) y_[n] = (top - layer_[n]) * kLayer;
  // Three and more beside one node would stand in each other's way: they go below it.
  for (std::size_t child = 0; child < size(); ++child) {
    std::vector<std::size_t> dots;
    for (const GraphEdge& e : graph_.edges)
      if (e.to == static_cast<int>(child) && is_beside(e) && layer_[e.from] == layer_[child])
        dots.push_back(static_cast<std::size_t>(e.from));
    if (dots.size() <= 2) continue;
    for (const std::size_t n : dots) {
      below_[n] = true;
      y_[n] = y_[child] + kBelow;
    }
  }
}

bool Arrangement::is_beside(const GraphEdge& e) const {
  return is_dot(e.from) && graph_.nodes[e.from].plate >= 0 &&
         graph_.nodes[e.from].plate == graph_.nodes[e.to].plate;
}

/// Plates from the innermost outwards; of two that cross, one reaches further down.
void Arrangement::find_nesting() {
  const std::size_t count = graph_.plates.size();
  for (std::size_t p = 0; p < count; ++p) inner_first_.push_back(p);
  std::stable_sort(inner_first_.begin(), inner_first_.end(), [&](std::size_t a, std::size_t b) {
    return graph_.plates[a].inside.size() > graph_.plates[b].inside.size();
  });
  lower_.assign(count, 0);
  for (std::size_t p = 0; p < count; ++p)
    for (std::size_t q = 0; q < p; ++q)
      if (crossing(p, q)) lower_[p] = std::max(lower_[p], lower_[q] + kCaption + 4);
}

bool Arrangement::share_a_plate(std::size_t p, std::size_t q) const {
  for (std::size_t r = 0; r < graph_.plates.size(); ++r)
    if ((r == p || within(r, p)) && (r == q || within(r, q))) return true;
  return false;
}
bool Arrangement::within(std::size_t p, std::size_t q) const {
  return graph_.within(static_cast<int>(p), static_cast<int>(q));
}
bool Arrangement::crossing(std::size_t p, std::size_t q) const {
  return p != q && !within(p, q) && !within(q, p) && share_a_plate(p, q);
}

// ---- geometry ----------------------------------------------------------------------------

Rectangle Arrangement::box(std::size_t n) const {
  if (is_dot(n) && below_[n])
    return {x[n] - half_[n], y_[n] - kDot, x[n] + half_[n], y_[n] + kDot + kNameSize + 2};
  if (is_dot(n))
    return {x[n] - half_[n], y_[n] - kDot - kNameSize - 4, x[n] + half_[n], y_[n] + kDot};
  return {x[n] - half_[n], y_[n] - kRadius, x[n] + half_[n], y_[n] + kRadius};
}

void Arrangement::find_plates() {
  plates_.assign(graph_.plates.size(), {});
  for (const std::size_t p : inner_first_) {
    Rectangle r{1e9, 1e9, -1e9, -1e9};
    const auto include = [&](const Rectangle& b) {
      r = {std::min(r.left, b.left), std::min(r.top, b.top), std::max(r.right, b.right),
           std::max(r.bottom, b.bottom)};
    };
    for (std::size_t n = 0; n < size(); ++n)
      if (graph_.nodes[n].plate == static_cast<int>(p)) include(box(n));
    for (std::size_t q = 0; q < plates_.size(); ++q)
      if (within(q, p)) include(plates_[q]);
    r = grown(r, kPadding);
    r.bottom += kCaption - kPadding / 2 + lower_[p];
    const double needed = width_of(caption(graph_.plates[p]), 14) + 14 - (r.right - r.left);
    if (needed > 0) {
      r.left -= needed / 2;
      r.right += needed / 2;
    }
    plates_[p] = r;
  }
}

double Arrangement::cost() {
  find_plates();
  double sum = 0;
  trouble_ = 0;
  for (std::size_t i = 0; i < size(); ++i) {
    for (std::size_t j = 0; j < i; ++j)
      if (meet(grown(box(i), kApart / 2), grown(box(j), kApart / 2))) trouble_ += kNodesMeet;
    for (std::size_t p = 0; p < plates_.size(); ++p)
      if (!graph_.contains(static_cast<int>(p), static_cast<int>(i)) &&
          meet(grown(box(i), kApart / 2), plates_[p]))
        trouble_ += kInWrongPlate;
  }
  for (std::size_t p = 0; p < plates_.size(); ++p)
    for (std::size_t q = 0; q < p; ++q) {
      if (std::abs(plates_[p].left - plates_[q].left) < 5 ||
          std::abs(plates_[p].right - plates_[q].right) < 5)
        sum += kBordersMeet;
      if (!within(p, q) && !within(q, p) && !share_a_plate(p, q) &&
          meet(grown(plates_[p], kApart / 2), plates_[q]))
        trouble_ += kPlatesMeet;
    }
  for (std::size_t k = 0; k < graph_.edges.size(); ++k) sum += cost_of_edge(k);
  const auto [left, right] = std::minmax_element(x.begin(), x.end());
  if (size() > 0)
    sum += kWideDrawing * (*right - *left) / kStep +
           kHeight * *std::max_element(layer_.begin(), layer_.end());
  return sum + trouble_;
}

double Arrangement::cost_of_edge(std::size_t k) {
  const auto& edges = graph_.edges;
  const std::size_t from = edges[k].from, to = edges[k].to;
  const Point a = centre(from), b = centre(to);
  const double dx = (a.x - b.x) / kStep;
  double sum = dx * dx * (y_[from] == y_[to] ? 0.5 : 1);
  sum += kLongArrow * std::max(0, layer_[from] - layer_[to] - 1);
  if (y_[from] == y_[to] && std::abs(a.x - b.x) - half_[to] - kDot < kShortestArrow)
    trouble_ += kArrowThroughNode;
  for (std::size_t n = 0; n < size(); ++n)
    if (n != from && n != to && passes_through(n, a, b)) trouble_ += kArrowThroughNode;
  for (std::size_t p = 0; p < plates_.size(); ++p) sum += edge_in_plate(p, from, to);
  for (std::size_t l = 0; l < k; ++l) {
    if (edges[l].from == edges[k].from || edges[l].to == edges[k].to) continue;
    if (cross(a, b, centre(edges[l].from), centre(edges[l].to))) sum += kArrowsCross;
  }
  return sum;
}

/// As if its ellipse were a circle.
bool Arrangement::passes_through(std::size_t n, Point a, Point b) const {
  if (is_dot(n)) return distance(centre(n), a, b) < 3 * kDot;
  const double squeeze = kRadius / half_[n];
  const auto squeezed = [&](Point p) { return Point{p.x * squeeze, p.y}; };
  return distance(squeezed(centre(n)), squeezed(a), squeezed(b)) < kRadius + 5;
}

/// An arrow between nodes outside of a plate should not pass through it.
double Arrangement::edge_in_plate(std::size_t p, std::size_t from, std::size_t to) const {
  const int plate = static_cast<int>(p);
  if (graph_.contains(plate, static_cast<int>(from)) ||
      graph_.contains(plate, static_cast<int>(to)))
    return 0;
  const Rectangle& r = plates_[p];
  const Point a = centre(from), b = centre(to);
  const Point corners[] = {
      {r.left, r.top}, {r.right, r.top}, {r.right, r.bottom}, {r.left, r.bottom}};
  for (int k = 0; k < 4; ++k)
    if (cross(a, b, corners[k], corners[(k + 1) % 4])) return kArrowInWrongPlate;
  return 0;
}

Placement Arrangement::placement() {
  find_plates();
  Rectangle all{1e9, 1e9, -1e9, -1e9};
  const auto include = [&](const Rectangle& b) {
    all = {std::min(all.left, b.left), std::min(all.top, b.top), std::max(all.right, b.right),
           std::max(all.bottom, b.bottom)};
  };
  for (std::size_t n = 0; n < size(); ++n) include(box(n));
  for (const Rectangle& r : plates_) include(r);
  if (size() == 0) all = {0, 0, 0, 0};
  all = grown(all, kMargin);
  Placement layout;
  layout.width = all.right - all.left;
  layout.height = all.bottom - all.top;
  layout.name_below = below_;
  for (std::size_t n = 0; n < size(); ++n)
    layout.nodes.push_back({x[n] - all.left, y_[n] - all.top, is_dot(n) ? kDot : half_[n],
                            is_dot(n) ? kDot : kRadius});
  for (std::size_t p = 0; p < plates_.size(); ++p) {
    const Rectangle& r = plates_[p];
    layout.plates.push_back(
        {r.left - all.left, r.top - all.top, r.right - all.left, r.bottom - all.top});
    bool left = false;
    for (std::size_t q = 0; q < plates_.size(); ++q)
      left |= crossing(p, q) && r.left < plates_[q].left;
    layout.caption_left.push_back(left);
  }
  return layout;
}

double width_of(const std::string& text, double size) {
  double width = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((static_cast<unsigned char>(c) & 0xC0) == 0x80) continue;
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
    const bool greek_capital =
        static_cast<unsigned char>(c) == 0xCE && next >= 0x91 && next <= 0xA9;
    const std::string_view narrow = "ijltf.,:;'|()[] 1I", wide = "mwMW@%";
    const bool capital = c >= 'A' && c <= 'Z';
    width += narrow.find(c) != narrow.npos ? 0.32
             : wide.find(c) != wide.npos   ? 0.76
             : capital || greek_capital    ? 0.68
                                           : 0.51;
  }
  return width * size;
}

NameWidth width_of(const TypesetName& name) {
  return {width_of(name.base, kNameSize), width_of(name.sub, kNameSize * kScript),
          width_of(name.sup, kNameSize * kScript)};
}

}  // namespace lmmdsl
