#!/usr/bin/env bash
# Formats all C++ sources in place; with --check only says which are not formatted.
set -euo pipefail
cd "$(dirname "$0")/.."

mode=(-i)
if [ "${1:-}" = --check ]; then mode=(--dry-run -Werror); fi
find grammar compiler runtime lmmdsl tests -name '*.cc' -o -name '*.h' | sort |
  xargs clang-format-14 "${mode[@]}"
