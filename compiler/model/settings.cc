#include "compiler/model/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "compiler/model/ast_tools.h"
#include "compiler/model/scope.h"
#include "grammar/greek.h"
#include "grammar/parse.h"

namespace lmmdsl {

namespace {

Diagnostic refuse(const Setting& setting, const std::string& message, std::string hint = {}) {
  return plain_error(ExitCode::command_line,
                     fmt::format("--set {}={}: {}", setting.name, setting.value, message),
                     std::move(hint));
}

/// What is wrong with a constant of the text that a setting would replace; empty if nothing is.
std::string why_not_settable(const Model& model, const Symbol& s) {
  const std::string name = resolution::quoted(s.spelling);
  switch (s.role) {
    case Role::column:
      return name + " is a column of the data";
    case Role::fit:
      return name + " is a least squares fit";
    case Role::parameter:
      return name + " is an unknown with a prior";
    case Role::derived:
      return name + " depends on unknowns";
    case Role::constant:
    case Role::pattern:
      break;
  }
  return s.plate.once() ? "" : fmt::format("{} has a value for {}", name, describe(model, s.plate));
}

std::string why_not_a_value(const AstExpr& e) {
  std::string why;
  resolution::each_name(e, [&](const AstExpr& n) {
    if (why.empty()) why = fmt::format("the value mentions {}", resolution::quoted(n.spelling));
  });
  return why;
}

/// Messages about the value point to the statement of the model that it stands in.
void move_to(Span place, AstExpr& e) {
  e.span = e.head = place;
  for (AstName& n : e.by) n.span = place;
  for (AstExpr& child : e.children) move_to(place, child);
}

class Settings {
 public:
  Settings(const Ast& ast, const std::vector<Setting>& settings) : ast_(ast), settings_(settings) {}

  Result<Ast> apply() {
    for (const Setting& setting : settings_) read(setting);
    if (has_error(errors_)) return errors_;
    introduce();
    if (has_error(errors_)) return errors_;
    if (replacements_.empty()) return std::move(ast_);
    // What a defined name is, the model without the settings says. Its own errors come first.
    const Result<Model> model = resolve(ast_);
    if (!model || has_error(model.diagnostics)) return model.diagnostics;
    for (const auto& [name, setting] : replacements_) replace(*model, name, *setting);
    if (has_error(errors_)) return errors_;
    return std::move(ast_);
  }

 private:
  void read(const Setting& setting) {
    const std::string name = canonical_name(setting.name);
    if (values_.count(name)) {
      errors_.push_back(refuse(setting, "the same constant is set twice"));
      return;
    }
    Result<AstExpr> value =
        parse_expression(std::make_shared<const Source>("--set " + setting.name, setting.value));
    for (Diagnostic& d : value.diagnostics) {
      d.code = ExitCode::command_line;
      errors_.push_back(std::move(d));
    }
    if (!value) return;
    if (const std::string why = why_not_a_value(*value); !why.empty()) {
      errors_.push_back(refuse(setting, why, "a value is a number, or an expression of numbers"));
      return;
    }
    values_[name] = std::move(*value);
  }

  /// Settings of names that the text only uses become definitions.
  void introduce() {
    resolution::Scope scope(ast_);
    resolution::declare(scope);
    std::map<std::string, AstExpr> used;  // names without a meaning, each where it stands first
    const auto look_at = [&](const AstExpr& e) {
      resolution::each_name(e, [&](const AstExpr& n) {
        if (scope.find(n.text) < 0) used.emplace(n.text, n);
      });
    };
    for (const Statement& statement : ast_.statements) {
      look_at(statement.define.rhs);
      look_at(statement.distribution.rhs);
    }
    for (const Setting& setting : settings_) {
      const std::string name = canonical_name(setting.name);
      if (scope.find(name) >= 0) {
        replacements_[name] = &setting;
      } else if (const auto found = used.find(name); found != used.end()) {
        Statement definition;
        definition.kind = StatementKind::define;
        definition.span = found->second.span;
        definition.define.lhs = found->second;
        definition.define.rhs = std::move(values_[name]);
        move_to(definition.span, definition.define.rhs);
        ast_.statements.push_back(std::move(definition));
      } else {
        std::vector<std::string> known = scope.all_names();
        for (const auto& [other, at] : used) known.push_back(other);
        const std::string near = nearest(name, known);
        errors_.push_back(
            refuse(setting, fmt::format("the model has no constant {}", resolution::quoted(name)),
                   near.empty() ? "" : fmt::format("did you mean {}?", resolution::quoted(near))));
      }
    }
  }

  void replace(const Model& model, const std::string& name, const Setting& setting) {
    const Symbol& s = model[model.find(name)];
    if (const std::string why = why_not_settable(model, s); !why.empty()) {
      errors_.push_back(refuse(setting, why, hint(s)));
      const int line = model.source->position(s.span.begin).line;
      errors_.back().notes.push_back({fmt::format("line {} of {} introduces it: {}", line,
                                                  model.source->name(), line_text(model, line))});
      return;
    }
    for (Statement& statement : ast_.statements) {
      if (statement.kind != StatementKind::define || statement.define.lhs.text != name) continue;
      const Span place = statement.define.rhs.span;
      statement.define.rhs = values_[name];
      move_to(place, statement.define.rhs);
    }
  }

  static std::string line_text(const Model& model, int line) {
    std::string text(model.source->line(line));
    text.erase(0, text.find_first_not_of(" \t"));
    return text;
  }

  static std::string hint(const Symbol& s) {
    if (s.role == Role::column)
      return fmt::format("--map {}=HEADER reads it from another column of the file", s.spelling);
    if (s.role == Role::parameter) return "to fix it, define it in the model in place of its prior";
    return "only a constant that holds once can be set";
  }

  Ast ast_;
  const std::vector<Setting>& settings_;
  std::map<std::string, AstExpr> values_;               // by canonical name
  std::map<std::string, const Setting*> replacements_;  // of names that the text introduces
  Diagnostics errors_;
};

}  // namespace

Result<Ast> set_constants(const Ast& ast, const std::vector<Setting>& settings) {
  return Settings(ast, settings).apply();
}

std::string describe(const std::vector<Setting>& settings) {
  std::string text;
  for (const Setting& s : settings)
    text += fmt::format("{}--set {}={}", text.empty() ? "" : " ", s.name, s.value);
  return text;
}

}  // namespace lmmdsl
