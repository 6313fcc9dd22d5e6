#!/usr/bin/env bash
# PSIS-LOO and WAIC of `lmmdsl compare` against those of R's package loo on the same draws. What is
# not installed is skipped, and said.
#
#   tests/exchange/compare.sh BUILD_FOLDER
set -euo pipefail
program=$1/lmmdsl/lmmdsl
source=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

for package in loo posterior; do
  if ! Rscript -e "quit(status = !requireNamespace('$package', quietly = TRUE))" > /dev/null 2>&1
  then printf 'skipped: R has no package %s\n' $package; exit 0; fi
done

cp "$source"/tests/golden/cli/groups.* .
"$program" run groups.lmm groups.csv --map y=value --seed 1 --draws 1000 --out fit --quiet
"$program" export fit --format csv -o draws.csv
"$program" compare fit --no-marginal --pointwise ours.csv > /dev/null 2>&1

cat > loo.R <<'R'
data <- read.csv2("groups.csv")
draws <- read.csv("draws.csv", check.names = FALSE)
ours <- read.csv("ours.csv")
chain <- draws$.chain
group <- match(data$group, unique(data$group))  # levels in natural order
theta <- as.matrix(draws[, sprintf("theta[%d]", seq_len(max(group)))])
s <- draws[["s"]]
agree <- function(what, a, b, tolerance) {
  worst <- max(abs(a - b))
  cat(sprintf("%s: %d figures, largest difference %.1e\n", what, length(a), worst))
  stopifnot(length(a) == length(b), worst < tolerance)
}
check <- function(what, ll, own) {
  r_eff <- apply(ll, 2, function(x) {
    m <- matrix(exp(x - max(x)), ncol = max(chain))
    posterior::ess_mean(m) / length(x)
  })
  l <- suppressWarnings(loo::loo(ll, r_eff = r_eff))
  w <- suppressWarnings(loo::waic(ll))
  agree(paste(what, "elpd_loo"), own$elpd_loo, l$pointwise[, "elpd_loo"], 1e-8)
  agree(paste(what, "p_loo"), own$p_loo, l$pointwise[, "p_loo"], 1e-8)
  agree(paste(what, "k"), own$k, l$diagnostics$pareto_k, 1e-8)
  agree(paste(what, "elpd_waic"), own$elpd_waic, w$pointwise[, "elpd_waic"], 1e-8)
}
rows <- sapply(seq_along(group), function(i)
  dnorm(data$value[i], theta[, group[i]], s, log = TRUE))
own <- ours[ours$by == "row", ]
own <- own[order(as.integer(sub("row ", "", own$unit))), ]
check("rows", rows, own)

# A group's effect integrated out: its rows are jointly Normal given mu, s and t.
mu <- draws[["mu"]]
t2 <- draws[["t^2"]]
groups <- sapply(seq_len(max(group)), function(g) {
  y <- data$value[group == g]
  n <- length(y)
  v <- s^2
  # Determinant and inverse of v I + t2 J.
  r <- outer(-mu, y, "+")
  -n / 2 * log(2 * pi) - (n - 1) / 2 * log(v) - log(v + n * t2) / 2 -
    (rowSums(r^2) - t2 / (v + n * t2) * rowSums(r)^2) / (2 * v)
})
check("groups", groups, ours[ours$by == "group", ])
R
Rscript loo.R
