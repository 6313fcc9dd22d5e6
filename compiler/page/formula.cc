// Formulas as code and as layouts.
#include <fmt/format.h>

#include "compiler/math/layout.h"
#include "compiler/math/render.h"
#include "compiler/model/model.h"
#include "compiler/page/page.h"

namespace lmmdsl {

namespace {

/// The name of an argument of a term; empty if it has none.
std::string name_of(const Term& term, std::size_t i) {
  const std::size_t unnamed = term.args.size() - term.names.size();
  return i < unnamed ? "" : term.names[i - unnamed];
}

std::string code_list(const Term& term, std::size_t from, const Model& model) {
  std::string text;
  for (std::size_t i = from; i < term.args.size(); ++i) {
    const std::string name = name_of(term, i);
    text += (text.empty() ? "" : ", ") + (name.empty() ? "" : name + " = ") +
            render(term.args[i], &model);
  }
  return text;
}

std::string code(const Term& term, const Model& model) {
  switch (term.kind) {
    case Term::Kind::expression:
      return render(term.args[0], &model);
    case Term::Kind::law:
      return term.text + "(" + code_list(term, 0, model) + ")";
    case Term::Kind::given:
      return render(term.args[0], &model) + " | rest";
    case Term::Kind::log_density:
      return "log p(" + render(term.args[0], &model) + (term.text.empty() ? ")" : " | rest)");
    case Term::Kind::factor: {
      const std::string args = code_list(term, 1, model);
      const std::string density = fmt::format("{}({}{})", term.text, render(term.args[0], &model),
                                              args.empty() ? "" : " | " + args);
      return term.plate.once() ? density : "prod[" + describe(model, term.plate) + "] " + density;
    }
    case Term::Kind::joint:
      return "p(" + code_list(term, 0, model) + ")";
    case Term::Kind::sign:
      return term.text == "propto"     ? " proportional to "
             : term.text == "by"       ? " * "
             : term.text == "negative" ? "-"
                                       : " " + term.text + " ";
    case Term::Kind::word:
    case Term::Kind::notation:
      return term.text;
  }
  return {};
}

class TermLayout {
 public:
  TermLayout(const Typesetter& typesetter, const Formula& formula)
      : typesetter_(typesetter), indices_(typesetter.indices(formula.plate, formula.within)) {}

  Layout operator()(const Term& t) const {
    switch (t.kind) {
      case Term::Kind::expression:
        return of(t.args[0]);
      case Term::Kind::law:
        return row({word(t.text), fenced(list(t, indices_))});
      case Term::Kind::given:
        return row({of(t.args[0]), sign("given"), word("rest")});
      case Term::Kind::log_density: {
        Layout what = of(t.args[0]);
        if (!t.text.empty()) what = row({std::move(what), sign("given"), word("rest")});
        return row(
            {word("log"), sign("apply"), {Layout::Kind::letter, "p", {}}, fenced(std::move(what))});
      }
      case Term::Kind::factor:
        return factor(t);
      case Term::Kind::joint: {
        std::vector<Layout> names;
        for (const Expr& e : t.args) {
          names.push_back(e->op == Op::symbol ? name_layout(e->text) : of(e));
        }
        return row({{Layout::Kind::letter, "p", {}}, fenced(listed(std::move(names)))});
      }
      case Term::Kind::sign:
        return sign(t.text);
      case Term::Kind::word:
        return word(t.text);
      case Term::Kind::notation:
        return *t.layout;
    }
    return {};
  }

 private:
  Layout of(const Expr& e) const { return typesetter_.layout(e, indices_); }

  Layout list(const Term& t, const Indices& indices, std::size_t from = 0) const {
    std::vector<Layout> parts;
    for (std::size_t i = from; i < t.args.size(); ++i) {
      Layout value = typesetter_.layout(t.args[i], indices);
      const std::string name = name_of(t, i);
      parts.push_back(name.empty() ? std::move(value)
                                   : row({word(name), sign("="), std::move(value)}));
    }
    return listed(std::move(parts));
  }

  Layout factor(const Term& t) const {
    const Indices inside =
        t.plate.once() ? indices_ : typesetter_.inside(t.plate, once_plate(), indices_);
    Layout value = typesetter_.layout(t.args[0], inside);
    if (t.args.size() > 1) {
      value = row({std::move(value), sign("given"), list(t, inside, 1)});
    }
    Layout density = row({word(t.text), fenced(std::move(value))});
    if (t.plate.once()) return density;
    return row(
        {{Layout::Kind::big, "product", {typesetter_.range(t.plate, once_plate(), indices_)}},
         std::move(density)});
  }

  const Typesetter& typesetter_;
  Indices indices_;
};

}  // namespace

std::string code(const Formula& formula, const Model& model) {
  std::string text;
  for (const Term& t : formula.terms) text += code(t, model);
  return text;
}

Layout layout(const Formula& formula, const Typesetter& typesetter) {
  const TermLayout of(typesetter, formula);
  std::vector<Layout> parts;
  for (const Term& t : formula.terms) parts.push_back(of(t));
  return parts.size() == 1 ? std::move(parts.front()) : row(std::move(parts));
}

}  // namespace lmmdsl
