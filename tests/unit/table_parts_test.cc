// What reading a large table in parts is made of.

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "runtime/parts.h"
#include "runtime/table/dictionary.h"
#include "runtime/table/find_byte.h"
#include "runtime/table/large_memory.h"
#include "runtime/table/line_scanner.h"
#include "runtime/table/row_scanner.h"
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

TEST_CASE("Bits are counted") {
  std::uint64_t state = 1;
  CHECK(count_bits(0) == 0);
  CHECK(count_bits(~std::uint64_t{0}) == 64);
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t bits = std::uint64_t{next_number(state)} << (i % 40) ^ next_number(state);
    REQUIRE(count_bits(bits) == static_cast<std::size_t>(std::popcount(bits)));
  }
}

TEST_CASE("Lines without quotes are cut as rows are") {
  std::uint64_t state = 1;
  const std::vector<std::string> texts = {
      "", "1", "-2.75", " 3 ", "a b", "\t4", "long, no: longer", std::string(70, 'x')};
  std::size_t wrong = 0, seen = 0;
  for (int i = 0; i < 500; ++i) {
    const char separator = ",;\t"[i % 3];
    const std::size_t fields = 2 + next_number(state) % 4, lines = 1 + next_number(state) % 40;
    std::string text;
    for (std::size_t line = 0; line < lines; ++line) {
      text += line == 0 ? "" : i % 2 == 0 ? "\n" : "\r\n";
      text += "first";
      for (std::size_t f = 1; f < fields; ++f) {
        std::string cell = texts[next_number(state) % texts.size()];
        std::erase(cell, separator);
        text += separator + cell;
      }
    }
    if (i % 5 != 0) text += '\n';
    std::vector<std::vector<Cell>> columns(fields, std::vector<Cell>(lines));
    std::vector<Cell*> places(fields);
    LineScanner by_line(text, 0, separator);
    for (std::size_t line = 0; line < lines; line += 7) {
      for (std::size_t f = 0; f < fields; ++f)
        places[f] = f == 1 && i % 4 == 0 ? nullptr : columns[f].data() + line;
      by_line.next(std::min<std::size_t>(7, lines - line), places);
    }
    RowScanner by_row(text, 0, separator);
    std::vector<Cell> row;
    for (std::size_t line = 0; line < lines; ++line) {
      REQUIRE(by_row.next(row));
      REQUIRE(row.size() == fields);
      for (std::size_t f = 0; f < fields; ++f, ++seen) {
        if (!places[f]) continue;
        const Span& a = row[f].span;
        const Span& b = columns[f][line].span;
        wrong += text.substr(a.begin, a.end - a.begin) != text.substr(b.begin, b.end - b.begin) ||
                 (a.begin < a.end && a.begin != b.begin);
      }
    }
  }
  CHECK(wrong == 0);
  CHECK(seen > 10000);
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
