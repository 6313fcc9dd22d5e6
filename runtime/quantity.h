// What the scalars of a quantity are called: beta[plot=3, density], beta.3.2, with their labels.
// One value of the plan can be two quantities, sigma and sigma^2.
#pragma once

#include <string>
#include <vector>

#include "runtime/draws.h"

namespace lmmdsl {

struct Quantity {
  /// A scalar within an element: where it stands in the element's block, its index (from 1) and the
  /// labels of that; both empty in the block of a scalar.
  struct Component {
    std::size_t offset = 0;
    std::vector<int> index = {};
    std::vector<std::string> labels = {};
  };

  std::string head, tail;  ///< sigma, ^2
  /// Of its plate, none where there is one element: the factors, and their labels element by
  /// element.
  std::vector<std::string> factors;
  std::vector<std::vector<std::string>> labels;
  std::vector<std::size_t> rows;    ///< of its elements, if it is on the rows: in the file, from 0
  std::vector<std::size_t> places;  ///< of the elements in the value; empty: one after the other
  std::vector<Component> components;
  bool moments = true;     ///< false: a quotient that may have no mean
  bool auxiliary = false;  ///< in summaries only

  std::string variable() const { return head + tail; }
  std::size_t elements() const;
  std::size_t place(std::size_t element) const {
    return places.empty() ? element : places[element];
  }
  /// What the scalar is called among draws.
  Column column(std::size_t element, const Component& component) const;
};

}  // namespace lmmdsl
