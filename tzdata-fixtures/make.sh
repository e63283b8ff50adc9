#!/bin/sh
# Makes every file here anew; see README.md. Usage: make.sh [ZONEINFO], by default /usr/share/zoneinfo.
set -eu
cd "$(dirname "$0")"
zoneinfo=${1:-/usr/share/zoneinfo}
rm -rf zones slim made version1 malformed unusual

while read -r zone; do
    mkdir -p "zones/$(dirname "$zone")"
    cp -L "$zoneinfo/$zone" "zones/$zone"
done < zones.txt

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
zic -b slim -d "$scratch" "$zoneinfo/tzdata.zi"
for zone in Europe/Berlin America/New_York Australia/Lord_Howe America/Santiago; do
    mkdir -p "slim/$(dirname "$zone")"
    cp -L "$scratch/$zone" "slim/$zone"
done

mkdir "$scratch/made"
zic -b fat -d "$scratch/made" made.zi
cp -R "$scratch/made/Made" made
python3 make.py
