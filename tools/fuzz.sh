#!/usr/bin/env bash
# Runs the fuzz targets of build/dev, all at the same time, for some seconds (20 by default), starting
# from the models and data that the repository has. What a target says is in build/dev/NAME.log, and
# shown at its end; what crashes it is left in build/dev/NAME-*.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-20}
names=() processes=()
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
for target in build/dev/tests/fuzz_*; do
  [ -x "$target" ] || continue
  name=$(basename "$target")
  corpus=build/dev/corpus/$name
  mkdir -p "$corpus"
  case $name in
    *table*) seeds=(examples tests/golden/data) ;;
    *) seeds=(models tests/cases) ;;
  esac
  "$target" -max_total_time="$seconds" -timeout=10 -max_len=20000 -print_final_stats=1 -verbosity=0 \
    -artifact_prefix="build/dev/$name-" "$corpus" "${seeds[@]}" > "build/dev/$name.log" 2>&1 &
  names+=("$name") processes+=($!)
done
if [ ${#names[@]} = 0 ]; then
  echo "no fuzz targets in build/dev: cmake --preset dev && cmake --build --preset dev" >&2
  exit 1
fi
failed=0
for i in "${!names[@]}"; do
  code=0
  wait "${processes[i]}" || code=$?
  printf -- '-- %s, %s s\n' "${names[i]}" "$seconds"
  cat "build/dev/${names[i]}.log"
  if [ $code != 0 ]; then
    echo "${names[i]} ended with exit code $code" >&2
    failed=1
  fi
done
exit $failed
