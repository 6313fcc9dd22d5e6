#include "lmmdsl/worksheet.h"

#include <fmt/format.h>

#include "compiler/page/wrap.h"
#include "lmmdsl/display_width.h"

namespace lmmdsl {
namespace {

constexpr const char* kIndent = "    ";

/// "= " in the columns where `head` has it.
std::string below(const std::string& head) {
  return std::string(static_cast<std::size_t>(display_width(head)) - 2, ' ') + "= ";
}

bool same_text(const std::vector<Box>& pieces, const std::vector<Box>& others) {
  return beside(pieces).lines == beside(others).lines;
}

}  // namespace

void Worksheet::equation(const std::string& name, const std::string& formula,
                         const std::vector<Box>& numbers, const Box& result) {
  const bool is_result = result.lines.size() == 1 && formula == result.lines[0];
  const bool by_formula = !formula.empty() && !is_result;
  const bool by_numbers = !numbers.empty() && !same_text(numbers, {result});
  std::string head = fmt::format("{}{} = ", kIndent, name);
  if (by_formula) {
    text_ += wrap_formula(head, formula);
    head = below(head);
  }
  const bool blank = exercise_ && (by_formula || by_numbers);
  if (blank) {
    text_ += fmt::format("{}________ ({})\n", head, ++blanks_);
    head = fmt::format("  {:<5} {} = ", fmt::format("({})", blanks_), name);
  }
  std::string& to = blank ? answers_ : text_;
  if (by_numbers) {
    to += lay_out(head, numbers);
    head = below(head);
  }
  to += lay_out(head, {result});
}

std::string Worksheet::text() const {
  return answers_.empty() ? text_ : text_ + "\nAnswers\n\n" + answers_;
}

}  // namespace lmmdsl
