// A picture as SVG text, in pixels from the upper left corner.
//
//   Svg svg(400, 200, "Trace of theta", "Four chains of 2500 draws.");
//   svg.path(points, "line c1");
//   std::string text = svg.text();
//
// Colours are those of classes: style() has their rules, for light, dark and paper.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lmmdsl {

struct Point {
  double x, y;
};

enum class Anchor { start, middle, end };

class Svg {
 public:
  /// Title and description are what a reader that cannot see is told.
  Svg(double width, double height, std::string title, std::string description);

  double width() const { return width_; }
  double height() const { return height_; }
  const std::string& title() const { return title_; }

  void line(Point a, Point b, std::string_view classes);
  /// Points that are not finite break the line.
  void path(const std::vector<Point>& points, std::string_view classes);
  /// The area between two lines with the same x.
  void area(const std::vector<Point>& lower, const std::vector<Point>& upper,
            std::string_view classes);
  void rectangle(Point corner, double width, double height, std::string_view classes);
  void circle(Point centre, double radius, std::string_view classes);
  void label(Point at, std::string_view text, Anchor anchor, std::string_view classes = "label");
  /// Turned by a quarter, for vertical axes.
  void vertical_label(Point at, std::string_view text);
  /// Another picture with its corner here, without its title.
  void place(const Svg& other, Point corner);
  /// What follows is cut at this rectangle, until end_clip.
  void begin_clip(Point corner, double width, double height);
  void end_clip();

  /// To stand in a page that has style() in its head.
  std::string inline_text() const;
  /// A file of its own, with the style in it.
  std::string file_text() const;

  /// Rules for the classes of all charts.
  static std::string style();

 private:
  std::string element(std::string_view attributes) const;
  double width_, height_;
  std::string title_, description_, body_;
};

/// Text as XML and HTML want it, in content and in quoted attributes. What XML does not allow,
/// control characters and bytes that are not UTF-8, becomes U+FFFD.
std::string escape_xml(std::string_view text);

/// Pictures side by side, `columns` of them in a row; all as large as the largest.
Svg grid(const std::vector<Svg>& pictures, int columns, const std::string& title);

}  // namespace lmmdsl
