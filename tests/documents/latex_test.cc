// Explanations in LaTeX compile as they stand, and nothing sticks out into the margin.
#include <iostream>

#include "documents/support.h"
#include "support/catch.h"

namespace lmmdsl::testing {
namespace {

TEST_CASE("pdflatex sets every explanation without errors or overfull lines") {
  if (!has_program("pdflatex")) {
    std::cout << "no pdflatex: explanations in LaTeX were not set\n";
    return;
  }
  const Folder folder;
  int k = 0;
  for (const SourcePtr& model : documented_models()) {
    const std::string name = "page" + std::to_string(++k);
    folder.write(name + ".tex", document(model, Format::latex));
    const std::string log =
        output_of("cd " + folder.path.string() +
                  " && max_print_line=1000 pdflatex -interaction=nonstopmode " + name + ".tex");
    CAPTURE(model->name(), log);
    CHECK(fs::exists(folder.path / (name + ".pdf")));
    CHECK(log.find("\n!") == std::string::npos);
    CHECK(log.find("Overfull") == std::string::npos);
    CHECK(log.find("Missing character") == std::string::npos);
  }
}

}  // namespace
}  // namespace lmmdsl::testing
