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
#include "compiler/model/settings.h"
#include "compiler/page/format.h"
#include "compiler/plan/plan.h"
#include "compiler/schedule/schedule.h"
#include "grammar/format.h"
#include "grammar/parse.h"
#include "grammar/print.h"
#include "runtime/data.h"
#include "runtime/diagnostics.h"
#include "runtime/draws.h"
#include "runtime/rank_test.h"
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
  std::vector<Setting> settings;  ///< constants given beside the text
};

Result<Program> compile(SourcePtr source, std::vector<Setting> settings = {});

/// Gives a program the schedule of that name (schedules()) for these data, and the plan of it.
/// Empty, or which invariant does not hold.
std::string reschedule(Program& program, const BindOptions& options, const Data& data);

/// The same up to the model: without conditionals, schedule and plan.
Result<Program> compile_model(SourcePtr source, const std::vector<Setting>& settings = {});
/// The stages after the model, for a model that another one was made into.
Result<Program> compile(std::shared_ptr<const Ast> ast, Model model);

/// A program bound to a table. Holds what it refers to.
struct Bound {
  std::shared_ptr<const Program> program;
  std::shared_ptr<const Table> table;
  std::shared_ptr<const Data> data;
  std::shared_ptr<const BoundPlan> plan;
};

Result<Bound> bind(Program program, Table table, const BindOptions& options = {});

/// `explain`: for every parameter (or the one named) the densities that mention it, the recognised
/// form, the terms collected, and the named full conditional; in full every step between.
struct ExplainOptions {
  std::string node = {};  ///< empty: all
  Format format = Format::text;
  Detail detail = Detail::brief;
  bool schedule = false;  ///< the steps of a sweep, and why their order is valid, instead
};
Result<std::string> explain(const Program& program, const ExplainOptions& options = {});
/// With data: also sizes, and the numbers of constants and of all that they fix.
Result<std::string> explain(const Bound& bound, const ExplainOptions& options = {});
/// Of a model in which parameters have no conjugate full conditional: for these how far the
/// derivation goes and what spoils it. An error if the text is no model, or if all have one.
Result<std::string> explain_refused(SourcePtr source, const std::vector<Setting>& settings = {},
                                    const ExplainOptions& options = {});

/// `explain --stage`: the text form of a stage, by its name.
const std::vector<std::string>& stage_names();
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
  /// The log joint density that draws are reported with, less that of the reference; relative.
  double log_joint_discrepancy = 0;
  double tolerance = 1e-8;
  bool passed = false;
  /// Why there is no state to look at; ExitCode::numerical.
  std::optional<Diagnostic> failure = {};
};
/// At each state the joint density is evaluated from the rows, in the plainest way: of a large
/// table fewer states take as long.
int identity_states(std::size_t rows);
CheckReport check_identities(const Bound& bound, int states = 20, std::uint64_t seed = 1);

/// `step`: the first sweeps of chain 1 of a run with this seed, worked by hand: the state, each
/// conditional's parameters with the numbers put in, the draw. Errors: a parameter or level that
/// does not exist; a conditional that cannot be drawn from.
struct StepOptions {
  int sweeps = 1;
  std::uint64_t seed = 1;
  std::string node = {};   ///< empty: all parameters
  std::string level = {};  ///< "3", or "W1, A" on a plate of pairs; empty: the first
  bool exercise = false;   ///< results are blanks, and the answers stand at the end
  bool unicode = false;
};
Result<std::string> step(const Bound& bound, const StepOptions& options = {});

/// `graph`: the directed acyclic graph with its plates; with data, their sizes.
enum class GraphFormat { dot, svg };
std::string graph(const Program& program, GraphFormat format);
std::string graph(const Bound& bound, GraphFormat format);

/// `plan`: how a sweep is computed, as pseudo-code, with its cost and its kernels.
std::string describe_plan(const Program& program, bool unicode = false);
std::string describe_plan(const Bound& bound, bool unicode = false);
/// `simulate MODEL DESIGN`: a draw from the joint law. Responses that are NA in the design stay so,
/// unless the whole column is NA or absent.
struct Simulation {
  std::shared_ptr<const Data> data;  ///< the design, as bound
  State state;                       ///< the parameters, drawn or given
  /// The responses, by the header of their column; one number for each row of the design.
  std::vector<std::pair<std::string, std::vector<double>>> responses;
};
struct SimulateSettings {
  BindOptions bind;
  SourcePtr at;  ///< values of parameters as JSON (lmmdsl/state_json.h); null: all are drawn
  std::uint64_t seed = 0;
};
/// `program` and `design` must outlive the result.
Result<Simulation> simulate(const Program& program, const Table& design,
                            const SimulateSettings& settings);

/// `verify MODEL DATA`: that the sampler of this model and these data is right. The identity of
/// `check`; and, with data simulated from the model, calibration and the joint law (rank_test.h).
struct VerifySettings {
  BindOptions bind;    ///< as the data were bound
  int replicates = 0;  ///< 0: default_replicates
  std::uint64_t seed = 0;
  int threads = 1;
  double risk = 1e-5;  ///< the probability at most of calling a sampler wrong that is right
};
/// A prior that was replaced for the simulations, as statements of the language.
struct ReplacedPrior {
  std::string before, after;
};
struct VerifyReport {
  CheckReport check;
  std::vector<ReplacedPrior> replaced;
  std::vector<std::string> held;  ///< constants computed from the responses, held fixed
  RankResult calibration, joint_law;
  double critical = 0;  ///< a p-value below it is a discrepancy
  bool interrupted = false;
  bool verified = false;
};
/// Errors: the model cannot be verified, and why. `report` has what was found before.
Diagnostics verify(const Bound& bound, const VerifySettings& settings, Progress& progress,
                   VerifyReport& report);
/// 1000 for a table of 200 rows or less, fewer for longer ones, but not below 100.
int default_replicates(std::size_t rows);
/// The sweeps that so many replicates take.
std::uint64_t verify_sweeps(int replicates);

}  // namespace lmmdsl
