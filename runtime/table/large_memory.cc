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

void expect_use([[maybe_unused]] void* begin, [[maybe_unused]] std::size_t bytes) {
#ifdef MADV_HUGEPAGE
  constexpr std::size_t kLarge = std::size_t{1} << 22;  // smaller ones have hardly a whole page
  if (bytes < kLarge) return;
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto address = reinterpret_cast<std::uintptr_t>(begin);
  const std::uintptr_t whole = (address + page - 1) / page * page;
  // A refusal is no error: it is advice.
  madvise(reinterpret_cast<void*>(whole), bytes - (whole - address), MADV_HUGEPAGE);
#endif
}

void expect_heap() {
#ifdef __GLIBC__
  constexpr std::size_t kStep = std::size_t{1} << 26;  // of addresses; pages are taken when written
  mallopt(M_TOP_PAD, static_cast<int>(kStep));
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  mallopt(M_MMAP_THRESHOLD, INT_MAX);
  // More than what is left of the heap's first pages makes it take the first step; volatile, or the
  // compiler would leave out both calls.
  void* volatile larger = std::malloc(std::size_t{1} << 20);
  std::free(larger);
  char* const end = static_cast<char*>(sbrk(0));
  if (end != reinterpret_cast<char*>(-1)) expect_use(end - kStep, kStep);
#endif
}

}  // namespace lmmdsl
