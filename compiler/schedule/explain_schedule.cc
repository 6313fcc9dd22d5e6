#include "compiler/schedule/explain_schedule.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/derive/inline.h"
#include "compiler/derive/joint.h"
#include "compiler/derive/legend.h"
#include "grammar/listed_words.h"

namespace lmmdsl {

namespace {

class SchedulePage {
 public:
  SchedulePage(const Model& model, const std::vector<Conditional>& conditionals,
               const Schedule& schedule)
      : model_(model), conditionals_(conditionals), schedule_(schedule) {}

  Page write() {
    page_.title = "The schedule " + schedule_.name;
    page_.heading(2, page_.title);
    for (const ScheduleRow& row : schedules()) {
      if (row.name == schedule_.name) page_.paragraph("It draws " + row.description + ".");
    }
    for (std::size_t s = 0; s < schedule_.steps.size(); ++s) step(s);
    order();
    return std::move(page_);
  }

 private:
  Text at_target(int c) const { return formula(conditionals_[c].quantity, conditionals_[c].plate); }

  Text listed(const std::vector<int>& which) const {
    std::vector<Text> targets;
    for (int c : which) targets.push_back(at_target(c));
    return listed_words(targets);
  }

  Text variables(const std::vector<SymbolId>& symbols) const {
    std::vector<Text> names;
    for (SymbolId s : symbols) names.push_back(formula(reference(model_, s), model_[s].plate));
    return listed_words(names);
  }

  void step(std::size_t s) {
    const Step& step = schedule_.steps[s];
    const Text number = fmt::format("Step {}: ", s + 1);
    if (!step.moved.empty()) return moved(number, step);
    if (!step.marginal.empty()) {
      page_.heading(3, number + listed(step.marginal) + ", then " + listed(step.targets));
      joint(step);
      return marginal(step);
    }
    page_.heading(3, number + listed(step.targets));
    if (step.collapsed) return collapsed(step);
    if (step.joint()) return joint(step);
    Text how = "From the full conditional that `explain` derives.";
    const std::vector<SymbolId>& within = conditionals_[step.targets.front()].integrated;
    if (!step.integrated.empty()) {
      how = "Component by component, from the density of the responses as they were stated, with " +
            variables(step.integrated) + " integrated out. " + redrawn(step.integrated);
    } else if (!within.empty()) {
      how = std::move(how) + " " + variables(within) + " is integrated out. " + redrawn(within);
    }
    page_.paragraph(std::move(how));
  }

  Text redrawn(const std::vector<SymbolId>& symbols) const {
    return Text("No step reads ") + variables(symbols) +
           " before drawing it again, so that this is a draw of both (van Dyk and Park 2008, "
           "section 3).";
  }

  /// The blocks of the precision.
  void joint(const Step& step) {
    const auto joint = join_conditionals(model_, conditionals_, step.targets);
    if (step.targets.size() > 1) {
      page_.paragraph(
          "Given everything else, " + listed(step.targets) +
          " are Normal together: their density mentions them in a quadratic form only. On the "
          "diagonal of its precision stand the precisions of the full conditionals; beside it "
          "what ties two of them, read off their shifts (Lindley and Smith 1972):");
    } else {
      page_.paragraph("Given everything else, " + listed(step.targets) + " is Normal:");
    }
    std::vector<std::vector<Text>> rows;
    const auto row = [&](Text what, const Expr& e, const Plate& plate) {
      Formula f = formula(e, plate);
      noted_.push_back(f);
      rows.push_back({std::move(what), Text(std::move(f))});
    };
    for (std::size_t t = 0; t < joint->targets.size(); ++t) {
      const Conditional& c = conditionals_[joint->targets[t]];
      row("precision of " + at_target(joint->targets[t]), joint->precisions[t], c.plate);
      row("shift of " + at_target(joint->targets[t]), joint->shifts[t], c.plate);
    }
    for (const Coupling& c : joint->couplings)
      row("precision of " + at_target(joint->targets[c.first]) + " with " +
              at_target(joint->targets[c.second]),
          c.precision,
          join(conditionals_[joint->targets[c.first]].plate,
               conditionals_[joint->targets[c.second]].plate));
    page_.table(std::move(rows));
    if (step.targets.size() < 2) return;
    page_.paragraph(
        step.sparse
            ? "The mean solves precision times mean = shift. As the factors cross, the precision "
              "is taken as one sparse matrix, with numbers only where the data have two levels "
              "together. It is decomposed in an order in which few others arise (approximate "
              "minimum degree; Amestoy, Davis and Duff 1996, SIAM J. Matrix Anal. 17: 886-905), "
              "and all are drawn at once."
            : "The mean solves precision times mean = shift. Parameters of finer plates are "
              "eliminated before those above them: given the latter, the elements of a plate are "
              "independent, so that each needs a matrix of its own size only. They are drawn in "
              "the opposite order.");
  }

  void marginal(const Step& step) {
    Term all{Term::Kind::joint, {}, {}};
    for (const Density& d : model_.stated) all.args.push_back(d.value);
    Formula whole;
    whole << std::move(all);
    page_.paragraph(
        "Before them " + listed(step.marginal) + " is drawn with " + listed(step.targets) +
        " integrated out. Its density is known up to a constant without any integral: "
        "the joint density " +
        Text(std::move(whole)) +
        ", over the Normal density above. The quotient is the same at any value of " +
        listed(step.targets) + " (the candidate's identity; Besag 1989, Biometrika 76: 183).");
    if (!step.integrated.empty())
      page_.paragraph("Its prior is taken as it was stated: " + variables(step.integrated) +
                      " is integrated out, too. " + redrawn(step.integrated));
    page_.paragraph(
        "The density has no name. Proposals from a multivariate t density about its mode, found in "
        "the warm-up like their number in a sweep, are accepted or refused (Metropolis; Tierney "
        "1994, Annals of Statistics 22: 1701-1728), and " +
        std::string(step.sparse ? "" : "where there are many groups ") +
        "a step of a random walk in one sweep of four. As " + listed(step.targets) +
        " follow at once, from their density given what was just drawn, the step is a draw of all "
        "of them together, and nothing reads a value that was integrated out (Liu 1994, J. Am. "
        "Stat. Assoc. 89: 958-966).");
  }

  void collapsed(const Step& step) {
    page_.paragraph(
        "Together, with " + variables(step.integrated) +
        " integrated out: by the densities of the model as they were stated, which do not have " +
        (step.integrated.size() > 1 ? "them" : "it") + ". " + redrawn(step.integrated));
    if (!step.shifted.empty())
      page_.paragraph("Of " + listed(step.shifted) +
                      ", which are many, the mean moves: all elements by the same, with their "
                      "differences as they are. That is a change of coordinates of volume one.");
    page_.paragraph(
        Text(
            "The density has no name. Proposals from a multivariate t density about its mode, "
            "found in the warm-up like their number in a sweep, are accepted or refused "
            "(Metropolis; Tierney 1994, Annals of Statistics 22: 1701-1728). The steps that follow "
            "draw the same from full conditionals, given ") +
        variables(step.integrated) + ", where each moves only as far as the other lets it.");
    std::vector<Text> spare;
    for (std::size_t s = 0; s < schedule_.steps.size(); ++s)
      if (schedule_.steps[s].spare) spare.push_back(Text(fmt::format("{}", s + 1)));
    if (!spare.empty())
      page_.paragraph(Text(spare.size() > 1 ? "Steps " : "Step ") + listed_words(spare) +
                      " may rest where proposals are accepted in most sweeps: what " +
                      (spare.size() > 1 ? "they draw" : "it draws") +
                      " is drawn here or read by none of the others.");
  }

  void moved(const Text& number, const Step& step) {
    page_.heading(3, number + listed(step.targets) + ", given standardised " + listed(step.moved));
    std::vector<std::vector<Text>> rows;
    for (const int c : step.moved) {
      const Density& prior = model_.densities[model_[conditionals_[c].target].prior];
      for (const auto& [name, arg] :
           {std::pair("mean", prior.args[0]), std::pair("variance", prior.args[1])}) {
        Formula f = formula(inline_derived(model_, arg), prior.plate);
        noted_.push_back(f);
        rows.push_back({Text(std::string(name) + " of ") + at_target(c), Text(std::move(f))});
      }
    }
    page_.table(std::move(rows));
    page_.paragraph(
        listed(step.moved) +
        " minus its mean, over the root of its variance, is standard Normal whatever " +
        listed(step.targets) + " is. With these standardised values held fixed, " +
        listed(step.moved) + " moves with " + listed(step.targets) +
        ", and its prior no longer says anything: the density along this path is that of " +
        listed(step.targets) + " and the data. Where groups differ little the draw given " +
        listed(step.moved) +
        " hardly moves and this one does; where they differ much it is the other way round "
        "(Yu and Meng 2011, J. Comput. Graph. Stat. 20: 531-570).");
    page_.paragraph(
        Text("It has no name in general and is drawn by slice sampling (Neal 2003, Annals "
             "of Statistics 31: 705-767), which rejects nothing.") +
        (step.fallback ? " The step is there to end long rejections. It rests in most sweeps; in "
                         "none where proposals of the step before it were accepted rarely in the "
                         "warm-up."
                       : ""));
  }

  void order() {
    page_.heading(3, "Why the order is valid");
    const bool out = std::any_of(schedule_.steps.begin(), schedule_.steps.end(), [](const Step& s) {
      return !s.marginal.empty() || !s.integrated.empty();
    });
    page_.paragraph(
        std::string(
            "Each step leaves the posterior as it is, so that any order of the steps does.") +
        (out ? " Where something is integrated out, the steps that read it come after the one that "
               "draws it again; the program has checked that of this schedule."
             : ""));
    if (auto signs = legend(model_, noted_); !signs.empty()) page_.table(std::move(signs));
  }

  const Model& model_;
  const std::vector<Conditional>& conditionals_;
  const Schedule& schedule_;
  Page page_;
  std::vector<Formula> noted_;
};

}  // namespace

Page explain_schedule(const Model& model, const std::vector<Conditional>& conditionals,
                      const Schedule& schedule) {
  return SchedulePage(model, conditionals, schedule).write();
}

}  // namespace lmmdsl
