// The grammar cannot loop: no rule repeats or recurses without taking a token.

#include <tao/pegtl/contrib/analyze.hpp>

#include "grammar/grammar.h"
#include "support/catch.h"

namespace lmmdsl {
namespace {

TEST_CASE("The grammar has no loops without progress") {
  CHECK(tao::pegtl::analyze<grammar::statement>() == 0);
  CHECK(tao::pegtl::analyze<grammar::lone_expression>() == 0);
}

}  // namespace
}  // namespace lmmdsl
