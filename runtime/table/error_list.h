// Errors in data files. A file of millions of rows may have as many errors of one kind: the first
// are kept, the rest are counted.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "grammar/diagnostic.h"

namespace lmmdsl {

/// The cure for a text that is not UTF-8.
inline constexpr const char* kNotUtf8Hint =
    "save the file as UTF-8; now it may be in Latin-1 or Windows-1252";

/// An error at a place in a data file.
inline Diagnostic located_error(const SourcePtr& source, Span span, std::string message,
                                std::string label, std::string hint) {
  Diagnostic error;
  error.source = source;
  error.span = span;
  error.message = std::move(message);
  error.label = std::move(label);
  error.hint = std::move(hint);
  return error;
}

class ErrorList {
 public:
  static constexpr std::size_t kKept = 20;

  /// Adds make(), which is called only if the error will be kept.
  template <class Make>
  void add(Make&& make) {
    if (count_++ < kKept) kept_.push_back(std::forward<Make>(make)());
  }

  /// Further errors, after as many as are kept.
  void count_more(std::size_t errors) { count_ += errors; }

  std::size_t count() const { return count_; }
  bool empty() const { return count_ == 0; }

  /// The first error alone, with a note, where all have one cause.
  Diagnostics take_first(std::string note) {
    kept_.resize(1);
    kept_.front().notes.push_back({std::move(note)});
    return std::move(kept_);
  }

  /// The errors kept; the last one has the note "and 31 more WHAT" if there were more.
  Diagnostics take(const std::string& what) {
    if (count_ > kKept) {
      kept_.back().notes.push_back({"and " + std::to_string(count_ - kKept) + " more " + what});
    }
    return std::move(kept_);
  }

 private:
  std::size_t count_ = 0;
  Diagnostics kept_;
};

}  // namespace lmmdsl
