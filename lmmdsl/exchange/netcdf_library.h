// The NetCDF library, loaded where it is first needed: with it come forty others (HDF5, curl, ...),
// which would take longer to load than many a model to fit.
#pragma once

#include <netcdf.h>

#include <string>

namespace lmmdsl {

// nc_close as `close`, and so on.
#define LMMDSL_NETCDF_FUNCTIONS(f)                                                         \
  f(close) f(create) f(def_dim) f(def_grp) f(def_var) f(free_string) f(get_var_double)     \
      f(get_var_string) f(inq_dim) f(inq_dimid) f(inq_dimlen) f(inq_grp_ncid) f(inq_nvars) \
          f(inq_var) f(inq_varid) f(inq_vartype) f(open) f(put_att_text) f(put_var_double) \
              f(put_var_longlong) f(put_var_string) f(strerror)

struct NetcdfLibrary {
#define LMMDSL_DECLARE(name) decltype(&::nc_##name) name = nullptr;
  LMMDSL_NETCDF_FUNCTIONS(LMMDSL_DECLARE)
#undef LMMDSL_DECLARE
  std::string failure;  ///< why it could not be loaded; else empty
};

/// Loads it at the first call.
const NetcdfLibrary& netcdf_library();

}  // namespace lmmdsl
