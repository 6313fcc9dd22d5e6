#ifdef LMMDSL_NETCDF

#include "lmmdsl/exchange/netcdf_library.h"

#include <dlfcn.h>

namespace lmmdsl {

const NetcdfLibrary& netcdf_library() {
  static const NetcdfLibrary library = [] {
    NetcdfLibrary found;
    const auto fail = [&] {
      const char* why = dlerror();
      found.failure = why ? why : "no reason is given";
    };
    void* handle = dlopen(LMMDSL_NETCDF, RTLD_NOW | RTLD_LOCAL);
    if (!handle) fail();
#define LMMDSL_FIND(name)                                                            \
  if (found.failure.empty()) {                                                       \
    found.name = reinterpret_cast<decltype(found.name)>(dlsym(handle, "nc_" #name)); \
    if (!found.name) fail();                                                         \
  }
    LMMDSL_NETCDF_FUNCTIONS(LMMDSL_FIND)
#undef LMMDSL_FIND
    return found;
  }();
  return library;
}

}  // namespace lmmdsl

#endif
