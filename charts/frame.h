// A plotting region with its axes: from data to pixels.
#pragma once

#include <string>
#include <vector>

#include "charts/svg.h"

namespace lmmdsl {

struct Range {
  double low = 0, high = 1;
};

/// The smallest range with all finite values, a little wider at both ends; never empty.
Range range_of(const std::vector<double>& values, double margin = 0.04);
Range unite(Range a, Range b);

/// Round numbers within a range, about `count` of them.
std::vector<double> ticks(Range range, int count);
/// A tick as text, with the digits that tell it from its neighbours.
std::string tick_text(double x, double step);

struct FrameOptions {
  std::string x_title, y_title;
  bool x_ticks = true, y_ticks = true;
  double left = 52, right = 20, top = 26, bottom = 38;  ///< pixels around the region
};

class Frame {
 public:
  /// Draws axes, ticks and the heading.
  Frame(Svg& svg, Range x, Range y, std::string heading, FrameOptions options = {});

  double x(double value) const;
  double y(double value) const;
  Point point(double x_value, double y_value) const { return {x(x_value), y(y_value)}; }
  std::vector<Point> points(const std::vector<double>& xs, const std::vector<double>& ys) const;

  double left() const { return options_.left; }
  double right() const { return svg_.width() - options_.right; }
  double top() const { return options_.top; }
  double bottom() const { return svg_.height() - options_.bottom; }
  void begin_clip() const;
  void end_clip() const { svg_.end_clip(); }

 private:
  Svg& svg_;
  Range x_, y_;
  FrameOptions options_;
};

}  // namespace lmmdsl
