// Models built by hand, so that tests of the runtime need neither parser nor resolver.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "compiler/model/model.h"
#include "runtime/data.h"

namespace lmmdsl::test {

struct HandModel {
  Model model;

  SymbolId column(const std::string& name, ColumnType type = ColumnType::real,
                  std::vector<ColumnBound> bounds = {}, const std::string& header = "") {
    Symbol s;
    s.name = s.spelling = name;
    s.role = Role::column;
    s.plate = row_plate();
    s.column_type = type;
    s.bounds = std::move(bounds);
    s.header = header.empty() ? name : header;
    return append(std::move(s));
  }

  SymbolId parameter(const std::string& name, const Plate& plate = {},
                     const Shape& shape = scalar_shape()) {
    Symbol s;
    s.name = s.spelling = name;
    s.role = Role::parameter;
    s.plate = plate;
    s.shape = shape;
    return append(std::move(s));
  }

  /// A constant or a derived quantity.
  SymbolId define(const std::string& name, const Expr& definition, Role role = Role::constant) {
    Symbol s;
    s.name = s.spelling = name;
    s.role = role;
    s.plate = definition->plate;
    s.shape = definition->shape;
    s.definition = definition;
    return append(std::move(s));
  }

  Expr ref(SymbolId id) const {
    const Symbol& s = model.symbols[id];
    return symbol(id, s.name, s.shape, s.plate, s.positive, s.symmetric);
  }

  /// value ~ Normal(mean, variance), a likelihood if response is given, else the prior of target.
  void normal(const Expr& value, const Expr& mean, const Expr& variance, SymbolId response,
              SymbolId target = -1, const Plate& plate = {}) {
    Density d;
    d.family = FamilyId::normal;
    d.value = value;
    d.args = {mean, variance};
    d.plate = plate;
    if (response >= 0) {
      d.plate = row_plate();
      d.plate.response = response;
    }
    d.response = response;
    d.target = target;
    model.stated.push_back(d);
    model.densities.push_back(std::move(d));
  }

 private:
  SymbolId append(Symbol s) {
    model.symbols.push_back(std::move(s));
    return static_cast<SymbolId>(model.symbols.size()) - 1;
  }
};

inline Table table_of(const std::string& text) {
  Result<Table> table = read_table(std::make_shared<const Source>("data.csv", text));
  if (!table) throw std::runtime_error("the test's table cannot be read");
  return std::move(*table);
}

}  // namespace lmmdsl::test
