// The text of `plan`, section by section. (The command: plan_command.cc.)
#pragma once

#include <string>
#include <vector>

#include "compiler/plan/cost.h"
#include "lmmdsl/letters.h"
#include "lmmdsl/lmmdsl.h"
#include "runtime/bound_plan.h"

namespace lmmdsl {

class PlanWriter {
 public:
  PlanWriter(const Program& program, const BoundPlan* bound, Notation notation)
      : program_(program),
        model_(*program.model),
        plan_(program.plan),
        bound_(bound),
        data_(bound ? bound->data.get() : nullptr),
        notation_(notation),
        letters_(model_, notation) {}

  std::string write(const std::string& data_line);

 private:
  static constexpr const char* kIndent = "      ";

  /// A statistic of the rows that is computed once and has a name in the pseudo-code.
  struct Statistic {
    int value = -1;  ///< of the plan
    std::string name;
    Expr stands_for;  ///< the symbol of that name
  };

  std::string text(const Expr& e) const { return render(e, &model_, notation_); }

  // ---- sizes and costs ---------------------------------------------------------------------

  Lengths lengths() const;
  /// "each plot (10)".
  std::string plate_text(const Plate& plate) const;
  /// "27 + 93 for each plot (10) = 957".
  std::string text_of(const Cost& cost) const;
  double total(const Cost& cost) const;
  std::string size_text(const Shape& shape) const;

  // ---- pseudo-code -------------------------------------------------------------------------

  /// Sums over rows that mention no unknown have names; other constants stand as they are.
  bool is_statistic(const Expr& e) const;
  Expr pseudo(int v);
  const Statistic& statistic(int v);

  // ---- once --------------------------------------------------------------------------------

  std::string once_text();
  /// Where factors cross: how their coefficients are drawn, and why.
  std::string crossing_text() const;
  std::string statistic_text(const Statistic& s) const;

  // ---- a step ------------------------------------------------------------------------------

  /// By the kind of the step.
  std::string step_text(std::size_t s);
  /// Several parameters from their joint Normal conditional, and what is drawn before them with
  /// them integrated out.
  std::string joint_text(const PlanStep& step);
  /// Coefficients and scales with auxiliary variables of their responses integrated out.
  std::string collapsed_text(const PlanStep& step);
  /// Of what conditionals draw.
  std::string names(const std::vector<int>& conditionals) const;
  /// A scale given standardised coefficients, which move with it.
  std::string moved_text(const PlanStep& step);
  /// How the elements of the finest plate are computed, and why not faster.
  std::string elements(const PlanStep& step) const;
  /// Cuts of ordered responses, the latent variables between them integrated out.
  std::string cut_text(const PlanStep& step, const Conditional& c);
  std::string full_conditional_text(const PlanStep& step, const Conditional& c);
  void note_statistics(const Expr& e, std::vector<std::string>& used) const;
  std::string kernels(const PlanStep& step, const Conditional& c) const;
  std::string generator(const Conditional& c) const;
  /// Whether the step visits rows, and why.
  std::string rows(const PlanStep& step, const std::vector<std::string>& used) const;
  std::string why_visited(const PlanStep& step) const;

  // ---- kept draws --------------------------------------------------------------------------

  std::string kept_text() const;

  // ---- costs -------------------------------------------------------------------------------

  std::string cost_text() const;

  const Program& program_;
  const Model& model_;
  const Plan& plan_;
  const BoundPlan* bound_;
  const Data* data_;
  Notation notation_;
  Letters letters_;
  std::vector<Statistic> statistics_;
  int sums_ = 0, triangles_ = 0;
  Cost sweep_;
};

}  // namespace lmmdsl
