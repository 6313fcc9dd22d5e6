// Plates as sets of rows: which element each row lies in, and the maps between plates.
//
// Every element of every plate is a set of rows, so one rule gives all maps: an element of the fine
// plate lies where any of its rows lies. bind_data has checked that the choice of the row does not
// matter.
#include <algorithm>
#include <limits>
#include <new>
#include <stdexcept>
#include <tuple>

#include "runtime/data.h"

namespace lmmdsl {
namespace {

auto key(const Plate& p) { return std::tie(p.rows, p.response, p.missing, p.factors); }

/// The columns that a column, or a constant on the row plate, needs in each row.
std::vector<SymbolId> needed_columns(const Model& model, SymbolId id) {
  if (model[id].role == Role::column) return {id};
  return elementwise_columns(model, model[id].definition);
}

}  // namespace

int Data::length(const Dim& dim) const {
  double n = dim.n;  // products of numbers of levels may leave the whole numbers
  for (const auto& product : dim.products) {
    double columns = 1;
    for (const LevelCount& f : product)
      columns *= static_cast<double>(factors[f.factor].levels.size()) - f.minus;
    n += columns;
  }
  if (n > std::numeric_limits<int>::max()) throw std::bad_alloc();
  return static_cast<int>(n);
}

bool Data::PlateLess::operator()(const Plate& a, const Plate& b) const { return key(a) < key(b); }

bool Data::PairLess::operator()(const std::pair<Plate, Plate>& a,
                                const std::pair<Plate, Plate>& b) const {
  return std::tuple_cat(key(a.first), key(a.second)) < std::tuple_cat(key(b.first), key(b.second));
}

PlateElements Data::make_plate(const Plate& plate) const {
  PlateElements result;
  if (plate.once()) {
    result.representative = {rows() > 0 ? 0 : -1};
    result.labels.resize(1);
    return result;
  }
  result.of_row.assign(rows(), -1);
  if (!plate.rows && (*model)[plate.factors.front()].levels > 0) {
    for (const std::string& level : factors[plate.factors.front()].levels)
      result.labels.push_back({level});
    result.size = result.labels.size();
    result.representative.assign(result.size, -1);
    return result;
  }
  if (plate.rows) {
    std::vector<SymbolId> needed;  // columns whose NA puts a row outside
    if (plate.response >= 0) needed = needed_columns(*model, plate.response);
    for (std::size_t row = 0; row < rows(); ++row) {
      const bool absent = std::any_of(needed.begin(), needed.end(),
                                      [&](SymbolId id) { return is_missing(id, row); });
      if (absent != plate.missing) continue;
      result.of_row[row] = static_cast<std::int32_t>(result.representative.size());
      result.representative.push_back(static_cast<std::int32_t>(row));
    }
    result.size = result.representative.size();
    result.labels.resize(result.size);
    return result;
  }

  std::map<std::vector<std::int32_t>, std::int32_t> number_of;  // by combination of codes
  auto last = number_of.end();  // rows are sorted: most have the combination of the row before
  std::vector<const std::int32_t*> number_at(rows(), nullptr);  // by row; null where a factor is NA
  std::vector<std::int32_t> codes(plate.factors.size());
  for (std::size_t row = 0; row < rows(); ++row) {
    for (std::size_t k = 0; k < codes.size(); ++k) codes[k] = factors[plate.factors[k]].codes[row];
    if (std::any_of(codes.begin(), codes.end(), [](std::int32_t code) { return code < 0; }))
      continue;
    if (last == number_of.end() || last->first != codes) last = number_of.emplace(codes, -1).first;
    number_at[row] = &last->second;
  }
  result.size = number_of.size();
  result.representative.assign(result.size, -1);
  std::int32_t next = 0;
  for (auto& [combination, number] : number_of) {
    number = next++;
    std::vector<std::string>& labels = result.labels.emplace_back();
    for (std::size_t k = 0; k < combination.size(); ++k)
      labels.push_back(factors[plate.factors[k]].levels[combination[k]]);
  }
  for (std::size_t row = 0; row < rows(); ++row) {
    if (number_at[row] == nullptr) continue;
    result.of_row[row] = *number_at[row];
    std::int32_t& first = result.representative[*number_at[row]];
    if (first < 0) first = static_cast<std::int32_t>(row);
  }
  return result;
}

const PlateElements& Data::find_plate(const Plate& plate) const {
  const auto found = plates_.find(plate);
  return found != plates_.end() ? found->second
                                : plates_.emplace(plate, make_plate(plate)).first->second;
}

const PlateElements& Data::plate(const Plate& plate) const {
  const std::lock_guard lock(mutex_);
  return find_plate(plate);
}

const std::vector<std::int32_t>& Data::map(const Plate& fine, const Plate& coarse) const {
  static const std::vector<std::int32_t> same_plate;
  if (fine == coarse) return same_plate;
  if (coarse.rows && !fine.rows) throw std::logic_error("a row was asked for on a plate of levels");
  if (deciding_factor(fine, coarse) >= 0)
    throw std::logic_error("a level of an unobserved factor was asked of the data");
  const std::lock_guard lock(mutex_);
  const auto found = maps_.find({fine, coarse});
  if (found != maps_.end()) return found->second;
  if (fine.once()) throw std::logic_error("a level was asked for outside its plate");
  const PlateElements& from = find_plate(fine);
  const PlateElements& to = find_plate(coarse);
  std::vector<std::int32_t> result(from.size, 0);
  if (!coarse.once())
    for (std::size_t i = 0; i < from.size; ++i) result[i] = to.of_row[from.representative[i]];
  return maps_.emplace(std::pair(fine, coarse), std::move(result)).first->second;
}

bool Data::is_missing(SymbolId id, std::size_t row) const {
  const Symbol& s = (*model)[id];
  if (s.role == Role::column) {
    if (s.column_type == ColumnType::factor) return factors[id].codes[row] < 0;
    const double x = columns[id][row];
    return x != x;
  }
  const std::vector<SymbolId> needed = needed_columns(*model, id);
  return std::any_of(needed.begin(), needed.end(),
                     [&](SymbolId column) { return is_missing(column, row); });
}

std::string describe_element(const Data& data, const Plate& plate, std::size_t element) {
  if (plate.once()) return "";
  const PlateElements& elements = data.plate(plate);
  if (plate.rows)
    return "row " + std::to_string(data.row_number[elements.representative[element]] + 1);
  std::string text;
  for (std::size_t k = 0; k < plate.factors.size(); ++k) {
    if (k > 0) text += ", ";
    text += (*data.model)[plate.factors[k]].spelling + " `" + elements.labels[element][k] + "`";
  }
  return text;
}

}  // namespace lmmdsl
