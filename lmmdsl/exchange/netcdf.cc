// InferenceData of ArviZ as NetCDF-4, by the NetCDF library: the groups posterior and sample_stats,
// with the labels of the data as coordinates. A build without the library says so.
#include <fmt/format.h>

#include <cmath>
#include <map>

#include "lmmdsl/display_width.h"
#include "lmmdsl/exchange/formats.h"
#include "lmmdsl/exchange/variables.h"
#include "lmmdsl/lmmdsl.h"
#include "runtime/summary.h"

#ifdef LMMDSL_NETCDF
#include "lmmdsl/exchange/netcdf_library.h"
#endif

namespace lmmdsl {

/// NetCDF-4 files are HDF5 files.
std::vector<std::string> find_netcdf(const std::vector<std::string>& files) {
  for (const std::string& file : files)
    if (beginning(file).starts_with("\x89HDF\r\n\x1a\n")) return {file};
  return {};
}

#ifndef LMMDSL_NETCDF

namespace {

Diagnostic not_in_this_build() {
  return plain_error(ExitCode::input_output, "this build of lmmdsl has no NetCDF",
                     "take the format arviz-json, or build with libnetcdf-dev installed");
}

}  // namespace

Failure write_netcdf(const Draws&, const RunRecord&, const std::string&) {
  return not_in_this_build();
}

Result<Draws> read_netcdf(const std::vector<std::string>&) { return not_in_this_build(); }

#else

namespace {

/// Why nothing can be read or written, if the library is not there.
Failure missing_library() {
  const std::string& why = netcdf_library().failure;
  if (why.empty()) return {};
  return plain_error(ExitCode::input_output, "cannot load the NetCDF library: " + why,
                     "install it, or take the format arviz-json");
}

/// A file of the library, with the first error that occurred.
class NetcdfFile {
 public:
  explicit NetcdfFile(std::string path) : path_(std::move(path)) {}
  ~NetcdfFile() {
    if (id >= 0) netcdf_library().close(id);
  }
  NetcdfFile(const NetcdfFile&) = delete;

  /// Remembers a failure; true if all went well so far.
  bool check(int status) {
    if (status_ == NC_NOERR) status_ = status;
    return status_ == NC_NOERR;
  }
  bool good() const { return status_ == NC_NOERR; }
  Failure close(const char* what) {
    if (id >= 0) check(netcdf_library().close(id));
    id = -1;
    if (good()) return {};
    return plain_error(ExitCode::input_output,
                       fmt::format("cannot {} `{}`: {}", what, printable(path_),
                                   netcdf_library().strerror(status_)));
  }

  int id = -1;

 private:
  std::string path_;
  int status_ = NC_NOERR;
};

/// NetCDF names have no slash.
std::string netcdf_name(std::string name) {
  for (char& c : name)
    if (c == '/') c = '|';
  return name;
}

void put_text(NetcdfFile& file, int group, const char* name, const std::string& text) {
  file.check(netcdf_library().put_att_text(group, NC_GLOBAL, name, text.size(), text.data()));
}

/// A group with the dimensions chain and draw.
int define_group(NetcdfFile& file, const char* name, const Draws& draws, std::size_t length,
                 int dims[2]) {
  int group = -1;
  if (!file.check(netcdf_library().def_grp(file.id, name, &group))) return group;
  file.check(
      netcdf_library().def_dim(group, "chain", static_cast<std::size_t>(draws.chains), &dims[0]));
  file.check(netcdf_library().def_dim(group, "draw", length, &dims[1]));
  for (int k = 0; k < 2 && file.good(); ++k) {
    int variable = -1;
    file.check(netcdf_library().def_var(group, k == 0 ? "chain" : "draw", NC_INT64, 1, &dims[k],
                                        &variable));
    std::vector<long long> numbers(k == 0 ? static_cast<std::size_t>(draws.chains) : length);
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<long long>(i);
    if (file.good()) file.check(netcdf_library().put_var_longlong(group, variable, numbers.data()));
  }
  put_text(file, group, "inference_library", "lmmdsl");
  put_text(file, group, "inference_library_version", version());
  return group;
}

void put_variable(NetcdfFile& file, int group, const DrawsVariable& variable, const Draws& draws,
                  std::size_t length, std::vector<int> dims) {
  int id = -1;
  if (!file.check(netcdf_library().def_var(group, netcdf_name(variable.name).c_str(), NC_DOUBLE,
                                           static_cast<int>(dims.size()), dims.data(), &id)))
    return;
  std::vector<double> values;
  for (int c = 0; c < draws.chains; ++c)
    for (std::size_t t = 0; t < length; ++t)
      for (const std::size_t j : variable.columns)
        values.push_back(j == kNoColumn ? NAN : draws.column(c, j)[t]);
  file.check(netcdf_library().put_var_double(group, id, values.data()));
}

/// Labels of a dimension; numbers from 1 if it has no coordinate.
std::vector<std::string> read_labels(int group, const std::string& dimension, std::size_t n) {
  std::vector<std::string> labels;
  int id = -1;
  nc_type type = NC_NAT;
  if (netcdf_library().inq_varid(group, dimension.c_str(), &id) == NC_NOERR &&
      netcdf_library().inq_vartype(group, id, &type) == NC_NOERR) {
    if (type == NC_STRING) {
      std::vector<char*> texts(n, nullptr);
      if (netcdf_library().get_var_string(group, id, texts.data()) == NC_NOERR) {
        for (const char* text : texts) labels.emplace_back(text ? text : "");
        netcdf_library().free_string(n, texts.data());
      }
    } else {
      std::vector<double> numbers(n);
      if (netcdf_library().get_var_double(group, id, numbers.data()) == NC_NOERR)
        for (const double x : numbers) labels.push_back(fmt::format("{}", x));
    }
  }
  if (labels.size() != n) {
    labels.clear();
    for (std::size_t i = 1; i <= n; ++i) labels.push_back(std::to_string(i));
  }
  return labels;
}

/// One variable of a group if its first dimensions are chain and draw.
std::optional<DrawsArray> read_variable(NetcdfFile& file, int group, int id) {
  char name[NC_MAX_NAME + 1];
  int rank = 0, dims[NC_MAX_VAR_DIMS];
  nc_type type = NC_NAT;
  if (!file.check(netcdf_library().inq_var(group, id, name, &type, &rank, dims, nullptr)))
    return {};
  if (rank < 2 || type == NC_STRING || type == NC_CHAR) return {};
  DrawsArray array{{name, {}, {}}, {}};
  std::size_t size = 1;
  for (int k = 0; k < rank; ++k) {
    char dimension[NC_MAX_NAME + 1];
    std::size_t n = 0;
    if (!file.check(netcdf_library().inq_dim(group, dims[k], dimension, &n))) return {};
    if ((k == 0 && std::string(dimension) != "chain") ||
        (k == 1 && std::string(dimension) != "draw"))
      return {};
    size *= n;
    if (k >= 2) array.variable.dimensions.push_back({dimension, read_labels(group, dimension, n)});
  }
  array.values.resize(size);
  if (!file.check(netcdf_library().get_var_double(group, id, array.values.data()))) return {};
  return array;
}

}  // namespace

Failure write_netcdf(const Draws& draws, const RunRecord& record, const std::string& path) {
  if (Failure failure = missing_library()) return failure;
  const std::size_t length = draws.chains > 0 ? complete_chains(draws, 0)[0].size() : 0;
  NetcdfFile file(path);
  if (!file.check(netcdf_library().create(path.c_str(), NC_NETCDF4 | NC_CLOBBER, &file.id)))
    return file.close("write");
  int dims[2] = {-1, -1};
  const int group = define_group(file, "posterior", draws, length, dims);
  put_text(file, group, "model", record.model_text);
  std::map<std::string, int> known;
  for (const DrawsVariable& variable : variables_of(draws)) {
    std::vector<int> own = {dims[0], dims[1]};
    for (const Dimension& d : variable.dimensions) {
      const std::string name = netcdf_name(d.name);
      if (known.find(name) == known.end() && file.good()) {
        int dimension = -1, coordinate = -1;
        file.check(netcdf_library().def_dim(group, name.c_str(), d.labels.size(), &dimension));
        file.check(
            netcdf_library().def_var(group, name.c_str(), NC_STRING, 1, &dimension, &coordinate));
        std::vector<const char*> texts;
        for (const std::string& label : d.labels) texts.push_back(label.c_str());
        if (file.good())
          file.check(netcdf_library().put_var_string(group, coordinate, texts.data()));
        known[name] = dimension;
      }
      own.push_back(known[name]);
    }
    if (file.good()) put_variable(file, group, variable, draws, length, own);
  }
  int stats_dims[2] = {-1, -1};
  const int stats = define_group(file, "sample_stats", draws, length, stats_dims);
  if (file.good())
    put_variable(file, stats, {"lp", {}, {0}}, draws, length, {stats_dims[0], stats_dims[1]});
  return file.close("write");
}

Result<Draws> read_netcdf(const std::vector<std::string>& files) {
  if (Failure failure = missing_library()) return *failure;
  NetcdfFile file(files[0]);
  if (!file.check(netcdf_library().open(files[0].c_str(), NC_NOWRITE, &file.id)))
    return *file.close("read");
  int group = -1, count = 0;
  if (netcdf_library().inq_grp_ncid(file.id, "posterior", &group) != NC_NOERR)
    return plain_error(ExitCode::input_output,
                       fmt::format("`{}` has no group `posterior`", printable(files[0])));
  file.check(netcdf_library().inq_nvars(group, &count));
  std::vector<DrawsArray> arrays;
  std::size_t chains = 0, length = 0;
  int dimension = -1;
  if (netcdf_library().inq_dimid(group, "chain", &dimension) == NC_NOERR)
    file.check(netcdf_library().inq_dimlen(group, dimension, &chains));
  if (netcdf_library().inq_dimid(group, "draw", &dimension) == NC_NOERR)
    file.check(netcdf_library().inq_dimlen(group, dimension, &length));
  for (int id = 0; id < count && file.good(); ++id)
    if (std::optional<DrawsArray> array = read_variable(file, group, id))
      arrays.push_back(std::move(*array));
  std::vector<double> lp;
  int stats = -1, id = -1;
  if (netcdf_library().inq_grp_ncid(file.id, "sample_stats", &stats) == NC_NOERR &&
      netcdf_library().inq_varid(stats, "lp", &id) == NC_NOERR) {
    if (std::optional<DrawsArray> array = read_variable(file, stats, id)) lp = array->values;
  }
  if (Failure failure = file.close("read")) return *failure;
  return draws_of(arrays, chains, length, lp);
}

#endif

}  // namespace lmmdsl
