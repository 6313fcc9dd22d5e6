// The family of each `~` statement and its arguments in the order of the family's slots.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "compiler/model/ast_tools.h"
#include "compiler/model/functions.h"
#include "compiler/model/scope.h"

namespace lmmdsl::resolution {

namespace {

std::string family_names() {
  std::string text;
  for (const Family& f : families()) {
    if (!f.internal) text += (text.empty() ? "" : ", ") + f.name;
  }
  return text;
}

/// A name by which books and other programs call a distribution, and what to mind.
struct OtherName {
  std::string other, ours, remark = {};
};

const std::string kPrecision = "a precision is given by name: Normal(mu, precision = tau)";
const std::string kSd = "a standard deviation is given by name: Normal(mu, sd = sigma)";

const OtherName* known_elsewhere(const std::string& name) {
  static const std::vector<OtherName> others = {
      {"N", "Normal"},
      {"MVN", "Normal"},
      {"MvNormal", "Normal"},
      {"MultivariateNormal", "Normal"},
      {"Gaussian", "Normal"},
      {"gaussian", "Normal"},
      {"dnorm", "Normal", kPrecision},
      {"dmnorm", "Normal", kPrecision},
      {"normal", "Normal", kSd},
      {"rnorm", "Normal", kSd},
      {"multi_normal", "Normal"},
      {"InvGamma", "InverseGamma"},
      {"IG", "InverseGamma"},
      {"inv_gamma", "InverseGamma"},
      {"dgamma", "Gamma"},
      {"InvWishart", "InverseWishart"},
      {"IW", "InverseWishart"},
      {"W", "Wishart"},
      {"inv_wishart", "InverseWishart"},
      {"dwish", "Wishart", "its scale is the inverse of the matrix that dwish takes"},
      {"ScaledInvChi2", "ScaledInverseChiSquare"},
      {"scaled_inv_chi_square", "ScaledInverseChiSquare", "its second argument is a variance"},
      {"flat", "Flat"},
      {"dflat", "Flat"},
      {"improper_uniform", "Flat"},
      {"dunif", "Uniform"},
      {"dt", "StudentT", "dt(m, tau, df) is StudentT(df, m, 1/sqrt(tau))"},
      {"student_t", "StudentT"},
      {"dbern", "Bernoulli"},
      {"dbin", "Binomial", "dbin(p, n) is Binomial(n, p)"},
      {"dpois", "Poisson"},
      {"dbeta", "Beta"},
      {"dcat", "Categorical"},
      {"ddirch", "Dirichlet"},
      {"ddirich", "Dirichlet"},
      {"Multinomial", "Categorical", "it has a row for each trial"},
      {"dexp", "Exponential"},
      {"LKJ", "HuangWand",
       "it is a prior of a covariance whose correlations are uniform with df = 2, and is drawn "
       "exactly"},
      {"lkj_corr", "HuangWand"},
      {"dlaplace", "Laplace"},
      {"ddexp", "Laplace", "its second argument is a scale, where ddexp takes a rate"},
      {"double_exponential", "Laplace"},
      {"dnegbin", "NegativeBinomial", "its arguments are mean and size"},
      {"neg_binomial_2", "NegativeBinomial"},
      {"dpar", "Pareto"},
      {"dhalfcauchy", "HalfCauchy"},
      {"half_normal", "HalfNormal"},
      {"half_cauchy", "HalfCauchy"}};
  for (const OtherName& row : others) {
    if (name == row.other) return &row;
  }
  return nullptr;
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
  if (f.truncatable) names.insert(names.end(), {"lower", "upper"});
  return names;
}

/// What other programs call an argument: the first of ours that the family has.
std::string argument_elsewhere(const Family& f, const std::string& name) {
  static const std::pair<const char*, const char*> others[] = {
      {"mu", "mean"},         {"location", "mean"},  {"loc", "mean"},     {"var", "variance"},
      {"sigma2", "variance"}, {"Sigma", "variance"}, {"cov", "variance"}, {"sigma", "sd"},
      {"std", "sd"},          {"stddev", "sd"},      {"scale", "sd"},     {"tau", "precision"},
      {"prec", "precision"},  {"alpha", "shape"},    {"a", "shape"},      {"beta", "scale"},
      {"beta", "rate"},       {"b", "scale"},        {"b", "rate"},       {"lambda", "rate"},
      {"nu", "df"},           {"S", "scale"},        {"V", "scale"}};
  const std::vector<std::string> known = argument_names(f);
  for (const auto& [other, ours] : others) {
    if (name == other && std::count(known.begin(), known.end(), ours) > 0) return ours;
  }
  return {};
}

/// Numbers with a decimal comma give twice as many arguments.
std::string decimal_comma_hint(const Family& f, const AstExpr& call) {
  const bool numbers = std::all_of(call.children.begin(), call.children.end(),
                                   [](const AstExpr& e) { return literal_int(e, 0).has_value(); });
  return numbers && call.children.size() == 2 * f.slots.size()
             ? ";  a decimal mark is a point, as in 0.1"
             : "";
}

std::vector<std::string> names_of_slot(const Slot& slot) {
  std::vector<std::string> names = {slot.name};
  names.insert(names.end(), slot.alternatives.begin(), slot.alternatives.end());
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
  const OtherName* const other = known_elsewhere(call.text);
  const std::string name = other ? other->ours : call.text;
  if (other) {
    std::string hint = fmt::format("did you mean {}?", quoted(usage(*find_family(name))));
    if (!other->remark.empty()) hint += " " + other->remark;
    s.error(call.head, fmt::format("unknown distribution {}", quoted(call.spelling)), "", hint);
    return;
  }
  std::vector<std::string> names;
  for (const Family& f : families()) {
    if (!f.internal) names.push_back(f.name);
  }
  const std::string near = nearest(call.text, names);
  s.error(call.head, fmt::format("unknown distribution {}", quoted(call.spelling)), "",
          near.empty() ? "available: " + family_names()
                       : fmt::format("did you mean {}?", quoted(near)));
}

/// The right of `~` is no call of a distribution.
void not_a_distribution(Scope& s, const Distribution& d) {
  const AstExpr& right = d.text().rhs;
  const AstExpr* const part = family_within(right);
  if (!part) {
    s.error(right.span, "the right of `~` is not a distribution", "",
            fmt::format("expected a distribution, as in  Normal({}, sigma^2);  a definition is "
                        "written with `=`",
                        s.text_of(right.span)));
  } else if (part->kind == AstKind::name) {
    s.error(part->span, fmt::format("{} stands without its arguments", quoted(part->spelling)),
            "they stand in parentheses", "usage: " + usage(*find_family(part->text)));
  } else {
    s.error(part->span, "a distribution stands alone on the right of `~`",
            fmt::format("{} is a part of an expression", part->spelling),
            "a shift belongs into its mean, a factor into its mean and its variance");
  }
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

/// What stands in a slot that may be left out.
const AstExpr* number_left_out(double value) {
  static std::map<double, AstExpr> numbers;
  AstExpr& e = numbers[value];
  e.kind = AstKind::number;
  e.number = value;
  return &e;
}

/// lower = L, upper = U of a prior; true if the argument is one of these.
bool take_bound(Scope& s, Distribution& d, const std::string& name, const AstExpr& argument) {
  if (!d.family->truncatable || (name != "lower" && name != "upper")) return false;
  const AstExpr*& bound = name == "lower" ? d.lower : d.upper;
  if (bound) {
    s.error(argument.span, fmt::format("the {} bound of {} is given twice", name, d.family->name),
            "a second time");
  }
  bound = &argument;
  return true;
}

void too_many_arguments(Scope& s, const Family& f, const AstExpr& call) {
  s.error(call.span,
          f.slots.empty() ? f.name + " takes no arguments"
                          : fmt::format("{} takes {} argument{}", f.name, f.slots.size(),
                                        f.slots.size() == 1 ? "" : "s"),
          fmt::format("{} given", call.children.size()),
          "usage: " + usage(f) + decimal_comma_hint(f, call));
}

void no_such_argument(Scope& s, const Family& f, const AstExpr& argument, const std::string& name) {
  std::string near = argument_elsewhere(f, name);
  if (near.empty()) near = nearest(name, argument_names(f));
  s.error(name_span(s, argument, name), fmt::format("{} has no argument {}", f.name, quoted(name)),
          "",
          near.empty() ? fmt::format("its arguments are {}", fmt::join(argument_names(f), ", "))
                       : fmt::format("did you mean {}?", quoted(near)));
}

/// `first` is the name by which the slot was filled before; names are empty by position.
void given_twice(Scope& s, const Family& f, const Slot& slot, const AstExpr& argument,
                 const std::string& name, const std::string& first) {
  const std::string before = first.empty() ? slot.name : first;
  s.error(argument.span, fmt::format("the {} of {} is given twice", slot.name, f.name),
          name == before || name.empty()
              ? "a second time"
              : fmt::format("{} says the same as {}", quoted(name), quoted(before)),
          slot.alternatives.empty()
              ? ""
              : fmt::format("give one of {}", fmt::join(names_of_slot(slot), ", ")));
}

/// Fills the slots that may be left out; false if another is empty, which is then reported.
bool complete(Scope& s, Distribution& d, const AstExpr& call) {
  const Family& f = *d.family;
  for (std::size_t i = 0; i < f.slots.size(); ++i) {
    if (d.slots[i]) continue;
    if (!std::isnan(f.slots[i].otherwise)) {
      d.slots[i] = number_left_out(f.slots[i].otherwise);
      continue;
    }
    s.error(call.span, fmt::format("{} needs its {}", f.name, f.slots[i].name),
            fmt::format("{} of {} arguments given", call.children.size(), f.slots.size()),
            "usage: " + usage(f));
    return false;
  }
  return true;
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
        too_many_arguments(s, f, call);
        return false;
      }
      slot = static_cast<int>(positional++);
    } else {
      named = true;
      if (take_bound(s, d, name, argument)) continue;
      slot = slot_of(f, name);
      if (slot < 0) {
        no_such_argument(s, f, argument, name);
        good = false;
        continue;
      }
    }
    if (d.slots[slot]) {
      given_twice(s, f, f.slots[slot], argument, name, d.given_as[slot]);
      good = false;
      continue;
    }
    d.slots[slot] = &argument;
    if (name != f.slots[slot].name) d.given_as[slot] = name;
  }
  return good && complete(s, d, call);
}

/// lower = L, upper = U of a Normal response are slots of a family of its own.
void truncate_response(Distribution& d) {
  if (d.target >= 0 || d.family->id != FamilyId::normal || (!d.lower && !d.upper)) return;
  d.family = &family(FamilyId::truncated_normal);
  for (const AstExpr** bound : {&d.lower, &d.upper}) {
    const Slot& slot = d.family->slots[d.slots.size()];
    d.slots.push_back(*bound ? *bound : number_left_out(slot.otherwise));
    d.given_as.push_back("");
    *bound = nullptr;
  }
}

}  // namespace

void assign_arguments(Scope& s) {
  for (Distribution& d : s.distributions) {
    const AstExpr& call = d.text().rhs;
    if (call.kind != AstKind::call) {
      not_a_distribution(s, d);
      d.in_error = true;
      continue;
    }
    d.family = find_family(call.text);
    if (d.censored && d.family) {
      if (d.family->id != FamilyId::normal) {
        s.error(call.head, "a censored response is Normal", "",
                "write  censored(y, below = L) ~ Normal(mean, variance)");
        d.in_error = true;
        continue;
      }
      d.family = &family(FamilyId::censored_normal);
    }
    if (!d.family) {
      unknown_distribution(s, call);
      d.in_error = true;
    } else if (!assign(s, d, call)) {
      d.in_error = true;
    } else if (d.censored) {
      for (std::size_t i = 1; i < d.censored->children.size(); ++i)
        d.slots[static_cast<std::size_t>(slot_of(*d.family, d.censored->argument_names[i]))] =
            &d.censored->children[i];
    } else {
      truncate_response(d);
    }
  }
}

}  // namespace lmmdsl::resolution
