#include "compiler/page/page.h"

#include <iterator>

#include "compiler/math/arrange.h"
#include "compiler/math/layout.h"

namespace lmmdsl {

Term expression(Expr e) { return {Term::Kind::expression, {}, {std::move(e)}}; }
Term law(std::string family, std::vector<Expr> args) {
  return {Term::Kind::law, std::move(family), std::move(args)};
}
Term given_rest(Expr e) { return {Term::Kind::given, {}, {std::move(e)}}; }
Term log_density(Expr e, bool rest) {
  return {Term::Kind::log_density, rest ? "rest" : "", {std::move(e)}};
}
Term sign_term(std::string key) { return {Term::Kind::sign, std::move(key), {}}; }
Term word_term(std::string text) { return {Term::Kind::word, std::move(text), {}}; }

Term notation_term(std::string code, Layout layout) {
  return {Term::Kind::notation,
          std::move(code),
          {},
          {},
          {},
          std::make_shared<const Layout>(std::move(layout))};
}

Formula formula(Expr e, const Plate& plate, const Plate& within) {
  return {{expression(std::move(e))}, plate, within};
}

Formula& Formula::operator<<(const Expr& sum) {
  const std::vector<Expr> parts = sum->op == Op::add ? sum->args : std::vector<Expr>{sum};
  for (const Expr& part : parts) {
    const bool first = &part == &parts.front(), negative = is_negative(part);
    if (!first) terms.push_back(sign_term(negative ? "-" : "+"));
    if (first && negative) terms.push_back(sign_term("negative"));
    terms.push_back(expression(negative ? negate(part) : part));
  }
  return *this;
}

Text operator+(Text a, const Text& b) {
  a.runs.insert(a.runs.end(), b.runs.begin(), b.runs.end());
  return a;
}

void Page::heading(int level, Text text) {
  blocks.push_back({Block::Kind::heading, level, {{std::move(text)}}});
}
void Page::paragraph(Text text) {
  blocks.push_back({Block::Kind::paragraph, 0, {{std::move(text)}}});
}
void Page::display(Formula formula) {
  if (blocks.empty() || blocks.back().kind != Block::Kind::display) {
    blocks.push_back({Block::Kind::display, 0, {}});
  }
  blocks.back().rows.push_back({std::move(formula)});
}
void Page::table(std::vector<std::vector<Text>> rows, bool header) {
  if (!rows.empty()) blocks.push_back({Block::Kind::table, 0, std::move(rows), header});
}
void Page::append(Page other) {
  blocks.insert(blocks.end(), std::make_move_iterator(other.blocks.begin()),
                std::make_move_iterator(other.blocks.end()));
}

namespace {

/// A row of a table about a sign that this notation has not.
bool about_no_sign(const std::vector<Text>& row, bool as_code) {
  if (row.front().runs.size() != 1) return false;
  const auto* sign = std::get_if<Formula>(&row.front().runs[0]);
  if (!sign || sign->terms.size() != 1 || !sign->terms[0].layout) return false;
  return as_code ? sign->terms[0].text.empty() : sign->terms[0].layout->empty();
}

}  // namespace

std::string write_page(const Page& whole, const Model& model, Format format) {
  Page page = whole;
  for (Block& b : page.blocks) {
    if (b.kind != Block::Kind::table) continue;
    std::erase_if(b.rows,
                  [&](const auto& row) { return about_no_sign(row, format == Format::text); });
  }
  std::erase_if(page.blocks, [](const Block& b) { return b.rows.empty(); });
  // Nor is a heading printed under which nothing is left.
  for (std::size_t i = page.blocks.size(); i-- > 0;) {
    const auto heads = [&](std::size_t k) { return page.blocks[k].kind == Block::Kind::heading; };
    const bool last = i + 1 == page.blocks.size();
    if (heads(i) && (last || (heads(i + 1) && page.blocks[i + 1].level <= page.blocks[i].level)))
      page.blocks.erase(page.blocks.begin() + static_cast<std::ptrdiff_t>(i));
  }
  switch (format) {
    case Format::text:
    case Format::unicode:
      return write_text(page, model, format == Format::unicode);
    case Format::markdown:
      return write_markdown(page, model);
    case Format::latex:
      return write_latex(page, model);
    case Format::html:
      return write_html(page, model);
  }
  return {};
}

}  // namespace lmmdsl
