#include "compiler/model/design.h"

#include <algorithm>
#include <set>

#include "compiler/model/ast_tools.h"
#include "compiler/model/infer.h"

namespace lmmdsl::resolution {

namespace {

/// A factor as it stands in a design: g, relevel(g, "label") or sum_coded(g).
struct FactorText {
  SymbolId factor = -1;
  std::string contrasts;
};

FactorText as_factor(const Scope& s, const AstExpr& e) {
  const bool call = e.kind == AstKind::call && !e.children.empty();
  const bool relevel = call && e.text == "relevel" && e.children.size() == 2 &&
                       e.children[1].kind == AstKind::string;
  const bool sum = call && e.text == "sum_coded" && e.children.size() == 1;
  const AstExpr& name = relevel || sum ? e.children[0] : e;
  const SymbolId id = name.kind == AstKind::name ? s.find(name.text) : -1;
  if (id < 0 || !s[id].factor()) return {};
  return {id, relevel ? "treatment:" + e.children[1].text : sum ? "sum" : "treatment"};
}

/// What the rule of marginality sees of a term: its variables, numbers by their text.
struct DesignTerm {
  std::set<SymbolId> factors;
  std::set<std::string> numbers;
  std::size_t order() const { return factors.size() + numbers.size(); }
};

class Marginality {
 public:
  explicit Marginality(const Scope& s) : s_(s) {}

  std::vector<DesignEntry> entries(const AstExpr& bracket) {
    std::vector<DesignEntry> entries;
    std::vector<std::size_t> own;  // the term of each entry with factors
    std::vector<bool> all_levels;  // 0 + g
    for (const AstExpr& child : bracket.children) {
      DesignEntry entry;
      entry.text = &child;
      const AstExpr& product = without_zero(child);
      std::vector<const AstExpr*> factors;
      product_factors(product, factors);
      const bool coded = std::any_of(factors.begin(), factors.end(), [&](const AstExpr* f) {
        return as_factor(s_, *f).factor >= 0;
      });
      own.push_back(terms_.size());
      all_levels.push_back(&product != &child);
      if (!coded) {
        take(child);
      } else {
        DesignTerm term;
        for (const AstExpr* f : factors) {
          const FactorText found = as_factor(s_, *f);
          entry.parts.push_back({f, found.factor, found.contrasts});
          if (found.factor >= 0) {
            term.factors.insert(found.factor);
            seen(s_[found.factor].name);
          } else {
            numbers(*f, term);
          }
        }
        terms_.push_back(std::move(term));
      }
      entries.push_back(std::move(entry));
    }
    for (std::size_t i = 0; i < entries.size(); ++i) {
      std::stable_sort(
          entries[i].parts.begin(), entries[i].parts.end(),
          [&](const DesignPart& a, const DesignPart& b) { return first_seen(a) < first_seen(b); });
      for (DesignPart& part : entries[i].parts) {
        if (part.factor >= 0 && (all_levels[i] || !has_margin(own[i], part.factor))) {
          part.coding = "full";
        }
      }
    }
    return entries;
  }

 private:
  static const AstExpr& without_zero(const AstExpr& e) {
    return is_binary(e, BinaryOp::add) && literal(e.children[0]) == 0.0 ? e.children[1] : e;
  }

  /// The terms that an entry without factors stands for: itself, or those of the design it names.
  void take(const AstExpr& e) {
    if (e.kind == AstKind::bracket && e.row_lengths.size() == 1) {
      for (const AstExpr& child : e.children) take(child);
      return;
    }
    if (e.kind == AstKind::name) {
      const SymbolId id = s_.find(e.text);
      if (id >= 0 && s_[id].definition && depth_ < 50) {
        const AstExpr& rhs = s_[id].definition->define.rhs;
        ++depth_;
        take(rhs);
        --depth_;
        return;
      }
    }
    std::vector<const AstExpr*> factors;
    product_factors(without_zero(e), factors);
    DesignTerm term;
    double constant = 1;
    for (const AstExpr* f : factors) {
      const FactorText found = as_factor(s_, *f);
      if (found.factor >= 0) {
        term.factors.insert(found.factor);
        seen(s_[found.factor].name);
      } else if (const auto value = literal(*f)) {
        constant *= *value;
      } else {
        numbers(*f, term);
      }
    }
    // Other numbers than 1 are no intercept.
    if (term.order() == 0 && constant != 1) term.numbers.insert(source_text(e));
    terms_.push_back(std::move(term));
  }

  /// A factor of a product that is a number: a variable by its text, or those of its definition.
  void numbers(const AstExpr& e, DesignTerm& term) {
    if (literal(e)) return;
    if (e.kind == AstKind::name) {
      const SymbolId id = s_.find(e.text);
      if (id >= 0 && s_[id].definition && depth_ < 50) {
        std::vector<const AstExpr*> factors;
        product_factors(s_[id].definition->define.rhs, factors);
        ++depth_;
        for (const AstExpr* f : factors) numbers(*f, term);
        --depth_;
        seen(source_text(e));
        return;
      }
    }
    term.numbers.insert(source_text(e));
    seen(source_text(e));
  }

  void seen(const std::string& variable) {
    if (std::find(order_.begin(), order_.end(), variable) == order_.end()) {
      order_.push_back(variable);
    }
  }

  std::ptrdiff_t first_seen(const DesignPart& part) const {
    const std::string text = part.factor >= 0 ? s_[part.factor].name : source_text(*part.text);
    return std::find(order_.begin(), order_.end(), text) - order_.begin();
  }

  /// Whether what is left of a term without one of its factors lies in the span of terms before it.
  bool has_margin(std::size_t own, SymbolId factor) const {
    DesignTerm margin = terms_[own];
    margin.factors.erase(factor);
    for (std::size_t i = 0; i < terms_.size(); ++i) {
      const DesignTerm& other = terms_[i];
      const bool before =
          other.order() < terms_[own].order() || (other.order() == terms_[own].order() && i < own);
      if (before && other.numbers == margin.numbers &&
          std::includes(other.factors.begin(), other.factors.end(), margin.factors.begin(),
                        margin.factors.end())) {
        return true;
      }
    }
    return false;
  }

  const Scope& s_;
  std::vector<DesignTerm> terms_;   // of all entries, those of spliced designs one by one
  std::vector<std::string> order_;  // variables in the order in which they appear
  int depth_ = 0;
};

}  // namespace

std::vector<DesignEntry> design_entries(const Scope& scope, const AstExpr& bracket) {
  return Marginality(scope).entries(bracket);
}

}  // namespace lmmdsl::resolution
