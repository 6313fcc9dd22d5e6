#!/bin/sh
# How long a model and a large table take until the first sweep: 12 statements, 3 factors, 100,000
# rows. Prints CPU seconds: reading the table, and compiling the model and binding it.
#
#     bench/compile_and_bind.sh [PROGRAM [ROWS]]
set -eu
program=${1:-build/release/lmmdsl/lmmdsl}
rows=${2:-100000}
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT

cat > "$folder/model.lmm" <<'MODEL'
data y, x, z : real
data school, district, year : factor
X = [1, x, z]
y ~ Normal(X * beta[school] + u[district] + v[year], sigma^2)
beta[school] ~ Normal(theta, Sigma)
u[district]  ~ Normal(0, tau_district^2)
v[year]      ~ Normal(0, tau_year^2)
theta        ~ Normal([50; 0; 0], 100 * I)
inv(Sigma)   ~ Wishart(4, I)
sigma^2        ~ InverseGamma(1, 10)
tau_district^2 ~ InverseGamma(1, 10)
tau_year^2     ~ InverseGamma(1, 10)
MODEL

# 1,000 schools in 50 districts, 10 years.
awk -v rows="$rows" 'BEGIN {
  srand(1)
  print "y,x,z,school,district,year"
  for (i = 0; i < rows; ++i) {
    s = int(1000 * rand()); d = s % 50; t = int(10 * rand())
    x = rand(); z = rand()
    y = 50 + s % 7 + (d % 5) * x - z + t + 4 * (rand() + rand() + rand() - 1.5)
    printf "%.3f,%.4f,%.4f,S%d,D%d,%d\n", y, x, z, s, d, 2010 + t
  }
}' > "$folder/data.csv"

for run in 1 2 3; do
  "$program" run "$folder/model.lmm" "$folder/data.csv" --seed 1 --chains 1 --warmup 0 --draws 1 \
    --quiet --out "$folder/fit" 2> "$folder/messages"
  awk -F '[:,]' '/"read"/ {read = $2} /"compile"/ {compile = $2}
    END {printf "read %.3f s, compile and bind %.3f s, together %.3f s\n", read, compile, read + compile}' \
    "$folder/fit/run.json"
done
