#include "lmmdsl/step_conditional.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/rules/shorthand.h"
#include "lmmdsl/letters.h"
#include "lmmdsl/text_table.h"

namespace lmmdsl {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

class Element {
 public:
  Element(const Drawing& d, std::size_t element)
      : d_(d),
        model_(*d.bound.model),
        c_(d.conditional),
        letters_(model_, d.notation),
        reading_(model_, d.oracle, d.before, d.conditional.plate, element),
        drawn_(model_, d.oracle, d.after, d.conditional.plate, element) {}

  bool scalar() const { return c_.quantity->shape.is_scalar(); }
  int count() const { return static_cast<int>(c_.parameters.size()); }

  /// By which standard variate a draw is shown to be made.
  enum class Way { normal, normal_vector, gamma, plain };
  Way way() const {
    if (c_.lower) return Way::plain;
    if (c_.family == UpdateFamily::normal) return scalar() ? Way::normal : Way::normal_vector;
    const bool gamma = c_.family == UpdateFamily::gamma || c_.family == UpdateFamily::inverse_gamma;
    return gamma && scalar() ? Way::gamma : Way::plain;
  }

  MatrixXd parameter(int which) const {
    return reading_.value(d_.conditional.parameters[static_cast<std::size_t>(which)]);
  }
  /// Of the target itself, or of an expression of it.
  MatrixXd draw() const { return draw(reference(model_, d_.conditional.target)); }
  MatrixXd draw(const Expr& e) const { return drawn_.value(e); }

  void write(Worksheet& sheet, bool alone) const {
    std::vector<LookedUp> found;
    const auto equation = [&](const std::string& name, const Expr& e) {
      std::vector<LookedUp> parts;
      const std::vector<Box> numbers = reading_.numbers_in(e, d_.notation, &parts);
      sheet.equation(name, text(e), numbers, box(reading_.value(e)));
      found.insert(found.end(), parts.begin(), parts.end());
    };
    for (int k = 0; k < count(); ++k)
      equation(letters_.parameter(c_.family, k), c_.parameters[static_cast<std::size_t>(k)]);
    if (c_.lower && is_given(c_.lower)) equation("lower", c_.lower);
    if (c_.upper && is_given(c_.upper)) equation("upper", c_.upper);
    switch (way()) {
      case Way::normal:
        write_normal(sheet);
        break;
      case Way::normal_vector:
        write_normal_vector(sheet);
        break;
      case Way::gamma:
        write_gamma(sheet);
        break;
      case Way::plain:
        sheet.add(lay_out(fmt::format("    draw {} = ", name()), {box(draw())}));
        break;
    }
    if (sheet.exercise()) sheet.add(given(found, alone));
  }

 private:
  bool unicode() const { return d_.notation != Notation::ascii; }
  std::string text(const Expr& e) const { return render(e, &model_, d_.notation); }
  Box box(const MatrixXd& value) const { return matrix_box(value, d_.notation); }
  static Box box(double value) { return text_box(five_digits(value)); }

  /// The quantity or parameter with the element's label: β[plot=1].
  std::string name() const { return name_of(reference(model_, d_.conditional.target)); }
  std::string name_of(const Expr& e) const {
    const std::string label = element_label(d_.bound, d_.conditional.plate, reading_.element());
    if (label.empty()) return text(e);
    const Expr plain = rewrite(e, [&](const Expr& part) -> Expr {
      if (part->op != Op::symbol) return nullptr;
      return symbol(part->symbol, part->text + "[" + label + "]", part->shape, once_plate(),
                    part->positive, part->symmetric);
    });
    return text(plain);
  }

  void write_normal(Worksheet& sheet) const {
    const double P = parameter(0)(0, 0), h = parameter(1)(0, 0), x = draw()(0, 0);
    const double V = 1 / P, m = h / P, z = (x - m) / std::sqrt(V);
    const Letters& l = letters_;
    const auto quotient = [&](double a, double b) {
      return std::vector<Box>{text_box(l.over(five_digits(a), five_digits(b)))};
    };
    sheet.equation(l.variance(), l.over("1", l.precision()), quotient(1, P), box(V));
    sheet.equation(l.mean(), l.over(l.shift(), l.precision()), quotient(h, P), box(m));
    const auto noise = [&](const std::string& variance, const std::string& normal) {
      return l.times("sqrt(" + variance + ")", normal);
    };
    const std::string numbers =
        fmt::format("{} {} sqrt({}) {} {}", five_digits(m), z < 0 ? "-" : "+", five_digits(V),
                    unicode() ? "·" : "*", five_digits(std::abs(z)));
    sheet.equation("draw " + name(),
                   fmt::format("{} + {}, with {} = {} from Normal(0, 1)", l.mean(),
                               noise(l.variance(), l.normal()), l.normal(), five_digits(z)),
                   {text_box(numbers)}, box(x));
  }

  void write_normal_vector(Worksheet& sheet) const {
    const MatrixXd P = parameter(0);
    const VectorXd h = parameter(1), x = draw();
    const Eigen::LLT<MatrixXd> cholesky(P);
    const VectorXd m = cholesky.solve(h);
    const MatrixXd V = cholesky.solve(MatrixXd::Identity(P.rows(), P.rows()));
    const VectorXd z = cholesky.matrixU() * (x - m);
    const Letters& l = letters_;
    sheet.equation(l.variance(), l.inverse(l.precision()), {}, box(V));
    sheet.equation(l.mean(), l.times(l.inverse(l.precision()), l.shift()), {}, box(m));
    const std::string turned = l.transpose(l.factor());
    sheet.equation(
        "draw " + name(),
        fmt::format("{} + {}, with {} = {} and {} = {} from Normal(0, I)", l.mean(),
                    l.times(l.inverse(unicode() ? "(" + turned + ")" : turned), l.normal()),
                    l.precision(), l.times(l.factor(), turned), l.normal(), tuple(z)),
        {}, box(x));
  }

  /// With g from Gamma(shape, 1) the draw is g / rate, or scale / g.
  void write_gamma(Worksheet& sheet) const {
    const Conditional& c = c_;
    const Letters& l = letters_;
    const double b = parameter(1)(0, 0);
    const double q = draw(c.quantity)(0, 0);
    const bool inverse = c.family == UpdateFamily::inverse_gamma;
    const double g = inverse ? b / q : q * b;
    const auto drawn = [&](const std::string& gamma, const std::string& second) {
      return inverse ? l.over(second, gamma) : l.over(gamma, second);
    };
    sheet.equation("draw " + name_of(c.quantity),
                   fmt::format("{}, with {} = {} from Gamma({}, 1)",
                               drawn(l.gamma(), l.parameter(c.family, 1)), l.gamma(),
                               five_digits(g), l.parameter(c.family, 0)),
                   {text_box(drawn(five_digits(g), five_digits(b)))}, box(q));
    if (c.exponent == 1) return;
    std::string also;
    const Expr target = reference(model_, c.target);
    for (const Expr& e : {power(target, -c.exponent), target}) {
      const bool said = same(e, c.quantity) || (c.exponent > 0 && e != target) ||
                        (c.exponent == -1 && e == target && !also.empty());
      if (!said)
        also += fmt::format("{}{} = {}", also.empty() ? "so " : ", ", name_of(e),
                            five_digits(draw(e)(0, 0)));
    }
    if (!also.empty()) sheet.answer(std::string(sheet.exercise() ? 8 : 4, ' ') + also + "\n");
  }

  /// The statistics of the data that the formulas need, or with `all` everything that they look up.
  std::string given(const std::vector<LookedUp>& found, bool all) const {
    std::string lines;
    std::vector<Expr> told;
    for (const LookedUp& part : found) {
      const bool known =
          all ||
          std::none_of(part.part->symbols.begin(), part.part->symbols.end(), [&](SymbolId s) {
            return model_[s].role == Role::parameter || model_[s].role == Role::derived;
          });
      const bool again =
          std::any_of(told.begin(), told.end(), [&](const Expr& e) { return same(e, part.part); });
      if (!known || again) continue;
      told.push_back(part.part);
      lines += lay_out(fmt::format("      {} = ", text(part.part)), {box(part.value)});
    }
    return lines.empty() ? "" : (all ? "    Given\n" : "    The data give\n") + lines;
  }

  const Drawing& d_;
  const Model& model_;
  const Conditional& c_;
  Letters letters_;
  Reading reading_, drawn_;
};

}  // namespace

std::string element_label(const BoundPlan& bound, const Plate& plate, std::size_t element) {
  if (plate.once()) return {};
  const PlateElements& elements = bound.data->plate(plate);
  if (plate.factors.empty()) {
    const auto row = static_cast<std::size_t>(elements.representative[element]);
    return fmt::format("row={}", bound.data->row_number[row] + 1);
  }
  std::string label;
  for (std::size_t f = 0; f < plate.factors.size(); ++f)
    label += (f == 0 ? "" : ", ") + (*bound.model)[plate.factors[f]].spelling + "=" +
             elements.labels[element][f];
  return label;
}

std::string distribution_in_letters(const Drawing& d) {
  const Letters letters(*d.bound.model, d.notation);
  const Expr& q = d.conditional.quantity;
  std::string said = fmt::format("{} | rest ~ {}", render(q, d.bound.model, d.notation),
                                 letters.distribution(d.conditional));
  // A precision, where the page speaks of the variance.
  if (d.conditional.family == UpdateFamily::wishart && d.conditional.exponent < 0)
    said +=
        fmt::format(", that is {} | rest ~ InverseWishart({}, {})",
                    render(inverse(q), d.bound.model, d.notation), letters.df(), letters.scale());
  return said;
}

void write_element(Worksheet& sheet, const Drawing& drawing, std::size_t element, bool alone) {
  Element(drawing, element).write(sheet, alone);
}

std::string other_elements(const Drawing& d, std::size_t shown, std::size_t most) {
  const Conditional& c = d.conditional;
  const Model& model = *d.bound.model;
  const std::size_t count = c.plate.once() ? 1 : d.bound.data->plate(c.plate).size;
  if (count < 2) return {};
  if (c.quantity->shape.kind == ShapeKind::matrix)
    return "    The others likewise; `--level` shows one of them.\n";
  const Letters letters(model, d.notation);
  const Element::Way way = Element(d, shown).way();
  const bool scalar = c.quantity->shape.is_scalar();
  const bool means = way == Element::Way::normal || way == Element::Way::normal_vector;
  const Expr drawn = means ? reference(model, c.target) : c.quantity;

  // Numbers that say what is drawn from, and the draw.
  const auto length =
      static_cast<std::size_t>(scalar ? 1 : d.bound.data->length(c.quantity->shape.rows));
  std::vector<std::string> names = component_names(*d.bound.data, model[c.target]);
  if (scalar) names = {""};
  while (names.size() < length) names.push_back(std::to_string(names.size() + 1));
  std::vector<TextColumn> columns = {{""}};
  const auto titled = [&](const std::string& what) {
    for (const std::string& n : names)
      columns.push_back({n.empty() ? what : what + ": " + n, Align::decimal});
  };
  const bool shows_mean = means && length <= 3;
  if (shows_mean) titled(letters.mean());
  if (way == Element::Way::normal)
    columns.push_back({"sqrt(" + letters.variance() + ")", Align::decimal});
  if (!means && scalar)
    for (int k = 0; k < static_cast<int>(c.parameters.size()); ++k)
      columns.push_back({letters.parameter(c.family, k), Align::decimal});
  titled("draw");

  TextTable table(columns);
  std::size_t rows = 0;
  for (std::size_t e = 0; e < count && rows < most; ++e) {
    if (e == shown) continue;
    ++rows;
    const Element element(d, e);
    std::vector<TextCell> cells = {"      " + element_label(d.bound, c.plate, e)};
    const auto add = [&](const MatrixXd& values) {
      for (Eigen::Index i = 0; i < values.size(); ++i)
        cells.emplace_back(five_digits(values.data()[i]));
    };
    if (shows_mean) add(Eigen::LLT<MatrixXd>(element.parameter(0)).solve(element.parameter(1)));
    if (way == Element::Way::normal) add(element.parameter(0).cwiseSqrt().cwiseInverse());
    if (!means && scalar)
      for (int k = 0; k < static_cast<int>(c.parameters.size()); ++k) add(element.parameter(k));
    add(element.draw(drawn));
    table.add_row(std::move(cells));
  }
  std::string text =
      fmt::format("    The other elements of {}\n", render(drawn, &model, d.notation)) +
      table.to_text();
  if (count - 1 > rows) text += fmt::format("      ... and {} more\n", count - 1 - rows);
  return text;
}

}  // namespace lmmdsl
