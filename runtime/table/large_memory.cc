#include "runtime/table/large_memory.h"

#include <sys/mman.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <climits>
#include <cstdint>
#include <cstdlib>

namespace lmmdsl {

namespace {

[[maybe_unused]] std::uintptr_t page_size() {
  return static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

void take_pages([[maybe_unused]] void* begin, [[maybe_unused]] std::size_t bytes) {
#ifdef MADV_POPULATE_WRITE
  const std::uintptr_t page = page_size(), address = reinterpret_cast<std::uintptr_t>(begin);
  const std::uintptr_t first = (address + page - 1) / page * page;
  const std::uintptr_t last = (address + bytes) / page * page;
  // A refusal is no error: pages then come one by one.
  if (first < last) madvise(reinterpret_cast<void*>(first), last - first, MADV_POPULATE_WRITE);
#endif
}

void expect_heap() {
#ifdef __GLIBC__
  constexpr std::size_t kStep = std::size_t{1} << 26;  // of addresses; pages are taken when written
  constexpr std::size_t kLarge = kStep / 4;  // in large pages, which is all of a short run
  mallopt(M_TOP_PAD, static_cast<int>(kStep));
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  mallopt(M_MMAP_THRESHOLD, INT_MAX);
  // More than what is left of the heap's first pages makes it take the first step; volatile, or the
  // compiler would leave out both calls.
  void* volatile larger = std::malloc(std::size_t{1} << 20);
  std::free(larger);
  char* const end = static_cast<char*>(sbrk(0));
#ifdef MADV_HUGEPAGE
  if (end == reinterpret_cast<char*>(-1)) return;
  const auto address = reinterpret_cast<std::uintptr_t>(end - kStep);
  const std::uintptr_t first = (address + page_size() - 1) / page_size() * page_size();
  madvise(reinterpret_cast<void*>(first), kLarge, MADV_HUGEPAGE);
#endif
#endif
}

}  // namespace lmmdsl
