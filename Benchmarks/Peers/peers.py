"""Measures cronsim and croniter over the walk that Benchmarks makes; fewer firings, for they take long."""

import time
from datetime import datetime
from zoneinfo import ZoneInfo

from croniter import croniter
from cronsim import CronSim

EXPRESSIONS = ["* * * * *", "*/5 * * * *", "30 2 * * *", "0 9-17 * * 1-5", "0 0 1 1 *", "0 0 29 2 *", "15 10 L * *"]
START = datetime(2026, 1, 1, tzinfo=ZoneInfo("Europe/Berlin"))
FIRINGS = 1000


def measure(make):
    best = float("inf")
    for _ in range(3):
        walk = make()
        begun = time.perf_counter_ns()
        for _ in range(FIRINGS):
            at = next(walk)
            if at.year >= 2099:
                walk = make()
        best = min(best, time.perf_counter_ns() - begun)
    return best / FIRINGS


for text in EXPRESSIONS:
    print(f"cronsim\t{text}\t-\t{measure(lambda: CronSim(text, START)):.1f}")
    print(f"croniter\t{text}\t-\t{measure(lambda: croniter(text, START, ret_type=datetime)):.1f}", flush=True)
