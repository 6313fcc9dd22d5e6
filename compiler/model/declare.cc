// Which names a text introduces. `data`, `param`, `=` and `~` do so, anywhere in the file, so this
// step looks at left-hand sides only; those of `~` are taken apart in left_sides.cc.
#include "compiler/model/declare.h"

#include <fmt/format.h>

#include "compiler/model/ast_tools.h"
#include "compiler/model/categories.h"

namespace lmmdsl::resolution {

namespace {

class Declarations {
 public:
  explicit Declarations(Scope& scope) : s_(scope) {}

  void run() {
    for (const Statement& statement : s_.ast.statements) introduce(statement);
    for (const std::string& name : s_.ast.names_in_error) {
      if (s_.find(name) >= 0) continue;
      poison(s_, name, name, {});
    }
    for (const Statement& statement : s_.ast.statements) {
      if (statement.kind == StatementKind::distribution) take_apart(s_, statement);
    }
    for (SymbolId id = 0; id < static_cast<SymbolId>(s_.names.size()); ++id) check_prior(id);
  }

 private:
  void introduce(const Statement& statement) {
    switch (statement.kind) {
      case StatementKind::title:
        if (!s_.model.title.empty()) {
          s_.error(statement.span, "the model has two titles", "a file holds one model");
        }
        s_.model.title = statement.title.title;
        break;
      case StatementKind::data:
        introduce_data(statement.data);
        break;
      case StatementKind::latent:
        introduce_latent(statement);
        break;
      case StatementKind::param: {
        const AstName& name = statement.param.name;
        const SymbolId id =
            introduce_name(s_, name.name, name.spelling, name.span, Role::parameter);
        if (id >= 0) s_[id].annotation = &statement;
        break;
      }
      case StatementKind::define:
        introduce_definition(statement);
        break;
      case StatementKind::distribution:
        break;
    }
  }

  void introduce_data(const DataStatement& data) {
    for (const AstName& name : data.names) {
      const SymbolId id = introduce_name(s_, name.name, name.spelling, name.span, Role::column);
      if (id < 0) continue;
      s_[id].data = &data;
      s_[id].plate = row_plate();
      s_[id].shape = scalar_partial();
    }
  }

  void introduce_latent(const Statement& statement) {
    const AstName& name = statement.latent.name;
    const SymbolId id = introduce_name(s_, name.name, name.spelling, name.span, Role::parameter);
    if (id < 0) return;
    Name& n = s_[id];
    n.latent = &statement;
    n.levels = latent_levels(s_, statement.latent);
    n.in_error = n.levels == 0;
    n.plate = row_plate();
    n.shape = scalar_partial();
  }

  void introduce_definition(const Statement& statement) {
    const AstExpr& lhs = statement.define.lhs;
    const AstExpr& name = lhs.kind == AstKind::index ? lhs.children[0] : lhs;
    if (name.kind != AstKind::name) {
      s_.error(lhs.span, "the left of `=` is not a name", "expected `name` or `name[factor]`",
               "a prior or a likelihood is written with `~`");
      each_name_outside_indices(lhs, [&](const AstExpr& n) {
        if (s_.find(n.text) < 0) poison(s_, n.text, n.spelling, n.span);
      });
      return;
    }
    const SymbolId id = introduce_name(s_, name.text, name.spelling, name.span, Role::constant);
    if (id >= 0) s_[id].definition = &statement;
  }

  void check_prior(SymbolId id) {
    const Name& name = s_[id];
    if (name.role != Role::parameter || name.prior || name.in_error) return;
    if (name.latent) {
      say_undistributed(s_, name);
      s_[id].in_error = true;
      return;
    }
    std::string index;
    const ParamStatement& param = name.annotation->param;
    for (const AstName& f : param.plate) index += (index.empty() ? "[" : ", ") + f.spelling;
    if (!index.empty()) index += "]";
    const std::string left = name.spelling + index;
    std::string example = fmt::format("{} ~ Normal(0, 100)", left);
    if (param.type == ParamType::positive) example = left + "^2 ~ InverseGamma(1, 1)";
    if (param.type == ParamType::covariance) example = left + " ~ InverseWishart(df, scale)";
    s_.error(name.span, fmt::format("the parameter {} has no prior", quoted(name.spelling)),
             "declared here, and nowhere on the left of `~`",
             fmt::format("give it one, such as  {};  a flat prior is written  {} ~ Flat()", example,
                         left));
    s_[id].in_error = true;
  }

  Scope& s_;
};

}  // namespace

SymbolId introduce_name(Scope& scope, const std::string& name, const std::string& spelling,
                        Span span, Role role) {
  if (SymbolId id = scope.find(name); id >= 0) {
    const Name& first = scope[id];
    if (!first.in_error) {
      const bool response = first.data && role == Role::constant;
      scope
          .error(span, fmt::format("{} is introduced twice", quoted(spelling)),
                 "a name has one meaning in a file",
                 response ? fmt::format("a column has a distribution, as in  {} ~ Normal(mean, "
                                        "variance),  the errors being its variance",
                                        spelling)
                          : "")
          .notes.push_back({"first on " + scope.line_of(scope.statement_around(first.span))});
    }
    return -1;
  }
  Name n;
  n.name = name;
  n.spelling = spelling;
  n.span = span;
  n.role = role;
  return scope.add(std::move(n));
}

void poison(Scope& scope, const std::string& name, const std::string& spelling, Span span) {
  if (SymbolId id = scope.find(name); id >= 0) {
    scope[id].in_error = true;
    return;
  }
  Name n;
  n.name = name;
  n.spelling = spelling;
  n.span = span;
  n.in_error = true;
  scope.add(std::move(n));
}

void declare(Scope& scope) { Declarations(scope).run(); }

}  // namespace lmmdsl::resolution
