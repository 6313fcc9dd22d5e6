#include "compiler/page/wrap.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "grammar/unicode.h"

namespace lmmdsl {

namespace {

constexpr std::size_t kWidth = 100;

struct Chunk {
  std::string text;
  int depth = 0;  ///< open brackets at its end
};

/// Chunks after each of which a line may end.
std::vector<Chunk> chunks(const std::string& text, bool formula) {
  std::vector<Chunk> found(1);
  int depth = 0;
  const auto opens_line = [&](std::size_t i) {  // the blank at i may become a line end
    if (!formula) return true;
    const std::string_view before = std::string_view(text).substr(0, i);
    if (before.empty()) return false;
    if (std::string_view("+-*/,~=:;|").find(before.back()) != std::string_view::npos) return true;
    return before.ends_with("−") || before.ends_with("≈") || before.ends_with("∝") ||
           before.ends_with("×");
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    depth += (c == '(' || c == '[') - (c == ')' || c == ']');
    if (c == ' ' && opens_line(i)) {
      found.back().depth = depth;
      found.emplace_back();
    } else {
      found.back().text += c;
    }
  }
  return found;
}

std::string wrap(const std::string& head, const std::string& text, std::size_t indent,
                 bool formula) {
  if (indent == 0) indent = columns(head);
  std::string out, line = head;
  std::vector<Chunk> rest = chunks(text, formula);
  while (!rest.empty()) {
    // As many chunks as fit; then back to the outermost place in its last two thirds.
    std::size_t fit = 0, width = columns(line);
    while (fit < rest.size() && (fit == 0 || width + columns(rest[fit].text) <= kWidth)) {
      width += columns(rest[fit++].text) + 1;
    }
    if (formula && fit < rest.size()) {
      std::size_t best = fit, used = width;
      for (std::size_t k = fit; k-- > 1;) {
        used -= columns(rest[k].text) + 1;
        if (used < kWidth / 3) break;
        if (rest[k - 1].depth < rest[best - 1].depth) best = k;
      }
      fit = best;
    }
    for (std::size_t k = 0; k < fit; ++k) line += (k == 0 ? "" : " ") + rest[k].text;
    rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(fit));
    out += line + "\n";
    line = std::string(indent, ' ');
  }
  return out;
}

}  // namespace

std::size_t columns(const std::string& text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Character c = character_at(text, at);
    width += static_cast<std::size_t>(columns(c.code));
    at += static_cast<std::size_t>(c.bytes);
  }
  return width;
}

std::string wrap_words(const std::string& head, const std::string& text, std::size_t indent) {
  return wrap(head, text, indent, false);
}

std::string wrap_formula(const std::string& head, const std::string& text, std::size_t indent) {
  return wrap(head, text, indent, true);
}

}  // namespace lmmdsl
