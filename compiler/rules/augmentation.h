// Exact augmentations as a table. A row rewrites a density into the same density with auxiliary
// variables: their integral is the density that stood there, and given them it has a form that the
// conjugacy rules know. The rewrite is made on the Model, before any conditional is derived.
//
// Example, a robust error:
//   y ~ StudentT(nu, m, s)
//     is  y ~ Normal(m, s^2 / w)  with  w ~ Gamma(nu/2, nu/2)  integrated out
#pragma once

#include <string>
#include <vector>

#include "compiler/model/model.h"

namespace lmmdsl {

/// A row as `explain` and `lmmdsl list augmentations` show it.
struct AugmentationInfo {
  std::string name;
  std::string density;    ///< "StudentT(nu, m, s)"
  std::string rewritten;  ///< "Normal(m, s^2/w), w ~ Gamma(nu/2, nu/2)"
  std::string integral;   ///< the identity that proves it, in words of formulas
  std::string because;    ///< one sentence that teaches
  std::string reference;
};

/// Brings auxiliary variables into the model.
class Auxiliaries {
 public:
  Auxiliaries(Model& model, const Density& density) : model_(model), density_(density) {}

  /// A new parameter with its prior, on the density's plate, or on `plate`. Its name is `stem_x`
  /// for a density of x. `args` may mention variables that were added before.
  Expr add(const std::string& stem, const Shape& shape, FamilyId family, std::vector<Expr> args);
  Expr add(const std::string& stem, const Shape& shape, FamilyId family, std::vector<Expr> args,
           const Plate& plate);
  /// The same on the whole real line, known to lie between two bounds (null: none).
  Expr add_real(const std::string& stem, FamilyId family, std::vector<Expr> args,
                const Expr& lower = nullptr, const Expr& upper = nullptr);
  /// Several numbers that are drawn together, as one vector.
  Expr add_reals(const std::string& stem, int n, FamilyId family, std::vector<Expr> args);

  const Model& model() const { return model_; }
  const std::vector<Density>& priors() const { return priors_; }

 private:
  Expr added(const std::string& stem, const Shape& shape, Density prior, bool positive);

  Model& model_;
  const Density& density_;
  std::vector<Density> priors_;
};

struct Augmentation {
  AugmentationInfo info;
  FamilyId family;
  /// Whether the row speaks of this density; null: of all of the family. `model` is read only.
  bool (*applies)(const Model& model, const Density& density);
  /// What stands there instead, given the auxiliary variables that it adds; a density without value
  /// where only these are left.
  Density (*rewritten)(const Density& density, Auxiliaries& auxiliaries);
};

const std::vector<Augmentation>& augmentations();
const Augmentation& augmentation(const std::string& name);

/// The model with every density rewritten that a row applies to; Model::stated keeps what stood
/// there.
Model augmented(Model model);

}  // namespace lmmdsl
