#include "compiler/model/scope.h"

#include <fmt/format.h>

#include "grammar/one_line.h"

namespace lmmdsl::resolution {

Scope::Scope(const Ast& tree) : ast(tree) { model.source = tree.source; }

SymbolId Scope::find(const std::string& name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? -1 : found->second;
}

SymbolId Scope::add(Name name) {
  const SymbolId id = static_cast<SymbolId>(names.size());
  index_.emplace(name.name, id);
  names.push_back(std::move(name));
  return id;
}

Diagnostic& Scope::error(Span span, std::string message, std::string label, std::string hint) {
  failed_ = true;
  Diagnostic& d = diagnostics.emplace_back();
  d.source = ast.source;
  d.span = span;
  d.message = std::move(message);
  d.label = std::move(label);
  d.hint = std::move(hint);
  return d;
}

Diagnostic& Scope::warning(Span span, std::string message, std::string label, std::string hint) {
  const bool before = failed_;
  Diagnostic& d = error(span, std::move(message), std::move(label), std::move(hint));
  failed_ = before;
  d.severity = Severity::warning;
  d.code = ExitCode::done;
  return d;
}

Diagnostic& Scope::not_yet(Span span, const std::string& construct, std::string hint) {
  return error(span, construct + " not available in this version", "", std::move(hint));
}

std::string Scope::text_of(Span span) const {
  std::string text = one_line(ast.source->slice(span));
  constexpr std::size_t most = 70;
  if (text.size() > most) {
    std::size_t cut = most;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
    text = text.substr(0, cut) + " ...";
  }
  return text;
}

Span Scope::statement_around(Span place) const {
  for (const Statement& statement : ast.statements) {
    if (statement.span.begin <= place.begin && place.end <= statement.span.end) {
      return statement.span;
    }
  }
  return place;
}

std::string Scope::line_of(Span span) const {
  return fmt::format("line {}: {}", ast.source->position(span.begin).line, text_of(span));
}

std::string Scope::describe(const Plate& plate) const { return lmmdsl::describe(model, plate); }

std::string Scope::indexed(SymbolId id) const {
  const Name& name = names[id];
  if (name.plate.factors.empty()) return name.spelling;
  std::string text = name.spelling + "[";
  for (std::size_t i = 0; i < name.plate.factors.size(); ++i) {
    text += (i ? ", " : "") + names[name.plate.factors[i]].spelling;
  }
  return text + "]";
}

std::vector<std::string> Scope::all_names() const {
  std::vector<std::string> all;
  for (const Name& n : names) all.push_back(n.name);
  return all;
}

std::string Scope::nearest_column(const std::string& name) const {
  std::vector<std::string> columns;
  for (const Name& n : names) {
    if (n.role == Role::column && !n.factor()) columns.push_back(n.name);
  }
  const std::string near = nearest(name, columns);
  return near.empty() ? near : names[find(near)].spelling;
}

std::string quoted(const std::string& text) { return "`" + text + "`"; }

}  // namespace lmmdsl::resolution
