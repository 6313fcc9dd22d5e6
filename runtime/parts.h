// Work that several threads share, part by part.
#pragma once

#include <cstddef>
#include <functional>

namespace lmmdsl {

/// Calls work(i) for each i below `parts`, from up to `threads` threads (0: as many as the machine
/// can run at a time), in no particular order. What a call throws ends the work: no further part is
/// begun, and the first exception is thrown again when all threads are done.
void for_each_part(std::size_t parts, int threads, const std::function<void(std::size_t)>& work);

/// The same by work(i, thread), with the number of the thread, from 0: for what each thread makes
/// for itself.
void for_each_part(std::size_t parts, int threads,
                   const std::function<void(std::size_t, std::size_t)>& work);

/// How many threads that is.
int thread_count(int threads);

}  // namespace lmmdsl
