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
#include "runtime/table/plain_text.h"
#include "runtime/table/row_scanner.h"
#include "runtime/table/survey.h"
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

/// The cells that a scanner of lines finds in all columns, and RowScanner in all rows.
template <bool Quotes>
std::vector<std::vector<Cell>> cells_by_line(const std::string& text, char separator,
                                             std::size_t fields, std::size_t lines) {
  std::vector<std::vector<Cell>> columns(fields, std::vector<Cell>(lines));
  std::vector<Cell*> places;
  for (std::vector<Cell>& c : columns) places.push_back(c.data());
  LineScanner<Quotes>(text, 0, separator).next(lines, places);
  return columns;
}

std::vector<std::vector<Cell>> cells_by_row(const std::string& text, char separator) {
  std::vector<std::vector<Cell>> rows;
  RowScanner scanner(text, 0, separator);
  for (std::vector<Cell> row; scanner.next(row);) rows.push_back(row);
  return rows;
}

bool same_cell(const std::string& text, const Cell& a, const Cell& b) {
  return cell_text(text, a, ',') == cell_text(text, b, ',') && a.quoted == b.quoted &&
         a.escaped == b.escaped && (a.span.begin == a.span.end || a.span.begin == b.span.begin);
}

/// Of a text that is all lines by the survey: whether these have the cells that the rows have.
bool lines_are_rows(const std::string& text, char separator, const SurveyedPart& part) {
  const auto rows = cells_by_row(text, separator);
  if (rows.size() != part.rows) return false;
  const auto columns = part.quotes
                           ? cells_by_line<true>(text, separator, rows[0].size(), rows.size())
                           : cells_by_line<false>(text, separator, rows[0].size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t f = 0; f < rows[i].size(); ++f)
      if (rows[i].size() != columns.size() || !same_cell(text, rows[i][f], columns[f][i]))
        return false;
  return true;
}

TEST_CASE("Where all rows are lines, with quotes or without, they are cut as rows are") {
  std::uint64_t state = 1;
  std::size_t wrong = 0, lines = 0, quotes = 0;
  for (int i = 0; i < 200000; ++i) {
    // Cells of a few bytes that matter, some in quotes; now and then any of these bytes.
    const std::string bytes = "a,\"\n #";
    const bool crlf = i % 5 == 0;
    const std::size_t count = 1 + next_number(state) % 60;
    std::string text;
    for (std::size_t line = 0; line < count; ++line) {
      for (int f = 0; f < 2; ++f) {
        std::string cell(next_number(state) % 6, 'x');
        for (char& c : cell)
          if (next_number(state) % 8 == 0) c = " #a'"[next_number(state) % 4];
        if (next_number(state) % 2 == 0) cell = '"' + cell + '"';
        text += cell + (f == 0 ? "," : crlf ? "\r\n" : "\n");
      }
    }
    for (int k = i % 4; k > 1; --k)
      text[next_number(state) % text.size()] = bytes[next_number(state) % bytes.size()];
    if (i % 7 == 0) text.pop_back();
    if (text.find('\r') != text.npos && !is_plain(text)) continue;
    const SurveyedPart part = survey(Source("d.csv", text), 0, ',', 2, {}).at(0);
    if (!part.lines) continue;
    ++lines;
    quotes += part.quotes;
    wrong += !lines_are_rows(text, ',', part);
  }
  CHECK(wrong == 0);
  CHECK(lines > 10000);
  CHECK(quotes > 5000);
}

TEST_CASE("Texts in quotes are lines, unless they hold what ends a cell") {
  const auto surveyed = [](const std::string& text) {
    return survey(Source("d.csv", text), 0, ',', 2, {}).at(0);
  };
  for (const std::size_t size : {1, 2, 30, 61, 62, 63, 64, 65, 130}) {
    CAPTURE(size);
    const std::string label(size, 'x');
    std::string text;
    for (int i = 0; i < 40; ++i) text += "\"" + label + "\",\"" + std::to_string(i) + "\"\n";
    const SurveyedPart part = surveyed(text);
    CHECK((part.lines && part.quotes && part.rows == 40));
    CHECK(lines_are_rows(text, ',', part));
    for (const char* other : {"x\"\"x", "x,x", "x\nx", "x\"x", " \"x"}) {
      CAPTURE(other);
      CHECK_FALSE(surveyed(text + "\"" + label + other + "\",1\n" + text).lines);
    }
    CHECK_FALSE(surveyed(text + "\"\",\"\"\n").lines);  // which is left out
    CHECK_FALSE(surveyed(text + "1,\"" + label).lines);
    CHECK_FALSE(surveyed(text + "1," + label + "\"").lines);
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
    LineScanner<false> by_line(text, 0, separator);
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
