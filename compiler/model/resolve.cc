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

/// "did you mean the column ...?", or nothing.
std::string column_meant(const Scope& s, const Name& parameter) {
  const std::string near = s.nearest_column(parameter.name);
  return near.empty() ? "" : fmt::format("did you mean the column {}?", quoted(near));
}

void warn_of_no_likelihood(Scope& s) {
  const bool columns = std::any_of(s.names.begin(), s.names.end(),
                                   [](const Name& n) { return n.role == Role::column; });
  for (const Distribution& d : s.distributions) {
    if (columns && (d.response >= 0 || d.in_error)) return;
  }
  constexpr const char* kFromPrior = "the draws are from the prior";
  std::string hint =
      columns ? kFromPrior : "columns of the data are declared, as in  data y, x : real";
  Span span = s.distributions.front().span();
  for (const Distribution& d : s.distributions) {
    if (d.target < 0) continue;
    const std::string meant = s[d.target].used ? "" : column_meant(s, s[d.target]);
    if (meant.empty()) continue;
    span = s[d.target].span;
    hint = meant;
    break;
  }
  if (columns && s.failed() && hint == kFromPrior) return;
  s.warning(span, "the model has no likelihood", "no data column stands on the left of `~`", hint);
}

/// A parameter that nothing else depends on is most often a misspelt name.
void warn_of_unused(Scope& s) {
  for (const Name& n : s.names) {
    if (n.role != Role::parameter || n.used || n.in_error) continue;
    s.warning(n.span, fmt::format("nothing depends on {}", quoted(n.spelling)),
              "a parameter that only its prior mentions", column_meant(s, n));
  }
}

/// Nothing is left out of the model without a message.
bool all_sound(const Scope& s) {
  return std::none_of(s.names.begin(), s.names.end(), [](const Name& n) { return n.in_error; }) &&
         std::none_of(s.distributions.begin(), s.distributions.end(),
                      [](const Distribution& d) { return d.in_error; }) &&
         s.model.densities.size() == s.distributions.size();
}

void check_not_empty(Scope& s) {
  // A file without any statement was reported by the parser.
  if (!s.distributions.empty() || s.failed() || s.ast.statements.empty() || !s.ast.complete) {
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
  const bool broken = s.failed() || !ast.complete;
  if (!broken && !all_sound(s)) {
    return plain_error(ExitCode::bug,
                       "this is a bug in lmmdsl (stage resolve): a statement was "
                       "left out without a message");
  }
  const std::size_t before = s.diagnostics.size();
  if (ast.complete && !s.distributions.empty()) warn_of_no_likelihood(s);
  if (!broken && s.diagnostics.size() == before) warn_of_unused(s);
  std::stable_sort(
      s.diagnostics.begin(), s.diagnostics.end(),
      [](const Diagnostic& a, const Diagnostic& b) { return a.span.begin < b.span.begin; });
  if (broken) return Result<Model>(std::move(s.diagnostics));
  return Result<Model>(std::move(s.model), std::move(s.diagnostics));
}

}  // namespace lmmdsl
