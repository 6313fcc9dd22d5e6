#!/usr/bin/env bash
# Installs a build to a prefix of its own, builds the project in this folder against it by CMake and
# by pkg-config, and runs it and the installed program; looks at the manual page and at completion;
# makes the Debian packages.
#     tests/install/run.sh BUILD_FOLDER C++_COMPILER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$1
work=$build/install_test
rm -rf "$work"
cmake --install "$build" --prefix "$work/prefix" >"$work.log" || { cat "$work.log"; exit 1; }
cmake -S "$here" -B "$work/build" -G Ninja -DCMAKE_PREFIX_PATH="$work/prefix" \
  -DCMAKE_CXX_COMPILER="$2" -DCMAKE_BUILD_TYPE=Release
cmake --build "$work/build"
"$work/build/uses_lmmdsl"
"$work/prefix/bin/lmmdsl" --version
"$work/build/embed" >"$work/by_cmake.txt"

# The same example by pkg-config.
if command -v pkg-config >/dev/null; then
  PKG_CONFIG_PATH=$(dirname "$(find "$work/prefix" -name lmmdsl.pc)")
  export PKG_CONFIG_PATH
  # shellcheck disable=SC2046 # flags are words
  "$2" "$here/../../examples/embed.cc" $(pkg-config --cflags --libs lmmdsl) -o "$work/embed"
  "$work/embed" >"$work/by_pkg_config.txt"
  cmp "$work/by_cmake.txt" "$work/by_pkg_config.txt"
  grep -q '^P(share > 1/2 | y) = 0\.[0-9][0-9]$' "$work/by_pkg_config.txt"
else
  echo "pkg-config is not there: its file is not tested"
fi

# The manual page without complaints, and completion where shells look for it.
if command -v groff >/dev/null; then
  complaints=$(groff -man -Tutf8 -ww -z "$work/prefix/share/man/man1/lmmdsl.1" 2>&1)
  if [ -n "$complaints" ]; then echo "$complaints"; exit 1; fi
fi
completions=$work/prefix/share
bash -n "$completions/bash-completion/completions/lmmdsl"
if command -v zsh >/dev/null; then zsh -n "$completions/zsh/site-functions/_lmmdsl"; fi
if command -v fish >/dev/null; then
  fish --no-config --no-execute "$completions/fish/vendor_completions.d/lmmdsl.fish"
  offered=$(PATH=$work/prefix/bin:$PATH fish --no-config -c \
    "source '$completions/fish/vendor_completions.d/lmmdsl.fish'; complete -C 'lmmdsl run --cha'")
  case $offered in --chains*) ;; *) echo "fish offers \`$offered\`"; exit 1 ;; esac
fi

# The Debian packages: what is in them runs, and Debian's own checks find no error.
if command -v cpack dpkg-deb dpkg-shlibdeps >/dev/null; then
  (cd "$work" && cpack -G DEB --config "$build/CPackConfig.cmake" -B "$work/packages") \
    >"$work/cpack.log" 2>&1 || { cat "$work/cpack.log"; exit 1; }
  for package in "$work"/packages/*.deb; do dpkg-deb -x "$package" "$work/debian"; done
  "$work/debian/usr/bin/lmmdsl" --version
  for file in share/man/man1/lmmdsl.1.gz share/doc/lmmdsl/copyright lib/pkgconfig/lmmdsl.pc \
    share/zsh/vendor-completions/_lmmdsl include/lmmdsl/lmmdsl/lmmdsl.h; do
    [ -e "$work/debian/usr/$file" ] || { echo "the packages lack $file"; exit 1; }
  done
  if command -v lintian >/dev/null; then
    lintian --fail-on error "$work"/packages/*.deb 2>&1 | grep -v 'root privileges'
    [ "${PIPESTATUS[0]}" = 0 ] || exit 1
  fi
else
  echo "cpack, dpkg-deb or dpkg-shlibdeps is not there: packages are not tested"
fi
