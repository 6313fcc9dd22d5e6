# cpack -G DEB: lmmdsl, the program, and liblmmdsl-dev, the library.
set(LMMDSL_MAINTAINER "The lmmdsl authors <lmmdsl@example.org>" CACHE STRING
    "Who is named in the Debian package")

set(CPACK_PACKAGE_NAME lmmdsl)
set(CPACK_PACKAGE_CONTACT "${LMMDSL_MAINTAINER}")
set(CPACK_GENERATOR DEB)
set(CPACK_SOURCE_GENERATOR TGZ)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION math)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS OFF)

set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME lmmdsl)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
if(LMMDSL_NETCDF_FILE MATCHES "^libnetcdf\\.so\\.([0-9]+)")  # Debian's packages are named by this
  set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS libnetcdf${CMAKE_MATCH_1})
endif()
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS "librsvg2-bin, graphviz")
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION "hierarchical Bayesian regression by Gibbs sampling
A language in which a model is written as on the page of a textbook, and a
program that derives the full conditional distribution of every unknown,
shows the derivation, checks it numerically, and samples from the posterior.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME liblmmdsl-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS libfmt-dev)
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "hierarchical Bayesian regression, C++ library
The compiler of models, the sampler and the summaries of the program lmmdsl
as a static library, with its headers and what CMake and pkg-config need.")

# What a package of Debian has besides: the man page compressed, copyright and changelog, and zsh's
# folder for packages. None of it is installed by `cmake --install`.
find_program(GZIP gzip)
if(GZIP)
  set(debian ${PROJECT_BINARY_DIR}/debian)
  file(MAKE_DIRECTORY ${debian})
  file(READ LICENSE license)
  string(REGEX REPLACE "^[^\n]*\n\nCopyright [^\n]*\n\n" "" license "${license}")
  string(STRIP "${license}" license)
  string(REPLACE "\n\n" "\n.\n" license "${license}")
  string(REPLACE "\n" "\n " license "${license}")
  file(CONFIGURE OUTPUT ${debian}/copyright @ONLY CONTENT
"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: lmmdsl

Files: *
Copyright: 2026 the lmmdsl authors
License: Expat
 @license@
")
  file(CONFIGURE OUTPUT ${debian}/changelog @ONLY CONTENT
"lmmdsl (@PROJECT_VERSION@) unstable; urgency=medium

  * The first version.

 -- @LMMDSL_MAINTAINER@  Thu, 01 Jan 2026 00:00:00 +0000
")
  add_custom_command(OUTPUT ${debian}/lmmdsl.1.gz ${debian}/changelog.gz
    COMMAND ${GZIP} -9nc ${written}/lmmdsl.1 > ${debian}/lmmdsl.1.gz
    COMMAND ${GZIP} -9nc ${debian}/changelog > ${debian}/changelog.gz
    DEPENDS ${written}/lmmdsl.1 ${debian}/changelog VERBATIM)
  add_custom_target(lmmdsl_debian ALL DEPENDS ${debian}/lmmdsl.1.gz)
  foreach(component program development)
    set(name ${CPACK_DEBIAN_PROGRAM_PACKAGE_NAME})
    if(component STREQUAL development)
      set(name ${CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME})
    endif()
    install(FILES ${debian}/copyright ${debian}/changelog.gz
            DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${name}
            COMPONENT debian_${component} EXCLUDE_FROM_ALL)
  endforeach()
  install(FILES ${debian}/lmmdsl.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
          COMPONENT debian_program EXCLUDE_FROM_ALL)
  install(FILES ${written}/_lmmdsl DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions
          COMPONENT debian_program EXCLUDE_FROM_ALL)
endif()

set(CPACK_COMPONENTS_ALL program debian_program development debian_development)
set(CPACK_COMPONENT_PROGRAM_GROUP program)
set(CPACK_COMPONENT_DEBIAN_PROGRAM_GROUP program)
set(CPACK_COMPONENT_DEVELOPMENT_GROUP development)
set(CPACK_COMPONENT_DEBIAN_DEVELOPMENT_GROUP development)
set(CPACK_COMPONENT_GROUP_PROGRAM_DESCRIPTION "${CPACK_COMPONENT_PROGRAM_DESCRIPTION}")
set(CPACK_COMPONENT_GROUP_DEVELOPMENT_DESCRIPTION "${CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION}")
include(CPack)
