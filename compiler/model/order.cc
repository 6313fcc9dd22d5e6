// The graph of names: each after those that its definition or prior mentions. A cycle is an error
// that shows the whole path; a definition that reaches a parameter is a derived quantity.

#include <fmt/format.h>

#include <algorithm>

#include "compiler/model/ast_tools.h"
#include "compiler/model/scope.h"

namespace lmmdsl::resolution {

namespace {

std::vector<SymbolId> uses_of(const Scope& s, const Name& n) {
  std::vector<SymbolId> ids;
  const auto take = [&](const AstExpr& e) {
    const SymbolId id = s.find(e.text);
    if (id >= 0 && !s[id].data) ids.push_back(id);
  };
  if (n.definition) each_name(n.definition->define.rhs, take);
  if (n.prior) each_name(n.prior->distribution.rhs, take);
  return ids;
}

void report_cycle(Scope& s, std::vector<SymbolId> path) {
  // Begin with the name that stands first in the file.
  std::rotate(
      path.begin(),
      std::min_element(path.begin(), path.end(),
                       [&](SymbolId a, SymbolId b) { return s[a].span.begin < s[b].span.begin; }),
      path.end());
  std::string text;
  const bool any_error =
      std::any_of(path.begin(), path.end(), [&](SymbolId id) { return s[id].in_error; });
  bool definitions = true;
  for (SymbolId id : path) {
    text += s[id].spelling + " -> ";
    definitions = definitions && s[id].definition;
    s[id].in_error = true;
  }
  text += s[path.front()].spelling;
  if (any_error) return;
  const Name& first = s[path.front()];
  Diagnostic& d =
      s.error(first.span,
              path.size() == 1 ? fmt::format("{} depends on itself", quoted(first.spelling))
                               : std::string("names depend on each other in a circle"),
              text,
              definitions ? "a definition uses only names that do not need it"
                          : "a prior depends on quantities further up; break the circle at one of "
                            "these lines");
  if (path.size() == 1) return;
  for (SymbolId id : path) {
    const Statement* at = s[id].definition ? s[id].definition : s[id].prior;
    d.notes.push_back({s.line_of(at->span)});
  }
}

/// Depth-first, with a stack of its own: a chain of definitions may be long.
class Sorter {
 public:
  explicit Sorter(Scope& s) : s_(s), state_(s.names.size(), 0) {}

  void run() {
    for (SymbolId id = 0; id < static_cast<SymbolId>(s_.names.size()); ++id) {
      if (state_[id] == 0) visit(id);
    }
  }

 private:
  struct Frame {
    SymbolId id;
    std::vector<SymbolId> uses;
    std::size_t next = 0;
  };

  void visit(SymbolId root) {
    std::vector<Frame> stack;
    const auto open = [&](SymbolId id) {
      state_[id] = 1;
      stack.push_back({id, uses_of(s_, s_[id]), 0});
    };
    open(root);
    while (!stack.empty()) {
      Frame& top = stack.back();
      if (top.next == top.uses.size()) {
        state_[top.id] = 2;
        s_.order.push_back(top.id);
        stack.pop_back();
        continue;
      }
      const SymbolId used = top.uses[top.next++];
      if (state_[used] == 0) {
        open(used);
      } else if (state_[used] == 1) {
        std::vector<SymbolId> path;
        for (const Frame& f : stack) {
          if (!path.empty() || f.id == used) path.push_back(f.id);
        }
        report_cycle(s_, std::move(path));
      }
    }
  }

  Scope& s_;
  std::vector<int> state_;  // 0 new, 1 on the stack, 2 done
};

}  // namespace

void sort_names(Scope& s) {
  Sorter(s).run();
  for (SymbolId id : s.order) {
    Name& n = s[id];
    if (!n.definition) continue;
    const bool derived = [&] {
      for (SymbolId used : uses_of(s, n)) {
        if (s[used].role == Role::parameter || s[used].role == Role::derived) return true;
      }
      return false;
    }();
    n.role = derived ? Role::derived : Role::constant;
    if (is_call(n.definition->define.rhs, "ols")) n.role = Role::fit;
    n.extent = extent(s, n.definition->define.rhs);
    if (++n.extent.levels <= kLargest.levels) continue;
    Diagnostic& d = s.error(n.span, "definitions are nested too deeply",
                            fmt::format("at most {} levels", kLargest.levels));
    d.code = ExitCode::limit;
    n.in_error = true;
    n.extent.levels = 0;  // said once
  }
}

}  // namespace lmmdsl::resolution
