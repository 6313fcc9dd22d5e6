// Pages on a terminal: ASCII with formulas in the language of models, or Unicode.
#include <algorithm>

#include "compiler/math/layout.h"
#include "compiler/model/model.h"
#include "compiler/page/page.h"
#include "compiler/page/wrap.h"

namespace lmmdsl {

namespace {

class TextPage {
 public:
  TextPage(const Model& model, bool unicode) : typesetter_(model), unicode_(unicode) {}

  std::string write(const Page& page) {
    for (const Block& b : page.blocks) write(b);
    return std::move(out_);
  }

 private:
  std::string of(const Text& text) const {
    std::string found;
    for (const Run& run : text.runs) {
      if (const auto* words = std::get_if<std::string>(&run)) {
        found += *words;
      } else if (const auto* source = std::get_if<Code>(&run)) {
        found += source->text;
      } else {
        found += of(std::get<Formula>(run));
      }
    }
    return found;
  }

  std::string of(const Formula& f) const {
    return unicode_ ? to_unicode(layout(f, typesetter_)) : code(f, typesetter_.model());
  }

  static bool is_formula(const Text& text) {
    return text.runs.size() == 1 && !std::holds_alternative<std::string>(text.runs[0]);
  }

  std::string wrapped(const std::string& head, const Text& text, std::size_t indent = 0) const {
    return is_formula(text) ? wrap_formula(head, of(text), indent)
                            : wrap_words(head, of(text), indent);
  }

  void write(const Block& b) {
    switch (b.kind) {
      case Block::Kind::heading:
        level_ = b.level;
        if (!out_.empty()) out_ += "\n";
        out_ += wrap_words(std::string(level_ > 2 ? 2 : 0, ' '), of(b.rows[0][0]));
        after_heading_ = true;
        return;
      case Block::Kind::paragraph:
        separate();
        out_ += wrap_words(std::string(indent(level_), ' '), of(b.rows[0][0]));
        break;
      case Block::Kind::display:
        separate();
        for (const auto& row : b.rows) {
          out_ +=
              wrap_formula(std::string(indent(level_) + 2, ' '), of(row[0]), indent(level_) + 6);
        }
        break;
      case Block::Kind::table:
        separate();
        write_table(b);
        break;
    }
    after_heading_ = false;
  }

  /// Of what stands under a heading of that level.
  static std::size_t indent(int level) {
    return level <= 1 ? 0 : 2 * static_cast<std::size_t>(level - 1);
  }

  void separate() {
    if (!out_.empty() && !after_heading_) out_ += "\n";
  }

  void write_table(const Block& b) {
    std::vector<std::size_t> width;
    for (const auto& row : b.rows) {
      for (std::size_t k = 0; k + 1 < row.size(); ++k) {
        if (width.size() <= k) width.push_back(0);
        width[k] = std::max(width[k], columns(of(row[k])));
      }
    }
    for (const auto& row : b.rows) {
      std::string head(indent(level_), ' ');
      for (std::size_t k = 0; k + 1 < row.size(); ++k) {
        const std::string cell = of(row[k]);
        head += cell + std::string(width[k] - columns(cell) + 2, ' ');
      }
      if (row.back().empty()) {
        head.erase(head.find_last_not_of(' ') + 1);
        out_ += head + "\n";
      } else {
        out_ += wrapped(head, row.back());
      }
    }
  }

  Typesetter typesetter_;
  bool unicode_;
  std::string out_;
  int level_ = 0;
  bool after_heading_ = false;
};

}  // namespace

std::string write_text(const Page& page, const Model& model, bool unicode) {
  return TextPage(model, unicode).write(page);
}

}  // namespace lmmdsl
