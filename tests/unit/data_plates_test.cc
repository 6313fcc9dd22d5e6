// Canonical rows, levels, plates and the maps between them.
#include <algorithm>
#include <random>
#include <thread>

#include "data_models.h"
#include "support/catch.h"

using namespace lmmdsl;
using namespace lmmdsl::test;

namespace {

const char* const kSchools =
    "y,x,school,district\n"
    "3,1,s10,1.0\n"
    "1,2,s2,1\n"
    "NA,2,s2,1\n"
    "4,5,s3,02\n"
    "2,0,s10,1\n";

/// y ~ Normal(x + theta[school], 1), theta[school] ~ Normal(mu[district], 1)
struct Schools : HandModel {
  SymbolId y = column("y"), x = column("x");
  SymbolId school = column("school", ColumnType::factor),
           district = column("district", ColumnType::factor);
  SymbolId theta = parameter("theta", factor_plate({school}));
  SymbolId mu = parameter("mu", factor_plate({district}));

  Schools() {
    normal(ref(y), add({ref(x), ref(theta)}), number(1), y);
    normal(ref(theta), ref(mu), number(1), -1, theta, factor_plate({school}));
    normal(ref(mu), number(0), number(1), -1, mu, factor_plate({district}));
  }
};

}  // namespace

TEST_CASE("levels are in natural order and plates follow them") {
  const Schools m;
  const Table table =
      table_of("y,x,school,district\n3,1,s10,1.0\n1,2,s2,1\nNA,2,s2,1\n4,5,s3,2\n2,0,s10,1\n");
  const auto data = bind_data(m.model, table);
  REQUIRE(data);
  const Data& d = **data;
  CHECK(d.factors[m.school].levels == std::vector<std::string>{"s2", "s3", "s10"});
  CHECK(d.factors[m.district].levels == std::vector<std::string>{"1", "2"});
  CHECK(d.row_number == std::vector<std::size_t>{1, 2, 3, 4, 0});

  const PlateElements& schools = d.plate(factor_plate({m.school}));
  CHECK(schools.size == 3);
  CHECK(schools.of_row == std::vector<std::int32_t>{0, 0, 1, 2, 2});
  CHECK(schools.representative == std::vector<std::int32_t>{0, 2, 3});
  CHECK(schools.labels[2] == std::vector<std::string>{"s10"});

  Plate responses = row_plate();
  responses.response = m.y;
  CHECK(d.plate(responses).size == 4);
  CHECK(d.plate(responses).of_row == std::vector<std::int32_t>{0, -1, 1, 2, 3});
  CHECK(d.map(responses, row_plate()) == std::vector<std::int32_t>{0, 2, 3, 4});
  CHECK(d.map(row_plate(), factor_plate({m.district})) == std::vector<std::int32_t>{0, 0, 1, 0, 0});
  CHECK(d.map(factor_plate({m.school}), factor_plate({m.district})) ==
        std::vector<std::int32_t>{0, 1, 0});
  CHECK(d.map(responses, once_plate()) == std::vector<std::int32_t>{0, 0, 0, 0});
  CHECK(d.map(once_plate(), once_plate()).empty());
  CHECK(d.plate(factor_plate({m.district, m.school})).labels ==
        std::vector<std::vector<std::string>>{{"1", "s2"}, {"1", "s10"}, {"2", "s3"}});
  CHECK(d.is_missing(m.y, 1));
  CHECK(describe_element(d, factor_plate({m.district, m.school}), 2) ==
        "district `2`, school `s3`");
  CHECK(describe_element(d, row_plate(), 4) == "row 1");
}

TEST_CASE("labels with leading zeros are text") {
  const Schools m;
  const Table table = table_of(kSchools);
  const auto data = bind_data(m.model, table);
  // "1.0" and "1" are different labels then, and school s10 is in both.
  REQUIRE_FALSE(data);
  CHECK(data.diagnostics.front().message.find("school `s10` lies in district `1.0` (row 1)") == 0);
}

TEST_CASE("the order of the rows in the file does not matter") {
  const Schools m;
  std::vector<std::string> lines = {"3,1,a,1", "1,2,b,1", "NA,2,b,1", "4,5,c,2",
                                    "2,0,a,1", "2,1,a,1", "2,-1,d,2"};
  std::mt19937 shuffle(7);
  std::vector<std::vector<double>> first;
  for (int repeat = 0; repeat < 20; ++repeat) {
    std::string text = "y,x,school,district\n";
    for (const std::string& line : lines) text += line + "\n";
    const Table table = table_of(text);
    const auto data = bind_data(m.model, table);
    REQUIRE(data);
    const Data& d = **data;
    std::vector<std::vector<double>> all = {d.columns[m.x]};
    all.push_back(d.columns[m.y]);
    std::replace_if(
        all[1].begin(), all[1].end(), [](double v) { return v != v; }, -99.0);
    all.emplace_back(d.factors[m.school].codes.begin(), d.factors[m.school].codes.end());
    if (first.empty()) first = all;
    CHECK(all == first);
    for (std::size_t row = 0; row < d.rows(); ++row)
      CHECK(table.text(d.row_number[row], 2) ==
            d.factors[m.school].levels[d.factors[m.school].codes[row]]);
    std::shuffle(lines.begin(), lines.end(), shuffle);
  }
}

TEST_CASE("a model without columns needs no rows") {
  HandModel m;
  const SymbolId mu = m.parameter("mu");
  m.normal(m.ref(mu), number(0), number(1), -1, mu);
  const Table table;
  const auto data = bind_data(m.model, table);
  REQUIRE(data);
  CHECK((*data)->rows() == 0);
  CHECK((*data)->plate(once_plate()).size == 1);
  CHECK((*data)->plate(row_plate()).size == 0);
}

TEST_CASE("plates and maps may be asked for from several threads") {
  const Schools m;
  const Table table = table_of("y,x,school,district\n3,1,a,1\n1,2,b,1\n4,5,c,2\n");
  const auto data = bind_data(m.model, table);
  REQUIRE(data);
  const Data& d = **data;
  std::vector<std::thread> threads;
  std::vector<std::size_t> sizes(4);
  for (std::size_t t = 0; t < sizes.size(); ++t)
    threads.emplace_back([&, t] {
      for (int repeat = 0; repeat < 100; ++repeat)
        sizes[t] = d.map(factor_plate({m.school, m.district}), factor_plate({m.district})).size() +
                   d.map(row_plate(), factor_plate({m.school, m.district})).size();
    });
  for (std::thread& t : threads) t.join();
  CHECK(sizes == std::vector<std::size_t>(4, 6));
}
