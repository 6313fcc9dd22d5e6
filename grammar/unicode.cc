// UTF-8 decoding and terminal widths. Widths follow the blocks of UAX #11 coarsely: a caret must
// stand under its text for the scripts that people put into column names and comments.
#include "grammar/unicode.h"

#include <fmt/core.h>
#include <utf8.h>

#include <algorithm>
#include <iterator>

namespace lmmdsl {

namespace {

struct CodeRange {
  char32_t first, last;
};

constexpr CodeRange kCombining[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD},  {0x064B, 0x065F}, {0x0E31, 0x0E31},
    {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF},  {0x1DC0, 0x1DFF}, {0x20D0, 0x20F0},
    {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xE0100, 0xE01EF}};

constexpr CodeRange kWide[] = {
    {0x1100, 0x115F}, {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},  {0x4E00, 0x9FFF},
    {0xA000, 0xA4CF}, {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},  {0xFF00, 0xFF60},
    {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};

// Controls, soft hyphen, directional and invisible format characters, line separators, tags,
// surrogates and private use.
constexpr CodeRange kHidden[] = {
    {0x0000, 0x001F}, {0x007F, 0x009F},   {0x00AD, 0x00AD},   {0x034F, 0x034F}, {0x061C, 0x061C},
    {0x115F, 0x1160}, {0x17B4, 0x17B5},   {0x180B, 0x180E},   {0x200B, 0x200F}, {0x2028, 0x202E},
    {0x2060, 0x206F}, {0x3164, 0x3164},   {0xD800, 0xF8FF},   {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0},
    {0xFFF0, 0xFFFB}, {0xE0000, 0xE007F}, {0xF0000, 0x10FFFF}};

template <std::size_t n>
bool within(const CodeRange (&ranges)[n], char32_t code) {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [&](CodeRange r) { return r.first <= code && code <= r.last; });
}

}  // namespace

Character character_at(std::string_view text, std::size_t at) {
  auto begin = text.begin() + at, next = begin;
  std::uint32_t code = 0;
  if (utf8::internal::validate_next(next, text.end(), code) != utf8::internal::UTF8_OK) {
    return {static_cast<unsigned char>(*begin), 1, false};
  }
  return {code, static_cast<int>(next - begin), true};
}

std::string to_utf8(char32_t code) {
  std::string result;
  utf8::unchecked::append(static_cast<std::uint32_t>(code), std::back_inserter(result));
  return result;
}

int columns(char32_t code) {
  if (code < 0x0300) return 1;
  if (within(kCombining, code)) return 0;
  return within(kWide, code) ? 2 : 1;
}

bool is_hidden(char32_t code) { return within(kHidden, code); }

std::string code_point(char32_t code) { return fmt::format("U+{:04X}", std::uint32_t{code}); }

std::string visible(Character c) {
  if (!c.valid) return fmt::format("\\x{{{:02x}}}", std::uint32_t{c.code});
  if (c.code == '\t') return " ";
  if (is_hidden(c.code)) return fmt::format("\\u{{{:x}}}", std::uint32_t{c.code});
  return to_utf8(c.code);
}

std::string visible(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    Character c = character_at(text, at);
    result += visible(c);
    at += c.bytes;
  }
  return result;
}

}  // namespace lmmdsl
