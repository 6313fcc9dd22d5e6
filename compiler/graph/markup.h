// Text inside of XML and of Graphviz's HTML-like labels.
#pragma once

#include <string>

namespace lmmdsl {

/// & < > " ' as entities; control characters, which XML forbids, as blanks.
std::string escaped(const std::string& text);

}  // namespace lmmdsl
