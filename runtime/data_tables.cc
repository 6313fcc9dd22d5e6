// Tables of groups: --table school=schools.csv. The row of a school becomes part of each of its
// pupils' rows, so that everything after this step knows rows only: a column of schools.csv is one
// that is constant within each school.
#include <algorithm>
#include <unordered_map>

#include "runtime/bind.h"

namespace lmmdsl {
namespace {

std::string file_name(const Table& table) {
  return table.source() ? table.source()->name() : "the table";
}

Diagnostic at_cell(const Table& table, std::size_t row, std::size_t column, std::string message) {
  const Origin at = table.origin(row, column);
  Diagnostic d;
  d.source = at.table->source();
  d.span = at.table->cell(at.row, at.column).span;
  d.message = std::move(message);
  return d;
}

/// 007 and 7, Oslo and oslo.
std::string essence(const std::string& label) {
  std::string text = label.substr(std::min(label.find_first_not_of('0'), label.size()));
  for (char& c : text)
    if ('A' <= c && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

/// The first row with each label that `found` lacks.
struct Lacking {
  std::vector<std::size_t> rows;
  std::vector<std::string> labels;
};

Lacking lacking(const Factor& factor, const std::unordered_map<std::string, std::int32_t>& found) {
  Lacking result;
  std::vector<char> seen(factor.levels.size(), 0);
  for (std::size_t row = 0; row < factor.codes.size(); ++row) {
    const std::int32_t code = factor.codes[row];
    if (code < 0 || seen[code]) continue;
    seen[code] = 1;
    if (found.count(factor.levels[code])) continue;
    result.rows.push_back(row);
    result.labels.push_back(factor.levels[code]);
  }
  return result;
}

class Joiner {
 public:
  Joiner(const Model& model, Table rows, const BindOptions& options)
      : model_(model), rows_(std::move(rows)), options_(options) {}

  Result<Table> run() {
    for (const GroupTable& g : options_.tables) pending_.push_back({&g, factor(g.factor)});
    if (has_error(errors_)) return errors_;
    for (SymbolId id = 0; id < static_cast<SymbolId>(model_.symbols.size()); ++id)
      if (model_[id].role == Role::column) check_in_one_table(id);
    // A table may be joined by a column of another: until no further one has its key.
    for (bool joined = true; joined && !has_error(errors_);) {
      joined = false;
      for (std::size_t i = 0; i < pending_.size() && !has_error(errors_); ++i) {
        const auto key = find_key(rows_, model_[pending_[i].factor], options_);
        if (!key) continue;
        join(pending_[i], *key);
        pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(i));
        joined = true;
        break;
      }
    }
    if (!has_error(errors_))
      for (const Pending& p : pending_) no_key(p);
    if (has_error(errors_)) return errors_;
    return {std::move(rows_), std::move(errors_)};
  }

 private:
  struct Pending {
    const GroupTable* group;
    SymbolId factor;
  };

  SymbolId factor(const std::string& name) {
    std::vector<std::string> factors;
    for (SymbolId id = 0; id < static_cast<SymbolId>(model_.symbols.size()); ++id) {
      const Symbol& s = model_[id];
      if (s.role != Role::column || s.column_type != ColumnType::factor) continue;
      if (name == s.name || name == s.spelling) return id;
      factors.push_back(s.spelling);
    }
    const SymbolId other = model_.find(name);
    const std::string near = nearest(name, factors);
    errors_.push_back(plain_error(ExitCode::command_line,
                                  "--table " + name + "=...: " +
                                      (other >= 0 ? "`" + name + "` is not a factor of the model"
                                                  : "the model declares no factor `" + name + "`"),
                                  !near.empty() ? "did you mean `" + near + "`?"
                                  : other >= 0 && model_[other].role == Role::column
                                      ? "declare it so:  data " + name + " : factor"
                                      : ""));
    return -1;
  }

  std::optional<std::size_t> column_of(const Table& table, SymbolId id) const {
    return find_column(table, model_[id], mapped_header(model_[id], options_));
  }

  bool is_key(const GroupTable& group, SymbolId id) const {
    return group.factor == model_[id].name || group.factor == model_[id].spelling;
  }

  void check_in_one_table(SymbolId id) {
    const Table* first = column_of(rows_, id) ? &rows_ : nullptr;
    for (const GroupTable& g : options_.tables) {
      if (is_key(g, id) || !column_of(*g.table, id)) continue;
      if (first != nullptr) {
        Diagnostic d;
        d.source = g.table->source();
        d.span = g.table->header_spans()[*column_of(*g.table, id)];
        d.message = "`" + model_[id].spelling + "` is a column of " + file_name(*first) +
                    " and of " + file_name(*g.table);
        d.notes.push_back(declaration_note(model_, id));
        d.hint = "remove it from one of them, or --map " + model_[id].spelling +
                 "=HEADER reads it under a name that is in one only";
        errors_.push_back(std::move(d));
        return;
      }
      first = g.table.get();
    }
  }

  /// Adds the declared columns of one table of groups to the rows.
  void join(const Pending& p, std::size_t key) {
    const Table& groups = *p.group->table;
    const auto group_key = find_key(groups, model_[p.factor], options_);
    if (!group_key) return no_key_in_groups(p);
    Result<Factor> row_labels = labels(rows_, key);
    Result<Factor> group_labels = labels(groups, *group_key);
    for (const Diagnostics* found : {&row_labels.diagnostics, &group_labels.diagnostics})
      errors_.insert(errors_.end(), found->begin(), found->end());
    if (!row_labels || !group_labels) return;

    const std::unordered_map<std::string, std::int32_t> row_with =
        row_of_each_label(p, *group_key, *group_labels);
    compare_labels(p, key, *row_labels, *group_key, *group_labels, row_with);
    if (has_error(errors_)) return;
    auto made = std::make_shared<Join>();
    made->groups = p.group->table;
    made->key = key;
    made->row_of.reserve(row_labels->codes.size());
    for (const std::int32_t code : row_labels->codes)
      made->row_of.push_back(code < 0 ? -1 : row_with.at(row_labels->levels[code]));
    for (SymbolId id = 0; id < static_cast<SymbolId>(model_.symbols.size()); ++id) {
      if (model_[id].role != Role::column || id == p.factor) continue;
      const auto column = column_of(groups, id);
      // Two names may stand for one column.
      if (column && !rows_.find(groups.headers()[*column])) rows_.add({made, *column});
    }
  }

  std::unordered_map<std::string, std::int32_t> row_of_each_label(const Pending& p, std::size_t key,
                                                                  const Factor& factor) {
    const Table& groups = *p.group->table;
    const std::string name = model_[p.factor].spelling;
    std::unordered_map<std::string, std::int32_t> row_with;
    for (std::size_t row = 0; row < factor.codes.size(); ++row) {
      if (factor.codes[row] < 0) {
        errors_.push_back(
            at_cell(groups, row, key, "this row has no " + name + ": its label is missing"));
        continue;
      }
      const std::string& label = factor.levels[factor.codes[row]];
      const auto [first, is_new] = row_with.emplace(label, static_cast<std::int32_t>(row));
      if (is_new) continue;
      errors_.push_back(at_cell(groups, row, key, name + " `" + label + "` has a second row"));
      errors_.back().notes.push_back(
          {"the first is on line " +
           std::to_string(groups.line(static_cast<std::size_t>(first->second)))});
      errors_.back().hint = "a table of groups has one row for each " + name;
    }
    return row_with;
  }

  void compare_labels(const Pending& p, std::size_t key, const Factor& of_rows,
                      std::size_t group_key, const Factor& of_groups,
                      const std::unordered_map<std::string, std::int32_t>& row_with) {
    std::unordered_map<std::string, std::int32_t> occurring;
    for (const std::string& level : of_rows.levels) occurring.emplace(level, 0);
    const std::string in_rows = file_name(*rows_.origin(0, key).table);
    const std::string in_groups = file_name(*p.group->table);
    report(p, rows_, key, lacking(of_rows, row_with), of_rows.levels.size(), in_groups,
           of_groups.levels, "add a row for each label, or leave its rows out");
    report(p, *p.group->table, group_key, lacking(of_groups, occurring), of_groups.levels.size(),
           in_rows, of_rows.levels, "remove what has no data");
  }

  /// One error for all labels that the other file lacks.
  void report(const Pending& p, const Table& table, std::size_t key, const Lacking& lack,
              std::size_t in_all, const std::string& other_file,
              const std::vector<std::string>& other_labels, const std::string& hint) {
    if (lack.labels.empty()) return;
    const std::string name = model_[p.factor].spelling;
    Diagnostic d = at_cell(table, lack.rows.front(), key,
                           name + " `" + lack.labels.front() + "` is not in " + other_file);
    if (lack.labels.size() > 1) {
      constexpr std::size_t kShown = 6;
      std::string list;
      for (std::size_t i = 0; i < std::min(lack.labels.size(), kShown); ++i)
        list += (i > 0 ? ", `" : "`") + lack.labels[i] + "`";
      if (lack.labels.size() > kShown)
        list += " and " + std::to_string(lack.labels.size() - kShown) + " more";
      d.notes.push_back({std::to_string(lack.labels.size()) + " of " + std::to_string(in_all) +
                         " labels are not there: " + list});
    }
    const auto alike = std::find_if(
        other_labels.begin(), other_labels.end(),
        [&](const std::string& l) { return essence(l) == essence(lack.labels.front()); });
    d.hint = alike == other_labels.end()
                 ? hint
                 : other_file + " has `" + *alike + "`: labels must be written alike in both files";
    errors_.push_back(std::move(d));
  }

  void no_key_in_groups(const Pending& p) {
    const Symbol& s = model_[p.factor];
    const Table& groups = *p.group->table;
    Diagnostic d = model_error(
        model_, s.span,
        file_name(groups) + " has no column `" + s.spelling + "`, by which it would be joined", "");
    d.notes.push_back({"columns of " + file_name(groups) + ": " + list_of_headers(groups)});
    const std::string near = nearest(s.spelling, groups.headers());
    d.hint = near.empty() ? "--map " + s.spelling + "=HEADER says what it is called there"
                          : "did you mean `" + near + "`? Then --map " + s.spelling + "=" + near;
    errors_.push_back(std::move(d));
  }

  void no_key(const Pending& p) {
    const Symbol& s = model_[p.factor];
    Diagnostic d =
        model_error(model_, s.span,
                    file_name(*p.group->table) +
                        " cannot be joined: no other table has the column `" + s.spelling + "`",
                    "");
    d.notes.push_back({"columns of " + file_name(rows_) + ": " + list_of_headers(rows_)});
    const std::string near = nearest(s.spelling, rows_.headers());
    d.hint = near.empty() ? "--map " + s.spelling + "=HEADER says what it is called there"
                          : "did you mean `" + near + "`? Then --map " + s.spelling + "=" + near;
    errors_.push_back(std::move(d));
  }

  const Model& model_;
  Table rows_;
  const BindOptions& options_;
  std::vector<Pending> pending_;
  Diagnostics errors_;
};

}  // namespace

std::optional<std::size_t> find_key(const Table& table, const Symbol& s,
                                    const BindOptions& options) {
  if (const std::string* mapped = mapped_header(s, options))
    if (const auto found = table.find(*mapped)) return found;
  return find_column(table, s, nullptr);
}

Result<Table> join_tables(const Model& model, Table rows, const BindOptions& options) {
  if (options.tables.empty()) return rows;
  return Joiner(model, std::move(rows), options).run();
}

Diagnostics check_joined_responses(const Data& data) {
  const Model& model = *data.model;
  Diagnostics warnings;
  for (const Density& density : model.stated) {
    if (density.response < 0) continue;
    for (const SymbolId id : elementwise_columns(model, density.value)) {
      const JoinedColumn* joined = data.table->joined(data.table_column[id]);
      if (joined == nullptr) continue;
      Diagnostic d = model_error(
          model, density.span,
          "`" + model[id].spelling + "` is a response and comes from a table of groups, " +
              file_name(*joined->join->groups),
          "each of its values counts once for each row of " + file_name(*data.table));
      d.severity = Severity::warning;
      d.code = ExitCode::done;
      warnings.push_back(std::move(d));
    }
  }
  return warnings;
}

}  // namespace lmmdsl
