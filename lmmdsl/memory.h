// How much memory the program may still take.
#pragma once

#include <cstdint>
#include <string>

namespace lmmdsl {

/// Bytes: what the system has available, or what is left of this process's limit of address space
/// if that is less; the largest number when neither is known.
std::uint64_t available_memory();

/// "1.5 GB": three digits, powers of 1000.
std::string describe_bytes(double bytes);

}  // namespace lmmdsl
