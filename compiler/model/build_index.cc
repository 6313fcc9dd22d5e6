// name[f], name["label"], name[f, "label"], name[2], and the fields of fits.
//
// name[f] is the element of f for a name on a factor plate, and the stack of that level's rows for
// a name on the row plate; a label in the place of a factor picks the elements that have it; numbers
// choose components.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/model/ast_tools.h"
#include "compiler/model/build.h"
#include "compiler/model/categories.h"

namespace lmmdsl::resolution {

Value Builder::index(const AstExpr& e) {
  if (e.children.size() < 2) return {};
  int names = 0, labels = 0, numbers = 0;
  for (std::size_t i = 1; i < e.children.size(); ++i) {
    const AstExpr& at = e.children[i];
    if (at.kind == AstKind::name) {
      ++names;
    } else if (at.kind == AstKind::string) {
      ++labels;
    } else if (literal(at)) {
      ++numbers;
    } else {
      return {};  // reported with the uses
    }
  }
  if (numbers > 0 && names + labels > 0) {
    std::string elements, components, quoted_labels;
    const auto append = [](std::string& list, const std::string& part) {
      list += (list.empty() ? "" : ", ") + part;
    };
    for (std::size_t i = 1; i < e.children.size(); ++i) {
      const std::string text = s_.text_of(e.children[i].span);
      const bool number = literal(e.children[i]).has_value();
      append(number ? components : elements, text);
      append(quoted_labels, number ? "\"" + text + "\"" : text);
    }
    // w[1, "A"] where the label 1 is meant.
    const std::string base = s_.text_of(e.children[0].span);
    const SymbolId id = e.children[0].kind == AstKind::name ? s_.find(e.children[0].text) : -1;
    const bool label = id >= 0 && s_[id].plate.factors.size() == e.children.size() - 1;
    s_.error(e.span, "an index is factors and labels, or numbers, never both",
             "two kinds in one bracket",
             label ? fmt::format("labels stand in quotes: write {}[{}]", base, quoted_labels)
                   : fmt::format("write {}[{}][{}]", base, elements, components));
    return {};
  }
  if (numbers > 0) return index_by_numbers(e);
  return labels > 0 ? index_by_labels(e) : index_by_factors(e);
}

namespace {

void holds_once(Scope& s, const AstExpr& e, const Name& n) {
  Diagnostic& d =
      s.error(e.span, fmt::format("{} holds once and has no index by factors", quoted(n.spelling)),
              "there is one for all levels");
  if (!n.prior) {
    d.hint = fmt::format("write {}", n.spelling);
    return;
  }
  std::string index;
  for (std::size_t i = 1; i < e.children.size(); ++i) {
    index += (i > 1 ? ", " : "") + e.children[i].spelling;
  }
  d.notes.push_back({s.line_of(n.prior->span)});
  d.hint = fmt::format("write {0} here, or {0}[{1}] ~ ... there for one of each level", n.spelling,
                       index);
}

void has_another_index(Scope& s, const AstExpr& e, SymbolId id,
                       const std::vector<SymbolId>& factors) {
  const Name& n = s[id];
  const bool order = std::is_permutation(factors.begin(), factors.end(), n.plate.factors.begin(),
                                         n.plate.factors.end());
  Diagnostic& d = s.error(
      e.span, fmt::format("{} has another index", quoted(n.spelling)),
      order ? "its factors stand in another order"
            : fmt::format("there is one for {}", s.describe(n.plate)),
      order ? "write " + s.indexed(id)
            : fmt::format("write {}; the data say which element belongs to which", s.indexed(id)));
  const Statement* where = n.prior ? n.prior : n.definition;
  if (where) d.notes.push_back({s.line_of(where->span)});
}

}  // namespace

Value Builder::index_by_factors(const AstExpr& e) {
  std::vector<SymbolId> factors;
  for (std::size_t i = 1; i < e.children.size(); ++i) {
    const SymbolId f = s_.find(e.children[i].text);
    if (f < 0 || !s_[f].factor()) return {};
    factors.push_back(f);
  }
  const AstExpr& base = e.children[0];
  if (base.kind == AstKind::field) return field(base, &factors);
  if (base.kind != AstKind::name) {
    s_.error(e.span, "only a name or a field has an index by factors", "",
             "define a name for the expression, as in  d[g] = ...");
    return {};
  }
  const SymbolId id = s_.find(base.text);
  if (id < 0 || s_[id].in_error) return {};
  const Name& n = s_[id];
  if (n.factor() || n.role == Role::fit) return name(base);
  Value v;
  v.e = reference_to(id);
  v.named_like = id;
  if (n.plate.rows) {
    const bool gather = context_.over >= 0 && !context_.free;
    return gather ? gathered(e, v, factors) : stacked(e, v, factors);
  }
  if (n.plate.once()) {
    holds_once(s_, e, n);
    return {};
  }
  if (factors != n.plate.factors) {
    has_another_index(s_, e, id, factors);
    return {};
  }
  if (!fits_plate(e, n.plate)) return {};
  return v;
}

/// X[plot]: the rows of a plot; in a statement  yield[plot] ~ ...  one of them.
Value Builder::stacked(const AstExpr& e, Value v, const std::vector<SymbolId>& factors) {
  if (!context_.stacked.empty() && !context_.free) {
    if (factors == context_.stacked) return v;
    s_.error(e.span, "the rows are stacked by another factor",
             fmt::format("the left-hand side is stacked by {}",
                         s_.describe(factor_plate(context_.stacked))));
    return {};
  }
  const std::string& name = s_[v.named_like].spelling;
  if (!resolution::data_only(s_, v.e)) {
    s_.error(e.span, fmt::format("{} has a value for each row", quoted(name)),
             "the stack of its rows is available for data only",
             fmt::format("write it without index: {}", name));
    return {};
  }
  for (const SymbolId f : factors) {
    if (!s_[f].latent) continue;
    say_latent(s_, s_[f], e.span, "rows are not stacked by an unobserved factor",
               fmt::format("write {} for the value of each row", name));
    return {};
  }
  if (!fits_plate(e, factor_plate(factors))) return {};
  v.stack = factors;
  return v;
}

/// X[boy] in a statement  y[boy] over age ~ ...: the rows of a boy in the order of the ages.
Value Builder::gathered(const AstExpr& e, Value v, const std::vector<SymbolId>& factors) {
  const std::string name = s_.text_of(e.children[0].span);
  if (factors != context_.plate.factors) {
    s_.error(e.span, "the rows are gathered by another factor",
             fmt::format("the left-hand side is a vector for {}", s_.describe(context_.plate)));
    return {};
  }
  if (!resolution::data_only(s_, v.e)) {
    s_.error(e.span, fmt::format("{} has a value for each row", quoted(name)),
             "only data are gathered over the rows of a vector response",
             fmt::format("write the design and its coefficients apart, as in  X[{}] * beta",
                         s_[factors[0]].spelling));
    return {};
  }
  if (v.shape().is_scalar()) v.named_like = -1;
  v.e = gather(v.e, reference(s_.model, context_.over), context_.plate);
  return v;
}

namespace {

/// w["A", block] for w[block, "A"], w[site, "A"]: `factors` has -1 in the place of a label.
void has_another_mixed_index(Scope& s, const AstExpr& e, const Plate& own,
                             std::vector<SymbolId> factors) {
  const std::string text = s.text_of(e.children[0].span);
  std::vector<std::string> labels;
  for (std::size_t i = 1; i < e.children.size(); ++i)
    if (e.children[i].kind == AstKind::string) labels.push_back(s.text_of(e.children[i].span));
  std::erase(factors, -1);
  const std::set<SymbolId> distinct(factors.begin(), factors.end());
  const bool order =
      e.children.size() - 1 == own.factors.size() && distinct.size() == factors.size() &&
      std::all_of(factors.begin(), factors.end(), [&](SymbolId f) { return own.has(f); });
  std::string declared, reordered;
  auto label = labels.begin();
  for (SymbolId f : own.factors) {
    declared += (declared.empty() ? "" : ", ") + s[f].spelling;
    if (order)
      reordered +=
          (reordered.empty() ? "" : ", ") + (distinct.count(f) > 0 ? s[f].spelling : *label++);
  }
  s.error(e.span, fmt::format("{} has another index", quoted(text)),
          order ? "its factors stand in another order"
                : fmt::format("there is one for {}", s.describe(own)),
          order ? fmt::format("write {}[{}]", text, reordered)
                : fmt::format("write {}[{}], or a label in the place of a factor", text, declared));
}

}  // namespace

/// w["1", "A"] is one element, w[block, "A"] has one for each block.
Value Builder::index_by_labels(const AstExpr& e) {
  const AstExpr& base = e.children[0];
  if (base.kind != AstKind::name && base.kind != AstKind::field) {
    s_.error(e.span, "only a name has an index by labels", "", "as in  beta[\"A\"]");
    return {};
  }
  Value v = build_free(base);
  if (!v) return {};
  const std::string text = s_.text_of(base.span);
  // What is written out in the place of a name may be the same for several of its levels.
  const Plate own = base.kind == AstKind::name ? s_[s_.find(base.text)].plate : v.e->plate;
  if (own.factors.empty()) {
    s_.error(e.span, fmt::format("{} has no levels", quoted(text)),
             own.rows ? "it has a value for each row" : "it holds once");
    return {};
  }
  std::vector<SymbolId> factors, open;
  std::vector<std::string> labels;
  bool in_place = e.children.size() - 1 == own.factors.size();
  for (std::size_t i = 1; i < e.children.size(); ++i) {
    const AstExpr& at = e.children[i];
    factors.push_back(-1);
    if (at.kind == AstKind::string) {
      labels.push_back(at.text);
      continue;
    }
    const SymbolId f = s_.find(at.text);
    if (f < 0 || !s_[f].factor()) return {};  // reported with the uses
    in_place = in_place && own.factors[i - 1] == f;
    open.push_back(factors.back() = f);
  }
  if (!in_place && !open.empty()) {
    has_another_mixed_index(s_, e, own, std::move(factors));
    return {};
  }
  if (!in_place) {
    s_.error(e.span, fmt::format("{} has {} labels in its index", quoted(text), own.factors.size()),
             fmt::format("there is one for {}", s_.describe(own)));
    return {};
  }
  const Plate plate = factor_plate(std::move(open));
  if (!fits_plate(e, plate)) return {};
  v.e = level(v.e, own, std::move(labels), plate);
  return v;
}

Value Builder::index_by_numbers(const AstExpr& e) {
  const AstExpr& base = e.children[0];
  if (base.kind == AstKind::name && !context_.free) {
    const SymbolId id = s_.find(base.text);
    if (id >= 0 && !s_[id].in_error && !s_[id].plate.factors.empty()) {
      s_.error(e.span, fmt::format("{} needs its index first", quoted(s_[id].spelling)),
               fmt::format("there is one for {}", s_.describe(s_[id].plate)),
               fmt::format("a component is {}[k], a level is {}[\"label\"]", s_.indexed(id),
                           s_[id].spelling));
      return {};
    }
  }
  Value v = build_complete(base);
  if (!v) return {};
  const std::string text = s_.text_of(base.span);
  const Shape& shape = v.shape();
  const std::size_t given = e.children.size() - 1;
  const std::size_t needed = shape.is_scalar() ? 0 : shape.kind == ShapeKind::matrix ? 2 : 1;
  if (given != needed) {
    Diagnostic& d = s_.error(e.span,
                             needed == 0 ? fmt::format("{} has no components", quoted(text))
                                         : fmt::format("{} has {} in its index", quoted(text),
                                                       needed == 1 ? "one number" : "two numbers"),
                             measure(v));
    add_since(d, v);
    return {};
  }
  std::vector<int> index;
  for (std::size_t i = 1; i <= given; ++i) {
    const AstExpr& at = e.children[i];
    const std::optional<int> k = literal_int(at, 1);
    const Dim& most = shape.kind == ShapeKind::row || i == 2 ? shape.cols : shape.rows;
    const bool columns = shape.kind == ShapeKind::row || i == 2;
    const Span span = at.span;
    if (!k || !lengths_agree(s_, {most,
                                  Dim{*k},
                                  true,
                                  span,
                                  "there is no such component",
                                  length_phrase(s_, v, columns),
                                  {}})) {
      Diagnostic& d = s_.error(at.span, "there is no such component",
                               fmt::format("{}; counting starts at 1", measure(v)));
      add_since(d, v);
      return {};
    }
    index.push_back(*k);
  }
  v.e = component(v.e, std::move(index));
  v.named_like = -1;
  v.names.clear();
  return v;
}

Value Builder::field(const AstExpr& e, const std::vector<SymbolId>* indexed_by) {
  const AstExpr& base = e.children[0];
  SymbolId id = -1;
  const AstExpr* ols = nullptr;
  if (base.kind == AstKind::name) {
    id = s_.find(base.text);
    if (id < 0 || s_[id].in_error) return {};
    if (s_[id].role == Role::fit) ols = &s_[id].definition->define.rhs;
  } else if (is_call(base, "ols")) {
    ols = &base;
  }
  if (!ols) {
    s_.error(e.span, fmt::format("{} has no fields", quoted(s_.text_of(base.span))),
             "only a least squares fit has", "as in  fit = ols(y ~ X)  and  fit.coef");
    return {};
  }
  static const std::vector<std::string> fields = {"coef", "rss", "n", "df", "sigma2"};
  if (std::find(fields.begin(), fields.end(), e.text) == fields.end()) {
    const std::string near = nearest(e.text, fields);
    s_.error(e.head, fmt::format("a fit has no field {}", quoted(e.text)),
             "its fields are coef, rss, n, df, sigma2",
             near.empty() ? "" : fmt::format("did you mean {}?", quoted(near)));
    return {};
  }
  const auto [y, X] = build_fit(*ols);
  if (!y || !X) return {};
  std::vector<SymbolId> factors;
  for (const AstName& f : ols->by) factors.push_back(s_.find(f.name));
  const Plate groups = factor_plate(factors);
  const std::string fit_name = id >= 0 ? s_[id].name : source_text(*ols);
  const std::string text = s_.text_of(e.span);
  if (indexed_by && *indexed_by != factors) {
    s_.error(e.span, fmt::format("{} has another index", quoted(text)),
             groups.once() ? "one fit for all rows"
                           : fmt::format("there is a fit for {}", s_.describe(groups)));
    return {};
  }
  // The coefficients belong to the groups; rss n df sigma2 without index are pooled.
  const bool pooled = !indexed_by && e.text != "coef";
  if (!pooled && !groups.once() && !indexed_by && !context_.free) {
    std::string by;
    for (SymbolId f : factors) by += (by.empty() ? "" : ", ") + s_[f].spelling;
    s_.error(e.span, fmt::format("{} needs its index", quoted(text)),
             fmt::format("there are coefficients for {}", s_.describe(groups)),
             fmt::format("write {}[{}], or aggregate, as in  mean({})", text, by, text));
    return {};
  }
  const Plate to = pooled ? once_plate() : groups;
  if (!pooled && !fits_plate(e, to)) return {};
  Value v;
  v.e = least_squares(y.e, X.e, e.text, groups, to, id, fit_name);
  if (e.text == "coef") {
    v.names = X.names;
    v.named_like = X.named_like;
  }
  return v;
}

std::pair<Value, Value> Builder::build_fit(const AstExpr& ols) {
  if (ols.children.empty() || ols.children[0].kind != AstKind::formula) return {};
  const AstExpr& formula = ols.children[0];
  for (const AstName& f : ols.by) {
    const SymbolId id = s_.find(f.name);
    if (id < 0 || !s_[id].factor()) return {};
  }
  Value y = build_free(formula.children[0]);
  Value X = build_free(formula.children[1]);
  if (!data_only(y, "a fit is of data") || !data_only(X, "a fit is of data")) return {};
  if (!scalar(y, "the response of a fit is a column of numbers")) return {};
  if (!y.e->plate.rows) {
    s_.error(y.text->span, "the response of a fit is a column of numbers",
             fmt::format("{} has no value for each row", s_.text_of(y.text->span)));
    return {};
  }
  if (X.shape().kind != ShapeKind::row || !X.e->plate.rows) {
    s_.error(X.text->span, "the right of a fit's formula is a design", measure(X),
             fmt::format("write the columns in a bracket, the intercept too: ols({} ~ [1, {}])",
                         s_.text_of(y.text->span),
                         X.shape().is_scalar() ? s_.text_of(X.text->span) : "x"));
    return {};
  }
  return {y, X};
}

}  // namespace lmmdsl::resolution
