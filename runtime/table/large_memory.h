// Memory that will all be written. Half of the time in which a file becomes columns, and a third of
// a short run, may go to the system handing out memory 4 KiB at a time; on Linux it can be asked
// for larger pages.
#pragma once

#include <cstddef>
#include <vector>

namespace lmmdsl {

/// To be called before the memory is first written. Changes nothing but time.
void expect_use(void* begin, std::size_t bytes);

/// To be called once, before there are threads: what the heap of the calling thread takes from the
/// system comes in large steps and pages from now on, and is kept when it is freed, so that it is
/// not handed out and cleared again. Changes nothing but time, and a few megabytes.
void expect_heap();

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
