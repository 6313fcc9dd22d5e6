#!/usr/bin/env bash
# The report of the example in a browser: it is drawn, on a wide and on a narrow screen.
#
#   tests/exchange/page.sh BUILD_FOLDER [FOLDER FOR THE PICTURES]
set -euo pipefail
program=$1/lmmdsl/lmmdsl
source=$(cd "$(dirname "$0")/../.." && pwd)
folder=${2:-$(mktemp -d)}
"$program" run "$source/models/growth_curve.lmm" "$source/examples/sleepstudy.csv" \
    --map y=reaction --map time=days --seed 1 --draws 2500 --out "$folder/fit" --quiet
begin=$(date +%s%N)
"$program" report "$folder/fit" > /dev/null
printf 'written in %d ms, %d bytes\n' $((($(date +%s%N) - begin) / 1000000)) \
    "$(stat -c %s "$folder/fit/report.html")"
[ "$(stat -c %s "$folder/fit/report.html")" -lt 3000000 ]
browser=$(command -v chromium || true)
if [ -z "$browser" ]; then
  echo "skipped: chromium is not installed"
  exit 0
fi
# A browser that is not told otherwise writes to the home folder.
export HOME=$folder
run() { timeout 120 "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars "$@" 2> "$folder/browser.log"; }
run --dump-dom "file://$folder/fit/report.html" > "$folder/dom.html"
for heading in "The model" "The posterior" "Fitted curves" Shrinkage "Posterior predictive checks" "How it was run"; do
  grep -q "<h2>$heading" "$folder/dom.html" || { echo "no section $heading"; exit 1; }
done
[ "$(grep -c '<svg' "$folder/dom.html")" -gt 40 ]
run --window-size=1100,3000 --screenshot="$folder/wide.png" "file://$folder/fit/report.html" > /dev/null
run --window-size=400,3000 --screenshot="$folder/phone.png" "file://$folder/fit/report.html" > /dev/null
for picture in wide phone; do
  # An empty page makes a picture of a few kilobytes.
  [ "$(stat -c %s "$folder/$picture.png")" -gt 50000 ] || { echo "$picture.png is empty"; exit 1; }
done
echo "the page is drawn"
