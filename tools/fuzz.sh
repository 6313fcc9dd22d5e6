#!/usr/bin/env bash
# Runs every fuzz target of build/dev for some seconds each (20 by default), starting from the
# models and data that the repository has. What crashes a target is left in build/dev/NAME-*.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-20}
found=0
for target in build/dev/tests/fuzz_*; do
  [ -x "$target" ] || continue
  found=1
  name=$(basename "$target")
  corpus=build/dev/corpus/$name
  mkdir -p "$corpus"
  case $name in
    *table*) seeds=(examples tests/golden/data) ;;
    *) seeds=(models tests/cases) ;;
  esac
  printf -- '-- %s, %s s\n' "$name" "$seconds"
  "$target" -max_total_time="$seconds" -timeout=10 -max_len=20000 -print_final_stats=1 -verbosity=0 \
    -artifact_prefix="build/dev/$name-" "$corpus" "${seeds[@]}"
done
if [ $found = 0 ]; then
  echo "no fuzz targets in build/dev: cmake --preset dev && cmake --build --preset dev" >&2
  exit 1
fi
