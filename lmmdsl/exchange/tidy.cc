// One table with a line for each draw: .chain, .iteration, .draw and the scalars, named as R's
// posterior names them.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "lmmdsl/csv_text.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/exchange/columns_of.h"
#include "lmmdsl/exchange/formats.h"
#include "lmmdsl/exchange/read_cmdstan.h"
#include "lmmdsl/json_text.h"
#include "runtime/table.h"

namespace lmmdsl {

Failure write_tidy(const Draws& draws, const RunRecord&, const std::string& path) {
  FileWriter file(path);
  std::string text = ".chain,.iteration,.draw";
  for (const Column& column : draws.columns) text += ',' + csv_cell(bracket_name(column));
  text += '\n';
  std::size_t number = 0;
  for (int c = 0; c < draws.chains; ++c)
    for (std::size_t t = 0; t < draws.kept[c]; ++t) {
      text += fmt::format("{},{},{}", c + 1, t + 1, ++number);
      for (std::size_t j = 0; j < draws.columns.size(); ++j) {
        const double x = draws.column(c, j)[t];
        text += ',';
        text += std::isnan(x) ? "NaN" : std::isinf(x) ? (x > 0 ? "Inf" : "-Inf") : json_number(x);
      }
      text += '\n';
      if (text.size() > (1 << 20)) {
        file.write(text);
        text.clear();
      }
    }
  file.write(text);
  return file.close();
}

std::vector<std::string> find_tidy(const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    const std::string text = beginning(file);
    const std::string_view header(text.data(), std::min(text.find('\n'), text.size()));
    if (header.find(".chain") != header.npos && header.find(".iteration") != header.npos)
      return {file};
  }
  return {};
}

Result<Draws> read_tidy(const std::vector<std::string>& files) {
  const Result<SourcePtr> source = read_file(files[0]);
  if (!source) return source.diagnostics;
  const Result<Table> table = read_table(*source);
  if (!table) return table.diagnostics;
  const auto chain_column = table->find(".chain");
  if (!chain_column)
    return plain_error(ExitCode::input_output,
                       fmt::format("`{}` has no column .chain", printable(files[0])));
  const Result<Factor> chain = labels(*table, *chain_column);
  if (!chain) return chain.diagnostics;
  std::vector<NumberTable> chains(chain->levels.size());
  for (std::size_t j = 0; j < table->columns(); ++j) {
    const std::string& name = table->headers()[j];
    if (name.starts_with('.')) continue;
    std::vector<std::vector<double>> values(chains.size());
    for (std::size_t i = 0; i < table->rows(); ++i) {
      const std::string cell = table->text(i, j);
      double x = 0;
      const auto [stop, error] = std::from_chars(cell.data(), cell.data() + cell.size(), x);
      if (cell == "NA" || cell.empty()) x = NAN;
      else if (error != std::errc() || stop != cell.data() + cell.size())
        return plain_error(ExitCode::input_output,
                           fmt::format("`{}`, line {}: `{}` is not a number", printable(files[0]),
                                       table->line(i), printable(cell, 40)));
      if (chain->codes[i] >= 0) values[static_cast<std::size_t>(chain->codes[i])].push_back(x);
    }
    for (std::size_t c = 0; c < chains.size(); ++c) {
      chains[c].names.push_back(name);
      chains[c].columns.push_back(std::move(values[c]));
    }
  }
  return assemble(std::move(chains), std::vector<std::string>(chain->levels.size(), files[0]));
}

}  // namespace lmmdsl
