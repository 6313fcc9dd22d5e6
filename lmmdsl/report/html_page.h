// One HTML page without scripts and without anything from elsewhere.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "charts/svg.h"

namespace lmmdsl {

class HtmlPage {
 public:
  explicit HtmlPage(std::string title) : title_(std::move(title)) {}

  /// A section with a heading; it is listed at the top of the page.
  void section(const std::string& id, const std::string& heading);
  void heading(const std::string& text);
  /// Plain text, escaped.
  void paragraph(std::string_view text, std::string_view classes = {});
  void preformatted(std::string_view text, std::string_view classes = {});
  /// HTML as it is.
  void html(std::string_view text) { body_ += text; }
  void charts(const std::vector<Svg>& charts, bool narrow = false);
  /// What is folded away until it is asked for.
  void begin_details(const std::string& summary);
  void end_details();
  /// Cells as text; the first column is left-aligned, and so are all with `text_columns`.
  void table(const std::vector<std::string>& titles,
             const std::vector<std::vector<std::string>>& rows, int text_columns = 1);

  std::string text() const;

 private:
  std::string title_, contents_, body_;
  bool open_ = false;
};

}  // namespace lmmdsl
