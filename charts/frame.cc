#include "charts/frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace lmmdsl {

Range range_of(const std::vector<double>& values, double margin) {
  double low = INFINITY, high = -INFINITY;
  for (const double v : values) {
    if (!std::isfinite(v)) continue;
    low = std::min(low, v);
    high = std::max(high, v);
  }
  if (!(low <= high)) return {0, 1};
  // Wide enough that pixels differ, and never so wide that it overflows.
  const double width =
      std::max(high - low, 1e-9 * std::max({std::fabs(low), std::fabs(high), 1e-300}));
  return {low - margin * width, high + margin * width};
}

Range unite(Range a, Range b) { return {std::min(a.low, b.low), std::max(a.high, b.high)}; }

std::vector<double> ticks(Range range, int count) {
  const double width = range.high - range.low;
  if (!(width > 0) || !std::isfinite(width)) return {range.low};
  const double unit = std::pow(10.0, std::floor(std::log10(width / count)));
  double step = unit;
  for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
    step = factor * unit;
    if (width / step <= count + 1) break;
  }
  std::vector<double> result;
  for (double k = std::ceil(range.low / step); k * step <= range.high && result.size() < 50; ++k)
    result.push_back(k * step == 0 ? 0 : k * step);
  return result;
}

std::string tick_text(double x, double step) {
  if (x == 0) return "0";
  const double size = std::fabs(x);
  if (size >= 1e6 || size < 1e-4) {
    const int digits = static_cast<int>(
        std::clamp(std::floor(std::log10(size)) - std::floor(std::log10(step) + 1e-9), 0.0, 9.0));
    return fmt::format("{:.{}e}", x, digits);
  }
  const int decimals =
      static_cast<int>(std::clamp(-std::floor(std::log10(step) + 1e-9), 0.0, 12.0));
  return fmt::format("{:.{}f}", x, decimals);
}

Frame::Frame(Svg& svg, Range x, Range y, std::string heading, FrameOptions options)
    : svg_(svg), x_(x), y_(y), options_(std::move(options)) {
  svg.label({left(), 16}, heading, Anchor::start, "heading");
  const int across = std::max(2, static_cast<int>((right() - left()) / 70));
  const int down = std::max(2, static_cast<int>((bottom() - top()) / 40));
  if (options_.x_ticks) {
    const std::vector<double> at = ticks(x_, across);
    const double step = at.size() > 1 ? at[1] - at[0] : x_.high - x_.low;
    for (const double t : at) {
      svg.line({this->x(t), top()}, {this->x(t), bottom()}, "grid");
      svg.label({this->x(t), bottom() + 15}, tick_text(t, step), Anchor::middle, "label small");
    }
  }
  if (options_.y_ticks) {
    const std::vector<double> at = ticks(y_, down);
    const double step = at.size() > 1 ? at[1] - at[0] : y_.high - y_.low;
    for (const double t : at) {
      svg.line({left(), this->y(t)}, {right(), this->y(t)}, "grid");
      svg.label({left() - 5, this->y(t) + 4}, tick_text(t, step), Anchor::end, "label small");
    }
  }
  svg.line({left(), bottom()}, {right(), bottom()}, "axis");
  if (!options_.x_title.empty())
    svg.label({(left() + right()) / 2, svg.height() - 6}, options_.x_title, Anchor::middle);
  if (!options_.y_title.empty()) svg.vertical_label({12, (top() + bottom()) / 2}, options_.y_title);
}

double Frame::x(double value) const {
  return left() + (value - x_.low) / (x_.high - x_.low) * (right() - left());
}

double Frame::y(double value) const {
  return bottom() - (value - y_.low) / (y_.high - y_.low) * (bottom() - top());
}

std::vector<Point> Frame::points(const std::vector<double>& xs,
                                 const std::vector<double>& ys) const {
  std::vector<Point> result;
  for (std::size_t i = 0; i < std::min(xs.size(), ys.size()); ++i)
    result.push_back(point(xs[i], ys[i]));
  return result;
}

void Frame::begin_clip() const {
  svg_.begin_clip({left(), top() - 1}, right() - left(), bottom() - top() + 2);
}

}  // namespace lmmdsl
