#include "compiler/plan/cost.h"

#include <algorithm>
#include <cmath>

namespace lmmdsl {
namespace {

constexpr double kFunction = 20;  // exp, log, a power that is not whole, ...
constexpr double kNormal = 20;    // a standard Normal variate
constexpr double kGamma = 100;    // a standard gamma variate

/// The same elements, whatever they are called. Rows without a response are a few of all.
Plate plain(Plate plate) {
  if (!plate.missing) plate.response = -1;
  std::sort(plate.factors.begin(), plate.factors.end());
  return plate;
}

/// Rows and columns of values, and whether all could be told.
class Measure {
 public:
  explicit Measure(const Lengths& length) : length_(length) {}

  double of(const Dim& dim) {
    const std::optional<int> n = length_(dim);
    open |= !n;
    return n.value_or(0);
  }
  double rows(const Expr& e) { return of(e->shape.rows); }
  double cols(const Expr& e) { return of(e->shape.cols); }
  double size(const Expr& e) { return rows(e) * cols(e); }

  bool open = false;

 private:
  const Lengths& length_;
};

/// Products from the left, scalars last.
double product(const Expr& e, Measure& sizes) {
  double operations = 0, scalars = 0, rows = 0;
  for (const Expr& f : e->args) {
    if (f->shape.is_scalar()) {
      ++scalars;
    } else {
      if (rows > 0) operations += 2 * rows * sizes.rows(f) * sizes.cols(f);
      if (rows == 0) rows = sizes.rows(f);
    }
  }
  // A product of scalars alone has one sign fewer than factors.
  return operations + (rows == 0 ? scalars - 1 : scalars * sizes.size(e));
}

/// For one element of the plate that the operator runs over.
double operations(const Expr& e, Measure& sizes) {
  const double size = sizes.size(e);
  switch (e->op) {
    case Op::number:
    case Op::symbol:
    case Op::zero:
    case Op::ones:
    case Op::identity:
    case Op::length:
    case Op::unit_row:
    case Op::unit_vector:
    case Op::transpose:
    case Op::component:
    case Op::column:
    case Op::level:
    case Op::collapse:
    case Op::gather:
    case Op::hcat:
    case Op::vcat:
    case Op::diagonal:
    case Op::diagonal_matrix:
    case Op::flatten_rows:
      return 0;  // nothing is computed
    case Op::add:
      return size * static_cast<double>(e->args.size() - 1);
    case Op::multiply:
      return product(e, sizes);
    case Op::power: {
      const Expr& r = e->args[1];
      const bool whole = r->op == Op::number && r->number == std::floor(r->number);
      return whole ? std::max(1.0, std::abs(r->number) - 1) : kFunction;
    }
    case Op::inverse:
      return e->args[0]->symmetric ? std::pow(sizes.rows(e), 3) : 2 * std::pow(sizes.rows(e), 3);
    case Op::determinant:
    case Op::log_determinant:
      return std::pow(sizes.rows(e->args[0]), 3) / 3 + kFunction;
    case Op::trace:
    case Op::sum_components:
    case Op::mean_components:
    case Op::min_components:
    case Op::max_components:
      return sizes.size(e->args[0]);
    case Op::correlation:
      return 3 * size;
    case Op::distance:  // of a triangle and a vector
      return std::pow(sizes.rows(e->args[0]), 2) + 2 * sizes.rows(e->args[0]);
    case Op::contract:
      return 2 * sizes.size(e->args[0]);
    case Op::scatter:
      return 2 * sizes.size(e->args[0]) + 2 * sizes.rows(e->args[0]) * size;
    case Op::sum_over:
    case Op::mean_over:
    case Op::min_over:
    case Op::max_over:
      return sizes.size(e->args[0]);
    case Op::triangle:
      return 2 * std::pow(sizes.rows(e), 2);
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
    case Op::equal:
    case Op::not_equal:
    case Op::logical_and:
    case Op::logical_or:
    case Op::logical_not:
    case Op::abs:
    case Op::minimum:
    case Op::maximum:
      return size;
    default:
      return kFunction * size;
  }
}

}  // namespace

void Cost::add(const Plate& plate, double operations) {
  if (operations == 0) return;
  const auto found = std::find_if(terms.begin(), terms.end(),
                                  [&](const auto& term) { return term.first == plain(plate); });
  if (found != terms.end()) found->second += operations;
  else terms.insert(plate.once() ? terms.begin() : terms.end(), {plain(plate), operations});
}

Cost& Cost::operator+=(const Cost& other) {
  for (const auto& [plate, operations] : other.terms) add(plate, operations);
  open |= other.open;
  return *this;
}

double Cost::total(const std::function<std::size_t(const Plate&)>& elements) const {
  double sum = 0;
  for (const auto& [plate, operations] : terms)
    sum += operations * static_cast<double>(elements(plate));
  return sum;
}

std::optional<int> length_without_data(const Dim& dim) {
  if (!dim.known()) return std::nullopt;
  return dim.n;
}

Cost cost_of(const Expr& e, const Lengths& length) {
  Measure sizes(length);
  Cost cost;
  const bool gathers = !(e->over == Plate{}) && e->op != Op::collapse;
  cost.add(gathers ? e->over : e->plate, operations(e, sizes));
  cost.open = sizes.open;
  return cost;
}

Cost cost_of(const Plan& plan, const std::vector<int>& values, const Lengths& length) {
  Cost cost;
  for (const int v : values) cost += cost_of(plan.values[v].expr, length);
  return cost;
}

Cost cost_of_draw(const Model& model, const Conditional& c, const Lengths& length) {
  Measure sizes(length);
  const Shape& shape = model[c.target].shape;
  const double p = shape.is_scalar() ? 1 : sizes.of(shape.rows);
  double operations = p * (kGamma + 2 * kFunction);
  if (c.family == UpdateFamily::normal)  // Cholesky, two triangular solutions
    operations = shape.is_scalar() ? 3 + kNormal : p * p * p / 3 + 4 * p * p + p * kNormal;
  if (c.family == UpdateFamily::wishart || c.family == UpdateFamily::inverse_wishart)  // Bartlett
    operations = p * kGamma + p * (p - 1) / 2 * kNormal + 3 * p * p * p;
  Cost cost;
  cost.add(c.plate, operations);
  cost.open = sizes.open;
  return cost;
}

}  // namespace lmmdsl
