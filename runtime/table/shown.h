// How a text from a data file is shown within a message.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lmmdsl {

/// The text in backquotes, at most 40 characters of it; hidden characters and bytes that are not
/// UTF-8 as diagnostics show them.
std::string shown(std::string_view text);

/// Offset of the first byte that is not UTF-8; the size of the text if all of it is.
std::size_t first_invalid_utf8(std::string_view text);

}  // namespace lmmdsl
