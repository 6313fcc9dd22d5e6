#include "compiler/graph/placement.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

#include "compiler/graph/arrangement.h"

namespace lmmdsl {
namespace {

constexpr int kStarts = 12;

/// Reproducible numbers for the starts of the search.
class Shuffle {
 public:
  std::size_t below(std::size_t n) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>((state_ >> 33) % n);
  }

 private:
  std::uint64_t state_ = 1;
};

/// Looks for the cheapest arrangement by moving one node, two, or some together, from several
/// starts.
class Search {
 public:
  Search(const Graph& graph, double most_work)
      : graph_(graph), n_(graph.nodes.size()), at_(graph), most_work_(most_work) {}

  Placement run() {
    std::vector<double> best;
    std::vector<int> best_layers;
    double least = std::numeric_limits<double>::infinity();
    Shuffle shuffle;
    for (int start = 0; start < kStarts && (start == 0 || !tired()); ++start) {
      begin(start, shuffle);
      const double cost = improve();
      if (cost < least - 1e-9) {
        least = cost;
        best = at_.x;
        best_layers = at_.least_layer;
      }
    }
    at_.x = best;
    at_.least_layer = best_layers;
    at_.place_layers();
    Placement found = at_.placement();
    found.work = work_;
    return found;
  }

 private:
  double cost() {
    const double things = static_cast<double>(n_ + graph_.plates.size() + graph_.edges.size());
    work_ += things * things;
    return at_.cost();
  }

  bool tired() const { return work_ > most_work_; }

  /// Nodes of a layer side by side, plate by plate or in a random order.
  void begin(int start, Shuffle& shuffle) {
    std::vector<std::size_t> order(n_);
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return graph_.nodes[a].plate > graph_.nodes[b].plate;
    });
    if (start > 0)
      for (std::size_t k = n_; k > 1; --k) std::swap(order[k - 1], order[shuffle.below(k)]);
    at_.least_layer.assign(n_, 0);
    at_.place_layers();
    at_.x.assign(n_, 0);
    std::vector<double> next(n_ + 1, 0);
    for (const std::size_t n : order) {
      double& at = next[at_.layer(n)];
      at_.x[n] = std::ceil((at + at_.half_width(n)) / kStep) * kStep;
      at = at_.x[n] + at_.half_width(n) + kStep;
    }
    span_ = *std::max_element(next.begin(), next.end()) + 8 * kStep;
  }

  double improve() {
    double now = cost();
    for (int round = 0; round < 60 && !tired(); ++round) {
      const double before = now;
      for (std::size_t n = 0; n < n_; ++n) now = move_node(n, now);
      for (std::size_t i = 0; i < n_; ++i)
        for (std::size_t j = 0; j < i; ++j) now = try_swap(i, j, now);
      for (std::size_t p = 0; p < graph_.plates.size(); ++p)
        now = move_all(now, [&](std::size_t n) {
          return graph_.contains(static_cast<int>(p), static_cast<int>(n));
        });
      for (std::size_t root = 0; root < n_; ++root)
        now = move_all(now, [&](std::size_t n) { return n == root || is_parent(n, root); });
      // Where there is not room enough side by side.
      cost();
      if (at_.trouble() > 0)
        for (std::size_t n = 0; n < n_; ++n) now = raise_node(n, now);
      if (now > before - 1e-9) break;
    }
    return now;
  }

  /// To a layer higher up, its parents with it where they have to, and sideways.
  double raise_node(std::size_t n, double now) {
    if (at_.is_dot(n) || at_.least_layer[n] > 0 || tired()) return now;
    const std::vector<double> old = at_.x;
    const std::vector<int> old_layers = at_.least_layer;
    for (int by = 1; by <= 2; ++by) {
      at_.least_layer[n] = at_.layer(n) + 1;
      at_.place_layers();
      const double moved = move_node(n, cost());
      if (moved < now - 1e-9) return moved;
      at_.x = old;
    }
    at_.least_layer = old_layers;
    at_.place_layers();
    return now;
  }

  bool is_parent(std::size_t parent, std::size_t child) const {
    return std::any_of(graph_.edges.begin(), graph_.edges.end(), [&](const GraphEdge& e) {
      return e.from == static_cast<int>(parent) && e.to == static_cast<int>(child);
    });
  }

  double move_node(std::size_t n, double now) {
    double best = at_.x[n];
    for (double x = -4 * kStep; x <= span_ && !tired(); x += kStep) {
      at_.x[n] = x;
      const double c = cost();
      if (c < now - 1e-9) {
        now = c;
        best = x;
      }
    }
    at_.x[n] = best;
    return now;
  }

  double try_swap(std::size_t i, std::size_t j, double now) {
    if (at_.y(i) != at_.y(j) || tired()) return now;
    std::swap(at_.x[i], at_.x[j]);
    const double c = cost();
    if (c < now - 1e-9) return c;
    std::swap(at_.x[i], at_.x[j]);
    return now;
  }

  /// Some nodes together, sideways, or turned left to right.
  template <class Chosen>
  double move_all(double now, const Chosen& chosen) {
    const std::vector<double> old = at_.x;
    std::vector<double> best = at_.x;
    const auto consider = [&] {
      const double c = cost();
      if (c < now - 1e-9) {
        now = c;
        best = at_.x;
      }
    };
    double left = 1e9, right = -1e9;
    for (std::size_t n = 0; n < n_; ++n)
      if (chosen(n)) {
        left = std::min(left, old[n]);
        right = std::max(right, old[n]);
      }
    for (int by = -8; by <= 8 && !tired(); ++by)
      for (const bool turned : {false, true}) {
        for (std::size_t n = 0; n < n_; ++n)
          if (chosen(n)) at_.x[n] = (turned ? left + right - old[n] : old[n]) + by * kStep;
        consider();
      }
    at_.x = best;
    return now;
  }

  const Graph& graph_;
  std::size_t n_;
  Arrangement at_;
  double span_ = 0;
  double most_work_;
  double work_ = 0;
};

}  // namespace

Placement place(const Graph& graph, double most_work) { return Search(graph, most_work).run(); }

}  // namespace lmmdsl
