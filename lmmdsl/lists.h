// What several files do with lists.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "grammar/diagnostic.h"

namespace lmmdsl {

inline bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

inline void append(Diagnostics& all, const Diagnostics& more) {
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace lmmdsl
