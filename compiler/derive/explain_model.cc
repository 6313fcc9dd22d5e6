// The head of an explanation: the joint density, the graph, what the priors mean, and with data the
// sizes and the constants.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "compiler/derive/explain.h"
#include "compiler/derive/inline.h"
#include "compiler/derive/legend.h"
#include "compiler/derive/sources.h"
#include "compiler/math/render.h"
#include "compiler/rules/augmentation.h"
#include "grammar/listed_words.h"

namespace lmmdsl {

namespace {

using Rows = std::vector<std::vector<Text>>;

class ModelPage {
 public:
  ModelPage(const Model& model, const Numbers* numbers) : model_(model), numbers_(numbers) {}

  Page write() {
    page_.title = model_.title.empty() ? model_.source->name() : model_.title;
    if (!model_.title.empty()) page_.heading(1, model_.title);
    joint_density();
    graph();
    if (numbers_) {
      sizes();
      constants();
    }
    priors();
    rewrites();
    return std::move(page_);
  }

 private:
  Text plate_words(const Plate& plate) const {
    return plate.once() ? "once" : "for " + describe(model_, plate);
  }

  void joint_density() {
    page_.heading(2, "The joint density");
    Formula joint;
    Term all{Term::Kind::joint, {}, {}};
    for (const Density& d : model_.stated) all.args.push_back(d.value);
    joint << std::move(all) << sign_term("=");
    Rows rows;
    for (const Density& d : model_.stated) {
      if (&d != &model_.stated.front()) joint << sign_term("by");
      joint << with_arguments({Term::Kind::factor, family(d.family).name, {d.value}, d.plate}, d);
      rows.push_back({line_name(model_, d.span), plate_words(d.plate), statement(d)});
    }
    page_.display(joint);
    page_.table(std::move(rows));
    if (auto signs = legend(model_, {joint}); !signs.empty()) page_.table(std::move(signs));
    for (const Density& d : model_.stated) {
      const bool transformed = d.target < 0 && d.value->op != Op::symbol &&
                               d.value->op != Op::vcat && d.value->op != Op::gather;
      if (!transformed) continue;
      page_.paragraph("In " + line_name(model_, d.span) + " the likelihood is that of " +
                      Text(formula(d.value, d.plate)) +
                      ": there is no Jacobian of the transformation, which holds no unknown.");
    }
  }

  static Term with_arguments(Term term, const Density& d) {
    term.args.insert(term.args.end(), d.args.begin(), d.args.end());
    for (const auto& [name, bound] : given_bounds(d)) {
      term.args.push_back(bound);
      term.names.push_back(name);
    }
    return term;
  }

  Text statement(const Density& d) const {
    Formula f{
        {expression(d.value), sign_term("~"), with_arguments(law(family(d.family).name, {}), d)},
        d.plate,
        {}};
    return f;
  }

  /// Every variable by its plate, coarse ones first, and what its density needs.
  void graph() {
    page_.heading(3, "The graph");
    std::vector<const Density*> order;
    for (const Density& d : model_.stated) order.push_back(&d);
    const auto depth = [](const Density* d) {
      return d->plate.rows ? 1000u : static_cast<unsigned>(d->plate.factors.size());
    };
    std::stable_sort(order.begin(), order.end(),
                     [&](const Density* a, const Density* b) { return depth(a) < depth(b); });
    Rows rows = {{"plate", "variable", "depends on"}};
    Plate last;
    for (const Density* d : order) {
      const bool again = rows.size() > 1 && d->plate == last;
      last = d->plate;
      const Expr node = d->target >= 0 ? reference(model_, d->target) : d->value;
      rows.push_back({again ? Text() : Text(describe(model_, d->plate)),
                      Text(formula(node, d->plate)), parents(*d)});
    }
    page_.table(std::move(rows), true);
  }

  /// A symbol as the arguments of a density read it: m[block, treatment], or m[block, "A"].
  std::vector<Expr> read_of(SymbolId s, const Density& d) const {
    const Expr whole = reference(model_, s);
    std::vector<Expr> found;
    const std::function<void(const Expr&)> visit = [&](const Expr& e) {
      if (!mentions(e, s)) return;
      const bool labelled = e->op == Op::level && e->args[0]->op == Op::symbol;
      if (!labelled && e->op != Op::symbol) {
        for (const Expr& a : e->args) visit(a);
        return;
      }
      const Expr read = labelled ? e : whole;
      if (std::none_of(found.begin(), found.end(), [&](const Expr& f) { return same(f, read); }))
        found.push_back(read);
    };
    for (const Expr& a : d.args) visit(inline_derived(model_, a));
    return found.empty() ? std::vector<Expr>{whole} : found;
  }

  Text parents(const Density& d) const {
    std::set<SymbolId> seen;
    Text unknown, known;
    for (const Expr& a : d.args) {
      for (const SymbolId s : inline_derived(model_, a)->symbols) {
        if (!seen.insert(s).second) continue;
        Text& list = model_[s].role == Role::parameter ? unknown : known;
        for (const Expr& read : read_of(s, d)) {
          Text more(formula(read, d.plate));
          list = list.empty() ? std::move(more) : std::move(list) + ", " + std::move(more);
        }
      }
    }
    if (unknown.empty() && known.empty()) return "nothing";
    if (unknown.empty()) return std::move(known) + " (known)";
    return known.empty() ? unknown : std::move(unknown) + "; " + known + " (known)";
  }

  /// Each rewrite: what stood there, what stands there now, and the integral that proves it.
  void rewrites() {
    if (model_.rewrites.empty()) return;
    page_.heading(2, "Auxiliary variables");
    page_.paragraph(
        "These densities have no conjugate form as they stand. Each is the integral of a density "
        "with auxiliary variables, which has one; the sampler draws these variables, too, and "
        "leaves them out of the report.");
    for (const Rewrite& r : model_.rewrites) {
      const Density& stated = model_.stated[r.stated];
      const AugmentationInfo& row = augmentation(r.rule).info;
      page_.heading(3, line_name(model_, stated.span) + ": " + row.density);
      Rows rows = {{"stated", statement(stated)}};
      if (r.density >= 0) rows.push_back({"is", statement(model_.densities[r.density])});
      for (SymbolId a : r.auxiliaries) {
        rows.push_back(
            {rows.size() == 1 ? "is" : "with", statement(model_.densities[model_[a].prior])});
      }
      page_.table(std::move(rows));
      page_.paragraph("Proof: " + row.integral + ".");
      page_.paragraph(row.because + " " + row.reference + ".");
    }
  }

  void priors() {
    page_.heading(3, "The priors");
    Rows rows;
    std::set<FamilyId> used;
    for (const Density& d : model_.stated) {
      used.insert(d.family);
      if (d.target < 0) continue;
      rows.push_back({line_name(model_, d.span), statement(d)});
      const Family& f = family(d.family);
      if (!f.facts) continue;
      if (!given_bounds(d).empty()) rows.push_back({"", "before it is cut off:"});
      for (const Fact& fact : f.facts(d.value, d.args)) {
        const bool none =
            fact.positive && fact.positive->op == Op::number && fact.positive->number <= 0;
        if (!none) rows.push_back({"", Text(fact.name + ": ") + value_of(fact, d)});
        if (none && fact.name == "mean") rows.push_back({"", "it has no mean"});
      }
    }
    page_.table(std::move(rows));
    page_.heading(3, "Conventions");
    for (FamilyId id : used) page_.paragraph(family(id).convention);
    if (const std::string twice = data_used_twice(model_); !twice.empty()) {
      page_.heading(3, "Data used twice");
      page_.paragraph(twice);
    }
  }

  Text value_of(const Fact& fact, const Density& d) const {
    Formula f = formula(fact.value, d.plate);
    if (numbers_ && is_known(model_, fact.value) && fact.value->op != Op::number) {
      const Values values = numbers_->values(fact.value);
      if (!values.elements.empty() && values.rows <= 8 && all_alike(values)) {
        bool rounded = false;
        const Expr number = number_expression(values, 0, rounded);
        f << sign_term(rounded ? "approx" : "=") << expression(number);
      }
    }
    if (!fact.positive || fact.positive->op == Op::number) return f;
    Formula where = formula(fact.positive, d.plate);
    where << sign_term(">") << expression(number(0));
    return Text(std::move(f)) + ", where " + Text(std::move(where));
  }

  /// n, m_plot, n_plot: how many rows and levels there are.
  void sizes() {
    page_.heading(3, "The data");
    Rows rows;
    std::set<std::string> said;
    const auto count = [&](const Plate& over, const Plate& to, const std::string& words) {
      if (over == to) return;
      const Expr e = sum_over(number(1), over, to);
      if (!said.insert(render(e, &model_)).second) return;
      const Values values = numbers_->values(e);
      if (values.elements.empty()) return;
      const auto [least, most] =
          std::minmax_element(values.elements.begin(), values.elements.end());
      Formula f = formula(e, to);
      f << sign_term("=") << expression(number((*least)[0]));
      Text text = std::move(f);
      if (*least != *most) {
        text = std::move(text) + " to " + Text(formula(number((*most)[0]), to));
      }
      rows.push_back({words, std::move(text)});
    };
    for (const Density& d : model_.stated) {
      if (d.target >= 0) continue;
      count(d.plate, once_plate(), d.plate.rows ? "rows" : elements(d.plate));
    }
    for (const SymbolId p : model_.parameters()) {
      const Plate& plate = model_[p].plate;
      if (!plate.once()) count(plate, once_plate(), plate.rows ? "rows" : elements(plate));
    }
    for (const SymbolId p : model_.parameters()) {
      const Plate& plate = model_[p].plate;
      for (const Density& d : model_.stated) {
        if (d.target < 0 && !plate.once() && d.plate.rows) {
          count(d.plate, plate, "rows in " + describe(model_, plate));
        }
      }
    }
    page_.table(std::move(rows));
  }

  std::string elements(const Plate& plate) const {
    std::string names;
    for (const SymbolId f : plate.factors) {
      names += (names.empty() ? "" : " and ") + model_[f].spelling;
    }
    return (plate.factors.size() == 1 ? "levels of " : "pairs of ") + names;
  }

  void constants() {
    Rows rows;
    for (std::size_t id = 0; id < model_.symbols.size(); ++id) {
      const Symbol& s = model_.symbols[id];
      if (s.role != Role::constant || !s.definition) continue;
      const Expr e = reference(model_, static_cast<SymbolId>(id));
      if (s.plate.rows) {
        const auto names = numbers_->components(static_cast<SymbolId>(id));
        if (!names.empty()) {
          rows.push_back({Text(formula(e, s.plate)), "the columns " + listed_words(names)});
        }
        continue;
      }
      const Values values = numbers_->values(e);
      const std::vector<std::string> labels = numbers_->labels(s.plate);
      constexpr std::size_t kShown = 6;
      for (std::size_t k = 0; k < std::min(values.elements.size(), kShown); ++k) {
        bool rounded = false;
        const Expr value = number_expression(values, k, rounded);
        Text text = formula(value, s.plate);
        if (!s.plate.once()) text = Text(labels[k] + ": ") + text;
        rows.push_back({k == 0 ? Text(formula(e, s.plate)) : Text(), std::move(text)});
      }
      if (values.elements.size() > kShown) {
        rows.push_back({"", fmt::format("and {} more", values.elements.size() - kShown)});
      }
    }
    if (rows.empty()) return;
    page_.heading(3, "The constants, to five digits");
    page_.table(std::move(rows));
  }

  const Model& model_;
  const Numbers* numbers_;
  Page page_;
};

}  // namespace

Page explain_model(const Model& model, const Numbers* numbers) {
  return ModelPage(model, numbers).write();
}

}  // namespace lmmdsl
