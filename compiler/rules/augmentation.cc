#include "compiler/rules/augmentation.h"

#include <algorithm>

namespace lmmdsl {

namespace {

/// A name that the model does not have: stem_x, stem_x2, ...
std::string free_name(const Model& model, const std::string& stem, const Density& density) {
  std::string of;
  if (density.target >= 0) {
    of = model[density.target].name;
  } else if (density.response >= 0) {
    of = model[density.response].name;
  }
  for (int n = 1;; ++n) {
    const std::string name = stem + "_" + of + (n > 1 ? std::to_string(n) : "");
    if (model.find(name) < 0) return name;
  }
}

}  // namespace

Expr Auxiliaries::added(const std::string& stem, const Shape& shape, Density prior, bool positive) {
  Symbol s;
  s.name = s.spelling = free_name(model_, stem, density_);
  s.role = Role::parameter;
  s.span = density_.span;
  s.plate = prior.plate;
  s.shape = shape;
  s.positive = positive;
  s.auxiliary = true;
  const SymbolId id = static_cast<SymbolId>(model_.symbols.size());
  model_.symbols.push_back(std::move(s));
  prior.target = id;
  prior.value = reference(model_, id);
  prior.span = density_.span;
  priors_.push_back(std::move(prior));
  return reference(model_, id);
}

Expr Auxiliaries::add(const std::string& stem, const Shape& shape, FamilyId family,
                      std::vector<Expr> args) {
  return add(stem, shape, family, std::move(args), density_.plate);
}

Expr Auxiliaries::add(const std::string& stem, const Shape& shape, FamilyId family,
                      std::vector<Expr> args, const Plate& plate) {
  Density prior;
  prior.family = family;
  prior.args = std::move(args);
  prior.plate = plate;
  return added(stem, shape, std::move(prior), true);
}

Expr Auxiliaries::add_real(const std::string& stem, FamilyId family, std::vector<Expr> args,
                           const Expr& lower, const Expr& upper) {
  Density prior;
  prior.family = family;
  prior.args = std::move(args);
  prior.plate = density_.plate;
  prior.lower = lower;
  prior.upper = upper;
  return added(stem, scalar_shape(), std::move(prior), false);
}

Expr Auxiliaries::add_reals(const std::string& stem, int n, FamilyId family,
                            std::vector<Expr> args) {
  Density prior;
  prior.family = family;
  prior.args = std::move(args);
  prior.plate = density_.plate;
  return added(stem, vector_shape(Dim{n}), std::move(prior), false);
}

const Augmentation& augmentation(const std::string& name) {
  return *std::find_if(augmentations().begin(), augmentations().end(),
                       [&](const Augmentation& a) { return a.info.name == name; });
}

Model augmented(Model model) {
  model.stated = model.densities;
  model.rewrites.clear();
  std::vector<Density> densities;
  for (std::size_t i = 0; i < model.stated.size(); ++i) {
    const Density& stated = model.stated[i];
    const auto row =
        std::find_if(augmentations().begin(), augmentations().end(), [&](const Augmentation& a) {
          return a.family == stated.family && (!a.applies || a.applies(model, stated));
        });
    if (row == augmentations().end()) {
      densities.push_back(stated);
      continue;
    }
    Auxiliaries more(model, stated);
    Density now = row->rewritten(stated, more);
    Rewrite rewrite{row->info.name, static_cast<int>(i), -1, {}};
    if (now.value) {
      rewrite.density = static_cast<int>(densities.size());
      densities.push_back(std::move(now));
    }
    for (const Density& prior : more.priors()) {
      rewrite.auxiliaries.push_back(prior.target);
      densities.push_back(prior);
    }
    model.rewrites.push_back(std::move(rewrite));
  }
  model.densities = std::move(densities);
  for (std::size_t d = 0; d < model.densities.size(); ++d) {
    if (model.densities[d].target >= 0)
      model.symbols[model.densities[d].target].prior = static_cast<int>(d);
  }
  return model;
}

}  // namespace lmmdsl
