#!/usr/bin/env bash
# Installs a build to a prefix of its own, builds the project in this folder against it, and runs it
# and the installed program.
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
