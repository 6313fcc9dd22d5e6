#include "compiler/derive/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/rules/conjugacy.h"

namespace lmmdsl {

namespace {

std::string statement_text(const Model& model, Span span) {
  std::string text(model.source->slice(span));
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

int line_of(const Model& model, Span span) { return model.source->position(span.begin).line; }

const Rule* find_rule(const std::string& name) {
  for (const Rule& r : rules()) {
    if (r.info.name == name) return &r;
  }
  return nullptr;
}

class Explainer {
 public:
  Explainer(const Model& model, const Conditional& c, Notation notation)
      : model_(model), c_(c), notation_(notation) {}

  std::string write() {
    const std::string title =
        fmt::format("Full conditional of {}", text(c_.quantity)) +
        (c_.plate.once() ? "" : fmt::format(", for {}", describe(model_, c_.plate)));
    std::string out = title + "\n";
    out += "\n  The densities that mention it\n";
    out += mention(c_.prior, "its prior");
    for (const Contribution& l : c_.likelihood) out += mention(l, recognised(l));
    if (c_.likelihood.empty()) {
      out += "    none other: no data reach it, and it is drawn from its prior\n";
    }
    out += "\n  What each adds\n";
    out += contribution(c_.prior);
    for (const Contribution& l : c_.likelihood) out += contribution(l);
    out += "\n  Collected\n";
    for (int i = 0; i < 2; ++i) {
      out += fmt::format("    {} = {}\n", letter(i), text(c_.parameters[i]));
    }
    out += "\n  " + result() + "\n";
    std::set<std::string> told;
    for (const Contribution& l : c_.likelihood) {
      const Rule* rule = find_rule(l.rule);
      if (!rule || !told.insert(l.rule).second) continue;
      out += fmt::format("\n  {}\n  {}\n", rule->info.because, rule->info.reference);
    }
    return out;
  }

  std::string result() const {
    const std::string q = text(c_.quantity);
    const auto& p = c_.parameters;
    switch (c_.family) {
      case UpdateFamily::normal:
        return c_.quantity->shape.is_scalar()
                   ? fmt::format("{} | rest ~ Normal(h / P, 1 / P)", q)
                   : fmt::format("{} | rest ~ Normal({} h, {})", q, inverse_of("P"), inverse_of("P"));
      case UpdateFamily::inverse_gamma:
      case UpdateFamily::gamma:
        return fmt::format("{} | rest ~ {}({}, {})", q, name(c_.family), text(p[0]), text(p[1]));
      case UpdateFamily::inverse_wishart:
        return fmt::format("{} | rest ~ InverseWishart({}, {})", q, text(p[0]), text(p[1]));
      case UpdateFamily::wishart:
        return fmt::format("{} | rest ~ Wishart({}, {})", q, text(p[0]), text(inverse(p[1])));
    }
    return {};
  }

 private:
  std::string text(const Expr& e) const { return render(e, &model_, notation_); }
  std::string inverse_of(const char* letter) const {
    return notation_ == Notation::ascii ? fmt::format("inv({})", letter) : fmt::format("{}⁻¹", letter);
  }

  /// What a natural parameter is called in the block.
  std::string letter(int which) const {
    if (c_.family == UpdateFamily::normal) return which == 0 ? "precision P" : "shift     h";
    return fmt::format("{:<13}", parameter_name(c_.family, which));
  }

  std::string mention(const Contribution& c, const std::string& how) const {
    const Density& d = model_.densities[c.density];
    return fmt::format("    line {:>3}: {:<44}  {}\n", line_of(model_, d.span),
                       statement_text(model_, d.span), how);
  }

  std::string recognised(const Contribution& l) const {
    const Rule* rule = find_rule(l.rule);
    const std::string slot = rule ? rule->info.slot : "";
    const std::string q = text(c_.quantity);
    if (l.dependence == "affine") {
      const std::string A = is_number(l.A, 1) || l.A->op == Op::identity ? "" : text(l.A) + " * ";
      const std::string b = is_zero(l.b) ? "" : " + " + text(l.b);
      return fmt::format("the {} is affine in it: {}{}{}", slot, A, q, b);
    }
    if (l.dependence == "proportional") {
      return is_number(l.c, 1) ? fmt::format("the {} is {}", slot, q)
                               : fmt::format("the {} is proportional to it: c {} with c = {}", slot, q,
                                             text(l.c));
    }
    const std::string inverted = text(inverse(c_.quantity));
    return is_number(l.c, 1)
               ? fmt::format("the {} is {}", slot, inverted)
               : fmt::format("the {} is proportional to {}: c {} with c = {}", slot, inverted, inverted,
                             text(l.c));
  }

  std::string contribution(const Contribution& c) const {
    const std::string who =
        c.rule == "prior" ? "prior" : fmt::format("line {}", line_of(model_, model_.densities[c.density].span));
    std::string out;
    for (int i = 0; i < 2; ++i) {
      out += fmt::format("    {:<10}{:<14}{} {}\n", i == 0 ? who : "",
                         parameter_name(c_.family, i), c.rule == "prior" ? " =" : "+=",
                         text(c.terms[i]));
    }
    return out;
  }

  const Model& model_;
  const Conditional& c_;
  Notation notation_;
};

}  // namespace

std::string explain(const Model& model, const Conditional& conditional, Notation notation) {
  return Explainer(model, conditional, notation).write();
}

std::string result_line(const Model& model, const Conditional& conditional, Notation notation) {
  if (conditional.family != UpdateFamily::normal) {
    return Explainer(model, conditional, notation).result();
  }
  return fmt::format("{} | rest ~ Normal(precision P = {}, shift h = {})",
                     render(conditional.quantity, &model, notation),
                     render(conditional.parameters[0], &model, notation),
                     render(conditional.parameters[1], &model, notation));
}

std::string explain_model(const Model& model, Notation notation) {
  std::string out = model.title.empty() ? std::string() : model.title + "\n\n";
  out += "The joint density is the product of\n";
  std::set<FamilyId> used;
  for (const Density& d : model.densities) {
    std::string args;
    for (const Expr& a : d.args) args += (args.empty() ? "" : ", ") + render(a, &model, notation);
    out += fmt::format("  {:<44}  {}\n",
                       fmt::format("{} ~ {}({})", render(d.value, &model, notation),
                                   family(d.family).name, args),
                       d.plate.once() ? "once" : "for " + describe(model, d.plate));
    used.insert(d.family);
  }
  out += "\nConventions\n";
  for (FamilyId id : used) out += "  " + family(id).convention + "\n";
  return out;
}

std::string to_text(const Model& model, const std::vector<Conditional>& conditionals) {
  std::string out;
  for (const Conditional& c : conditionals) {
    out += fmt::format("{}: {}\n", render(c.quantity, &model), name(c.family));
    for (int i = 0; i < 2; ++i) {
      out += fmt::format("  {:<14} {}\n", parameter_name(c.family, i), render(c.parameters[i], &model));
    }
  }
  return out;
}

}  // namespace lmmdsl
