#include "grammar/characters.h"

namespace lmmdsl {

namespace {

constexpr const char* kQuotes = "strings stand in straight double quotes: \"...\"";
constexpr const char* kMinus = "type `-`";
constexpr const char* kTimes = "type `*`";
constexpr const char* kTilde = "type `~`";
constexpr const char* kBlank = "type a blank";
constexpr const char* kDelete = "delete it";
constexpr const char* kPrime = "a transpose is written X'";

constexpr ForeignCharacter kForeign[] = {
    {U'@', "", "a matrix product is `*`"},
    {U'$', "", "a field is written with a dot, as in fit.coef"},
    {U'%', "", "a product is `*`; a comment begins with `#`"},
    {U'&', "", "type `and`"},
    {U'|', "",
     "a group effect is an index: y ~ Normal(X * beta + u[g], sigma^2)  with  u[g] ~ Normal(0, "
     "tau^2);  the logical sign is `or`"},
    {U'!', "", "type `not`, or `!=` for unequal"},
    {U'?', "", ""},
    {U'\\', "", "names of letters are written out: sigma, theta"},
    {U'{', "", "a model has no blocks; brackets are `(` and `[`"},
    {U'}', "", "a model has no blocks; brackets are `)` and `]`"},
    {U'`', "", "a column whose header is not a name: data y : real from \"header\""},
    {U'\r', "carriage return", "end lines with LF or CRLF"},
    {U'\u00A0', "no-break space", kBlank},
    {U'\u2002', "en space", kBlank},
    {U'\u2003', "em space", kBlank},
    {U'\u2009', "thin space", kBlank},
    {U'\u202F', "narrow no-break space", kBlank},
    {U'\u3000', "ideographic space", kBlank},
    {U'\u200B', "zero width space", kDelete},
    {U'\u200C', "zero width non-joiner", kDelete},
    {U'\u200D', "zero width joiner", kDelete},
    {U'\u2060', "word joiner", kDelete},
    {U'\uFEFF', "byte order mark", kDelete},
    {U'\u00AD', "soft hyphen", kDelete},
    {U'\u202A', "left-to-right embedding", kDelete},
    {U'\u202B', "right-to-left embedding", kDelete},
    {U'\u202C', "pop directional formatting", kDelete},
    {U'\u202D', "left-to-right override", kDelete},
    {U'\u202E', "right-to-left override", kDelete},
    {U'\u2066', "left-to-right isolate", kDelete},
    {U'\u2067', "right-to-left isolate", kDelete},
    {U'\u2069', "pop directional isolate", kDelete},
    {U'“', "", kQuotes},
    {U'”', "", kQuotes},
    {U'„', "", kQuotes},
    {U'«', "", kQuotes},
    {U'»', "", kQuotes},
    {U'‘', "", kQuotes},
    {U'’', "", kQuotes},
    {U'′', "", kPrime},
    {U'⊤', "", kPrime},
    {U'†', "", kPrime},
    {U'–', "en dash", kMinus},
    {U'—', "em dash", kMinus},
    {U'‐', "hyphen", kMinus},
    {U'‑', "non-breaking hyphen", kMinus},
    {U'－', "", kMinus},
    {U'×', "", kTimes},
    {U'∗', "", kTimes},
    {U'⋅', "", kTimes},
    {U'•', "", kTimes},
    {U'∙', "", kTimes},
    {U'⊗', "", "there is no Kronecker product"},
    {U'÷', "", "type `/`"},
    {U'∕', "", "type `/`"},
    {U'⁄', "", "type `/`"},
    {U'˜', "", kTilde},
    {U'～', "", kTilde},
    {U'≈', "", kTilde},
    {U'←', "", "type `=` to define a quantity, `~` to give its distribution"},
    {U'≡', "", "type `=`"},
    {U'√', "", "write sqrt(x)"},
    {U'∑', "", "a sum is written sum(x); the letter Sigma is Σ"},
    {U'∏', "", "the letter Pi is Π"},
    {U'∈', "", "a column is declared by `data x : real`"},
    {U'∞', "", "leave a bound out that is infinite"},
    {U'½', "", "type 1/2"},
    {U'ς', "", "type σ"},
    {U'（', "", "type `(`"},
    {U'）', "", "type `)`"},
    {U'，', "", "type `,`"},
    {U'：', "", "type `:`"},
    {U'＝', "", "type `=`"},
};

constexpr ForeignSign kForeignSigns[] = {
    {"%*%", "a matrix product is `*`"},
    {"%%", "there is no remainder"},
    {"&&", "type `and`"},
    {"||", "type `or`"},
    {"|>", "write the call out: f(x)"},
};

}  // namespace

const ForeignCharacter* find_foreign(char32_t code) {
  for (const ForeignCharacter& known : kForeign) {
    if (known.code == code) return &known;
  }
  return nullptr;
}

const ForeignSign* find_foreign_sign(std::string_view rest) {
  for (const ForeignSign& known : kForeignSigns) {
    if (rest.starts_with(known.text)) return &known;
  }
  return nullptr;
}

}  // namespace lmmdsl
