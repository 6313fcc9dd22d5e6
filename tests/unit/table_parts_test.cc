// What reading a large table in parts is made of.

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "runtime/parts.h"
#include "runtime/table/dictionary.h"
#include "runtime/table/find_byte.h"
#include "runtime/table/large_memory.h"
#include "support/catch.h"

namespace lmmdsl {
namespace {

/// The same numbers at every run.
std::uint32_t next_number(std::uint64_t& state) {
  state = state * 6364136223846793005U + 1442695040888963407U;
  return static_cast<std::uint32_t>(state >> 33);
}

TEST_CASE("The next of a few bytes is found") {
  // Zero, the highest byte and neighbours of those that are looked for are what arithmetic on eight
  // bytes at a time could take for one of them.
  const std::string bytes("ab,-+\n\x0B\t\r\0\x01\x80\xAC\xFF", 14);
  const std::string wanted = ",\n\r";
  std::uint64_t state = 1;
  std::size_t wrong = 0, found = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    for (std::size_t size = next_number(state) % 200; text.size() < size;)
      text += bytes[next_number(state) % (i % 2 == 0 ? bytes.size() : 2)];
    ByteFinder<3> find(text, {',', '\n', '\r'});
    for (std::size_t step = 0; step <= text.size(); ++step) {
      const std::size_t at = i % 3 == 0 ? next_number(state) % (text.size() + 1) : step;
      const std::size_t expected = std::min(text.find_first_of(wanted, at), text.size());
      wrong += find(at) != expected;
      found += expected < text.size();
    }
  }
  CHECK(wrong == 0);
  CHECK(found > 1000);
}

TEST_CASE("A dictionary numbers labels as they come") {
  std::vector<std::string> texts;
  for (int i = 0; i < 20000; ++i) texts.push_back(std::to_string(i * 7919 % 6007));
  texts.emplace_back();
  Dictionary dictionary;
  std::map<std::string, std::int32_t> expected;
  std::size_t wrong = 0;
  for (const std::string& text : texts) {
    const auto code =
        expected.emplace(text, static_cast<std::int32_t>(expected.size())).first->second;
    wrong += dictionary.code(text) != code;
    wrong += dictionary.labels()[static_cast<std::size_t>(code)] != text;
  }
  CHECK(wrong == 0);
  CHECK(dictionary.labels().size() == expected.size());
}

TEST_CASE("Each part is done once, whatever the number of threads") {
  for (const int threads : {0, 1, 3, 50}) {
    std::vector<std::atomic<int>> done(20);
    for_each_part(done.size(), threads, [&](std::size_t i) { ++done[i]; });
    CHECK(std::all_of(done.begin(), done.end(), [](const auto& count) { return count == 1; }));
    CHECK_THROWS_AS(for_each_part(5, threads,
                                  [](std::size_t i) {
                                    if (i == 2) throw std::runtime_error("part 2");
                                  }),
                    std::runtime_error);
  }
  for_each_part(0, 2, [](std::size_t) { FAIL("there is no part"); });
}

TEST_CASE("Large vectors begin as zeros") {
  for (const std::size_t size : {std::size_t{0}, std::size_t{3}, std::size_t{1} << 20}) {
    const std::vector<double> zeros = large_vector<double>(size);
    CHECK(zeros.size() == size);
    CHECK(std::all_of(zeros.begin(), zeros.end(), [](double x) { return x == 0; }));
  }
}

}  // namespace
}  // namespace lmmdsl
