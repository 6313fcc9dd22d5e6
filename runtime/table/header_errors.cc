#include "runtime/table/header_errors.h"

#include <string_view>
#include <unordered_map>

#include "runtime/table/error_list.h"
#include "runtime/table/shown.h"

namespace lmmdsl {

Diagnostics header_errors(const SourcePtr& source, const std::vector<std::string>& headers,
                          const std::vector<Span>& spans) {
  ErrorList errors;
  std::unordered_map<std::string_view, std::size_t> seen;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const std::string& header = headers[i];
    const std::string number = std::to_string(i + 1);
    const auto add = [&](const std::string& message, const std::string& label, const char* hint) {
      errors.add([&] { return located_error(source, spans[i], message, label, hint); });
    };
    const std::size_t invalid = first_invalid_utf8(header);
    if (header.empty()) {
      add("column " + number + " has no name", "a name is expected here",
          i + 1 == headers.size()
              ? "give it a name, or remove the separator at the end of the line and of every row"
              : "give it a name");
    } else if (invalid != header.size()) {
      add("name " + shown(header) + " of column " + number + " is not UTF-8",
          "byte " + shown(header.substr(invalid, 1)), kNotUtf8Hint);
    } else if (const auto place = seen.emplace(header, i); !place.second) {
      add("two columns are called " + shown(header),
          "column " + number + " is called like column " + std::to_string(place.first->second + 1),
          "rename one of them");
    }
  }
  return errors.take("errors in the header line");
}

Diagnostic no_header_error(const SourcePtr& source, Span line) {
  Diagnostic error = located_error(
      source, line, "the first line holds numbers, not names of columns", "names are expected here",
      "add a line of names at the top, as in  plot density yield  (a name that is a number is "
      "written in quotes)");
  if (std::string_view(source->text()).substr(0, line.begin).find('#') != std::string_view::npos) {
    error.notes.push_back({"lines that begin with # are comments, even if they hold names"});
  }
  return error;
}

}  // namespace lmmdsl
