// Helpers for making diagnostics, and the nearest known name to a misspelt one.
#include "grammar/diagnostic.h"

#include <algorithm>
#include <cctype>

namespace lmmdsl {

namespace {

std::string lower(const std::string& text) {
  std::string result = text;
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

/// Damerau-Levenshtein distance (optimal string alignment): insertions, deletions, substitutions
/// and swaps of neighbours that turn `a` into `b`.
int distance(const std::string& a, const std::string& b) {
  std::vector<int> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = static_cast<int>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1])});
      bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

}  // namespace

bool has_error(const Diagnostics& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::error; });
}

Diagnostic plain_error(ExitCode code, std::string message, std::string hint) {
  Diagnostic diagnostic;
  diagnostic.code = code;
  diagnostic.message = std::move(message);
  diagnostic.hint = std::move(hint);
  return diagnostic;
}

Diagnostic lost_text_error(const LostText& lost) {
  return plain_error(ExitCode::input_output, lost.message);
}

std::string nearest(const std::string& name, const std::vector<std::string>& known) {
  const std::string wanted = lower(name);
  // One wrong letter is allowed in short names (`bb` for `b0`), but something must agree.
  const int allowed =
      std::min<int>(std::max<int>(1, name.size() / 3), static_cast<int>(name.size()) - 1);
  std::string best;
  int least = allowed + 1;
  for (const std::string& candidate : known) {
    if (candidate == name) continue;
    const std::string there = lower(candidate);
    if (there == wanted) return candidate;
    const auto longer = std::max(there.size(), wanted.size());
    if (longer - std::min(there.size(), wanted.size()) > static_cast<std::size_t>(least)) continue;
    if (int d = distance(wanted, there); d < least) {
      least = d;
      best = candidate;
    }
  }
  return best;
}

}  // namespace lmmdsl
