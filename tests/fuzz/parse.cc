// Any bytes as a model: parsing and printing never crash, and what parses may be formatted either
// way without changing its tree (format_model checks that; a difference is ExitCode::bug).

#include "grammar/parse.h"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "grammar/format.h"
#include "grammar/print.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

std::string format(const std::string& text, lmmdsl::Spelling spelling) {
  auto result = lmmdsl::format_model(std::make_shared<lmmdsl::Source>("fuzz", text), spelling);
  for (const auto& d : result.diagnostics) require(d.code != lmmdsl::ExitCode::bug);
  if (!result) {  // only a limit: spelled out, a text may pass one
    require(lmmdsl::has_error(result.diagnostics));
    return "";
  }
  return *result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  auto source = std::make_shared<lmmdsl::Source>("fuzz", text);
  auto ast = lmmdsl::parse_model(source);
  (void)lmmdsl::print(ast.diagnostics);
  (void)lmmdsl::parse_expression(source);
  for (const auto& d : ast.diagnostics) require(d.code != lmmdsl::ExitCode::bug);
  if (!ast) {
    require(lmmdsl::has_error(ast.diagnostics));
    return 0;
  }
  (void)lmmdsl::to_text(*ast);
  if (lmmdsl::has_error(ast.diagnostics)) return 0;
  for (auto spelling : {lmmdsl::Spelling::ascii, lmmdsl::Spelling::unicode}) {
    const std::string once = format(text, spelling);
    if (!once.empty()) require(format(once, spelling) == once);
  }
  return 0;
}
