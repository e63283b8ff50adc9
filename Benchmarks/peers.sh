#!/bin/sh
# Measures the calendar and its peers in one run and prints a table, with the fastest peer's multiple of ours.
#
# Needs golang-go, golang-github-robfig-cron-dev and golang-github-gorhill-cronexpr-dev (Debian), and cronsim and croniter (PyPI)
# for the interpreter that PYTHON names, python3 by default. What is missing is left out, and said.
set -eu
cd "$(dirname "$0")"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
swift build -c release >&2

run() { "$(swift build -c release --show-bin-path)/Benchmarks" --tsv; }
run > "$scratch/figures"
if command -v go > /dev/null && [ -d /usr/share/gocode/src/github.com/robfig ]; then
    GOPATH=/usr/share/gocode GO111MODULE=off GOCACHE="$scratch/go" go build -o "$scratch/peers" Peers/main.go
    "$scratch/peers" >> "$scratch/figures"
else
    echo "left out: robfig/cron and gorhill/cronexpr, for want of go and their packages" >&2
fi
if "${PYTHON:-python3}" -c 'import cronsim, croniter' 2> /dev/null; then
    "${PYTHON:-python3}" Peers/peers.py >> "$scratch/figures"
else
    echo "left out: cronsim and croniter, which ${PYTHON:-python3} does not have" >&2
fi
awk -F '\t' '
    { names[$1] = 1; if (!($2 in seen)) { seen[$2] = 1; order[++count] = $2 }
      if ($1 == "almanac") { stateless[$2] = $3; walking[$2] = $4 }
      else { peer = $3 == "-" ? $4 : $3; text[$2] = text[$2] sprintf("  %s %s", $1, peer)
             if (!($2 in best) || peer < best[$2]) best[$2] = peer + 0 } }
    END { for (i = 1; i <= count; i++) { e = order[i]
            printf "%-16s stateless %6.1f ns  walking %6.1f ns", e, stateless[e], walking[e]
            if (e in best) printf "  fastest peer %.0f ns: %.1f times, %.1f times", best[e], best[e] / stateless[e], best[e] / walking[e]
            print "  |" text[e] } }' "$scratch/figures"
