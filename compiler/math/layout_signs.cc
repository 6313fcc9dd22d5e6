// The signs of mathematics in three notations, one row each.
#include "compiler/math/layout.h"

namespace lmmdsl {

namespace {

constexpr SignRow kSigns[] = {
    // key, text, LaTeX, MathML, breaks
    {"+", " + ", "+", "+", true},
    {"-", " − ", "-", "−", true},
    {"negative", "−", "-", "−", false},
    {"times", " ", "\\,", "&#x2062;", false},
    {"cross", "·", "\\cdot ", "·", false},
    {"by", " × ", "\\times ", "×", true},
    {"apply", " ", "", "&#x2061;", false},
    {"call", "", "", "&#x2061;", false},
    {",", ", ", ",\\, ", ",", true},
    {"index,", ",", ",", ",", false},
    {"=", " = ", "=", "=", true},
    {"!=", " ≠ ", "\\neq ", "≠", true},
    {"<", " < ", "<", "&lt;", true},
    {"<=", " ≤ ", "\\leq ", "≤", true},
    {">", " > ", ">", "&gt;", true},
    {">=", " ≥ ", "\\geq ", "≥", true},
    {"~", " ~ ", "\\sim ", "∼", true},
    {"propto", " ∝ ", "\\propto ", "∝", true},
    {"in", " ∈ ", "\\in ", "∈", false},
    {"given", " | ", "\\,\\vert\\,", "|", false},
    {"and", " and ", "\\mathrel{\\mathrm{and}}", "and", true},
    {"or", " or ", "\\mathrel{\\mathrm{or}}", "or", true},
    {"transpose", "ᵀ", "\\top ", "⊤", false},
    {"prime", "′", "\\prime ", "′", false},
    {"sum", "∑", "\\sum ", "∑", false},
    {"product", "∏", "\\prod ", "∏", false},
    {"approx", " ≈ ", "\\approx ", "≈", true},
    {"infinity", "∞", "\\infty ", "∞", false},
};

}  // namespace

const SignRow& sign_row(const std::string& key) {
  for (const SignRow& row : kSigns) {
    if (key == row.key) return row;
  }
  return kSigns[0];
}

}  // namespace lmmdsl
