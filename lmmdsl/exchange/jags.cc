// Models for JAGS: model.jags, data.R, seeds, and run.jags, a script for the command `jags`.
//
// JAGS has precisions where we have variances. So an unknown scale is sampled as its precision, and
// sigma or Sigma is what follows from it; where a density wants the inverse of such an unknown, it
// gets the precision itself, which keeps JAGS's conjugate samplers working.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/derive/inline.h"
#include "compiler/rules/shorthand.h"
#include "lmmdsl/exchange/program_writer.h"
#include "runtime/moments.h"

namespace lmmdsl {
namespace {

constexpr int kChains = 4;

class Jags {
 public:
  Jags(const ProgramTarget& target, const Bound& bound) : writer_(target, bound) {
    writer_.inverse_of = [this](const Expr& e, const LoopPlace& at) { return inverse(e, at); };
    for (const SymbolId p : model().parameters()) {
      const Density& prior = stated_prior(model(), p);
      if (is_scale(prior)) precisions_[p] = writer_.fresh(model()[p].name + "_precision");
    }
  }

  Result<std::vector<ProgramFile>> write() {
    std::string text = "model {\n";
    for (const Density& d : inlined_densities(model(), model().stated)) text += statement(d);
    std::string derived;
    for (const SymbolId id : model().derived()) derived += definition(id);
    text += derived + "}\n";
    std::vector<ProgramFile> files = {
        {"model.jags", text}, {"data.R", data_as_r(writer_.handed_over())}, {"run.jags", script()}};
    // Seeds, so that a run can be repeated.
    for (int chain = 1; chain <= kChains; ++chain)
      files.push_back({fmt::format("chain-{}.R", chain),
                       fmt::format("\".RNG.name\" <- \"base::Mersenne-Twister\"\n"
                                   "\".RNG.seed\" <- {}\n",
                                   chain)});
    return {std::move(files), writer_.notes()};
  }

 private:
  const Model& model() const { return writer_.model(); }

  static double exponent_of(const Expr& value) {
    return value->op == Op::power && value->args[1]->op == Op::number ? value->args[1]->number : 1;
  }

  static bool is_scale(const Density& prior) {
    switch (prior.family) {
      case FamilyId::inverse_gamma:
      case FamilyId::gamma:
      case FamilyId::scaled_inverse_chi_square:
      case FamilyId::inverse_wishart:
      case FamilyId::wishart:
        return true;
      default:
        return false;
    }
  }

  /// What is sampled in the place of a scale: prior.value^power, the power being 1 or -1.
  static double sampled_power(const Density& prior) {
    return prior.family == FamilyId::inverse_gamma ||
                   prior.family == FamilyId::scaled_inverse_chi_square
               ? -1
               : 1;
  }

  std::string inverse(const Expr& e, const LoopPlace& at) {
    // The inverse of an unknown whose precision is what is sampled.
    SymbolId id = -1;
    double exponent = 1;
    if (e->op == Op::symbol) id = e->symbol;
    if (e->op == Op::power && e->args[0]->op == Op::symbol && e->args[1]->op == Op::number) {
      id = e->args[0]->symbol;
      exponent = e->args[1]->number;
    }
    const auto found = precisions_.find(id);
    if (found != precisions_.end()) {
      const Symbol& s = model()[id];
      const Density& prior = stated_prior(model(), id);
      const std::string precision = writer_.entry(found->second, s.plate, s.shape, at);
      if (!s.shape.is_scalar()) return precision;
      if (exponent_of(prior.value) * sampled_power(prior) == -exponent) return precision;
    }
    if (!e->shape.is_scalar()) return fmt::format("inverse({})", writer_.text(e, at));
    return fmt::format("(1 / {})", writer_.text(e, at));
  }

  /// 1 / v or inverse(V), constants computed here.
  std::string precision(const Expr& variance, const LoopPlace& at) {
    const Expr inverse = lmmdsl::inverse(variance);
    return writer_.text(inverse, at);
  }

  std::string statement(const Density& d) {
    const LoopPlace at{d.plate, d.plate.once() ? "" : "i"};
    writer_.before.clear();
    std::vector<std::string> lines = d.target >= 0 ? prior_lines(d, at) : likelihood_lines(d, at);
    lines.insert(lines.begin(), writer_.before.begin(), writer_.before.end());
    return loop(lines, d.plate);
  }

  std::string loop(const std::vector<std::string>& lines, const Plate& plate) {
    std::string text;
    if (!plate.once()) text = fmt::format("  for (i in 1:{}) {{\n", writer_.size(plate));
    for (const std::string& line : lines) text += (plate.once() ? "  " : "    ") + line + '\n';
    return text + (plate.once() ? "" : "  }\n");
  }

  std::string normal(const Density& d, const LoopPlace& at) {
    if (d.value->shape.is_scalar())
      return fmt::format("dnorm({}, {})", writer_.text(d.args[0], at), precision(d.args[1], at));
    return fmt::format("dmnorm({}, {})", writer_.text(d.args[0], at), precision(d.args[1], at));
  }

  std::vector<std::string> likelihood_lines(const Density& d, const LoopPlace& at) {
    const std::string value = writer_.response(d, at);
    if (const auto density = writer_.density(d, at)) return {value + " ~ " + *density};
    switch (d.family) {
      case FamilyId::normal:
        return {value + " ~ " + normal(d, at)};
      case FamilyId::truncated_normal: {
        const auto limit = [&](std::size_t k) {
          return is_given(d.args[k]) ? writer_.text(d.args[k], at) : "";
        };
        return {fmt::format("{} ~ {} T({}, {})", value, normal(d, at), limit(2), limit(3))};
      }
      case FamilyId::gamma:
        return {fmt::format("{} ~ dgamma({}, {})", value, writer_.text(d.args[0], at),
                            writer_.text(d.args[1], at))};
      case FamilyId::inverse_gamma: {
        const std::string inverse = writer_.constant(power(d.value, -1), at);
        return {fmt::format("{} ~ dgamma({}, {})", inverse, writer_.text(d.args[0], at),
                            writer_.text(d.args[1], at))};
      }
      case FamilyId::categorical:
        return {fmt::format("{} ~ dcat({})", value, writer_.text(d.args[0], at))};
      default:
        throw Inexpressible{
            d.span,
            fmt::format("the distribution {} is not written for JAGS", family(d.family).name), ""};
    }
  }

  std::vector<std::string> prior_lines(const Density& d, const LoopPlace& at) {
    const Symbol& s = model()[d.target];
    const std::string self = writer_.entry(writer_.name(d.target), s.plate, s.shape, at);
    if (d.family == FamilyId::normal) {
      if (d.value->op != Op::symbol)
        throw Inexpressible{
            d.span, "a Normal prior on a function of an unknown is not written for JAGS", ""};
      const auto limit = [&](const Expr& e) { return e ? writer_.text(e, at) : ""; };
      std::string lower = limit(d.lower);
      if (lower.empty() && s.positive && s.shape.is_scalar()) lower = "0";
      const std::string upper = limit(d.upper);
      if (lower.empty() && upper.empty()) return {self + " ~ " + normal(d, at)};
      return {fmt::format("{} ~ {} T({},{})", self, normal(d, at), lower, upper)};
    }
    if (d.family == FamilyId::categorical)
      return {fmt::format("{} ~ dcat({})", self, writer_.text(d.args[0], at))};
    if (d.family == FamilyId::dirichlet)
      return {fmt::format("{} ~ ddirch({})", self, writer_.text(d.args[0], at))};
    if (d.value->op == Op::symbol)
      if (const auto density = writer_.density(d, at)) return {self + " ~ " + *density};
    const auto found = precisions_.find(d.target);
    if (found == precisions_.end())
      throw Inexpressible{
          d.span,
          d.family == FamilyId::flat
              ? std::string("JAGS has no flat priors")
              : fmt::format("the distribution {} is not written for JAGS", family(d.family).name),
          d.family == FamilyId::flat
              ? "give it a proper one, `Normal(0, 1e6)` for a coefficient or `InverseGamma(0.001, "
                "0.001)` for a variance"
              : ""};
    if (d.lower || d.upper)
      throw Inexpressible{d.span,
                          fmt::format("bounds of the distribution {} are not written for JAGS",
                                      family(d.family).name),
                          ""};
    const std::string sampled = writer_.entry(found->second, s.plate, s.shape, at);
    const auto arg = [&](std::size_t k) { return writer_.text(d.args[k], at); };
    switch (d.family) {
      case FamilyId::inverse_gamma:
      case FamilyId::gamma: {
        const double k = exponent_of(d.value) * sampled_power(d);
        return {fmt::format("{} ~ dgamma({}, {})", sampled, arg(0), arg(1)),
                fmt::format("{} <- pow({}, {})", self, sampled, 1 / k)};
      }
      case FamilyId::scaled_inverse_chi_square: {
        const double k = -exponent_of(d.value);
        return {fmt::format("{} ~ dgamma({} / 2, {} * {} / 2)", sampled, arg(0), arg(0), arg(1)),
                fmt::format("{} <- pow({}, {})", self, sampled, 1 / k)};
      }
      default: {
        // dwish(R, k) has mean k R^-1. The precision of an inverse Wishart (df, S) is Wishart with
        // R = S; that of a Wishart (df, V) has R = V^-1.
        const bool wishart = d.family == FamilyId::wishart;
        const bool of_inverse = d.value->op == Op::inverse;
        if (wishart != of_inverse)
          throw Inexpressible{d.span,
                              "only a covariance with an inverse Wishart prior, or a Wishart prior "
                              "on its inverse, is written for JAGS",
                              ""};
        const std::string R = wishart ? precision(d.args[1], at) : arg(1);
        return {fmt::format("{} ~ dwish({}, {})", sampled, R, arg(0)),
                fmt::format("{} <- inverse({})", self, sampled)};
      }
    }
  }

  std::string definition(SymbolId id) {
    const Symbol& s = model()[id];
    if (!s.reported) return "";
    if (!s.shape.is_scalar()) return "  # " + writer_.leave_out(id, "it is not a scalar");
    if (may_lack_mean(model(), s.definition))
      return "  # " +
             writer_.leave_out(id, "its denominator can be 0, as it is at JAGS's first values");
    const LoopPlace at{s.plate, s.plate.once() ? "" : "i"};
    writer_.before.clear();
    try {
      const std::string line =
          fmt::format("{} <- {}", writer_.entry(writer_.name(id), s.plate, s.shape, at),
                      writer_.text(inline_derived(model(), s.definition), at));
      std::vector<std::string> lines = writer_.before;
      lines.push_back(line);
      defined_.push_back(id);
      return loop(lines, s.plate);
    } catch (const Inexpressible& e) {
      return "  # " + writer_.leave_out(id, e.what);
    }
  }

  std::string script() {
    std::string text =
        fmt::format("model in \"model.jags\"\ndata in \"data.R\"\ncompile, nchains({})\n", kChains);
    for (int chain = 1; chain <= kChains; ++chain)
      text += fmt::format("parameters in \"chain-{0}.R\", chain({0})\n", chain);
    text += "initialize\nupdate 1000\n";
    for (const SymbolId p : model().parameters())
      if (model()[p].levels == 0) text += fmt::format("monitor {}\n", writer_.name(p));
    for (const SymbolId p : defined_) text += fmt::format("monitor {}\n", writer_.name(p));
    return text + "update 10000\ncoda *\n";
  }

  ProgramWriter writer_;
  std::map<SymbolId, std::string> precisions_;
  std::vector<SymbolId> defined_;
};

}  // namespace

ProgramTarget jags_target() {
  ProgramTarget t;
  t.name = "jags";
  t.doc = "model.jags, data.R and run.jags: `jags run.jags`";
  t.functions = {{Op::exp, "exp"},
                 {Op::log, "log"},
                 {Op::sqrt, "sqrt"},
                 {Op::abs, "abs"},
                 {Op::phi, "phi"},
                 {Op::logit, "logit"},
                 {Op::invlogit, "ilogit"},
                 {Op::minimum, "min"},
                 {Op::maximum, "max"},
                 {Op::log_determinant, "logdet"},
                 {Op::sum_components, "sum"},
                 {Op::mean_components, "mean"},
                 {Op::min_components, "min"},
                 {Op::max_components, "max"}};
  t.density_patterns = {{FamilyId::bernoulli, "dbern({0})"},
                        {FamilyId::binomial, "dbin({1}, {0})"},
                        {FamilyId::poisson, "dpois({0})"},
                        {FamilyId::beta, "dbeta({0}, {1})"},
                        {FamilyId::exponential, "dexp({0})"},
                        {FamilyId::half_cauchy, "dt(0, pow({0}, -2), 1) T(0,)"},
                        {FamilyId::half_normal, "dnorm(0, pow({0}, -2)) T(0,)"}};
  t.reserved = {"for", "in", "data", "model", "var", "if", "else", "function", "T", "I", "i"};
  t.write = [](const ProgramTarget& target, const Bound& bound) {
    return Jags(target, bound).write();
  };
  return t;
}

}  // namespace lmmdsl
