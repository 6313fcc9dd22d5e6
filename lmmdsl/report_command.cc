// lmmdsl report DIR: the page; lmmdsl plot DIR --kind K: one chart as a file.

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <thread>

#include "lmmdsl/commands.h"
#include "lmmdsl/console.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/options.h"
#include "lmmdsl/output.h"
#include "lmmdsl/report/charts_of.h"
#include "lmmdsl/report/report.h"
#include "lmmdsl/saved_run.h"
#include "lmmdsl/summary_table.h"

extern char** environ;

namespace lmmdsl {
namespace {

std::string first_line(const Diagnostics& diagnostics) {
  for (const Diagnostic& d : diagnostics)
    if (d.severity == Severity::error) return d.message;
  return {};
}

int execute_report(const Arguments& arguments) {
  const std::string& folder = arguments.operands[0];
  doing().stage = "read";
  const Result<SavedRun> run = read_saved_run(folder);
  if (!run) return report_and_code(run.diagnostics);
  doing().stage = "bind";
  const Result<Bound> bound = bind_again(*run);
  if (!bound && run->record)
    report({[&] {
      Diagnostic d = bound.diagnostics[0];
      d.severity = Severity::warning;
      d.message = "the report has no model and data: " + d.message;
      return d;
    }()});
  doing().stage = "report";
  const std::string page =
      report_page(*run, bound ? &*bound : nullptr, first_line(bound.diagnostics));
  doing().stage = "write";
  const std::string file = arguments.get("--out", run->record ? folder + "/report.html" : "");
  if (file.empty())
    return report_and_code({refuse_command("name the file of the report with `-o report.html`")});
  if (const Failure failure = replace_file(file, page)) return report_and_code({*failure});
  out(fmt::format("{}\n", printable(file)));
  return 0;
}

// ---- plot ----------------------------------------------------------------------------------

struct PlotInput {
  const SavedRun& run;
  const Summary& summary;
  const Bound* bound;
  const Posterior* posterior;
  std::vector<std::string> variables;

  std::vector<std::string> symmetric() const {
    return run.record ? run.record->symmetric : std::vector<std::string>();
  }
};

/// One chart for each scalar, by one of the functions of ScalarCharts.
template <Svg (ScalarCharts::*Chart)(std::size_t) const>
std::vector<Svg> by_scalar(const PlotInput& in) {
  const ScalarCharts charts(in.run.draws, in.summary, in.posterior);
  std::vector<Svg> result;
  for (const std::size_t j :
       columns_to_show(in.run.draws, in.summary, in.variables, in.symmetric(), 24))
    result.push_back((charts.*Chart)(j));
  return result;
}

std::vector<Svg> forests(const PlotInput& in) {
  std::vector<Shrinkage> own;
  if (in.posterior) own = shrinkage(*in.posterior);
  return forest_charts(in.run.draws, in.variables, own,
                       in.posterior ? &in.posterior->model() : nullptr);
}

std::vector<Svg> curves(const PlotInput& in) {
  std::vector<Svg> result;
  for (const RegressionCurves& r : regression_curves(*in.posterior)) {
    CurveCharts charts = curve_charts(in.posterior->model(), r);
    auto& chosen = r.groups.once() ? charts.groups : charts.overview;
    result.insert(result.end(), chosen.begin(), chosen.end());
  }
  return result;
}

std::vector<Svg> shrinkages(const PlotInput& in) {
  std::vector<Svg> result;
  for (const Shrinkage& s : shrinkage(*in.posterior)) {
    const std::string& name = in.posterior->model()[s.parameter].name;
    if (!in.variables.empty() &&
        std::find(in.variables.begin(), in.variables.end(), name) == in.variables.end())
      continue;
    const std::vector<Svg> charts = shrinkage_charts(in.posterior->model(), s);
    result.insert(result.end(), charts.begin(), charts.end());
  }
  return result;
}

std::vector<Svg> checks(const PlotInput& in) {
  std::vector<Svg> result;
  const PredictiveChecks found = predictive_checks(*in.posterior);
  report(left_out_notes(found));
  for (const PredictiveCheck& c : found.checks) {
    const std::vector<Svg> charts = predictive_charts(c);
    result.insert(result.end(), charts.begin(), charts.end());
  }
  return result;
}

/// The kinds of charts: one row each.
struct PlotKind {
  const char* name;
  std::vector<Svg> (*charts)(const PlotInput&);
  bool needs_model;
  const char* nothing;  ///< why there may be none
};

const PlotKind kKinds[] = {
    {"trace", by_scalar<&ScalarCharts::trace>, false, "no quantity varies"},
    {"rank", by_scalar<&ScalarCharts::rank>, false, "no quantity varies"},
    {"acf", by_scalar<&ScalarCharts::autocorrelation>, false, "no quantity varies"},
    {"density", by_scalar<&ScalarCharts::density>, false, "no quantity varies"},
    {"forest", forests, false, "no quantity is on a plate of a factor"},
    {"curves", curves, true,
     "no likelihood is a regression on one numeric column, or the groups are too many"},
    {"shrinkage", shrinkages, true,
     "no unknown on a plate of a factor has a Normal full conditional and rows of its own"},
    {"ppc", checks, true, "no response could be replicated"},
};

/// PNG by rsvg-convert of librsvg, which reads the SVG from a file without a name.
Failure write_png(const std::string& file, const std::string& svg) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> source(std::tmpfile(), std::fclose);
  if (!source || std::fwrite(svg.data(), 1, svg.size(), source.get()) != svg.size() ||
      std::fflush(source.get()) != 0)
    return plain_error(
        ExitCode::input_output,
        fmt::format("cannot write a temporary file for rsvg-convert: {}", std::strerror(errno)));
  std::rewind(source.get());
  const char* words[] = {"rsvg-convert", "--zoom=2", "--output", file.c_str(), nullptr};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ::fileno(source.get()), STDIN_FILENO);
  pid_t child = 0;
  int status = -1;
  const int error =
      ::posix_spawnp(&child, words[0], &actions, nullptr, const_cast<char* const*>(words), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error == 0) ::waitpid(child, &status, 0);
  if (error == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  const bool absent = error != 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 127);
  return plain_error(ExitCode::input_output,
                     absent ? "PNG files need the program rsvg-convert, which is not here"
                            : fmt::format("rsvg-convert could not write `{}`", printable(file)),
                     absent ? "install librsvg2-bin, or name a file that ends in .svg" : "");
}

int execute_plot(const Arguments& arguments) {
  Diagnostics errors;
  std::vector<std::string> names;
  const PlotKind* kind = nullptr;
  for (const PlotKind& k : kKinds) {
    names.push_back(k.name);
    if (arguments.get("--kind") == k.name) kind = &k;
  }
  if (kind == nullptr) {
    const std::string near = nearest(arguments.get("--kind"), names);
    errors.push_back(refuse_command(
        arguments.has("--kind")
            ? fmt::format("there is no kind of chart `{}`", printable(arguments.get("--kind"), 40))
            : "`--kind` says what to draw",
        near.empty() ? fmt::format("kinds: {}", fmt::join(names, ", "))
                     : fmt::format("did you mean `{}`?", near)));
  }
  const std::string file = arguments.get("--out");
  const bool png = file.ends_with(".png");
  if (!png && !file.ends_with(".svg"))
    errors.push_back(refuse_command("name a file that ends in .svg or .png with `-o`"));
  const std::vector<std::string> variables = split_names(arguments.get("--vars"));
  if (!errors.empty()) return report_and_code(errors);

  doing().stage = "read";
  const Result<SavedRun> run = read_saved_run(arguments.operands[0]);
  if (!run) return report_and_code(run.diagnostics);
  if (const int code = report_and_code(check_variables(run->draws.columns, variables))) return code;
  doing().stage = "bind";
  const Result<Bound> bound = bind_again(*run);
  if (!bound && kind->needs_model) return report_and_code(bound.diagnostics);
  doing().stage = "plot";
  const int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  const Summary summary = summarize(run->draws, threads);
  std::optional<Posterior> posterior;
  std::optional<Diagnostic> lacking =
      bound ? lacks_levels(*bound->program->model, "these charts are") : std::nullopt;
  if (bound && !lacking) posterior.emplace(*run, *bound, summary);
  if (posterior && !posterior->missing().empty()) {
    lacking = draws_not_kept(*run, posterior->missing().front());
    posterior.reset();
  }
  if (lacking && kind->needs_model) return report_and_code({*lacking});
  const std::vector<Svg> charts = kind->charts(
      {*run, summary, bound ? &*bound : nullptr, posterior ? &*posterior : nullptr, variables});
  if (charts.empty())
    return report_and_code({plain_error(
        ExitCode::refused, fmt::format("there is nothing to draw: {}", kind->nothing))});
  const std::string title =
      run->record && !run->record->model_title.empty() ? run->record->model_title : run->folder;
  const std::string svg = (charts.size() == 1 ? charts[0] : grid(charts, 2, title)).file_text();
  doing().stage = "write";
  if (const Failure failure = png ? write_png(file, svg) : replace_file(file, svg))
    return report_and_code({*failure});
  out(fmt::format("{}\n", printable(file)));
  return 0;
}

}  // namespace

Command report_command() {
  return {
      "report",
      "DIR",
      1,
      1,
      "write a page with all that a run has found",
      {{"--out", "FILE", "the page (DIR/report.html)", "-o"}},
      "DIR is a folder of `lmmdsl run --out`. The page is one file, without scripts and without\n"
      "anything from the network: the model, the data, the table, groups, curves, shrinkage,\n"
      "predictive checks, densities and chains. Of draws of other programs it shows what needs\n"
      "no model.\n"
      "\n"
      "Examples:\n"
      "  lmmdsl run radon.lmm radon.csv --out fit && lmmdsl report fit\n"
      "  lmmdsl report fit -o radon.html\n",
      execute_report};
}

Command plot_command() {
  return {"plot",
          "DIR",
          1,
          1,
          "draw one kind of chart of a run, as SVG or PNG",
          {{"--kind",
            "NAME",
            "trace, rank, acf, density, forest, curves, shrinkage or ppc",
            "",
            false,
            "",
            {"trace", "rank", "acf", "density", "forest", "curves", "shrinkage", "ppc"}},
           {"--vars", "A,B", "only these variables"},
           {"--out", "FILE", "the picture: FILE.svg or FILE.png", "-o"}},
          "PNG files are made by the program rsvg-convert (package librsvg2-bin).\n"
          "\n"
          "Examples:\n"
          "  lmmdsl plot fit --kind trace --vars theta -o theta.svg\n"
          "  lmmdsl plot fit --kind curves -o curves.png\n",
          execute_plot};
}

}  // namespace lmmdsl
