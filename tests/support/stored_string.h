// A text that is read in pieces as from a file, but from a string.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "grammar/source.h"

namespace lmmdsl {

class StoredString : public StoredText {
 public:
  explicit StoredString(std::string text) : text_(std::move(text)) {}

  std::size_t size() const override { return text_.size(); }
  void read(std::size_t begin, std::size_t size, char* to) const override {
    if (size > largest) largest = size;
    std::copy_n(text_.data() + begin, size, to);
  }

  mutable std::atomic<std::size_t> largest = 0;  ///< read at a time

 private:
  std::string text_;
};

inline SourcePtr stored_source(std::string text) {
  return std::make_shared<const Source>("data", std::make_unique<StoredString>(std::move(text)));
}

}  // namespace lmmdsl
