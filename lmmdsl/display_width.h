// Texts as a terminal shows them: how wide they are, and made safe to show.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace lmmdsl {

/// Columns that a UTF-8 text takes on a terminal.
int display_width(std::string_view text);

/// So many blanks; none if the number is negative.
inline std::string blanks(int n) { return std::string(std::max(n, 0), ' '); }

/// The text on one line without hidden characters (grammar/unicode.h), cut to `most` columns, the
/// last of which is then an ellipsis.
std::string printable(std::string_view text, int most = 1 << 20);

}  // namespace lmmdsl
