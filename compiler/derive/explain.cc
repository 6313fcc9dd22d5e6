#include "compiler/derive/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/derive/legend.h"
#include "compiler/derive/wrap.h"
#include "compiler/rules/conjugacy.h"

namespace lmmdsl {

namespace {

/// A statement on one line, as it was written, without the blanks that align it.
std::string statement_text(const Model& model, Span span) {
  std::string text;
  for (char c : model.source->slice(span)) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!blank) text += c;
    if (blank && !text.empty() && text.back() != ' ') text += ' ';
  }
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
    out += mention(c_.prior, prior_form());
    for (const Contribution& l : c_.likelihood) out += mention(l, recognised(l));
    if (c_.likelihood.empty()) {
      out += "    none other: no data reach it, and it is drawn from its prior\n";
    }
    out += "\n  What each adds\n";
    out += contribution(c_.prior);
    for (const Contribution& l : c_.likelihood) out += contribution(l);
    out += "\n  Collected\n";
    for (int i = 0; i < 2; ++i) {
      out += wrap_formula(fmt::format("    {} = ", letter(i)), text(c_.parameters[i]));
    }
    out += "\n" + wrap_formula("  ", result(), 8);
    if (const std::string inverse = inverse_result(); !inverse.empty()) {
      out += wrap_formula("  that is, ", inverse, 8);
    }
    const std::string words = legend(model_, c_.parameters, notation_);
    if (!words.empty()) out += "\n  In words\n" + words;
    std::set<std::string> told;
    for (const Contribution& l : c_.likelihood) {
      const Rule* rule = find_rule(l.rule);
      if (!rule || !told.insert(l.rule).second) continue;
      out += "\n" + wrap_words("  ", rule->info.because) + wrap_words("  ", rule->info.reference);
    }
    return out;
  }

  std::string result() const {
    const std::string q = text(c_.quantity);
    const auto& p = c_.parameters;
    switch (c_.family) {
      case UpdateFamily::normal: {
        if (c_.quantity->shape.is_scalar())
          return fmt::format("{} | rest ~ Normal(h / P, 1 / P)", q);
        return notation_ == Notation::ascii
                   ? fmt::format("{} | rest ~ Normal(inv(P) * h, inv(P))", q)
                   : fmt::format("{} | rest ~ Normal(P⁻¹ h, P⁻¹)", q);
      }
      case UpdateFamily::inverse_gamma:
      case UpdateFamily::gamma:
      case UpdateFamily::inverse_wishart:
        return fmt::format("{} | rest ~ {}({}, {})", q, name(c_.family), text(p[0]), text(p[1]));
      case UpdateFamily::wishart:
        return fmt::format("{} | rest ~ {}({}, {})", q, name(c_.family), text(p[0]),
                           text(inverse(p[1])));
    }
    return {};
  }

 private:
  std::string text(const Expr& e) const { return render(e, &model_, notation_); }

  /// The same of the inverse, where the page speaks of a variance and the model of a precision.
  std::string inverse_result() const {
    if (c_.exponent > 0) return {};
    const char* family = c_.family == UpdateFamily::wishart ? name(UpdateFamily::inverse_wishart)
                         : c_.family == UpdateFamily::gamma ? name(UpdateFamily::inverse_gamma)
                                                            : "";
    if (!*family) return {};
    return fmt::format("{} | rest ~ {}({}, {})", text(inverse(c_.quantity)), family,
                       text(c_.parameters[0]), text(c_.parameters[1]));
  }

  /// What a natural parameter is called in the block.
  std::string letter(int which) const {
    if (c_.family == UpdateFamily::normal) return which == 0 ? "precision P" : "shift     h";
    return fmt::format("{:<13}", parameter_name(c_.family, which));
  }

  std::string mention(const Contribution& c, const std::string& how) const {
    const Density& d = model_.densities[c.density];
    return wrap_formula(fmt::format("    {:<9}", who(d)), statement_text(model_, d.span)) +
           wrap_formula(std::string(13, ' '), how);
  }

  std::string who(const Density& d) const {
    return fmt::format("line {}", line_of(model_, d.span));
  }

  /// The prior as the family it is updated in, where it was written in another way.
  std::string prior_form() const {
    const Density& d = model_.densities[c_.prior.density];
    if (family(d.family).name == name(c_.family) && same(d.value, c_.quantity)) return "its prior";
    return fmt::format("its prior; on {} the same as {} with {} {} and {} {}", text(c_.quantity),
                       name(c_.family), parameter_name(c_.family, 0), text(c_.prior.terms[0]),
                       parameter_name(c_.family, 1), text(c_.prior.terms[1]));
  }

  std::string recognised(const Contribution& l) const {
    const Rule* rule = find_rule(l.rule);
    const std::string slot = rule ? rule->info.slot : "";
    if (l.dependence == "affine") {
      const Expr form = add({multiply({l.A, c_.quantity}), l.b});
      return fmt::format("the {} is {}{}", slot,
                         same(form, c_.quantity) ? "" : "linear in it: ", text(form));
    }
    const bool inverted = l.dependence != "proportional";
    const Expr q = inverted ? inverse(c_.quantity) : c_.quantity;
    if (is_number(l.c, 1)) return fmt::format("the {} is {}", slot, text(q));
    return fmt::format("the {} is proportional to {}: c {} with c = {}", slot, text(q), text(q),
                       text(l.c));
  }

  std::string contribution(const Contribution& c) const {
    const bool prior = c.rule == "prior";
    std::string out;
    for (int i = 0; i < 2; ++i) {
      out += wrap_formula(fmt::format("    {:<9}{:<14}{} ",
                                      i > 0   ? ""
                                      : prior ? "prior"
                                              : who(model_.densities[c.density]),
                                      parameter_name(c_.family, i), prior ? " =" : "+="),
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
  std::vector<std::string> densities;
  std::size_t width = 0;
  std::set<FamilyId> used;
  for (const Density& d : model.densities) {
    std::string args;
    for (const Expr& a : d.args) args += (args.empty() ? "" : ", ") + render(a, &model, notation);
    densities.push_back(
        fmt::format("{} ~ {}({})", render(d.value, &model, notation), family(d.family).name, args));
    width = std::max(width, columns(densities.back()));
    used.insert(d.family);
  }
  width = std::min<std::size_t>(width, 70);
  for (std::size_t i = 0; i < densities.size(); ++i) {
    const Plate& plate = model.densities[i].plate;
    out += fmt::format("  {:<{}}  {}\n", densities[i], width,
                       plate.once() ? "once" : "for " + describe(model, plate));
  }
  out += "\nConventions\n";
  for (FamilyId id : used) out += wrap_words("  ", family(id).convention, 4);
  const std::string twice = data_used_twice(model);
  if (!twice.empty()) out += "\nData used twice\n" + wrap_words("  ", twice);
  return out;
}

std::string to_text(const Model& model, const std::vector<Conditional>& conditionals) {
  std::string out;
  for (const Conditional& c : conditionals) {
    out += fmt::format("{}: {}\n", render(c.quantity, &model), name(c.family));
    for (int i = 0; i < 2; ++i) {
      out += fmt::format("  {:<14} {}\n", parameter_name(c.family, i),
                         render(c.parameters[i], &model));
    }
  }
  return out;
}

}  // namespace lmmdsl
