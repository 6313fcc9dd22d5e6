// Constants that are given beside the text, `--set nu0=4`: the model is read as if it said
// nu0 = 4.
//
// A constant that the text defines gets this value in place of its own; a name that the text uses
// and does not introduce is introduced by it.
#pragma once

#include <string>
#include <vector>

#include "grammar/ast.h"
#include "grammar/diagnostic.h"

namespace lmmdsl {

struct Setting {
  std::string name;   ///< in any spelling: nu0 or ν0
  std::string value;  ///< a number, or an expression of numbers: "[1; 2]", "2/3"
};

/// The tree with these values. Errors (ExitCode::command_line): what is no constant that holds
/// once, a name that does not occur, a value that is no expression or mentions names.
Result<Ast> set_constants(const Ast& ast, const std::vector<Setting>& settings);

/// "--set nu0=4 --set tau=2", for notes.
std::string describe(const std::vector<Setting>& settings);

}  // namespace lmmdsl
