// Groups side by side: forests, curves, and how estimates shrink.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "charts/charts.h"

namespace lmmdsl {
namespace {

constexpr double kCharacter = 6.4;  // pixels of a character, about

std::string cut(const std::string& label, std::size_t most = 34) {
  std::string text;
  std::size_t characters = 0;
  for (std::size_t i = 0; i < label.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(label[i]) & 0xC0) != 0x80;
    if (begins && ++characters > most) return text + "…";
    text += label[i];
  }
  return text;
}

std::string band_class(std::size_t i) { return fmt::format("c{}", i % 8 + 1); }

}  // namespace

Svg forest_chart(const std::vector<ForestRow>& rows, const ForestText& text) {
  std::vector<double> values;
  std::size_t longest = 4;
  bool others = false;
  for (const ForestRow& r : rows) {
    values.insert(values.end(), {r.outer_low, r.outer_high, r.median});
    if (std::isfinite(r.other)) values.push_back(r.other), others = true;
    longest = std::max(longest, std::min<std::size_t>(r.label.size(), 34));
  }
  if (std::isfinite(text.reference)) values.push_back(text.reference);
  const double row_height = rows.size() > 60 ? 11 : 17;
  const double left = 18 + kCharacter * static_cast<double>(longest);
  Svg svg(520, 74 + row_height * static_cast<double>(rows.size()), text.title, text.description);
  const Frame frame(svg, range_of(values), {0, 1}, text.title,
                    {.x_title = {}, .y_title = {}, .y_ticks = false, .left = left, .bottom = 42});
  if (std::isfinite(text.reference))
    svg.line({frame.x(text.reference), frame.top()}, {frame.x(text.reference), frame.bottom()},
             "zero");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const ForestRow& r = rows[i];
    const double y = frame.top() + row_height * (static_cast<double>(i) + 0.6);
    svg.label({left - 6, y + 4}, cut(r.label), Anchor::end,
              row_height < 14 ? "label small" : "label");
    svg.line({frame.x(r.outer_low), y}, {frame.x(r.outer_high), y}, "c1");
    svg.rectangle({frame.x(r.inner_low), y - 2}, frame.x(r.inner_high) - frame.x(r.inner_low), 4,
                  "dot c1");
    svg.circle({frame.x(r.median), y}, 3.4, "dot c8");
    if (std::isfinite(r.other)) svg.circle({frame.x(r.other), y}, 4, "ring c2");
  }
  std::string key = "dot: median; bar: 50 %; line: 95 %";
  if (others && !text.other.empty()) key += "; ring: " + text.other;
  svg.label({frame.right(), svg.height() - 6}, key, Anchor::end, "label small");
  return svg;
}

Svg curves_chart(const std::vector<Curve>& groups, const Curve& population, Range x, Range y,
                 const CurvesText& text) {
  Svg svg(420, 320, text.title, text.description);
  const Frame frame(svg, x, y, text.title, {.x_title = text.x_title, .y_title = text.y_title});
  frame.begin_clip();
  if (!population.low.empty())
    svg.area(frame.points(population.x, population.low),
             frame.points(population.x, population.high), "fill c7");
  for (const Curve& g : groups)
    for (const Point& p : g.data) svg.circle(frame.point(p.x, p.y), 2, "dot c7");
  for (std::size_t i = 0; i < groups.size(); ++i)
    svg.path(frame.points(groups[i].x, groups[i].y), band_class(i % 6));
  if (!population.x.empty()) svg.path(frame.points(population.x, population.y), "c8 bold dashed");
  frame.end_clip();
  if (!population.label.empty())
    svg.label({frame.right(), 16}, "dashed: " + population.label, Anchor::end, "label small");
  return svg;
}

Svg group_chart(const Curve& group, Range x, Range y, const CurvesText& text) {
  Svg svg(260, 200, text.title, text.description);
  const Frame frame(svg, x, y, cut(group.label),
                    {.x_title = text.x_title, .y_title = {}, .left = 40, .bottom = 36});
  frame.begin_clip();
  if (!group.low.empty())
    svg.area(frame.points(group.x, group.low), frame.points(group.x, group.high), "fill c1");
  svg.path(frame.points(group.x, group.y), "c1 bold");
  if (!group.other.empty()) svg.path(frame.points(group.x, group.other), "c2 dashed");
  for (const Point& p : group.data) svg.circle(frame.point(p.x, p.y), 2.4, "dot c8");
  frame.end_clip();
  return svg;
}

Svg shift_chart(const std::vector<Shift>& shifts, const ShiftText& text) {
  std::vector<double> values;
  for (const Shift& s : shifts) values.insert(values.end(), {s.from, s.to});
  if (std::isfinite(text.reference)) values.push_back(text.reference);
  Svg svg(420, 190, text.title, text.description);
  const Frame frame(svg, range_of(values), {0, 1}, text.title,
                    {.x_title = {}, .y_title = {}, .y_ticks = false, .left = 92, .bottom = 26});
  const double above = frame.top() + 22, below = frame.bottom() - 18;
  if (std::isfinite(text.reference))
    svg.line({frame.x(text.reference), frame.top()}, {frame.x(text.reference), frame.bottom()},
             "zero");
  for (const Shift& s : shifts) svg.line({frame.x(s.from), above}, {frame.x(s.to), below}, "thin");
  for (const Shift& s : shifts) {
    svg.circle({frame.x(s.from), above}, 4, "ring c2");
    svg.circle({frame.x(s.to), below}, 4, "dot c1");
  }
  svg.label({86, above + 4}, text.from, Anchor::end, "label small");
  svg.label({86, below + 4}, text.to, Anchor::end, "label small");
  return svg;
}

}  // namespace lmmdsl
