// Is a file a text table at all? A workbook, an archive, UTF-16 or a model file is said to be one,
// instead of a hundred errors about its cells.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "grammar/diagnostic.h"

namespace lmmdsl {

/// Of a file that begins, with `front`, like one of another kind: which.
std::optional<Diagnostic> begins_otherwise(const SourcePtr& source, std::string_view front);

/// Why this is not a text with a table, or nothing if it may be one.
std::optional<Diagnostic> not_plain_text(const SourcePtr& source);

/// A piece that ends with a line holds no zero byte, and no carriage return that stands alone.
bool is_plain(std::string_view piece);

/// Offset of the first byte after a byte order mark, or 0.
std::uint32_t after_byte_order_mark(std::string_view text);

/// The same text with each carriage return that no line feed follows turned into a line feed, so
/// that lines are counted as they are read; the source itself if there are none. Offsets do not
/// change.
SourcePtr with_line_feeds(SourcePtr source);

/// The text looks like a model: the usual mistake is to swap model and data. `begin` is the offset
/// of its first line that is neither blank nor a comment; of a large text the front will do. The
/// error points to the line that shows it.
std::optional<Diagnostic> looks_like_model(const SourcePtr& source, std::string_view text,
                                           std::uint32_t begin);

}  // namespace lmmdsl
