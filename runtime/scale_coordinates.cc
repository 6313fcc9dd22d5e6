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
    L_.resize(std::max(L_.size(), static_cast<std::size_t>(p * p)));
  }
}

bool ScaleCoordinates::read(const Machine& machine, double* point) {
  const double* begin = point;
  for (const Scale& s : scales_) {
    const std::vector<double>& value = machine.state().values[s.parameter];
    if (s.p == 0) {
      *point++ = std::log(value[0]);
      continue;
    }
    const int p = s.p;
    for (int j = 0; j < p; ++j) {
      double pivot = value[j * (p + 1)];
      for (int k = 0; k < j; ++k) pivot -= L_[j * p + k] * L_[j * p + k];
      if (!(pivot > 0)) return false;
      const double root = L_[j * (p + 1)] = std::sqrt(pivot);
      *point++ = std::log(root);
      for (int i = j + 1; i < p; ++i) {
        double x = value[i + j * p];
        for (int k = 0; k < j; ++k) x -= L_[i * p + k] * L_[j * p + k];
        *point++ = L_[i * p + j] = x / root;
      }
    }
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
    const int p = s.p;
    for (int j = 0; j < p; ++j) {
      for (int i = j; i < p; ++i, ++point) L_[i * p + j] = i == j ? std::exp(*point) : *point;
    }
    for (int i = 0; i < p; ++i) {
      for (int j = 0; j <= i; ++j) {
        double sum = 0;
        for (int k = 0; k <= j; ++k) sum += L_[i * p + k] * L_[j * p + k];
        out[i + j * p] = out[j + i * p] = sum;
      }
      if (!(L_[i * (p + 1)] > 0) || !std::isfinite(out[i * (p + 1)])) return false;
    }
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
    for (int j = 0; j < s.p; ++j) {
      // L_jj to the power p - j + 1 (j from 1), once more for its logarithm; and for the density of
      // the inverse |Sigma|^-(p + 1).
      const double power = s.p - j + 1 - (s.exponent < 0 ? 2 * (s.p + 1) : 0);
      sum += power * *point;
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
      if (row == 0) return 1;
      if (row < s.p - j) {
        int at = 0;  // of the diagonal of that row
        for (int k = 0; k < j + row; ++k) at += s.p - k;
        return std::exp(point[at]);
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
