#include "runtime/propriety_findings.h"

namespace lmmdsl {

void ProprietyFindings::refuse(SymbolId parameter, std::string message, std::string label,
                               std::string hint) {
  Diagnostic d = at_prior(parameter, Severity::error, std::move(message));
  d.label = std::move(label);
  d.hint = std::move(hint);
  all_.push_back(std::move(d));
}

void ProprietyFindings::refuse_scale(SymbolId parameter, std::string message, std::string label) {
  refuse(parameter, std::move(message), std::move(label),
         model_[parameter].shape.is_scalar()
             ? "give it a proper prior, such as InverseGamma(a, b) on the variance"
             : "give it a proper prior, such as InverseWishart(df, S)");
}

void ProprietyFindings::warn(SymbolId parameter, std::string message) {
  all_.push_back(at_prior(parameter, Severity::warning, std::move(message)));
}

Diagnostic ProprietyFindings::at_prior(SymbolId parameter, Severity severity,
                                       std::string message) const {
  Diagnostic d;
  d.severity = severity;
  d.source = model_.source;
  d.span = model_.densities[model_[parameter].prior].span;
  d.message = std::move(message);
  return d;
}

}  // namespace lmmdsl
