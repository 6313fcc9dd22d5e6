// The program. What it does is in commands.h.

#include <string>
#include <vector>

#include "lmmdsl/commands.h"
#include "lmmdsl/signals.h"
#include "runtime/table/large_memory.h"

int main(int argc, char** argv) {
  lmmdsl::expect_heap();
  lmmdsl::ignore_broken_pipes();
  return lmmdsl::run_program(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
}
