// `explain` and the text forms of the stages.
#include "compiler/derive/explain.h"

#include <fmt/format.h>

#include "compiler/model/elementwise.h"
#include "compiler/schedule/explain_schedule.h"
#include "lmmdsl/lmmdsl.h"
#include "lmmdsl/named_row.h"
#include "runtime/evaluate.h"

namespace lmmdsl {

namespace {

Diagnostic unknown_node(const Model& model, const std::string& node) {
  std::vector<std::string> names;
  for (const SymbolId p : model.parameters()) names.push_back(model[p].name);
  const std::string close = nearest(node, names);
  return plain_error(ExitCode::command_line, fmt::format("the model has no parameter `{}`", node),
                     close.empty() ? fmt::format("its parameters are {}", fmt::join(names, ", "))
                                   : fmt::format("did you mean `{}`?", close));
}

bool is_node(const Model& model, SymbolId id, const std::string& node) {
  return node.empty() || node == model[id].name || node == model[id].spelling;
}

Page head(const Program& program, const Numbers* numbers) {
  Page page = explain_model(*program.model, numbers);
  if (program.settings.empty()) return page;
  page.heading(3, "Constants set beside the text");
  std::vector<std::vector<Text>> rows;
  for (const Setting& s : program.settings) {
    rows.push_back({Code{fmt::format("{} = {}", s.name, s.value)}});
  }
  page.table(std::move(rows));
  return page;
}

Result<std::string> explain(const Program& program, const ExplainOptions& options,
                            const Numbers* numbers) {
  const Model& model = *program.model;
  if (options.schedule)
    return write_page(explain_schedule(model, program.conditionals, program.schedule), model,
                      options.format);
  Page page;
  if (options.node.empty()) page = head(program, numbers);
  bool found = options.node.empty();
  for (const Conditional& c : program.conditionals) {
    if (!is_node(model, c.target, options.node)) continue;
    found = true;
    Page part = explain(model, c, options.detail, numbers);
    if (page.title.empty()) page.title = part.title;
    page.append(std::move(part));
  }
  if (!found) return unknown_node(model, options.node);
  return write_page(page, model, options.format);
}

/// Data as a page asks for them.
class DataNumbers {
 public:
  explicit DataNumbers(const Bound& bound)
      : model_(*bound.program->model), data_(*bound.data), evaluator_(model_, data_) {}

  Numbers numbers() const {
    return {[this](const Expr& e) { return values(e); },
            [this](const Plate& p) { return labels(p); },
            [this](SymbolId s) { return component_names(data_, model_[s]); }};
  }

 private:
  /// None of what lives on the rows or depends on an unknown, as what lies in a latent level does.
  Values values(const Expr& e) const {
    Values found;
    if (e->plate.rows || !is_constant(model_, e)) return found;
    for (std::size_t k = 0; k < data_.plate(e->plate).size; ++k) {
      const Eigen::MatrixXd value = evaluator_.evaluate(e, State{}, k);
      found.rows = static_cast<int>(value.rows());
      found.cols = static_cast<int>(value.cols());
      found.elements.emplace_back(value.data(), value.data() + value.size());
    }
    return found;
  }

  std::vector<std::string> labels(const Plate& plate) const {
    std::vector<std::string> found;
    for (const auto& levels : data_.plate(plate).labels) {
      found.push_back(fmt::format("{}", fmt::join(levels, ", ")));
    }
    return found;
  }

  const Model& model_;
  const Data& data_;
  Evaluator evaluator_;
};

/// A stage of the pipeline and its text form.
struct StageRow {
  const char* name;
  std::string (*text)(const Program&);
};
const StageRow kStageRows[] = {
    {"ast", [](const Program& p) { return to_text(*p.ast); }},
    {"model", [](const Program& p) { return to_text(*p.model); }},
    {"conditionals", [](const Program& p) { return to_text(*p.model, p.conditionals); }},
    {"schedule",
     [](const Program& p) {
       return p.schedule.name + ": " + to_text(p.schedule, *p.model, p.conditionals) + "\n";
     }},
    {"plan", [](const Program& p) { return to_text(p.plan, *p.model); }},
};

}  // namespace

Result<std::string> explain(const Program& program, const ExplainOptions& options) {
  return explain(program, options, nullptr);
}

Result<std::string> explain(const Bound& bound, const ExplainOptions& options) {
  const DataNumbers data(bound);
  const Numbers numbers = data.numbers();
  return explain(*bound.program, options, &numbers);
}

Result<std::string> explain_refused(SourcePtr source, const std::vector<Setting>& settings,
                                    const ExplainOptions& options) {
  Result<Program> program = compile_model(std::move(source), settings);
  if (!program) return program.diagnostics;
  const Model& model = *program->model;
  Page page;
  if (options.node.empty()) page = head(*program, nullptr);
  bool found = options.node.empty(), refused = false;
  for (const Derived& d : derive_each(model)) {
    refused = refused || !d.refused.empty();
    if (!is_node(model, d.target, options.node)) continue;
    found = true;
    Page part =
        d.conditional ? explain(model, *d.conditional, options.detail) : explain_refusal(model, d);
    if (page.title.empty()) page.title = part.title;
    page.append(std::move(part));
  }
  if (!found) return unknown_node(model, options.node);
  if (!refused) return plain_error(ExitCode::refused, "every parameter has a full conditional");
  return write_page(page, model, options.format);
}

const std::vector<std::string>& stage_names() {
  static const std::vector<std::string> names = row_names(kStageRows);
  return names;
}

Result<std::string> stage_text(const Program& program, const std::string& stage) {
  Diagnostics errors;
  const StageRow* row = row_named(kStageRows, "stage", stage, errors);
  if (row == nullptr) return errors;
  return row->text(program);
}

}  // namespace lmmdsl
