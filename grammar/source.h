// A text (model or data file) with its name, and places in it.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace lmmdsl {

/// A half-open range of bytes [begin, end) of a Source.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

/// Line and column, both counted from 1; the column counts characters (code points), not bytes.
struct Position {
  int line = 1;
  int column = 1;
};

/// A text that diagnostics point into. Immutable; shared by everything that came from it.
class Source {
 public:
  Source(std::string name, std::string text);

  const std::string& name() const { return name_; }
  const std::string& text() const { return text_; }
  Position position(std::uint32_t offset) const;
  /// The text of a line, without its line end.
  std::string_view line(int number) const;
  /// Byte offset of the first character of a line.
  std::uint32_t line_begin(int number) const;
  std::string_view slice(Span span) const;

 private:
  /// Found when a place is first asked for: of millions of rows most often none is.
  const std::vector<std::uint32_t>& line_begins() const;

  std::string name_;
  std::string text_;
  mutable std::once_flag lines_found_;
  mutable std::vector<std::uint32_t> line_begins_;
};

using SourcePtr = std::shared_ptr<const Source>;

}  // namespace lmmdsl
