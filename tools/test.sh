#!/usr/bin/env bash
# All that CI does: installs what is missing, checks the formatting, builds what reads
# models and data with sanitizers, runs its tests there and fuzzes it for a short while, builds the
# release and runs all tests. LMMDSL_FUZZ_SECONDS: how long each fuzz target runs (20).
# LMMDSL_SANITIZE_ALL=1: all quick tests with sanitizers, which takes ten minutes more.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n==== %s\n' "$*"; }

step packages
tools/install_packages.sh

step formatting
tools/format.sh --check

step "sanitizers: build, tests of the readers"
cmake --preset dev
cmake --build --preset readers
ctest --preset readers
if [ -n "${LMMDSL_SANITIZE_ALL:-}" ]; then
  cmake --build --preset dev
  ctest --preset dev
fi

step "fuzzing the readers of models and of data"
tools/fuzz.sh "${LMMDSL_FUZZ_SECONDS:-20}"

step "release: build, all tests"
cmake --preset release
cmake --build --preset release
ctest --preset release
grep -h '^reference cases' build/release/Testing/Temporary/LastTest.log || true
