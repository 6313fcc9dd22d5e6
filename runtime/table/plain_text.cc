#include "runtime/table/plain_text.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/table/error_list.h"

namespace lmmdsl {
namespace {

using namespace std::string_view_literals;

struct Signature {
  std::string_view begins;
  const char* what;
  const char* hint;
};

constexpr const char* kExport = "export the table as CSV, and give that file";
constexpr const char* kUnpack = "unpack it, and give the file that was in it";
constexpr const char* kInstead = "; a data file is UTF-8 text";
constexpr const char* kUtf8 = "save it as UTF-8";
constexpr const char* kTable =
    "a data file is a table: a line with names of columns, then the rows";

/// How files begin that are taken for data files by mistake.
constexpr Signature kSignatures[] = {
    {"\xFF\xFE"sv, "UTF-16 text", kUtf8},
    {"\xFE\xFF"sv, "UTF-16 text", kUtf8},
    {"PK\x03\x04"sv, "a workbook (Excel, LibreOffice) or a zip archive", kExport},
    {"\xD0\xCF\x11\xE0"sv, "an old Excel workbook", kExport},
    {"\x1F\x8B"sv, "compressed (gzip)", kUnpack},
    {"BZh9"sv, "compressed (bzip2)", kUnpack},
    {"\xFD"
     "7zXZ"sv,
     "compressed (xz)", kUnpack},
    {"\x28\xB5\x2F\xFD"sv, "compressed (zstd)", kUnpack},
    {"PAR1"sv, "a Parquet file", kExport},
    {"%PDF"sv, "a PDF document", kExport},
    {"\x89PNG"sv, "an image", kTable},
    {"\x7F"
     "ELF"sv,
     "a program", kTable},
    {"<!DOCTYPE"sv, "an HTML page", kExport},
    {"<!doctype"sv, "an HTML page", kExport},
    {"<html"sv, "an HTML page", kExport},
    {"<?xml"sv, "an XML document", kExport},
    {"{\""sv, "JSON", kExport},
    {"[{"sv, "JSON", kExport},
};

/// About the file as a whole: its lines would show nothing.
Diagnostic refused(const SourcePtr& source, std::string message, std::string hint) {
  return plain_error(ExitCode::refused, "`" + source->name() + "` " + std::move(message),
                     std::move(hint));
}

/// `Name(` after a `~`, as in  y ~ Normal(m, v).
bool has_distribution(std::string_view line) {
  const std::size_t tilde = line.find('~');
  if (tilde == line.npos) return false;
  std::size_t at = line.find_first_not_of(" \t", tilde + 1);
  if (at == line.npos || std::isupper(static_cast<unsigned char>(line[at])) == 0) return false;
  while (at < line.size() && std::isalnum(static_cast<unsigned char>(line[at])) != 0) ++at;
  return at < line.size() && line[at] == '(';
}

/// The first carriage return from `at` on that no line feed follows.
std::size_t find_lone_return(std::string_view text, std::size_t at) {
  at = text.find('\r', at);
  while (at != text.npos && at + 1 < text.size() && text[at + 1] == '\n')
    at = text.find('\r', at + 1);
  return at;
}

bool is_declaration(std::string_view line) {
  if (line.substr(0, 5) == "data " || line.substr(0, 6) == "param ") {
    return line.find(':') != line.npos;
  }
  return line.substr(0, 7) == "model \"";
}

}  // namespace

std::optional<Diagnostic> begins_otherwise(const SourcePtr& source, std::string_view front) {
  for (const Signature& s : kSignatures)
    if (front.starts_with(s.begins))
      return refused(source, std::string("is ") + s.what + kInstead, s.hint);
  return std::nullopt;
}

std::optional<Diagnostic> not_plain_text(const SourcePtr& source) {
  const std::string_view text = source->text();
  if (auto other = begins_otherwise(source, text)) return other;
  const std::size_t nul = text.find('\0');
  if (nul == text.npos) return std::nullopt;
  // In UTF-16 without a mark every second byte of English text is zero.
  const bool utf16 =
      nul < 2 && text.size() >= 4 && text[nul] == text[nul + 2] && text[1 - nul] != 0;
  if (utf16) return refused(source, std::string("is UTF-16 text") + kInstead, kUtf8);
  const Position position = source->position(static_cast<std::uint32_t>(nul));
  return refused(
      source,
      "is a binary file: line " + std::to_string(position.line) + " holds a zero byte" + kInstead,
      kTable);
}

bool is_plain(std::string_view piece) {
  return piece.find('\0') == piece.npos && find_lone_return(piece, 0) == piece.npos;
}

std::uint32_t after_byte_order_mark(std::string_view text) {
  return text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
}

SourcePtr with_line_feeds(SourcePtr source) {
  const std::string& text = source->text();
  std::size_t at = find_lone_return(text, 0);
  if (at == text.npos) return source;
  std::string changed = text;
  for (; at != text.npos; at = find_lone_return(text, at + 1)) changed[at] = '\n';
  return std::make_shared<const Source>(source->name(), std::move(changed));
}

std::optional<Diagnostic> looks_like_model(const SourcePtr& source, std::string_view text,
                                           std::uint32_t begin) {
  constexpr int kLines = 40;  // enough to meet a `~`, few enough to be free
  std::size_t at = begin;
  for (int i = 0; i < kLines && at < text.size(); ++i) {
    const std::size_t end = std::min(text.find_first_of("\r\n", at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (has_distribution(line) || (at == begin && is_declaration(line))) {
      return located_error(source,
                           {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end)},
                           "this looks like a model, not like data", "a statement of a model",
                           "the model comes first, then the data:  lmmdsl run MODEL DATA");
    }
    at = end + 1;
  }
  return std::nullopt;
}

}  // namespace lmmdsl
