#include "runtime/scale_coordinates.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler/rules/conjugacy.h"

namespace lmmdsl {

namespace {

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
                                   const std::vector<SymbolId>& integrated) {
  const Model& model = *bound.model;
  for (int c : scales) {
    const SymbolId t = bound.plan->conditionals[c].target;
    const Shape& shape = model[t].shape;
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
    dimension_ += p == 0 ? 1 : p * (p + 1) / 2;
    for (std::vector<double>* work : {&L_, &V_, &row_})
      work->resize(std::max(work->size(), static_cast<std::size_t>(p * p)));
  }
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
      *out++ = *point++;
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

double ScaleCoordinates::log_jacobian(const double* point) const {
  double sum = 0;
  for (const Scale& s : scales_) {
    if (s.p == 0) {
      sum += s.exponent * *point++;
      continue;
    }
    // Of the triangle T of S = V or V^-1, T_jj to the power p - j + 1 (j from 1), once more for its
    // logarithm; and if the density is of the other one, |S|^-(p + 1).
    const bool logarithm = form_ == ScaleForm::covariance;
    const bool other = (s.exponent < 0) == logarithm;
    for (int j = 0; j < s.p; ++j) {
      const double power = s.p - j + (logarithm ? 1 : 0) - (other ? 2 * (s.p + 1) : 0);
      sum += power * (logarithm ? *point : std::log(*point));
      point += s.p - j;
    }
  }
  return sum;
}

double ScaleCoordinates::width(int coordinate, const double* point) const {
  for (const Scale& s : scales_) {
    const int size = s.p == 0 ? 1 : s.p * (s.p + 1) / 2;
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

bool ScaleCoordinates::same(const Machine& machine, const std::vector<double>& values) const {
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

}  // namespace lmmdsl
