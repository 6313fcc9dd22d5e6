#!/bin/sh
# How fast a large file becomes columns: 10,000,000 rows of three numbers and a label, which takes
# 300 MB of text. Prints seconds, MB of text a CPU second and peak memory for lmmdsl, with the last
# column as a factor and as numbers, and seconds for fread of R's data.table where it is installed.
#
#     bench/read.sh [BENCH_READ [ROWS]]        built with -DLMMDSL_BENCH=ON
set -eu
program=${1:-build/release/bench/bench_read}
rows=${2:-10000000}
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT

awk -v rows="$rows" 'BEGIN {
  srand(1)
  print "y,x,z,g"
  for (i = 0; i < rows; ++i)
    printf "%.4f,%.4f,%.4f,%d\n", 20 * rand() - 10, 6 * rand() - 3, 6 * rand() - 3, 1 + i / 20
}' > "$folder/data.csv"

echo "the last column as a factor"
"$program" "$folder/data.csv" 1
echo "all columns as numbers"
"$program" "$folder/data.csv" 0
if Rscript -e 'library(data.table)' > /dev/null 2>&1; then
  echo "fread"
  for threads in 1 0; do
    Rscript -e "
      library(data.table); setDTthreads($threads)
      t <- system.time(d <- fread('$folder/data.csv', showProgress = FALSE))
      cat(sprintf('%-12s %9.2f %9.2f %9.0f\n', if ($threads == 1) 'one thread' else 'all threads',
        t[[1]] + t[[2]], t[[3]], file.size('$folder/data.csv') / 1e6 / (t[[1]] + t[[2]])))"
  done
else
  echo "data.table is not installed: skipped"
fi
