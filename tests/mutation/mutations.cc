#include "mutation/mutations.h"

#include <Eigen/Dense>
#include <cmath>
#include <memory>

#include "compiler/math/sums.h"

namespace lmmdsl::testing {

namespace {

using Terms = std::vector<Expr>;

Expr times(double factor, const Expr& e) { return multiply({number(factor), e}); }

// ---- ways to plant ---------------------------------------------------------------------------

/// What a rule contributes as it is.
Terms terms(const char* rule, const Site& s) {
  for (const Rule& r : real::rules())
    if (r.info.name == rule) return r.contribution(s);
  return {};
}

/// One rule with another contribution.
std::function<void(Hooks&)> rule(const char* name, Terms (*contribution)(const Site&)) {
  auto table = std::make_shared<std::vector<Rule>>(real::rules());
  for (Rule& r : *table)
    if (r.info.name == name) r.contribution = contribution;
  return [table](Hooks& h) { h.rules = [table]() -> const std::vector<Rule>& { return *table; }; };
}

/// Priors of one family with other natural parameters.
std::function<void(Hooks&)> prior(FamilyId family, void (*change)(PriorForm&)) {
  return [=](Hooks& h) {
    h.prior_forms = [=](const Density& d, const Expr& target, double exponent) {
      auto forms = real::prior_forms(d, target, exponent);
      if (d.family == family)
        for (PriorForm& form : forms) change(form);
      return forms;
    };
  };
}

/// The oracle with other arguments for one family.
std::function<void(Hooks&)> oracle(FamilyId family, void (*change)(Matrices&)) {
  return [=](Hooks& h) {
    h.reference_log_density = [=](FamilyId id, const Matrix& x, const Matrices& args) {
      Matrices changed = args;
      if (id == family) change(changed);
      return real::reference_log_density(id, x, changed);
    };
  };
}

/// Draws from one family with other arguments.
std::function<void(Hooks&)> draws(FamilyId family, void (*change)(Matrices&)) {
  return [=](Hooks& h) {
    h.draw_from = [=](FamilyId id, const Matrices& args, Random& random) {
      Matrices changed = args;
      if (id == family) change(changed);
      return real::draw_from(id, changed, random);
    };
  };
}

/// The row of one family with another log density.
std::function<void(Hooks&)> row(FamilyId family, Expr (*density)(const Expr&, const Terms&)) {
  auto changed = std::make_shared<Family>(real::family(family));
  changed->log_density = density;
  return [=](Hooks& h) {
    h.family = [=](FamilyId id) -> const Family& {
      return id == family ? *changed : real::family(id);
    };
  };
}

std::function<void(Program&)> conditional(const char* parameter, void (*change)(Conditional&)) {
  return [=](Program& p) {
    for (Conditional& c : p.conditionals)
      if ((*p.model)[c.target].name == parameter) change(c);
  };
}

int index_of(const Program& p, const char* parameter) {
  for (std::size_t c = 0; c < p.conditionals.size(); ++c)
    if ((*p.model)[p.conditionals[c].target].name == parameter) return static_cast<int>(c);
  throw std::logic_error("no such parameter");
}

/// The step of a textbook schedule that draws the parameter.
PlanStep& step(Program& p, const char* parameter) {
  const int c = index_of(p, parameter);
  for (PlanStep& s : p.plan.steps)
    if (s.targets == std::vector<int>{c}) return s;
  throw std::logic_error("no such step");
}

std::vector<int>& natural(Program& p, const char* parameter) {
  return p.plan.natural[static_cast<std::size_t>(index_of(p, parameter))];
}

void collect(Conditional& c) {
  c.parameters.clear();
  for (std::size_t i = 0; i < c.prior.terms.size(); ++i) {
    Terms sum = {c.prior.terms[i]};
    for (const Contribution& l : c.likelihood) sum.push_back(l.terms[i]);
    c.parameters.push_back(add(std::move(sum)));
  }
}

Matrix inverse_of(const Matrix& m) { return m.inverse(); }

/// The last term of each sum left out.
void lose_terms(Work& w, void (*kernel)(Work&)) {
  if (w.terms < 2) return kernel(w);
  Work fewer = w;
  fewer.terms = w.terms - 1;
  kernel(fewer);
}

// ---- rules: what a density contributes ---------------------------------------------------------

void add_rule_errors(std::vector<Mutation>& all) {
  const auto plant = [&](const char* name, std::size_t model, const char* which,
                         Terms (*contribution)(const Site&)) {
    all.push_back(
        {std::string(which) + ": " + name, Kind::value, model, rule(which, contribution)});
  };
  plant("precision halved", 0, "normal_mean", [](const Site& s) {
    Terms t = terms("normal_mean", s);
    return Terms{times(0.5, t[0]), t[1]};
  });
  plant("sign of the shift", 0, "normal_mean", [](const Site& s) {
    Terms t = terms("normal_mean", s);
    return Terms{t[0], negate(t[1])};
  });
  plant("offset added, not subtracted", 0, "normal_mean", [](const Site& s) {
    Site wrong = s;
    wrong.b = negate(s.b);
    return terms("normal_mean", wrong);
  });
  plant("offset left out", 9, "normal_mean", [](const Site& s) {
    Terms t = terms("normal_mean", s);
    Site without = s;
    without.b = subtract(s.b, s.b);
    return Terms{t[0], terms("normal_mean", without)[1]};
  });
  plant("coefficient once in the precision", 0, "normal_mean", [](const Site& s) {
    Terms t = terms("normal_mean", s);
    return Terms{s.x->shape.is_scalar() && s.A->shape.is_scalar()
                     ? multiply({transpose(s.A), inverse(s.args[1])})
                     : t[0],
                 t[1]};
  });
  plant("variance for precision", 0, "normal_mean", [](const Site& s) {
    Site wrong = s;
    wrong.args[1] = inverse(s.args[1]);
    return terms("normal_mean", wrong);
  });
  plant("squared residuals not halved", 0, "normal_variance", [](const Site& s) {
    Terms t = terms("normal_variance", s);
    return Terms{t[0], times(2, t[1])};
  });
  plant("one for a half in the shape", 0, "normal_variance", [](const Site& s) {
    Terms t = terms("normal_variance", s);
    return Terms{times(2, t[0]), t[1]};
  });
  plant("known factor of the variance left out", 0, "normal_variance", [](const Site& s) {
    Site wrong = s;
    if (s.x->shape.is_scalar()) wrong.c = number(1);
    return terms("normal_variance", wrong);
  });
  plant("residuals about zero", 5, "normal_variance", [](const Site& s) {
    Site wrong = s;
    wrong.args[0] = subtract(s.args[0], s.args[0]);
    return terms("normal_variance", wrong);
  });
  plant("a vector counted as one", 1, "normal_precision", [](const Site& s) {
    Terms t = terms("normal_precision", s);
    return Terms{number(0.5), t[1]};
  });
  plant("rate for scale of the residuals", 5, "normal_precision", [](const Site& s) {
    Terms t = terms("normal_precision", s);
    return Terms{t[0], negate(times(0.5, t[1]))};
  });
  plant("two degrees of freedom", 3, "normal_covariance", [](const Site& s) {
    Terms t = terms("normal_covariance", s);
    return Terms{number(2), t[1]};
  });
  plant("weight multiplied, not divided", 3, "normal_covariance", [](const Site& s) {
    Site wrong = s;
    wrong.c = power(s.c, -1);
    return terms("normal_covariance", wrong);
  });
  plant("mean left out", 2, "normal_precision_matrix", [](const Site& s) {
    Site wrong = s;
    wrong.args[0] = zeros(s.args[0]->shape);
    return terms("normal_precision_matrix", wrong);
  });
  plant("no degree of freedom", 2, "normal_precision_matrix", [](const Site& s) {
    Terms t = terms("normal_precision_matrix", s);
    return Terms{number(0), t[1]};
  });
  plant("shape off by one", 6, "gamma_rate", [](const Site& s) {
    Terms t = terms("gamma_rate", s);
    return Terms{add({t[0], number(1)}), t[1]};
  });
  plant("quotient for product", 6, "gamma_rate", [](const Site& s) {
    Terms t = terms("gamma_rate", s);
    return Terms{t[0], divide(s.c, s.x)};
  });
  plant("product for quotient", 6, "inverse_gamma_scale", [](const Site& s) {
    Terms t = terms("inverse_gamma_scale", s);
    return Terms{t[0], multiply({s.c, s.x})};
  });
  plant("shape left out", 7, "inverse_gamma_inverse_scale", [](const Site& s) {
    Terms t = terms("inverse_gamma_inverse_scale", s);
    return Terms{number(0), t[1]};
  });
  plant("known factor left out", 7, "gamma_inverse_rate", [](const Site& s) {
    Site wrong = s;
    wrong.c = number(1);
    return terms("gamma_inverse_rate", wrong);
  });
  plant("half the degrees of freedom", 3, "inverse_wishart_scale", [](const Site& s) {
    Terms t = terms("inverse_wishart_scale", s);
    return Terms{times(0.5, t[0]), t[1]};
  });
  plant("matrix for its inverse", 3, "inverse_wishart_inverse_scale", [](const Site& s) {
    Terms t = terms("inverse_wishart_inverse_scale", s);
    return Terms{t[0], multiply({s.c, s.x})};
  });
  plant("known factor on the wrong side", 4, "wishart_scale", [](const Site& s) {
    Terms t = terms("wishart_scale", s);
    return Terms{t[0], multiply({s.c, s.x})};
  });
  plant("degrees of freedom off by one", 4, "wishart_inverse_scale", [](const Site& s) {
    Terms t = terms("wishart_inverse_scale", s);
    return Terms{add({t[0], number(1)}), t[1]};
  });
}

// ---- derivation: what is collected -------------------------------------------------------------

void add_derivation_errors(std::vector<Mutation>& all) {
  const auto plant = [&](const char* name, std::size_t model, std::function<void(Hooks&)> how) {
    all.push_back({name, Kind::value, model, std::move(how)});
  };
  const auto change = [&](const char* name, std::size_t model, const char* parameter,
                          void (*how)(Conditional&)) {
    all.push_back({name, Kind::value, model, {}, conditional(parameter, how)});
  };
  plant("prior of a mean: variance for precision", 5,
        prior(FamilyId::normal, [](PriorForm& f) { f.parameters[0] = inverse(f.parameters[0]); }));
  plant("prior of a mean: precision not multiplied by the mean", 0,
        prior(FamilyId::normal, [](PriorForm& f) {
          f.parameters[1] = multiply({inverse(f.parameters[0]), f.parameters[1]});
        }));
  plant("prior of a precision matrix: scale for its inverse", 2,
        prior(FamilyId::wishart, [](PriorForm& f) { f.parameters[1] = inverse(f.parameters[1]); }));
  plant("prior of a variance: shape off by one", 0,
        prior(FamilyId::inverse_gamma, [](PriorForm& f) {
          f.parameters[0] = add({f.parameters[0], number(1)});
        }));
  plant("prior of a variance: rate for scale", 0, prior(FamilyId::inverse_gamma, [](PriorForm& f) {
          f.parameters[1] = inverse(f.parameters[1]);
        }));
  plant("prior of a covariance: rows added to the degrees of freedom", 3,
        prior(FamilyId::inverse_wishart, [](PriorForm& f) {
          f.parameters[0] = add({f.parameters[0], number(2)});
        }));
  plant("prior of a variance: Jacobian of the standard deviation counted", 2,
        prior(FamilyId::inverse_gamma, [](PriorForm& f) {
          f.parameters[0] = add({f.parameters[0], number(0.5)});
        }));
  plant("scaled inverse chi-square: degrees of freedom not halved", 5,
        prior(FamilyId::scaled_inverse_chi_square,
              [](PriorForm& f) { f.parameters[0] = times(2, f.parameters[0]); }));
  change("prior of a mean left out", 0, "m", [](Conditional& c) {
    c.prior.terms = {number(0), number(0)};
    collect(c);
  });
  change("prior of a variance left out", 5, "va", [](Conditional& c) {
    c.prior.terms = {number(0), number(0)};
    collect(c);
  });
  change("second likelihood of a mean left out", 0, "m", [](Conditional& c) {
    c.likelihood.pop_back();
    collect(c);
  });
  change("second likelihood of a variance left out", 0, "v", [](Conditional& c) {
    c.likelihood.pop_back();
    collect(c);
  });
  change("prior whose variance is scaled by the error variance forgotten", 1, "s",
         [](Conditional& c) {
           c.likelihood.pop_back();
           collect(c);
         });
  change("likelihood counted twice", 2, "t", [](Conditional& c) {
    c.likelihood.push_back(c.likelihood.front());
    collect(c);
  });
  change("all groups' rows for one group's", 5, "a", [](Conditional& c) {
    for (Expr& p : c.parameters)
      p = rewrite(p, [](const Expr& e) -> Expr {
        if (e->op != Op::sum_over) return nullptr;
        return sum_over(e->args[0], e->over, once_plate());
      });
  });
  change("gamma for inverse gamma", 0, "v", [](Conditional& c) { c.family = UpdateFamily::gamma; });
  change("inverse gamma for gamma", 6, "q",
         [](Conditional& c) { c.family = UpdateFamily::inverse_gamma; });
  change("Wishart for inverse Wishart", 3, "U",
         [](Conditional& c) { c.family = UpdateFamily::wishart; });
  change("shape and rate exchanged", 6, "r",
         [](Conditional& c) { std::swap(c.parameters[0], c.parameters[1]); });
  change("variance drawn as the standard deviation", 2, "s",
         [](Conditional& c) { c.exponent = 1; });
  change("coefficient matrix transposed", 3, "R", [](Conditional& c) {
    // A matrix that is symmetric but for an entry.
    const Expr skew = vcat({hcat({number(1), number(0.2)}), hcat({number(0), number(1)})});
    c.parameters[1] = multiply({skew, c.parameters[1], transpose(skew)});
  });
}

// ---- conventions: what an argument means -------------------------------------------------------

void add_convention_errors(std::vector<Mutation>& all) {
  const auto plant = [&](const char* name, std::size_t model, std::function<void(Hooks&)> how) {
    all.push_back({name, Kind::convention, model, std::move(how)});
  };
  const auto inverted = [](Matrices& a) { a[1] = inverse_of(a[1]); };
  const auto squared = [](Matrices& a) { a[1] = a[1] * a[1]; };
  const auto one_more = [](Matrices& a) { a[0](0, 0) += 1; };
  plant("oracle: sd for variance", 0, oracle(FamilyId::normal, squared));
  plant("oracle: scale for rate of a gamma", 6, oracle(FamilyId::gamma, inverted));
  plant("oracle: rate for scale of an inverse gamma", 0, oracle(FamilyId::inverse_gamma, inverted));
  plant("oracle: inverse scale of a Wishart", 2, oracle(FamilyId::wishart, inverted));
  plant("oracle: inverse scale of an inverse Wishart", 3,
        oracle(FamilyId::inverse_wishart, inverted));
  plant("oracle: degrees of freedom of an inverse Wishart off by one", 3,
        oracle(FamilyId::inverse_wishart, one_more));
  plant("oracle: sd for variance of a scaled inverse chi-square", 5,
        oracle(FamilyId::scaled_inverse_chi_square, squared));
  plant("draws: sd for variance", 0, draws(FamilyId::normal, squared));
  plant("draws: scale for rate of a gamma", 6, draws(FamilyId::gamma, inverted));
  plant("draws: rate for scale of an inverse gamma", 0, draws(FamilyId::inverse_gamma, inverted));
  plant("draws: inverse scale of a Wishart", 2, draws(FamilyId::wishart, inverted));
  plant("draws: degrees of freedom of an inverse Wishart off by one", 3,
        draws(FamilyId::inverse_wishart, one_more));
  plant("row: sd for variance", 0, row(FamilyId::normal, [](const Expr& x, const Terms& a) {
          return real::family(FamilyId::normal)
              .log_density(x,
                           {a[0], x->shape.is_scalar() ? power(a[1], 2) : multiply({a[1], a[1]})});
        }));
  plant("row: scale for rate of a gamma", 6,
        row(FamilyId::gamma, [](const Expr& x, const Terms& a) {
          return real::family(FamilyId::gamma).log_density(x, {a[0], inverse(a[1])});
        }));
  plant("row: rate for scale of an inverse gamma", 0,
        row(FamilyId::inverse_gamma, [](const Expr& x, const Terms& a) {
          return real::family(FamilyId::inverse_gamma).log_density(x, {a[0], inverse(a[1])});
        }));
  plant("row: inverse scale of a Wishart", 2,
        row(FamilyId::wishart, [](const Expr& x, const Terms& a) {
          return real::family(FamilyId::wishart).log_density(x, {a[0], inverse(a[1])});
        }));
  plant("row: a normalising constant left out", 0,
        row(FamilyId::normal, [](const Expr& x, const Terms& a) {
          return add({real::family(FamilyId::normal).log_density(x, a), number(0.91893853320467)});
        }));
  // One mistake in every place, as by one who has misread a book: whatever is compared agrees.
  plant("a gamma's rate taken for a scale everywhere", 1, [](Hooks& h) {
    const auto inverted = [](Matrices& a) { a[1] = inverse_of(a[1]); };
    oracle(FamilyId::gamma, inverted)(h);
    draws(FamilyId::gamma, inverted)(h);
    row(FamilyId::gamma, [](const Expr& x, const Terms& a) {
      return real::family(FamilyId::gamma).log_density(x, {a[0], inverse(a[1])});
    })(h);
    prior(FamilyId::gamma, [](PriorForm& f) { f.parameters[1] = inverse(f.parameters[1]); })(h);
  });
  plant("a Wishart's scale taken for its inverse everywhere", 2, [](Hooks& h) {
    const auto inverted = [](Matrices& a) { a[1] = inverse_of(a[1]); };
    oracle(FamilyId::wishart, inverted)(h);
    draws(FamilyId::wishart, inverted)(h);
    row(FamilyId::wishart, [](const Expr& x, const Terms& a) {
      return real::family(FamilyId::wishart).log_density(x, {a[0], inverse(a[1])});
    })(h);
    prior(FamilyId::wishart, [](PriorForm& f) { f.parameters[1] = inverse(f.parameters[1]); })(h);
  });
}

// ---- generators, kernels, order ----------------------------------------------------------------

void add_sampling_errors(std::vector<Mutation>& all) {
  const auto plant = [&](const char* name, std::size_t model, std::function<void(Hooks&)> how) {
    all.push_back({name, Kind::sampling, model, std::move(how)});
  };
  plant("gamma draws: a half too much in the shape", 7, [](Hooks& h) {
    h.log_gamma_variate = [](Random& r, double a) { return real::log_gamma_variate(r, a + 0.5); };
  });
  plant("gamma draws: logarithm not negated for an inverse", 7, [](Hooks& h) {
    h.log_gamma_variate = [](Random& r, double a) { return -real::log_gamma_variate(r, a); };
  });
  plant("normal draws: standard deviation 1.1", 5,
        [](Hooks& h) { h.normal = [](Random& r) { return 1.1 * real::normal(r); }; });
  plant("normal draws: absolute values", 0,
        [](Hooks& h) { h.normal = [](Random& r) { return std::abs(real::normal(r)); }; });
  plant("normal vectors: factor not transposed", 10, [](Hooks& h) {
    h.normal_by_precision = [](Random& r, int p, const double* P, const double* shift,
                               double* out) {
      const Matrix precision = Eigen::Map<const Matrix>(P, p, p);
      const Eigen::LLT<Matrix> llt(precision.selfadjointView<Eigen::Lower>());
      Eigen::VectorXd z(p);
      for (double& x : z) x = real::normal(r);
      Eigen::Map<Eigen::VectorXd>(out, p) =
          llt.solve(Eigen::Map<const Eigen::VectorXd>(shift, p)) + llt.matrixL().solve(z);
      return true;
    };
  });
  plant("normal vectors: covariance for its factor", 2, [](Hooks& h) {
    h.normal_by_precision = [](Random& r, int p, const double* P, const double* shift,
                               double* out) {
      const Matrix precision = Eigen::Map<const Matrix>(P, p, p);
      const Eigen::LLT<Matrix> llt(precision.selfadjointView<Eigen::Lower>());
      Eigen::VectorXd z(p);
      for (double& x : z) x = real::normal(r);
      const Eigen::VectorXd h = Eigen::Map<const Eigen::VectorXd>(shift, p);
      Eigen::Map<Eigen::VectorXd>(out, p) = llt.solve(h + z);
      return true;
    };
  });
  plant("normal vectors: the mean alone", 1, [](Hooks& h) {
    h.normal_by_precision = [](Random&, int p, const double* P, const double* shift, double* out) {
      const Matrix precision = Eigen::Map<const Matrix>(P, p, p);
      const Eigen::LLT<Matrix> llt(precision.selfadjointView<Eigen::Lower>());
      Eigen::Map<Eigen::VectorXd>(out, p) = llt.solve(Eigen::Map<const Eigen::VectorXd>(shift, p));
      return true;
    };
  });
  plant("Wishart draws: a degree of freedom too few", 4, [](Hooks& h) {
    h.wishart_variate = [](Random& r, int p, double df, const double* S, double* out) {
      return real::wishart_variate(r, p, df - 1, S, out);
    };
  });
  plant("Wishart draws: off-diagonal entries lost", 4, [](Hooks& h) {
    h.wishart_variate = [](Random& r, int p, double df, const double* S, double* out) {
      const bool drawn = real::wishart_variate(r, p, df, S, out);
      for (int i = 0; i < p; ++i)
        for (int j = 0; j < p; ++j)
          if (i != j) out[i * p + j] = 0;
      return drawn;
    };
  });
  plant("inverse Wishart draws: two degrees of freedom too many", 3, [](Hooks& h) {
    h.inverse_wishart_variate = [](Random& r, int p, double df, const double* S, double* out) {
      return real::inverse_wishart_variate(r, p, df + 2, S, out);
    };
  });
  plant("inverse Wishart draws: scale inverted", 2, [](Hooks& h) {
    h.inverse_wishart_variate = [](Random& r, int p, double df, const double* S, double* out) {
      const Matrix inverse = Eigen::Map<const Matrix>(S, p, p).inverse();
      return real::inverse_wishart_variate(r, p, df, inverse.data(), out);
    };
  });
  plant("sums: the last term lost", 5,
        [](Hooks& h) { h.sum_kernel = [](Work& w) { lose_terms(w, real::sum_kernel); }; });
  plant("sums: two groups exchanged", 5, [](Hooks& h) {
    h.sum_kernel = [](Work& w) {
      real::sum_kernel(w);
      if (w.elements > 1) std::swap_ranges(w.block(0), w.block(0) + w.size(), w.block(1));
    };
  });
  plant("triangles: the last row lost", 9, [](Hooks& h) {
    h.triangle_kernel = [](Work& w) { lose_terms(w, real::triangle_kernel); };
  });
  plant("triangles: weights left out", 9, [](Hooks& h) {
    h.triangle_kernel = [](Work& w) {
      static const double one = 1;
      Work without = w;
      without.in.back().data = &one;
      without.in.back().once = true;
      real::triangle_kernel(without);
    };
  });
  plant("distances: what no coefficients can fit left out", 0, [](Hooks& h) {
    h.distance_kernel = [](Work& w) {
      real::distance_kernel(w);
      const int k = w.in[0].rows;
      for (std::size_t e = 0; e < w.elements; ++e) {
        const double corner = w.in[0].at(e)[k * k - 1];
        w.out[e] -= corner * corner;
      }
    };
  });
  plant("inverses: off-diagonal entries with the wrong sign", 2, [](Hooks& h) {
    h.inverse_kernel = [](Work& w) {
      real::inverse_kernel(w);
      for (std::size_t e = 0; e < w.elements; ++e)
        for (int i = 0; i < w.rows; ++i)
          for (int j = 0; j < w.cols; ++j)
            if (i != j) w.block(e)[i + j * w.rows] *= -1;
    };
  });
  plant("products: square matrices transposed", 10, [](Hooks& h) {
    h.multiply_kernel = [](Work& w) {
      real::multiply_kernel(w);
      if (w.rows != w.cols) return;
      for (std::size_t e = 0; e < w.elements; ++e)
        Eigen::Map<Matrix>(w.block(e), w.rows, w.cols).transposeInPlace();
    };
  });
  plant("transposes: left out for square matrices", 10, [](Hooks& h) {
    h.transpose_kernel = [](Work& w) {
      if (w.rows != w.cols) return real::transpose_kernel(w);
      for (std::size_t e = 0; e < w.elements; ++e) std::copy_n(w.in[0].at(e), w.size(), w.block(e));
    };
  });

  const auto change = [&](const char* name, std::size_t model, std::function<void(Program&)> how) {
    all.push_back({name, Kind::sampling, model, {}, {}, std::move(how)});
  };
  change("order: nothing recomputed before a draw", 8,
         [](Program& p) { step(p, "l").refresh.clear(); });
  change("order: a residual sum not recomputed", 5,
         [](Program& p) { step(p, "v").refresh.pop_back(); });
  change("order: what one draw needs recomputed after the next", 5,
         [](Program& p) { std::swap(p.plan.steps[0].refresh, p.plan.steps[1].refresh); });
  change("order: two parameters of a draw exchanged", 6,
         [](Program& p) { std::swap(natural(p, "q")[0], natural(p, "q")[1]); });
  change("order: drawn from the parameters of another unknown", 7,
         [](Program& p) { natural(p, "q") = natural(p, "r"); });
  all.push_back({"order: an unknown is never drawn", Kind::sampling, 5, {}, [](Program& p) {
                   std::erase_if(p.schedule.steps, [&](const Step& s) {
                     return s.targets == std::vector<int>{index_of(p, "c")};
                   });
                 }});
  change("log joint density: a statement left out", 5,
         [](Program& p) { p.plan.log_densities.pop_back(); });

  const auto block = [&](const char* name, std::size_t model, const char* schedule,
                         void (*how)(PlanStep&)) {
    all.push_back({name,
                   Kind::sampling,
                   model,
                   {},
                   {},
                   [how](Program& p) {
                     for (PlanStep& s : p.plan.steps)
                       if (s.joint) how(s);
                   },
                   schedule});
  };
  block("joint step: couplings left out", 2, "blocked",
        [](PlanStep& s) { s.joint->couplings.clear(); });
  block("joint step: the shift of one unknown is the other's", 2, "blocked",
        [](PlanStep& s) { s.joint->shifts[0] = s.joint->shifts.back(); });
  block("joint step: nothing recomputed before", 5, "blocked",
        [](PlanStep& s) { s.refresh.clear(); });
  block("marginal step: a log density left out", 0, "marginal", [](PlanStep& s) {
    if (s.proposal) s.proposal->log_densities.pop_back();
  });
  block("marginal step: nothing recomputed for a proposal", 0, "marginal", [](PlanStep& s) {
    if (s.proposal) s.proposal->refresh.clear();
  });
}

}  // namespace

std::vector<Mutation> mutations() {
  std::vector<Mutation> all;
  add_rule_errors(all);
  add_derivation_errors(all);
  add_convention_errors(all);
  add_sampling_errors(all);
  return all;
}

}  // namespace lmmdsl::testing
