// The model as a listing: `explain --stage model` and golden tests.

#include <fmt/format.h>

#include "compiler/math/render.h"
#include "compiler/model/model.h"

namespace lmmdsl {

namespace {

std::string with_index(const Model& model, const Symbol& s) {
  std::string text = s.name;
  for (std::size_t i = 0; i < s.plate.factors.size(); ++i) {
    text += (i ? ", " : "[") + model[s.plate.factors[i]].name;
  }
  return s.plate.factors.empty() ? text : text + "]";
}

std::string component_list(const Symbol& s) {
  std::string text;
  for (const ComponentName& name : s.component_names) {
    text += (text.empty() ? "" : ", ") + name.text;
  }
  return text.empty() ? text : " (" + text + ")";
}

std::string shape_and_plate(const Model& model, const Symbol& s) {
  std::string text = describe(s.shape) + component_list(s);
  if (s.levels > 0) text = fmt::format("a factor with {} levels, not observed", s.levels);
  if (!s.plate.once()) text += ", " + describe(model, s.plate);
  if (s.positive) text += ", positive";
  if (s.symmetric) text += ", symmetric";
  return text;
}

std::string column(const Symbol& s) {
  std::string text = fmt::format("  {} : {}", s.name, name(s.column_type));
  for (const ColumnBound& b : s.bounds) text += fmt::format(" {} {}", symbol(b.op), b.value);
  if (s.header != s.name) text += fmt::format(" from \"{}\"", s.header);
  return text + "\n";
}

std::string density(const Model& model, const Density& d) {
  std::string text =
      fmt::format("  {} ~ {}\n    ", render(d.value, &model), law_text(model, d, Notation::ascii));
  if (d.target >= 0) {
    text += "prior of " + model[d.target].name;
    if (!d.plate.once()) text += ", " + describe(model, d.plate);
  } else {
    text += d.plate.rows
                ? fmt::format("likelihood, each row in which {} is present", model[d.response].name)
                : fmt::format("likelihood, {}", describe(model, d.plate));
    if (d.stacked) text += ", written as stacks";
  }
  return text + "\n";
}

}  // namespace

std::vector<std::pair<std::string, Expr>> given_bounds(const Density& d) {
  std::vector<std::pair<std::string, Expr>> given;
  if (d.lower) given.emplace_back("lower", d.lower);
  if (d.upper) given.emplace_back("upper", d.upper);
  return given;
}

std::string law_text(const Model& model, const Density& d, Notation notation) {
  std::vector<std::string> args;
  for (const Expr& a : d.args) args.push_back(render(a, &model, notation));
  for (const auto& [name, bound] : given_bounds(d))
    args.push_back(name + " = " + render(bound, &model, notation));
  return fmt::format("{}({})", family(d.family).name, fmt::join(args, ", "));
}

std::string to_text(const Model& model) {
  std::string text;
  if (!model.title.empty()) text += fmt::format("model \"{}\"\n", model.title);
  const auto section = [&](const char* title, Role role, const auto& line) {
    bool any = false;
    for (const Symbol& s : model.symbols) {
      if (s.role != role || (role == Role::constant && !s.reported)) continue;
      if (!any) text += fmt::format("{}\n", title);
      any = true;
      text += line(s);
    }
  };
  const auto defined = [&](const Symbol& s) {
    return fmt::format("  {} : {}\n    = {}\n", with_index(model, s), shape_and_plate(model, s),
                       s.definition ? render(s.definition, &model) : "");
  };
  section("data", Role::column, column);
  section("fits", Role::fit, [&](const Symbol& s) {
    return fmt::format("  {} : {}\n", s.name,
                       s.plate.once() ? "one for all rows" : "one for " + describe(model, s.plate));
  });
  section("constants", Role::constant, defined);
  const auto unknown = [&](const Symbol& s) {
    return fmt::format("  {} : {}\n", with_index(model, s), shape_and_plate(model, s));
  };
  section("parameters", Role::parameter,
          [&](const Symbol& s) { return s.auxiliary ? std::string() : unknown(s); });
  if (!model.rewrites.empty()) text += "auxiliary variables\n";
  for (const Rewrite& r : model.rewrites)
    for (SymbolId a : r.auxiliaries) text += unknown(model[a]);
  section("derived", Role::derived, defined);
  if (!model.densities.empty()) text += "densities\n";
  for (const Density& d : model.densities) text += density(model, d);
  return text;
}

}  // namespace lmmdsl
