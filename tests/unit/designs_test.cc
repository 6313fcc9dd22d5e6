// Columns of designs with factors, against R's model.matrix: values and names.
#include <fstream>
#include <sstream>

#include "compiler/model/model.h"
#include "grammar/parse.h"
#include "grammar/print.h"
#include "runtime/evaluate.h"
#include "runtime/table.h"
#include "support/catch.h"

using namespace lmmdsl;

namespace {

struct Case {
  std::string design;
  std::vector<std::string> names;
  std::vector<std::vector<double>> rows;
};

struct Designs {
  std::string table;
  std::vector<Case> cases;
};

/// tests/unit/data/designs.txt, made by R; see designs.R.
Designs from_r() {
  std::ifstream file(LMMDSL_ROOT "/tests/unit/data/designs.txt");
  Designs designs;
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with("case ")) {
      Case c;
      c.design = line.substr(5);
      std::getline(file, line);
      std::istringstream names(line);
      for (std::string name; std::getline(names, name, '\t');) c.names.push_back(name);
      designs.cases.push_back(std::move(c));
    } else if (designs.cases.empty()) {
      designs.table += line + "\n";
    } else {
      std::istringstream numbers(line);
      std::vector<double> row;
      for (double x = 0; numbers >> x;) row.push_back(x);
      designs.cases.back().rows.push_back(std::move(row));
    }
  }
  return designs;
}

}  // namespace

TEST_CASE("designs with factors have the columns of R's model.matrix") {
  const Designs designs = from_r();
  REQUIRE(designs.cases.size() >= 30);
  const Result<Table> table = read_table(std::make_shared<const Source>("d.csv", designs.table));
  REQUIRE(table);
  for (const Case& c : designs.cases) {
    INFO(c.design);
    const auto source = std::make_shared<const Source>(
        "m.lmm",
        "data x, z : real\ndata y : real from \"z\"\ndata g, h, k : factor\nW = [1, x]\nX = " +
            c.design + "\ny ~ Normal(X * beta, 1)\nbeta ~ Normal(0, 1)\n");
    const Result<Ast> ast = parse_model(source);
    REQUIRE(ast);
    const Result<Model> model = resolve(*ast);
    INFO(print(model.diagnostics));
    REQUIRE(model);
    const auto data = bind_data(*model, *table);
    INFO(print(data.diagnostics));
    REQUIRE(data);
    const Symbol& X = (*model)[model->find("X")];
    CHECK(component_names(**data, (*model)[model->find("beta")]) == c.names);
    CHECK((*data)->length(X.shape.cols) == static_cast<int>(c.names.size()));
    const Evaluator evaluator(*model, **data);
    double difference = 0;
    for (std::size_t i = 0; i < (*data)->rows(); ++i) {
      const Eigen::MatrixXd row = evaluator.evaluate(X.definition, State{}, i);
      const std::vector<double>& expected = c.rows[(*data)->row_number[i]];
      REQUIRE(row.cols() == static_cast<Eigen::Index>(expected.size()));
      for (std::size_t j = 0; j < expected.size(); ++j) {
        difference =
            std::max(difference, std::abs(row(0, static_cast<Eigen::Index>(j)) - expected[j]));
      }
    }
    CHECK(difference < 1e-12);
  }
}
