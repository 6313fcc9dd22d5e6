// Every name, function and factor that an expression mentions is known, and functions have the
// arguments they take. What is unknown is reported once, with the nearest known name.

#include <fmt/format.h>

#include <algorithm>

#include "compiler/model/ast_tools.h"
#include "compiler/model/categories.h"
#include "compiler/model/functions.h"
#include "compiler/model/scope.h"
#include "compiler/model/unknown_names.h"

namespace lmmdsl::resolution {

namespace {

class Uses {
 public:
  explicit Uses(Scope& scope) : s_(scope) {}

  void run() {
    for (const Statement& statement : s_.ast.statements) {
      switch (statement.kind) {
        case StatementKind::param:
          for (const AstName& n : statement.param.plate) factor(n.name, n.spelling, n.span);
          break;
        case StatementKind::define:
          left_side(statement.define.lhs);
          expression(statement.define.rhs);
          break;
        case StatementKind::distribution:
          left_side(statement.distribution.lhs);
          for (const AstName& n : statement.distribution.over) {
            factor(n.name, n.spelling, n.span);
            observed(n.name, n.span, "rows are not gathered over an unobserved factor");
          }
          arguments(statement.distribution.rhs);
          break;
        default:
          break;
      }
    }
  }

 private:
  /// The name on the left introduces itself; factors in its index are uses.
  void left_side(const AstExpr& e) {
    if (e.kind == AstKind::name) {
      if (s_.find(e.text) < 0) unknown(e, "not a parameter or data column");
      return;
    }
    if (e.kind == AstKind::index) {
      left_side(e.children[0]);
      for (std::size_t i = 1; i < e.children.size(); ++i) index(e.children[i], &e);
      return;
    }
    for (const AstExpr& child : e.children) left_side(child);
  }

  /// The arguments of a distribution; its name and their names are checked with the families.
  void arguments(const AstExpr& e) {
    if (e.kind != AstKind::call) {
      if (!family_within(e)) expression(e);  // else reported with the families
      return;
    }
    const Family* family = find_family(e.text);
    for (std::size_t i = 0; i < e.children.size(); ++i) {
      const std::string name = i < e.argument_names.size() ? e.argument_names[i] : "";
      place_ = place_of_argument(family, i, name);
      if (stands_alone(e.children[i])) place_.alone = s_.text_of(e.children[i].span);
      expression(e.children[i]);
    }
    place_ = {};
    for (const AstName& n : e.by) {
      s_.error(n.span, fmt::format("{} does not take `by`", e.text), "",
               "repetition comes from the left-hand side, as in  beta[plot] ~ ...");
    }
  }

  static ArgumentPlace place_of_argument(const Family* family, std::size_t i,
                                         const std::string& name) {
    if (!family) return {};
    for (const Slot& slot : family->slots) {
      const auto& others = slot.alternatives;
      if (slot.name == name || std::find(others.begin(), others.end(), name) != others.end())
        return {family, &slot, name};
    }
    return name.empty() && i < family->slots.size() ? ArgumentPlace{family, &family->slots[i]}
                                                    : ArgumentPlace{};
  }

  /// A name, or one with an index.
  static bool stands_alone(const AstExpr& e) {
    return e.kind == AstKind::name ||
           (e.kind == AstKind::index &&
            std::all_of(e.children.begin(), e.children.end(), stands_alone));
  }

  void expression(const AstExpr& e) {
    switch (e.kind) {
      case AstKind::name:
        name(e, false);
        break;
      case AstKind::index:
        expression(e.children[0]);
        for (std::size_t i = 1; i < e.children.size(); ++i) index(e.children[i], &e);
        break;
      case AstKind::binary:
        if (is_binary(e, BinaryOp::power) && e.children[0].kind == AstKind::name &&
            literal(e.children[1]) == 2.0) {
          name(e.children[0], true);
          break;
        }
        for (const AstExpr& child : e.children) expression(child);
        break;
      case AstKind::field:
        if (e.children[0].kind == AstKind::name && s_.find(e.children[0].text) < 0) {
          dotted(e);
        } else {
          expression(e.children[0]);
        }
        break;
      case AstKind::call:
        call(e);
        break;
      case AstKind::formula:
        s_.error(e.span, "a formula `y ~ X` stands only inside `ols(...)`", "");
        break;
      default:
        for (const AstExpr& child : e.children) expression(child);
    }
  }

  void name(const AstExpr& e, bool squared) {
    const SymbolId id = s_.find(e.text);
    if (id >= 0) {
      s_[id].used = true;
    } else {
      unknown(e, "not a parameter, data column or function", squared);
    }
  }

  void unknown(const AstExpr& e, const char* label, bool squared = false) {
    if (!reported_.insert(e.text).second) return;
    s_.error(e.span, fmt::format("unknown name {}", quoted(e.spelling)), label,
             cure_of_unknown(s_, e, place_, squared));
  }

  /// sigma.y, as names look in R.
  void dotted(const AstExpr& e) {
    const std::string text = s_.text_of(e.span);
    if (!reported_.insert(text).second) return;
    std::string with_bar = text;
    std::replace(with_bar.begin(), with_bar.end(), '.', '_');
    s_.error(e.span, fmt::format("unknown name {}", quoted(text)),
             fmt::format("there is no fit {}", quoted(e.children[0].spelling)),
             fmt::format("names have no dots: write {}", with_bar));
  }

  void index(const AstExpr& e, const AstExpr* indexed = nullptr) {
    if (e.kind == AstKind::name) {
      factor(e.text, e.spelling, e.span, indexed);
    } else if (e.kind == AstKind::index) {
      const AstExpr& outer = e.children[0];
      s_.error(e.span, "indices are not nested", "an index is factors, labels or numbers",
               outer.kind == AstKind::name
                   ? fmt::format("write {}[{}]: the data say which {} is meant",
                                 indexed && indexed->children[0].kind == AstKind::name
                                     ? indexed->children[0].spelling
                                     : "",
                                 outer.spelling, outer.spelling)
                   : "");
    } else if (e.kind != AstKind::string && !literal(e)) {
      s_.error(e.span, "an index is factors, labels in quotes, or whole numbers",
               "an expression is not an index");
    }
  }

  /// A name where only a factor fits: in an index, after `by`, in `param`.
  void factor(const std::string& text, const std::string& spelling, Span span,
              const AstExpr* indexed = nullptr) {
    // y[i] ~ ...: of a column, an index means the rows of each level.
    std::string all_rows;
    if (indexed && indexed->children[0].kind == AstKind::name) {
      const SymbolId column = s_.find(indexed->children[0].text);
      if (column >= 0 && s_[column].data) {
        all_rows = fmt::format("a column stands for all its rows without an index: write {}",
                               s_[column].spelling);
      }
    }
    const SymbolId id = s_.find(text);
    if (id >= 0) {
      Name& name = s_[id];
      name.used = true;
      if (name.factor() || name.in_error) return;
      if (!reported_.insert("[" + text).second) return;
      if (name.data) {
        s_.error(span, fmt::format("{} is not a factor", quoted(spelling)),
                 "a column of numbers, not of labels",
                 all_rows.empty() ? fmt::format("declare it so:  data {} : factor", spelling)
                                  : all_rows)
            .notes.push_back({"declared on " + s_.line_of(s_.statement_around(name.span))});
      } else {
        s_.error(span, fmt::format("{} is not a factor", quoted(spelling)),
                 fmt::format("{}, not a data column of labels",
                             name.definition ? "a defined name" : "a parameter"),
                 "components are numbers, as in  theta[2]");
      }
      return;
    }
    if (!reported_.insert(text).second) return;
    std::vector<std::string> factors;
    for (const Name& n : s_.names) {
      if (n.factor()) factors.push_back(n.name);
    }
    std::string hint;
    if (const std::string near = nearest(text, factors); !near.empty()) {
      hint = fmt::format("did you mean {}?", quoted(s_[s_.find(near)].spelling));
    } else if (!all_rows.empty()) {
      hint = all_rows;
    } else if (const AstExpr* left = indexed ? introduced_as(s_, indexed->children[0]) : nullptr) {
      hint = fmt::format("there is no running index: write {}", s_.text_of(left->span));
    } else if (factors.empty()) {
      hint = fmt::format("declare it:  data {} : factor", spelling);
    } else {
      hint = "the factors of this model are ";
      for (std::size_t i = 0; i < factors.size(); ++i) {
        hint += (i ? ", " : "") + quoted(s_[s_.find(factors[i])].spelling);
      }
    }
    s_.error(span, fmt::format("unknown factor {}", quoted(spelling)),
             "not declared as `data ... : factor`", hint);
  }

  /// Reports a factor that is not observed where only others are available.
  void observed(const std::string& text, Span span, const std::string& message,
                const std::string& hint = {}) {
    const SymbolId id = s_.find(text);
    if (id >= 0 && s_[id].latent && !s_[id].in_error) say_latent(s_, s_[id], span, message, hint);
  }

  void call(const AstExpr& e) {
    const Function* f = find_function(e.text);
    if (!f) {
      for (const AstExpr& child : e.children) expression(child);
      unknown_function(e);
      return;
    }
    for (const AstName& n : e.by) {
      factor(n.name, n.spelling, n.span);
      observed(
          n.name, n.span, "an aggregate `by` an unobserved factor is not available",
          fmt::format("the sum over the rows of one level is  sum(({} == \"1\") * y)", n.spelling));
    }
    for (std::size_t i = 0; i < e.children.size(); ++i) {
      const AstExpr& child = e.children[i];
      if (child.kind == AstKind::formula && f->kind == FunctionKind::fit) {
        expression(child.children[0]);
        expression(child.children[1]);
      } else {
        expression(child);
      }
      const bool named = i < e.argument_names.size() && !e.argument_names[i].empty();
      if (named && f->kind != FunctionKind::left) {
        s_.error(child.span, fmt::format("{} has no named arguments", e.text), "",
                 "usage: " + f->usage);
      }
    }
    if (f->kind == FunctionKind::left) {
      s_.error(e.head, fmt::format("`{}` stands on the left of `~` only", e.text), "",
               fmt::format("as in  {} ~ Normal(mean, variance)", f->usage));
      return;
    }
    const int n = static_cast<int>(e.children.size());
    if (n < f->least || (f->most >= 0 && n > f->most)) {
      const std::string takes = f->least == f->most ? fmt::format("{}", f->least)
                                : f->most < 0       ? fmt::format("at least {}", f->least)
                                                    : fmt::format("{} or {}", f->least, f->most);
      s_.error(e.span,
               fmt::format("{} takes {} argument{}", e.text, takes, f->most == 1 ? "" : "s"),
               fmt::format("{} given", n), "usage: " + f->usage);
    } else if (!e.by.empty() && !takes_by(*f, e.children.size())) {
      s_.error(e.by.front().span,
               fmt::format("{}{} does not take `by`", e.text, f->by ? " of two" : ""), "",
               "usage: " + f->usage);
    } else if (f->kind == FunctionKind::coding) {
      coding(e, *f);
    } else if (f->kind == FunctionKind::fit && e.children[0].kind != AstKind::formula) {
      s_.error(e.children[0].span, "ols takes a formula", "expected  response ~ design",
               "usage: " + f->usage);
    }
  }

  /// relevel(g, "label"), sum_coded(g).
  void coding(const AstExpr& e, const Function& f) {
    const AstExpr& g = e.children[0];
    if (g.kind == AstKind::name) {
      factor(g.text, g.spelling, g.span);
      observed(g.text, g.span, "a design with an unobserved factor is not available",
               fmt::format("an unknown for each level is  a[{}]", g.spelling));
    } else {
      s_.error(g.span, fmt::format("{} is of a factor", f.name), "expected the name of a factor",
               "usage: " + f.usage);
    }
    if (e.children.size() == 2 && e.children[1].kind != AstKind::string) {
      s_.error(e.children[1].span, "the reference level is a label in quotes", "",
               "usage: " + f.usage);
    }
  }

  void unknown_function(const AstExpr& e) {
    if (const SymbolId id = s_.find(e.text); id >= 0 && s_[id].in_error) return;
    if (!reported_.insert(e.text + "(").second) return;
    if (find_family(e.text)) {
      s_.error(e.head, fmt::format("{} is a distribution, not a function", quoted(e.spelling)), "",
               fmt::format("name a quantity that has it, as in  b ~ {}(...),  and use the name",
                           e.spelling));
      return;
    }
    if (const SymbolId id = s_.find(e.text); id >= 0) {
      const bool of_factors = !e.children.empty() && e.children[0].kind == AstKind::name;
      s_.error(e.head, fmt::format("{} is not a function", quoted(e.spelling)), "",
               of_factors ? fmt::format("an index has square brackets: {}[{}]", e.spelling,
                                        e.children[0].spelling)
                          : "a product is written with `*`");
      return;
    }
    std::string hint = function_elsewhere(e.text);
    if (hint.empty()) {
      std::vector<std::string> known;
      for (const Function& f : functions()) known.push_back(f.name);
      const std::string near = nearest(e.text, known);
      hint = near.empty() ? "`lmmdsl list functions` shows them"
                          : fmt::format("did you mean {}?", quoted(near));
    }
    s_.error(e.head, fmt::format("unknown function {}", quoted(e.spelling)), "", hint);
  }

  Scope& s_;
  ArgumentPlace place_;
  std::set<std::string> reported_;
};

}  // namespace

void check_uses(Scope& scope) { Uses(scope).run(); }

}  // namespace lmmdsl::resolution
