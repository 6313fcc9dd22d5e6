// A first look at the rows of a text, a part of it at a time: how many there are, and whether all
// of them are as they should be. Only the parts in which something is not are read row by row after
// that, in order, with the messages (read_table.cc).
//
// A part begins at a line; it may be the middle of a row, since a cell in quotes may have several
// lines. So a part counts only if the part before it ends where it begins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/table.h"

namespace lmmdsl {

/// Of one row in so many it is remembered where it begins.
inline constexpr std::size_t kRowsToAMark = 16;

struct SurveyedPart {
  std::uint32_t begin = 0;
  std::uint32_t until = 0;  ///< rows that begin before it belong to the part
  std::uint32_t end = 0;    ///< after the last of them
  bool plain = false;       ///< every row has as many fields as it should, and nothing to tell
  bool lines = false;       ///< besides, every row is a line, and quotes are as QuoteCheck has them
  bool quotes = false;      ///< besides, there are some
  std::size_t rows = 0;
  std::vector<RowMark> marks;  ///< rows counted from the first of the part
};

/// The text from `begin` on, where a row begins.
std::vector<SurveyedPart> survey(const Source& source, std::uint32_t begin, char separator,
                                 std::size_t fields, const ReadOptions& options);

/// The same piece by piece, if all parts are plain, and end where a row does; else nothing.
std::optional<std::vector<SurveyedPart>> survey_pieces(const Source& source, std::uint32_t begin,
                                                       char separator, std::size_t fields,
                                                       const ReadOptions& options);

}  // namespace lmmdsl
