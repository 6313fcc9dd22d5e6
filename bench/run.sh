#!/bin/bash
# lmmdsl beside the programs of Debian, on the same models and data, one after the other:
#
#     bench/run.sh [PROGRAM [WORKLOAD ...]]
#
# For each workload and program: CPU seconds of set-up and of 10,000 draws of one chain, least and
# median bulk ESS of these over all scalars, least ESS a CPU second, how many times as much lmmdsl
# has (its default schedule), and the largest difference of posterior means and of standard
# deviations in Monte Carlo standard errors. All ESS are by `lmmdsl summary`. A program that is not
# installed is skipped, and said so. MCMCpack, bayesm and rstan: see peers.R; rstan makes 1,000 draws
# after 1,000 of warm-up, and its set-up is the compiler's time.
#
#     pdensity sleepstudy groups weak rows10 rows1000 rows10000 insteval movers (pupils who seldom
#     change schools)       and, on demand: crossed (made up, of the size of insteval), large
#
# pdensity is looked for in LMMDSL_CASES (../shared/cases). JAGS gets the model by `lmmdsl export`.
# JAGS is given BENCH_PATIENCE (60) seconds for a run, the packages of R BENCH_R_PATIENCE (300).
set -eu
program=$(realpath "${1:-build/release/lmmdsl/lmmdsl}")
[ $# -gt 0 ] && shift
root=$(cd "$(dirname "$0")/.." && pwd)
cases=${LMMDSL_CASES:-$root/../shared/cases}
patience=${BENCH_PATIENCE:-60}
r_patience=${BENCH_R_PATIENCE:-300}
draws=10000
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# ---- workloads: NAME.lmm and NAME.csv ---------------------------------------------------------

groups() { # NAME GROUPS ROWS SD PRECISION: y = X b[g] + e, sd of e 1; prior guess of inv(Sigma)
  sed "s/PRECISION/$5/" > "$1.lmm" <<'MODEL'
data y, x, z : real
data g : factor
X = [1, x, z]
y ~ Normal(X * beta[g], sigma^2)
beta[g] ~ Normal(theta, Sigma)
theta ~ Normal(0, 100 * I(3))
inv(Sigma) ~ Wishart(5, PRECISION * I(3))
sigma^2 ~ InverseGamma(1, 1)
MODEL
  awk -v m="$2" -v n="$3" -v s="$4" '
    function normal() { return sqrt(-2 * log(1 - rand())) * cos(6.283185307179586 * rand()) }
    BEGIN {
      srand(1); print "y,x,z,g"
      for (g = 1; g <= m; ++g) {
        a = 2 + s * normal(); b = -1 + s * normal(); c = 0.5 + s * normal()
        for (i = 0; i < n; ++i) {
          x = normal(); z = normal()
          printf "%.4f,%.4f,%.4f,%d\n", a + b * x + c * z + normal(), x, z, g
        }
      }
    }' > "$1.csv"
}

crossed_model() {
  cat <<'MODEL'
data y, x : real
data s, d : factor
y ~ Normal(b0 + b1 * x + u[s] + v[d], sigma^2)
u[s] ~ Normal(0, tau_s^2)
v[d] ~ Normal(0, tau_d^2)
b0 ~ Normal(0, 100)
b1 ~ Normal(0, 100)
sigma^2 ~ InverseGamma(1, 1)
tau_s^2 ~ InverseGamma(1, 0.1)
tau_d^2 ~ InverseGamma(1, 0.1)
MODEL
}

crossed() { # NAME ROWS A B
  crossed_model > "$1.lmm"
  awk -v n="$2" -v a="$3" -v b="$4" '
    function normal() { return sqrt(-2 * log(1 - rand())) * cos(6.283185307179586 * rand()) }
    BEGIN {
      srand(1); print "y,x,s,d"
      for (i = 0; i < a; ++i) u[i] = 0.33 * normal()
      for (i = 0; i < b; ++i) v[i] = 0.52 * normal()
      for (i = 0; i < n; ++i) {
        s = i < a ? i : int(a * rand()); d = i < b ? i : int(b * rand()); x = rand() < 0.4
        printf "%.4f,%d,%d,%d\n", 3 - 0.1 * x + u[s] + v[d] + 1.18 * normal(), x, s, d
      }
    }' > "$1.csv"
}

movers() { # NAME PUPILS SCHOOLS YEARS: one in ten changes to a school nearby in a year
  crossed_model > "$1.lmm"
  awk -v n="$2" -v m="$3" -v t="$4" '
    function normal() { return sqrt(-2 * log(1 - rand())) * cos(6.283185307179586 * rand()) }
    BEGIN {
      srand(1); print "y,x,s,d"
      for (j = 0; j < m; ++j) v[j] = 0.5 * normal()
      for (i = 0; i < n; ++i) {
        u = normal(); j = int(m * rand())
        for (k = 0; k < t; ++k) {
          if (rand() < 0.1) { j += int(0.05 * m * normal()); j = j < 0 ? 0 : j < m ? j : m - 1 }
          x = normal()
          printf "%.4f,%.4f,%d,%d\n", 1 + 0.5 * x + u + v[j] + 0.5 * normal(), x, i, j
        }
      }
    }' > "$1.csv"
}

make() { # NAME: false where its data are not here
  case $1 in
    pdensity)
      [ -f "$cases/pdensity/data.csv" ] || return 1
      cp "$root/tests/cases/pdensity.lmm" pdensity.lmm
      cp "$cases/pdensity/data.csv" pdensity.csv ;;
    sleepstudy)
      cp "$root/examples/sleepstudy.csv" .
      cat > sleepstudy.lmm <<'MODEL'
data reaction, days : real
data subject : factor
X = [1, days]
reaction ~ Normal(X * b[subject], s^2)
b[subject] ~ Normal(theta, Sigma)
theta ~ Normal([250; 10], diag(10000, 400))
inv(Sigma) ~ Wishart(4, [1/400, 0; 0, 1/25])
s^2 ~ InverseGamma(1, 625)
MODEL
      ;;
    groups) groups groups 1000 20 0.5 1 ;;
    weak) groups weak 1000 8 0.15 50 ;;
    rows*) groups "$1" 100 "${1#rows}" 0.5 1 ;;
    crossed) crossed crossed 73000 3000 1100 ;;
    movers) movers movers 2000 400 3 ;;
    insteval)  # ratings of lecturers by students, of R's package lme4
      crossed_model > insteval.lmm
      Rscript -e 'd <- lme4::InstEval; d$x <- as.integer(d$service) - 1
        write.csv(d[c("y", "x", "s", "d")], "insteval.csv", quote = FALSE, row.names = FALSE)' \
        > /dev/null 2>&1 || return 1 ;;
    large) groups large 100000 20 0.5 1 ;;
    *) echo "no workload $1" >&2; exit 2 ;;
  esac
}

# ---- figures ----------------------------------------------------------------------------------

# Least and median ESS of a summary.csv; lp__ and what never moves are left out.
ess() {
  awk -F, 'NR == 1 {for (i = 1; i <= NF; ++i) if ($i == "ess_bulk") column = NF - i; next}
    !/^"?lp__/ {e = $(NF - column); if (e != "NA" && e != "") print e}' "$1" | sort -g |
    awk '{x[NR] = $1} END {if (NR) printf "%.0f %.0f", x[1], x[int((NR + 1) / 2)]; else print "0 0"}'
}

# Largest differences of means and of sds of two summary.csv, in standard errors of them.
agreement() {
  awk 'function fields(line) {  # the name may hold commas within quotes
         if (line ~ /^"/) { name = substr(line, 2); sub(/".*/, "", name); sub(/^"[^"]*",/, "", line) }
         else { name = line; sub(/,.*/, "", name); sub(/^[^,]*,/, "", line) }
         split(line, f, ",") }
       FNR == 1 {next}
       {fields($0)}
       FNR == NR {for (i = 1; i <= 4; ++i) first[name, i] = f[i]; known[name]; next}
       name in known && name != "lp__" && f[2] > 0 && first[name, 2] > 0 {
         ++n
         for (i = 1; i <= 3; i += 2) {
           if (!(f[i + 1] > 0 && first[name, i + 1] > 0)) continue
           z = (f[i] - first[name, i]) / sqrt(f[i + 1]^2 + first[name, i + 1]^2)
           if (z < 0) z = -z
           if (z > worst[i]) worst[i] = z } }
       END {if (n) printf "%.1f, %.1f of %d", worst[1], worst[3], n; else printf "-"}' "$1" "$2"
}

row() { # program setup s/10,000 min median ess/s ratio agreement
  printf '%-18s %9s %12s %9s %9s %12s %8s  %s\n' "$@"
}

# ---- programs ---------------------------------------------------------------------------------

reference=  # ESS a second of the default schedule

run_lmmdsl() { # WORKLOAD SCHEDULE
  local w=$1 schedule=$2 out=fit-$1-$2
  local n=$draws
  local limit=100000  # all draws are kept, since the ESS of all is wanted
  [ "$w" = large ] && n=1000 limit=256
  # What takes less than a tenth of a second is run five times; the median is taken.
  local read compile sampling run
  : > times
  for run in 1 2 3 4 5; do
    if ! "$program" run "$w.lmm" "$w.csv" --seed 1 --chains 1 --draws $n --schedule "$schedule" \
      --store-limit $limit --quiet --force --out "$out" > /dev/null 2> messages; then
      echo "lmmdsl $schedule: $(head -1 messages)"
      return
    fi
    awk -F'[:,]' '/^ *"sampling"/ {print $2}' "$out/run.json" >> times
    awk '{exit $1 > 0.1}' times || break
  done
  read=$(awk -F'[:,]' '/^ *"read"/ {print $2}' "$out/run.json")
  compile=$(awk -F'[:,]' '/^ *"compile"/ {print $2}' "$out/run.json")
  sampling=$(sort -g times | awk '{x[NR] = $1} END {print x[int((NR + 1) / 2)]}')
  set -- $(ess "$out/summary.csv")
  local rate
  rate=$(awk -v e="$1" -v s="$sampling" 'BEGIN {printf "%.0f", e / s}')
  [ "$schedule" = auto ] && reference=$rate
  row "lmmdsl $schedule" "$(awk -v a="$read" -v b="$compile" 'BEGIN {printf "%.3f", a + b}')" \
    "$(awk -v s="$sampling" -v n=$n 'BEGIN {printf "%.4f", s * 10000 / n}')" "$1" "$2" "$rate" \
    "$(awk -v r="$reference" -v x="$rate" 'BEGIN {printf "%.1f", (x > 0 ? r / x : 0)}')" \
    "$(agreement "fit-$w-auto/summary.csv" "$out/summary.csv")"
}

cpu() { # of a command, in seconds: written to the file `seconds`
  local TIMEFORMAT='%U %S'
  { time timeout "$patience" "$@" > output 2> errors; } 2> times || return 1
  awk '{print $1 + $2}' times > seconds
}

run_jags() { # WORKLOAD NAME MODULE-LINE
  local w=$1 name=$2 load=$3
  if ! command -v jags > /dev/null; then
    echo "JAGS is not installed: skipped"
    return
  fi
  rm -rf jags && mkdir jags
  if ! "$program" export "$w.lmm" "$w.csv" --to jags --out jags --force > /dev/null 2> messages; then
    echo "$name: not exported: $(head -1 messages)"
    return
  fi
  cd jags
  # One chain; first a run of one draw, whose time is that of the set-up.
  { printf '%s' "$load"
    grep -v 'chain([2-9])' run.jags | sed 's/nchains([0-9]*)/nchains(1)/'; } > all.jags
  sed 's/^update 10000$/update 1/; s/^update 1000$/update 1/' all.jags > setup.jags
  sed 's/^update 10000$/update 1/' all.jags > warm.jags
  local setup warm all
  if ! cpu jags setup.jags; then cd ..; row "$name" "> $patience" - - - - - "set-up not finished"; return; fi
  setup=$(cat seconds)
  if ! cpu jags warm.jags; then cd ..; row "$name" "$setup" "> $patience" - - - - "not finished"; return; fi
  warm=$(cat seconds)
  if ! cpu jags all.jags; then cd ..; row "$name" "$setup" "> $patience" - - - - "not finished"; return; fi
  all=$(cat seconds)
  cd ..
  if ! "$program" summary jags > /dev/null 2> messages ||
    ! "$program" summary jags --format csv > jags.csv 2> messages; then
    echo "$name: $(head -1 messages)"
    return
  fi
  set -- $(ess jags.csv)
  local sampling rate
  sampling=$(awk -v a="$all" -v b="$warm" 'BEGIN {s = a - b; printf "%.4f", (s > 0.001 ? s : 0.001)}')
  rate=$(awk -v e="$1" -v s="$sampling" 'BEGIN {printf "%.0f", e / s}')
  row "$name" "$setup" "$sampling" "$1" "$2" "$rate" \
    "$(awk -v r="$reference" -v x="$rate" 'BEGIN {printf "%.1f", (x > 0 ? r / x : 0)}')" \
    "$(agreement "fit-$w-auto/summary.csv" jags.csv)"
}

# One factor at a time, by a loop written by hand: the least ESS of the five parameters alone.
run_by_hand() { # WORKLOAD
  local by_hand
  by_hand=$(dirname "$program")/../bench/bench_crossed
  if ! [ -x "$by_hand" ]; then
    echo "one factor at a time, by hand: not built (-DLMMDSL_BENCH=ON): skipped"
    return
  fi
  "$by_hand" "$1.csv" $draws by-hand.csv > seconds
  "$program" summary by-hand.csv --format csv > by-hand-summary.csv 2> messages
  set -- "$1" $(ess by-hand-summary.csv)
  local sampling rate
  sampling=$(cat seconds)
  rate=$(awk -v e="$2" -v s="$sampling" 'BEGIN {printf "%.0f", e / s}')
  row "by hand" - "$sampling" "$2" "$3" "$rate" \
    "$(awk -v r="$reference" -v x="$rate" 'BEGIN {printf "%.1f", (x > 0 ? r / x : 0)}')" \
    "$(agreement "fit-$1-auto/summary.csv" by-hand-summary.csv)"
}

# The yardstick without draws: seconds of a fit.
run_lme4() { # WORKLOAD
  local formula
  case $1 in
    pdensity) formula='yield ~ density + I(density^2) + (density + I(density^2) | plot)' ;;
    sleepstudy) formula='reaction ~ days + (days | subject)' ;;
    crossed | insteval | movers) formula='y ~ x + (1 | s) + (1 | d)' ;;
    *) formula='y ~ x + z + (x + z | g)' ;;
  esac
  if ! Rscript -e 'library(lme4)' > /dev/null 2>&1; then
    echo "lme4 is not installed: skipped"
    return
  fi
  if timeout "$patience" Rscript -e "
    suppressMessages(library(lme4)); d <- read.csv('$1.csv')
    t <- system.time(suppressWarnings(suppressMessages(m <- lmer($formula, d))))
    cat(sprintf('%-18s one fit in %.2f CPU s; fixed effects %s\n', 'lme4', t[[1]] + t[[2]],
      paste(signif(fixef(m), 5), collapse = ' ')))" 2> errors; then :; else
    echo "lme4: not finished in $patience s"
  fi
}

has_package() { Rscript -e "library($1)" > /dev/null 2>&1; }

# A package of R: hierarchical regressions only, but for rstan.
run_r() { # WORKLOAD PACKAGE REMARK
  local w=$1 package=$2 remark=$3 n=$draws
  [ "$package" = rstan ] && n=1000
  case $package-$w in
    rstan-*) ;;
    *-crossed | *-insteval | *-movers) return 0 ;;
  esac
  if ! has_package "$package"; then
    echo "$package is not installed: skipped"
    return
  fi
  rm -rf stan peer.csv peer.txt
  if [ "$package" = rstan ] &&
    ! "$program" export "$w.lmm" "$w.csv" --to rstan --out stan --force > /dev/null 2> messages; then
    echo "rstan: not exported: $(head -1 messages)"
    return
  fi
  if ! timeout "$r_patience" Rscript "$root/bench/peers.R" "$package" "$w" "$n" > output 2> errors ||
    ! [ -e peer.txt ]; then
    row "$package" - "> $r_patience" - - - - "not finished"
    return
  fi
  "$program" summary peer.csv --format csv > peer-summary.csv 2> messages || head -1 messages
  local setup sampling kept rate
  read -r setup sampling kept < peer.txt
  set -- $(ess peer-summary.csv)
  rate=$(awk -v e="$1" -v s="$sampling" 'BEGIN {printf "%.1f", e / s}')
  row "$package" "$setup" \
    "$(awk -v s="$sampling" -v n="$kept" 'BEGIN {printf "%.3f", s * 10000 / n}')" "$1" "$2" "$rate" \
    "$(awk -v r="$reference" -v x="$rate" 'BEGIN {printf "%.0f", (x > 0 ? r / x : 0)}')" \
    "$(agreement "fit-$w-auto/summary.csv" peer-summary.csv)$remark"
}

echo "$(grep -m1 'model name' /proc/cpuinfo | sed 's/.*: //'), load $(cut -d' ' -f1 /proc/loadavg) when started"
[ $# -gt 0 ] || set -- pdensity sleepstudy groups weak rows10 rows1000 rows10000 insteval movers
for w in "$@"; do
  if ! make "$w"; then
    printf '\n%s: its data are not here, skipped\n' "$w"
    continue
  fi
  printf '\n%s: %d rows\n' "$w" $(($(wc -l < "$w.csv") - 1))
  row program "set-up s" "s / 10,000" "min ESS" "median" "min ESS / s" "ratio" "largest |z| of means, sds"
  run_lmmdsl "$w" auto
  run_lmmdsl "$w" textbook
  case $w in crossed | insteval | movers) run_by_hand "$w" ;; esac
  if [ "$w" != large ]; then
    run_jags "$w" "JAGS, base" ''
    run_jags "$w" "JAGS, glm" $'load glm\n'
    run_r "$w" MCMCpack ''
    run_r "$w" bayesm '; another model'
    run_r "$w" rstan ''
  fi
  run_lme4 "$w"
done
