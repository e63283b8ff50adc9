"""Gives the check of the fault loop evidence in which one thing is wrong, and demands that it is found."""
import copy
import os
import shutil
import subprocess
import tempfile
import time

import fault_processes
from almanac_harness import iso
from fault_check import Evidence, check, check_midway
from fault_tasks import SCHEDULES, Era, Task, Timeline, expected_output

START = 1_800_000_000
"""A whole minute."""
NONCE = "00000000-0000-0000-0000-000000000000"


def row(number, task, reason, code, **more):
    values = {"id": f"R{number:03}", "task_name": task, "status": "ended", "end_reason": reason, "exit_code": code,
              "triggered_by": "api", "created_at": iso(START), "retry_attempt": 0, "end_at": iso(START + 3)}
    if code not in (-1,):
        values["start_at"] = iso(START + 1)
    values.update({key: value for key, value in more.items() if value is not None})
    return values


def tick(second):
    return {"triggered_by": "cron", "scheduled_at": iso(START + second), "tick": iso(START + second).rstrip("Z")}


def ran(evidence, row, code, lines=4, style="plain", is_over=True):
    """Adds a run whose command has been started, with its lines, its log and its folder."""
    run, words = row["id"], (row["triggered_by"], row.get("scheduled_at", "-"), row.get("tick", "-"))
    evidence.rows.append(row)
    evidence.ledger += [f"S {run} {NONCE} {row['task_name']} {' '.join(words)} {row['retry_attempt']} 77",
                        f"I {run} {NONCE} {style} {lines}", f"W {run} {NONCE} {lines}"]
    if is_over:
        evidence.ledger.append(f"E {run} {NONCE} {code} {lines}")
    evidence.logs[run] = b"".join(expected_output(style, run, NONCE, lines))
    evidence.folders[run] = ["log"]


def sound():
    """Evidence in which everything is right."""
    evidence = Evidence(grace=3, starts=(1, 2))
    evidence.tasks = {task.name: task for task in (
        Task("ticks", SCHEDULES[1], catch_up="all", max_catch_up_runs=2),
        Task("retry", retry_attempts=1, retry_delay=2),
        Task("ends", timeout=2, on_overlap="skip"),
        Task("queue", queue_max=1),
        Task("boot", run_on_start=True),
    )}
    # Ticks at 2, 4, ... 30: run, missed from 10 to 16, paused from 20 to 24.
    timeline = Timeline([Era(SCHEDULES[1], START, START, START + 30, START + 31)])
    timeline.maybe_held, timeline.held = [(START + 19, START + 25)], [(START + 20, START + 24)]
    evidence.timelines["ticks"] = timeline
    for second in (2, 4, 6, 8, 18, 26, 28, 30):
        ran(evidence, row(second, "ticks", "success", 0, **tick(second)), 0)
    evidence.rows.append(row(10, "ticks", "missed", -1, missed_count=4, missed_until=iso(START + 16), **tick(10)))
    for second in (14, 16):
        ran(evidence, row(40 + second, "ticks", "success", 0, catch_up=True, **tick(second)), 0)
    evidence.rows.append(row(20, "ticks", "skipped", -1, missed_count=3, missed_until=iso(START + 24), **tick(20)))
    evidence.manned = [(START, START + 9), (START + 17, START + 40)]
    # A run that failed, and its repetition.
    ran(evidence, row(100, "retry", "failed", 7), 7)
    ran(evidence, row(101, "retry", "success", 0, retry_attempt=1, retry_of_run_id="R100", start_at=iso(START + 2)), 0)
    # Every other end.
    ran(evidence, row(110, "ends", "stopped", 143), None, is_over=False)
    ran(evidence, row(111, "ends", "timeout", 137), None, is_over=False)
    ran(evidence, row(112, "ends", "crashed", -2, start_at=iso(START)), None, is_over=False)
    evidence.rows.append(row(113, "ends", "skipped", -1))
    evidence.rows.append(row(114, "ends", "start_failed", -1))
    evidence.rows.append(row(115, "queue", "queue_full", -1))
    ran(evidence, row(116, "queue", "success", 0), 0, style="unended")
    ran(evidence, row(117, "queue", "success", 0), 0, style="long")
    ran(evidence, row(118, "queue", "success", 0, message="68 bytes of output are not in the log because writing "
                      "failed for a while"), 0, lines=5)
    evidence.logs["R118"] = b"".join(evidence.logs["R118"].splitlines(keepends=True)[:4][2:])
    lost = sum(len(part) for part in expected_output("plain", "R118", NONCE, 5)) - len(evidence.logs["R118"])
    evidence.rows[-1]["message"] = evidence.rows[-1]["message"].replace("68", str(lost))
    ran(evidence, row(120, "boot", "success", 0, triggered_by="startup"), 0)
    evidence.triggered = {f"R{number}" for number in (100, 110, 111, 112, 113, 114, 115, 116, 117)}
    evidence.unanswered["queue"] = 1
    evidence.told = {"R116": ("success", 0)}
    evidence.stops = {"R110": True}
    evidence.killed = {"R112"}
    evidence.start_faults = [(START + 2, START + 4)]
    evidence.log_faults = [(START + 1, START + 2)]
    return evidence


def find(evidence, run):
    return next(row for row in evidence.rows if row["id"] == run)


def remove(evidence, run):
    evidence.rows.remove(find(evidence, run))


def change(evidence, run, **values):
    find(evidence, run).update(values)


def repeat(evidence, run, new, **values):
    """A second row like another's."""
    evidence.rows.append({**find(evidence, run), "id": new, **values})


def drop_line(evidence, run, kind):
    evidence.ledger = [line for line in evidence.ledger if not line.startswith(f"{kind} {run} ")]


def shorten(evidence, run):
    evidence.logs[run] = b"".join(evidence.logs[run].splitlines(keepends=True)[1:])


def without_command(evidence, run):
    """Takes back all that a command has written."""
    for kind in "SIWE":
        drop_line(evidence, run, kind)
    evidence.logs[run] = b""


FORGERIES = [
    ("a row is missing", "R002 of ticks: its command has run, and it has no row", lambda e: remove(e, "R002")),
    ("a command ran twice", "R002 of ticks was started twice",
     lambda e: e.ledger.append(e.ledger[0])),
    ("a row says that a run succeeded that never began", "has not written that it started",
     lambda e: without_command(e, "R002")),
    ("a row is of another attempt", "and its command was given", lambda e: change(e, "R120", retry_attempt=1)),
    ("a row has another tick", "and its command was given",
     lambda e: change(e, "R002", scheduled_at=iso(START + 34), tick=iso(START + 34).rstrip("Z"))),
    ("a run goes on", "it has not ended", lambda e: change(e, "R002", status="running")),
    ("the ledger has a line of nobody", "a command that has not started", lambda e: drop_line(e, "R110", "S")),
    ("a tick has no row", f"ticks: the tick at {iso(START + 4)} has no row",
     lambda e: (remove(e, "R004"), without_command(e, "R004"), e.folders.pop("R004"))),
    ("a tick has two rows", f"ticks: the tick at {iso(START + 4)} has 2 rows", lambda e: repeat(e, "R004", "R904")),
    ("a row counts a tick that has its own", f"ticks: the tick at {iso(START + 16)} has 2 rows",
     lambda e: repeat(e, "R004", "R916", **tick(16))),
    ("a row has no tick of its schedule", f"nothing was due at {iso(START + 5)}",
     lambda e: repeat(e, "R004", "R905", **tick(5))),
    ("a tick's wall time is another", "its tick is not the wall time",
     lambda e: change(e, "R010", tick=iso(START + 12).rstrip("Z"))),
    ("a row counts too few missed", "it counts 3 ticks", lambda e: change(e, "R010", missed_count=3)),
    ("a row counts too many held", "it counts 4 ticks", lambda e: change(e, "R020", missed_count=4)),
    ("ticks were missed while a daemon was there", "a daemon was there", lambda e: e.manned.append((START, START + 40))),
    ("a paused task fired", "the task was paused", lambda e: e.timelines["ticks"].held.append((START + 26, START + 26))),
    ("a pause is counted that never was", "the task was not paused then",
     lambda e: e.timelines["ticks"].maybe_held.clear()),
    ("a missed tick was made up for twice", f"2 runs make up for {iso(START + 14)}",
     lambda e: repeat(e, "R054", "R954")),
    ("a tick was made up for that fired", f"1 runs make up for {iso(START + 8)}, which was not missed",
     lambda e: repeat(e, "R054", "R954", **tick(8))),
    ("fewer missed ticks were made up for than wanted", 'catch_up = "all" has made runs for',
     lambda e: setattr(e.tasks["ticks"], "max_catch_up_runs", 3)),
    ("others than the latest were made up for", 'catch_up = "all" has made runs for',
     lambda e: change(e, "R056", **tick(12))),
    ("a confirmed trigger has no row", "R999: the API has confirmed it", lambda e: e.triggered.add("R999")),
    ("a run by hand was made twice", "queue: 2 runs by hand that the API has not confirmed",
     lambda e: repeat(e, "R115", "R915")),
    ("the API told of another end", "was told of", lambda e: e.told.update(R116=("failed", 1))),
    ("a run at the start is missing", "boot: 1 runs at starts", lambda e: setattr(e, "starts", (2, 2))),
    ("a run at the start was made twice", "boot: 3 runs at starts",
     lambda e: (repeat(e, "R120", "R920"), repeat(e, "R120", "R921"))),
    ("a failed run was not repeated", "it was repeated 0 times", lambda e: remove(e, "R101")),
    ("a failed run was repeated twice", "it was repeated 2 times", lambda e: repeat(e, "R101", "R901")),
    ("a stopped run was repeated", "it was repeated 1 times", lambda e: change(e, "R101", retry_of_run_id="R110")),
    ("the run that is repeated has gone", "R100 was repeated, and has no row", lambda e: remove(e, "R100")),
    ("a retry came too early", "before its wait of 2 s was over",
     lambda e: change(e, "R101", start_at=iso(START + 1))),
    ("more were active than may be", "queue: 2 runs were active",
     lambda e: e.ledger.append(e.ledger.pop(next(i for i, line in enumerate(e.ledger) if line.startswith("E R116"))))),
    ("a younger run went first", "queue: run R118 was started before R116",
     lambda e: e.ledger.extend([e.ledger.pop(next(i for i, line in enumerate(e.ledger) if line[1:].startswith(" R116")))
                                for _ in range(4)])),
    ("another exit code", "its command exited with 7", lambda e: change(e, "R100", exit_code=8)),
    ("a failure is called a success", "the exit codes of success are", lambda e: change(e, "R100", end_reason="success")),
    ("a signal ended a command", "a signal that nobody has sent", lambda e: drop_line(e, "R002", "E")),
    ("a run was stopped that nobody stopped", "nobody has asked for it to stop", lambda e: e.stops.clear()),
    ("a stopped run has a strange exit code", "its exit code is none of", lambda e: change(e, "R110", exit_code=0)),
    ("a confirmed stop did not stop", "the API has confirmed its stop",
     lambda e: (e.stops.update(R002=True), drop_line(e, "R002", "E"))),
    ("a time limit came too early", "its time limit is 2 s", lambda e: change(e, "R111", end_at=iso(START + 2))),
    ("a run crashed by itself", "nobody has killed its supervisor", lambda e: e.killed.clear()),
    ("a crash with an exit code", "a crash has the exit code -2", lambda e: change(e, "R112", exit_code=1)),
    ("a run did not start for no reason", "nothing kept it from starting", lambda e: e.start_faults.clear()),
    ("a run that did not start has run", "its command has run", lambda e: ran(e, row(119, "ends", "start_failed", -1), 0)),
    ("another policy turned it away", "on_overlap is skip", lambda e: change(e, "R113", end_reason="queue_full")),
    ("an end without a cause", "there is no cause for such an end",
     lambda e: change(e, "R113", end_reason="dst_skipped")),
    ("a line of the log is lost", "its log has", lambda e: shorten(e, "R002")),
    ("the log has a line twice", "its log has",
     lambda e: e.logs.update(R002=e.logs["R002"] + e.logs["R002"].splitlines(keepends=True)[0])),
    ("a stopped run's log is short", "its log has", lambda e: shorten(e, "R110")),
    ("bytes of the log are others", "its log has", lambda e: e.logs.update(R117=e.logs["R117"].replace(b"\xff", b"?"))),
    ("a log has a newline more", "its log has", lambda e: e.logs.update(R116=e.logs["R116"] + b"\n")),
    ("lost output is miscounted", "are said to be lost", lambda e: shorten(e, "R118")),
    ("output is lost without a fault", "nothing kept its output from the log", lambda e: e.log_faults.clear()),
    ("a run without a command has a log", "its command has not run, and its log has",
     lambda e: e.logs.update(R115=b"x")),
    ("a folder has no row", "R999: it has a folder, and no row", lambda e: e.folders.update(R999=["log"])),
    ("a row has no folder", "it has no folder", lambda e: e.folders.pop("R002")),
    ("a folder has no log", "it has no log", lambda e: e.folders.update(R002=[])),
    ("a spec is left", "its folder still has ['spec']", lambda e: e.folders["R002"].append("spec")),
    ("a process is left", "left behind: process 5", lambda e: e.processes.append("process 5 of run R002")),
]


def earlier(evidence):
    return {row["id"]: copy.deepcopy(row) for row in evidence.rows}


MIDWAY = [
    ("a row is missing", "R002 of ticks: its command has run, and it has no row", lambda e: remove(e, "R002")),
    ("a confirmed trigger has no row", "R999: the API has confirmed it", lambda e: e.triggered.add("R999")),
    ("a row has gone", "R115 of queue: its row has gone", lambda e: remove(e, "R115")),
    ("a row that had ended has changed", "it had ended before", lambda e: change(e, "R002", end_reason="failed")),
    ("a tick has two rows", "has 2 rows of attempt 0", lambda e: repeat(e, "R004", "R904")),
]


def undetected(title, forgeries, check):
    """The forgeries that `check` does not find."""
    failures = []
    for name, wanted, forge in forgeries:
        evidence = sound()
        before = earlier(evidence)
        forge(evidence)
        found = check(evidence, before)
        if not any(wanted in text for text in found):
            failures.append(f"{title}: {name}: expected a finding with {wanted!r}, and found {found}")
    return failures


def undetected_processes():
    """Real processes that are left behind, and that /proc must tell of."""
    failures = []
    folder = tempfile.mkdtemp(prefix="almanac-faults-self-test-")
    script = f"{folder}/data/runs/task/R3"
    os.makedirs(os.path.dirname(script))
    with open(script, "w") as file:
        file.write("sleep 5; :\n")

    def start(mark, run):
        return subprocess.Popen(["sleep", "60"], env={fault_processes.MARK: mark, "ALMANAC_RUN_ID": run})

    orphan, other = start(folder, "R1"), start(folder + "x", "R2")
    # A shell under the name of a supervisor, with a command of its own that is not marked.
    supervisor = subprocess.Popen(["almanac-run", script], executable="/bin/sh")
    try:
        time.sleep(0.2)
        found = fault_processes.remains(folder)
        if not any(f"process {orphan.pid} of run R1" in text for text in found):
            failures.append(f"an orphan is not found: {found}")
        if f"supervisor {supervisor.pid} of run R3" not in found:
            failures.append(f"a supervisor is not found: {found}")
        if any(str(other.pid) in text for text in found):
            failures.append(f"a process of another loop is found: {found}")
        orphan.kill()
        time.sleep(0.2)
        if not any(f"process {orphan.pid} waits to be reaped" in text
                   for text in fault_processes.remains(folder, os.getpid())):
            failures.append("a process that nobody reaps is not found")
        if not fault_processes.kill_supervisor(supervisor.pid, "R3", folder) or supervisor.wait(5) != -9:
            failures.append("a supervisor is not killed")
    finally:
        for process in (orphan, other, supervisor):
            process.kill()
            process.wait()
        shutil.rmtree(folder)
    return failures


def main():
    failures = [f"sound evidence: {text}" for text in check(sound()) + check_midway(sound(), earlier(sound()))]
    failures += undetected("at rest", FORGERIES, lambda evidence, _: check(evidence))
    failures += undetected("midway", MIDWAY, check_midway)
    failures += undetected_processes()
    for text in failures:
        print(text)
    print(f"{len(FORGERIES) + len(MIDWAY)} forgeries, {len(failures)} failures")
    return 1 if failures else 0
