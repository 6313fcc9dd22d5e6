// One Density for each `~` statement: its value, its arguments in canonical form, its plate.
//
// Canonical means that later stages see one form: the Normal's second argument is a variance (sd
// and precision are turned into it), for a vector it is a matrix (v stands for v * I), and its mean
// is a vector (a scalar is broadcast).

#include <fmt/format.h>

#include <algorithm>

#include "compiler/model/ast_tools.h"
#include "compiler/model/build.h"
#include "compiler/model/categories.h"
#include "compiler/model/constant_checks.h"
#include "compiler/model/slots.h"
#include "compiler/model/truncation.h"

namespace lmmdsl::resolution {

namespace {

Expr transformed(Transform transform, const Expr& e) {
  switch (transform) {
    case Transform::none:
      return e;
    case Transform::square:
      return power(e, 2);
    case Transform::reciprocal:
    case Transform::inverse:
      return inverse(e);
    case Transform::reciprocal_square:
      return power(e, -2);
    case Transform::log:
      return apply(Op::log, {e});
  }
  return e;
}

class Densities {
 public:
  explicit Densities(Scope& s) : s_(s) {}

  void run() {
    for (const Distribution& d : s_.distributions) {
      if (d.in_error || !d.family) continue;
      Density density;
      density.family = d.family->id;
      density.span = d.span();
      const bool good = d.target >= 0 ? prior(d, density) : likelihood(d, density);
      if (!good) continue;
      if (d.target >= 0) {
        s_.model.symbols[d.target].prior = static_cast<int>(s_.model.densities.size());
      }
      s_.model.densities.push_back(std::move(density));
    }
    for (const Density& d : s_.model.densities)
      if (d.family == FamilyId::ordered_probit) order_cuts(s_, d);
    refuse_flat_levels(s_);
    s_.model.stated = s_.model.densities;
  }

 private:
  Context context(const Distribution& d) const {
    Context c;
    c.in_density = true;
    c.stacked = d.stacked;
    c.statement = d.span();
    if (d.target >= 0) {
      c.plate = s_[d.target].plate;
      c.subject = s_.indexed(d.target);
    } else {
      c.plate = d.over >= 0 ? factor_plate(d.group) : row_plate();
      c.columns = !d.columns.empty();
      c.over = d.over;
      c.subject = s_.text_of(d.lhs().span);
    }
    return c;
  }

  bool prior(const Distribution& d, Density& density) {
    const Name& n = s_[d.target];
    density.target = d.target;
    density.plate = n.plate;
    if (n.in_error) {
      // The arguments are checked all the same when the shape is known; here it is not.
      return false;
    }
    if (!takes_levels(s_, d)) return false;
    const Expr reference = lmmdsl::reference(s_.model, d.target);
    const AstExpr& lhs = d.lhs();
    if (!value_fits(d, reference->shape) || !may_be_transformed(d, *reference)) return false;
    density.value = at(transformed(d.transform, reference), lhs.span);
    return arguments(d, density) && bounds(d, density);
  }

  /// Known numbers between which a prior is cut off.
  bool bounds(const Distribution& d, Density& density) {
    Builder builder(s_, context(d));
    for (auto [given, bound] :
         {std::pair(d.lower, &density.lower), std::pair(d.upper, &density.upper)}) {
      if (!given) continue;
      Value v = builder.build_unstacked(*given);
      if (!v || !is_one_number(s_, d, v, given == d.lower ? "lower bound" : "upper bound"))
        return false;
      if (!density.value->shape.is_scalar()) {
        s_.error(given->span, "only a scalar can be cut off", "",
                 "write one statement for each component");
        return false;
      }
      if (mentions_parameter(s_, v.e)) {
        s_.error(given->span, "a bound is a known number", "it depends on a parameter");
        return false;
      }
      *bound = v.e;
    }
    return cuts_off_a_constant(s_, d, density);
  }

  /// The family is one of scalars, vectors or matrices, and the left-hand side is that.
  bool value_fits(const Distribution& d, const Shape& shape) {
    const AstExpr& lhs = d.lhs();
    const std::string text = s_.text_of(lhs.span);
    if (shape.kind == ShapeKind::matrix &&
        (d.transform == Transform::square || d.transform == Transform::reciprocal ||
         d.transform == Transform::reciprocal_square || d.transform == Transform::log)) {
      s_.error(lhs.span, fmt::format("{} is a matrix", quoted(s_[d.target].spelling)), "",
               fmt::format("its inverse is written  inv({}) ~ ...", s_.indexed(d.target)));
      return false;
    }
    const bool matrix_only = d.family->matrix_values && !d.family->vector_values;
    const bool fits = shape.is_scalar() ? d.family->scalar_values && !matrix_only
                      : shape.kind == ShapeKind::matrix
                          ? d.family->matrix_values && shape.rows == shape.cols
                          : d.family->vector_values && shape.kind == ShapeKind::vector;
    if (fits) return true;
    const char* of = matrix_only                              ? "covariance matrices"
                     : !d.family->scalar_values               ? "vectors"
                     : d.family->vector_values                ? "scalars and vectors"
                     : d.family->support == Support::positive ? "positive scalars"
                                                              : "scalars";
    Diagnostic& e =
        s_.error(d.text().rhs.head, fmt::format("{} is a distribution of {}", d.family->name, of),
                 fmt::format("{} is {}", text, describe(shape)));
    if (d.target >= 0 && s_[d.target].shape_from &&
        s_[d.target].shape_from->begin != d.span().begin) {
      e.notes.push_back({fmt::format("{} is {} since {}", s_[d.target].spelling, describe(shape),
                                     s_.line_of(*s_[d.target].shape_from))});
    }
    if (shape.kind == ShapeKind::matrix) {
      e.hint = fmt::format(
          "a covariance has  {0} ~ InverseWishart(df, scale)  or  inv({0}) ~ "
          "Wishart(df, scale)",
          s_.indexed(d.target));
    } else if (shape.kind == ShapeKind::vector && !d.family->vector_values && d.target >= 0) {
      const std::string& name = s_[d.target].spelling;
      e.hint = fmt::format(
          "give each component a name and a prior of its own, and write  [{0}1; {0}2]  for {0}",
          name);
    } else if (!d.family->scalar_values && shape.is_scalar()) {
      e.hint = fmt::format("as in  {} ~ {}([1, 1, 1])",
                           d.target >= 0 ? s_.indexed(d.target) : "[y1, y2, y3]", d.family->name);
    } else if (matrix_only) {
      e.hint = "a variance has  InverseGamma(shape, scale)";
    }
    return false;
  }

  /// On the left stands the target itself, or a function of it under a distribution that says
  /// something of it: of powers of a positive scalar, of an inverse matrix.
  bool may_be_transformed(const Distribution& d, const Node& target) {
    if (d.transform == Transform::none || target.shape.kind == ShapeKind::matrix) return true;
    const AstExpr& lhs = d.lhs();
    const std::string name = s_.indexed(d.target);
    if (!target.shape.is_scalar()) {
      s_.error(lhs.span, fmt::format("{} is a vector", quoted(s_[d.target].spelling)),
               "a prior of a vector is on the vector itself",
               fmt::format("write  {} ~ {}", name, s_.text_of(d.text().rhs.span)));
      return false;
    }
    const bool flat = d.family->slots.empty();
    if (d.transform == Transform::log && !flat) {
      s_.error(
          d.text().rhs.span, "a prior on a logarithm is Flat()",
          fmt::format("{} is not available here", d.family->name),
          fmt::format("write {} ~ Flat(), or put a prior on {}^2", s_.text_of(lhs.span), name));
      return false;
    }
    const FamilyId id = d.family->id;
    const bool of_powers =
        d.family->support != Support::real || id == FamilyId::uniform || id == FamilyId::grid;
    if (flat ? target.positive : of_powers) return true;
    if (flat) {
      s_.error(lhs.span,
               fmt::format("{} may be negative, and has a prior on its inverse",
                           quoted(s_[d.target].spelling)),
               "only a scale has one, or what is positive by its declaration",
               fmt::format("write  {0} ~ Flat();  or declare  param {0} : positive", name));
    } else {
      s_.error(
          d.text().rhs.head,
          fmt::format("{} is a prior on a quantity itself, not on a power of it", d.family->name),
          fmt::format("{} stands on the left", s_.text_of(lhs.span)),
          fmt::format("write  {0} ~ {1};  a prior on a power of a positive quantity is  {2} ~ "
                      "Gamma(shape, rate)  or  {2} ~ InverseGamma(shape, scale)",
                      name, s_.text_of(d.text().rhs.span), s_.text_of(lhs.span)));
    }
    return false;
  }

  bool likelihood(const Distribution& d, Density& density) {
    if (s_[d.response].in_error) return false;
    const AstExpr& lhs = d.lhs();
    density.response = d.response;
    density.stacked = !d.stacked.empty();
    density.plate = d.over >= 0 ? factor_plate(d.group) : row_plate();
    density.plate.response = d.over >= 0 ? -1 : d.response;
    Builder builder(s_, context(d));
    if (d.columns.empty() && d.over < 0 && !takes_levels(s_, d)) return false;
    std::vector<Value> columns;
    if (d.family->support == Support::level) {
      columns.emplace_back(lmmdsl::reference(s_.model, d.response));
    } else if (d.over >= 0) {
      columns.emplace_back(lmmdsl::reference(s_.model, d.response));
      columns.back().text = &lhs.children[0];
    } else if (d.columns.empty()) {
      columns.push_back(builder.build_complete(lhs));
    } else {
      for (const AstExpr& column : lhs.children) columns.push_back(builder.build_complete(column));
    }
    std::vector<Expr> parts;
    for (const Value& v : columns) {
      if (!v) return false;
      if (!v.shape().is_scalar()) {
        s_.error(
            v.text->span, "a response has one number in each row", measure(s_, v),
            v.shape().kind == ShapeKind::row ? "a vector response is written  [y1, y2] ~ ..." : "");
        return false;
      }
      parts.push_back(v.e);
    }
    density.value = parts.front();
    if (!d.columns.empty()) {
      density.value = vcat(std::move(parts));
      Symbol& response = s_.model.symbols[d.response];
      response.definition = density.value;
      response.shape = density.value->shape;
      response.reported = false;
    }
    if (d.over >= 0) {
      density.value =
          gather(density.value, lmmdsl::reference(s_.model, d.over), factor_plate(d.group));
    }
    density.value = at(density.value, lhs.span);
    if (d.family->slots.empty()) {
      s_.error(d.text().rhs.head, "a response cannot have a flat distribution",
               fmt::format("{} is data", s_.text_of(lhs.span)));
      return false;
    }
    for (const AstExpr* bound : {d.lower, d.upper}) {
      if (!bound) continue;
      s_.error(bound->span, "a truncated response is Normal",
               fmt::format("what this cuts off of {} is not available", d.family->name));
      return false;
    }
    const bool truncated = d.family->id == FamilyId::truncated_normal;
    if (truncated && !density.value->shape.is_scalar()) {
      s_.error(d.text().rhs.head, "only a scalar response can be truncated",
               fmt::format("{} is {}", s_.text_of(lhs.span), describe(density.value->shape)));
      return false;
    }
    if (d.family->elementwise && !density.value->shape.is_scalar()) {
      s_.error(d.text().rhs.head,
               fmt::format("{} is no distribution of a vector response", d.family->name),
               "its components would be independent", "write one statement for each column");
      return false;
    }
    if (!takes_values(d)) return false;
    return value_fits(d, density.value->shape) && arguments(d, density) &&
           (!truncated || known_limits(d, density));
  }

  bool known_limits(const Distribution& d, const Density& density) {
    for (const std::size_t k : {2, 3}) {
      if (!mentions_parameter(s_, density.args[k])) continue;
      s_.error(d.slots[k]->span, "a bound is a known number", "it depends on a parameter");
      return false;
    }
    return true;
  }

  bool arguments(const Distribution& d, Density& density) {
    bool good = true;
    double terms = 0;
    for (const AstExpr* slot : d.slots) terms += extent(s_, *slot).terms;
    if (terms > kLargest.terms) {
      Diagnostic& e = s_.error(d.text().rhs.span, "the distribution is too long",
                               fmt::format("{} terms when the definitions are written out; at most "
                                           "{}",
                                           terms, kLargest.terms));
      e.code = ExitCode::limit;
      return false;
    }
    Builder builder(s_, context(d));
    const Shape& shape = density.value->shape;
    std::vector<Value> values;
    for (std::size_t i = 0; i < d.slots.size(); ++i) {
      values.push_back(builder.build_unstacked(*d.slots[i]));
      Value& v = values.back();
      good = v && slot_fits(s_, d, i, shape, v) && levels_index_only(s_, v) && good;
    }
    s_.naming.insert(s_.naming.end(), builder.naming.begin(), builder.naming.end());
    if (!good) return false;
    if (d.family->id == FamilyId::grid && !make_grid(d, values)) return false;
    for (Value& v : values) {
      density.args.push_back(v.e);
      if (shape.is_scalar() || v.shape().is_scalar()) continue;
      if (d.target >= 0) {
        s_.naming.push_back({d.target, v.named_like, v.names});
      } else if (v.named_like >= 0) {
        s_.naming.push_back({v.named_like, -1, response_names(d)});
      }
    }
    return check_constants(s_, d, density);
  }

  /// Values and weights of a grid: columns of as many numbers.
  bool make_grid(const Distribution& d, std::vector<Value>& values) {
    const auto refuse = [&](std::size_t i, const char* what, const std::string& label) {
      s_.error(d.slots[i]->span, what, label, "usage: Grid([1, 2, 4], [0.25, 0.5, 0.25])");
      return false;
    };
    Expr &points = values[0].e, &weights = values[1].e;
    if (points->op != Op::vcat) return refuse(0, "the values of Grid are numbers in a bracket", "");
    const std::size_t n = points->args.size();
    if (weights->shape.is_scalar()) weights = vcat(std::vector<Expr>(n, weights));
    if (weights->op != Op::vcat || weights->args.size() != n)
      return refuse(1, "Grid has as many weights as values", fmt::format("{} values", n));
    for (std::size_t i = 0; i < 2; ++i) {
      for (const Expr& e : values[i].e->args) {
        if (mentions_parameter(s_, e) || e->plate.rows)
          return refuse(i, "what stands in Grid are known numbers", "");
      }
    }
    return true;
  }

  /// The components of a vector response by their columns or levels.
  std::vector<ComponentName> response_names(const Distribution& d) const {
    std::vector<ComponentName> names;
    if (d.over >= 0) {
      names.push_back({s_[d.over].name, coding({lmmdsl::reference(s_.model, d.over)}, {"full"})});
    } else {
      for (const AstExpr& column : d.lhs().children) names.push_back({source_text(column)});
    }
    return names;
  }

  /// A count has a distribution of counts, and so on.
  bool takes_values(const Distribution& d) {
    const Support support = d.family->support;
    const Name& n = s_[d.response];
    if ((support != Support::binary && support != Support::count) || !n.data) return true;
    const ColumnType type = n.data->type;
    if (type == ColumnType::binary || (type == ColumnType::count && support == Support::count))
      return true;
    s_.error(d.lhs().span,
             fmt::format("{} is a distribution of {}", d.family->name,
                         support == Support::binary ? "0 and 1" : "counts"),
             fmt::format("{} is declared `{}`", n.spelling, lmmdsl::name(type)),
             fmt::format("declare it  data {} : {}", n.spelling,
                         support == Support::binary ? "binary" : "count"));
    return false;
  }

  Scope& s_;
};

}  // namespace

void build_densities(Scope& scope) { Densities(scope).run(); }

}  // namespace lmmdsl::resolution
