// "a, b and c": of strings, or of texts with formulas.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace lmmdsl {

template <class Text>
Text listed_words(const std::vector<Text>& items) {
  Text text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text = std::move(text) + (i + 1 == items.size() ? " and " : ", ");
    text = std::move(text) + items[i];
  }
  return text;
}

}  // namespace lmmdsl
