#include "lmmdsl/letters.h"

#include <fmt/format.h>

#include "compiler/rules/shorthand.h"

namespace lmmdsl {

std::string Letters::parameter(UpdateFamily family, int which) const {
  switch (family) {
    case UpdateFamily::normal:
      return which == 0 ? precision() : shift();
    case UpdateFamily::inverse_wishart:
    case UpdateFamily::wishart:
      return which == 0 ? df() : scale();
    default:
      return free({parameter_name(family, which)});
  }
}

std::string Letters::distribution(const Conditional& c) const {
  std::vector<std::string> args;
  for (std::size_t k = 0; k < c.parameters.size(); ++k)
    args.push_back(parameter(c.family, static_cast<int>(k)));
  if (c.family == UpdateFamily::wishart) args[1] = inverse(args[1]);
  if (c.family == UpdateFamily::normal) {
    const std::string P = args[0], h = args[1];
    if (c.quantity->shape.is_scalar()) args = {over(h, P), over("1", P)};
    else args = {times(inverse(P), h), inverse(P)};
  }
  std::string said = fmt::format("{}({})", name(c.family), fmt::join(args, ", "));
  if (c.lower) {
    const auto text = [&](const Expr& e) { return render(e, &model_, notation_); };
    const bool lower = is_given(c.lower), upper = is_given(c.upper);
    const std::string target = text(reference(model_, c.target));
    if (lower && upper)
      said += fmt::format(", {} between {} and {}", target, text(c.lower), text(c.upper));
    else if (lower) said += fmt::format(", {} above {}", target, text(c.lower));
    else if (upper) said += fmt::format(", {} below {}", target, text(c.upper));
  }
  return said;
}

std::string Letters::free(const std::vector<std::string>& candidates) const {
  for (const std::string& name : candidates)
    if (model_.find(name) < 0) return render_name(name, notation_);
  return candidates.back() + "_";
}

}  // namespace lmmdsl
