// What lmmdsl has to say about an input: place, cause, cure. The library returns diagnostics; only
// the command line prints them (print.h).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "grammar/source.h"

namespace lmmdsl {

enum class Severity { error, warning, note };

/// Exit codes of the program; a diagnostic says which one it leads to.
enum class ExitCode {
  done = 0,
  refused = 1,       ///< model or data refused
  command_line = 2,  ///< command line wrong
  input_output = 3,  ///< cannot read, write or lock
  numerical = 4,     ///< computation failed; draws so far kept
  limit = 5,         ///< memory, size, depth or time
  bug = 70           ///< a bug of ours
};

/// A further place or remark that belongs to a diagnostic, printed as "note: ...".
struct Note {
  std::string text;
};

/// One message. Printed as
///   FILE:LINE:COL: error: MESSAGE
///      12 | the line
///         |     ^^^^ LABEL
///     note: ...
///     hint: HINT
/// `source` may be null: the message then has no place.
struct Diagnostic {
  Severity severity = Severity::error;
  ExitCode code = ExitCode::refused;
  SourcePtr source;
  Span span;
  std::string message;
  std::string label;
  std::vector<Note> notes;
  std::string hint;
};

using Diagnostics = std::vector<Diagnostic>;

bool has_error(const Diagnostics& diagnostics);

/// A value, or errors; warnings may come with either.
template <class T>
struct Result {
  std::optional<T> value;
  Diagnostics diagnostics;

  Result() = default;
  Result(T v) : value(std::move(v)) {}                  // NOLINT
  Result(Diagnostics d) : diagnostics(std::move(d)) {}  // NOLINT
  Result(T v, Diagnostics d) : value(std::move(v)), diagnostics(std::move(d)) {}
  Result(Diagnostic d) { diagnostics.push_back(std::move(d)); }  // NOLINT

  explicit operator bool() const { return value.has_value(); }
  T& operator*() { return *value; }
  const T& operator*() const { return *value; }
  T* operator->() { return &*value; }
  const T* operator->() const { return &*value; }
};

/// An error without a place (files, limits).
Diagnostic plain_error(ExitCode code, std::string message, std::string hint = {});

/// That a stored text cannot be read again.
Diagnostic lost_text_error(const LostText& lost);

/// The nearest of `known` to a misspelt `name` (Damerau-Levenshtein, at most a third of its length
/// wrong), or an empty string.
std::string nearest(const std::string& name, const std::vector<std::string>& known);

}  // namespace lmmdsl
