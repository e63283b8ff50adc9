#!/usr/bin/env python3
"""Makes the files of version1/ and malformed/ from those of zones/ and slim/; see README.md."""

import pathlib
import struct

here = pathlib.Path(__file__).parent
ZERO_COUNTS = dict(isut=0, isstd=0, leap=0, time=0, type=1, char=4)


def header(version=b"2", magic=b"TZif", **counts):
    c = ZERO_COUNTS | counts
    return magic + version + bytes(15) + struct.pack(
        ">6L", c["isut"], c["isstd"], c["leap"], c["time"], c["type"], c["char"])


def block(size, times=(), indexes=(), types=((0, 0, 0),), chars=b"UTC\0", leaps=b"", isstd=b"", isut=b""):
    form = ">q" if size == 8 else ">l"
    data = b"".join(struct.pack(form, t) for t in times) + bytes(indexes)
    data += b"".join(struct.pack(">lBB", *t) for t in types)
    return data + chars + leaps + isstd + isut


def tzif(version=b"2", footer=b"\nUTC0\n", counts=None, **data):
    """A file with a minimal 32-bit block and these 64-bit data."""
    filled = dict(time=len(data.get("times", ())), type=len(data.get("types", (0,))), char=len(data.get("chars", b"UTC\0")),
                  isstd=len(data.get("isstd", b"")), isut=len(data.get("isut", b""))) | (counts or {})
    return header(version) + block(4) + header(version, **filled) + block(8, **data) + footer


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def version1(fat):
    """The 32-bit half of a fat file, as a file of version 1."""
    isut, isstd, leap, time, types, char = struct.unpack(">6L", fat[20:44])
    size = 44 + time * 5 + types * 6 + char + leap * 8 + isstd + isut
    return fat[:4] + b"\0" + fat[5:size]


for name in ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]:
    write(here / "version1" / name, version1((here / "zones" / name).read_bytes()))

# Zones that never were, with several changes within an hour. `zic` would join some of these.
NOON = 1_591_012_800  # 2020-06-01T12:00:00Z
several = {
    # Forward at 12:00Z, back at 12:30Z: the second gives back a part of what the first jumped over.
    "ForwardAndBack": [(None, 0), (0, 3600), (1800, 0)],
    # Back at 12:00Z, forward at 12:30Z.
    "BackAndForward": [(None, 3600), (0, 0), (1800, 3600)],
    # Wall times that come three times, by two shifts of an hour.
    "ThreeTimes": [(None, 10800), (0, 7200), (1800, 3600)],
    # Three times, by a shift of half an hour and then one of an hour.
    "ThreeTimesHalfThenWhole": [(None, 10800), (0, 9000), (900, 5400)],
    # Three times, by a shift of an hour and then one of half an hour.
    "ThreeTimesWholeThenHalf": [(None, 10800), (0, 7200), (900, 5400)],
    # Four times, by three shifts of 20 minutes.
    "FourTimes": [(None, 14400), (0, 13200), (900, 12000), (1800, 10800)],
    # 12:00 to 13:00 is jumped over by two transitions, and no instant has it.
    "JumpedTwice": [(None, 0), (0, 3600), (600, -3600), (1200, 3600)],
    # Two gaps with one second between them: 13:00:00 alone exists between 12:00 and 14:00:01.
    "GapsASecondApart": [(None, 0), (0, 3600), (1, 7200)],
    # Two gaps in one hour: 30 minutes at 12:00Z, an hour at 12:30Z.
    "TwoGapsInOneHour": [(None, 0), (0, 1800), (1800, 5400)],
    # A gap of 30 minutes, and a fold of an hour 20 minutes later, which holds the gap.
    "GapInAFold": [(None, 0), (0, 1800), (1200, -1800)],
    # A fold, and a gap at its end that jumps over what has just come twice and more.
    "FoldThenLongGap": [(None, 3600), (0, 0), (3600, 10800)],
    # Every minute another offset, for a quarter of an hour.
    "Flutter": [(None, 0)] + [(60 * i, 1800 * ((7 * i) % 5 - 2)) for i in range(15)],
}
for name, spans in several.items():
    offsets = sorted({offset for _, offset in spans} - {spans[0][1]})
    types = [spans[0][1]] + offsets
    write(here / "made" / name, tzif(
        times=[NOON + at for at, _ in spans[1:]],
        indexes=[types.index(offset) for _, offset in spans[1:]],
        types=[(offset, 0, 0) for offset in types],
        chars=b"AAA\0",
        footer=b"\n\n"))

berlin = (here / "slim" / "Europe/Berlin").read_bytes()
two = ((0, 0, 0), (3600, 1, 0))
malformed = {
    "empty": b"",
    "not-tzif": b"# tzdb data for Europe\n" + bytes(40),
    "header-cut": berlin[:30],
    "version-1-as-digit": header(b"1") + block(4),
    "version-5": berlin[:4] + b"5" + berlin[5:],
    "version-of-second-header": header(b"2") + block(4) + header(b"3") + block(8) + b"\nUTC0\n",
    "second-header-missing": header(b"2") + block(4),
    "second-header-cut": header(b"2") + block(4) + header(b"2")[:20],
    "second-magic-wrong": header(b"2") + block(4) + header(b"2", magic=b"TZIF") + block(8) + b"\nUTC0\n",
    "32-bit-data-cut": header(b"2", time=100) + block(4),
    "64-bit-data-cut": berlin[:200],
    "huge-counts": header(b"2") + block(4) + header(b"2", time=0xFFFFFFFF, char=0xFFFFFFFF) + block(8) + b"\nUTC0\n",
    "huge-counts-32": header(b"2", isut=0xFFFFFFFF, isstd=0xFFFFFFFF, leap=0xFFFFFFFF, time=0xFFFFFFFF, type=0xFFFFFFFF,
                             char=0xFFFFFFFF) + block(4),
    "no-types": tzif(types=(), counts=dict(type=0)),
    "257-types": tzif(types=((0, 0, 0),) * 257),
    "no-abbreviations": tzif(chars=b""),
    "leap-seconds": tzif(leaps=struct.pack(">ql", 78796800, 1), counts=dict(leap=1)),
    "isstd-count": tzif(types=two, isstd=b"\0"),
    "isut-count": tzif(types=two, isut=b"\0\0\0"),
    "transitions-equal": tzif(times=(0, 1000, 1000), indexes=(0, 1, 0), types=two),
    "transitions-descending": tzif(times=(0, 1000, -5), indexes=(0, 1, 0), types=two),
    "type-index": tzif(times=(0, 1000), indexes=(1, 2), types=two),
    "offset-too-large": tzif(types=((93600, 0, 0),)),
    "offset-too-small": tzif(types=((-90000, 0, 0),)),
    "offset-minimum": tzif(types=((-(2**31), 0, 0),)),
    "isdst-2": tzif(types=((0, 2, 0),)),
    "abbreviation-index": tzif(types=((0, 0, 4),)),
    "abbreviation-endless": tzif(chars=b"UTC"),
    "abbreviation-not-ascii": tzif(chars=b"\xc3\xa4\xc3\0"),
    "isstd-2": tzif(isstd=b"\2"),
    "isut-2": tzif(isstd=b"\1", isut=b"\2"),
    "ut-without-standard": tzif(isstd=b"\0", isut=b"\1"),
    "footer-missing": tzif(footer=b""),
    "footer-without-first-newline": tzif(footer=b"UTC0\n"),
    "footer-without-last-newline": tzif(footer=b"\nUTC0"),
    "footer-not-posix": tzif(footer=b"\nEurope/Berlin\n"),
    "footer-without-rules": tzif(footer=b"\nCET-1CEST\n"),
    "footer-hour-168": tzif(footer=b"\nCET-1CEST,M3.5.0/168,M10.5.0/3\n"),
    "footer-with-nul": tzif(footer=b"\nUTC\0000\n"),
    "after-the-end": tzif() + b"\n",
    "after-the-end-of-version-1": header(b"\0") + block(4) + b"\0",
}
for name, data in malformed.items():
    write(here / "malformed" / (name + ".tzif"), data)

# Legal, though no zone compiler of today writes them.
unusual = {
    "version4": tzif(version=b"4"),
    "empty-footer": tzif(times=(0, 1_000_000), indexes=(1, 0), types=two, footer=b"\n\n"),
    "no-transitions-but-rules": tzif(chars=b"CET\0", types=((3600, 0, 0),), footer=b"\nCET-1CEST,M3.5.0,M10.5.0/3\n"),
    "big-bang": tzif(times=(-(2**59), 0), indexes=(0, 1), types=two, footer=b"\n<+01>-1\n"),
    "times-at-the-ends": tzif(times=(-(2**63), 2**63 - 1), indexes=(1, 0), types=two, footer=b"\nUTC0\n"),
    "footer-contradicts-last-transition": tzif(times=(0, 1_000_000), indexes=(0, 1), types=two, footer=b"\nUTC0\n"),
    "all-year-dst": tzif(types=((-14400, 1, 0),), chars=b"EDT\0", footer=b"\nEST5EDT,0/0,J365/25\n"),
}
for name, data in unusual.items():
    write(here / "unusual" / (name + ".tzif"), data)
