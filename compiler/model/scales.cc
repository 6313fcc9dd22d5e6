// Which names are positive, and which of them are standard deviations.
//
// A name that stands squared in a variance, in `sd=`, or on the left of its prior as sigma^2 is the
// standard deviation: sigma and sigma^2 may both be used. Where such a name stands bare in a
// variance, the square was forgotten. A name that stands bare in a variance and nowhere squared is
// a variance: positive as well.

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "compiler/model/ast_tools.h"
#include "compiler/model/scope.h"

namespace lmmdsl::resolution {

namespace {

/// How a name stands in a variance: as it is, or squared.
struct ScaleFactor {
  const AstExpr* name;
  bool squared;
};

/// The names that are factors of a scale: through products, quotients, sums, brackets and diag.
void scale_factors(const AstExpr& e, std::vector<ScaleFactor>& found) {
  if (const std::optional<LeftQuantity> q = quantity(e);
      q && q->transform != Transform::log && !(e.kind == AstKind::call && e.text == "log")) {
    const bool by_number =
        q->index && q->index->children.size() > 1 && literal(q->index->children[1]);
    if (!by_number) {
      found.push_back({q->name, q->transform == Transform::square ||
                                    q->transform == Transform::reciprocal_square});
    }
    return;
  }
  switch (e.kind) {
    case AstKind::binary:
      if (e.op == BinaryOp::power) {
        // sigma^4 and the like: a positive base either way.
        scale_factors(e.children[0], found);
        if (!found.empty()) found.back().squared = true;
        return;
      }
      if (e.op != BinaryOp::multiply && e.op != BinaryOp::divide && e.op != BinaryOp::add) return;
      break;
    case AstKind::bracket:
      break;
    case AstKind::call:
      if (e.text != "diag" && e.text != "inv") return;
      break;
    default:
      return;
  }
  for (const AstExpr& child : e.children) scale_factors(child, found);
}

/// What an argument of a distribution is.
enum class ScaleKind {
  variance,
  sd,
  scale,  ///< of StudentT, Laplace, ...: as a standard deviation, with no other way to write it
};

class Scales {
 public:
  explicit Scales(Scope& s) : s_(s) {}

  void run() {
    for (SymbolId id : s_.order) {
      Name& n = s_[id];
      if (n.annotation && n.annotation->param.type == ParamType::positive) n.positive = true;
      if (n.annotation && n.annotation->param.type == ParamType::covariance) n.symmetric = true;
    }
    for (const Distribution& d : s_.distributions) {
      if (d.target >= 0) left_side(d);
      each_scale(d, [&](const AstExpr& e, ScaleKind kind) { squares(e, kind); });
    }
    for (const Distribution& d : s_.distributions) {
      each_scale(d, [&](const AstExpr& e, ScaleKind kind) {
        if (kind == ScaleKind::variance) bare(e);
      });
    }
    for (const Distribution& d : s_.distributions) {
      if (d.target >= 0 && !stands_in_mean_and_variance(d.target)) reaches_below_zero(d);
    }
  }

 private:
  /// The variances, standard deviations and scales among the arguments.
  template <class F>
  void each_scale(const Distribution& d, const F& f) {
    if (d.in_error || !d.family) return;
    for (std::size_t i = 0; i < d.slots.size(); ++i) {
      const Slot& slot = d.family->slots[i];
      if (slot.name == "scale" && d.family->support == Support::real)
        f(*d.slots[i], ScaleKind::scale);
      else if (slot.shape == SlotShape::variance)
        f(*d.slots[i], d.given_as[i] == "sd" ? ScaleKind::sd : ScaleKind::variance);
    }
  }

  SymbolId parameter(const AstExpr& name) const {
    const SymbolId id = s_.find(name.text);
    return id >= 0 && s_[id].role == Role::parameter ? id : -1;
  }

  void left_side(const Distribution& d) {
    Name& n = s_[d.target];
    const bool squared =
        d.transform == Transform::square || d.transform == Transform::reciprocal_square;
    if (squared) {
      n.squared_at = d.lhs().span;
      n.scale_by_prior = true;
    }
    if (d.transform == Transform::log) n.positive = true;
    if (squared) n.positive = true;
    if (d.family && (d.family->support == Support::positive || lowest(d) >= 0)) n.positive = true;
    if (d.family && d.family->of_sd && d.transform == Transform::none && !n.squared_at)
      n.squared_at = d.lhs().span;
    if (d.family && d.family->matrix_values && !d.family->vector_values) n.symmetric = true;
  }

  /// The least value that a prior allows, where numbers in its arguments say so.
  static double lowest(const Distribution& d) {
    double least = -std::numeric_limits<double>::infinity();
    if (d.in_error || !d.family) return least;
    if (d.family->support == Support::unit) return 0;
    if (d.lower) return literal(*d.lower).value_or(least);
    if (d.family->id == FamilyId::uniform) return literal(*d.slots[0]).value_or(least);
    if (d.family->id == FamilyId::grid && d.slots[0]->kind == AstKind::bracket) {
      least = std::numeric_limits<double>::infinity();
      for (const AstExpr& value : d.slots[0]->children) {
        const double x = literal(value).value_or(-1);
        least = std::min(least, x > 0 ? x : -1);
      }
    }
    return least;
  }

  void squares(const AstExpr& e, ScaleKind kind) {
    std::vector<ScaleFactor> found;
    scale_factors(e, found);
    for (const ScaleFactor& f : found) {
      if (!f.squared && kind == ScaleKind::variance) continue;
      const SymbolId id = parameter(*f.name);
      if (id < 0) continue;
      if (f.squared && kind == ScaleKind::sd) {
        const std::string name = s_.indexed(id);
        s_.error(e.span,
                 fmt::format("{} is a variance, and stands as a standard deviation",
                             quoted(name + "^2")),
                 "the value of `sd`",
                 fmt::format("write sd = {0}, or {0}^2 as the variance", name));
      } else if (f.squared && kind == ScaleKind::scale) {
        const std::string name = s_.indexed(id);
        s_.error(e.span, fmt::format("{} stands as a scale", quoted(name + "^2")),
                 "a scale is in the unit of the values, as a standard deviation is",
                 fmt::format("write {}, without the square", name));
      }
      s_[id].positive = true;
      if (!s_[id].squared_at) s_[id].squared_at = e.span;
    }
  }

  /// A standard deviation that stands where a variance is meant.
  void bare(const AstExpr& e) {
    std::vector<ScaleFactor> found;
    scale_factors(e, found);
    for (const ScaleFactor& f : found) {
      if (f.squared) continue;
      const SymbolId id = parameter(*f.name);
      if (id < 0 || s_[id].in_error) continue;
      Name& n = s_[id];
      if (n.squared_at) {
        Diagnostic& d = s_.error(
            f.name->span,
            fmt::format("{} is a standard deviation, and stands as a variance", quoted(n.spelling)),
            "the second argument of Normal is a variance",
            fmt::format("write {0}^2, or sd={0}", s_.indexed(id)));
        d.notes.push_back({fmt::format("{} is a standard deviation since {}", n.spelling,
                                       s_.line_of(s_.statement_around(*n.squared_at)))});
      } else {
        variances_.emplace(id, e.span);
      }
    }
  }

  /// As in y ~ Normal(mu, mu * v): no prior is conjugate then, whatever it reaches.
  bool stands_in_mean_and_variance(SymbolId id) const {
    return std::any_of(s_.distributions.begin(), s_.distributions.end(), [&](const auto& d) {
      if (d.in_error || !d.family) return false;
      bool in_mean = false, in_variance = false;
      for (std::size_t i = 0; i < d.slots.size(); ++i) {
        bool mentioned = false;
        each_name(*d.slots[i], [&](const AstExpr& n) { mentioned |= s_.find(n.text) == id; });
        in_mean |= mentioned && d.family->slots[i].shape == SlotShape::like_value;
        in_variance |= mentioned && d.family->slots[i].shape == SlotShape::variance;
      }
      return in_mean && in_variance;
    });
  }

  void reaches_below_zero(const Distribution& d) {
    Name& n = s_[d.target];
    if (n.in_error || d.in_error || !d.family || d.family->support != Support::real) return;
    if (lowest(d) >= 0) return;
    const auto variance = variances_.find(d.target);
    if (d.family->slots.empty()) {  // Flat() covers what the name may be
      if (variance != variances_.end()) n.positive = true;
      return;
    }
    if (d.transform == Transform::log) return;  // refused with its density
    if (!n.positive && variance == variances_.end()) return;
    const std::string left = s_.text_of(d.lhs().span);
    Diagnostic& e =
        s_.error(d.text().rhs.head,
                 fmt::format("{} is positive, and its prior reaches below zero", quoted(left)),
                 fmt::format("{} is a distribution on all real numbers", d.family->name),
                 fmt::format("a conjugate prior is  {}{} ~ InverseGamma(shape, scale)",
                             s_.indexed(d.target), variance == variances_.end() ? "^2" : ""));
    if (find_family("HalfNormal") && d.transform == Transform::none) {
      e.hint += fmt::format(";  a Normal cut off at 0 is  {} ~ HalfNormal(scale)", left);
    }
    const std::optional<Span> why = variance != variances_.end()
                                        ? std::optional<Span>(variance->second)
                                    : n.squared_at && !n.scale_by_prior ? n.squared_at
                                                                        : std::nullopt;
    if (why) {
      e.notes.push_back({fmt::format("it is the scale of a distribution on {}",
                                     s_.line_of(s_.statement_around(*why)))});
    }
    n.in_error = true;
  }

  Scope& s_;
  std::unordered_map<SymbolId, Span> variances_;
};

}  // namespace

void find_scales(Scope& scope) { Scales(scope).run(); }

}  // namespace lmmdsl::resolution
