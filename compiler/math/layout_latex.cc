// Layouts in LaTeX, for plain LaTeX with amsmath. Nothing here is enclosed in \left ... \right, so
// that a long formula set as text can be broken at its signs.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "compiler/math/layout.h"
#include "grammar/greek.h"
#include "grammar/unicode.h"

namespace lmmdsl {

namespace {

using Kind = Layout::Kind;

bool is_tall(const Layout& l) {
  if (l.kind == Kind::fraction || l.kind == Kind::big || l.kind == Kind::grid) return true;
  return std::any_of(l.parts.begin(), l.parts.end(), is_tall);
}

class LatexWriter {
 public:
  explicit LatexWriter(bool breakable = false) : breakable_(breakable) {}

  std::string operator()(const Layout& l) const {
    switch (l.kind) {
      case Kind::row: {
        std::string text;
        for (const Layout& p : l.parts) text += (*this)(p);
        return text;
      }
      case Kind::letter:
        return letter(l.text);
      case Kind::word:
        if (l.text == "log") return "\\log ";
        return "\\mathrm{" + escape_latex(l.text) + "}";
      case Kind::label:
        return "\\textrm{``" + escape_latex(l.text) + "''}";
      case Kind::number:
        return l.text;
      case Kind::sign:
        if (breakable_ && l.text == ",") return ",\\penalty500\\, ";
        return sign_row(l.text).latex;
      case Kind::fraction:
        return "\\frac{" + (*this)(l.parts[0]) + "}{" + (*this)(l.parts[1]) + "}";
      case Kind::script: {
        std::string text = (*this)(l.parts[0]);
        if (!l.parts[1].empty()) text += "_{" + (*this)(l.parts[1]) + "}";
        if (!l.parts[2].empty()) text += "^{" + trimmed((*this)(l.parts[2])) + "}";
        return text;
      }
      case Kind::hat:
        return "\\hat{" + (*this)(l.parts[0]) + "}";
      case Kind::root:
        return "\\sqrt{" + (*this)(l.parts[0]) + "}";
      case Kind::fenced: {
        const bool tall = is_tall(l.parts[0]);
        const bool bars = l.text == "|";
        return fmt::format("{}{}{}{}{}", tall ? "\\Bigl" : "", bars ? "\\lvert " : l.text,
                           (*this)(l.parts[0]), tall ? "\\Bigr" : "",
                           bars            ? "\\rvert "
                           : l.text == "(" ? ")"
                                           : "]");
      }
      case Kind::grid: {
        std::string text;
        for (const Layout& line : l.parts) {
          std::string cells;
          for (const Layout& c : line.parts) cells += (cells.empty() ? "" : " & ") + (*this)(c);
          text += (text.empty() ? "" : " \\\\ ") + cells;
        }
        return "\\begin{pmatrix} " + text + " \\end{pmatrix}";
      }
      case Kind::big:
        if (l.parts[0].empty()) return sign_row(l.text).latex;
        return trimmed(sign_row(l.text).latex) + "_{" + (*this)(l.parts[0]) + "} ";
    }
    return {};
  }

 private:
  static std::string trimmed(std::string text) {
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text;
  }

  static std::string letter(const std::string& name) {
    if (name.size() == 1) return name;
    if (name == "epsilon" || name == "phi") return "\\var" + name + " ";
    return "\\" + name + " ";
  }

  bool breakable_;
};

}  // namespace

namespace {

/// The blank after a command stands only before a letter, which it keeps apart.
std::string without_needless_blanks(const std::string& latex) {
  std::string found;
  const auto is_letter = [&](std::size_t i) {
    return i < latex.size() && std::isalpha(static_cast<unsigned char>(latex[i])) != 0;
  };
  bool in_command = false;
  for (std::size_t i = 0; i < latex.size(); ++i) {
    const bool ends = in_command && !is_letter(i);
    if (ends) in_command = false;
    if (ends && latex[i] == ' ' && !is_letter(i + 1)) continue;
    if (latex[i] == '\\' && is_letter(i + 1)) in_command = true;
    found += latex[i];
  }
  while (found.ends_with(' ')) found.pop_back();
  return found;
}

}  // namespace

std::string to_latex(const Layout& layout, bool breakable) {
  return without_needless_blanks(LatexWriter(breakable)(layout));
}

std::string escape_latex(const std::string& text) {
  static const std::map<char32_t, const char*> special = {{U'\\', "\\textbackslash{}"},
                                                          {U'~', "\\ensuremath{\\sim}"},
                                                          {U'^', "\\textasciicircum{}"},
                                                          {U'#', "\\#"},
                                                          {U'$', "\\$"},
                                                          {U'%', "\\%"},
                                                          {U'&', "\\&"},
                                                          {U'_', "\\_"},
                                                          {U'{', "\\{"},
                                                          {U'}', "\\}"},
                                                          {U'<', "\\ensuremath{<}"},
                                                          {U'>', "\\ensuremath{>}"},
                                                          {U'|', "\\ensuremath{\\vert}"},
                                                          {U'"', "\\symbol{34}"},
                                                          {U'−', "\\ensuremath{-}"},
                                                          {U'∼', "\\ensuremath{\\sim}"},
                                                          {U'⁻', "\\ensuremath{^{-}}"},
                                                          {U'ᵀ', "\\ensuremath{^{\\top}}"},
                                                          {U'⁰', "\\ensuremath{^{0}}"},
                                                          {U'⁴', "\\ensuremath{^{4}}"},
                                                          {U'⁵', "\\ensuremath{^{5}}"},
                                                          {U'⁶', "\\ensuremath{^{6}}"},
                                                          {U'⁷', "\\ensuremath{^{7}}"},
                                                          {U'⁸', "\\ensuremath{^{8}}"},
                                                          {U'⁹', "\\ensuremath{^{9}}"},
                                                          {U'²', "\\ensuremath{^{2}}"},
                                                          {U'³', "\\ensuremath{^{3}}"},
                                                          {U'¹', "\\ensuremath{^{1}}"},
                                                          {U'·', "\\ensuremath{\\cdot}"}};
  std::string found;
  for (std::size_t at = 0; at < text.size();) {
    const Character c = character_at(text, at);
    const std::string as_is = text.substr(at, static_cast<std::size_t>(c.bytes));
    at += static_cast<std::size_t>(c.bytes);
    if (const auto s = special.find(c.code); s != special.end()) {
      found += s->second;
    } else if (const char* greek = c.valid ? greek_name(fold_greek(c.code)) : nullptr) {
      found += "\\ensuremath{" + LatexWriter()(name_layout(greek)) + "}";
    } else if (c.valid &&
               ((c.code >= 0x20 && c.code < 0x7F) || (c.code >= 0xC0 && c.code < 0x180) ||
                (c.code >= 0x2013 && c.code <= 0x201D))) {
      found += as_is;
    } else if (c.code < 0x20) {
      found += ' ';
    } else {
      found += "[" + code_point(c.code) + "]";
    }
  }
  return found;
}

}  // namespace lmmdsl
