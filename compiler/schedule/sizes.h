// What a schedule needs to know of the data: numbers, no rows.
#pragma once

#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include "compiler/math/shape.h"

namespace lmmdsl {

/// Coefficients that are Normal together, and which of them the model ties.
struct TiedCoefficients {
  struct Group {
    Plate plate;
    Shape shape;  ///< of an element
    /// Whether coefficients that hold once do to the responses what equal ones of all elements do:
    /// drawn with these, they take up what the elements have in common.
    bool has_mean = false;
  };
  struct Tie {
    std::size_t first, second;  ///< positions in `groups`
    Plate plate;                ///< of the density whose mean both are in
  };
  std::vector<Group> groups;
  std::vector<Tie> ties;
};

/// Coefficients of factors that cross, drawn together or factor by factor.
struct Crossing {
  double together = 0;  ///< nanoseconds of a sweep, and of keeping and summarising its draws, about
  bool or_more = false;  ///< `together` is a lower bound, too much already
  double apart = 0;      ///< the same, factor by factor
  double sweeps = 1;     ///< factor by factor: for an effective draw of what moves least

  bool together_pays() const { return !or_more && together < apart * sweeps; }
};

struct Sizes {
  std::vector<std::pair<Plate, Plate>> nested;  ///< each element of the first lies in one of the
                                                ///< second, as the data have it

  /// Rows of the table, elements of a plate, and the numbers of one element; null without data.
  std::size_t rows = 0;
  std::function<std::size_t(const Plate&)> elements = {};
  std::function<std::size_t(const Shape&)> numbers = {};

  /// Of tied coefficients, by the cells that the data have.
  std::function<Crossing(const TiedCoefficients&)> crossing = {};

  /// Whether each element of `fine` lies in one element of `coarse`: by structure, or in the data.
  bool nests(const Plate& fine, const Plate& coarse) const;
};

}  // namespace lmmdsl
