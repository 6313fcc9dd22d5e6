// The report of a run: one page to look at, on a screen, a phone or paper.
#pragma once

#include <string>

#include "lmmdsl/lmmdsl.h"
#include "lmmdsl/saved_run.h"

namespace lmmdsl {

/// `bound` is the recorded model bound to the recorded data; null: what needs them is left out, and
/// the page says why.
std::string report_page(const SavedRun& run, const Bound* bound, const std::string& why_not);

}  // namespace lmmdsl
