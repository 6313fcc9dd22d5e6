// What the pieces of a conditional are called where it is written out: the letters of the page, or
// words where the model uses the letter.
#pragma once

#include <string>
#include <vector>

#include "compiler/derive/conditional.h"
#include "compiler/math/render.h"

namespace lmmdsl {

class Letters {
 public:
  Letters(const Model& model, Notation notation)
      : model_(model), notation_(notation), unicode_(notation != Notation::ascii) {}

  std::string precision() const { return free({"P", "precision"}); }
  std::string shift() const { return free({"h", "shift"}); }
  std::string variance() const { return free({"V", "variance"}); }
  std::string mean() const { return free({"m", "mean"}); }
  std::string factor() const { return free({"L", "C", "factor"}); }  ///< of Cholesky
  std::string normal() const { return free({"z", "u", "normal"}); }
  std::string gamma() const { return free({"g", "w", "gamma_draw"}); }
  std::string df() const { return free({"nu", "df"}); }
  std::string scale() const { return free({"S", "scale"}); }

  /// The natural parameters of a family, from 0.
  std::string parameter(UpdateFamily family, int which) const;
  /// "Normal(inv(P) * h, inv(P))": a conditional by the letters of its parameters.
  std::string distribution(const Conditional& conditional) const;
  /// The first of these names that the model does not use.
  std::string free(const std::vector<std::string>& candidates) const;

  // Operations, in the notation of formulas.
  std::string over(const std::string& a, const std::string& b) const {
    return a + (unicode_ ? "/" : " / ") + b;
  }
  std::string times(const std::string& a, const std::string& b) const {
    return a + (unicode_ ? " " : " * ") + b;
  }
  std::string inverse(const std::string& a) const { return unicode_ ? a + "⁻¹" : "inv(" + a + ")"; }
  std::string transpose(const std::string& a) const { return a + (unicode_ ? "ᵀ" : "'"); }

 private:
  const Model& model_;
  Notation notation_;
  bool unicode_;
};

}  // namespace lmmdsl
