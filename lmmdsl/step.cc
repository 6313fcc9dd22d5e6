// `step`: what a sweep of `run` does, written out as on a blackboard.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "compiler/page/wrap.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/lmmdsl.h"
#include "lmmdsl/step_conditional.h"
#include "lmmdsl/text_table.h"
#include "runtime/bind.h"
#include "runtime/retrace.h"

namespace lmmdsl {
namespace {

constexpr std::size_t kFirstElements = 12;
constexpr std::size_t kAllElements = 1000;

Diagnostic refuse_step(std::string message, std::string hint = {}) {
  return plain_error(ExitCode::command_line, std::move(message), std::move(hint));
}

/// "W1, A" -> {"W1", "A"}.
std::vector<std::string> labels_of(const std::string& text) {
  std::vector<std::string> labels(1);
  for (const char c : text) {
    if (c == ',') labels.emplace_back();
    else labels.back() += c;
  }
  for (std::string& label : labels) {
    label.erase(0, label.find_first_not_of(' '));
    label.erase(label.find_last_not_of(' ') + 1);
  }
  return labels;
}

class StepWriter {
 public:
  StepWriter(const Bound& bound, const StepOptions& options)
      : bound_(*bound.plan),
        plan_(*bound.plan->plan),
        model_(*bound.program->model),
        data_(*bound.data),
        options_(options),
        notation_(options.unicode ? Notation::unicode : Notation::ascii),
        oracle_(model_, data_),
        sheet_(options.exercise) {}

  Result<std::string> write() {
    if (Diagnostics wrong = check_node(); !wrong.empty()) return wrong;
    if (Diagnostics wrong = check_level(); !wrong.empty()) return wrong;
    Retrace chain(bound_, options_.seed, 0);
    sheet_.add(heading());
    for (int k = 0; k < options_.sweeps; ++k) {
      const State start = chain.after();
      if (const std::string failure = chain.next(); !failure.empty())
        return plain_error(ExitCode::numerical, failure);
      if (k == 0) sheet_.add(fmt::format("\nWhere chain 1 starts\n{}", state_text(start)));
      sheet_.add(fmt::format("\nSweep {}\n", chain.sweep()));
      for (std::size_t s = 0; s < plan_.steps.size(); ++s)
        write_step(s, chain.before(s),
                   s + 1 < plan_.steps.size() ? chain.before(s + 1) : chain.after());
      sheet_.answer(fmt::format("\nAfter sweep {}\n{}", chain.sweep(), state_text(chain.after())));
    }
    return sheet_.text();
  }

 private:
  // ---- options -----------------------------------------------------------------------------

  Diagnostics check_node() {
    if (options_.node.empty()) return {};
    std::vector<std::string> names;
    for (const Conditional& c : plan_.conditionals) {
      const Symbol& s = model_[c.target];
      names.push_back(s.name);
      if (options_.node == s.name || options_.node == s.spelling) node_ = c.target;
    }
    if (node_ >= 0) return {};
    const std::string close = nearest(options_.node, names);
    return {
        refuse_step(fmt::format("the model has no parameter `{}`", printable(options_.node, 40)),
                    close.empty() ? fmt::format("its parameters are {}", fmt::join(names, ", "))
                                  : fmt::format("did you mean `{}`?", close))};
  }

  Diagnostics check_level() {
    if (options_.level.empty()) return {};
    std::vector<std::string> known;
    bool on_a_plate = false;
    for (const Conditional& c : plan_.conditionals) {
      if (node_ >= 0 && c.target != node_) continue;
      if (c.plate.once()) continue;
      on_a_plate = true;
      if (find_level(c.plate)) return {};
      for (const auto& labels : data_.plate(c.plate).labels)
        known.push_back(fmt::format("{}", fmt::join(labels, ", ")));
    }
    const std::string level = printable(options_.level, 40);
    if (!on_a_plate)
      return {refuse_step(
          node_ >= 0
              ? fmt::format("`{}` holds once: it has no level `{}`", model_[node_].spelling, level)
              : fmt::format("no parameter is on a plate: there is no level `{}`", level))};
    const std::string close = nearest(options_.level, known);
    return {refuse_step(
        fmt::format("no plate of {} has a level `{}`",
                    node_ >= 0 ? "`" + model_[node_].spelling + "`" : "a parameter", level),
        !close.empty() ? fmt::format("did you mean `{}`?", close)
        : known.empty()
            ? ""
            : fmt::format(
                  "levels: {}{}",
                  fmt::join(known.begin(),
                            known.begin() + std::min<std::ptrdiff_t>(
                                                8, static_cast<std::ptrdiff_t>(known.size())),
                            "; "),
                  known.size() > 8 ? "; ..." : ""))};
  }

  /// The element that --level names on a plate.
  std::optional<std::size_t> find_level(const Plate& plate) const {
    const std::vector<std::string> wanted = labels_of(options_.level);
    const auto& labels = data_.plate(plate).labels;
    for (std::size_t e = 0; e < labels.size(); ++e) {
      if (labels[e].size() == wanted.size() &&
          std::equal(wanted.begin(), wanted.end(), labels[e].begin(),
                     [](const std::string& written, const std::string& level) {
                       return label_matches(level, written);
                     }))
        return e;
    }
    return std::nullopt;
  }

  /// The element of --level, or the one in which it lies; else the first.
  std::size_t shown_element(const Plate& plate) const {
    if (options_.level.empty() || plate.once()) return 0;
    if (const auto found = find_level(plate)) return *found;
    for (const Conditional& c : plan_.conditionals) {
      if (c.plate.once() || !refines(c.plate, plate) || deciding_factor(c.plate, plate) >= 0)
        continue;
      if (const auto finer = find_level(c.plate))
        return static_cast<std::size_t>(data_.map(c.plate, plate)[*finer]);
    }
    return 0;
  }

  /// How many elements of a plate a table shows. Who works an exercise needs them all.
  std::size_t most_elements() const { return options_.exercise ? kAllElements : kFirstElements; }

  // ---- texts -------------------------------------------------------------------------------

  std::string heading() const {
    std::string text = model_.title.empty() ? "" : printable(model_.title) + "\n";
    text += wrap_words(
        "",
        fmt::format("The first {} of chain 1 with seed {}, step by step. A sweep draws {}, in this "
                    "order. Numbers are shown to five digits and computed with all.",
                    options_.sweeps == 1 ? "sweep" : fmt::format("{} sweeps", options_.sweeps),
                    options_.seed, order()));
    return text;
  }

  std::string order() const {
    std::string text;
    for (const PlanStep& step : plan_.steps)
      for (const int c : drawn_by(step))
        text +=
            (text.empty() ? "" : ", ") + render(plan_.conditionals[c].quantity, &model_, notation_);
    return text;
  }

  void write_step(std::size_t s, const State& before, const State& after) {
    for (const int k : drawn_by(plan_.steps[s])) {
      const Conditional& c = plan_.conditionals[k];
      if (node_ < 0 || c.target == node_) write_full_conditional(s, c, before, after);
    }
  }

  void write_full_conditional(std::size_t s, const Conditional& c, const State& before,
                              const State& after) {
    const Drawing drawing{bound_, c, oracle_, before, after, notation_};
    const std::size_t element = shown_element(c.plate);
    sheet_.add(fmt::format("\n  Step {}.  {}\n", s + 1, distribution_in_letters(drawing)));
    if (!c.plate.once())
      sheet_.add(fmt::format("  for {}, here {}\n", describe(model_, c.plate),
                             element_label(bound_, c.plate, element)));
    sheet_.add("\n");
    write_element(sheet_, drawing, element, node_ >= 0);
    sheet_.add(other_elements(drawing, element, most_elements()));
  }

  /// Of all parameters, or of the one asked for.
  std::string state_text(const State& state) const {
    std::string text;
    for (const Conditional& c : plan_.conditionals)
      if (node_ < 0 || c.target == node_) text += parameter_text(c, state);
    return text;
  }

  /// A variance as a variance: what stands in the state and what the page speaks of.
  std::string parameter_text(const Conditional& c, const State& state) const {
    const Expr target = reference(model_, c.target);
    const Expr shown = target->shape.is_scalar() ? power(target, std::abs(c.exponent)) : target;
    if (!c.plate.once()) return plate_text(c, shown, state);
    const Reading reading(model_, oracle_, state, c.plate, 0);
    const std::string name = render(shown, &model_, notation_);
    const Eigen::MatrixXd value = reading.value(shown);
    if (value.cols() > 1) return lay_out("  " + name + " = ", {matrix_box(value, notation_)});
    std::string text = "  " + name + " = ";
    if (value.size() == 1) {
      text += five_digits(value(0, 0));
      if (!same(shown, target))
        text += fmt::format(", {} = {}", render(target, &model_, notation_),
                            five_digits(reading.value(target)(0, 0)));
    } else {
      text += tuple(value);
      const auto names = component_names(data_, model_[c.target]);
      if (!names.empty()) text += fmt::format("   ({})", fmt::join(names, ", "));
    }
    return text + "\n";
  }

  std::string plate_text(const Conditional& c, const Expr& shown, const State& state) const {
    const std::string name = render(shown, &model_, notation_);
    const std::size_t count = data_.plate(c.plate).size;
    const std::size_t element = shown_element(c.plate);
    if (shown->shape.kind == ShapeKind::matrix) {
      const Reading reading(model_, oracle_, state, c.plate, element);
      return lay_out(fmt::format("  {}, {} = ", name, element_label(bound_, c.plate, element)),
                     {matrix_box(reading.value(shown), notation_)});
    }
    std::vector<std::string> names = component_names(data_, model_[c.target]);
    if (shown->shape.is_scalar()) names = {""};
    const auto length = static_cast<std::size_t>(data_.length(model_[c.target].shape.rows));
    while (names.size() < length) names.push_back(std::to_string(names.size() + 1));
    std::vector<TextColumn> columns = {{"    " + name}};
    for (const std::string& n : names) columns.push_back({n, Align::decimal});
    TextTable table(columns);
    std::vector<std::size_t> elements;
    for (std::size_t e = 0; e < count && e < most_elements(); ++e) elements.push_back(e);
    if (element >= elements.size()) elements.push_back(element);
    for (const std::size_t e : elements) {
      const Reading reading(model_, oracle_, state, c.plate, e);
      const Eigen::MatrixXd value = reading.value(shown);
      std::vector<TextCell> cells = {"      " + element_label(bound_, c.plate, e)};
      for (Eigen::Index i = 0; i < value.size(); ++i)
        cells.emplace_back(five_digits(value.data()[i]));
      table.add_row(std::move(cells));
    }
    if (elements.size() < count)
      table.add_remark(fmt::format("      ... and {} more", count - elements.size()));
    return table.to_text().substr(2);
  }

  const BoundPlan& bound_;
  const Plan& plan_;
  const Model& model_;
  const Data& data_;
  const StepOptions& options_;
  Notation notation_;
  Evaluator oracle_;
  Worksheet sheet_;
  SymbolId node_ = -1;
};

}  // namespace

Result<std::string> step(const Bound& bound, const StepOptions& options) {
  return StepWriter(bound, options).write();
}

}  // namespace lmmdsl
