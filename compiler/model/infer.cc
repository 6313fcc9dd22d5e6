// Shapes, solved over the whole file.
//
// Statements are visited until nothing new is learnt: annotations, definitions and priors first,
// the likelihoods when those have nothing more to say, derived quantities last, so that in a
// contradiction the prior counts as the declaration and the rest as its use. A name that is learnt
// about brings back the statements that mention it. What stays open afterwards is a scalar where
// the language says so (an open variance), and an error where it asks for an annotation (an open
// mean beside a scalar variance).

#include "compiler/model/infer.h"

#include <fmt/format.h>

#include "compiler/model/ast_tools.h"

namespace lmmdsl::resolution {

namespace {

class Inference {
 public:
  explicit Inference(Scope& s) : s_(s), mentioned_in_(s.names.size()) {}

  void run() {
    for (SymbolId id = 0; id < static_cast<SymbolId>(s_.names.size()); ++id) annotation(id);
    collect_jobs();
    solve();
    covariances_by_use();
    // An open variance is a scalar.
    for (const Distribution& d : s_.distributions) {
      for (std::size_t i = 0; usable(d) && i < d.slots.size(); ++i) {
        if (d.family->slots[i].shape != SlotShape::variance) continue;
        visit(d, [&](ShapeReader& reader) {
          if (reader.synth(*d.slots[i]).open()) reader.push(*d.slots[i], scalar_partial());
        });
      }
      solve();
    }
    find_open_means();
    for (SymbolId id : s_.order) {
      if (!s_[id].shape.open() || s_[id].needs_annotation || s_[id].role == Role::fit) continue;
      // A definition waits for what it is made of.
      if (s_[id].definition && !s_[id].in_error) continue;
      learn(id, scalar_partial(), s_[id].span);
      solve();
    }
    for (Name& n : s_.names) {
      if (n.shape.kind == ShapeKind::matrix && n.positive) n.positive = false, n.symmetric = true;
    }
  }

 private:
  struct Job {
    SymbolId definition = -1;
    const Distribution* distribution = nullptr;
    bool downwards = false;  ///< the definition tells its parts what they have to be
    Span span;
  };

  static bool usable(const Distribution& d) { return !d.in_error && d.family; }

  void annotation(SymbolId id) {
    Name& n = s_[id];
    if (!n.annotation) return;
    const ParamStatement& p = n.annotation->param;
    std::vector<std::optional<Dim>> sizes;
    for (const AstExpr& size : p.sizes) {
      const std::optional<int> value = literal_int(size, 1);
      if (!value) {
        s_.error(size.span, "a size is a whole number of at least 1", "",
                 fmt::format("as in  param {} : vector(3)", s_.indexed(id)));
        n.in_error = true;
        return;
      }
      sizes.push_back(Dim{*value});
    }
    PartialShape s;
    switch (p.type) {
      case ParamType::scalar:
      case ParamType::positive:
        s = scalar_partial();
        break;
      case ParamType::vector:
        s = of_kind(ShapeKind::vector);
        s.rows = sizes[0];
        break;
      case ParamType::row:
        s = of_kind(ShapeKind::row);
        s.cols = sizes[0];
        break;
      case ParamType::matrix:
        s = of_kind(ShapeKind::matrix);
        s.rows = sizes[0];
        s.cols = sizes[1];
        break;
      case ParamType::covariance:
        s = square_partial(sizes[0]);
        break;
    }
    n.shape = s;
    n.shape_from = n.annotation->span;
  }

  void collect_jobs() {
    for (SymbolId id : s_.order) {
      const Name& n = s_[id];
      if (!n.definition || n.role == Role::fit || n.in_error) continue;
      Job job;
      job.definition = id;
      job.span = n.definition->span;
      add(job, {&n.definition->define.rhs});
    }
    for (const bool likelihoods : {false, true}) {
      for (const Distribution& d : s_.distributions) {
        if (!usable(d) || (d.response >= 0) != likelihoods) continue;
        Job job;
        job.distribution = &d;
        job.span = d.span();
        add(job, {&d.lhs(), &d.text().rhs});
      }
    }
    // What a derived quantity needs of a parameter counts less than what a statement says of it.
    for (SymbolId id : s_.order) {
      const Name& n = s_[id];
      if (n.role != Role::derived || n.in_error) continue;
      Job job;
      job.definition = id;
      job.downwards = true;
      job.span = n.definition->span;
      add(job, {&n.definition->define.rhs});
      mentioned_in_[id].push_back(jobs_.size() - 1);
    }
  }

  void add(const Job& job, std::vector<const AstExpr*> expressions) {
    jobs_.push_back(job);
    waiting_.insert(jobs_.size() - 1);
    for (const AstExpr* e : expressions) {
      each_name(*e, [&](const AstExpr& n) {
        const SymbolId id = s_.find(n.text);
        if (id >= 0 && !s_[id].data) mentioned_in_[id].push_back(jobs_.size() - 1);
      });
    }
  }

  void learn(SymbolId id, const PartialShape& shape, Span statement) {
    Name& n = s_[id];
    if (n.data || n.in_error || n.role == Role::fit) return;
    const PartialShape before = n.shape;
    PartialShape what = shape;
    what.bare_identity = false;
    if (!refine(n.shape, what)) return;
    // The statement that fixed the shape is what notes refer to.
    if (!before.complete()) n.shape_from = statement;
    waiting_.insert(mentioned_in_[id].begin(), mentioned_in_[id].end());
  }

  template <class F>
  void visit(const Distribution& d, const F& f) {
    ShapeReader reader(s_, &d,
                       [&](SymbolId id, const PartialShape& shape) { learn(id, shape, d.span()); });
    f(reader);
  }

  void solve() {
    // Jobs stand in the order of their right to speak: definitions, priors, likelihoods.
    while (!waiting_.empty()) {
      const std::size_t next = *waiting_.begin();
      waiting_.erase(waiting_.begin());
      const Job& job = jobs_[next];
      if (job.definition >= 0) {
        definition(job);
      } else {
        visit(*job.distribution,
              [&](ShapeReader& reader) { distribution(reader, *job.distribution); });
      }
    }
  }

  void definition(const Job& job) {
    const AstExpr& rhs = s_[job.definition].definition->define.rhs;
    ShapeReader reader(s_, nullptr,
                       [&](SymbolId id, const PartialShape& shape) { learn(id, shape, job.span); });
    if (job.downwards) {
      reader.push(rhs, s_[job.definition].shape);
    } else {
      learn(job.definition, reader.synth(rhs), job.span);
    }
  }

  void distribution(ShapeReader& reader, const Distribution& d) {
    if (d.vector_response()) {
      const PartialShape value = response_shape(s_, d);
      for (std::size_t i = 0; i < d.slots.size(); ++i) slot_from_value(reader, d, i, value);
      return;
    }
    if (d.response >= 0) {
      reader.push(d.lhs(), scalar_partial());
      for (std::size_t i = 0; i < d.slots.size(); ++i) {
        const SlotShape slot = d.family->slots[i].shape;
        if (slot == SlotShape::levels) slot_from_value(reader, d, i, scalar_partial());
        else if (slot != SlotShape::matrix && slot != SlotShape::list)
          reader.push(*d.slots[i], scalar_partial());
      }
      return;
    }
    PartialShape value = s_[d.target].shape;
    if (d.family->matrix_values && !d.family->vector_values) {
      if (!scalar_scale(reader, d)) refine(value, square_partial(std::nullopt));
    } else if (!d.family->vector_values || d.transform != Transform::none) {
      if (!d.family->slots.empty()) refine(value, scalar_partial());
    }
    for (std::size_t i = 0; i < d.slots.size(); ++i) value_from_slot(reader, d, i, value);
    if (value.kind == ShapeKind::matrix && (value.rows || value.cols)) {
      refine(value, square_partial(value.rows ? value.rows : value.cols));
    }
    learn(d.target, value, d.span());
    value = s_[d.target].shape;
    for (std::size_t i = 0; i < d.slots.size(); ++i) slot_from_value(reader, d, i, value);
  }

  /// s2 ~ Wishart(3, 1): a slip that should not make a matrix of s2.
  bool scalar_scale(ShapeReader& reader, const Distribution& d) {
    for (std::size_t i = 0; i < d.slots.size(); ++i) {
      if (d.family->slots[i].shape == SlotShape::matrix && reader.synth(*d.slots[i]).scalar()) {
        return true;
      }
    }
    return false;
  }

  /// Sigma ~ InverseWishart(3, 0.1) says nothing of the size of Sigma, but b[g] ~ Normal(m, Sigma)
  /// does if b is a vector.
  void covariances_by_use() {
    for (const Distribution& prior : s_.distributions) {
      if (!usable(prior) || prior.target < 0 || !s_[prior.target].shape.open()) continue;
      if (!prior.family->matrix_values || prior.family->vector_values) continue;
      for (const Distribution& d : s_.distributions) {
        if (!usable(d)) continue;
        const PartialShape value = d.target >= 0 ? s_[d.target].shape : response_shape(s_, d);
        if (value.kind != ShapeKind::vector) continue;
        for (std::size_t i = 0; i < d.slots.size(); ++i) {
          const std::optional<LeftQuantity> q = quantity(*d.slots[i]);
          const bool bare = q && q->transform == Transform::none &&
                            d.family->slots[i].shape == SlotShape::variance;
          if (bare && s_.find(q->name->text) == prior.target) {
            learn(prior.target, square_partial(value.rows), d.span());
          }
        }
      }
    }
    solve();
  }

  /// What an argument says about the quantity on the left.
  void value_from_slot(ShapeReader& reader, const Distribution& d, std::size_t i,
                       PartialShape& value) {
    const PartialShape slot = reader.synth(*d.slots[i]);
    switch (d.family->slots[i].shape) {
      case SlotShape::like_value:
        if (slot.kind && !slot.scalar() && slot.kind != ShapeKind::matrix) {
          PartialShape vector = of_kind(ShapeKind::vector);
          vector.rows = length(slot);
          refine(value, vector);
        }
        break;
      case SlotShape::variance:
        if (slot.kind == ShapeKind::matrix) {
          PartialShape vector = of_kind(ShapeKind::vector);
          vector.rows = slot.rows ? slot.rows : slot.cols;
          refine(value, vector);
        }
        break;
      case SlotShape::matrix:
        if (!slot.scalar()) refine(value, square_partial(slot.rows ? slot.rows : slot.cols));
        break;
      case SlotShape::list:
        if (d.family->matrix_values && !slot.open() && !slot.scalar())
          refine(value, square_partial(length(slot)));
        break;
      case SlotShape::scalar:
      case SlotShape::levels:
        break;
    }
  }

  /// What the quantity on the left says about an argument.
  void slot_from_value(ShapeReader& reader, const Distribution& d, std::size_t i,
                       const PartialShape& value) {
    const AstExpr& argument = *d.slots[i];
    const PartialShape slot = reader.synth(argument);
    switch (d.family->slots[i].shape) {
      case SlotShape::like_value:
        if (value.scalar()) {
          reader.push(argument, value);
        } else if (value.kind == ShapeKind::vector && slot.open()) {
          if (variance_is_matrix(reader, d)) reader.push(argument, value);
        } else if (slot.kind == ShapeKind::vector) {
          reader.push(argument, value);
        }
        break;
      case SlotShape::variance:
        if (value.scalar() || d.given_as[i] == "sd") {
          reader.push(argument, scalar_partial());
        } else if (value.kind == ShapeKind::vector && slot.kind == ShapeKind::matrix) {
          reader.push(argument, square_partial(value.rows));
        }
        break;
      case SlotShape::matrix:
        reader.push(argument, square_partial(value.rows));
        break;
      case SlotShape::list:
        break;
      case SlotShape::levels:
        if (!slot.kind || slot.kind == ShapeKind::vector)
          reader.push(argument,
                      known(vector_shape(level_count(s_, d.target >= 0 ? d.target : d.response))));
        break;
      case SlotShape::scalar:
        reader.push(argument, scalar_partial());
        break;
    }
  }

  bool variance_is_matrix(ShapeReader& reader, const Distribution& d) {
    for (std::size_t i = 0; i < d.slots.size(); ++i) {
      if (d.family->slots[i].shape == SlotShape::variance) {
        return reader.synth(*d.slots[i]).kind == ShapeKind::matrix;
      }
    }
    return false;
  }

  /// beta[g] ~ Normal(m, v) with a vector beta, a scalar v, and nothing that says what m is.
  void find_open_means() {
    for (const Distribution& d : s_.distributions) {
      if (!usable(d)) continue;
      const PartialShape value = d.target >= 0 ? s_[d.target].shape : response_shape(s_, d);
      if (value.kind != ShapeKind::vector) continue;
      const std::string left = d.target >= 0 ? s_[d.target].spelling : s_.text_of(d.lhs().span);
      for (std::size_t i = 0; i < d.slots.size(); ++i) {
        if (d.family->slots[i].shape != SlotShape::like_value) continue;
        visit(d, [&](ShapeReader& reader) {
          if (!reader.synth(*d.slots[i]).open()) return;
          bool named = false;
          each_name(*d.slots[i], [&](const AstExpr& e) {
            const SymbolId id = s_.find(e.text);
            if (id < 0 || s_[id].data || !s_[id].shape.open()) return;
            named = named || s_[id].in_error || s_[id].needs_annotation;
            if (named || s_[id].definition) return;
            s_[id].needs_annotation = true;
            named = true;
            const std::string p = value.rows ? describe(*value.rows) : "p";
            s_.error(
                e.span, fmt::format("is {} a scalar or a vector?", quoted(s_[id].spelling)),
                fmt::format("{} is a vector, its variance a scalar, and both would do", left),
                fmt::format("write  param {0} : scalar  (the same mean for each component) or  "
                            "param {0} : vector({1})",
                            s_.indexed(id), p));
            s_[id].in_error = true;
          });
        });
      }
    }
  }

  Scope& s_;
  std::vector<Job> jobs_;
  std::set<std::size_t> waiting_;
  std::vector<std::vector<std::size_t>> mentioned_in_;
};

}  // namespace

void infer_shapes(Scope& scope) { Inference(scope).run(); }

}  // namespace lmmdsl::resolution
