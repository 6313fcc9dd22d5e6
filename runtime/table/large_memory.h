// Memory of many megabytes that will all be written. Half of the time in which a file becomes
// columns may go to the system handing out memory 4 KiB at a time; on Linux it can be asked for
// larger pages.
#pragma once

#include <cstddef>
#include <vector>

namespace lmmdsl {

/// To be called before the memory is first written. Changes nothing but time.
void expect_use(void* begin, std::size_t bytes);

/// `size` zeros.
template <class T>
std::vector<T> large_vector(std::size_t size) {
  std::vector<T> result;
  result.reserve(size);
  expect_use(result.data(), size * sizeof(T));
  result.resize(size);
  return result;
}

}  // namespace lmmdsl
