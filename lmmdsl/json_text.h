// Pieces of JSON for files that are streamed.
#pragma once

#include <string>
#include <string_view>

namespace lmmdsl {

/// A JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
std::string json_string(std::string_view text);

/// The shortest text that reads back as the same number; `null` when it is not finite.
std::string json_number(double x);

// The same at the end of a text.
void append_json_string(std::string& to, std::string_view text);
void append_json_number(std::string& to, double x);

}  // namespace lmmdsl
