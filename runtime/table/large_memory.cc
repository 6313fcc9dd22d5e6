#include "runtime/table/large_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

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

}  // namespace lmmdsl
