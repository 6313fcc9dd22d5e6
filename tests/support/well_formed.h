// Whether a text is well-formed XML, as far as our pages and pictures go.
#pragma once

#include <string>
#include <vector>

namespace lmmdsl {

/// Empty, or what is wrong: elements that do not close in order, `<` or `&` that stand for
/// themselves, attributes without quotes.
inline std::string well_formed(const std::string& text) {
  std::vector<std::string> open;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '&') {
      const auto end = text.find(';', i);
      if (end == text.npos || end - i > 8) return "a bare & at " + text.substr(i, 20);
      i = end + 1;
      continue;
    }
    if (text[i] != '<') {
      ++i;
      continue;
    }
    // The end of the tag, outside quotes.
    std::size_t end = i + 1;
    bool quoted = false;
    while (end < text.size() && (quoted || text[end] != '>')) {
      if (text[end] == '"') quoted = !quoted;
      if (text[end] == '<') return "a < in a tag at " + text.substr(i, 40);
      ++end;
    }
    if (end == text.size()) return "a tag that does not end at " + text.substr(i, 40);
    const std::string tag = text.substr(i + 1, end - i - 1);
    i = end + 1;
    if (tag[0] == '?' || tag[0] == '!') continue;
    const std::string name = tag.substr(0, tag.find_first_of(" \n"));
    if (name[0] == '/') {
      if (open.empty()) return "unclosed: " + name.substr(1);
      if (open.back() != name.substr(1))
        return "</" + open.back() + "> expected, not <" + tag + ">";
      open.pop_back();
    } else if (tag.back() != '/') {
      for (auto equals = tag.find('='); equals != tag.npos; equals = tag.find("=", equals + 1)) {
        if (tag[equals + 1] != '"') return "an attribute without quotes in <" + tag + ">";
        equals = tag.find('"', equals + 2);
      }
      open.push_back(name);
    }
  }
  return open.empty() ? "" : "not closed: " + open.back();
}

}  // namespace lmmdsl
