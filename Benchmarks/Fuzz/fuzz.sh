#!/bin/sh
# Fuzzes the zone file reader, the TZ string parser and the parsers of cron's and of systemd's notation, each for a number of seconds (200 by default).
#
# A crash, a hang or memory without bound ends the script with an error; the input is kept in the folder that is named then.
set -eu
cd "$(dirname "$0")"
seconds=${1:-200}
work=${2:-$(mktemp -d)}
fixtures=../../tzdata-fixtures
mkdir -p "$work/TZIF" "$work/TZSTRING" "$work/EVENT" "$work/CRON"
for file in "$fixtures"/made/* "$fixtures"/malformed/* "$fixtures"/unusual/* "$fixtures"/slim/*/* "$fixtures"/version1/*/*; do
    cp "$file" "$work/TZIF/$(echo "$file" | tr / _)"
done
i=0
while read -r text; do
    i=$((i + 1))
    printf '%s' "$text" > "$work/TZSTRING/$i"
done << 'END'
CET-1CEST,M3.5.0,M10.5.0/3
<-02>2<-01>,M3.5.0/-1,M10.5.0/0
EST5EDT,0/0,J365/25
AAA24:59:59BBB-25,J60/-167,365/167
END
while read -r text; do
    i=$((i + 1))
    printf '%s' "$text" > "$work/CRON/$i"
done << 'END'
*/5 9-17 1,L,LW,15W,L-3 JAN-MAR,12 MON-FRI,5#2,6L
0 0 0 29 2 */7
@every 1d2h3m4s
@daily
1/2 22-4/2 ?,5 * 7-7
2026-03-29T03:00:00.5+02:00
END

while read -r text; do
    i=$((i + 1))
    printf '%s' "$text" > "$work/EVENT/$i"
done << 'END'
Mon..Fri,Sun 2026..2030/2,99-1/3~07/1 9,17..22/2:0/15:30.000 Europe/Berlin
semiannually UTC
@1774746000
END

for target in TZIF TZSTRING EVENT CRON; do
    swiftc -swift-version 6 -O -D "$target" -sanitize=fuzzer -parse-as-library -module-name Fuzz \
        -o "$work/fuzz-$target" Fuzz.swift $(find ../Sources/AlmanacCalendar/ -name '*.swift')
    if ! "$work/fuzz-$target" "$work/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=4096 \
        -artifact_prefix="$work/found-$target-" -print_final_stats=1 > "$work/log-$target" 2>&1; then
        tail -n 30 "$work/log-$target"
        echo "$target: found something; the input is in $work"
        exit 1
    fi
    echo "$target: $(grep '^Done' "$work/log-$target"), $(grep peak_rss "$work/log-$target" | tr -s ' ')"
done
