#include "runtime/scale_coordinates.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "compiler/rules/conjugacy.h"
#include "runtime/not_a_number.h"

namespace lmmdsl {

namespace {

constexpr double kMostFinite = std::numeric_limits<double>::max();

/// The prior that the density is of: without an auxiliary variable as it was stated.
const Density& prior_of(const Model& model, const std::vector<SymbolId>& integrated,
                        SymbolId target) {
  for (const Rewrite& r : model.rewrites) {
    const bool out = std::any_of(r.auxiliaries.begin(), r.auxiliaries.end(), [&](SymbolId a) {
      return std::find(integrated.begin(), integrated.end(), a) != integrated.end();
    });
    if (out && model.stated[r.stated].target == target) return model.stated[r.stated];
  }
  return model.densities[model[target].prior];
}

}  // namespace

ScaleCoordinates::ScaleCoordinates(const BoundPlan& bound, const std::vector<int>& scales,
                                   const std::vector<SymbolId>& integrated,
                                   const std::vector<int>& shifted) {
  const Model& model = *bound.model;
  for (int c : scales) {
    const SymbolId t = bound.plan->conditionals[c].target;
    const Shape& shape = model[t].shape;
    const UpdateFamily family = bound.plan->conditionals[c].family;
    const bool increase = family == UpdateFamily::ordered_normal;
    if (family == UpdateFamily::normal || increase) {
      const std::size_t elements = bound.data->plate(bound.plan->conditionals[c].plate).size;
      const auto length = static_cast<std::size_t>(bound.data->length(shape.rows));
      const bool mean = std::find(shifted.begin(), shifted.end(), c) != shifted.end();
      scales_.push_back({t, 0, 0, -kInfinity, kInfinity, mean ? length : length * elements,
                         increase, mean ? elements : 0});
      dimension_ += static_cast<int>(scales_.back().size());
      continue;
    }
    const int p = shape.is_scalar() ? 0 : bound.data->length(shape.rows);
    Scale scale{t, p, lhs_exponent(prior_of(model, integrated, t), reference(model, t)), 0,
                std::numeric_limits<double>::infinity()};
    if (bound.plan->conditionals[c].lower) {
      const std::vector<int>& natural = bound.plan->natural[c];
      const std::size_t n = natural.size();
      scale.lower = bound.constants[natural[n - 2]][0];
      scale.upper = bound.constants[natural[n - 1]][0];
    }
    scales_.push_back(scale);
    dimension_ += static_cast<int>(scale.size());
    for (std::vector<double>* work : {&L_, &V_, &row_})
      work->resize(std::max(work->size(), static_cast<std::size_t>(p * p)));
  }
}

double ScaleCoordinates::Scale::mean(const std::vector<double>& values, std::size_t i) const {
  double sum = 0;
  for (std::size_t e = 0; e < elements; ++e) sum += values[e * coefficients + i];
  return sum / static_cast<double>(elements);
}

bool ScaleCoordinates::has_matrix() const {
  return std::any_of(scales_.begin(), scales_.end(), [](const Scale& s) { return s.p > 0; });
}

bool ScaleCoordinates::invert(int p) {
  double* L = L_.data();
  double* B = row_.data();
  for (int j = 0; j < p; ++j) {
    if (!(L[j * (p + 1)] > 0)) return false;
    for (int i = j; i < p; ++i) {
      double x = i == j ? 1 : 0;
      for (int k = j; k < i; ++k) x -= L[i * p + k] * B[k * p + j];
      B[i * p + j] = x / L[i * (p + 1)];
    }
  }
  std::swap(L_, row_);
  return true;
}

bool ScaleCoordinates::read_matrix(ScaleForm form, const double* V, int p) {
  double* L = L_.data();
  if (form == ScaleForm::covariance) {
    for (int j = 0; j < p; ++j) {
      double pivot = V[j * (p + 1)];
      for (int k = 0; k < j; ++k) pivot -= L[j * p + k] * L[j * p + k];
      if (!(pivot > 0)) return false;
      const double root = L[j * (p + 1)] = std::sqrt(pivot);
      for (int i = j + 1; i < p; ++i) {
        double x = V[i + j * p];
        for (int k = 0; k < j; ++k) x -= L[i * p + k] * L[j * p + k];
        L[i * p + j] = x / root;
      }
    }
    return true;
  }
  // V = R'R with a lower triangle R, from the last row on; A = R^-1.
  for (int j = p; j-- > 0;) {
    double pivot = V[j * (p + 1)];
    for (int k = j + 1; k < p; ++k) pivot -= L[k * p + j] * L[k * p + j];
    if (!(pivot > 0)) return false;
    const double root = L[j * (p + 1)] = std::sqrt(pivot);
    for (int i = 0; i < j; ++i) {
      double x = V[i + j * p];
      for (int k = j + 1; k < p; ++k) x -= L[k * p + i] * L[k * p + j];
      L[j * p + i] = x / root;
    }
  }
  return invert(p);
}

bool ScaleCoordinates::write_matrix(ScaleForm form, int p, double* V) {
  const bool inverse = form == ScaleForm::precision;
  if (inverse && !invert(p)) return false;
  const double* L = L_.data();
  for (int i = 0; i < p; ++i) {
    for (int j = 0; j <= i; ++j) {
      double sum = 0;
      if (inverse)
        for (int k = i; k < p; ++k) sum += L[k * p + i] * L[k * p + j];
      else
        for (int k = 0; k <= j; ++k) sum += L[i * p + k] * L[j * p + k];
      V[i + j * p] = V[j + i * p] = sum;
    }
    if (!(V[i * (p + 1)] > 0) || !std::isfinite(V[i * (p + 1)])) return false;
  }
  return true;
}

bool ScaleCoordinates::convert(const double* point, ScaleForm to, double* out) {
  for (const Scale& s : scales_) {
    if (s.p == 0) {
      out = std::copy_n(point, s.size(), out);
      point += s.size();
      continue;
    }
    load_triangle(form_, s.p, point);
    if (!write_matrix(form_, s.p, V_.data()) || !read_matrix(to, V_.data(), s.p)) return false;
    store_triangle(to, s.p, out);
  }
  return true;
}

void ScaleCoordinates::load_triangle(ScaleForm form, int p, const double*& point) {
  const bool logarithm = form == ScaleForm::covariance;
  for (int j = 0; j < p; ++j)
    for (int i = j; i < p; ++i, ++point)
      L_[i * p + j] = i == j && logarithm ? std::exp(*point) : *point;
}

void ScaleCoordinates::store_triangle(ScaleForm form, int p, double*& point) const {
  const bool logarithm = form == ScaleForm::covariance;
  for (int j = 0; j < p; ++j)
    for (int i = j; i < p; ++i, ++point)
      *point = i == j && logarithm ? std::log(L_[i * p + j]) : L_[i * p + j];
}

bool ScaleCoordinates::read(const Machine& machine, double* point) {
  const double* begin = point;
  for (const Scale& s : scales_) {
    const std::vector<double>& value = machine.state().values[s.parameter];
    if (s.coefficients > 0) {
      for (std::size_t i = 0; i < s.coefficients; ++i)
        *point++ = s.elements > 0        ? s.mean(value, i)
                   : s.increase && i > 0 ? std::log(value[i] - value[i - 1])
                                         : value[i];
      continue;
    }
    if (s.p == 0) {
      *point++ = std::log(value[0]);
      continue;
    }
    if (!read_matrix(form_, value.data(), s.p)) return false;
    store_triangle(form_, s.p, point);
  }
  return std::all_of(begin, static_cast<const double*>(point),
                     [](double x) { return std::isfinite(x); });
}

bool ScaleCoordinates::write(const double* point, Machine& machine) {
  for (const Scale& s : scales_) {
    double* out = machine.parameter(s.parameter);
    if (s.elements > 0) {
      for (std::size_t i = 0; i < s.coefficients; ++i) {
        const double more = *point++ - s.mean(machine.state().values[s.parameter], i);
        if (!std::isfinite(more)) return false;
        for (std::size_t e = 0; e < s.elements; ++e) out[e * s.coefficients + i] += more;
      }
      continue;
    }
    if (s.coefficients > 0) {
      for (std::size_t i = 0; i < s.coefficients; ++i, ++point)
        out[i] = s.increase && i > 0 ? out[i - 1] + std::exp(*point) : *point;
      if (!std::all_of(out, out + s.coefficients, [](double x) { return std::isfinite(x); }))
        return false;
      double* const end = out + s.coefficients;
      if (s.increase && std::adjacent_find(out, end, std::greater_equal<>()) != end) return false;
      continue;
    }
    if (s.p == 0) {
      out[0] = std::exp(*point++);
      if (!(out[0] > 0) || !std::isfinite(out[0])) return false;
      if (out[0] < s.lower || out[0] > s.upper) return false;
      continue;
    }
    load_triangle(form_, s.p, point);
    if (!write_matrix(form_, s.p, out)) return false;
  }
  return true;
}

std::array<std::int64_t, Trials::kStates> ScaleCoordinates::write(const double* points,
                                                                  Trials& trials) {
  constexpr std::size_t kStates = Trials::kStates;
  std::array<std::int64_t, kStates> inside;
  inside.fill(1);
  for (const Scale& s : scales_) {
    double* out = trials.parameter(s.parameter);
    if (s.p == 0) {
      for (std::size_t k = 0; k < kStates; ++k) {
        out[k] = std::exp(points[k]);
        inside[k] &=
            (out[k] > 0) & (out[k] <= kMostFinite) & (out[k] >= s.lower) & (out[k] <= s.upper);
      }
      points += kStates;
      continue;
    }
    const std::size_t p = static_cast<std::size_t>(s.p);
    const bool inverse = form_ == ScaleForm::precision;
    triangles_.resize(p * p * kStates);
    for (std::size_t j = 0; j < p; ++j) {
      for (std::size_t i = j; i < p; ++i, points += kStates) {
        double* to = triangles_.data() + (i + j * p) * kStates;
        for (std::size_t k = 0; k < kStates; ++k) {
          to[k] = i == j && !inverse ? std::exp(points[k]) : points[k];
          inside[k] &= (i != j) | (to[k] > 0);
        }
      }
    }
    trials.lanes().square_triangle(s.p, inverse, triangles_.data(), out);
    for (std::size_t i = 0; i < p; ++i)
      for (std::size_t k = 0; k < kStates; ++k) {
        const double variance = out[i * (p + 1) * kStates + k];
        inside[k] &= (variance > 0) & (variance <= kMostFinite);
      }
  }
  for (std::size_t k = 0; k < kStates; ++k) {
    if (inside[k]) continue;
    for (const Scale& s : scales_) {
      const std::vector<double>& value = trials.machine().state().values[s.parameter];
      for (std::size_t i = 0; i < value.size(); ++i)
        trials.parameter(s.parameter)[i * kStates + k] = value[i];
    }
  }
  return inside;
}

// Of the triangle T of S = V or V^-1, T_jj to the power p - j + 1 (j from 1), once more for its
// logarithm; and if the density is of the other one, |S|^-(p + 1).
int ScaleCoordinates::power(const Scale& s, int j) const {
  const bool logarithm = form_ == ScaleForm::covariance;
  const bool other = (s.exponent < 0) == logarithm;
  return s.p - j + (logarithm ? 1 : 0) - (other ? 2 * (s.p + 1) : 0);
}

double ScaleCoordinates::log_jacobian(const double* point) const {
  double sum = 0;
  for (const Scale& s : scales_) {
    if (s.coefficients > 0) {
      for (std::size_t i = 0; i < s.coefficients; ++i, ++point)
        if (s.increase && i > 0) sum += *point;
      continue;
    }
    if (s.p == 0) {
      sum += s.exponent * *point++;
      continue;
    }
    for (int j = 0; j < s.p; ++j) {
      sum += power(s, j) * (form_ == ScaleForm::covariance ? *point : std::log(*point));
      point += s.p - j;
    }
  }
  return sum;
}

std::array<double, Trials::kStates> ScaleCoordinates::log_jacobians(
    const double* points, const LaneKernels& lanes) const {
  constexpr std::size_t kStates = Trials::kStates;
  std::array<double, kStates> sum = {}, logs;
  const auto add = [&](double factor, const double* from) {
    for (std::size_t k = 0; k < kStates; ++k) sum[k] += factor * from[k];
  };
  for (const Scale& s : scales_) {
    if (s.p == 0) {
      add(s.exponent, points);
      points += kStates;
      continue;
    }
    for (int j = 0; j < s.p; ++j) {
      if (form_ == ScaleForm::precision) lanes.log(points, logs.data());
      add(power(s, j), form_ == ScaleForm::precision ? logs.data() : points);
      points += static_cast<std::size_t>(s.p - j) * kStates;
    }
  }
  return sum;
}

double ScaleCoordinates::width(int coordinate, const double* point) const {
  for (const Scale& s : scales_) {
    const int size = static_cast<int>(s.size());
    if (coordinate >= size) {
      coordinate -= size;
      point += size;
      continue;
    }
    int diagonal = 0;  // of the column
    for (int j = 0; j < s.p; ++j) {
      const int row = coordinate - diagonal;
      if (row == 0 && form_ == ScaleForm::covariance) return 1;
      if (row < s.p - j) {
        int at = 0;  // of the diagonal of that row
        for (int k = 0; k < j + row; ++k) at += s.p - k;
        return form_ == ScaleForm::covariance ? std::exp(point[at]) : point[at];
      }
      diagonal += s.p - j;
    }
    return 1;
  }
  return 1;
}

void ScaleCoordinates::values(const Machine& machine, std::vector<double>& out) const {
  out.clear();
  for (const Scale& s : scales_) {
    const std::vector<double>& value = machine.state().values[s.parameter];
    out.insert(out.end(), value.begin(), value.end());
  }
}

void ScaleCoordinates::restore(const std::vector<double>& values, Machine& machine) const {
  const double* from = values.data();
  for (const Scale& s : scales_) {
    const std::size_t n = machine.state().values[s.parameter].size();
    std::copy_n(from, n, machine.parameter(s.parameter));
    from += n;
  }
}

bool ScaleCoordinates::same(const Machine& machine, const std::vector<double>& values) const {
  if (values.empty()) return false;
  const double* at = values.data();
  for (const Scale& s : scales_) {
    for (const double x : machine.state().values[s.parameter])
      if (x != *at++) return false;
  }
  return true;
}

void ScaleCoordinates::copy(const Machine& from, Machine& to) const {
  if (&from == &to) return;
  for (const Scale& s : scales_) {
    const std::vector<double>& value = from.state().values[s.parameter];
    std::copy(value.begin(), value.end(), to.parameter(s.parameter));
  }
}

void ScaleCoordinates::copy(Trials& from, std::size_t state, Machine& to) const {
  for (const Scale& s : scales_) {
    const double* numbers = from.parameter(s.parameter) + state;
    double* out = to.parameter(s.parameter);
    for (int i = 0; i < std::max(1, s.p * s.p); ++i) out[i] = numbers[i * kLanes];
  }
}

void ScaleCoordinates::copy(const Machine& from, Trials& to, std::size_t state) const {
  for (const Scale& s : scales_) {
    const std::vector<double>& value = from.state().values[s.parameter];
    double* out = to.parameter(s.parameter) + state;
    for (std::size_t i = 0; i < value.size(); ++i) out[i * kLanes] = value[i];
  }
}

std::vector<SymbolId> ScaleCoordinates::parameters() const {
  std::vector<SymbolId> found;
  for (const Scale& s : scales_) found.push_back(s.parameter);
  return found;
}

}  // namespace lmmdsl
