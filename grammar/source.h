// A text (model or data file) with its name, and places in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
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

/// A text that stays in a file, of which pieces can be read, from any thread.
class StoredText {
 public:
  StoredText() = default;
  virtual ~StoredText() = default;
  StoredText(const StoredText&) = delete;
  StoredText& operator=(const StoredText&) = delete;

  virtual std::size_t size() const = 0;
  /// The bytes [begin, begin + size). Throws LostText.
  virtual void read(std::size_t begin, std::size_t size, char* to) const = 0;
};

/// Thrown where a stored text can no longer be read, or is not the one that it was at first.
struct LostText : std::exception {
  explicit LostText(std::string said) : message(std::move(said)) {}
  const char* what() const noexcept override { return message.c_str(); }
  std::string message;
};

/// A text that diagnostics point into. Immutable; shared by everything that came from it. A large
/// one may be stored elsewhere: it is read in pieces, and as a whole when that is first asked for.
class Source {
 public:
  Source(std::string name, std::string text);
  Source(std::string name, std::unique_ptr<const StoredText> stored);

  const std::string& name() const { return name_; }
  std::size_t size() const { return stored_ ? stored_->size() : text_.size(); }
  bool is_stored() const { return stored_ != nullptr; }
  /// Of a stored text the bytes [begin, end) are in the buffer, which grows as it must.
  std::string_view piece(std::size_t begin, std::size_t end, std::vector<char>& buffer) const;
  /// All of it. Of a stored text, as all that follows: throws LostText.
  const std::string& text() const;
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
  std::unique_ptr<const StoredText> stored_;
  mutable std::mutex reading_;
  mutable std::string text_;  ///< of a stored text: empty until it is asked for
  mutable std::once_flag lines_found_;
  mutable std::vector<std::uint32_t> line_begins_;
};

using SourcePtr = std::shared_ptr<const Source>;

}  // namespace lmmdsl
