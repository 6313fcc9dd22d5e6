// Which character separates the fields of a data file, judged by its header line.
#pragma once

#include <string>
#include <string_view>

namespace lmmdsl {

/// The separator of a file, from the text that begins with its header line: whichever of `;`, `,`
/// and tab stands most often outside of quotes, `;` before `,` before tab if equal; ' ' (any run of
/// blanks) if none does, or if tabs stand in runs.
char find_separator(std::string_view from_header);

/// The separator in words: "commas", "blanks".
std::string separator_name(char separator);

}  // namespace lmmdsl
