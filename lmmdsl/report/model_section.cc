// The model as text and as mathematics, the derivations, and the data.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/derive/explain.h"
#include "compiler/math/render.h"
#include "compiler/page/page.h"
#include "lmmdsl/report/sections.h"
#include "runtime/diagnostics.h"

namespace lmmdsl {
namespace {

/// One line a statement: definitions, then densities, as on a page.
std::string mathematics(const Model& model) {
  const auto text = [&](const Expr& e) { return render(e, &model, Notation::unicode); };
  std::string result;
  for (const Symbol& s : model.symbols)
    if (s.definition != nullptr && s.role == Role::constant)
      result +=
          fmt::format("{} = {}\n", render_name(s.name, Notation::unicode), text(s.definition));
  if (!result.empty()) result += '\n';
  for (const Density& d : model.stated) {
    result += fmt::format("{} ∼ {}", text(d.value), law_text(model, d, Notation::unicode));
    if (!d.plate.once()) result += fmt::format("    for {}", describe(model, d.plate));
    result += '\n';
  }
  std::string derived;
  for (const Symbol& s : model.symbols)
    if (s.definition != nullptr && s.role == Role::derived)
      derived +=
          fmt::format("{} = {}\n", render_name(s.name, Notation::unicode), text(s.definition));
  return derived.empty() ? result : result + '\n' + derived;
}

/// What stands between <main> and </main> of a page of mathematics, its headings two levels lower.
std::string body_of(const std::string& document) {
  const auto begin = document.find("<main>"), end = document.rfind("</main>");
  if (begin == document.npos || end == document.npos) return {};
  std::string text = document.substr(begin + 6, end - begin - 6);
  for (int level = 4; level >= 1; --level)
    for (const char* tag : {"<h", "</h"}) {
      const std::string from = tag + std::to_string(level), to = tag + std::to_string(level + 2);
      for (auto at = text.find(from); at != text.npos; at = text.find(from, at + 1))
        text.replace(at, from.size(), to);
    }
  return "<div class=\"derivation\">\n" + text + "</div>\n";
}

}  // namespace

std::string short_number(double x) {
  if (std::isnan(x)) return "–";
  if (std::isinf(x)) return x > 0 ? "∞" : "−∞";
  const double size = std::fabs(x);
  if (size != 0 && (size < 1e-4 || size >= 1e7)) return fmt::format("{:.3e}", x);
  const int whole = size < 1 ? 0 : static_cast<int>(std::floor(std::log10(size)));
  const int leading =
      size == 0 || size >= 1 ? 0 : static_cast<int>(-std::floor(std::log10(size))) - 1;
  return fmt::format("{:.{}f}", x, std::max(0, 3 - whole + leading));
}

void add_model(HtmlPage& page, const Posterior& posterior) {
  const Model& model = posterior.model();
  page.section("model", "The model");
  page.preformatted(mathematics(model), "maths");
  page.begin_details("The model as written");
  page.preformatted(posterior.record().model_text);
  page.end_details();
  const Program& program = *posterior.bound().program;
  page.html(body_of(write_page(explain_model(model), model, Format::html)));
  if (const Result<std::string> text = explain(program, {.format = Format::html})) {
    page.begin_details("Derivation of the full conditionals");
    page.html(body_of(*text));
    page.end_details();
  }
}

void add_data(HtmlPage& page, const Posterior& posterior) {
  const Model& model = posterior.model();
  const Data& data = posterior.data();
  page.section("data", "The data");
  page.paragraph(fmt::format("{}: {} rows.", posterior.record().data_file, data.rows()));
  std::vector<std::vector<std::string>> numbers, factors;
  for (std::size_t id = 0; id < model.symbols.size(); ++id) {
    const Symbol& s = model.symbols[id];
    if (s.role != Role::column || id >= data.table_column.size() || data.table_column[id] < 0)
      continue;
    if (s.column_type == ColumnType::factor) {
      const Factor& f = data.factors[id];
      std::vector<std::size_t> rows(f.levels.size(), 0);
      for (const std::int32_t code : f.codes)
        if (code >= 0) ++rows[static_cast<std::size_t>(code)];
      if (rows.empty()) continue;
      std::string some;
      for (std::size_t l = 0; l < std::min<std::size_t>(f.levels.size(), 8); ++l)
        some += (l > 0 ? ", " : "") + f.levels[l];
      if (f.levels.size() > 8) some += ", …";
      const auto [least, most] = std::minmax_element(rows.begin(), rows.end());
      factors.push_back(
          {s.spelling, std::to_string(f.levels.size()), some,
           *least == *most ? std::to_string(*least) : fmt::format("{} to {}", *least, *most)});
    } else {
      std::vector<double> values;
      std::size_t missing = 0;
      for (const double x : data.columns[id]) {
        if (std::isnan(x)) ++missing;
        else values.push_back(x);
      }
      if (values.empty()) continue;
      std::sort(values.begin(), values.end());
      numbers.push_back({s.spelling, short_number(mean({values})),
                         short_number(standard_deviation({values})), short_number(values.front()),
                         short_number(quantile_sorted(values, 0.5)), short_number(values.back()),
                         std::to_string(missing)});
    }
  }
  if (!numbers.empty())
    page.table({"column", "mean", "sd", "smallest", "median", "largest", "missing"}, numbers);
  if (!factors.empty()) {
    page.heading("Factors");
    page.table({"factor", "levels", "which", "rows of each"}, factors);
  }
}

}  // namespace lmmdsl
