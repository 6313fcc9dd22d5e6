// Memory that will all be written. Half of the time in which a file becomes columns may go to the
// system handing out pages, one fault at a time; on Linux many can be asked for at once. Pages of
// 2 MiB take still fewer calls, but in a virtual machine such a page that has been free for a while
// may have to be taken from its host first, which takes far longer than to clear it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace lmmdsl {

/// All pages of this memory, before it is first written. Changes nothing but time.
void take_pages(void* begin, std::size_t bytes);

/// To be called once, before there are threads: what the heap of the calling thread takes from the
/// system comes in large steps from now on, of which the first begins with large pages, and is kept
/// when it is freed, so that it is not handed out and cleared again. Changes nothing but time, and
/// a few megabytes.
void expect_heap();

/// `size` zeros.
template <class T>
std::vector<T> large_vector(std::size_t size) {
  constexpr std::size_t kStep = (std::size_t{1} << 16) / sizeof(T);  // what a cache holds
  std::vector<T> result;
  result.reserve(size);
  while (result.size() < size) {
    const std::size_t next = std::min(kStep, size - result.size());
    if (size > 16 * kStep) take_pages(result.data() + result.size(), next * sizeof(T));
    result.resize(result.size() + next);
  }
  return result;
}

}  // namespace lmmdsl
