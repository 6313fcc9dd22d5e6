#include "compiler/model/unknown_names.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/model/ast_tools.h"
#include "compiler/model/functions.h"

namespace lmmdsl::resolution {

namespace {

/// A usual prior of what stands at this place, by the values that its slot takes.
std::string prior_example(const std::string& name, const ArgumentPlace& place, bool squared) {
  const auto with = [&](const char* prior) {
    return fmt::format("{} ~ {}", place.alone.empty() ? name : place.alone, prior);
  };
  const std::string normal = with("Normal(0, 100)");
  if (!place.slot) return normal;
  if (place.slot->shape == SlotShape::variance) {
    const bool sd = place.given_as == "sd";
    if (place.given_as == "precision") return place.alone.empty() ? normal : with("Gamma(1, 1)");
    if (sd && squared) return normal;
    return fmt::format("{}{} ~ InverseGamma(1, 1)", name, squared || sd ? "^2" : "");
  }
  // A predictor that is turned into a probability, or a part of a longer expression, may be
  // anything.
  if (place.alone.empty() || squared ||
      (!place.given_as.empty() && place.given_as != place.slot->name))
    return normal;
  switch (place.slot->support) {
    case Support::simplex:
      return with("Dirichlet(1)");
    case Support::unit:
      return with("Beta(1, 1)");
    case Support::positive:
      // The scale of errors is as a standard deviation.
      return with(place.slot->name == "scale" && place.family->support == Support::real
                      ? "HalfCauchy(1)"
                      : "Gamma(1, 1)");
    case Support::covariance:
      return with("InverseWishart(df, scale)");
    default:
      return normal;
  }
}

/// theta_school -> theta[school], if there are such a name and such a factor.
std::string joined_index(const Scope& s, const std::string& text) {
  for (std::size_t at = text.find('_'); at != std::string::npos; at = text.find('_', at + 1)) {
    const SymbolId base = s.find(text.substr(0, at)), f = s.find(text.substr(at + 1));
    if (base >= 0 && f >= 0 && s[f].factor()) {
      return fmt::format("{}[{}]", s[base].spelling, s[f].spelling);
    }
  }
  return {};
}

/// sigma2 for sigma, sigma2_a for sigma_a, if there is such a name.
const Name* named_square(const Scope& s, const std::string& root) {
  for (const std::size_t at : {root.size(), root.find('_')}) {
    if (at == std::string::npos) continue;
    const SymbolId id = s.find(root.substr(0, at) + "2" + root.substr(at));
    if (id >= 0) return &s[id];
  }
  return nullptr;
}

/// sigma for sigma2, sigma_a for sigma2_a, if there is such a parameter.
const Name* root_of(const Scope& s, const std::string& square) {
  const std::size_t at = std::min(square.find("2_"), square.size() - 1);
  if (square[at] != '2') return nullptr;
  const SymbolId id = s.find(square.substr(0, at) + square.substr(at + 1));
  return id >= 0 && s[id].role == Role::parameter && s[id].prior ? &s[id] : nullptr;
}

bool same_but_for_case(const std::string& a, const std::string& b) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::string cure_of_unknown(const Scope& s, const AstExpr& e, const ArgumentPlace& place,
                            bool squared) {
  if (const Function* f = find_function(e.text)) {
    return fmt::format("{} is a function: {}", e.text, f->usage);
  }
  if (e.text == "inf" || e.text == "Inf" || e.text == "infinity") {
    return "there is no infinite number: a flat prior is written Flat()";
  }
  if (e.text == "pi" || e.text == "Pi") return "write it out: 3.141592653589793";
  if (find_family(e.text)) {
    return fmt::format("{0} is a distribution: it stands on the right of `~`, as {0}(...)",
                       e.spelling);
  }
  if (const Name* square = named_square(s, e.text); squared && square) {
    return fmt::format(
        "{0} is a name of its own, not the square of {1}: write {2} here, or {1}^2 for it "
        "everywhere",
        quoted(square->spelling), e.spelling, square->spelling);
  }
  if (const Name* root = root_of(s, e.text)) {
    return fmt::format("the square of {0} is written {0}^2", root->spelling);
  }
  if (const std::string indexed = joined_index(s, e.text); !indexed.empty()) {
    return fmt::format("did you mean {}? An index stands in brackets", quoted(indexed));
  }
  const std::string prior =
      fmt::format("give it a prior, as in  {},  define it with `=`, or declare it as `data`",
                  prior_example(e.spelling, place, squared));
  const std::string near = nearest(e.text, s.all_names());
  if (near.empty()) return prior;
  const std::string meant = fmt::format("did you mean {}?", quoted(s[s.find(near)].spelling));
  // Sigma and sigma are two names on many a page.
  return same_but_for_case(near, e.text) ? meant + " If not, " + prior : meant;
}

std::string function_elsewhere(const std::string& name) {
  static const std::pair<const char*, const char*> others[] = {
      {"c", "a vector is a bracket: [1; 2]"},
      {"cbind", "a design is a bracket: [1, x]"},
      {"rbind", "rows are separated by `;`: [1, 2; 3, 4]"},
      {"matrix", "a matrix is a bracket: [1, 2; 3, 4]"},
      {"rep", "write the components out, as in  [0; 0]"},
      {"rep_vector", "write the components out, as in  [0; 0]"},
      {"pow", "a power is written x^2"},
      {"power", "a power is written x^2"},
      {"square", "a power is written x^2"},
      {"ifelse", "a comparison is 1 or 0: (x > 0)"},
      {"step", "a comparison is 1 or 0: (x > 0)"},
      {"equals", "a comparison is 1 or 0: (x == 1)"},
      {"inverse", "the inverse is inv(A)"},
      {"solve", "the inverse is inv(A)"},
      {"t", "a transpose is written A'"},
      {"inprod", "a linear predictor is a product: X * beta"},
      {"dot_product", "a linear predictor is a product: X * beta"},
      {"scale", "use standardize(x)"},
      {"length", "the number of rows is count(x)"},
      {"nrow", "the number of rows is count(x)"},
      {"ilogit", "use invlogit(x)"},
      {"inv_logit", "use invlogit(x)"},
      {"lm", "a least squares fit is  ols(y ~ [1, x])"},
      {"factor", "a factor is declared by  data g : factor"},
      {"log10", "use log(x) / log(10)"}};
  for (const auto& [other, ours] : others) {
    if (name == other) return ours;
  }
  return {};
}

const AstExpr* introduced_as(const Scope& s, const AstExpr& name) {
  const SymbolId id = name.kind == AstKind::name ? s.find(name.text) : -1;
  if (id < 0) return nullptr;
  const AstExpr* left = nullptr;
  if (s[id].prior) {
    const std::optional<LeftQuantity> q = quantity(s[id].prior->distribution.lhs);
    left = q ? q->index : nullptr;
  } else if (s[id].definition) {
    left = &s[id].definition->define.lhs;
  }
  if (!left || left->kind != AstKind::index) return nullptr;
  for (std::size_t i = 1; i < left->children.size(); ++i) {
    const AstExpr& f = left->children[i];
    const SymbolId factor = f.kind == AstKind::name ? s.find(f.text) : -1;
    if (factor < 0 || !s[factor].factor()) return nullptr;
  }
  return left;
}

}  // namespace lmmdsl::resolution
