#include "lmmdsl/exchange/program_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/math/render.h"
#include "lmmdsl/json_text.h"
#include "runtime/bind.h"

namespace lmmdsl {
namespace {

/// Letters, digits and underscores, beginning with a letter.
std::string plain_name(const std::string& text) {
  std::string result;
  for (const char c : text)
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '_') result += c;
    else if (!result.empty() && result.back() != '_') result += '_';
  while (!result.empty() && result.back() == '_') result.pop_back();
  if (result.empty() || !std::isalpha(static_cast<unsigned char>(result[0]))) result = "v" + result;
  return result;
}

std::string literal_text(double x) {
  if (!std::isfinite(x)) throw std::logic_error("a constant that is not finite was exported");
  return json_number(x);
}

std::string plate_key(const Plate& p) {
  std::string key = p.rows ? "rows" + std::to_string(p.response) : "";
  for (const SymbolId f : p.factors) key += "," + std::to_string(f);
  return key;
}

std::string plate_name(const Model& model, const Plate& p) {
  if (p.rows) return p.response >= 0 ? model[p.response].name + "_row" : "row";
  std::string name;
  for (const SymbolId f : p.factors) name += (name.empty() ? "" : "_") + model[f].name;
  return name;
}

}  // namespace

ProgramWriter::ProgramWriter(const ProgramTarget& target, const Bound& bound)
    : target_(target), bound_(bound), evaluator_(*bound.program->model, *bound.data) {
  none_.values.resize(model().symbols.size());
  taken_.insert(target.reserved.begin(), target.reserved.end());
  // Unknowns first, so that they keep their names.
  for (const SymbolId p : model().parameters()) name(p);
  for (const SymbolId p : model().derived()) name(p);
}

std::string ProgramWriter::fresh(const std::string& like) {
  const std::string base = plain_name(like);
  std::string name = base;
  for (int k = 2; !taken_.insert(name).second; ++k) name = fmt::format("{}_{}", base, k);
  return name;
}

std::string ProgramWriter::name(SymbolId id) {
  const auto found = names_.find(id);
  if (found != names_.end()) return found->second;
  return names_.emplace(id, fresh(model()[id].name)).first->second;
}

bool ProgramWriter::is_constant_here(const Expr& e) const { return is_constant(model(), e); }

std::string ProgramWriter::size(const Plate& plate) {
  const std::string key = plate_key(plate);
  const auto found = sizes_.find(key);
  if (found != sizes_.end()) return found->second;
  const std::string name = fresh("n_" + plate_name(model(), plate));
  data_.push_back({name, true, {}, {static_cast<double>(data().plate(plate).size)}});
  return sizes_.emplace(key, name).first->second;
}

std::string ProgramWriter::index_into(const Plate& plate, const LoopPlace& at) {
  if (plate == at.plate) return at.index;
  if (const SymbolId factor = deciding_factor(at.plate, plate); factor >= 0)
    return fmt::format("{}[{}]", name(factor), index_into(row_plate(), at));
  const std::string key = plate_key(at.plate) + ">" + plate_key(plate);
  auto found = maps_.find(key);
  if (found == maps_.end()) {
    ProgramData map{fresh(plate_name(model(), plate) + "_of_" + plate_name(model(), at.plate)),
                    true,
                    {data().plate(at.plate).size},
                    {}};
    for (const std::int32_t e : data().map(at.plate, plate)) map.values.push_back(e + 1);
    found = maps_.emplace(key, map.name).first;
    data_.push_back(std::move(map));
  }
  return fmt::format("{}[{}]", found->second, at.index);
}

LoopPlace ProgramWriter::place_with_labels(const Expr& level, const LoopPlace& at) {
  ProgramData map{"", true, {data().plate(level->plate).size}, {}};
  for (const std::int32_t e : elements_with_labels(data(), *level)) map.values.push_back(e + 1);
  if (level->plate.once()) return {level->over, fmt::format("{}", map.values.front())};
  const auto [found, is_new] = levels_.try_emplace(render(level, &model()));
  if (is_new) {
    found->second = map.name =
        fresh(fmt::format("{}_of_{}_{}", plate_name(model(), level->over),
                          plate_name(model(), level->plate), fmt::join(level->labels, "_")));
    data_.push_back(std::move(map));
  }
  return {level->over, fmt::format("{}[{}]", found->second, index_into(level->plate, at))};
}

std::string ProgramWriter::entry(const std::string& name, const Plate& plate, const Shape& shape,
                                 const LoopPlace& at) {
  const std::string first = plate.once() ? "" : index_into(plate, at);
  if (shape.is_scalar() || target_.stan)
    return first.empty() ? name : fmt::format("{}[{}]", name, first);
  // JAGS wants the extents: where an array stands on the left it learns its size from them.
  std::string inside = first;
  const auto extent = [&](const Dim& dim) {
    inside += fmt::format("{}1:{}", inside.empty() ? "" : ", ", length(dim));
  };
  if (shape.kind != ShapeKind::row) extent(shape.rows);
  if (shape.kind != ShapeKind::vector) extent(shape.cols);
  return fmt::format("{}[{}]", name, inside);
}

std::string ProgramWriter::constant(const Expr& any, const LoopPlace& at) {
  // In a loop over some rows, the values of these rows.
  const Expr e = any->plate.rows && at.plate.rows ? on_rows(any, at.plate) : any;
  const Plate& plate = e->plate;
  if (plate.once() && e->shape.is_scalar())
    return literal_text(evaluator_.evaluate(e, none_, 0)(0, 0));
  std::string name;
  for (const auto& [known, known_name] : constants_)
    if (same(known, e) && known->plate == plate) name = known_name;
  if (name.empty()) {
    ProgramData d;
    d.name = fresh(e->op == Op::symbol ? model()[e->symbol].name
                                       : plain_name(render(e, &model())).substr(0, 20));
    const std::size_t n = plate.once() ? 1 : data().plate(plate).size;
    std::vector<Eigen::MatrixXd> values;
    for (std::size_t k = 0; k < n; ++k) values.push_back(evaluator_.evaluate(e, none_, k));
    if (!plate.once()) d.size.push_back(n);
    const auto rows = static_cast<std::size_t>(values[0].rows());
    const auto cols = static_cast<std::size_t>(values[0].cols());
    if (e->shape.kind == ShapeKind::matrix) d.size.insert(d.size.end(), {rows, cols});
    else if (!e->shape.is_scalar()) d.size.push_back(rows * cols);
    for (std::size_t c = 0; c < cols; ++c)
      for (std::size_t r = 0; r < rows; ++r)
        for (const Eigen::MatrixXd& v : values)
          d.values.push_back(v(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(c)));
    name = d.name;
    constants_.emplace_back(e, name);
    data_.push_back(std::move(d));
  }
  return entry(name, plate, e->shape, at);
}

std::string ProgramWriter::whole(const Expr& e, const LoopPlace& at) {
  const std::string text = constant(e, at);
  for (ProgramData& d : data_)
    if (d.name == text.substr(0, text.find('['))) d.whole = true;
  return text;
}

std::string ProgramWriter::response(const Density& d, const LoopPlace& at) {
  if (d.observed) {
    const std::vector<std::vector<char>> observed = observed_components(data(), d);
    for (std::size_t e = 0; e < observed.size(); ++e) {
      const auto missing = std::find(observed[e].begin(), observed[e].end(), 0);
      if (missing == observed[e].end()) continue;
      const auto k = static_cast<std::size_t>(missing - observed[e].begin());
      const std::string component = d.value->op == Op::vcat
                                        ? "`" + render(d.value->args[k], &model()) + "`"
                                        : fmt::format("component {}", k + 1);
      throw Inexpressible{
          d.span,
          fmt::format("a vector response with missing components is not exported: {} has no {}",
                      describe_element(data(), d.plate, e), component),
          "leave out of the data what lacks components"};
    }
  }
  const Support support = family(d.family).support;
  return support == Support::binary || support == Support::count ? whole(d.value, at)
                                                                 : constant(d.value, at);
}

std::string ProgramWriter::argument(const Density& d, std::size_t k, const LoopPlace& at) {
  const bool counts = d.family == FamilyId::binomial && k == 0 && is_constant_here(d.args[k]);
  return counts ? whole(d.args[k], at) : text(d.args[k], at);
}

std::optional<std::string> ProgramWriter::density(const Density& d, const LoopPlace& at) {
  const auto pattern = target_.density_patterns.find(d.family);
  if (pattern == target_.density_patterns.end() || !d.value->shape.is_scalar()) return {};
  if (d.lower || d.upper)
    throw Inexpressible{
        d.span,
        fmt::format("bounds of the distribution {} are not exported", family(d.family).name), ""};
  const auto arg = [&](std::size_t k) { return k < d.args.size() ? argument(d, k, at) : ""; };
  const std::string first = arg(0), second = arg(1);
  return fmt::format(fmt::runtime(pattern->second), first, second);
}

std::string ProgramWriter::product(const Expr& e, const LoopPlace& at) {
  std::string scalars, matrices;
  Shape shape;
  for (const Expr& a : e->args) {
    if (a->shape.is_scalar()) {
      scalars += (scalars.empty() ? "" : " * ") + text(a, at);
      continue;
    }
    const std::string t = text(a, at);
    if (matrices.empty()) {
      matrices = t;
      shape = a->shape;
    } else if (target_.stan) {
      matrices = fmt::format("{} * {}", matrices, t);
    } else if (shape.kind == ShapeKind::row && a->shape.kind == ShapeKind::vector) {
      matrices = fmt::format("inprod({}, {})", matrices, t);
      shape = scalar_shape();
    } else if (shape.kind == ShapeKind::matrix && a->shape.kind == ShapeKind::vector) {
      matrices = fmt::format("({} %*% {})", matrices, t);
      shape = a->shape;
    } else if (shape.kind == ShapeKind::matrix && a->shape.kind == ShapeKind::matrix) {
      matrices = fmt::format("({} %*% {})", matrices, t);
    } else {
      throw Inexpressible{
          e->span, "JAGS has no product of a " + describe(shape) + " and " + describe(a->shape),
          ""};
    }
  }
  if (matrices.empty()) return scalars;
  return scalars.empty() ? matrices : fmt::format("{} * {}", scalars, matrices);
}

/// A bracket of unknowns: Stan has such; for JAGS it is an array that is filled first.
std::string ProgramWriter::bracket_of_elements(const Expr& e, const LoopPlace& at) {
  for (const Expr& a : e->args)
    if (!a->shape.is_scalar())
      throw Inexpressible{e->span, "a bracket with vectors of unknowns in it is not written",
                          "a vector for each part, or a product with a design"};
  if (target_.stan) {
    std::string inside;
    for (const Expr& a : e->args) inside += (inside.empty() ? "" : ", ") + text(a, at);
    return fmt::format("[{}]{}", inside, e->op == Op::vcat ? "'" : "");
  }
  const std::string name = fresh("parts");
  std::string entry = name;
  for (std::size_t k = 0; k < e->args.size(); ++k)
    before.push_back(fmt::format("{}[{}{}] <- {}", name, at.index.empty() ? "" : at.index + ", ",
                                 k + 1, text(e->args[k], at)));
  return at.index.empty() ? entry : fmt::format("{}[{},]", entry, at.index);
}

std::string ProgramWriter::text(const Expr& e, const LoopPlace& at) {
  if (is_constant_here(e)) return constant(e, at);
  const auto join = [&](const char* between) {
    std::string result;
    for (const Expr& a : e->args) result += (result.empty() ? "" : between) + text(a, at);
    return "(" + result + ")";
  };
  switch (e->op) {
    case Op::symbol: {
      const Symbol& s = model()[e->symbol];
      if (s.role == Role::derived) return text(s.definition, at);
      return entry(name(e->symbol), s.plate, s.shape, at);
    }
    case Op::add:
      return join(" + ");
    case Op::multiply:
      return "(" + product(e, at) + ")";
    case Op::power: {
      if (e->args[1]->op == Op::number && e->args[1]->number < 0)
        return inverse_of(power(e->args[0], -e->args[1]->number), at);
      return fmt::format("pow({}, {})", text(e->args[0], at), text(e->args[1], at));
    }
    case Op::inverse:
      return inverse_of(e->args[0], at);
    case Op::hcat:
    case Op::vcat:
      return bracket_of_elements(e, at);
    case Op::transpose:
      if (e->shape.kind != ShapeKind::matrix && !target_.stan) return text(e->args[0], at);
      return target_.stan ? text(e->args[0], at) + "'" : fmt::format("t({})", text(e->args[0], at));
    case Op::component: {
      std::string inside;
      for (const int k : e->index) inside += (inside.empty() ? "" : ", ") + std::to_string(k);
      const Expr& of = e->args[0];
      if (target_.stan) return fmt::format("{}[{}]", text(of, at), inside);
      if (of->op != Op::symbol || model()[of->symbol].role != Role::parameter)
        throw Inexpressible{e->span, "JAGS takes components of named vectors only", ""};
      const Symbol& s = model()[of->symbol];
      const std::string first = s.plate.once() ? "" : index_into(s.plate, at) + ", ";
      return fmt::format("{}[{}{}]", name(of->symbol), first, inside);
    }
    case Op::level:
      return text(e->args[0], place_with_labels(e, at));
    default:
      break;
  }
  const auto function = target_.functions.find(e->op);
  if (function == target_.functions.end())
    throw Inexpressible{
        e->span, fmt::format("`{}` is not written for {}", render(e, &model()), target_.name), ""};
  std::string inside;
  for (const Expr& a : e->args) inside += (inside.empty() ? "" : ", ") + text(a, at);
  return fmt::format("{}({})", function->second, inside);
}

std::string data_as_json(const std::vector<ProgramData>& data) {
  std::string text = "{";
  const char* between = "\n";
  for (const ProgramData& d : data) {
    text += fmt::format("{}  {}: ", between, json_string(d.name));
    between = ",\n";
    std::vector<std::size_t> index(d.size.size(), 0);
    const std::function<void(std::size_t, std::size_t, std::size_t)> write =
        [&](std::size_t k, std::size_t offset, std::size_t stride) {
          if (k == d.size.size()) {
            text += literal_text(d.values[offset]);
            return;
          }
          text += '[';
          for (std::size_t i = 0; i < d.size[k]; ++i) {
            if (i > 0) text += ", ";
            write(k + 1, offset + i * stride, stride * d.size[k]);
          }
          text += ']';
        };
    write(0, 0, 1);
  }
  return text + "\n}\n";
}

std::string data_as_r(const std::vector<ProgramData>& data) {
  std::string text;
  for (const ProgramData& d : data) {
    std::string values;
    for (const double x : d.values) values += (values.empty() ? "" : ", ") + literal_text(x);
    if (d.size.empty()) {
      text += fmt::format("\"{}\" <- {}\n", d.name, values);
    } else if (d.size.size() == 1) {
      text += fmt::format("\"{}\" <- c({})\n", d.name, values);
    } else {
      std::string dim;
      for (const std::size_t n : d.size) dim += (dim.empty() ? "" : ", ") + std::to_string(n);
      text += fmt::format("\"{}\" <- structure(c({}), .Dim = c({}))\n", d.name, values, dim);
    }
  }
  return text;
}

const std::vector<ProgramTarget>& program_targets() {
  static const std::vector<ProgramTarget> rows = {jags_target(), stan_target(), rstan_target()};
  return rows;
}

std::string ProgramWriter::leave_out(SymbolId id, const std::string& why) {
  const Symbol& s = model()[id];
  Diagnostic d;
  d.severity = Severity::note;
  d.code = ExitCode::done;
  d.source = model().source;
  d.span = s.span;
  d.message = fmt::format("`{}` is not exported: {}", s.spelling, why);
  notes_.push_back(std::move(d));
  return fmt::format("{} is left out: {}\n", s.name, why);
}

Result<std::vector<ProgramFile>> write_program(const ProgramTarget& target, const Bound& bound) {
  try {
    return target.write(target, bound);
  } catch (const Inexpressible& e) {
    Diagnostic d;
    d.code = ExitCode::refused;
    d.source = bound.program->model->source;
    d.span = e.span;
    d.message = e.what;
    d.label = "here";
    d.hint = e.hint;
    return d;
  }
}

}  // namespace lmmdsl
