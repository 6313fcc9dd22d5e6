// Labels and the numbers that stand for them, in the order in which the labels were first met.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace lmmdsl {

class Dictionary {
 public:
  Dictionary();
  Dictionary(const Dictionary&) = delete;
  Dictionary& operator=(const Dictionary&) = delete;

  /// The code of a label, from 0; the next free one if it is new.
  std::int32_t code(std::string_view label);
  /// Their texts are the dictionary's.
  const std::vector<std::string_view>& labels() const { return labels_; }

 private:
  /// Open addressing: a label stands at the first free slot from its hash on.
  struct Slot {
    std::uint32_t hash = 0;
    std::int32_t code = -1;  ///< -1: free
  };
  void grow();
  std::size_t place(std::string_view label, std::uint32_t hash) const;

  std::vector<Slot> slots_;  ///< a power of two of them, at most half in use
  std::deque<std::string> texts_;
  std::vector<std::string_view> labels_;
};

}  // namespace lmmdsl
