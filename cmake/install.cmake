# cmake --install: the program, the libraries with their headers, and a package for find_package.
#
# A user of the library needs what its archives link to (fmt, threads), but none of the header-only
# libraries that were needed to build them: these are taken out of what is exported. So are our own
# warning flags.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(libraries lmmdsl lmmdsl_runtime lmmdsl_compiler lmmdsl_grammar)

foreach(library ${libraries})
  get_target_property(links ${library} INTERFACE_LINK_LIBRARIES)
  list(FILTER links EXCLUDE REGEX "LINK_ONLY:(taocpp|Eigen3|Boost|CLI11|nlohmann_json|FastFloat|utf8cpp)")
  set_target_properties(${library} PROPERTIES INTERFACE_LINK_LIBRARIES "${links}")
endforeach()

get_target_property(flags lmmdsl_options INTERFACE_COMPILE_OPTIONS)
set_target_properties(lmmdsl_options PROPERTIES
  INTERFACE_COMPILE_OPTIONS "$<BUILD_INTERFACE:${flags}>")
target_include_directories(lmmdsl_options INTERFACE
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/lmmdsl>)

install(TARGETS lmmdsl_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS ${libraries} lmmdsl_options EXPORT lmmdslTargets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
foreach(folder grammar compiler runtime lmmdsl)
  install(DIRECTORY ${folder} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/lmmdsl
          FILES_MATCHING PATTERN "*.h")
endforeach()

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/lmmdsl)
install(EXPORT lmmdslTargets NAMESPACE lmmdsl:: DESTINATION ${package})
configure_package_config_file(cmake/lmmdslConfig.cmake.in
  ${PROJECT_BINARY_DIR}/lmmdslConfig.cmake INSTALL_DESTINATION ${package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/lmmdslConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/lmmdslConfig.cmake ${PROJECT_BINARY_DIR}/lmmdslConfigVersion.cmake
        DESTINATION ${package})
install(DIRECTORY models/ DESTINATION ${CMAKE_INSTALL_DATADIR}/lmmdsl/models
        FILES_MATCHING PATTERN "*.lmm")
