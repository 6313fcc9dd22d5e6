#include "compiler/derive/sources.h"

#include "grammar/one_line.h"

namespace lmmdsl {

std::string statement_text(const Model& model, Span span) {
  return one_line(model.source->slice(span));
}

int line_of(const Model& model, Span span) { return model.source->position(span.begin).line; }

std::string line_name(const Model& model, Span span) {
  return "line " + std::to_string(line_of(model, span));
}

}  // namespace lmmdsl
