// What is found about a posterior under improper priors, each at the prior that it is about.
#pragma once

#include <string>

#include "compiler/model/model.h"
#include "grammar/diagnostic.h"

namespace lmmdsl {

class ProprietyFindings {
 public:
  explicit ProprietyFindings(const Model& model) : model_(model) {}

  /// The posterior is improper; `label` says by what count, `hint` what to do.
  void refuse(SymbolId parameter, std::string message, std::string label, std::string hint);
  /// The same of a scale or covariance, with the hint for these.
  void refuse_scale(SymbolId parameter, std::string message, std::string label);
  /// The posterior may be improper, or was not examined.
  void warn(SymbolId parameter, std::string message);

  const Diagnostics& all() const { return all_; }

 private:
  Diagnostic at_prior(SymbolId parameter, Severity severity, std::string message) const;

  const Model& model_;
  Diagnostics all_;
};

}  // namespace lmmdsl
