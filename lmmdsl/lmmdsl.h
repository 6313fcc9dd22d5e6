// lmmdsl as a library: the pipeline from a model text to a posterior.
//
//   auto source  = lmmdsl::read_file("model.lmm");
//   auto program = lmmdsl::compile(*source);                       // no data needed
//   auto table   = lmmdsl::read_table(*lmmdsl::read_file("data.csv"));
//   auto bound   = lmmdsl::bind(*program, *table);
//   lmmdsl::Progress progress;
//   auto samples = lmmdsl::sample(*bound->plan, {.seed = 1}, progress);
//   auto summary = lmmdsl::summarize(samples.draws);
//
// Every stage returns a value or diagnostics (grammar/diagnostic.h); nothing prints, exits or
// throws.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/derive/conditional.h"
#include "compiler/model/model.h"
#include "compiler/plan/plan.h"
#include "compiler/schedule/schedule.h"
#include "grammar/format.h"
#include "grammar/parse.h"
#include "grammar/print.h"
#include "runtime/data.h"
#include "runtime/diagnostics.h"
#include "runtime/draws.h"
#include "runtime/sampler.h"
#include "runtime/summary.h"
#include "runtime/table.h"

namespace lmmdsl {

const char* version();

/// A model text compiled: everything that is known without data.
struct Program {
  std::shared_ptr<const Ast> ast;
  std::shared_ptr<const Model> model;
  std::vector<Conditional> conditionals;  ///< one a parameter, in the order of their statements
  Schedule schedule;
  Plan plan;
};

Result<Program> compile(SourcePtr source);

/// A program bound to a table. Holds what it refers to.
struct Bound {
  std::shared_ptr<const Program> program;
  std::shared_ptr<const Table> table;
  std::shared_ptr<const Data> data;
  std::shared_ptr<const BoundPlan> plan;
};

Result<Bound> bind(Program program, Table table, const BindOptions& options = {});

/// `explain`: for every parameter (or the one named) the densities that mention it, the recognised
/// form, the terms collected, and the named full conditional.
struct ExplainOptions {
  std::string node;      ///< empty: all
  bool unicode = false;  ///< θ, σ² and Σ⁻¹ in place of names
};
Result<std::string> explain(const Program& program, const ExplainOptions& options = {});

/// `explain --stage`: the text form of a stage: ast, model, conditionals, schedule, plan.
Result<std::string> stage_text(const Program& program, const std::string& stage);

/// `check MODEL DATA`: table of symbols, and the identity log joint - log conditional = constant at
/// random states for every parameter.
struct IdentityResult {
  SymbolId parameter = -1;
  double largest_discrepancy = 0;  ///< relative to 1 + |log joint difference|
  int states = 0;
};
struct CheckReport {
  std::string symbols;  ///< the table of symbols with plate, shape and role, as text
  std::vector<IdentityResult> identities;
  double tolerance = 1e-8;
  bool passed = false;
};
CheckReport check_identities(const Bound& bound, int states = 20, std::uint64_t seed = 1);

}  // namespace lmmdsl
