#!/usr/bin/env bash
# Files that we write, read by the programs they are for: R's coda, posterior and rstan, xarray,
# JAGS, Stan. What is not installed is skipped, and said.
#
#   tests/exchange/run.sh BUILD_FOLDER
set -euo pipefail
program=$1/lmmdsl/lmmdsl
source=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

skip() { printf 'skipped: %s\n' "$*"; }
has_r() { Rscript -e "quit(status = !requireNamespace('$1', quietly = TRUE))" > /dev/null 2>&1; }

cp "$source"/tests/golden/cli/groups.* .
"$program" run groups.lmm groups.csv --map y=value --seed 1 --draws 2000 --out fit --quiet
"$program" summary fit --format csv > ours.csv
"$program" export fit --format coda -o coda
"$program" export fit --format cmdstan -o stan-draws
"$program" export fit --format csv -o tidy.csv
"$program" export fit --format arviz-json -o fit.json

if ! command -v Rscript > /dev/null; then
  skip "R is not installed"
else
  cat > read.R <<'R'
# Means of the draws as each package reads them against those of summary.csv.
ours <- read.csv("ours.csv", check.names = FALSE)
agree <- function(name, means) {
  known <- ours[!is.na(ours$mean) & ours$variable %in% names(means), ]
  stopifnot(nrow(known) >= 15)
  worst <- max(abs(means[known$variable] - known$mean) / known$sd)
  cat(sprintf("%s: %d means, largest difference %.1e sd\n", name, nrow(known), worst))
  stopifnot(worst < 1e-8)
}
means_of <- function(m) setNames(colMeans(m), colnames(m))
what <- commandArgs(TRUE)
if (what == "coda") {
  x <- coda::mcmc.list(lapply(1:4, function(i)
    coda::read.coda(sprintf("coda/CODAchain%d.txt", i), "coda/CODAindex.txt", quiet = TRUE)))
  agree("coda", means_of(as.matrix(x)))
} else if (what == "posterior") {
  d <- posterior::as_draws_df(read.csv("tidy.csv", check.names = FALSE))
  agree("posterior", means_of(posterior::as_draws_matrix(d)))
} else if (what == "rstan") {
  x <- rstan::read_stan_csv(sprintf("stan-draws/draws-%d.csv", 1:4))
  agree("rstan", means_of(as.matrix(x)))
}
R
  for package in coda posterior rstan; do
    if has_r $package; then Rscript read.R $package > $package.log 2>&1 || { cat $package.log; exit 1; }
      tail -1 $package.log
    else skip "R has no package $package"; fi
  done
fi

cat > arrays.py <<'P'
# Arrays of the InferenceData against summary.csv: means, dimensions and labels.
import csv, json, sys
ours = {r["variable"]: r for r in csv.DictReader(open("ours.csv"))}
def check(values, labels):
    mean = lambda v: sum(v) / len(v)
    assert abs(mean(values[0]) - float(ours["mu"]["mean"])) < 1e-9
    assert abs(mean(values[1]) - float(ours["theta[2]"]["mean"])) < 1e-9
    assert labels[:3] == ["g1", "g2", "g3"], labels
if sys.argv[1] == "json":
    d = json.load(open("fit.json"))
    assert d["dims"]["theta"] == ["group"]
    check([[x for c in d["posterior"]["mu"] for x in c],
           [x[1] for c in d["posterior"]["theta"] for x in c]], d["coords"]["group"])
else:
    import xarray
    d = xarray.open_dataset("fit.nc", group="posterior", engine="netcdf4")
    check([d["mu"].values.ravel().tolist(), d["theta"].sel(group="g2").values.ravel().tolist()],
          [str(g) for g in d["group"].values])
print(sys.argv[1] + ": arrays agree")
P
python=/usr/bin/python3
if [ -x $python ]; then $python arrays.py json; else skip "python3 is not installed"; fi
if "$program" export fit --format arviz-netcdf -o fit.nc 2> netcdf.err; then
  if [ -x $python ] && $python -c 'import xarray, netCDF4' 2> /dev/null; then $python arrays.py netcdf
  else skip "python3 has no xarray and netCDF4"; fi
  "$program" summary fit.nc --format csv 2> /dev/null | grep -c theta > /dev/null
else
  skip "$(head -1 netcdf.err)"
fi

# The same posterior from JAGS: means within five standard errors, both runs with fixed seeds.
if command -v jags > /dev/null && [ -x $python ]; then
  cat > compare.py <<'P'
import csv, math, sys
read = lambda f: {r["variable"]: r for r in csv.DictReader(open(f))}
ours, theirs = read("ours.csv"), read(sys.argv[1])
shared = [v for v in ours if v in theirs and ours[v]["mean"] and theirs[v]["mean"]]
assert len(shared) >= int(sys.argv[2]), shared
worst = 0
for v in shared:
    a, b = ours[v], theirs[v]
    se = math.hypot(float(a["mcse"]), float(b["mcse"]))
    worst = max(worst, abs(float(a["mean"]) - float(b["mean"])) / se)
print(f"{sys.argv[1]}: {len(shared)} means, largest difference {worst:.2f} standard errors")
assert worst < 5
P
  "$program" export groups.lmm groups.csv --map y=value --to jags -o jags > /dev/null
  (cd jags && jags run.jags > log 2>&1) || { cat jags/log; exit 1; }
  "$program" summary jags --format csv > groups-jags.csv 2> /dev/null
  $python compare.py groups-jags.csv 15
  # Vectors on a plate, a covariance matrix, priors computed from data.
  "$program" run "$source/models/randomized_block.lmm" "$source/examples/sleepstudy.csv" \
      --map yield=reaction --map density=days --map plot=subject --seed 1 --draws 4000 --out curves --quiet
  "$program" summary curves --format csv > ours.csv
  "$program" export "$source/models/randomized_block.lmm" "$source/examples/sleepstudy.csv" \
      --map yield=reaction --map density=days --map plot=subject --to jags -o curves-jags > /dev/null
  (cd curves-jags && jags run.jags > log 2>&1) || { cat curves-jags/log; exit 1; }
  "$program" summary curves-jags --format csv > curves-jags.csv 2> /dev/null
  $python compare.py curves-jags.csv 30
  # A mixture; priors tell its components apart.
  cat > kinds.lmm <<'M'
data y : real
latent kind : factor(2)
y             ~ Normal(mu[kind], sigma[kind]^2)
kind          ~ Categorical(share)
share         ~ Dirichlet([1, 1])
mu[kind]      ~ Normal(55 + 25 * (kind == "2"), 100)
sigma[kind]^2 ~ InverseGamma(2, 30)
M
  "$program" run kinds.lmm "$source/examples/faithful.csv" --map y=waiting --seed 1 --draws 4000 --out kinds --quiet
  "$program" summary kinds --format csv > ours.csv
  "$program" export kinds.lmm "$source/examples/faithful.csv" --map y=waiting --to jags -o kinds-jags > /dev/null
  (cd kinds-jags && jags run.jags > log 2>&1) || { cat kinds-jags/log; exit 1; }
  "$program" summary kinds-jags --format csv > kinds-jags.csv 2> /dev/null
  $python compare.py kinds-jags.csv 6
  # Counts; priors of positive unknowns and of probabilities.
  cat > counts.lmm <<'M'
data b : binary
data n, k, m : count
data x : real
data w : real > 0
b ~ Bernoulli(logit = a + c * x)
k ~ Binomial(n, p)
m ~ Binomial(9, probit = a)
x ~ Normal(d, t^2)
w ~ Exponential(r)
a ~ Normal(0, 1)
c ~ Normal(0, 1, lower = -0.5)
d ~ Normal(0, 1, lower = -1, upper = 0.2)
p ~ Beta(2, 3)
t ~ HalfCauchy(2)
r ~ Exponential(2)
M
  printf 'b,n,k,m,x,w\n0,5,2,4,0.5,1\n1,7,3,5,1,3\n1,4,4,2,-2,0.5\n0,8,3,6,-1.5,1\n1,6,1,4,1.2,2\n' > counts.csv
  "$program" run counts.lmm counts.csv --seed 1 --draws 4000 --out counts --quiet
  "$program" summary counts --format csv > ours.csv
  "$program" export counts.lmm counts.csv --to jags -o counts-jags > /dev/null
  (cd counts-jags && jags run.jags > log 2>&1) || { cat counts-jags/log; exit 1; }
  "$program" summary counts-jags --format csv > counts-jags.csv 2> /dev/null
  $python compare.py counts-jags.csv 6
else
  skip "JAGS is not installed"
fi

# Stan reads the models. Compiling one to sample takes minutes and is done on demand: LMMDSL_STAN=1.
if command -v Rscript > /dev/null && has_r rstan; then
  "$program" export groups.lmm groups.csv --map y=value --to rstan -o groups-stan > /dev/null
  "$program" export "$source/models/randomized_block.lmm" "$source/examples/sleepstudy.csv" \
      --map yield=reaction --map density=days --map plot=subject --to rstan -o curves-stan > /dev/null
  for model in groups-stan curves-stan; do
    Rscript -e "stopifnot(rstan::stanc('$model/model.stan')\$status)" > stanc.log 2>&1 ||
      { cat stanc.log; exit 1; }
    echo "$model: parsed by Stan"
  done
  if [ -n "${LMMDSL_STAN:-}" ] && [ -e compare.py ] && has_r posterior; then
    cat > sample.R <<'R'
# Draws of the exported model, as a table that lmmdsl reads.
options(mc.cores = 2)
rstan::rstan_options(boost_lib = "/usr/include")  # where Debian's package BH has it
fit <- rstan::stan("groups-stan/model.stan", data = jsonlite::fromJSON("groups-stan/data.json"),
                   chains = 4, iter = 4000, seed = 1, refresh = 0, control = list(adapt_delta = 0.99))
draws <- posterior::as_draws_df(as.array(fit))
write.csv(draws, "groups-stan.draws.csv", row.names = FALSE)
R
    Rscript sample.R > stan.log 2>&1 || { cat stan.log; exit 1; }
    "$program" summary fit --format csv > ours.csv
    "$program" summary groups-stan.draws.csv --format csv > groups-stan.csv 2> /dev/null
    $python compare.py groups-stan.csv 15
  else
    skip "Stan models are parsed, not sampled from: LMMDSL_STAN=1 does it"
  fi
else
  skip "Stan models are not parsed: R has no package rstan"
fi
echo "files read by others: done"
