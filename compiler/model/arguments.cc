// The family of each `~` statement and its arguments in the order of the family's slots.

#include <fmt/format.h>

#include "compiler/model/ast_tools.h"
#include "compiler/model/functions.h"
#include "compiler/model/scope.h"

namespace lmmdsl::resolution {

namespace {

/// Distributions of the language that a later version brings.
const std::vector<std::string>& later_families() {
  static const std::vector<std::string> names = {
      "StudentT",    "Laplace", "HalfNormal", "HalfCauchy",    "HalfT",
      "Exponential", "Uniform", "Bernoulli",  "Binomial",      "NegativeBinomial",
      "Poisson",     "Beta",    "Dirichlet",  "OrderedProbit", "AsymmetricLaplace",
      "Categorical", "Grid",    "SpikeSlab",  "Horseshoe",     "HuangWand",
      "Jeffreys"};
  return names;
}

std::string family_names() {
  std::string text;
  for (const Family& f : families()) text += (text.empty() ? "" : ", ") + f.name;
  return text;
}

/// Names by which other programs call a family of ours.
std::string known_elsewhere(const std::string& name) {
  static const std::pair<const char*, const char*> others[] = {
      {"N", "Normal"},
      {"MVN", "Normal"},
      {"dnorm", "Normal"},
      {"normal", "Normal"},
      {"MvNormal", "Normal"},
      {"MultivariateNormal", "Normal"},
      {"Gaussian", "Normal"},
      {"InvGamma", "InverseGamma"},
      {"IG", "InverseGamma"},
      {"dgamma", "Gamma"},
      {"InvWishart", "InverseWishart"},
      {"IW", "InverseWishart"},
      {"dwish", "Wishart"},
      {"ScaledInvChi2", "ScaledInverseChiSquare"},
      {"flat", "Flat"}};
  for (const auto& [other, ours] : others) {
    if (name == other) return ours;
  }
  return {};
}

/// "Normal(mean, variance)".
std::string usage(const Family& f) {
  std::string text = f.name + "(";
  for (std::size_t i = 0; i < f.slots.size(); ++i) text += (i ? ", " : "") + f.slots[i].name;
  return text + ")";
}

std::vector<std::string> argument_names(const Family& f) {
  std::vector<std::string> names;
  for (const Slot& slot : f.slots) {
    names.push_back(slot.name);
    names.insert(names.end(), slot.alternatives.begin(), slot.alternatives.end());
  }
  return names;
}

/// The slot that a name of an argument means, or -1.
int slot_of(const Family& f, const std::string& name) {
  for (std::size_t i = 0; i < f.slots.size(); ++i) {
    if (f.slots[i].name == name) return static_cast<int>(i);
    for (const std::string& other : f.slots[i].alternatives) {
      if (other == name) return static_cast<int>(i);
    }
  }
  return -1;
}

void unknown_distribution(Scope& s, const AstExpr& call) {
  for (const std::string& later : later_families()) {
    if (later != call.text) continue;
    s.error(call.head, fmt::format("{} is not available in this version", quoted(later)), "",
            "available now: " + family_names());
    return;
  }
  std::string near = known_elsewhere(call.text);
  if (near.empty()) {
    std::vector<std::string> names = later_families();
    for (const Family& f : families()) names.push_back(f.name);
    near = nearest(call.text, names);
  }
  s.error(call.head, fmt::format("unknown distribution {}", quoted(call.spelling)), "",
          near.empty() ? "available: " + family_names()
                       : fmt::format("did you mean {}?", quoted(near)));
}

/// Where the name of a named argument stands: before its value.
Span name_span(const Scope& s, const AstExpr& argument, const std::string& name) {
  const std::string& text = s.ast.source->text();
  const std::size_t at = text.rfind(name, argument.span.begin);
  if (at == std::string::npos) return argument.span;
  const std::string between = text.substr(at + name.size(), argument.span.begin - at - name.size());
  if (between.find_first_not_of(" \t(=") != std::string::npos) return argument.span;
  return {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + name.size())};
}

/// Puts each argument into its slot; false if something is wrong, which is then reported.
bool assign(Scope& s, Distribution& d, const AstExpr& call) {
  const Family& f = *d.family;
  d.slots.assign(f.slots.size(), nullptr);
  d.given_as.assign(f.slots.size(), "");
  bool good = true;
  std::size_t positional = 0;
  bool named = false;
  for (std::size_t i = 0; i < call.children.size(); ++i) {
    const AstExpr& argument = call.children[i];
    const std::string name = i < call.argument_names.size() ? call.argument_names[i] : "";
    int slot = -1;
    if (name.empty()) {
      if (named) {
        s.error(argument.span, "a positional argument after a named one",
                "positional arguments come first", "usage: " + usage(f));
        return false;
      }
      if (positional >= f.slots.size()) {
        s.error(call.span,
                fmt::format("{} takes {} argument{}", f.name, f.slots.size(),
                            f.slots.size() == 1 ? "" : "s"),
                fmt::format("{} given", call.children.size()), "usage: " + usage(f));
        return false;
      }
      slot = static_cast<int>(positional++);
    } else {
      named = true;
      slot = slot_of(f, name);
      if (slot < 0) {
        const std::string near = nearest(name, argument_names(f));
        std::string all;
        for (const std::string& a : argument_names(f)) all += (all.empty() ? "" : ", ") + a;
        s.error(name_span(s, argument, name),
                fmt::format("{} has no argument {}", f.name, quoted(name)), "",
                near.empty() ? "its arguments are " + all
                             : fmt::format("did you mean {}?", quoted(near)));
        good = false;
        continue;
      }
    }
    if (d.slots[slot]) {
      const std::string& first = d.given_as[slot];
      const std::string before = first.empty() ? f.slots[slot].name : first;
      s.error(argument.span, fmt::format("the {} of {} is given twice", f.slots[slot].name, f.name),
              name == before || name.empty()
                  ? "a second time"
                  : fmt::format("{} says the same as {}", quoted(name), quoted(before)),
              f.slots[slot].alternatives.empty() ? "" : "give one of variance, sd and precision");
      good = false;
      continue;
    }
    d.slots[slot] = &argument;
    if (name != f.slots[slot].name) d.given_as[slot] = name;
  }
  if (!good) return false;
  for (std::size_t i = 0; i < f.slots.size(); ++i) {
    if (d.slots[i]) continue;
    s.error(call.span, fmt::format("{} needs its {}", f.name, f.slots[i].name),
            fmt::format("{} of {} arguments given", call.children.size(), f.slots.size()),
            "usage: " + usage(f));
    return false;
  }
  return true;
}

}  // namespace

void assign_arguments(Scope& s) {
  for (Distribution& d : s.distributions) {
    const AstExpr& call = d.text().rhs;
    if (call.kind != AstKind::call) {
      s.error(call.span, "the right of `~` is not a distribution", "",
              "expected a distribution, as in  Normal(mean, variance);  a definition is written "
              "with `=`");
      d.in_error = true;
      continue;
    }
    d.family = find_family(call.text);
    if (!d.family) {
      unknown_distribution(s, call);
      d.in_error = true;
    } else if (!assign(s, d, call)) {
      d.in_error = true;
    }
  }
}

}  // namespace lmmdsl::resolution
