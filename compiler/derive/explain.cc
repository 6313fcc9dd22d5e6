#include "compiler/derive/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/derive/inline.h"
#include "compiler/derive/legend.h"
#include "compiler/derive/sources.h"
#include "compiler/derive/steps.h"
#include "compiler/math/layout.h"
#include "compiler/math/render.h"
#include "compiler/rules/conjugacy.h"
#include "compiler/rules/shorthand.h"
#include "grammar/listed_words.h"

namespace lmmdsl {

namespace {

const Rule* find_rule(const std::string& name) {
  for (const Rule& r : rules()) {
    if (r.info.name == name) return &r;
  }
  return nullptr;
}

class ConditionalPage {
 public:
  ConditionalPage(const Model& model, const Conditional& c, const Numbers* numbers)
      : model_(model), c_(c), family_(info(c.family)), numbers_(numbers) {
    const Typesetter names(model);
    std::vector<std::string> letters;
    for (const auto& candidates : family_.letters) letters.push_back(names.free_name(candidates));
    steps_ = derive_steps(model, c, letters);
  }

  Page write(Detail detail) {
    const bool full = detail == Detail::full;
    Text title = "Full conditional of " + at_target(c_.quantity);
    if (!c_.plate.once()) title = std::move(title) + (", for " + describe(model_, c_.plate));
    page_.title = "Full conditional of " + render(c_.quantity, &model_);
    page_.heading(2, std::move(title));
    mentions();
    if (full) {
      logarithms();
    } else {
      contributions();
    }
    collected(full);
    if (full && c_.family == UpdateFamily::normal) square();
    result();
    if (full) meaning();
    words();
    return std::move(page_);
  }

 private:
  /// A formula about one element of the target, remembered for the legend.
  Formula note(Formula f) {
    noted_.push_back(f);
    return f;
  }
  Text at_target(const Expr& e) { return note(formula(e, c_.plate)); }
  /// About one element of a density.
  Text at_density(const Expr& e, const Density& d) { return note(formula(e, d.plate, c_.plate)); }
  const Density& density(const Contribution& c) const { return density_at(model_, c.density); }

  void mentions() {
    page_.heading(3, "The densities that mention it");
    std::vector<std::vector<Text>> rows;
    const auto mention = [&](const Contribution& c, Text how) {
      const Density& d = density(c);
      rows.push_back({line_name(model_, d.span), Code{statement_text(model_, d.span)}});
      rows.push_back({Text(), std::move(how)});
    };
    mention(c_.prior, prior_form());
    for (const Contribution& l : c_.likelihood) mention(l, recognised(l));
    page_.table(std::move(rows));
    if (c_.likelihood.empty()) {
      page_.paragraph("None other: no data reach it, and it is drawn from its prior.");
    }
  }

  /// The prior as the family it is updated in, where it was written in another way.
  Text prior_form() {
    const Density& d = density(c_.prior);
    if (family(d.family).name == family_.name && same(d.value, c_.quantity)) return "its prior";
    const Text same_as =
        "its prior; on " + at_target(c_.quantity) + " the same as " + family_.name + " with ";
    std::vector<Text> parameters;
    for (std::size_t k = 0; k < c_.prior.terms.size(); ++k)
      parameters.push_back(family_.parameters[k] + " " + at_target(c_.prior.terms[k]));
    return same_as + listed_words(parameters);
  }

  Text recognised(const Contribution& l) {
    const Rule* rule = find_rule(l.rule);
    const Density& d = density(l);
    std::string slot = rule ? rule->info.slot : "";
    const char* is = slot.ends_with('s') ? " are " : " is ";
    if (l.component > 0) slot += fmt::format(" of component {}", l.component);
    if (l.dependence == "affine") {
      const Expr form = add({multiply({l.A, reference(model_, c_.target)}), l.b});
      return Text("the " + slot + is) +
             (same(form, reference(model_, c_.target)) ? "" : "linear in it: ") +
             at_density(form, d);
    }
    if (l.lower || l.upper)
      return Text("it says nothing but that ") + at_density(d.value, d) +
             " lies between bounds that are made of it";
    if (!rule) return "its log density is evaluated at each value";
    if (l.dependence != "proportional" && l.dependence != "inversely proportional") {
      const Expr argument = d.args[static_cast<std::size_t>(rule->slot)];
      return Text("the " + slot + is) + at_density(inline_derived(model_, argument), d);
    }
    const bool inverted = l.dependence != "proportional";
    const Expr q = inverted ? inverse(c_.quantity) : c_.quantity;
    if (is_number(l.c, 1)) return Text("the " + slot + is) + at_density(q, d);
    return Text("the " + slot + is + "proportional to ") + at_density(q, d) + ": it is " +
           at_density(multiply({l.c, q}), d);
  }

  /// = 37, where the data fix it and it is the same in every element.
  void add_value(Formula& f, const Expr& e) const {
    if (!numbers_ || e->op == Op::number || e->op == Op::zero || !is_known(model_, e)) return;
    const Values values = numbers_->values(e);
    if (values.elements.empty() || values.rows > 8 || !all_alike(values)) return;
    bool rounded = false;
    const Expr value = number_expression(values, 0, rounded);
    f << sign_term(rounded ? "approx" : "=") << expression(value);
  }

  void contributions() {
    page_.heading(3, "What each adds");
    std::vector<std::vector<Text>> rows;
    const auto row = [&](const Contribution& c, Text from) {
      for (std::size_t k = 0; k < c.terms.size(); ++k) {
        Formula f = formula(c.terms[k], c_.plate);
        add_value(f, c.terms[k]);
        rows.push_back({k == 0 ? from : Text(), family_.parameters[k], note(std::move(f))});
      }
    };
    row(c_.prior, "prior");
    for (const Contribution& l : c_.likelihood) row(l, line_name(model_, density(l).span));
    page_.table(std::move(rows));
  }

  /// left = e + const
  void log_line(Formula f, const Expr& e, bool constant = true) {
    f << sign_term("=") << e;
    if (constant) f << sign_term("+") << word_term("const");
    page_.display(note(std::move(f)));
  }

  void logarithms() {
    page_.heading(3, "Their logarithms");
    bool first = true;
    for (const DensitySteps& s : steps_.densities) {
      const Density& d = density_at(model_, s.density);
      const bool of_rows = d.plate.rows && c_.plate.rows;  // which are the same
      const bool sums = !(d.plate == c_.plate) && !of_rows && !first;
      page_.paragraph(line_title(d) + (first ? ", the prior" : "") +
                      (s.component > 0 ? fmt::format(", component {}", s.component) : "") +
                      (sums ? ", for " + describe(model_, d.plate) + ":" : ":"));
      Formula head{{log_density(s.value, false)}, d.plate, c_.plate};
      log_line(head, s.log, false);
      dropped(s, d);
      Formula next{{}, d.plate, c_.plate};
      if (!s.dropped.empty()) log_line(next, s.kept);
      if (!same(s.collected, s.kept)) log_line(next, s.collected);
      if (sums && !is_zero(s.collected)) {
        page_.paragraph("Summed over " + range_of(d) + ":");
        Formula sum{{}, c_.plate, {}};
        log_line(sum, s.summed);
      }
      first = false;
    }
  }

  std::string line_title(const Density& d) const {
    std::string name = line_name(model_, d.span);
    name[0] = 'L';
    return name;
  }

  Text range_of(const Density& d) {
    const std::string every = describe(model_, d.plate).substr(5);
    const std::string name = d.plate.rows                  ? "the rows"
                             : d.plate.factors.size() == 1 ? "the levels of " + every
                                                           : "the " + every;
    if (c_.plate.once()) return name;
    return Text(name + " in ") + describe(model_, c_.plate);
  }

  void dropped(const DensitySteps& s, const Density& d) {
    if (s.dropped.empty()) return;
    std::vector<Text> list;
    for (const Expr& e : s.dropped) list.push_back(at_density(e, d));
    const bool several = s.dropped.size() > 1;
    page_.paragraph(listed_words(list) + (several ? " are free of " : " is free of ") +
                    at_target(c_.quantity) + (several ? " and are" : " and is") +
                    " dropped, so that");
  }

  void collected(bool full) {
    page_.heading(3, "Collected");
    if (full) {
      page_.paragraph("The sum of the logarithms is");
      Formula sum{{log_density(c_.quantity, true)}, c_.plate, {}};
      log_line(sum, steps_.sum);
      page_.paragraph("with");
    }
    std::vector<std::vector<Text>> rows;
    for (std::size_t k = 0; k < c_.parameters.size(); ++k) {
      const Expr& letter = steps_.names[k];
      const Expr& value = c_.parameters[k];
      Formula f{{}, c_.plate, {}};
      if (!same(letter, value)) f << expression(letter) << sign_term("=");
      f << expression(value);
      add_value(f, value);
      rows.push_back({family_.parameters[k], note(std::move(f))});
    }
    page_.table(std::move(rows));
    if (full) page_.paragraph(family_.recognise);
  }

  void square() {
    page_.heading(3, "The square completed");
    Formula f{{log_density(c_.quantity, true)}, c_.plate, {}};
    f << sign_term("=") << steps_.square;
    if (!is_zero(steps_.rest)) f << sign_term("+") << expression(steps_.rest);
    f << sign_term("+") << word_term("const");
    page_.display(std::move(f));
    if (!is_zero(steps_.rest)) {
      page_.paragraph("The second term is free of " + at_target(c_.quantity) +
                      ": the constant takes it up. The first is the logarithm of a Normal density "
                      "with mean " +
                      at_target(multiply({inverse(steps_.names[0]), steps_.names[1]})) +
                      " and variance " + at_target(inverse(steps_.names[0])) + ".");
    }
  }

  void result() {
    page_.heading(3, "The full conditional");
    page_.display(note(result_formula()));
    if (c_.lower) {
      const Text target = at_target(reference(model_, c_.target));
      if (is_given(c_.lower) && is_given(c_.upper))
        page_.paragraph("and " + target + " lies between " + at_target(c_.lower) + " and " +
                        at_target(c_.upper) + ".");
      else if (is_given(c_.lower))
        page_.paragraph("and " + target + " lies above " + at_target(c_.lower) + ".");
      else if (is_given(c_.upper))
        page_.paragraph("and " + target + " lies below " + at_target(c_.upper) + ".");
    }
    if (const Formula inverse = inverse_result(); !inverse.terms.empty()) {
      page_.paragraph("that is,");
      page_.display(inverse);
    }
  }

  /// |x| of x^2
  static Expr root(const Expr& e) {
    const bool square = e->op == Op::power && is_number(e->args[1], 2);
    return square ? apply(Op::abs, {e->args[0]}) : apply(Op::sqrt, {e});
  }

  Formula result_formula() const {
    const auto& p = c_.parameters;
    Formula f{{given_rest(c_.quantity), sign_term("~")}, c_.plate, {}};
    switch (c_.family) {
      case UpdateFamily::normal: {
        const Expr variance = inverse(steps_.names[0]);
        f << law(family_.name, {multiply({variance, steps_.names[1]}), variance});
        break;
      }
      case UpdateFamily::wishart:
        f << law(family_.name, {p[0], inverse(p[1])});
        break;
      case UpdateFamily::polya_gamma:
        f << law(family_.name, {p[0], root(p[1])});
        break;
      default:
        f << law(family_.name, p);
    }
    return f;
  }

  /// The same of the inverse, where the page speaks of a variance and the model of a precision.
  Formula inverse_result() const {
    Formula f;
    if (c_.exponent > 0) return f;
    if (c_.family != UpdateFamily::wishart && c_.family != UpdateFamily::gamma) return f;
    const auto family = c_.family == UpdateFamily::wishart ? UpdateFamily::inverse_wishart
                                                           : UpdateFamily::inverse_gamma;
    f = {{given_rest(inverse(c_.quantity)), sign_term("~"),
          law(name(family), {c_.parameters[0], c_.parameters[1]})},
         c_.plate,
         {}};
    return f;
  }

  /// What the parameters say, in sentences.
  void meaning() {
    page_.heading(3, "What it says");
    if (c_.likelihood.empty()) {
      page_.paragraph("The conditional is the prior.");
      return;
    }
    const bool normal = c_.family == UpdateFamily::normal;
    if (normal && std::none_of(c_.likelihood.begin(), c_.likelihood.end(),
                               [](const Contribution& l) { return l.A != nullptr; })) {
      page_.paragraph("The conditional is the prior between these bounds.");
      return;
    }
    page_.paragraph(family_.teach);
    if (normal) weighted_average();
  }

  /// mean = P^-1 (P0 m0 + Pd estimate), the estimate of the data alone.
  void weighted_average() {
    std::vector<Expr> precisions, shifts;
    for (const Contribution& l : c_.likelihood) {
      precisions.push_back(l.terms[0]);
      shifts.push_back(l.terms[1]);
    }
    const Expr data_precision = add(precisions), data_shift = add(shifts);
    const Symbol& target = model_[c_.target];
    const Expr estimate =
        symbol(-1, target.name + "_hat", target.shape, target.plate, false, false);
    Formula solves{
        {expression(multiply({data_precision, estimate})), sign_term("="), expression(data_shift)},
        c_.plate,
        {}};
    const Expr mean = multiply({inverse(steps_.names[0]), steps_.names[1]});
    Formula average{{expression(mean), sign_term("=")}, c_.plate, {}};
    const bool flat = is_zero(c_.prior.terms[0]);
    const Expr pulled = multiply({data_precision, estimate});
    average << expression(
        multiply({inverse(steps_.names[0]), flat ? pulled : add({c_.prior.terms[1], pulled})}));
    page_.paragraph("The least squares estimate of " + at_target(reference(model_, c_.target)) +
                    ", everything else known, is the solution " +
                    note(formula(estimate, c_.plate)) + " of");
    page_.display(std::move(solves));
    page_.paragraph(flat ? "and with a flat prior it is the mean:" : "and the mean is");
    page_.display(std::move(average));
  }

  void words() {
    auto rows = legend(model_, noted_);
    if (!rows.empty()) {
      page_.heading(3, "In words");
      page_.table(std::move(rows));
    }
    std::set<std::string> told;
    for (const Contribution& l : c_.likelihood) {
      const Rule* rule = find_rule(l.rule);
      if (!rule || !told.insert(l.rule).second) continue;
      if (told.size() == 1) page_.heading(3, "Why, and where to read");
      page_.paragraph(rule->info.because + " " + rule->info.reference + ".");
    }
  }

  const Model& model_;
  const Conditional& c_;
  const UpdateFamilyInfo& family_;
  const Numbers* numbers_;
  Steps steps_;
  Page page_;
  std::vector<Formula> noted_;
};

}  // namespace

Page explain(const Model& model, const Conditional& conditional, Detail detail,
             const Numbers* numbers) {
  return ConditionalPage(model, conditional, numbers).write(detail);
}

std::string to_text(const Model& model, const std::vector<Conditional>& conditionals) {
  std::string out;
  for (const Conditional& c : conditionals) {
    out += fmt::format("{}: {}\n", render(c.quantity, &model), name(c.family));
    for (int i = 0; i < static_cast<int>(c.parameters.size()); ++i) {
      out += fmt::format("  {:<14} {}\n", parameter_name(c.family, i),
                         render(c.parameters[static_cast<std::size_t>(i)], &model));
    }
  }
  return out;
}

}  // namespace lmmdsl
