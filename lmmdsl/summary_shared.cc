// The table of figures for documents: Markdown (with pipes, as GitHub and Pandoc read it) and LaTeX
// (a tabular of booktabs).
#include <fmt/format.h>

#include "compiler/math/layout.h"
#include "grammar/names.h"
#include "lmmdsl/summary_table.h"

namespace lmmdsl {
namespace {

/// Text where a backslash takes a character's meaning away.
std::string escaped(const std::string& text, std::string_view special) {
  std::string result;
  for (const char c : text) {
    if (special.find(c) != special.npos) result += '\\';
    result += c;
  }
  return result;
}

std::string markdown(const std::string& text) { return escaped(text, "\\`*_{}[]<>#|~"); }

std::string latex(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\') result += "\\textbackslash{}";
    else if (c == '^') result += "\\textasciicircum{}";
    else if (c == '~') result += "\\textasciitilde{}";
    else if (std::string_view("&%$#_{}").find(c) != std::string_view::npos) result += {'\\', c};
    else result += c;
  }
  return result;
}

/// "beta[plot=3, 1]" -> $\beta_{\text{plot=3, 1}}$; "sigma^2" -> $\sigma^{2}$;
/// "sd(Sigma)[1]" -> $\mathrm{sd}(\Sigma)_{\text{1}}$.
std::string latex_name(const std::string& name) {
  const auto open = name.find('[');
  const auto close = name.rfind(']');
  std::string head = name.substr(0, open), inside, tail;
  if (open != name.npos && close != name.npos) {
    inside = name.substr(open + 1, close - open - 1);
    tail = name.substr(close + 1);
  }
  if (const auto power = head.find('^'); power != head.npos) {
    tail = head.substr(power);
    head.erase(power);
  }
  std::string text;
  const auto parenthesis = head.find('(');
  if (parenthesis != head.npos && head.back() == ')') {
    const std::string of = head.substr(parenthesis + 1, head.size() - parenthesis - 2);
    text = fmt::format("\\mathrm{{{}}}({})", latex(head.substr(0, parenthesis)),
                       to_latex(name_layout(of)));
  } else {
    text = to_latex(name_layout(head));
  }
  if (!inside.empty()) text += "_{\\text{" + latex(inside) + "}}";
  if (tail.starts_with('^')) text += "^{" + tail.substr(1) + "}";
  return '$' + text + '$';
}

std::string latex_figure(const std::string& text) {
  if (text == "–") return "--";
  return text.starts_with('-') ? "$-$" + text.substr(1) : text;
}

}  // namespace

std::string summary_markdown(const Draws& draws, const Summary& summary,
                             const SummaryTableOptions& options) {
  const SummaryLines lines = summary_lines(draws, summary, options);
  std::string text = "|", rule = "|", notes;
  for (const TextColumn& column : lines.table.columns()) {
    text += ' ' + markdown(column.title) + " |";
    rule += column.align == Align::left ? "---|" : "---:|";
  }
  text += '\n' + rule + "\n|";
  lines.table.visit([&](std::size_t, const TextCell& c) { text += ' ' + markdown(c.text) + " |"; },
                    [&] { text += "\n|"; },
                    [&](const std::string& remark) { notes += "\n\n" + markdown(remark); });
  text.pop_back();
  for (const std::string& note : lines.notes) notes += "\n\n" + markdown(note);
  if (!notes.empty()) text += notes.substr(1) + '\n';
  return text;
}

std::string summary_latex(const Draws& draws, const Summary& summary,
                          const SummaryTableOptions& options) {
  const SummaryLines lines = summary_lines(draws, summary, options);
  std::string text = "% \\usepackage{booktabs, amsmath}\n\\begin{tabular}{", titles, notes;
  for (const TextColumn& column : lines.table.columns()) {
    text += column.align == Align::left ? 'l' : 'r';
    titles += (titles.empty() && column.align == Align::left ? "" : " & ") + latex(column.title);
  }
  text += "}\n\\toprule\n" + titles + " \\\\\n\\midrule\n";
  lines.table.visit(
      [&](std::size_t j, const TextCell& c) {
        text += j == 0 ? latex_name(c.text) : " & " + latex_figure(c.text);
      },
      [&] { text += " \\\\\n"; },
      [&](const std::string& remark) { notes += "% " + remark + '\n'; });
  text += "\\bottomrule\n\\end{tabular}\n";
  for (const std::string& note : lines.notes) notes += "% " + note + '\n';
  return text + notes;
}

}  // namespace lmmdsl
