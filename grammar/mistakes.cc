// Each row of `kMistakes` knows one thing that people write and that the language does not have,
// and says what to write instead. The first row that recognises the place wins; if none does, the
// message says what the grammar expected.
#include "grammar/mistakes.h"

#include <fmt/core.h>

#include <algorithm>

#include "grammar/place.h"

namespace lmmdsl {

namespace {

using K = TokenKind;

constexpr const char* kStatementForms =
    "a statement is  name = expression  or  name ~ Distribution(...)";

bool reserved_word(const Place& p, Diagnostic& d) {
  std::size_t at = p.at;
  // `data = 3` is read as a declaration, which then misses its column.
  const bool declares = at == 1 && (p.in_declaration() || p.kind(0) == K::logical_not);
  const bool uses_name = p.found() == K::assign || p.found() == K::tilde ||
                         p.found() == K::open_bracket || p.found() == K::power ||
                         p.found() == K::superscript;
  if (declares && uses_name) {
    at = 0;
  } else if (!is_keyword(p.found()) || p.found() == K::logical_and || p.found() == K::logical_or ||
             p.found() == K::logical_not) {
    return false;
  } else if (p.found() == K::identity && ends_operand(p.before())) {
    return false;
  } else if (p.found() == K::by && p.bracket_at(at) < p.tokens.count && ends_operand(p.before())) {
    d.span = p.span(at);
    say(d, "`,` is missing before `by`", "", "write the factors last, as in mean(y, by plot)");
    return true;
  }
  d.span = p.span(at);
  const std::string word(p.tokens.text(at));
  say(d, fmt::format("the reserved word `{}` cannot stand here", word), "not a name", "");
  if (p.kind(0) == K::data && at > 0) {
    d.hint = fmt::format("give the column another name: data {0}_ : real from \"{0}\"", word);
  } else if (word == "I") {
    d.label = "I is the identity matrix";
  } else {
    d.hint = fmt::format("use another name, such as {}_", word);
  }
  return true;
}

bool arrow(const Place& p, Diagnostic& d) {
  auto is_arrow = [&](std::size_t i) {
    return p.kind(i) == K::less && p.kind(i + 1) == K::minus && p.touches(i);
  };
  const std::size_t i =
      p.find_outside(p.at + 1, [&](std::size_t j) { return p.relates(j) || is_arrow(j); });
  if (i == 0 || i == p.tokens.count || p.relates(i)) return false;
  d.span = {p.span(i).begin, p.span(i + 1).end};
  say(d, "there is no `<-`", "", "`=` defines a quantity, `~` gives it a distribution");
  return true;
}

bool walrus(const Place& p, Diagnostic& d) {
  for (std::size_t i : {p.at, p.at > 0 ? p.at - 1 : 0}) {
    if (p.kind(i) != K::colon || p.kind(i + 1) != K::assign || !p.touches(i)) continue;
    d.span = {p.span(i).begin, p.span(i + 1).end};
    say(d, "there is no `:=`", "", "a quantity is defined by `=`");
    return true;
  }
  return false;
}

bool double_sign(const Place& p, Diagnostic& d) {
  if (p.at == 0 || !p.touches(p.at - 1)) return false;
  const K first = p.before(), second = p.found();
  d.span = {p.span(p.at - 1).begin, p.span(p.at).end};
  if (first == K::times && second == K::times) {
    say(d, "there is no `**`", "", "a power is written `^`, as in x^2");
  } else if (second == K::assign &&
             (first == K::plus || first == K::minus || first == K::times || first == K::divide)) {
    say(d, fmt::format("there is no `{}=`", ascii(first)), "",
        "each name is defined once: a model says what is, not what is done");
  } else {
    return false;
  }
  return true;
}

bool second_relation(const Place& p, Diagnostic& d) {
  if ((p.found() != K::assign && p.found() != K::tilde) || p.in_declaration()) return false;
  const bool inside = p.bracket_at(p.at) < p.tokens.count;
  if (!inside && !p.related_before(p.at)) return false;
  d.span = p.span(p.at);
  if (!inside && p.found() != p.kind(p.at - 1) && !ends_operand(p.before())) return false;
  if (p.found() == K::assign) {
    say(d, inside ? "`=` cannot stand here" : "a second `=` in one statement", "",
        "to compare, write `==`");
    if (inside) d.label = "only `name = value` may be an argument";
  } else {
    say(d, inside ? "`~` cannot stand here" : "a second `=` or `~` in one statement", "",
        inside ? "a formula stands only as an argument, as in ols(y ~ X)"
               : "write one statement a line");
  }
  return true;
}

bool equality(const Place& p, Diagnostic& d) {
  if (p.found() != K::end || p.related_before(p.at) || p.in_declaration()) return false;
  const std::size_t i = p.find_outside(p.at, [&](std::size_t j) { return p.kind(j) == K::equal; });
  if (i == p.tokens.count) return false;
  d.span = p.span(i);
  say(d, "`==` compares", "", "a quantity is defined by `=`");
  return true;
}

bool misplaced_separator(const Place& p, Diagnostic& d) {
  const std::size_t open = p.bracket_at(p.at);
  const bool outside = open == p.tokens.count;
  d.span = p.span(p.at);
  if (p.found() == K::semicolon) {
    if (!outside && p.kind(open) == K::open_bracket && !ends_operand(p.before())) return false;
    say(d, "`;` stands only between the rows of a bracket", "",
        outside ? "delete it; one statement a line" : "separate arguments by commas");
    return true;
  }
  if (p.found() == K::comma && outside && !p.in_declaration() && ends_operand(p.before())) {
    say(d, "`,` stands only in brackets and lists of names", "",
        p.related_before(p.at) ? "write one statement a line"
                               : "write one statement for each name");
    return true;
  }
  if (p.found() == K::colon && !p.in_declaration() && ends_operand(p.before())) {
    if (outside) {
      say(d, "`:` stands only in declarations", "",
          "a declaration begins with data, param or latent; an interaction is written x * g");
    } else {
      say(d, "there are no ranges", "", "list the entries one by one, as in [1, 2, 3]");
    }
    return true;
  }
  return false;
}

/// (a, b) ~ ...; a pair is no value.
bool list_in_parentheses(const Place& p, Diagnostic& d) {
  if (p.found() != K::comma || !p.expected.starts_with("`)`")) return false;
  const std::size_t open = p.bracket_at(p.at);
  if (open == p.tokens.count || p.kind(open) != K::open_paren) return false;
  d.span = p.span(p.at);
  say(d, "a list does not stand in parentheses", "",
      p.related_before(p.at) ? "a vector is a bracket, as in  [a; b]"
                             : "write one statement for each name");
  return true;
}

bool chained_comparison(const Place& p, Diagnostic& d) {
  if (!is_comparison(p.found()) || !ends_operand(p.before()) || p.in_declaration()) return false;
  d.span = p.span(p.at);
  say(d, "comparisons cannot be chained", "a second comparison",
      "write both, as in  0 < x and x < 1");
  return true;
}

bool single_quote(const Place& p, Diagnostic& d) {
  if (p.found() != K::prime) return false;
  d.span = p.span(p.at);
  say(d, "`'` cannot stand here", "`'` after a matrix transposes it",
      "strings stand in double quotes: \"...\"");
  return true;
}

bool loose_not(const Place& p, Diagnostic& d) {
  if (p.found() != K::logical_not || ends_operand(p.before())) return false;
  d.span = p.span(p.at);
  say(d, "`not` needs parentheses here", "", "write (not x)");
  return true;
}

bool missing_entry(const Place& p, Diagnostic& d) {
  const K before = p.before(), found = p.found();
  if (found != K::comma && found != K::semicolon && !is_close(found)) return false;
  if (before != K::comma && before != K::semicolon && !is_open(before)) return false;
  const std::size_t open = p.bracket_at(p.at);
  if (open == p.tokens.count) return false;
  d.span = p.span(p.at);
  const bool parens = p.kind(open) == K::open_paren;
  if (is_open(before) && is_close(found)) {
    d.span = {p.span(p.at - 1).begin, p.span(p.at).end};
    const bool indexes = open > 0 && ends_operand(p.kind(open - 1));
    const char* what = parens ? "empty parentheses" : indexes ? "empty index" : "empty bracket";
    return say(d, what, fmt::format("expected {}", p.expected), ""), true;
  }
  say(d, parens ? "an argument is missing" : "an entry is missing",
      fmt::format("before this `{}`", ascii(found)), "");
  return true;
}

bool unknown_statement(const Place& p, Diagnostic& d) {
  if (p.at != 1 || p.kind(0) != K::name) return false;
  if (p.found() != K::name && p.found() != K::string) return false;
  const std::string word(p.tokens.text(0));
  std::string meant = nearest(word, {"data", "param", "latent", "model"});
  if (word.starts_with("param")) meant = "param";
  if (meant.empty() || p.related_before(p.tokens.count)) return false;
  d.span = p.span(0);
  say(d, fmt::format("unknown statement `{}`", word), "", fmt::format("did you mean `{}`?", meant));
  return true;
}

bool missing_operator(const Place& p, Diagnostic& d) {
  if (!ends_operand(p.before()) || !begins_operand(p.found()) || p.in_declaration()) return false;
  const std::string left = p.text(p.at - 1), right = p.text(p.at);
  d.span = p.span(p.at);
  if (p.at == 1 && p.before() == K::name && p.found() == K::name && p.kind(2) != K::open_paren) {
    d.span = p.span(0);
    say(d, "this is not a statement", fmt::format("{} cannot stand before {}", left, right),
        kStatementForms);
    return true;
  }
  if (!p.related_before(p.tokens.count) && p.bracket_at(p.at) == p.tokens.count) {
    say(d, fmt::format("`~` or `=` is missing before {}", right), "",
        "`~` gives a distribution, `=` defines a quantity");
    return true;
  }
  const K left_kind = p.kind(p.at - 1), right_kind = p.found();
  const std::size_t open = p.bracket_at(p.at);
  say(d, fmt::format("an operator is missing before {}", right), "",
      "a product is written with `*`");
  auto short_operand = [](K k) { return k == K::name || k == K::number || k == K::identity; };
  if (right_kind == K::string || left_kind == K::string) {
    d.hint = "";
  } else if (short_operand(left_kind) && short_operand(right_kind)) {
    d.hint =
        fmt::format("a product is written {} * {}", p.tokens.text(p.at - 1), p.tokens.text(p.at));
  }
  if (left_kind == K::number && right_kind == K::name && p.touches(p.at - 1)) {
    d.span = {p.span(p.at - 1).begin, p.span(p.at).end};
    d.message = fmt::format("an operator is missing between {} and {}", left, right);
    d.label = "a name cannot begin with a digit";
    if (p.tokens.text(p.at).starts_with("_")) d.hint = "digits are not grouped: write 1000, or 1e3";
  } else if (right_kind == K::number) {  // nobody writes a product like this
    d.message = fmt::format("{} cannot follow {}", right, left);
    d.hint = open < p.tokens.count ? "a comma or an operator is missing" : "";
  } else if (open < p.tokens.count) {
    d.hint += d.hint.empty() ? "a comma or an operator is missing" : "; a list needs commas";
  }
  if (left_kind == K::name && p.kind(p.at - 2) == K::tilde) {
    d.hint = fmt::format("arguments stand in parentheses: {}(...)", p.tokens.text(p.at - 1));
  }
  if (p.before() == K::close_paren && right_kind == K::name && open == p.tokens.count) {
    say(d, fmt::format("{} cannot follow a distribution", right), "",
        "one distribution stands on the right of `~`, and nothing after it");
  }
  return true;
}

bool after_by(const Place& p, Diagnostic& d) {
  const std::size_t open = p.bracket_at(p.at);
  if (open == p.tokens.count) return false;
  bool by = false;
  for (std::size_t i = open + 1; i < p.at; ++i) by = by || p.kind(i) == K::by;
  if (!by || is_keyword(p.found()) || p.found() == K::end) return false;
  d.span = p.span(p.at);
  say(d, fmt::format("{} cannot stand in a list of factors", p.text(p.at)), "",
      "`by` comes last and takes all names that follow it");
  return true;
}

bool missing_type(const Place& p, Diagnostic& d) {
  if (p.kind(0) == K::data && p.expected.starts_with("`:`") && p.found() == K::name) {
    d.span = p.span(p.at);
    say(d, fmt::format("`,` or `:` is missing before {}", p.text(p.at)), "", "data a, b : real");
  } else if (p.kind(0) == K::data && p.expected.starts_with("`:`")) {
    d.span = p.span(p.at);
    say(d, "the type of the data is missing", "expected `:` and real, factor, count or binary",
        fmt::format("data {} : real", p.tokens.text(1)));
  } else if (p.kind(0) == K::data && p.found() == K::string) {
    d.span = p.span(p.at);
    say(d, "`from` is missing before the header", "", "data y : real from \"Yield (t/ha)\"");
  } else if (p.kind(0) == K::data && is_comparison(p.found()) && p.before() == K::string) {
    d.span = p.span(p.at);
    say(d, "bounds stand before `from`", "", "as in  data y : real > 0 from \"Yield (t/ha)\"");
  } else if (p.kind(0) == K::data && p.found() == K::comma) {
    d.span = p.span(p.at);
    say(d, "`,` cannot follow the type", "", "write one `data` statement for each type");
  } else if (p.kind(0) == K::param && p.found() == K::comma) {
    d.span = p.span(p.at);
    say(d, "`param` declares one name", "", "write one statement for each name");
  } else if (p.in_declaration() && p.expected == "a type" && p.found() != K::end) {
    d.span = p.span(p.at);
    say(d, fmt::format("expected a type, found {}", p.text(p.at)), "", "");
  } else {
    return false;
  }
  return true;
}

bool bound_without_number(const Place& p, Diagnostic& d) {
  if (!p.in_declaration() || !is_comparison(p.before())) return false;
  d.span = p.span(p.at);
  say(d, fmt::format("{} is not a number", p.text(p.at)), "a bound is a comparison with a number",
      "as in  data x : real >= 0 <= 1");
  return true;
}

bool title_without_quotes(const Place& p, Diagnostic& d) {
  if (p.kind(0) != K::model || p.at != 1) return false;
  d.span = p.span(0);
  say(d, "`model` gives the title", "expected a title in quotes",
      "as in  model \"Yield of grass\";  a regression is written  y ~ Normal(X * beta, sigma^2)");
  return true;
}

bool no_relation(const Place& p, Diagnostic& d) {
  if (p.found() != K::end || p.in_declaration() || !p.expected.starts_with("`=`")) return false;
  d.span = p.tokens.span(0, p.tokens.count);
  say(d, "this is not a statement", "`=` or `~` is missing", kStatementForms);
  return true;
}

bool dangling(const Place& p, Diagnostic& d) {
  if (p.found() != K::end || p.at == 0) return false;
  if (!joins_lines(p.before()) && p.before() != K::logical_not) return false;
  d.span = p.span(p.at - 1);
  say(d, fmt::format("nothing follows {}", p.text(p.at - 1)), "expected " + p.expected, "");
  return true;
}

constexpr bool (*kMistakes[])(const Place&, Diagnostic&) = {
    reserved_word,
    arrow,
    walrus,
    double_sign,
    equality,
    after_by,
    second_relation,
    list_in_parentheses,
    misplaced_separator,
    single_quote,
    chained_comparison,
    loose_not,
    missing_type,
    bound_without_number,
    missing_entry,
    title_without_quotes,
    unknown_statement,
    dangling,
    missing_operator,
    no_relation,
};

}  // namespace

Diagnostic explain_syntax_error(const StatementTokens& tokens, const SyntaxError& error) {
  const Place place{tokens, std::min<std::size_t>(error.token, tokens.count), error.expected};
  Diagnostic d;
  d.source = tokens.source;
  d.span = place.span(place.at);
  if (error.too_deep) {
    d.code = ExitCode::limit;
    d.message = "the expression is nested too deeply";
    return d;
  }
  for (auto recognise : kMistakes) {
    if (recognise(place, d)) return d;
  }
  d.span = place.span(place.at);
  say(d, fmt::format("expected {}, found {}", place.expected, place.text(place.at)), "", "");
  return d;
}

}  // namespace lmmdsl
