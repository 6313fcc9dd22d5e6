// In which blocks and in which order the parameters are drawn. A schedule changes mixing, never the
// target.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/derive/conditional.h"
#include "compiler/schedule/sizes.h"

namespace lmmdsl {

/// One step of a sweep.
struct Step {
  /// What is drawn, as indices into the conditionals: one parameter from its full conditional, or
  /// several from their joint Normal conditional.
  std::vector<int> targets;
  /// The plates of `targets` cross: their precision is one sparse matrix.
  bool sparse = false;
  /// What is drawn just before: from the posterior with `targets` integrated out, by a Metropolised
  /// step. Nothing may read `targets` in between, which is why the two are one step.
  std::vector<int> marginal = {};
  /// Auxiliary variables that are integrated out, too: those of the priors of `marginal`, which are
  /// taken as they were stated, the latent variables between cuts that are drawn, or those of the
  /// likelihoods and priors that a collapsed step takes as they were stated.
  std::vector<SymbolId> integrated = {};
  /// Coefficients that move with the scale in `targets`, so that (coefficient - mean) / scale stays
  /// as it is: it is drawn given these standardised values (interweaving; Yu and Meng 2011).
  std::vector<int> moved = {};
  /// A step with `moved` that is taken seldom as long as proposals of the marginal step before it
  /// are accepted: it ends long rejections.
  bool fallback = false;
  /// `targets` are proposed together, and accepted by their posterior density with `integrated` out.
  bool collapsed = false;
  /// Of its targets those of many elements, of which it moves the means only: all elements by the
  /// same.
  std::vector<int> shifted = {};
  /// A step that may rest where proposals of the collapsed step are accepted: that one draws the
  /// same, or integrates it out, and no other step reads what this one draws.
  bool spare = false;

  bool joint() const { return !collapsed && (targets.size() > 1 || !marginal.empty()); }
};

struct Schedule {
  std::string name;  ///< "textbook", "blocked", "interweave", "marginal"
  std::vector<Step> steps;
  std::optional<Crossing> crossing = {};  ///< where factors cross: what was chosen by
};

/// What `--schedule` knows: a name and the sentence that says what it does.
struct ScheduleRow {
  std::string name;
  std::string description;
  Schedule (*make)(const Model&, const std::vector<Conditional>&, const Sizes&);
};
const std::vector<ScheduleRow>& schedules();

/// The page's own sampler: parameter by parameter, in the order of their statements.
Schedule textbook(const Model& model, const std::vector<Conditional>& conditionals);

/// The same with every step that integrates an auxiliary variable out directly before the step that
/// draws it again: nothing may read it in between (van Dyk and Park 2008, section 3).
Schedule with_auxiliaries_after(Schedule schedule, const std::vector<Conditional>& conditionals);

/// All coefficients that are jointly Normal given the variances are drawn together. Where factors
/// cross and that would take longer for an effective draw, each is drawn together with the
/// coefficients above it (collapsed Gibbs; Papaspiliopoulos, Roberts and Zanella 2020, Biometrika
/// 107: 25-40).
Schedule blocked(const Model& model, const std::vector<Conditional>& conditionals,
                 const Sizes& sizes);

/// As `blocked`, with each scale of coefficients drawn a second time, given the coefficients
/// divided by it: where groups differ little, the first draw hardly moves and the second does, and
/// the other way round (Yu and Meng 2011, J. Comput. Graph. Stat. 20: 531-570).
Schedule interweave(const Model& model, const std::vector<Conditional>& conditionals,
                    const Sizes& sizes);

/// As `blocked`, with the variances of each block drawn first, from their posterior with the
/// coefficients of the block integrated out. A scale for which that is not possible is drawn as in
/// `interweave`; one for which it is has the step of `interweave` as a fallback. Where auxiliary
/// variables stand between a block and its responses, few coefficients have a collapsed step.
Schedule marginal(const Model& model, const std::vector<Conditional>& conditionals,
                  const Sizes& sizes);

/// The steps in reverse order. Each step by itself is reversible (a marginal part stays before the
/// coefficients that it integrates out), so a sweep of this schedule in which no step rests is the
/// time reversal of a sweep of the other (Geyer 1992, Stat. Sci. 7: 473-483).
Schedule reversed(const Schedule& schedule, const std::vector<Conditional>& conditionals);

/// Whether a step reads an auxiliary variable that one before it has integrated out: an empty text
/// if none does.
std::string reads_stale(const Schedule& schedule, const std::vector<Conditional>& conditionals);

/// Every parameter is drawn, those of a joint step are jointly Normal, what a marginal step
/// integrates out is what it then draws, and no step reads an auxiliary variable that one before it
/// has integrated out. An empty text, or what is wrong.
std::string verify(const Schedule& schedule, const Model& model,
                   const std::vector<Conditional>& conditionals);

/// One line: "(beta[plot], theta), inv(Sigma), sigma^2"; a marginal step is written
/// "(sigma^2) before (beta[plot], theta)", one with standardised coefficients "tau^2 moving theta".
/// A fallback is left out.
std::string to_text(const Schedule& schedule, const Model& model,
                    const std::vector<Conditional>& conditionals);

}  // namespace lmmdsl
