// A parameter without a conjugate full conditional: the page as far as it goes.
#include <algorithm>
#include <cctype>

#include "compiler/derive/explain.h"
#include "compiler/derive/legend.h"
#include "compiler/derive/sources.h"
#include "compiler/derive/steps.h"
#include "compiler/math/render.h"

namespace lmmdsl {

namespace {

/// Words with code between backticks.
Text with_code(const std::string& words) {
  Text text;
  std::size_t at = 0;
  while (at < words.size()) {
    const std::size_t open = words.find('`', at);
    const std::size_t close = open == words.npos ? words.npos : words.find('`', open + 1);
    if (close == words.npos) break;
    text = std::move(text) + words.substr(at, open - at) +
           Code{words.substr(open + 1, close - open - 1)};
    at = close + 1;
  }
  return std::move(text) + words.substr(at);
}

class RefusalPage {
 public:
  RefusalPage(const Model& model, const Derived& derived)
      : model_(model),
        derived_(derived),
        t_(reference(model, derived.target)),
        plate_(model[derived.target].plate) {}

  Page write() {
    const std::vector<DensitySteps> steps = log_densities(model_, derived_.target);
    page_.title = model_[derived_.target].name + " has no conjugate full conditional";
    page_.heading(2, Text(note(formula(t_, plate_))) + " has no conjugate full conditional");
    mentions(steps);
    logarithms(steps);
    for (const Diagnostic& d : derived_.refused) {
      page_.heading(3, "What spoils it");
      page_.paragraph(
          "In " + line_name(model_, d.span) + ", " + Code{statement_text(model_, d.span)} + ": " +
          with_code(d.label) + ". As a function of " + note(formula(t_, plate_)) +
          " the sum of the logarithms is therefore none of those that belong to a family "
          "with a known sampler.");
      if (!d.hint.empty()) {
        page_.heading(3, "The nearest change");
        std::string hint = d.hint;
        hint[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(hint[0])));
        page_.paragraph(with_code(hint) + ".");
      }
    }
    if (auto rows = legend(model_, noted_); !rows.empty()) {
      page_.heading(3, "In words");
      page_.table(std::move(rows));
    }
    return std::move(page_);
  }

 private:
  Formula note(Formula f) {
    noted_.push_back(f);
    return f;
  }

  bool spoils(int density) const {
    const auto& all = derived_.spoiling;
    return std::find(all.begin(), all.end(), density) != all.end();
  }

  void mentions(const std::vector<DensitySteps>& steps) {
    page_.heading(3, "The densities that mention it");
    std::vector<std::vector<Text>> rows;
    for (const DensitySteps& s : steps) {
      const Density& d = density_at(model_, s.density);
      rows.push_back({line_name(model_, d.span), Code{statement_text(model_, d.span)}});
      if (d.target == derived_.target) rows.push_back({"", "its prior"});
      if (spoils(s.density)) rows.push_back({"", "this one is in the way"});
    }
    page_.table(std::move(rows));
  }

  void logarithms(const std::vector<DensitySteps>& steps) {
    page_.heading(3, "Their logarithms, without what is free of it");
    for (const DensitySteps& s : steps) {
      const Density& d = density_at(model_, s.density);
      Formula f{{log_density(s.value, false), sign_term("=")}, d.plate, plate_};
      f << s.kept;
      if (!s.dropped.empty()) f << sign_term("+") << word_term("const");
      page_.display(note(std::move(f)));
    }
  }

  const Model& model_;
  const Derived& derived_;
  Expr t_;
  Plate plate_;
  Page page_;
  std::vector<Formula> noted_;
};

}  // namespace

Page explain_refusal(const Model& model, const Derived& derived) {
  return RefusalPage(model, derived).write();
}

}  // namespace lmmdsl
