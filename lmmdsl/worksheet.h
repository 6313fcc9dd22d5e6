// A calculation written down line by line; as an exercise, results are blanks with a number, and
// the answers stand at the end.
#pragma once

#include <string>
#include <vector>

#include "lmmdsl/box.h"

namespace lmmdsl {

class Worksheet {
 public:
  explicit Worksheet(bool exercise) : exercise_(exercise) {}

  bool exercise() const { return exercise_; }

  /// Lines of text, as they are.
  void add(const std::string& lines) { text_ += lines; }

  /// name = formula = numbers = result, each on lines of its own; what is empty or only repeats is
  /// left out. An exercise shows the formula and a blank.
  void equation(const std::string& name, const std::string& formula,
                const std::vector<Box>& numbers, const Box& result);

  /// Lines that an exercise keeps for the answers.
  void answer(const std::string& lines) { (exercise_ ? answers_ : text_) += lines; }

  std::string text() const;

 private:
  bool exercise_;
  int blanks_ = 0;
  std::string text_, answers_;
};

}  // namespace lmmdsl
