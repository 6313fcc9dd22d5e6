// A piece of a model as one line of a message.
#pragma once

#include <string>
#include <string_view>

namespace lmmdsl {

/// Without comments, and with one blank for all that stands between two words: line ends, and
/// blanks that line things up. Labels between quotes stay as they are.
std::string one_line(std::string_view text);

}  // namespace lmmdsl
