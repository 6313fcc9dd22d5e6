// Where the parts of a drawing of a graph stand. Parents above their children, in layers; within
// the layers so that arrows are short and cross little, and no node lies in a plate that is not its
// own.
#pragma once

#include <vector>

#include "compiler/graph/graph.h"

namespace lmmdsl {

struct Rectangle {
  double left = 0, top = 0, right = 0, bottom = 0;
};

/// In pixels, y downwards.
struct Placement {
  struct Spot {
    double x = 0, y = 0;    ///< the centre
    double rx = 0, ry = 0;  ///< half axes of its ellipse
  };
  std::vector<Spot> nodes;
  std::vector<bool> name_below;  ///< by node: the name of a dot stands below it, not above
  std::vector<Rectangle> plates;
  std::vector<bool> caption_left;  ///< by plate: its caption stands at the left, not at the right
  double width = 0, height = 0;
  double work = 0;  ///< of the search: pairs of things compared
};

/// The search ends when it has compared `most_work` pairs, or found nothing better.
Placement place(const Graph& graph, double most_work = 2e8);

/// Height of the line with a plate's caption.
constexpr double kCaption = 18;

/// Size of the letters of names.
constexpr double kNameSize = 20;

/// About how wide a typeset name is, and its parts.
struct NameWidth {
  double base = 0, sub = 0, sup = 0;
  double all() const { return base + (sub > sup ? sub : sup); }
};
NameWidth width_of(const TypesetName& name);
double width_of(const std::string& text, double size);

}  // namespace lmmdsl
