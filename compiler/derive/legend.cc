#include "compiler/derive/legend.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/derive/wrap.h"

namespace lmmdsl {

namespace {

class Legend {
 public:
  Legend(const Model& model, Notation notation) : model_(model), notation_(notation) {}

  void read(const Expr& e) {
    if (e->op == Op::sum_over) sum(*e, render(e, &model_, notation_));
    for (const Expr& a : e->args) read(a);
  }

  std::string text() const {
    std::size_t width = 0;
    for (const Entry& e : entries_) width = std::max(width, columns(e.sign));
    std::string out;
    for (const Entry& e : entries_) {
      out += wrap_words(fmt::format("    {:<{}}  ", e.sign, width), e.meaning);
    }
    return out;
  }

 private:
  struct Entry {
    std::string sign, meaning;
  };

  void add(const std::string& sign, const std::string& meaning) {
    const auto found = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const Entry& e) { return e.sign == sign; });
    if (found == entries_.end()) {
      entries_.push_back({sign, meaning});
    } else if (found->meaning.find(meaning) == std::string::npos) {
      found->meaning += ", or " + meaning;
    }
  }

  void sum(const Node& e, const std::string& rendered) {
    const std::string within = e.plate.once() ? "" : " in " + describe(model_, e.plate);
    if (is_number(e.args[0], 1)) {
      add(rendered, "number of " + elements(e.over) + within);
    } else if (rendered.rfind("sum(", 0) == 0) {
      std::string by;
      for (SymbolId f : e.plate.factors) by += (by.empty() ? "" : ", ") + name(f);
      add(by.empty() ? "sum(e)" : "sum(e, by " + by + ")",
          "sum over the " + elements(e.over) + within);
    } else {
      for (SymbolId s : e.args[0]->symbols) {
        std::string index;
        for (SymbolId f : e.plate.factors) index += (index.empty() ? "" : ", ") + name(f);
        add(name(s) + "[" + index + "]",
            fmt::format("the rows of {}{}, one below the other", name(s), within));
      }
    }
  }

  std::string name(SymbolId s) const { return render_name(model_[s].name, notation_); }

  std::string elements(const Plate& plate) const {
    if (plate.rows)
      return plate.response < 0 ? "rows" : "rows with a value of " + name(plate.response);
    if (plate.factors.size() == 1) return "levels of " + name(plate.factors[0]);
    std::string both;
    for (SymbolId f : plate.factors) both += (both.empty() ? "" : " and ") + name(f);
    return "pairs of " + both + " that occur";
  }

  const Model& model_;
  Notation notation_;
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

std::string listed(const std::vector<std::string>& items) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == items.size() ? " and " : ", ") + items[i];
  }
  return text;
}

}  // namespace

std::string legend(const Model& model, const std::vector<Expr>& formulas, Notation notation) {
  Legend found(model, notation);
  for (const Expr& e : formulas) found.read(e);
  return found.text();
}

std::string data_used_twice(const Model& model) {
  std::set<SymbolId> responses;
  for (const Density& d : model.densities) {
    if (d.target < 0) responses.insert(d.response);
  }
  std::vector<std::string> lines, names;
  std::set<SymbolId> named;
  for (const Density& d : model.densities) {
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
      "and "
      "the posterior is somewhat narrower than the data alone can make it.",
      lines.size() > 1 ? "s" : "", lines.size() > 1 ? "s" : "",
      listed(lines) + (lines.size() > 1 ? " are" : " is"), listed(names),
      names.size() > 1 ? "have" : "has");
}

}  // namespace lmmdsl
