// Pages as one HTML file: MathML that the browser sets, no script, nothing from the network. Long
// formulas are written in pieces between which a line may end; the LaTeX of each is there to copy.
#include <algorithm>

#include "compiler/math/layout.h"
#include "compiler/model/model.h"
#include "compiler/page/page.h"

namespace lmmdsl {

namespace {

constexpr const char* kStyle = R"(
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --soft: #666; --line: #ddd;
  --panel: #f5f5f2; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6e6; --paper: #161616; --soft: #a0a0a0;
  --line: #3a3a3a; --panel: #222; } }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: var(--paper); line-height: 1.5;
  font-family: Charter, "Bitstream Charter", Georgia, "DejaVu Serif", serif; }
main { max-width: 50rem; margin: 0 auto; padding: 1rem 1rem 4rem; overflow-wrap: break-word; }
h1, h2, h3 { overflow-x: auto; overflow-y: hidden; }
h1 { font-size: 1.7rem; line-height: 1.2; }
h2 { font-size: 1.35rem; margin: 2.5rem 0 0.5rem; padding-top: 1rem;
  border-top: 1px solid var(--line); }
h3 { font-size: 1.1rem; margin: 1.5rem 0 0.4rem; }
p { margin: 0.5rem 0; overflow-x: auto; overflow-y: hidden; }
code { font-size: 0.9em; background: var(--panel); padding: 0.05em 0.3em; border-radius: 3px; }
math { font-size: 1.08em; }
.display { display: grid; grid-template-columns: minmax(0, 1fr) auto; margin: 0.4rem 0; }
.formula { margin: 0.2rem 0 0.2rem 1.5rem; overflow-x: auto; overflow-y: hidden; }
.formula math { margin: 0.15em 0; }
table { border-collapse: collapse; width: 100%; margin: 0.3rem 0; display: block;
  overflow-x: auto; }
td, th { text-align: left; vertical-align: baseline; padding: 0.2rem 0.9rem 0.2rem 0; }
th { font-weight: normal; font-style: italic; color: var(--soft); }
td:last-child { width: 100%; padding-right: 0; }
td:not(:last-child) { white-space: nowrap; color: var(--soft); }
details { font-size: 0.75rem; color: var(--soft); align-self: end; }
details[open] { grid-column: 1 / -1; }
summary { cursor: pointer; width: max-content; margin-left: auto; opacity: 0.6; }
pre { margin: 0.2rem 0; padding: 0.5rem; background: var(--panel); white-space: pre-wrap;
  overflow-wrap: anywhere; user-select: all; }
@media (max-width: 36rem) {
  .formula { margin-left: 0.5rem; }
  tr { display: flex; gap: 0.6rem; padding: 0.1rem 0; }
  td, th { padding: 0; }
  td:not(:last-child) { flex: 0 0 auto; min-width: 4.2em; max-width: 9em; white-space: normal; }
  td:last-child { flex: 1 1 0; min-width: 0; overflow-x: auto; overflow-y: hidden; }
}
@media print { details { display: none; } }
)";

class HtmlPageWriter {
 public:
  explicit HtmlPageWriter(const Model& model) : typesetter_(model) {}

  std::string write(const Page& page) {
    out_ =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
        escape_html(page.title) + "</title>\n<style>" + kStyle +
        "</style>\n</head>\n<body>\n<main>\n";
    for (const Block& b : page.blocks) write(b);
    out_ += "</main>\n</body>\n</html>\n";
    return std::move(out_);
  }

 private:
  /// In pieces with blanks between, where lines may end.
  std::string math(const Formula& f, bool display) const {
    std::string text;
    for (const Layout& piece : pieces(layout(f, typesetter_))) {
      if (!text.empty()) text += ' ';
      text += display ? "<math displaystyle=\"true\">" : "<math>";
      text += "<semantics>" + to_mathml(piece) + "<annotation encoding=\"application/x-tex\">" +
              escape_html(to_latex(piece)) + "</annotation></semantics></math>";
    }
    return text;
  }

  std::string of(const Text& text, bool display = false) const {
    std::string found;
    for (const Run& run : text.runs) {
      if (const auto* words = std::get_if<std::string>(&run)) {
        found += escape_html(*words);
      } else if (const auto* source = std::get_if<Code>(&run)) {
        found += "<code>" + escape_html(source->text) + "</code>";
      } else {
        found += math(std::get<Formula>(run), display);
      }
    }
    return found;
  }

  void write(const Block& b) {
    switch (b.kind) {
      case Block::Kind::heading: {
        const std::string tag = "h" + std::to_string(std::clamp(b.level, 1, 3));
        out_ += "<" + tag + ">" + of(b.rows[0][0]) + "</" + tag + ">\n";
        return;
      }
      case Block::Kind::paragraph:
        out_ += "<p>" + of(b.rows[0][0]) + "</p>\n";
        return;
      case Block::Kind::display:
        write_display(b);
        return;
      case Block::Kind::table:
        out_ += "<table>\n";
        for (std::size_t i = 0; i < b.rows.size(); ++i) {
          const char* tag = b.header && i == 0 ? "th" : "td";
          out_ += "<tr>";
          for (const Text& cell : b.rows[i]) {
            out_ += std::string("<") + tag + ">" + of(cell, true) + "</" + tag + ">";
          }
          out_ += "</tr>\n";
        }
        out_ += "</table>\n";
    }
  }

  void write_display(const Block& b) {
    std::string latex;
    out_ += "<div class=\"display\"><div>\n";
    for (const auto& row : b.rows) {
      const Formula& f = std::get<Formula>(row[0].runs[0]);
      out_ += "<div class=\"formula\">" + math(f, true) + "</div>\n";
      latex += (latex.empty() ? "" : " \\\\\n") + to_latex(layout(f, typesetter_));
    }
    out_ += "</div><details><summary>LaTeX</summary><pre>" + escape_html(latex) +
            "</pre></details></div>\n";
  }

  Typesetter typesetter_;
  std::string out_;
};

}  // namespace

std::string write_html(const Page& page, const Model& model) {
  return HtmlPageWriter(model).write(page);
}

}  // namespace lmmdsl
