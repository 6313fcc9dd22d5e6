// Layouts in MathML Core, which browsers set without a script.
#include <algorithm>

#include "compiler/math/layout.h"
#include "grammar/greek.h"

namespace lmmdsl {

namespace {

using Kind = Layout::Kind;

std::string element(const char* tag, const std::string& content) {
  return std::string("<") + tag + ">" + content + "</" + tag + ">";
}

class MathmlWriter {
 public:
  std::string operator()(const Layout& l) const {
    switch (l.kind) {
      case Kind::row:
        return element("mrow", parts(l));
      case Kind::letter:
        return element("mi", l.text.size() > 1 ? greek_spelling(l.text) : l.text);
      case Kind::word:
        return element("mi", escape_html(l.text));
      case Kind::label:
        return element("mtext", "“" + escape_html(l.text) + "”");
      case Kind::number:
        return element("mn", l.text);
      case Kind::sign:
        return write_sign(l.text);
      case Kind::fraction:
        return element("mfrac", (*this)(l.parts[0]) + (*this)(l.parts[1]));
      case Kind::script: {
        const std::string base = (*this)(l.parts[0]);
        if (l.parts[1].empty()) return element("msup", base + (*this)(l.parts[2]));
        if (l.parts[2].empty()) return element("msub", base + (*this)(l.parts[1]));
        return element("msubsup", base + (*this)(l.parts[1]) + (*this)(l.parts[2]));
      }
      case Kind::hat:
        return element("mover", (*this)(l.parts[0]) + "<mo stretchy=\"false\">^</mo>");
      case Kind::root:
        return element("msqrt", (*this)(l.parts[0]));
      case Kind::fenced: {
        const std::string close = l.text == "(" ? ")" : l.text == "[" ? "]" : "|";
        const auto fence = [](const std::string& sign, const char* form) {
          return std::string("<mo fence=\"true\" form=\"") + form + "\">" + sign + "</mo>";
        };
        return element("mrow",
                       fence(l.text, "prefix") + (*this)(l.parts[0]) + fence(close, "postfix"));
      }
      case Kind::grid:
        return write_grid(l);
      case Kind::big: {
        const std::string sign = "<mo largeop=\"true\" movablelimits=\"false\">" +
                                 std::string(sign_row(l.text).mathml) + "</mo>";
        return l.parts[0].empty() ? sign : element("munder", sign + (*this)(l.parts[0]));
      }
    }
    return {};
  }

  std::string parts(const Layout& l) const {
    std::string text;
    for (const Layout& p : l.parts) text += (*this)(p);
    return text;
  }

 private:
  static std::string write_sign(const std::string& key) {
    const std::string mathml = sign_row(key).mathml;
    if (key == "negative") return "<mo form=\"prefix\">" + mathml + "</mo>";
    if (key == "transpose") return element("mi", mathml);
    if (key == "apply") return element("mo", mathml) + "<mspace width=\"0.17em\"/>";
    if (key == "times") return element("mo", mathml) + "<mspace width=\"0.17em\"/>";
    if (key == "and" || key == "or") {
      return "<mspace width=\"0.3em\"/>" + element("mtext", mathml) + "<mspace width=\"0.3em\"/>";
    }
    // Also where it begins a line, a sign keeps its blanks.
    if (sign_row(key).breaks && key != ",") return "<mo form=\"infix\">" + mathml + "</mo>";
    return element("mo", mathml);
  }

  std::string write_grid(const Layout& l) const {
    std::string rows;
    for (const Layout& line : l.parts) {
      std::string cells;
      for (const Layout& cell : line.parts) cells += element("mtd", (*this)(cell));
      rows += element("mtr", cells);
    }
    return element("mrow", "<mo fence=\"true\" form=\"prefix\">(</mo>" + element("mtable", rows) +
                               "<mo fence=\"true\" form=\"postfix\">)</mo>");
  }
};

/// The parts of a formula, rows in rows written out where they hold signs to break at.
void flatten(const Layout& l, std::vector<Layout>& parts) {
  if (l.kind != Kind::row) {
    parts.push_back(l);
    return;
  }
  for (const Layout& p : l.parts) flatten(p, parts);
}

}  // namespace

std::string to_mathml(const Layout& layout) { return MathmlWriter()(layout); }

std::vector<Layout> pieces(const Layout& layout) {
  std::vector<Layout> parts;
  flatten(layout, parts);
  std::vector<Layout> found(1);
  for (Layout& p : parts) {
    const bool breaks = p.kind == Kind::sign && sign_row(p.text).breaks && p.text != ",";
    if (breaks && !found.back().parts.empty()) found.emplace_back();
    found.back().parts.push_back(std::move(p));
  }
  return found;
}

std::string escape_html(const std::string& text) {
  std::string found;
  for (const char c : text) {
    switch (c) {
      case '&':
        found += "&amp;";
        break;
      case '<':
        found += "&lt;";
        break;
      case '>':
        found += "&gt;";
        break;
      case '"':
        found += "&quot;";
        break;
      case '\'':
        found += "&#39;";
        break;
      default:
        found += static_cast<unsigned char>(c) < 0x20 && c != '\n' ? ' ' : c;
    }
  }
  return found;
}

}  // namespace lmmdsl
