// lmmdsl list: the tables of the compiler and the runtime, as they stand in the program.

#include <fmt/format.h>

#include <functional>

#include "compiler/model/functions.h"
#include "compiler/rules/augmentation.h"
#include "compiler/rules/conjugacy.h"
#include "compiler/rules/families.h"
#include "lmmdsl/commands.h"
#include "lmmdsl/console.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/lmmdsl.h"
#include "lmmdsl/text_table.h"
#include "runtime/kernels/kernels.h"
#include "runtime/kernels/lanes.h"

namespace lmmdsl {
namespace {

std::string signature(const Family& family) {
  std::vector<std::string> slots;
  for (const Slot& slot : family.slots) {
    std::vector<std::string> names = {slot.name};
    names.insert(names.end(), slot.alternatives.begin(), slot.alternatives.end());
    slots.push_back(fmt::format("{}", fmt::join(names, "|")));
  }
  return fmt::format("{}({})", family.name, fmt::join(slots, ", "));
}

std::string list_families() {
  TextTable table({{""}, {""}});
  for (const Family& family : families())
    if (!family.internal) table.add_row({signature(family), family.convention});
  return table.to_text();
}

std::string list_functions() {
  TextTable table({{""}, {""}});
  for (const Function& function : functions()) table.add_row({function.usage, function.doc});
  return table.to_text();
}

std::string list_rules() {
  std::string text;
  for (const RuleInfo& rule : rule_infos()) {
    if (!text.empty()) text += '\n';
    text += rule.name + '\n';
    TextTable table({{""}, {""}});
    table.add_row({"  full conditional", rule.prior});
    const char* to = rule.dependence == "affine"        ? " in"
                     : rule.dependence.ends_with(" of") ? ""
                                                        : " to";
    table.add_row({"  density", fmt::format("{}, its {} {}{} the parameter", rule.density,
                                            rule.slot, rule.dependence, to)});
    table.add_row({"  adds", rule.contribution});
    table.add_row({"  because", rule.because});
    table.add_row({"  reference", rule.reference});
    text += table.to_text();
  }
  return text;
}

std::string list_augmentations() {
  std::string text;
  for (const Augmentation& row : augmentations()) {
    if (!text.empty()) text += '\n';
    text += row.info.name + '\n';
    TextTable table({{""}, {""}});
    table.add_row({"  density", row.info.density});
    table.add_row({"  is", row.info.rewritten});
    table.add_row({"  proof", row.info.integral});
    table.add_row({"  because", row.info.because});
    table.add_row({"  reference", row.info.reference});
    text += table.to_text();
  }
  return text;
}

std::string list_kernels() {
  TextTable table({{""}, {""}});
  for (const KernelInfo& kernel : kernel_infos()) table.add_row({kernel.name, kernel.description});
  std::string text =
      table.to_text() + "\nEight elements at a time, as lanes of vector registers\n\n";
  TextTable lanes({{""}, {""}});
  for (const LaneKernelInfo& kernel : lane_kernel_infos())
    lanes.add_row({kernel.name, kernel.description});
  return text + lanes.to_text();
}

struct ListRow {
  std::string name;
  std::string heading;
  std::string (*text)();
};

const std::vector<ListRow>& lists() {
  static const std::vector<ListRow> rows = {
      {"families", "Distributions", list_families},
      {"functions", "Functions", list_functions},
      {"rules", "Conjugacies", list_rules},
      {"augmentations", "Auxiliary variables", list_augmentations},
      {"kernels", "Kernels of the runtime", list_kernels}};
  return rows;
}

int execute_list(const Arguments& arguments) {
  if (arguments.operands.empty()) {
    const char* between = "";
    for (const ListRow& row : lists()) {
      out(fmt::format("{}{} (lmmdsl list {})\n\n{}", between, row.heading, row.name, row.text()));
      between = "\n";
    }
    return 0;
  }
  const std::string& name = arguments.operands[0];
  std::vector<std::string> names;
  for (const ListRow& row : lists()) {
    names.push_back(row.name);
    if (row.name != name) continue;
    out(row.text());
    return 0;
  }
  const std::string near = nearest(name, names);
  return report_and_code({plain_error(
      ExitCode::command_line, fmt::format("there is no list of `{}`", printable(name, 40)),
      near.empty() ? fmt::format("lists: {}", fmt::join(names, ", "))
                   : fmt::format("did you mean `{}`?", near))});
}

}  // namespace

Command list_command() {
  return {"list",
          "[families|functions|rules|augmentations|kernels]",
          0,
          1,
          "list distributions, functions, conjugacies, auxiliary variables and kernels",
          {},
          "Examples:\n"
          "  lmmdsl list\n"
          "  lmmdsl list families\n",
          execute_list};
}

}  // namespace lmmdsl
