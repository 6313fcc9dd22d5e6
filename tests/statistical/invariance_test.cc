// What must not matter does not: the order of rows and columns in the file, names of labels that
// keep their order, the number of threads, and how many other chains run. The draws are the same to
// the last bit.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/run_model.h"
#include "support/walkthrough.h"

namespace lmmdsl::testing {
namespace {

using Grid = std::vector<std::vector<std::string>>;  // header and rows

const std::string model_file = std::string(LMMDSL_ROOT) + "/models/randomized_block.lmm";
const BindOptions columns_of_oats{{{"density", "nitro"}, {"plot", "block"}}, false};

Grid oats() {
  Grid grid;
  for (const std::string& line :
       lines_of(read_text(std::string(LMMDSL_ROOT) + "/examples/oats.csv"))) {
    grid.emplace_back();
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');) grid.back().push_back(cell);
  }
  return grid;
}

SourcePtr csv(const Grid& grid) {
  std::string content;
  for (const auto& row : grid) {
    for (std::size_t j = 0; j < row.size(); ++j) content += (j == 0 ? "" : ",") + row[j];
    content += '\n';
  }
  return text("oats.csv", content);
}

Draws draws_of(const Grid& grid, int chains = 2, int threads = 2) {
  const Bound bound = bind_texts(must(read_file(model_file)), csv(grid), columns_of_oats);
  return draw(bound, {.chains = chains, .warmup = 20, .draws = 200, .seed = 3, .threads = threads});
}

TEST_CASE("the order of rows does not change the draws") {
  Grid grid = oats();
  const Draws expected = draws_of(grid);
  std::mt19937 random(1);
  for (int times = 0; times < 3; ++times) {
    std::shuffle(grid.begin() + 1, grid.end(), random);
    CHECK(draws_of(grid).values == expected.values);
  }
}

TEST_CASE("the order of columns does not change the draws") {
  const Grid grid = oats();
  const Draws expected = draws_of(grid);
  std::vector<std::size_t> order(grid[0].size());
  std::iota(order.begin(), order.end(), 0);
  while (std::next_permutation(order.begin(), order.end())) {
    Grid permuted = grid;
    for (std::size_t i = 0; i < grid.size(); ++i)
      for (std::size_t j = 0; j < order.size(); ++j) permuted[i][j] = grid[i][order[j]];
    REQUIRE(draws_of(permuted).values == expected.values);
  }
}

TEST_CASE("labels with other names in the same order give the same draws") {
  Grid grid = oats();
  const Draws expected = draws_of(grid);
  const std::vector<std::string> old_names = {"I", "II", "III", "IV", "V", "VI"};
  const std::vector<std::vector<std::string>> new_names = {
      {"1", "2", "3", "10", "20", "100"},
      {"plot1", "plot2", "plot9", "plot10", "plot11", "plot100"},
      {"-7", "0.5", "1", "1.5", "2", "1e3"}};
  for (const auto& names : new_names) {
    Grid renamed = grid;
    for (std::size_t i = 1; i < grid.size(); ++i) {
      const auto found = std::find(old_names.begin(), old_names.end(), grid[i][0]);
      REQUIRE(found != old_names.end());
      renamed[i][0] = names[static_cast<std::size_t>(found - old_names.begin())];
    }
    INFO(names.front());
    CHECK(draws_of(renamed).values == expected.values);
  }
}

TEST_CASE("labels in another order give the same posterior") {
  // The chains differ, so this is within Monte Carlo error: 3 comparisons within 5.5 standard
  // errors.
  const Grid grid = oats();
  Grid reversed = grid;
  const std::vector<std::string> old_names = {"I", "II", "III", "IV", "V", "VI"};
  for (std::size_t i = 1; i < grid.size(); ++i)
    for (std::size_t level = 0; level < 6; ++level)
      if (grid[i][0] == old_names[level]) reversed[i][0] = std::to_string(6 - level);
  std::vector<Draws> both;
  for (const Grid& g : {grid, reversed}) {
    const Bound bound = bind_texts(must(read_file(model_file)), csv(g), columns_of_oats);
    both.push_back(
        draw(bound, {.chains = 4, .warmup = 500, .draws = 5000, .seed = 4, .threads = cores()}));
  }
  for (const char* name : {"theta[1]", "theta[2]", "sigma"}) {
    const Chains a = chains_of(both[0], column_index(both[0], name));
    const Chains b = chains_of(both[1], column_index(both[1], name));
    INFO(name << ": " << mean(a) << " and " << mean(b));
    CHECK(std::abs(mean(a) - mean(b)) <= 5.5 * std::hypot(mcse_mean(a), mcse_mean(b)));
  }
}

TEST_CASE("draws do not depend on the number of threads") {
  const Grid grid = oats();
  const Draws expected = draws_of(grid, 4, 1);
  for (const int threads : {2, 3, 4, 16})
    CHECK(draws_of(grid, 4, threads).values == expected.values);
}

TEST_CASE("a chain does not depend on how many others run") {
  const Grid grid = oats();
  const Draws four = draws_of(grid, 4);
  for (const int chains : {1, 2, 3}) {
    const Draws fewer = draws_of(grid, chains);
    for (int chain = 0; chain < chains; ++chain)
      CHECK(fewer.values[static_cast<std::size_t>(chain)] ==
            four.values[static_cast<std::size_t>(chain)]);
  }
}

TEST_CASE("another seed gives other draws, and chains differ") {
  const Bound bound = bind_texts(must(read_file(model_file)), csv(oats()), columns_of_oats);
  const Draws one = draw(bound, {.chains = 2, .warmup = 5, .draws = 5, .seed = 1});
  const Draws two = draw(bound, {.chains = 2, .warmup = 5, .draws = 5, .seed = 2});
  CHECK(one.values != two.values);
  CHECK(one.values[0] != one.values[1]);
}

}  // namespace
}  // namespace lmmdsl::testing
