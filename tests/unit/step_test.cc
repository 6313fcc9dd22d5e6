// Sweeps worked by hand: the draws are those of a run, the numbers those of the reference evaluator
// and of the plan, and what is printed is what was computed. LMMDSL_ACCEPT=1 rewrites the texts.

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <regex>

#include "lmmdsl/box.h"
#include "runtime/draw_kind.h"
#include "runtime/evaluate.h"
#include "runtime/normal_step.h"
#include "runtime/random_block.h"
#include "runtime/retrace.h"
#include "support/catch.h"
#include "support/golden.h"
#include "support/run_model.h"

namespace lmmdsl::testing {
namespace {

struct Worked {
  std::string model, data;
  std::map<std::string, std::string> headers;
  StepOptions options;  // of the golden text
};

const std::vector<Worked>& worked() {
  static const std::vector<Worked> all = {
      {"growth_curve", "sleepstudy", {{"y", "reaction"}, {"time", "days"}}, {.unicode = true}},
      {"heteroscedastic_groups",
       "rail",
       {{"y", "travel"}, {"group", "rail"}},
       {.seed = 7, .exercise = true}},
      {"nested_three_level",
       "oxide",
       {{"y", "thickness"}},
       {.sweeps = 2, .node = "w", .level = "3, 2"}},
      {"bivariate_response",
       "iris",
       {{"y1", "sepal_length"}, {"y2", "sepal_width"}, {"group", "species"}},
       {.node = "Sigma", .exercise = true, .unicode = true}},
      {"split_plot", "oats", {{"y", "yield"}, {"dose", "nitro"}, {"treatment", "variety"}}, {}},
  };
  return all;
}

Bound bound(const Worked& w) {
  BindOptions options;
  options.headers = w.headers;
  const std::string root = LMMDSL_ROOT;
  return bind_files(root + "/models/" + w.model + ".lmm", root + "/examples/" + w.data + ".csv",
                    options);
}

TEST_CASE("sweeps worked by hand read as their golden texts") {
  for (const Worked& w : worked()) {
    CAPTURE(w.model);
    CHECK(agrees_with_golden(fs::path(LMMDSL_ROOT) / "tests/golden/step" / (w.model + ".expected"),
                             must(step(bound(w), w.options))));
  }
}

// `run` keeps its first sweeps when there is no warm-up.
TEST_CASE("the draws worked by hand are those of a run") {
  constexpr std::size_t kSweeps = 3;
  for (const Worked& w : worked()) {
    const Bound b = bound(w);
    const Draws draws = draw(b, {.chains = 2, .warmup = 0, .draws = kSweeps, .seed = 5});
    Retrace chain(*b.plan, 5, 0);
    for (std::size_t k = 0; k < kSweeps; ++k) {
      REQUIRE(chain.next() == "");
      for (std::size_t j = 1; j < b.plan->sources.size(); ++j) {
        const ColumnSource& source = b.plan->sources[j];
        if (source.value < 0) continue;
        const SymbolId parameter = b.program->plan.values[source.value].parameter;
        if (parameter < 0) continue;
        const double x = chain.after().values[parameter][source.offset];
        CAPTURE(w.model, draws.columns[j].name, k);
        CHECK(draws.column(0, j)[k] == (source.square ? x * x : x));
      }
    }
  }
}

// Expected from the formulas alone: natural parameters by the reference evaluator at the state
// before a step, and the step's stream of random numbers.
TEST_CASE("formulas, plan and draws of a sweep agree") {
  for (const Worked& w : worked()) {
    const Bound b = bound(w);
    const Plan& plan = b.program->plan;
    const Evaluator oracle(*b.program->model, *b.data);
    Retrace chain(*b.plan, 9, 0);
    for (int sweep = 1; sweep <= 2; ++sweep) {
      REQUIRE(chain.next() == "");
      for (std::size_t s = 0; s < plan.steps.size(); ++s) {
        const Conditional& c = plan.conditionals[plan.steps[s].conditional()];
        Machine machine(*b.plan);
        for (std::size_t v = 0; v < chain.before(s).values.size(); ++v) {
          const std::vector<double>& values = chain.before(s).values[v];
          std::copy(values.begin(), values.end(), machine.state().values[v].begin());
        }
        machine.run_all();
        const StepReader read(*b.plan, plan.steps[s].conditional());
        const DrawKind kind = draw_kind(*b.plan, plan.steps[s].conditional());
        const bool together = NormalStep::make(*b.plan, plan.steps[s]) != nullptr;
        for (std::size_t e = 0; e < b.data->plate(c.plate).size; ++e) {
          std::vector<Eigen::MatrixXd> parameters;
          StepParameters from_formulas = {};
          for (std::size_t i = 0; i < c.parameters.size(); ++i) {
            const Expr& expr = c.parameters[i];
            parameters.push_back(
                oracle.evaluate(expr, chain.before(s), expr->plate.once() ? 0 : e));
            const double scale = parameters[i].cwiseAbs().maxCoeff();
            for (Eigen::Index k = 0; k < parameters[i].size(); ++k) {
              CAPTURE(w.model, s, e, i, k);
              CHECK(std::abs(read(machine, e)[i][k] - parameters[i].data()[k]) <= 1e-10 * scale);
            }
          }
          for (std::size_t i = 0; i < parameters.size(); ++i)
            from_formulas[i] = parameters[i].data();
          Random stream({.seed = 9,
                         .chain = 0,
                         .sweep = static_cast<std::uint64_t>(sweep),
                         .step = static_cast<std::uint32_t>(s),
                         .level = static_cast<std::uint32_t>(e)});
          std::vector<double> expected(kind.block());
          if (together) {
            // Eight elements have a stream: first component of all, then the second, ...
            const std::size_t elements = b.data->plate(c.plate).size;
            const std::size_t n = std::min(elements - e / 8 * 8, std::size_t{8});
            const std::size_t p = expected.size();
            stream = Random({.seed = 9,
                             .chain = 0,
                             .sweep = static_cast<std::uint64_t>(sweep),
                             .step = static_cast<std::uint32_t>(s),
                             .level = static_cast<std::uint32_t>(e / 8)});
            std::vector<double> all(n * p);
            normals(stream, n * p, all.data());
            Eigen::VectorXd z(static_cast<Eigen::Index>(p));
            for (std::size_t i = 0; i < p; ++i)
              z[static_cast<Eigen::Index>(i)] = all[i * n + e % 8];
            const Eigen::LLT<Eigen::MatrixXd> llt(parameters[0]);
            const Eigen::VectorXd x = llt.solve(parameters[1]).col(0) + llt.matrixU().solve(z);
            std::copy(x.data(), x.data() + x.size(), expected.begin());
          } else {
            REQUIRE(draw(kind, from_formulas, stream, expected.data()));
          }
          for (std::size_t k = 0; k < expected.size(); ++k) {
            const double found = chain.after().values[c.target][e * kind.block() + k];
            CAPTURE(w.model, s, e, k, found, expected[k]);
            CHECK(std::abs(found - expected[k]) <= 1e-8 * (1 + std::abs(expected[k])));
          }
        }
      }
    }
  }
}

std::vector<std::string> matches(const std::string& text, const char* pattern) {
  const std::regex regex(pattern);
  std::vector<std::string> found;
  for (auto it = std::sregex_iterator(text.begin(), text.end(), regex);
       it != std::sregex_iterator(); ++it)
    found.push_back((*it)[1]);
  return found;
}

TEST_CASE("the last line of a draw is the draw") {
  const Bound b = bind_texts(text("m.lmm",
                                  "data y : real\ny ~ Normal(t, s^2)\nt ~ Normal(0, 100)\n"
                                  "1/s^2 ~ Gamma(2, 3)\n"),
                             text("d.csv", "y\n1\n2\n4\n"));
  const Draws draws = draw(b, {.chains = 1, .warmup = 0, .draws = 1, .seed = 3});
  const std::string sheet = must(step(b, {.seed = 3}));
  const auto t = matches(sheet, "draw t = .*\n +=.*\n +=( .*)\n");
  const auto s = matches(sheet, "so s\\^2 = .*, s =( .*)\n");
  REQUIRE(t.size() == 1);
  REQUIRE(s.size() == 1);
  CHECK(t[0] == " " + five_digits(draws.column(0, column_index(draws, "t"))[0]));
  CHECK(s[0] == " " + five_digits(draws.column(0, column_index(draws, "s"))[0]));
}

TEST_CASE("an exercise has an answer for each blank, and keeps them to the end") {
  for (const Worked& w : worked()) {
    StepOptions options = w.options;
    options.exercise = true;
    const std::string sheet = must(step(bound(w), options));
    const auto answers = sheet.find("\nAnswers\n");
    REQUIRE(answers != sheet.npos);
    const auto blanks = matches(sheet.substr(0, answers), "________ (\\([0-9]+\\))\n");
    const auto solved = matches(sheet.substr(answers), "\n  (\\([0-9]+\\)) ");
    CAPTURE(w.model);
    CHECK(blanks.size() >= 2);
    CHECK(blanks == solved);
  }
}

TEST_CASE("letters of the worksheet are not names of the model") {
  const Bound b =
      bind_texts(text("m.lmm",
                      "data P : real\nP ~ Normal(m, V)\nm ~ Normal(0, h)\nV ~ InverseGamma(1, 1)\n"
                      "h = 100\n"),
                 text("d.csv", "P\n1\n2\n4\n"));
  const std::string sheet = must(step(b));
  CHECK(sheet.find("m | rest ~ Normal(shift / precision, 1 / precision)") != sheet.npos);
  CHECK(sheet.find("mean + sqrt(variance) * z") != sheet.npos);
}

TEST_CASE("numbers of a worksheet have five digits") {
  CHECK(five_digits(0) == "0");
  CHECK(five_digits(-0.0) == "0");
  CHECK(five_digits(12) == "12");
  CHECK(five_digits(1234.56) == "1234.6");
  CHECK(five_digits(-0.000123456) == "-0.00012346");
  CHECK(five_digits(1234567) == "1234567");
  CHECK(five_digits(2.5e-8) == "2.5e-08");
  CHECK(five_digits(1e12) == "1e+12");
  CHECK(five_digits(INFINITY) == "inf");
}

TEST_CASE("a wide matrix is cut") {
  const Box box = matrix_box(Eigen::MatrixXd::Ones(20, 20), Notation::ascii);
  CHECK(box.lines.size() == 9);
  CHECK(box.lines[0] == "[ 1  1  1  1  1  1  1  1  ... ]");
}

}  // namespace
}  // namespace lmmdsl::testing
