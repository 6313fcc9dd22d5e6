#!/usr/bin/env bash
# From a fresh clone to a posterior: installs what is missing, builds, and runs the model of the
# README on Yates's oats. The program is build/release/lmmdsl/lmmdsl.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/install_packages.sh
cmake --preset release
cmake --build --preset release --target lmmdsl_program
build/release/lmmdsl/lmmdsl run models/randomized_block.lmm examples/oats.csv \
  --map density=nitro --map plot=block --seed 1
