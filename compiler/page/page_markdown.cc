// Pages in Markdown, formulas between dollar signs as GitHub, pandoc and Jupyter read them.
#include "compiler/math/layout.h"
#include "compiler/model/model.h"
#include "compiler/page/page.h"

namespace lmmdsl {

namespace {

std::string escape_markdown(const std::string& text) {
  std::string found;
  for (const char c : text) {
    if (std::string("\\`*_{}[]<>#$|~").find(c) != std::string::npos) found += '\\';
    found += c;
  }
  return found;
}

/// Code in as many backticks as it needs.
std::string code_span(const std::string& text) {
  std::string fence = "`";
  while (text.find(fence) != std::string::npos) fence += '`';
  const char* pad = text.find('`') != std::string::npos ? " " : "";
  return fence + pad + text + pad + fence;
}

class MarkdownPage {
 public:
  explicit MarkdownPage(const Model& model) : typesetter_(model) {}

  std::string write(const Page& page) {
    for (const Block& b : page.blocks) {
      if (!out_.empty()) out_ += "\n";
      write(b);
    }
    return std::move(out_);
  }

 private:
  std::string latex(const Formula& f) const { return to_latex(layout(f, typesetter_)); }

  std::string of(const Text& text, bool cell = false) const {
    std::string found;
    for (const Run& run : text.runs) {
      if (const auto* words = std::get_if<std::string>(&run)) {
        found += escape_markdown(*words);
      } else if (const auto* source = std::get_if<Code>(&run)) {
        found += code_span(source->text);
      } else {
        found += "$" + latex(std::get<Formula>(run)) + "$";
      }
    }
    if (!cell) return found;
    // A bar ends a cell, also inside a formula or code.
    std::string safe;
    for (std::size_t i = 0; i < found.size(); ++i) {
      const bool escaped = i > 0 && found[i - 1] == '\\';
      safe += found[i] == '|' && !escaped ? "\\|" : std::string(1, found[i]);
    }
    return safe;
  }

  void write(const Block& b) {
    switch (b.kind) {
      case Block::Kind::heading:
        out_ += std::string(static_cast<std::size_t>(b.level), '#') + " " + of(b.rows[0][0]) + "\n";
        return;
      case Block::Kind::paragraph:
        out_ += of(b.rows[0][0]) + "\n";
        return;
      case Block::Kind::display:
        for (const auto& row : b.rows) {
          out_ += "$$\n" + latex(std::get<Formula>(row[0].runs[0])) + "\n$$\n";
        }
        return;
      case Block::Kind::table:
        write_table(b);
    }
  }

  void write_table(const Block& b) {
    const std::size_t columns = b.rows[0].size();
    const auto line = [&](const std::vector<Text>& cells) {
      std::string text = "|";
      for (const Text& c : cells) text += " " + of(c, true) + " |";
      return text + "\n";
    };
    out_ += b.header ? line(b.rows[0]) : line(std::vector<Text>(columns));
    std::string rule = "|";
    for (std::size_t k = 0; k < columns; ++k) rule += "---|";
    out_ += rule + "\n";
    for (std::size_t i = b.header ? 1 : 0; i < b.rows.size(); ++i) out_ += line(b.rows[i]);
  }

  Typesetter typesetter_;
  std::string out_;
};

}  // namespace

std::string write_markdown(const Page& page, const Model& model) {
  return MarkdownPage(model).write(page);
}

}  // namespace lmmdsl
