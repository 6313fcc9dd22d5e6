// From the tree of a text to the Model: the steps in order. Each reads the Scope and completes it.
//
// Errors of names do not stop the later steps: what is in error is left out there, so that all
// independent errors of a file are reported together.

#include <fmt/format.h>

#include <algorithm>

#include "compiler/model/scope.h"

namespace lmmdsl {

namespace resolution {
namespace {

/// A parameter that nothing else depends on is most often a misspelt name.
void warn_of_unused(Scope& s) {
  bool likelihood = false;
  for (const Distribution& d : s.distributions) likelihood = likelihood || d.response >= 0;
  if (!likelihood) {
    s.warning(s.distributions.front().span(), "the model has no likelihood",
              "no data column stands on the left of `~`", "the draws are from the prior");
    return;
  }
  std::vector<std::string> columns;
  for (const Name& n : s.names) {
    if (n.role == Role::column && !n.factor()) columns.push_back(n.name);
  }
  for (const Name& n : s.names) {
    if (n.role != Role::parameter || n.used || n.in_error) continue;
    const std::string near = nearest(n.name, columns);
    std::string hint;
    if (!near.empty()) {
      hint = fmt::format("did you mean the column {}?", quoted(s[s.find(near)].spelling));
    }
    s.warning(n.span, fmt::format("nothing depends on {}", quoted(n.spelling)),
              "a parameter that only its prior mentions", hint);
  }
}

void check_not_empty(Scope& s) {
  // A file without any statement was reported by the parser.
  if (!s.distributions.empty() || s.failed() || s.ast.statements.empty() ||
      !s.ast.names_in_error.empty()) {
    return;
  }
  s.error(s.ast.statements.back().span, "the model has no `~` statement", "the last statement",
          "a model has at least a response, as in  y ~ Normal(mu, sigma^2)");
}

}  // namespace
}  // namespace resolution

Result<Model> resolve(const Ast& ast) {
  using namespace resolution;
  Scope s(ast);
  declare(s);
  create_symbols(s);
  check_uses(s);
  assign_arguments(s);
  sort_names(s);
  assign_plates(s);
  find_scales(s);
  infer_shapes(s);
  build_definitions(s);
  build_densities(s);
  name_components(s);
  check_not_empty(s);
  const bool broken = s.failed() || !ast.names_in_error.empty();
  if (!broken && !s.distributions.empty()) warn_of_unused(s);
  std::stable_sort(
      s.diagnostics.begin(), s.diagnostics.end(),
      [](const Diagnostic& a, const Diagnostic& b) { return a.span.begin < b.span.begin; });
  if (broken) return Result<Model>(std::move(s.diagnostics));
  return Result<Model>(std::move(s.model), std::move(s.diagnostics));
}

}  // namespace lmmdsl
