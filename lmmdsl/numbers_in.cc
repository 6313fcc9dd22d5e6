#include "lmmdsl/numbers_in.h"

#include <charconv>

#include "compiler/model/model.h"

namespace lmmdsl {
namespace {

// The numbers are put in through the renderer of formulas: each part is replaced by a symbol named
// @0@, @1@, ..., so that a formula and its numbers are written in the same order and with the same
// brackets.
constexpr char kMark = '@';

class Parts {
 public:
  explicit Parts(const Reading& reading) : reading_(reading) {}

  Expr marked(const Expr& e) {
    switch (e->op) {
      case Op::number:
      case Op::zero:
        return e;
      case Op::identity:
        return e->shape.rows.known() ? e : mark(e);
      case Op::add:
      case Op::multiply:
      case Op::inverse: {
        std::vector<Expr> args;
        for (const Expr& a : e->args) args.push_back(marked(a));
        return with_args(e, std::move(args));
      }
      case Op::power:
        if (e->args[1]->op == Op::number && e->args[1]->number < 0)
          return power(mark(power(e->args[0], -e->args[1]->number)), -1);
        return mark(e);
      default:
        return mark(e);
    }
  }

  std::vector<LookedUp> found;

 private:
  Expr mark(const Expr& e) {
    if (e->op == Op::number) return e;
    std::size_t k = 0;
    while (k < found.size() && !same(found[k].part, e)) ++k;
    if (k == found.size()) found.push_back({e, reading_.value(e)});
    const SymbolId id = -2 - static_cast<SymbolId>(k);
    return symbol(id, kMark + std::to_string(k) + kMark, e->shape, once_plate(), true,
                  e->symmetric);
  }

  const Reading& reading_;
};

/// A rendered formula with marks, cut where a line may end and into text and numbers.
class FormulaPieces {
 public:
  FormulaPieces(const std::vector<LookedUp>& values, Notation notation)
      : values_(values), notation_(notation) {}

  std::vector<Box> read(const std::string& text) {
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (c == kMark) {
        const std::size_t end = text.find(kMark, i + 1);
        add_value(text.substr(i + 1, end - i - 1));
        i = end;
        continue;
      }
      depth += (c == '(' || c == '[') - (c == ')' || c == ']');
      const std::string sign = text.substr(i, 3);
      if (depth == 0 && (sign == " + " || sign == " - ")) {
        words_ += ' ';
        end_piece();
        words_ += sign.substr(1);
        i += 2;
        continue;
      }
      words_ += c;
    }
    end_piece();
    return pieces_;
  }

 private:
  void add_value(const std::string& key) {
    std::size_t k = 0;
    std::from_chars(key.data(), key.data() + key.size(), k);
    const Eigen::MatrixXd& value = values_[k].value;
    // A product of numbers needs its sign.
    const bool after_factor =
        words_ == " " || (words_.size() > 1 && words_.ends_with(' ') &&
                          std::isdigit(static_cast<unsigned char>(words_[words_.size() - 2])));
    if (after_factor && notation_ != Notation::ascii) words_ += "· ";
    const bool first = pieces_.empty() && boxes_.empty() && words_.empty();
    const bool negative = value.size() == 1 && value(0, 0) < 0;
    const bool bracketed = negative && !first && !words_.ends_with('(');
    if (bracketed) words_ += '(';
    end_words();
    boxes_.push_back(matrix_box(value, notation_));
    if (bracketed) words_ += ')';
  }

  void end_words() {
    if (!words_.empty()) boxes_.push_back(text_box(words_));
    words_.clear();
  }

  void end_piece() {
    end_words();
    if (!boxes_.empty()) pieces_.push_back(beside(boxes_));
    boxes_.clear();
  }

  const std::vector<LookedUp>& values_;
  Notation notation_;
  std::string words_;
  std::vector<Box> boxes_, pieces_;
};

}  // namespace

Eigen::MatrixXd Reading::value(const Expr& e) const {
  return oracle_.evaluate_at(e, state_, plate_, element_);
}

std::vector<Box> Reading::numbers_in(const Expr& e, Notation notation,
                                     std::vector<LookedUp>* found) const {
  Parts parts(*this);
  const Expr marked = parts.marked(e);
  const std::string text = render(marked, &model_, notation);
  std::vector<Box> pieces = FormulaPieces(parts.found, notation).read(text);
  if (found) *found = std::move(parts.found);
  return pieces;
}

}  // namespace lmmdsl
