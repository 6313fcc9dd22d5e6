#include "compiler/derive/sources.h"

namespace lmmdsl {

std::string statement_text(const Model& model, Span span) {
  std::string text;
  for (char c : model.source->slice(span)) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!blank) text += c;
    if (blank && !text.empty() && text.back() != ' ') text += ' ';
  }
  return text;
}

int line_of(const Model& model, Span span) { return model.source->position(span.begin).line; }

std::string line_name(const Model& model, Span span) {
  return "line " + std::to_string(line_of(model, span));
}

}  // namespace lmmdsl
