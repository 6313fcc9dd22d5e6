// Exact invariance (Geweke 2004, JASA 99: 799-804): draw parameters from their priors and responses
// from their likelihoods; sweep from there, given these responses. Each sweep leaves the posterior
// as it is, so parameters and responses together still have the joint law from which they started.
// This holds for any number of sweeps, without warm-up and without Monte Carlo error beyond
// counting: replicates are independent, and are compared with as many fresh draws from the joint
// law by two-sample Kolmogorov-Smirnov tests. What is compared: the log of each positive scalar,
// each location, and for each density the squared standardised residuals summed (or its own log
// density), which tie parameters to responses.
//
// Risk: all comparisons of the first test together fail by chance with probability below 1e-8: each
// below 1e-8 / kMaxComparisons (two_samples.h).

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "runtime/renewed_plan.h"
#include "runtime/sweep.h"
#include "support/catch.h"
#include "support/run_model.h"
#include "support/simulate.h"
#include "support/two_samples.h"

namespace lmmdsl::testing {
namespace {

constexpr std::size_t kReplicates = 20000;
constexpr double kRisk = 1e-8;
constexpr std::size_t kMaxComparisons = 600;

/// Rows in which a response is missing.
using Gaps = std::map<std::string, std::set<std::size_t>>;

struct Case {
  const char* claim;
  const char* model;
  Gaps gaps = {{"y", {5}}, {"z", {8}}};
};

const Gaps kMany = {{"y", {1, 5, 6, 10, 11}}, {"z", {2, 5, 8}}};

const std::string kColumns =
    "data y, z, x1, x2, o : real\ndata w : real > 0\ndata g, h, k : factor\n";

// Few rows, so that priors count: a wrong constant in either moves the law visibly.
// Missing responses most of all: models without them are in rank_test.cc, which is stronger.
constexpr std::size_t kFirstWithGaps = 4;
const std::vector<Case> kCases = {
    {"scalar means with coefficient, offset and weight; two likelihoods of one variance",
     "y ~ Normal(0.5 * o - 3 * x1 * m + 1.5, 4 * v / w)\nz ~ Normal(2 * m - o, v)\n"
     "m ~ Normal(0.7, 2.3)\nv ~ InverseGamma(2.5, 1.7)\n"},
    {"group coefficients, Wishart prior on the inverse covariance",
     "X = [1, x1]\ny ~ Normal(X * b[g], s^2)\nb[g] ~ Normal(t, S)\nt ~ Normal([1; -1], 2 * I(2))\n"
     "inv(S) ~ Wishart(6, [0.4, 0.1; 0.1, 0.3])\ns^2 ~ InverseGamma(3, 2)\n"},
    {"group variances and precisions with a gamma above them",
     "y ~ Normal(m, s[g]^2)\nm ~ Normal(0, 4)\ns[g]^2 ~ InverseGamma(3, 1.5 * q)\nq ~ Gamma(3, 2)\n"
     "z ~ Normal(l, 2 / t[h])\nl ~ Normal(1, 4)\nt[h] ~ Gamma(3, 1.5 * r)\nr ~ Gamma(3, 2)\n"},
    {"products of parameters, linear in each; a derived mean in two likelihoods",
     "eta[g] = l * f[g]\ny ~ Normal(eta[g] - o, v)\nz ~ Normal(o - 2 * eta[g], 3 * v)\nf[g] ~ "
     "Normal(0.5, 1)\n"
     "l ~ Normal(1, 2)\nv ~ InverseGamma(3, 3)\n"},
    {"vectors of which components are missing, a covariance",
     "[y, z] ~ Normal(m[k] + [o; 0], 1.5 * S / w)\nm[k] ~ Normal([1; 0], [2, 0.5; 0.5, 1])\n"
     "S ~ InverseWishart(6, [2, 0.8; 0.8, 1])\n",
     kMany},
    {"vectors of which components are missing, a precision matrix for each group",
     "[y, z] ~ Normal(m, 2 * inv(P[k]))\nm ~ Normal([1; 0], 2)\n"
     "P[k] ~ Wishart(5, [0.3, 0.1; 0.1, 0.4])\n",
     kMany},
    {"vectors of which components are missing, known correlation, and independent ones",
     "[y, z] ~ Normal(m, s^2 * [1, 0.6; 0.6, 2])\nm ~ Normal([1; 0], diag(v1, v2))\n"
     "s^2 ~ InverseGamma(3, 2)\nv1 ~ InverseGamma(3, 1)\n1/v2 ~ Gamma(3, 1)\n",
     kMany},
    {"independent components of vectors, some missing, each with a variance of its own",
     "[y, z] ~ Normal(m, diag(v1[k], v2))\nm ~ Normal([1; 0], 2)\n"
     "v1[k] ~ InverseGamma(3, 1)\nv2 ~ InverseGamma(3, 2)\n",
     kMany},
    {"crossed factors, drawn as one sparse matrix",
     "y ~ Normal(a[g] + x1 * b[h], v)\nz ~ Normal(b[h] - o, 2 * v)\na[g] ~ Normal(m, t)\n"
     "b[h] ~ Normal(0.5, t)\nm ~ Normal(0.5, 1)\nv ~ InverseGamma(3, 2)\n"
     "t ~ InverseGamma(3, 2)\n"},
    {"so many coefficients that the marginal step also walks",
     "y ~ Normal(b1[g] + x1 * b2[g] + x2 * b3[g] + o * b4[g] + x1 * x2 * b5[g] + x1^2 * b6[g] + "
     "x2^2 * b7[g] + o * x1 * b8[g], v)\nb1[g] ~ Normal(m, t)\nb2[g] ~ Normal(0.5, t)\n"
     "b3[g] ~ Normal(-0.5, t)\nb4[g] ~ Normal(0, t)\nb5[g] ~ Normal(0, u)\nb6[g] ~ Normal(1, u)\n"
     "b7[g] ~ Normal(0, u)\nb8[g] ~ Normal(0, u)\nm ~ Normal(0.5, 1)\nv ~ InverseGamma(3, 2)\n"
     "t ~ InverseGamma(3, 2)\nu ~ InverseGamma(3, 1)\n"},
};

const std::size_t kSparse = kCases.size() - 2;

/// 12 rows; h crosses g, g lies in k. Responses are NA where there is a gap.
std::string table_text(const Gaps& gaps) {
  std::uint64_t state = 20041;
  const auto next = [&] {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<double>(state >> 11) * 0x1p-53;
  };
  std::string text = "g,h,k,x1,x2,o,w,y,z\n";
  for (std::size_t i = 0; i < 12; ++i) {
    text += fmt::format("g{},h{},k{},{:.3f},{:.3f},{:.3f},{:.3f}", i % 4, i / 4, i % 4 / 2,
                        2 * next() - 0.7, 2 * next() - 1.2, 3 * next() - 1, 0.5 + 2 * next());
    for (const char* name : {"y", "z"}) text += gaps.at(name).contains(i) ? ",NA" : ",0";
    text += "\n";
  }
  return text;
}

/// What is compared: a number for each replicate, by name.
struct Statistics {
  std::vector<std::string> names;
  std::vector<std::vector<double>> samples;  ///< by name
};

/// Parameters, and for each density a number that ties its value to its arguments.
void record(const Model& model, const Evaluator& oracle, const State& state, Statistics& out) {
  std::size_t at = 0;
  const auto put = [&](const std::string& name, double x) {
    if (at == out.names.size()) {
      out.names.push_back(name);
      out.samples.emplace_back();
    }
    out.samples[at++].push_back(x);
  };
  for (const SymbolId p : model.parameters()) {
    const std::vector<double>& values = state.values[static_cast<std::size_t>(p)];
    for (std::size_t i = 0; i < values.size(); ++i)
      put(fmt::format("{}[{}]", model[p].name, i),
          model[p].positive ? std::log(values[i]) : values[i]);
  }
  for (const Density& density : model.densities)
    put(fmt::format("log density of {}", model.source->slice(density.span)),
        oracle.log_density(density, state));
}

class JointTest {
 public:
  explicit JointTest(const std::string& model, const std::string& schedule = "textbook",
                     const Gaps& gaps = Case().gaps)
      : frame_(must(read_table(text("frame.csv", table_text(gaps))))),
        program_(*must(bind(must(compile(text("joint.lmm", kColumns + model))), frame_)).program),
        data_(must(bind_data(*program_.model, frame_))),
        simulator_(*program_.model, *data_) {
    BindOptions options;
    options.schedule = schedule;
    REQUIRE(reschedule(program_, options, *data_) == "");
  }

  /// Whether crossed factors are drawn as one sparse matrix.
  bool sparse() const { return std::ranges::any_of(program_.plan.steps, &PlanStep::sparse); }

  /// Changes the full conditional of one parameter before it is lowered to a plan.
  void spoil(const std::string& parameter, void (*change)(Conditional&)) {
    for (Conditional& c : program_.conditionals) {
      if ((*program_.model)[c.target].name == parameter) change(c);
    }
    program_.plan = lower(*program_.model, program_.conditionals, program_.schedule);
  }

  /// Lets one parameter be drawn from what was computed before the first sweep.
  void forget(const std::string& parameter) {
    for (PlanStep& step : program_.plan.steps) {
      const SymbolId target =
          program_.conditionals[static_cast<std::size_t>(step.conditional())].target;
      if ((*program_.model)[target].name == parameter) step.refresh.clear();
    }
  }

  /// The law after 1 to 5 sweeps, and (sweeps = false) the joint law itself.
  /// The numbers of sweeps are multiples of `each`.
  Statistics replicate(bool sweeps, std::uint64_t seed, std::uint64_t each = 1) const {
    Statistics all;
    const auto bound = must(bind_plan(*program_.model, program_.plan, data_));
    std::unique_ptr<RenewedPlan> renewed;
    const std::shared_ptr<Data> fresh = replace_columns(*data_, {});
    for (std::size_t r = 0; r < kReplicates; ++r) {
      Random random({.seed = seed, .chain = sweeps ? 1u : 2u, .sweep = r});
      const State start = simulator_.parameters(random);
      const ColumnValues responses = simulator_.responses(start, random);
      if (!sweeps) {
        change_columns(*fresh, responses);
        record(*program_.model, Evaluator(*program_.model, *fresh), start, all);
        continue;
      }
      if (renewed) renewed->renew(responses);
      else renewed = std::make_unique<RenewedPlan>(*bound, responses);
      Machine& machine = renewed->machine();
      for (const SymbolId p : program_.model->parameters())
        std::ranges::copy(start.values[static_cast<std::size_t>(p)], machine.parameter(p));
      machine.run_all();
      Sweep sweep(renewed->bound(), machine);
      for (std::size_t s = 0; s < program_.plan.steps.size(); ++s) {
        const int dimension = sweep.proposed_dimension(s);
        if (dimension == 0) continue;
        Proposal proposal =
            wide(dimension, r % 2 == 0 ? ScaleForm::covariance : ScaleForm::precision);
        proposal.count = 1 + static_cast<int>(r % 3);
        sweep.set_proposal(s, proposal);
      }
      for (std::uint64_t s = 1; s <= 1 + r % 5; ++s) {
        const std::string failure =
            sweep({.seed = seed, .chain = static_cast<std::uint32_t>(10 + r), .sweep = each * s});
        if (!failure.empty()) throw std::runtime_error(failure);
      }
      const Evaluator oracle(*program_.model, *renewed->bound().data);
      record(*program_.model, oracle, machine.state(), all);
    }
    return all;
  }

 private:
  /// A proposal that knows neither data nor state.
  static Proposal wide(int d, ScaleForm form) {
    const double mean = form == ScaleForm::covariance ? 0.2 : 1;
    return {.mean = Eigen::VectorXd::Constant(d, mean),
            .L = 0.8 * Eigen::MatrixXd::Identity(d, d),
            .form = form};
  }

  Table frame_;
  Program program_;
  std::shared_ptr<const Data> data_;
  Simulator simulator_;
};

std::size_t limit() { return critical(kReplicates, kRisk / kMaxComparisons); }

struct Comparison {
  std::size_t model;
  const char* schedule;
  std::uint64_t each = 1;  ///< see JointTest::replicate
};

/// Each case as in the textbook, and one for steps that draw several parameters at once.
std::vector<Comparison> comparisons_made() {
  // The last: in each fourth sweep the marginal step walks.
  std::vector<Comparison> all{{1, "blocked"},
                              {1, "marginal"},
                              {kSparse, "marginal", 2},
                              {kCases.size() - 1, "marginal", 4}};
  for (std::size_t which = 0; which < kCases.size(); ++which) all.push_back({which, "textbook"});
  return all;
}

TEST_CASE("sweeps leave the joint law of parameters and responses as it is") {
  std::size_t comparisons = 0;
  std::uint64_t seed = 100;
  for (const auto& [which, schedule, each] : comparisons_made()) {
    const Case& c = kCases[which];
    const JointTest test(c.model, schedule, c.gaps);
    CHECK(test.sparse() == (which == kSparse && std::string(schedule) == "marginal"));
    const Statistics swept = test.replicate(true, ++seed, each),
                     fresh = test.replicate(false, seed);
    for (std::size_t j = 0; j < swept.names.size(); ++j, ++comparisons) {
      INFO(c.claim << ", " << schedule << ": " << swept.names[j]);
      CHECK(distance(swept.samples[j], fresh.samples[j]) < limit());
    }
  }
  CHECK(comparisons <= kMaxComparisons);
}

// The test can fail: mistakes of the size that books warn of are found, by a wide margin of chance.
struct Mistake {
  const char* claim;
  std::size_t model;
  const char* parameter;
  void (*make)(Conditional&);
};

const std::vector<Mistake> kMistakes = {
    {"a half too much in the shape of an inverse gamma", 2, "s",
     [](Conditional& c) {
       c.parameters[0] = add({c.parameters[0], number(0.5)});
     }},
    {"squared residuals not halved", 0, "v",
     [](Conditional& c) {
       c.parameters[1] = add({c.parameters[1], c.likelihood[0].terms[1]});
     }},
    {"one degree of freedom too many for a covariance", 1, "S",
     [](Conditional& c) {
       c.parameters[0] = add({c.parameters[0], number(1)});
     }},
    {"the prior of a mean left out", 0, "m",
     [](Conditional& c) { c.parameters[0] = c.likelihood[0].terms[0]; }},
    {"missing components taken to be 0 beside a covariance", kFirstWithGaps, "S",
     [](Conditional& c) {
       c.parameters[1] = rewrite(c.parameters[1], [](const Expr& e) -> Expr {
         return e->op == Op::completed ? e->args[0] : nullptr;
       });
     }},
};

std::size_t largest_distance(const JointTest& test) {
  const Statistics swept = test.replicate(true, 77), fresh = test.replicate(false, 77);
  std::size_t largest = 0;
  for (std::size_t j = 0; j < swept.names.size(); ++j)
    largest = std::max(largest, distance(swept.samples[j], fresh.samples[j]));
  return largest;
}

TEST_CASE("a wrong conditional changes the joint law") {
  for (const Mistake& mistake : kMistakes) {
    JointTest test(kCases[mistake.model].model, "textbook", kCases[mistake.model].gaps);
    test.spoil(mistake.parameter, mistake.make);
    INFO(mistake.claim);
    CHECK(largest_distance(test) > limit());
  }
}

TEST_CASE("a draw that reads stale values changes the joint law") {
  JointTest test(kCases[3].model);
  test.forget("l");
  CHECK(largest_distance(test) > limit());
}

TEST_CASE("critical values are exact for small samples") {
  // Of the 2n choose n orders, 2 have the distance 1.
  CHECK(critical(3, 2.0 / 20 + 1e-12) == 3);
  CHECK(critical(3, 2.0 / 20 - 1e-12) == 4);
}

}  // namespace
}  // namespace lmmdsl::testing
