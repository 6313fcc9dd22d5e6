// Brackets: designs, rows, vectors and matrices; the columns of a design get their names here.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/model/ast_tools.h"
#include "compiler/model/build.h"
#include "compiler/model/design.h"

namespace lmmdsl::resolution {

/// The columns of a factor, or of a product with factors. A design among the factors of the product
/// is taken column by column.
Value Builder::coded(const DesignEntry& entry) {
  struct Columns {
    std::vector<Expr> parts;
    std::vector<std::string> codings;
  };
  std::vector<Columns> all = {{}};
  std::set<SymbolId> factors;
  for (const DesignPart& part : entry.parts) {
    if (part.factor >= 0) {
      if (s_[part.factor].in_error) return {};
      if (!factors.insert(part.factor).second) {
        s_.error(entry.text->span,
                 fmt::format("{} stands twice in a product", quoted(s_[part.factor].spelling)),
                 "the interaction of a factor with itself is the factor");
        return {};
      }
      for (Columns& c : all) {
        c.parts.push_back(at(reference(s_.model, part.factor), part.text->span));
        c.codings.push_back(part.coding);
      }
      continue;
    }
    Context context = context_;
    context.free = true;  // the product as a whole goes to the plate of the statement
    Builder inner(s_, std::move(context));
    const Value v = inner.build_complete(*part.text);
    if (!v) return {};
    const Shape& shape = v.shape();
    std::vector<ComponentName> names = names_of(s_, v);
    const bool columns = shape.kind == ShapeKind::row && shape.cols.known();
    if (!shape.is_scalar() && !columns) {
      s_.error(v.text->span, "a product with a factor is of scalars and designs without factors",
               measure(v), "the interaction of factors is  [g * h]");
      return {};
    }
    std::vector<Columns> next;
    for (int k = 1; k <= (columns ? shape.cols.n : 1); ++k) {
      const std::string text = source_text(*part.text);
      const std::string name = !columns ? text
                               : static_cast<int>(names.size()) == shape.cols.n
                                   ? names[k - 1].text
                                   : fmt::format("{}[{}]", text, k);
      for (Columns c : all) {
        c.parts.push_back(columns ? component(v.e, {k}) : v.e);
        c.codings.push_back("number:" + name);
        next.push_back(std::move(c));
      }
    }
    all = std::move(next);
  }
  std::string text;
  for (const DesignPart& part : entry.parts) {
    text += (text.empty() ? "" : ":") +
            (part.factor >= 0 ? s_[part.factor].name : source_text(*part.text));
  }
  Value v;
  std::vector<Expr> columns;
  for (Columns& c : all) {
    columns.push_back(at(coding(std::move(c.parts), std::move(c.codings)), entry.text->span));
    v.names.push_back({text, columns.back()});
  }
  v.e = columns.size() == 1 ? columns.front() : hcat(std::move(columns));
  v.e = at(v.e, entry.text->span);
  v.text = entry.text;
  return adopt(*entry.text, v);
}

/// g + h, 1 + g: a formula of R.
bool Builder::adds_factor(const AstExpr& e) const {
  if (is_binary(e, BinaryOp::add) || is_binary(e, BinaryOp::multiply)) {
    return adds_factor(e.children[0]) || adds_factor(e.children[1]);
  }
  const SymbolId id = e.kind == AstKind::name ? s_.find(e.text) : -1;
  return id >= 0 && s_[id].factor();
}

std::vector<Value> Builder::bracket_entries(const AstExpr& e) {
  std::vector<DesignEntry> entries;
  if (e.row_lengths.size() <= 1) {
    entries = design_entries(s_, e);
  } else {
    for (const AstExpr& child : e.children) entries.push_back({&child, {}});
  }
  std::vector<Value> values;
  bool good = true;
  for (const DesignEntry& entry : entries) {
    if (entry.parts.empty() && adds_factor(*entry.text)) {
      s_.error(entry.text->span, "factors are not added in a design", "each is an entry of its own",
               "write commas, as in  [1, g, h]");
      good = false;
      continue;
    }
    values.push_back(entry.parts.empty() ? build_complete(*entry.text) : coded(entry));
    good = good && values.back();
  }
  if (!good) values.clear();
  return values;
}

bool Builder::lies_in_row(const Value& v) {
  if (v.shape().kind == ShapeKind::scalar || v.shape().kind == ShapeKind::row) return true;
  Diagnostic& d = s_.error(v.text->span, "a bracket holds scalars and row vectors", measure(v));
  if (v.shape().kind == ShapeKind::vector)
    d.hint = fmt::format("its transpose is a row vector: {}'", s_.text_of(v.text->span));
  add_since(d, v);
  return false;
}

namespace {

/// What the columns of an entry are called in a design.
std::vector<ComponentName> column_names(const Scope& s, const Value& v) {
  if (v.shape().is_scalar()) return {{source_text(*v.text)}};
  std::vector<ComponentName> names = names_of(s, v);
  if (names.empty() && v.shape().cols.known()) {
    for (int k = 1; k <= v.shape().cols.n; ++k) {
      names.push_back({fmt::format("{}[{}]", source_text(*v.text), k)});
    }
  }
  return names;
}

/// Whether row `r` of a matrix is as long as its first row.
bool as_long_as_first(Scope& s, const std::vector<Expr>& rows, std::size_t r, Span span) {
  const auto entries_of = [](std::size_t row) {
    return LengthCheck::Phrase{fmt::format("row {} has ", row + 1), "column"};
  };
  if (rows[r]->shape.kind == rows[0]->shape.kind &&
      lengths_agree(s, {rows[r]->shape.cols, rows[0]->shape.cols, false, span,
                        "the rows of a matrix have the same length", entries_of(r), entries_of(0)}))
    return true;
  s.error(span, "the rows of a matrix have the same length",
          fmt::format("{} entries, the first row has {}", describe(rows[r]->shape.cols),
                      describe(rows[0]->shape.cols)));
  return false;
}

}  // namespace

Value Builder::bracket(const AstExpr& e) {
  if (e.children.empty()) {
    s_.error(e.span, "an empty bracket", "");
    return {};
  }
  const std::vector<Value> values = bracket_entries(e);
  if (values.empty()) return {};
  const bool one_row = e.row_lengths.size() <= 1;
  // The columns of a design have names; a vector of numbers has none.
  const bool design = one_row && std::any_of(values.begin(), values.end(), [](const Value& v) {
                        return v.e->plate.rows || v.e->op == Op::collapse;
                      });
  Value result;
  std::vector<Expr> rows;
  std::size_t i = 0;
  for (std::size_t r = 0; r < e.row_lengths.size(); ++r) {
    std::vector<Expr> entries;
    const std::size_t begin = i;
    for (int c = 0; c < e.row_lengths[r]; ++c, ++i) {
      if (!lies_in_row(values[i])) return {};
      entries.push_back(values[i].e);
      if (!design) continue;
      const std::vector<ComponentName> names = column_names(s_, values[i]);
      result.names.insert(result.names.end(), names.begin(), names.end());
    }
    const bool is_row = entries.size() == 1 && (entries[0]->shape.kind == ShapeKind::row ||
                                                (entries[0]->shape.is_scalar() && !one_row));
    rows.push_back(is_row ? entries[0] : hcat(std::move(entries)));
    const Span span{values[begin].text->span.begin, values[i - 1].text->span.end};
    if (r > 0 && !as_long_as_first(s_, rows, r, span)) return {};
  }
  result.e = one_row ? rows.front() : vcat(std::move(rows));
  return result;
}

}  // namespace lmmdsl::resolution
