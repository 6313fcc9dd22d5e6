#include "runtime/joint_design.h"

#include <Eigen/SparseCore>
#include <Eigen/SparseQR>
#include <algorithm>
#include <numeric>

namespace lmmdsl {

namespace {

using Matrix = Eigen::MatrixXd;

constexpr double kRankTolerance = 1e-9;        // of columns scaled to length 1
constexpr std::size_t kWidest = 2000;          // columns of a design that is examined
constexpr std::size_t kWidestOfOpen = 200;     // of one whose rows are open on one side
constexpr std::size_t kMostOpen = 20'000'000;  // of the rows that are open on one side

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

  /// The first column that a response fills.
  std::size_t column(std::size_t row) const {
    const std::size_t at = element      ? static_cast<std::size_t>((*element)[row])
                           : same_plate ? row
                                        : 0;
    return begin + p * at;
  }

  /// Writes the rows of one response into a matrix, from the row `top` on.
  void write(std::size_t row, Eigen::Index top, Matrix& design) const {
    const std::size_t from = once ? 0 : map ? static_cast<std::size_t>((*map)[row]) : row;
    design.block(top, static_cast<Eigen::Index>(column(row)), static_cast<Eigen::Index>(rows),
                 static_cast<Eigen::Index>(p)) =
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

/// Rows of one matrix.
struct JointDesign::FewRows {
  std::vector<Eigen::Triplet<double>> entries;
  int count = 0;

  /// Rows that are zero but in these columns.
  void add(const Matrix& rows, const std::vector<int>& columns) {
    for (Eigen::Index j = 0; j < rows.cols(); ++j)
      for (Eigen::Index i = 0; i < rows.rows(); ++i)
        if (rows(i, j) != 0)
          entries.emplace_back(count + static_cast<int>(i), columns[static_cast<std::size_t>(j)],
                               rows(i, j));
    count += static_cast<int>(rows.rows());
  }
};

JointDesign::JointDesign(const BoundPlan& bound, const std::vector<SymbolId>& targets,
                         const std::vector<const PlanResponse*>& responses)
    : bound_(bound), responses_(responses) {
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
  for (const PlanResponse* r : responses_) with_responses_ = with_responses_ && r->value >= 0;
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

JointDesign::FewRows JointDesign::few_rows(bool beside_responses) const {
  FewRows few;
  for (const PlanResponse* response : responses_) {
    std::vector<Source> sources = sources_of(*response);
    if (beside_responses) sources.push_back(response_source(*response));
    if (sources.empty()) continue;
    const std::size_t n = bound_.data->plate(bound_.model->densities[response->density].plate).size;
    // The rows by the columns that they are in; and their sources, in these columns alone.
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), 0);
    const auto before = [&](std::size_t a, std::size_t b) {
      for (const Source& s : sources)
        if (s.column(a) != s.column(b)) return s.column(a) < s.column(b);
      return false;
    };
    std::sort(order.begin(), order.end(), before);
    std::vector<Source> own = sources;
    std::size_t width = 0;
    for (Source& s : own) {
      s.element = nullptr;
      s.same_plate = false;
      s.begin = width;
      width += s.p;
    }
    for (std::size_t at = 0, end = 0; at < n; at = end) {
      while (end < n && !before(order[at], order[end])) ++end;
      const std::size_t length = own[0].rows, all = (end - at) * length;
      const auto write = [&](std::size_t i, Eigen::Index top, Matrix& stack) {
        for (const Source& s : own) s.write(order[at + i], top, stack);
      };
      Matrix part = Matrix::Zero(static_cast<Eigen::Index>(std::min(all, width)),
                                 static_cast<Eigen::Index>(width));
      if (all > width) fold(end - at, length, write, part);
      else
        for (std::size_t i = 0; i < end - at; ++i)
          write(i, static_cast<Eigen::Index>(i * length), part);
      std::vector<int> columns;
      for (const Source& s : sources)
        for (std::size_t j = 0; j < s.p; ++j)
          columns.push_back(static_cast<int>(s.column(order[at]) + j));
      few.add(part, columns);
    }
  }
  return few;
}

Eigen::MatrixXd JointDesign::triangle() const {
  const FewRows few = few_rows(false);
  Eigen::SparseMatrix<double, Eigen::RowMajor> rows(few.count, columns());
  rows.setFromTriplets(few.entries.begin(), few.entries.end());
  Matrix R = Matrix::Zero(columns(), columns());
  fold(
      static_cast<std::size_t>(few.count), 1,
      [&](std::size_t row, Eigen::Index top, Matrix& stack) {
        stack.row(top) = rows.row(static_cast<Eigen::Index>(row));
      },
      R);
  return R;
}

JointDesign::Fit JointDesign::fit() const {
  FewRows few = few_rows(true);
  few.count = std::max(few.count, static_cast<int>(columns_));
  Eigen::SparseMatrix<double> rows(few.count, columns() + 1);
  rows.setFromTriplets(few.entries.begin(), few.entries.end());
  const Eigen::VectorXd responses = rows.col(columns());
  const double total = responses.norm();
  if (columns_ == 0) return {0, total, total};
  rows.conservativeResize(rows.rows(), columns());
  for (Eigen::Index j = 0; j < columns(); ++j) {
    const double length = rows.col(j).norm();
    if (length > 0) rows.col(j) /= length;
  }
  rows.makeCompressed();
  Eigen::SparseQR<Eigen::SparseMatrix<double>, Eigen::COLAMDOrdering<int>> qr;
  qr.setPivotThreshold(kRankTolerance);
  qr.compute(rows);
  const Eigen::VectorXd rotated = qr.matrixQ().transpose() * responses;
  return {qr.rank(), rotated.tail(rotated.size() - qr.rank()).norm(), total};
}

Eigen::ColPivHouseholderQR<Matrix> decompose_columns(const Matrix& R) {
  Matrix S = R;
  for (auto column : S.colwise())
    if (column.norm() > 0) column.normalize();
  Eigen::ColPivHouseholderQR<Matrix> qr(S);
  qr.setThreshold(kRankTolerance);
  return qr;
}

Eigen::Index rank_of_columns(const Matrix& R) {
  return R.cols() == 0 ? 0 : decompose_columns(R).rank();
}

std::vector<const PlanResponse*> all_responses(const BoundPlan& bound) {
  std::vector<const PlanResponse*> all;
  for (const PlanResponse& r : bound.plan->responses) all.push_back(&r);
  return all;
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
  for (const PlanResponse* r : responses_)
    each(*r, [&](std::size_t, bool above, bool below) { open += above != below; });
  if (open == 0) return rows;
  if (columns_ > kWidestOfOpen || open * columns_ > kMostOpen) {
    rows.known = false;
    return rows;
  }
  rows.open = Matrix::Zero(static_cast<Eigen::Index>(open), k);
  Eigen::Index next = 0;
  for (const PlanResponse* r : responses_) {
    const std::vector<Source> sources = sources_of(*r);
    if (sources.empty()) continue;
    std::vector<std::size_t> closed;
    each(*r, [&](std::size_t row, bool above, bool below) {
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
