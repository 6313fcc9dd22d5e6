// Pages as LaTeX documents that need amsmath, array, geometry and longtable only. Formulas are set
// as text in display style, so that TeX breaks a long one at its signs.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/math/layout.h"
#include "compiler/model/model.h"
#include "compiler/page/page.h"
#include "compiler/page/wrap.h"

namespace lmmdsl {

namespace {

constexpr const char* kPreamble = R"(\documentclass[11pt]{article}
\usepackage[utf8]{inputenc}
\IfFileExists{lmodern.sty}{\usepackage[T1]{fontenc}\usepackage{lmodern}}{}
\usepackage{amsmath}
\usepackage[a4paper,margin=25mm]{geometry}
\usepackage{array,longtable}
\setlength{\parindent}{0pt}
\setlength{\parskip}{\medskipamount}
\setlength{\LTleft}{0pt}
\setlength{\LTpre}{0pt}
\setlength{\LTpost}{\smallskipamount}
\setlength{\emergencystretch}{3em}
\setcounter{secnumdepth}{0}
\allowdisplaybreaks
\relpenalty=50
\binoppenalty=100
\renewcommand{\title}[1]{{\LARGE\bfseries\raggedright #1\par}}
% A formula that may be broken at its signs.
\newcommand{\formula}[1]{{\raggedright\hangindent=4em\hangafter=1\hspace*{2em}%
  $\displaystyle #1$\par}}
)";

class LatexPage {
 public:
  explicit LatexPage(const Model& model) : typesetter_(model) {}

  std::string write(const Page& page) {
    out_ = kPreamble;
    out_ += "\\begin{document}\n";
    for (const Block& b : page.blocks) {
      out_ += "\n";
      write(b);
    }
    out_ += "\n\\end{document}\n";
    return std::move(out_);
  }

 private:
  std::string latex(const Formula& f) const { return to_latex(layout(f, typesetter_), true); }

  std::string of(const Text& text, bool display = false) const {
    std::string found;
    for (const Run& run : text.runs) {
      if (const auto* words = std::get_if<std::string>(&run)) {
        found += escape_latex(*words);
      } else if (const auto* source = std::get_if<Code>(&run)) {
        found += "\\texttt{" + escape_latex(source->text) + "}";
      } else {
        found += (display ? "$\\displaystyle " : "$") + latex(std::get<Formula>(run)) + "$";
      }
    }
    return found;
  }

  void write(const Block& b) {
    static const char* const commands[] = {"title", "section", "subsection"};
    switch (b.kind) {
      case Block::Kind::heading:
        out_ +=
            fmt::format("\\{}{{{}}}\n", commands[std::clamp(b.level, 1, 3) - 1], of(b.rows[0][0]));
        return;
      case Block::Kind::paragraph:
        out_ += of(b.rows[0][0]) + "\n";
        return;
      case Block::Kind::display:
        for (const auto& row : b.rows) {
          out_ += "\\formula{" + latex(std::get<Formula>(row[0].runs[0])) + "}\n";
        }
        return;
      case Block::Kind::table:
        write_table(b);
    }
  }

  /// Columns of the widths of their texts, about; the last takes what is left.
  void write_table(const Block& b) {
    const std::size_t n = b.rows[0].size();
    std::string format = "@{}";
    double used = 0;
    for (std::size_t k = 0; k + 1 < n; ++k) {
      std::size_t most = 4;
      for (const auto& row : b.rows) {
        std::string plain;
        for (const Run& run : row[k].runs) {
          if (const auto* words = std::get_if<std::string>(&run)) plain += *words;
          if (const auto* source = std::get_if<Code>(&run)) plain += source->text + "  ";
          if (const auto* f = std::get_if<Formula>(&run))
            plain += to_unicode(layout(*f, typesetter_));
        }
        most = std::max(most, columns(plain));
      }
      const double width = std::round(std::min(5.5 * static_cast<double>(most) + 5, 160.0)) / 10;
      used += width;
      format += fmt::format(">{{\\raggedright}}p{{{:.1f}em}}", width);
    }
    format += fmt::format(
        ">{{\\raggedright\\arraybackslash}}p{{\\dimexpr\\linewidth-{:.1f}em-{}\\tabcolsep\\relax}}@"
        "{{}}",
        used, 2 * (n - 1));
    out_ += "\\begin{longtable}[l]{" + format + "}\n";
    for (std::size_t i = 0; i < b.rows.size(); ++i) {
      std::string line;
      for (std::size_t k = 0; k < n; ++k) {
        std::string cell = of(b.rows[i][k], true);
        if (b.header && i == 0) cell = "\\textit{" + cell + "}";
        line += (k == 0 ? "" : " & ") + cell;
      }
      out_ += line + " \\tabularnewline\n";
    }
    out_ += "\\end{longtable}\n";
  }

  Typesetter typesetter_;
  std::string out_;
};

}  // namespace

std::string write_latex(const Page& page, const Model& model) {
  return LatexPage(model).write(page);
}

}  // namespace lmmdsl
