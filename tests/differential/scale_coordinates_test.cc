// The two forms of the coordinates of covariance matrices: there and back, and their volume
// elements against each other by numerical differentiation.
#include "runtime/scale_coordinates.h"

#include <Eigen/Dense>
#include <cmath>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/run_model.h"
#include "support/site_data.h"

namespace lmmdsl::testing {
namespace {

using Vector = Eigen::VectorXd;

/// log |d to / d from| by central differences.
double log_volume(ScaleCoordinates& coordinates, const Vector& from, ScaleForm to) {
  const Eigen::Index d = from.size();
  Eigen::MatrixXd slopes(d, d);
  for (Eigen::Index i = 0; i < d; ++i) {
    const double step = 1e-5;
    Vector up = from, down = from, a(d), b(d);
    up[i] += step;
    down[i] -= step;
    REQUIRE(coordinates.convert(up.data(), to, a.data()));
    REQUIRE(coordinates.convert(down.data(), to, b.data()));
    slopes.col(i) = (a - b) / (2 * step);
  }
  return std::log(std::abs(slopes.determinant()));
}

}  // namespace

TEST_CASE("coordinates of the covariance and of the precision are of the same scales") {
  for (const std::string prior : {"V ~ InverseWishart(6, I(3))", "inv(V) ~ Wishart(6, I(3))"}) {
    const Bound bound = bind_texts(text("forms.lmm", R"(
data y, x1, x2 : real
data g : factor
X = [1, x1, x2]
y ~ Normal(X * b[g], s^2)
b[g] ~ Normal([0; 0; 0], V)
s^2 ~ InverseGamma(2, 3)
)" + prior),
                                   text("site.csv", site_table()));
    std::vector<int> scales;
    Eigen::Index corner = 0;  // of V, among the coordinates
    for (std::size_t c = 0; c < bound.program->conditionals.size(); ++c) {
      const std::string& name = (*bound.program->model)[bound.program->conditionals[c].target].name;
      if (name == "V") corner = static_cast<Eigen::Index>(scales.size());
      if (name == "V" || name == "s") scales.push_back(static_cast<int>(c));
    }
    Machine machine(*bound.plan);
    ScaleCoordinates coordinates(*bound.plan, scales, {});
    REQUIRE(coordinates.dimension() == 7);
    REQUIRE(coordinates.has_matrix());
    double expected = 0;
    for (int point = 0; point < 4; ++point) {
      Vector x(7), y(7), again(7);
      for (Eigen::Index i = 0; i < 7; ++i)
        x[i] = 0.4 * std::sin(static_cast<double>(5 * point + i * i));
      coordinates.use(ScaleForm::covariance);
      REQUIRE(coordinates.write(x.data(), machine));
      REQUIRE(coordinates.convert(x.data(), ScaleForm::precision, y.data()));
      const double volume = log_volume(coordinates, x, ScaleForm::precision);
      const double jacobian = coordinates.log_jacobian(x.data());

      coordinates.use(ScaleForm::precision);
      REQUIRE(coordinates.read(machine, again.data()));
      CHECK((again - y).norm() < 1e-12);
      REQUIRE(coordinates.convert(y.data(), ScaleForm::covariance, again.data()));
      CHECK((again - x).norm() < 1e-12);
      Machine other(*bound.plan);
      REQUIRE(coordinates.write(y.data(), other));
      for (std::size_t p = 0; p < machine.state().values.size(); ++p)
        for (std::size_t i = 0; i < machine.state().values[p].size(); ++i)
          CHECK(other.state().values[p][i] == Approx(machine.state().values[p][i]).margin(1e-12));

      // Both are the volume element of one quantity, up to a constant.
      const double difference = jacobian - coordinates.log_jacobian(y.data()) - volume;
      if (point == 0) expected = difference;
      INFO(prior << ", point " << point);
      CHECK(difference == Approx(expected).margin(1e-6));

      y[corner + 1] = -0.1;  // not on the diagonal: anything
      CHECK(coordinates.write(y.data(), machine));
      y[corner] = -0.1;
      CHECK_FALSE(coordinates.write(y.data(), machine));
    }
  }
}

}  // namespace lmmdsl::testing
