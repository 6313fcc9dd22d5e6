// How explanations are written, and how much they say.
#pragma once

namespace lmmdsl {

enum class Format { text, unicode, markdown, latex, html };

/// How much of a derivation is shown: the contributions and the result, or every step.
enum class Detail { brief, full };

}  // namespace lmmdsl
