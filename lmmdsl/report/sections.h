// The sections of the report, each in its file.
#pragma once

#include "lmmdsl/report/charts_of.h"
#include "lmmdsl/report/html_page.h"

namespace lmmdsl {

void add_model(HtmlPage& page, const Posterior& posterior);
void add_data(HtmlPage& page, const Posterior& posterior);
void add_curves(HtmlPage& page, const Posterior& posterior);
void add_shrinkage(HtmlPage& page, const Posterior& posterior, const std::vector<Shrinkage>& found);
void add_predictive(HtmlPage& page, const Posterior& posterior);
void add_summary(HtmlPage& page, const Draws& draws, const Summary& summary,
                 const std::vector<std::string>& symmetric);
void add_chains(HtmlPage& page, const Draws& draws, const Summary& summary,
                const ScalarCharts& charts, const std::vector<std::string>& symmetric);
void add_run(HtmlPage& page, const SavedRun& run);

/// Four significant digits, as tables of estimates show them.
std::string short_number(double x);

}  // namespace lmmdsl
