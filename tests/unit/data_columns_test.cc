// Columns by name, types, bounds and NA, on models with a single line.
#include <cmath>

#include "data_models.h"
#include "support/catch.h"

using namespace lmmdsl;
using namespace lmmdsl::test;

namespace {

/// The first error (or note) of binding, "" if there is none.
std::string first_message(const Result<std::shared_ptr<const Data>>& r) {
  return r.diagnostics.empty() ? "" : r.diagnostics.front().message;
}

}  // namespace

TEST_CASE("a column is found by --map, by header, by spelling, by canonical name") {
  struct Case {
    const char* spelling;
    const char* header;
    BindOptions options;
    double expected;
  };
  const Case cases[] = {
      {"theta", "theta", {}, 1},
      {"θ", "θ", {}, 2},
      {"ϑ", "ϑ", {}, 1},  // not there as spelled
      {"x", "Yield (t/ha)", {}, 3},
      {"x", "Yield (t/ha)", {{{"x", "theta"}}, false}, 1},
      {"θ", "θ", {{{"theta", "Yield (t/ha)"}}, false}, 3},
      {"θ", "θ", {{{"θ", "theta"}}, false}, 1},
  };
  const Table table = table_of("theta,θ,Yield (t/ha)\n1,2,3\n");
  for (const Case& c : cases) {
    CAPTURE(c.spelling, c.header);
    HandModel m;
    const SymbolId id = m.column("theta", ColumnType::real, {}, c.header);
    m.model.symbols[id].spelling = c.spelling;
    const auto data = bind_data(m.model, table, c.options);
    REQUIRE(data);
    CHECK((*data)->columns[id] == std::vector<double>{c.expected});
  }
}

TEST_CASE("types and bounds") {
  struct Case {
    ColumnType type;
    std::vector<ColumnBound> bounds;
    std::string cells;  ///< one column x
    std::string message;
  };
  using enum ColumnType;
  const Case cases[] = {
      {real, {}, "1\n-2.5e3\nNA\n", ""},
      {real, {{BinaryOp::greater, 0}}, "1\n0\n-3\n", "`x` must be > 0, but is 0 in row 2"},
      {real,
       {{BinaryOp::greater_equal, 0}, {BinaryOp::less_equal, 1}},
       "0\n1\n1.5\n",
       "`x` must be <= 1, but is 1.5 in row 3"},
      {real, {{BinaryOp::less, 0.1}}, "0.1\n", "`x` must be < 0.1, but is 0.1 in row 1"},
      {real, {{BinaryOp::greater, 0}}, "NA\n1\n", ""},
      {count, {}, "0\n3\nNA\n1e3\n", ""},
      {count, {}, "0\n-1\n", "`x` must be a count (0, 1, 2, ...), but is -1 in row 2"},
      {count, {}, "0.5\n", "`x` must be a count (0, 1, 2, ...), but is 0.5 in row 1"},
      {binary, {}, "0\n1\nNA\n", ""},
      {binary, {}, "0\n0\n", ""},
      {binary, {}, "no\nyes\n", "`x` is 1 for `yes` and 0 for `no`"},
      {binary, {}, "2\n1\n", "`x` is 1 for `2` and 0 for `1`"},
      {binary,
       {},
       "yes\nyes\n",
       "`x` is declared binary but has the one label `yes`, so that 0 and 1 cannot be told apart"},
      {binary, {}, "0\n1\n2\n", "`x` is declared binary but has 3 different labels: `0`, `1`, `2`"},
      {factor, {}, "b\n07\nNA\n", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.cells);
    HandModel m;
    const SymbolId x = m.column("x", c.type, c.bounds);
    m.normal(m.ref(x), number(0), number(1), c.type == factor ? -1 : x);
    if (c.type == factor) m.model.densities.clear(), m.model.stated.clear();
    const Table table = table_of("x\n" + c.cells);
    const auto data = bind_data(m.model, table);
    CHECK(first_message(data) == c.message);
    CHECK(data.value.has_value() == !has_error(data.diagnostics));
    if (has_error(data.diagnostics)) {
      CHECK(data.diagnostics.front().source == table.source());
      CHECK(data.diagnostics.front().notes.back().text == "`x` is declared");
    }
  }
}

TEST_CASE("binary columns are numbers, and keep their labels") {
  HandModel m;
  const SymbolId z = m.column("z", ColumnType::binary);
  const SymbolId y = m.column("y");
  m.normal(m.ref(y), m.ref(z), number(1), y);
  const Table table = table_of("z,y\nyes,1\nno,2\nyes,3\n");
  const auto data = bind_data(m.model, table);
  REQUIRE(data);
  CHECK((*data)->columns[z] == std::vector<double>{0, 1, 1});
  CHECK((*data)->factors[z].levels == std::vector<std::string>{"no", "yes"});
  CHECK((*data)->factors[z].codes == std::vector<std::int32_t>{0, 1, 1});
}

TEST_CASE("NA is allowed in responses, inside functions of data and in unused columns") {
  HandModel m;
  const SymbolId y = m.column("y"), x = m.column("x"), z = m.column("z"), w = m.column("w");
  m.column("unused");
  m.column("unused_factor", ColumnType::factor);
  const Expr mean = aggregate(Op::mean_over, {m.ref(z)}, row_plate(), once_plate());
  const SymbolId centre = m.define("centre", subtract(m.ref(x), mean));
  const SymbolId lw = m.define("lw", apply(Op::log, {m.ref(w)}));
  const SymbolId idle = m.define("idle", m.ref(z));  // no statement needs it
  m.normal(m.ref(y), m.ref(centre), number(1), y);
  m.normal(m.ref(lw), m.ref(centre), number(1), lw);
  const Table table =
      table_of("y,x,z,w,unused,unused_factor\nNA,1,NA,1,NA,a\n2,1,5,NA,3,NA\n3,1,6,2,NA,NA\n");
  const auto data = bind_data(m.model, table);
  REQUIRE(data);
  const Data& d = **data;
  CHECK(d.plate(m.model.densities[0].plate).size == 2);
  CHECK(d.plate(m.model.densities[1].plate).size == 2);
  CHECK(d.rows() == 3);
  std::size_t missing = 0;
  for (std::size_t row = 0; row < 3; ++row) missing += d.is_missing(lw, row);
  CHECK(missing == 1);
  CHECK(elementwise_columns(m.model, m.ref(lw)) == std::vector<SymbolId>{w});
  CHECK(elementwise_columns(m.model, m.ref(centre)) == std::vector<SymbolId>{x});
  CHECK(elementwise_columns(m.model, m.ref(idle)) == std::vector<SymbolId>{z});
}

TEST_CASE("NA elsewhere is an error, or the row is left out") {
  HandModel m;
  const SymbolId y = m.column("y"), x = m.column("x"), g = m.column("g", ColumnType::factor);
  const SymbolId beta = m.parameter("beta", factor_plate({g}));
  m.normal(m.ref(y), multiply({m.ref(x), m.ref(beta)}), number(1), y);
  const Table table = table_of("y,x,g\n1,NA,a\n2,3,b\n3,4,NA\nNA,5,c\n5,NA,c\n");

  const auto refused = bind_data(m.model, table);
  REQUIRE_FALSE(refused);
  REQUIRE(refused.diagnostics.size() == 2);
  CHECK(refused.diagnostics[0].message == "the covariate `x` is missing in rows 1 and 5");
  CHECK(refused.diagnostics[0].hint == "--na drop leaves these rows out");
  CHECK(refused.diagnostics[1].message == "the factor `g` is missing in row 3");
  CHECK(refused.diagnostics[1].hint == "--na drop leaves this row out");

  const auto dropped = bind_data(m.model, table, {{}, true});
  REQUIRE(dropped);
  CHECK((*dropped)->row_number == std::vector<std::size_t>{1, 3});
  CHECK((*dropped)->factors[g].levels ==
        std::vector<std::string>{"b", "c"});  // no row of a is left
  CHECK(first_message(dropped) == "3 of 5 rows are left out, with NA in x (2), g (1)");
}

TEST_CASE("a response with NA must not stand elsewhere") {
  HandModel m;
  const SymbolId y = m.column("y"), z = m.column("z");
  m.normal(m.ref(y), number(0), number(1), y);
  m.normal(m.ref(z), m.ref(y), number(1), z);
  const Table with_na = table_of("y,z\n1,2\nNA,3\n");
  CHECK(first_message(bind_data(m.model, with_na)) ==
        "`y` is missing in row 2 and stands in two places of the model");
  CHECK((*bind_data(m.model, with_na, {{}, true}))->rows() == 1);
  const Table without = table_of("y,z\n1,2\n5,NA\n");
  CHECK(bind_data(m.model, without));
}

TEST_CASE("tables without what the model needs") {
  HandModel m;
  const SymbolId x = m.column("density");
  m.normal(m.ref(x), number(0), number(1), x);
  const auto unknown = bind_data(m.model, table_of("densty,y\n1,2\n"));
  CHECK(first_message(unknown) == "the data have no column `density`");
  CHECK(unknown.diagnostics.front().notes.front().text == "columns of data.csv: densty, y");
  CHECK(unknown.diagnostics.front().hint.find("did you mean `densty`?") == 0);
  const auto bad_map = bind_data(m.model, table_of("density\n1\n"), {{{"densit", "y"}}, false});
  CHECK(first_message(bad_map) == "--map densit=y: the model declares no column `densit`");
  CHECK(bad_map.diagnostics.front().code == ExitCode::command_line);
}
