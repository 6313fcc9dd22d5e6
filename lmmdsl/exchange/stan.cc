// Models for Stan: model.stan and data.json. A prior on a power of an unknown, sigma^2 ~ ..., gets
// the logarithm of the derivative that goes with it, for Stan's densities are of the unknown.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/derive/inline.h"
#include "compiler/rules/shorthand.h"
#include "lmmdsl/exchange/program_writer.h"

namespace lmmdsl {
namespace {

class Stan {
 public:
  Stan(const ProgramTarget& target, const Bound& bound)
      : writer_(target, bound), old_arrays_(target.old_arrays) {
    writer_.inverse_of = [this](const Expr& e, const LoopPlace& at) {
      return e->shape.is_scalar() ? fmt::format("inv({})", writer_.text(e, at))
                                  : fmt::format("inverse_spd({})", writer_.text(e, at));
    };
  }

  Result<std::vector<ProgramFile>> write() {
    std::string parameters, body;
    for (const SymbolId p : model().parameters()) parameters += declaration(p);
    for (const Density& d : inlined_densities(model(), model().stated)) body += statement(d);
    std::string derived;
    for (const SymbolId id : model().derived()) derived += definition(id);
    std::string text = "data {\n";
    for (const ProgramData& d : writer_.handed_over()) text += declaration(d);
    text += "}\nparameters {\n" + parameters + "}\nmodel {\n" + body + "}\n";
    if (!derived.empty()) text += "generated quantities {\n" + derived + "}\n";
    std::vector<ProgramFile> files = {{"model.stan", text},
                                      {"data.json", data_as_json(writer_.handed_over())}};
    return {std::move(files), writer_.notes()};
  }

 private:
  const Model& model() const { return writer_.model(); }

  /// array[n] vector[p] name; for old compilers vector[p] name[n].
  std::string declare(const std::string& kind, const std::string& array,
                      const std::string& name) const {
    if (array.empty()) return fmt::format("  {} {};\n", kind, name);
    return old_arrays_ ? fmt::format("  {} {}[{}];\n", kind, name, array)
                       : fmt::format("  array[{}] {} {};\n", array, kind, name);
  }

  /// The ends of what an unknown may be: "<lower=0, upper=1>".
  std::string limits(SymbolId id) {
    const Density& prior = stated_prior(model(), id);
    const bool itself = prior.value->op == Op::symbol;
    std::string lower = model()[id].positive ? "0" : "", upper;
    if (itself && family(prior.family).support == Support::unit) lower = "0", upper = "1";
    const LoopPlace once{once_plate(), ""};
    for (const auto& [bound, limit] :
         {std::pair(prior.lower, &lower), std::pair(prior.upper, &upper)}) {
      if (!bound) continue;
      if (!itself || !bound->plate.once())
        throw Inexpressible{prior.span,
                            "bounds that differ by element, or of a function of an unknown, are "
                            "not written for Stan",
                            ""};
      *limit = text(bound, once);
    }
    if (!lower.empty()) lower = "lower=" + lower;
    if (!upper.empty()) upper = "upper=" + upper;
    if (lower.empty() && upper.empty()) return "";
    return fmt::format("<{}{}{}>", lower, lower.empty() || upper.empty() ? "" : ", ", upper);
  }

  std::string declaration(SymbolId id) {
    const Symbol& s = model()[id];
    const std::string n = s.plate.once() ? "" : writer_.size(s.plate);
    std::string kind = "real" + limits(id);
    const int p = writer_.length(s.shape.rows);
    switch (s.shape.kind) {
      case ShapeKind::vector:
        kind = fmt::format("vector{}[{}]", limits(id), p);
        break;
      case ShapeKind::row:
        kind = fmt::format("row_vector[{}]", writer_.length(s.shape.cols));
        break;
      case ShapeKind::matrix:
        kind = s.symmetric ? fmt::format("cov_matrix[{}]", p)
                           : fmt::format("matrix[{}, {}]", p, writer_.length(s.shape.cols));
        break;
      default:
        break;
    }
    return declare(kind, n, writer_.name(id));
  }

  /// Of data: vectors and matrices so that products are those of linear algebra. A row of a design
  /// and a vector look alike in the data; which it is, is known where it was handed over.
  std::string declaration(const ProgramData& d) {
    std::string sizes;
    for (const std::size_t n : d.size) sizes += (sizes.empty() ? "" : ", ") + std::to_string(n);
    if (d.whole) return declare("int", sizes, d.name);
    const auto found = shapes_.find(d.name);
    const ShapeKind kind = found == shapes_.end() ? ShapeKind::scalar : found->second;
    if (kind == ShapeKind::scalar) return declare("real", sizes, d.name);
    const std::size_t own = kind == ShapeKind::matrix ? 2 : 1;
    std::string array, inside;
    for (std::size_t k = 0; k < d.size.size(); ++k) {
      std::string& to = k + own < d.size.size() ? array : inside;
      to += (to.empty() ? "" : ", ") + std::to_string(d.size[k]);
    }
    const char* name = kind == ShapeKind::matrix ? "matrix"
                       : kind == ShapeKind::row  ? "row_vector"
                                                 : "vector";
    return declare(fmt::format("{}[{}]", name, inside), array, d.name);
  }

  /// Text of an expression; constants in it are remembered with their shapes.
  std::string text(const Expr& e, const LoopPlace& at) {
    remember(e, at);
    return writer_.text(e, at);
  }

  void remember(const Expr& e, const LoopPlace& at) {
    if (writer_.is_constant_here(e)) {
      if (e->plate.once() && e->shape.is_scalar()) return;
      const std::string name = writer_.constant(e, at);
      shapes_[name.substr(0, name.find('['))] = e->shape.kind;
      return;
    }
    if (e->op == Op::symbol) {
      const Symbol& s = model()[e->symbol];
      if (s.role == Role::derived) remember(s.definition, at);
      return;
    }
    const LoopPlace inside = e->op == Op::level ? writer_.place_with_labels(e, at) : at;
    for (const Expr& a : e->args) remember(a, inside);
  }

  std::string loop(const std::string& line, const Plate& plate) {
    if (plate.once()) return "  " + line + "\n";
    return fmt::format("  for (i in 1:{}) {}\n", writer_.size(plate), line);
  }

  std::string distribution(const Density& d, const LoopPlace& at) {
    const auto arg = [&](std::size_t k) { return text(d.args[k], at); };
    if (auto density = writer_.density(d, at)) {
      for (const Expr& a : d.args) remember(a, at);
      return *density;
    }
    switch (d.family) {
      case FamilyId::normal: {
        const bool vector = !d.value->shape.is_scalar();
        if (vector && !d.args[1]->shape.is_scalar())
          return fmt::format("multi_normal({}, {})", arg(0), arg(1));
        return fmt::format("normal({}, sqrt({}))", arg(0), arg(1));
      }
      case FamilyId::truncated_normal: {
        const auto limit = [&](std::size_t k) { return is_given(d.args[k]) ? arg(k) : ""; };
        return fmt::format("normal({}, sqrt({})) T[{}, {}]", arg(0), arg(1), limit(2), limit(3));
      }
      case FamilyId::inverse_gamma:
        return fmt::format("inv_gamma({}, {})", arg(0), arg(1));
      case FamilyId::gamma:
        return fmt::format("gamma({}, {})", arg(0), arg(1));
      case FamilyId::scaled_inverse_chi_square:
        return fmt::format("scaled_inv_chi_square({}, sqrt({}))", arg(0), arg(1));
      case FamilyId::inverse_wishart:
        return fmt::format("inv_wishart({}, {})", arg(0), arg(1));
      case FamilyId::wishart:
        return fmt::format("wishart({}, {})", arg(0), arg(1));
      default:
        throw Inexpressible{
            d.span,
            fmt::format("the distribution {} is not written for Stan", family(d.family).name), ""};
    }
  }

  std::string statement(const Density& d) {
    const LoopPlace at{d.plate, d.plate.once() ? "" : "i"};
    if (d.target < 0) {
      const std::string value = writer_.response(d, at);
      remember(d.value, at);
      return loop(value + " ~ " + distribution(d, at) + ";", d.plate);
    }
    const Symbol& s = model()[d.target];
    const std::string self = writer_.entry(writer_.name(d.target), s.plate, s.shape, at);
    if (d.family == FamilyId::flat) return flat(d, self);
    if (d.value->op == Op::symbol) return loop(self + " ~ " + distribution(d, at) + ";", d.plate);
    if (d.value->op == Op::inverse && d.family == FamilyId::wishart) {
      // The same law said of the covariance, which needs no derivative.
      const Expr scale = inverse(d.args[1]);
      return loop(
          fmt::format("{} ~ inv_wishart({}, {});", self, text(d.args[0], at), text(scale, at)),
          d.plate);
    }
    if (d.value->op == Op::power && d.value->args[0]->op == Op::symbol &&
        d.value->args[1]->op == Op::number && s.shape.is_scalar()) {
      const double k = d.value->args[1]->number;
      return loop(fmt::format("{{ target += {} * log({}); pow({}, {}) ~ {}; }}", k - 1, self, self,
                              k, distribution(d, at)),
                  d.plate);
    }
    throw Inexpressible{d.span, "a prior on this function of an unknown is not written for Stan",
                        ""};
  }

  /// Flat on what stands on the left: for the unknown itself there is a derivative.
  std::string flat(const Density& d, const std::string& self) {
    if (d.value->op == Op::symbol) return "";
    if (d.value->op == Op::log && d.value->args[0]->op == Op::symbol)
      return loop(fmt::format("target += -log({});", self), d.plate);
    if (d.value->op == Op::power && d.value->args[1]->op == Op::number)
      return loop(fmt::format("target += {} * log({});", d.value->args[1]->number - 1, self),
                  d.plate);
    throw Inexpressible{d.span,
                        "a flat prior on this function of an unknown is not written for Stan", ""};
  }

  std::string definition(SymbolId id) {
    const Symbol& s = model()[id];
    if (!s.reported) return "";
    if (!s.shape.is_scalar()) return "  // " + writer_.leave_out(id, "it is not a scalar");
    const LoopPlace at{s.plate, s.plate.once() ? "" : "i"};
    try {
      const std::string value = text(inline_derived(model(), s.definition), at);
      const std::string n = s.plate.once() ? "" : writer_.size(s.plate);
      return declare("real", n, writer_.name(id)) +
             loop(fmt::format("{} = {};", writer_.entry(writer_.name(id), s.plate, s.shape, at),
                              value),
                  s.plate);
    } catch (const Inexpressible& e) {
      return "  // " + writer_.leave_out(id, e.what);
    }
  }

  ProgramWriter writer_;
  bool old_arrays_;
  std::map<std::string, ShapeKind> shapes_;
};

}  // namespace

ProgramTarget stan_target() {
  ProgramTarget t;
  t.name = "stan";
  t.doc = "model.stan and data.json: rstan, cmdstanr, cmdstanpy";
  t.stan = true;
  t.functions = {{Op::exp, "exp"},
                 {Op::log, "log"},
                 {Op::sqrt, "sqrt"},
                 {Op::abs, "abs"},
                 {Op::phi, "Phi"},
                 {Op::logit, "logit"},
                 {Op::invlogit, "inv_logit"},
                 {Op::minimum, "fmin"},
                 {Op::maximum, "fmax"},
                 {Op::determinant, "determinant"},
                 {Op::log_determinant, "log_determinant"},
                 {Op::trace, "trace"},
                 {Op::diagonal, "diagonal"},
                 {Op::diagonal_matrix, "diag_matrix"},
                 {Op::sum_components, "sum"},
                 {Op::mean_components, "mean"},
                 {Op::min_components, "min"},
                 {Op::max_components, "max"}};
  t.density_patterns = {
      {FamilyId::bernoulli, "bernoulli({0})"},     {FamilyId::binomial, "binomial({0}, {1})"},
      {FamilyId::poisson, "poisson({0})"},         {FamilyId::beta, "beta({0}, {1})"},
      {FamilyId::exponential, "exponential({0})"}, {FamilyId::half_cauchy, "cauchy(0, {0})"},
      {FamilyId::half_normal, "normal(0, {0})"}};
  t.reserved = {"for",        "in",        "while",  "if",         "else",   "return", "data",
                "parameters", "model",     "int",    "real",       "vector", "matrix", "array",
                "lower",      "upper",     "offset", "multiplier", "target", "true",   "false",
                "void",       "functions", "var",    "class",      "i",      "normal", "gamma",
                "sd",         "variance",  "mean",   "sum",        "log",    "exp"};
  t.write = [](const ProgramTarget& target, const Bound& bound) {
    return Stan(target, bound).write();
  };
  return t;
}

ProgramTarget rstan_target() {
  ProgramTarget t = stan_target();
  t.name = "rstan";
  t.doc = "the same for Stan before 2.26, as the rstan of Debian 12";
  t.old_arrays = true;
  return t;
}

}  // namespace lmmdsl
