// Characters that have no meaning in a model, and what people mean by them.
#pragma once

#include <string_view>

namespace lmmdsl {

struct ForeignCharacter {
  char32_t code;
  const char* name;  ///< for characters that show badly; may be empty
  const char* hint;  ///< what to type
};

/// The entry for a character, or nullptr.
const ForeignCharacter* find_foreign(char32_t code);

/// A sign of several characters from another language, such as `&&`.
struct ForeignSign {
  const char* text;
  const char* hint;
};

/// The sign at the beginning of `rest`, or nullptr.
const ForeignSign* find_foreign_sign(std::string_view rest);

}  // namespace lmmdsl
