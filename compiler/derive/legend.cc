#include "compiler/derive/legend.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/math/arrange.h"
#include "compiler/math/layout.h"
#include "compiler/math/render.h"
#include "grammar/listed_words.h"

namespace lmmdsl {

namespace {

class Legend {
 public:
  explicit Legend(const Model& model) : model_(model), typesetter_(model) {
    typesetter_.look_ups = &look_ups_;
  }

  void read(const Formula& f) {
    const Indices indices = typesetter_.indices(f.plate, f.within);
    if (f.plate.rows) row_index(indices, f.plate);
    for (const Term& t : f.terms) {
      if (t.kind == Term::Kind::factor && !t.plate.once()) {
        const Indices inside = typesetter_.inside(t.plate, once_plate(), indices);
        if (t.plate.rows) row_index(inside, t.plate);
        for (const Expr& e : t.args) read(e, inside);
        continue;
      }
      for (const Expr& e : t.args) read(e, indices);
    }
    layout(f, typesetter_);  // notes look-ups
  }

  std::vector<std::vector<Text>> rows() {
    for (const Typesetter::LookUp& l : look_ups_) {
      add(row_of(notation_term("", l.layout)),
          fmt::format("the {} of {}{}", model_[l.factor].spelling,
                      l.element.kind == Layout::Kind::letter ? "row " : "", to_unicode(l.element)),
          "");
    }
    std::vector<std::vector<Text>> rows;
    for (const Entry& e : entries_) rows.push_back({e.sign, Text(e.meaning)});
    return rows;
  }

 private:
  struct Entry {
    Formula sign;
    std::string key, meaning;
  };

  static Formula row_of(Term term) {
    Formula f;
    f << std::move(term);
    return f;
  }

  /// One row a sign, as it is seen on a page.
  void add(const Formula& sign, const std::string& meaning, const std::string& code) {
    const std::string key = code + "|" + to_unicode(layout(sign, plain_));
    const auto found = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const Entry& e) { return e.key == key; });
    if (found == entries_.end()) {
      entries_.push_back({sign, key, meaning});
    } else if (found->meaning.find(meaning) == std::string::npos) {
      found->meaning += ", or " + meaning;
    }
  }

  void read(const Expr& e, const Indices& indices) {
    if (e->op == Op::sum_over) {
      sum(e, indices);
      return;
    }
    if (e->op == Op::unit_vector) {
      const std::string as_code = render(e, &model_);
      add(row_of(notation_term(as_code, typesetter_.layout(e, indices))),
          fmt::format("a vector with a 1 at the level of {}, and zeros",
                      render(e->args[0], &model_)),
          as_code);
      return;
    }
    if (e->op == Op::gather) {
      const Layout sign = typesetter_.layout(e, indices);
      add(row_of(notation_term(render(e, &model_), sign)),
          fmt::format("the rows of {} in {}, in the order of the levels of {}",
                      render(e->args[0], &model_), describe(model_, e->plate), name(e->symbol)),
          render(e, &model_));
      return;
    }
    for (const Expr& a : e->args) read(a, indices);
  }

  void sum(const Expr& e, const Indices& indices) {
    if (e->plate.rows) return read(e->args[0], indices);
    if (const Expr counted = counted_sum(e)) return sum(counted, indices);
    const std::string within = e->plate.once() ? "" : " in " + describe(model_, e->plate);
    if (is_number(e->args[0], 1)) {
      const std::string as_code = render(e, &model_);
      add(row_of(notation_term(as_code, typesetter_.layout(e, indices))),
          "number of " + elements(e->over) + within, as_code);
      return;
    }
    if (const StackedProduct stacks = stacked_product(e)) {
      for (const Expr& s : {stacks.left, stacks.right}) stack(s, e->plate, indices, within);
      if (!e->plate.once()) return;
      add_sum_sign(e, indices, within, false);
      return;
    }
    add_sum_sign(e, indices, within, true);
    const Indices inside = typesetter_.inside(e->over, e->plate, indices);
    if (e->over.rows) row_index(inside, e->over);
    read(e->args[0], inside);
  }

  void add_sum_sign(const Expr& e, const Indices& indices, const std::string& within, bool page) {
    std::string by;
    for (SymbolId f : e->plate.factors) by += (by.empty() ? "" : ", ") + name(f);
    const std::string as_code = by.empty() ? "sum(e)" : "sum(e, by " + by + ")";
    const Layout sign{Layout::Kind::big, "sum", {typesetter_.range(e->over, e->plate, indices)}};
    add(row_of(notation_term(as_code, page ? sign : Layout{})),
        "sum over the " + elements(e->over) + within, as_code);
  }

  /// X[plot], or on a page X alone: the whole column.
  void stack(const Expr& s, const Plate& plate, const Indices& indices, const std::string& within) {
    std::string index;
    for (SymbolId f : plate.factors) index += (index.empty() ? "" : ", ") + name(f);
    const std::string as_code = index.empty() ? "" : name(s->symbol) + "[" + index + "]";
    add(row_of(notation_term(
            as_code, with_subscript(name_layout(s->text), typesetter_.subscript(plate, indices)))),
        fmt::format("the rows of {}{}, one below the other", name(s->symbol), within), as_code);
  }

  void row_index(const Indices& indices, const Plate& plate) {
    add(row_of(notation_term("", indices.row)),
        (plate.response < 0 ? "a row" : "a row with a value of " + name(plate.response)), "");
  }

  std::string name(SymbolId s) const { return model_[s].name; }

  std::string elements(const Plate& plate) const {
    if (plate.rows)
      return plate.response < 0 ? "rows" : "rows with a value of " + name(plate.response);
    if (plate.factors.size() == 1) return "levels of " + name(plate.factors[0]);
    std::string both;
    for (SymbolId f : plate.factors) both += (both.empty() ? "" : " and ") + name(f);
    return "pairs of " + both + " that occur";
  }

  const Model& model_;
  Typesetter typesetter_;
  Typesetter plain_{model_};
  std::vector<Typesetter::LookUp> look_ups_;
  std::vector<Entry> entries_;
};

/// The columns whose values a constant is computed from. Numbers of rows are not values.
void columns_used(const Model& model, const Expr& e, std::set<SymbolId>& found) {
  if (e->op == Op::count_over) return;
  if (e->op == Op::least_squares && (e->labels[0] == "n" || e->labels[0] == "df")) return;
  if (e->op == Op::symbol) {
    const Symbol& s = model[e->symbol];
    if (s.role == Role::column) found.insert(e->symbol);
    if (s.definition) columns_used(model, s.definition, found);
  }
  for (const Expr& a : e->args) columns_used(model, a, found);
}

}  // namespace

bool is_known(const Model& model, const Expr& e) {
  return std::all_of(e->symbols.begin(), e->symbols.end(), [&](SymbolId s) {
    return s >= 0 && model[s].role != Role::parameter && model[s].role != Role::derived;
  });
}

std::vector<std::vector<Text>> legend(const Model& model, const std::vector<Formula>& formulas) {
  Legend found(model);
  for (const Formula& f : formulas) found.read(f);
  return found.rows();
}

std::string data_used_twice(const Model& model) {
  std::set<SymbolId> responses;
  for (const Density& d : model.stated) {
    if (d.target < 0) columns_used(model, d.value, responses);
  }
  std::vector<std::string> lines, names;
  std::set<SymbolId> named;
  for (const Density& d : model.stated) {
    if (d.target < 0) continue;
    std::set<SymbolId> used;
    for (const Expr& a : d.args) columns_used(model, a, used);
    bool twice = false;
    for (SymbolId s : used) {
      if (!responses.count(s)) continue;
      twice = true;
      if (named.insert(s).second) names.push_back(model[s].spelling);
    }
    if (twice) lines.push_back(std::to_string(model.source->position(d.span.begin).line));
  }
  if (lines.empty()) return {};
  return fmt::format(
      "The prior{} in line{} {} computed from {}, which {} a likelihood too: the data count twice, "
      "and the posterior is somewhat narrower than the data alone can make it.",
      lines.size() > 1 ? "s" : "", lines.size() > 1 ? "s" : "",
      listed_words(lines) + (lines.size() > 1 ? " are" : " is"), listed_words(names),
      names.size() > 1 ? "have" : "has");
}

}  // namespace lmmdsl
