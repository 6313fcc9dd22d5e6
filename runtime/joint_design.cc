#include "runtime/joint_design.h"

#include <algorithm>

namespace lmmdsl {

namespace {

using Matrix = Eigen::MatrixXd;

constexpr std::size_t kWidest = 2000;             // columns of a design that is examined
constexpr std::size_t kWidestOfOpen = 200;        // of one whose rows are open on one side
constexpr std::size_t kMostNumbers = 20'000'000;  // of the rows that are open on one side

}  // namespace

/// Columns of the design that one coefficient, or the response, fills.
struct JointDesign::Source {
  const double* data;
  const std::vector<std::int32_t>* map;  ///< from the density's rows to the value's
  bool once;
  std::size_t rows;  ///< of a block: the length of the response
  std::size_t p;
  const std::vector<std::int32_t>* element;  ///< of the target, for each of the density's rows
  bool same_plate;                           ///< the target has one element for each of them
  std::size_t begin;

  /// Writes the rows of one response into a matrix, from the row `top` on.
  void write(std::size_t row, Eigen::Index top, Matrix& design) const {
    const std::size_t from = once ? 0 : map ? static_cast<std::size_t>((*map)[row]) : row;
    const std::size_t at = element      ? static_cast<std::size_t>((*element)[row])
                           : same_plate ? row
                                        : 0;
    const auto column = static_cast<Eigen::Index>(begin + p * at);
    design.block(top, column, static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(p)) =
        Eigen::Map<const Matrix>(data + from * rows * p, static_cast<Eigen::Index>(rows),
                                 static_cast<Eigen::Index>(p));
  }
};

namespace {

/// R of the rows that `write` puts into a matrix, `length` for each i < n: the triangle so far on
/// top of the next rows, again and again.
template <class Write>
void fold(std::size_t n, std::size_t length, const Write& write, Matrix& R) {
  const Eigen::Index k = R.cols();
  if (k == 0) return;
  const std::size_t step = std::max<std::size_t>(256, static_cast<std::size_t>(k));
  for (std::size_t at = 0; at < n; at += step) {
    const std::size_t count = std::min(step, n - at);
    Matrix stack = Matrix::Zero(k + static_cast<Eigen::Index>(count * length), k);
    stack.topRows(k) = R;
    for (std::size_t r = 0; r < count; ++r)
      write(at + r, k + static_cast<Eigen::Index>(r * length), stack);
    Eigen::HouseholderQR<Eigen::Ref<Matrix>> qr(stack);
    R = stack.topRows(k).triangularView<Eigen::Upper>();
  }
}

}  // namespace

JointDesign::JointDesign(const BoundPlan& bound, const std::vector<SymbolId>& targets)
    : bound_(bound) {
  const Model& model = *bound.model;
  for (const SymbolId t : targets) {
    Block b;
    b.target = t;
    b.begin = columns_;
    b.elements = bound.data->plate(model[t].plate).size;
    b.p = static_cast<std::size_t>(bound.data->length(model[t].shape.rows));
    columns_ += b.columns();
    blocks_.push_back(b);
  }
  for (const DesignValue& d : bound.plan->designs) {
    const bool asked = std::find(targets.begin(), targets.end(), d.target) != targets.end();
    known_ = known_ && !(asked && d.value < 0);
  }
  known_ = known_ && columns_ <= kWidest;
  for (const PlanResponse& r : bound.plan->responses)
    with_responses_ = with_responses_ && r.value >= 0;
}

const JointDesign::Block& JointDesign::block_of(std::size_t column) const {
  return *std::find_if(blocks_.begin(), blocks_.end(),
                       [&](const Block& b) { return column < b.begin + b.columns(); });
}

std::vector<JointDesign::Source> JointDesign::sources_of(const PlanResponse& response) const {
  const Model& model = *bound_.model;
  const Plate& rows = model.densities[response.density].plate;
  std::vector<Source> sources;
  for (const DesignValue& d : bound_.plan->designs) {
    if (d.response != &response - bound_.plan->responses.data()) continue;
    const auto block = std::find_if(blocks_.begin(), blocks_.end(),
                                    [&](const Block& b) { return b.target == d.target; });
    if (block == blocks_.end()) continue;
    const Plate& own = bound_.plan->values[d.value].expr->plate;
    const Plate& target = model[d.target].plate;
    sources.push_back({bound_.constants[d.value].data(),
                       own.once() || own == rows ? nullptr : &bound_.data->map(rows, own),
                       own.once(), static_cast<std::size_t>(bound_.sizes[d.value].rows),
                       static_cast<std::size_t>(bound_.sizes[d.value].cols),
                       target.once() || target == rows ? nullptr : &bound_.data->map(rows, target),
                       target == rows, block->begin});
  }
  return sources;
}

JointDesign::Source JointDesign::response_source(const PlanResponse& response) const {
  const Plate& rows = bound_.model->densities[response.density].plate;
  const Plate& own = bound_.plan->values[response.value].expr->plate;
  return {bound_.constants[response.value].data(),
          own == rows ? nullptr : &bound_.data->map(rows, own),
          false,
          bound_.sizes[response.value].block(),
          1,
          nullptr,
          false,
          columns_};
}

Eigen::MatrixXd JointDesign::triangle() const {
  Matrix R = Matrix::Zero(static_cast<Eigen::Index>(columns_), static_cast<Eigen::Index>(columns_));
  for (const PlanResponse& response : bound_.plan->responses) {
    const std::vector<Source> sources = sources_of(response);
    if (sources.empty()) continue;
    const std::size_t n = bound_.data->plate(bound_.model->densities[response.density].plate).size;
    fold(
        n, sources[0].rows,
        [&](std::size_t row, Eigen::Index top, Matrix& stack) {
          for (const Source& s : sources) s.write(row, top, stack);
        },
        R);
  }
  return R;
}

Eigen::MatrixXd JointDesign::triangle_beside_responses() const {
  const auto width = static_cast<Eigen::Index>(columns_ + 1);
  Matrix R = Matrix::Zero(width, width);
  for (const PlanResponse& response : bound_.plan->responses) {
    std::vector<Source> sources = sources_of(response);
    sources.push_back(response_source(response));
    const std::size_t n = bound_.data->plate(bound_.model->densities[response.density].plate).size;
    fold(
        n, sources.back().rows,
        [&](std::size_t row, Eigen::Index top, Matrix& stack) {
          for (const Source& s : sources) s.write(row, top, stack);
        },
        R);
  }
  return R;
}

JointDesign::Rows JointDesign::rows_by_end() const {
  const auto k = static_cast<Eigen::Index>(columns_);
  Rows rows{true, Matrix::Zero(k, k), Matrix(0, k)};
  std::size_t open = 0;
  const auto each = [&](const PlanResponse& r, const auto& visit) {
    const std::size_t n = bound_.data->plate(bound_.model->densities[r.density].plate).size;
    for (std::size_t row = 0; row < n; ++row)
      visit(row, is_open(bound_, r.open_above, row), is_open(bound_, r.open_below, row));
  };
  for (const PlanResponse& r : bound_.plan->responses)
    each(r, [&](std::size_t, bool above, bool below) { open += above != below; });
  if (open == 0) return rows;
  if (columns_ > kWidestOfOpen || open * columns_ > kMostNumbers) {
    rows.known = false;
    return rows;
  }
  rows.open = Matrix::Zero(static_cast<Eigen::Index>(open), k);
  Eigen::Index next = 0;
  for (const PlanResponse& r : bound_.plan->responses) {
    const std::vector<Source> sources = sources_of(r);
    if (sources.empty()) continue;
    std::vector<std::size_t> closed;
    each(r, [&](std::size_t row, bool above, bool below) {
      if (!above && !below) closed.push_back(row);
      if (above == below) return;
      for (const Source& s : sources) s.write(row, next, rows.open);
      if (below) rows.open.row(next) *= -1;
      ++next;
    });
    fold(
        closed.size(), sources[0].rows,
        [&](std::size_t i, Eigen::Index top, Matrix& stack) {
          for (const Source& s : sources) s.write(closed[i], top, stack);
        },
        rows.closed);
  }
  rows.open.conservativeResize(next, k);
  return rows;
}

bool is_open(const BoundPlan& bound, int value, std::size_t row) {
  if (value < 0) return false;
  const std::vector<double>& numbers = bound.constants[value];
  return numbers[numbers.size() == 1 ? 0 : row] > 0.5;
}

}  // namespace lmmdsl
