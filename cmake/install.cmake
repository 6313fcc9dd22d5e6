# cmake --install: the program with its completion and models (component program) and its manual page
# (manual, which a Debian package has compressed); the libraries with their headers, and packages for find_package and pkg-config (component development).
#
# A user of the library needs what its archives link to (fmt, threads), but none of the header-only
# libraries that were needed to build them: these are taken out of what is exported. So are our own
# warning flags.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# ---- the libraries

set(libraries lmmdsl lmmdsl_charts lmmdsl_runtime lmmdsl_table lmmdsl_compiler lmmdsl_model
    lmmdsl_grammar)

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

install(TARGETS ${libraries} lmmdsl_options EXPORT lmmdslTargets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
foreach(folder grammar compiler runtime charts lmmdsl)
  install(DIRECTORY ${folder} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/lmmdsl COMPONENT development
          FILES_MATCHING PATTERN "*.h")
endforeach()

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/lmmdsl)
install(EXPORT lmmdslTargets NAMESPACE lmmdsl:: DESTINATION ${package} COMPONENT development)
configure_package_config_file(cmake/lmmdslConfig.cmake.in
  ${PROJECT_BINARY_DIR}/lmmdslConfig.cmake INSTALL_DESTINATION ${package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/lmmdslConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/lmmdslConfig.cmake ${PROJECT_BINARY_DIR}/lmmdslConfigVersion.cmake
        DESTINATION ${package} COMPONENT development)

# The archives in the order in which they use each other.
list(TRANSFORM libraries PREPEND "-l" OUTPUT_VARIABLE archives)
list(JOIN archives " " PKG_CONFIG_LIBRARIES)
file(RELATIVE_PATH PKG_CONFIG_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(cmake/lmmdsl.pc.in ${PROJECT_BINARY_DIR}/lmmdsl.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/lmmdsl.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
        COMPONENT development)

# ---- the program

install(TARGETS lmmdsl_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
install(DIRECTORY models/ DESTINATION ${CMAKE_INSTALL_DATADIR}/lmmdsl/models COMPONENT program
        FILES_MATCHING PATTERN "*.lmm")
install(DIRECTORY editors DESTINATION ${CMAKE_INSTALL_DATADIR}/lmmdsl COMPONENT program)

# What the program says of itself: its manual page, and completion for shells.
set(written ${PROJECT_BINARY_DIR}/written)
file(MAKE_DIRECTORY ${written})
add_custom_command(OUTPUT ${written}/lmmdsl.1 ${written}/lmmdsl.bash ${written}/_lmmdsl
                          ${written}/lmmdsl.fish
  COMMAND lmmdsl_program manual > ${written}/lmmdsl.1
  COMMAND lmmdsl_program completion bash > ${written}/lmmdsl.bash
  COMMAND lmmdsl_program completion zsh > ${written}/_lmmdsl
  COMMAND lmmdsl_program completion fish > ${written}/lmmdsl.fish
  DEPENDS lmmdsl_program VERBATIM)
add_custom_target(lmmdsl_written ALL DEPENDS ${written}/lmmdsl.1)
install(FILES ${written}/lmmdsl.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT manual)
install(FILES ${written}/lmmdsl.bash RENAME lmmdsl
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT program)
install(FILES ${written}/_lmmdsl DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions
        COMPONENT program)
install(FILES ${written}/lmmdsl.fish
        DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT program)

include(cmake/package.cmake)
