// Layouts in Unicode: ∑_{i ∈ plot} (yield_i − X_i β_plot)².
#include <algorithm>
#include <map>

#include "compiler/math/layout.h"
#include "grammar/greek.h"

namespace lmmdsl {

namespace {

using Kind = Layout::Kind;

bool has_sign(const Layout& layout, bool breaking) {
  if (layout.kind != Kind::row) return false;
  return std::any_of(layout.parts.begin(), layout.parts.end(), [&](const Layout& p) {
    if (p.kind == Kind::sign) {
      return breaking ? p.text == "+" || p.text == "-" : p.text == "times" || p.text == "apply";
    }
    return has_sign(p, breaking);
  });
}

/// Characters that have a raised or lowered form.
std::string shifted(const std::string& text, bool up) {
  static const std::map<char, std::pair<const char*, const char*>> forms = {
      {'0', {"⁰", "₀"}}, {'1', {"¹", "₁"}}, {'2', {"²", "₂"}}, {'3', {"³", "₃"}},
      {'4', {"⁴", "₄"}}, {'5', {"⁵", "₅"}}, {'6', {"⁶", "₆"}}, {'7', {"⁷", "₇"}},
      {'8', {"⁸", "₈"}}, {'9', {"⁹", "₉"}}};
  std::string found;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 3, "−") == 0 && up) {
      found += "⁻";
      i += 2;
      continue;
    }
    const auto form = forms.find(text[i]);
    if (form == forms.end()) return {};
    found += up ? form->second.first : form->second.second;
  }
  return found;
}

class TextWriter {
 public:
  std::string operator()(const Layout& l) const {
    switch (l.kind) {
      case Kind::row:
        return write_row(l);
      case Kind::letter:
        return l.text == "Gamma" || l.text.size() > 1 ? greek_spelling(l.text) : l.text;
      case Kind::word:
      case Kind::number:
        return l.text;
      case Kind::label:
        return "\"" + l.text + "\"";
      case Kind::sign:
      case Kind::big:
        return l.kind == Kind::sign ? sign_row(l.text).text : write_big(l);
      case Kind::fraction:
        return write_fraction(l);
      case Kind::script:
        return write_script(l);
      case Kind::hat:
        return (*this)(l.parts[0]) + "\u0302";
      case Kind::root:
        return "√(" + (*this)(l.parts[0]) + ")";
      case Kind::fenced: {
        const std::string close = l.text == "(" ? ")" : l.text == "[" ? "]" : "|";
        return l.text + (*this)(l.parts[0]) + close;
      }
      case Kind::grid:
        return write_grid(l);
    }
    return {};
  }

 private:
  std::string write_row(const Layout& l) const {
    std::string text;
    for (std::size_t i = 0; i < l.parts.size(); ++i) {
      std::string part = (*this)(l.parts[i]);
      const bool factor = i + 1 < l.parts.size() && l.parts[i + 1].kind == Kind::sign &&
                          l.parts[i + 1].text == "times";
      // 1/σ² ∑ would read as 1 over all of it.
      if (factor && l.parts[i].kind == Kind::fraction && part != "½") part = "(" + part + ")";
      if (part.starts_with(" ") && (text.empty() || text.back() == ' ')) part.erase(0, 1);
      text += part;
    }
    return text;
  }

  std::string write_fraction(const Layout& l) const {
    const std::string above = (*this)(l.parts[0]), below = (*this)(l.parts[1]);
    if (above == "1" && below == "2") return "½";
    const bool wide = has_sign(l.parts[1], true) || has_sign(l.parts[1], false) ||
                      below.find('/') != std::string::npos;
    return (has_sign(l.parts[0], true) ? "(" + above + ")" : above) + "/" +
           (wide ? "(" + below + ")" : below);
  }

  std::string write_script(const Layout& l) const {
    std::string text = (*this)(l.parts[0]);
    if (!l.parts[1].empty()) {
      const std::string sub = (*this)(l.parts[1]);
      const std::string low = shifted(sub, false);
      const bool one = sub.find_first_of(" ,") == std::string::npos;
      text += !low.empty() ? low : one ? "_" + sub : "_{" + sub + "}";
    }
    if (!l.parts[2].empty()) {
      const std::string sup = (*this)(l.parts[2]);
      const std::string high = shifted(sup, true);
      const bool own = sup == "ᵀ" || sup == "′";
      const Kind kind = l.parts[2].kind;
      const bool one = kind == Kind::letter || kind == Kind::word || kind == Kind::number;
      text += own ? sup : !high.empty() ? high : one ? "^" + sup : "^(" + sup + ")";
    }
    return text;
  }

  std::string write_big(const Layout& l) const {
    std::string text = sign_row(l.text).text;
    if (l.parts[0].empty()) return text + " ";
    const std::string range = (*this)(l.parts[0]);
    const bool one = range.find_first_of(" ,") == std::string::npos;
    return text + (one ? "_" + range : "_{" + range + "}") + " ";
  }

  std::string write_grid(const Layout& l) const {
    std::string text;
    for (const Layout& line : l.parts) {
      std::string cells;
      for (const Layout& cell : line.parts) cells += (cells.empty() ? "" : ", ") + (*this)(cell);
      text += (text.empty() ? "" : "; ") + cells;
    }
    return "[" + text + "]";
  }
};

}  // namespace

std::string to_unicode(const Layout& layout) { return TextWriter()(layout); }

}  // namespace lmmdsl
