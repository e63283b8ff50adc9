"""Compares what the daemon says of its runs with what their commands, and the fault loop itself, have written down."""
import collections
import re
from dataclasses import dataclass, field

from almanac_harness import iso, moment
from fault_tasks import expected_output

RETRIED = {"failed", "timeout", "crashed", "log_overflow", "start_failed"}
FINAL_FILES = {"log", "log.old"}


@dataclass
class Evidence:
    """All that is known of a stretch in which the daemon came and went, once everything in it has ended."""
    tasks: dict = field(default_factory=dict)
    """By name."""
    timelines: dict = field(default_factory=dict)
    """By the task's name."""
    ledger: list = field(default_factory=list)
    """The lines that the commands have written."""
    rows: list = field(default_factory=list)
    """The runs, as the API gives them."""
    logs: dict = field(default_factory=dict)
    """What the API gives as the output, by run."""
    folders: dict = field(default_factory=dict)
    """The names of the files in the folder, by run."""
    processes: list = field(default_factory=list)
    """What is left alive, each a text."""
    triggered: set = field(default_factory=set)
    """The runs whose making the API has confirmed."""
    told: dict = field(default_factory=dict)
    """How runs ended, (reason, exit code), as the API has told whoever waited for them."""
    unanswered: collections.Counter = field(default_factory=collections.Counter)
    """Requests to make one that got no answer, by task."""
    stops: dict = field(default_factory=dict)
    """The runs that were asked to stop; True where the API has confirmed it."""
    killed: set = field(default_factory=set)
    """The runs whose supervisor was killed."""
    start_faults: list = field(default_factory=list)
    """Stretches (from, to) in which a run may fail to start."""
    log_faults: list = field(default_factory=list)
    """Stretches in which output may be lost, and counted."""
    manned: list = field(default_factory=list)
    """Stretches in which a daemon was there for certain and nothing kept it from its work."""
    grace: int = 60
    starts: tuple = (0, 0)
    """How many starts of the daemon have succeeded, and how many there were."""


@dataclass
class Start:
    """What a command has written of itself."""
    run: str
    nonce: str
    task: str
    trigger: str
    scheduled_at: str
    tick: str
    attempt: int
    position: int
    """Its place among the ledger's lines."""
    style: str = "plain"
    intended: int = 0
    """The lines of output that it has written at most."""
    written: int = 0
    """The lines of output that it has written at least."""
    code: int = None
    """What it was about to exit with; None where it did not come so far."""
    end_position: int = None
    is_exact: bool = False


def check(evidence):
    """Everything that is not as it should be, each a sentence."""
    return Check(evidence).findings()


def read_ledger(lines, complain):
    """The starts by run; each line that does not fit is complained of."""
    starts = {}
    for position, line in enumerate(lines):
        words = line.split(" ")
        kind, start = words[0], starts.get(words[1]) if len(words) > 1 else None
        if kind == "S" and len(words) == 9:
            run, nonce, task, trigger, scheduled_at, tick, attempt = words[1:8]
            if start:
                complain(f"run {run} of {task} was started twice")
                continue
            starts[run] = Start(run, nonce, task, trigger, scheduled_at, tick, int(attempt), position)
        elif start is None or start.nonce != words[2]:
            complain(f"the ledger has a line of a command that has not started: {line}")
        elif kind == "I":
            start.style, start.intended = words[3], int(words[4])
        elif kind == "W":
            start.written = int(words[3])
        elif kind == "E":
            start.code, start.end_position = int(words[3]), position
            start.is_exact = words[4] != "-"
        else:
            complain(f"the ledger has a line of no known form: {line}")
    return starts


def check_midway(evidence, before):
    """What can be said while runs are active: `before` are the rows of an earlier look, by id."""
    check = Check(evidence)
    for run, start in check.starts.items():
        if run not in check.rows:
            check.found.append(f"run {run} of {start.task}: its command has run, and it has no row")
    for run in sorted(evidence.triggered - set(check.rows)):
        check.found.append(f"run {run}: the API has confirmed it, and it has no row")
    for run, earlier in before.items():
        row = check.rows.get(run)
        if row is None:
            check.found.append(f"run {run} of {earlier['task_name']}: its row has gone")
        elif earlier["status"] == "ended" and "missed_count" not in row and row != earlier:
            check.find(row, f"it had ended before, as {earlier}")
        elif earlier["status"] == "running" and row["status"] == "pending":
            check.find(row, "it was running before")
    fired = collections.Counter(
        (row["task_name"], row["scheduled_at"], row["retry_attempt"], row.get("catch_up", False))
        for row in evidence.rows if row["triggered_by"] == "cron" and "missed_count" not in row)
    for (name, tick, attempt, _), count in fired.items():
        if count > 1:
            check.found.append(f"{name}: the tick at {tick} has {count} rows of attempt {attempt}")
    return check.found


class Check:
    def __init__(self, evidence):
        self.evidence = evidence
        self.found = []
        self.starts = read_ledger(evidence.ledger, self.found.append)
        self.rows = {row["id"]: row for row in evidence.rows}

    def findings(self):
        self.check_rows()
        self.check_triggers()
        self.check_retries()
        for name, timeline in self.evidence.timelines.items():
            self.check_ticks(name, timeline)
        self.check_order()
        for row in self.evidence.rows:
            if row["status"] == "ended":
                self.check_end(row)
                self.check_log(row)
        self.check_remains()
        return self.found

    def find(self, row, text):
        end = row.get("end_reason", row["status"])
        message = f", {row['message']}" if row.get("message") else ""
        self.found.append(f"run {row['id']} of {row['task_name']} ({end}, exit code {row['exit_code']}{message}): {text}")

    # Rows and lines

    def check_rows(self):
        if len(self.rows) != len(self.evidence.rows):
            self.found.append("two rows have the same id")
        for row in self.evidence.rows:
            if row["status"] != "ended":
                self.find(row, "it has not ended")
        for run, start in self.starts.items():
            row = self.rows.get(run)
            if row is None:
                self.found.append(f"run {run} of {start.task}: its command has run, and it has no row")
                continue
            says = (row["task_name"], row["triggered_by"], row.get("scheduled_at", "-"), row.get("tick", "-"),
                    row["retry_attempt"])
            got = (start.task, start.trigger, start.scheduled_at, start.tick, start.attempt)
            if says != got:
                self.find(row, f"its row says {says}, and its command was given {got}")

    def check_triggers(self):
        for run in sorted(self.evidence.triggered - set(self.rows)):
            self.found.append(f"run {run}: the API has confirmed it, and it has no row")
        for run, end in self.evidence.told.items():
            row = self.rows.get(run)
            if row and (row.get("end_reason"), row["exit_code"]) != end:
                self.find(row, f"whoever waited for it was told of {end}")
        strangers = collections.Counter(
            row["task_name"] for row in self.evidence.rows
            if row["triggered_by"] == "api" and row["retry_attempt"] == 0 and row["id"] not in self.evidence.triggered)
        for name, count in strangers.items():
            if count > self.evidence.unanswered[name]:
                self.found.append(f"{name}: {count} runs by hand that the API has not confirmed, and only "
                                  f"{self.evidence.unanswered[name]} requests got no answer")
        least, most = self.evidence.starts
        for name, task in self.evidence.tasks.items():
            count = sum(1 for row in self.evidence.rows
                        if row["task_name"] == name and row["triggered_by"] == "startup" and row["retry_attempt"] == 0)
            low, high = (least, most) if task.run_on_start else (0, 0)
            if not low <= count <= high:
                self.found.append(f"{name}: {count} runs at starts of the daemon, of which there were {low} to {high}")

    def check_retries(self):
        retries = collections.defaultdict(list)
        for row in self.evidence.rows:
            if "retry_of_run_id" in row:
                retries[row["retry_of_run_id"]].append(row)
            if ("retry_of_run_id" in row) != (row["retry_attempt"] > 0):
                self.find(row, "its attempt does not go with the run that it repeats")
        for row in self.evidence.rows:
            task = self.evidence.tasks.get(row["task_name"])
            wanted = (task is not None and row.get("end_reason") in RETRIED
                      and row["retry_attempt"] < task.retry_attempts)
            made = retries.pop(row["id"], [])
            if len(made) != (1 if wanted else 0):
                self.find(row, f"it was repeated {len(made)} times")
            for retry in made:
                for key in ("task_name", "triggered_by", "scheduled_at", "tick", "catch_up"):
                    if retry.get(key) != row.get(key):
                        self.find(retry, f"its {key} is not that of the run {row['id']} that it repeats")
                if retry["retry_attempt"] != row["retry_attempt"] + 1:
                    self.find(retry, f"its attempt does not follow on that of run {row['id']}")
                factor = 2 ** row["retry_attempt"] if task and task.retry_backoff == "exponential" else 1
                wait = (task.retry_delay if task else 0) * factor
                if "start_at" in retry and moment(retry["start_at"]) < moment(retry["created_at"]) + wait - 0.05:
                    self.find(retry, f"it was started before its wait of {wait} s was over")
        for run in retries:
            self.found.append(f"run {run} was repeated, and has no row")

    # Ticks

    def check_ticks(self, name, timeline):
        rows = [row for row in self.evidence.rows
                if row["task_name"] == name and row["triggered_by"] == "cron" and row["retry_attempt"] == 0]
        allowed, required = timeline.allowed(), timeline.required()
        covered = collections.Counter()
        caught_up = collections.Counter()
        missed = set()
        for row in rows:
            if "scheduled_at" not in row:
                self.find(row, "it has no tick")
                continue
            first = int(moment(row["scheduled_at"]))
            if row.get("tick", iso(first).rstrip("Z")) != iso(first).rstrip("Z"):
                self.find(row, "its tick is not the wall time of its instant")
            if row.get("catch_up"):
                caught_up[first] += 1
            elif "missed_count" in row:
                ticks = self.stretch(row, first, allowed, required)
                covered.update(ticks)
                if row.get("end_reason") == "missed":
                    missed.update(ticks)
                    self.check_missed(name, row, first)
                elif not any(start <= first and int(moment(row["missed_until"])) <= end
                             for start, end in timeline.maybe_held):
                    self.find(row, "it stands for a pause, and the task was not paused then")
            else:
                covered[first] += 1
                if first not in allowed:
                    self.find(row, f"nothing was due at {iso(first)}")
                if any(start <= first <= end for start, end in timeline.held):
                    self.find(row, f"the task was paused at {iso(first)}")
        for tick, count in sorted(covered.items()):
            if count > 1:
                self.found.append(f"{name}: the tick at {iso(tick)} has {count} rows: "
                                  + ", ".join(row["id"] for row in rows if row.get("scheduled_at") == iso(tick)))
        for tick in sorted(required - set(covered)):
            self.found.append(f"{name}: the tick at {iso(tick)} has no row")
        for tick, count in sorted(caught_up.items()):
            if count > 1 or tick not in missed:
                self.found.append(f"{name}: {count} runs make up for {iso(tick)}, "
                                  f"which {'was' if tick in missed else 'was not'} missed")
        self.check_catch_up(name, rows, set(caught_up))

    def stretch(self, row, first, allowed, required):
        """The ticks that a row with a count stands for."""
        until = int(moment(row["missed_until"]))
        most = {t for t in allowed if first <= t <= until}
        least = {t for t in required if first <= t <= until}
        if not (len(least) <= row["missed_count"] <= len(most)) or not {first, until} <= most:
            self.find(row, f"it counts {row['missed_count']} ticks from {iso(first)} to {iso(until)}; there were "
                      + (str(len(most)) if len(least) == len(most) else f"{len(least)} to {len(most)}"))
        # Where the count leaves some out, those at the borders of an era are not known.
        return most if row["missed_count"] == len(most) else least | {first, until}

    def check_missed(self, name, row, first):
        task = self.evidence.tasks.get(name)
        latest = first + self.evidence.grace + (task.jitter if task else 0) + 1
        if any(start <= first and latest <= end for start, end in self.evidence.manned):
            self.find(row, f"a daemon was there at {iso(first)}, and long enough after it")

    def check_catch_up(self, name, rows, caught_up):
        task = self.evidence.tasks.get(name)
        if task is None:
            return
        for row in rows:
            if row.get("end_reason") != "missed":
                continue
            first, until = int(moment(row["scheduled_at"])), int(moment(row["missed_until"]))
            made = sorted(t for t in caught_up if first <= t <= until)
            most = {"latest": 1, "skip": 0, "all": task.max_catch_up_runs}[task.catch_up]
            if len(made) != min(most, row["missed_count"]) or (made and made[-1] != until):
                self.find(row, f"catch_up = \"{task.catch_up}\" has made runs for {[iso(t) for t in made]}")

    # Order

    def check_order(self):
        """How many are active at a time, and who goes first, by the order of the ledger's lines."""
        by_task = collections.defaultdict(list)
        for start in self.starts.values():
            by_task[start.task].append(start)
        for name, starts in by_task.items():
            task = self.evidence.tasks.get(name)
            if task is None:
                continue
            events = sorted([(start.position, start) for start in starts if start.code is not None]
                            + [(start.end_position, None) for start in starts if start.code is not None],
                            key=lambda event: event[0])
            active = 0
            for _, start in events:
                active += 1 if start else -1
                if active > task.max_concurrent:
                    self.found.append(f"{name}: {active} runs were active at the start of {start.run}, "
                                      f"and max_concurrent is {task.max_concurrent}")
            if task.max_concurrent == 1 and task.retry_attempts == 0 and task.on_overlap == "queue":
                for earlier, later in zip(starts, starts[1:]):
                    if earlier.run > later.run:
                        self.found.append(f"{name}: run {earlier.run} was started before {later.run}, which is older")

    # Ends

    def check_end(self, row):
        start = self.starts.get(row["id"])
        reason, code = row["end_reason"], row["exit_code"]
        task = self.evidence.tasks.get(row["task_name"])
        if reason in ("success", "failed"):
            if start is None:
                self.find(row, "its command has not written that it started")
            elif start.code is None:
                self.find(row, "its command was ended by a signal that nobody has sent")
            elif start.code != code:
                self.find(row, f"its command exited with {start.code}")
            elif (code in (task.exit_codes if task else (0,))) != (reason == "success"):
                self.find(row, f"the exit codes of success are {task.exit_codes if task else (0,)}")
        elif reason == "stopped":
            terminated = task is not None and task.on_overlap == "terminate" and "newer run" in row.get("message", "")
            if row["id"] not in self.evidence.stops and not terminated:
                self.find(row, "nobody has asked for it to stop")
            self.check_ended_command(row, start, -1)
        elif reason == "timeout":
            limit = task.timeout if task else 0
            lasted = moment(row["end_at"]) - moment(row["start_at"])
            if not limit or lasted < limit - 0.01:
                self.find(row, f"it ended after {lasted:.2f} s, and its time limit is {limit} s")
            self.check_ended_command(row, start, None)
        elif reason == "crashed":
            if row["id"] not in self.evidence.killed:
                self.find(row, "nobody has killed its supervisor")
            if code != -2:
                self.find(row, "a crash has the exit code -2")
        elif reason == "start_failed":
            left = task is not None and task.is_visitor and "left the configuration" in row.get("message", "")
            kept = row["id"] in self.evidence.killed and "before it could start" in row.get("message", "")
            ended = moment(row["end_at"])
            if not (left or kept or any(begin <= ended <= end for begin, end in self.evidence.start_faults)):
                self.find(row, "nothing kept it from starting")
        elif reason not in ("skipped", "queue_full", "missed"):
            self.find(row, "there is no cause for such an end")
        if reason in ("start_failed", "skipped", "queue_full", "missed"):
            if code != -1 or start is not None:
                self.find(row, f"its command {'has run' if start else 'has not run'}")
            self.check_turned_away(row, reason, task)
        if self.evidence.stops.get(row["id"]) and reason != "stopped" and not (start and start.code is not None) \
                and reason not in ("timeout", "crashed", "start_failed"):
            self.find(row, "the API has confirmed its stop")

    def check_ended_command(self, row, start, without_command):
        """An end that somebody has brought about: the command may have been faster, or have answered the signal."""
        codes = {143, 137, without_command}
        if start is not None:
            codes = {143, 137} if start.code is None else {start.code, 143, 137}
        if row["exit_code"] not in codes:
            self.find(row, f"its exit code is none of {sorted(c for c in codes if c is not None)}")

    def check_turned_away(self, row, reason, task):
        if task is None or "missed_count" in row:
            return
        policy = {"skipped": "skip", "queue_full": "queue"}.get(reason)
        if policy and task.on_overlap != policy:
            self.find(row, f"on_overlap is {task.on_overlap}")

    # Output

    def check_log(self, row):
        start, log = self.starts.get(row["id"]), self.evidence.logs.get(row["id"], b"")
        if start is None:
            if log:
                self.find(row, f"its command has not run, and its log has {len(log)} bytes")
            return
        lost = re.search(r"(\d+) bytes of output are not in the log", row.get("message", ""))
        most = expected_output(start.style, start.run, start.nonce, start.intended)
        least = expected_output(start.style, start.run, start.nonce, start.written)
        if start.code is not None and start.is_exact and start.written != start.intended:
            self.find(row, "its command has not written all that it wanted to, and says that it has")
        if lost:
            self.check_lossy_log(row, log, start, most, int(lost.group(1)))
            return
        parts = (log, b"") if not most[1] else split_streams(log)
        for name, part, wanted, surely in zip(("stdout", "stderr"), parts, most, least):
            if row["end_reason"] == "crashed":
                surely = b""
            if not wanted.startswith(part) or not part.startswith(surely):
                self.find(row, f"its log has {len(part)} bytes of {name}, its command wrote {len(surely)}"
                          + (f" to {len(wanted)}" if wanted != surely else "") + f"; {difference(part, wanted)}")

    def check_lossy_log(self, row, log, start, most, lost):
        """What is lost is counted, and what is not stands in its order."""
        ended = moment(row["end_at"])
        if not any(begin <= ended and moment(row["start_at"]) <= end for begin, end in self.evidence.log_faults):
            self.find(row, "nothing kept its output from the log")
        total = sum(len(part) for part in most)
        is_bound = "for a while" not in row["message"]
        if start.code is not None and start.is_exact and (
                len(log) + lost < total or (len(log) + lost > total and not is_bound)):
            self.find(row, f"its log has {len(log)} bytes, {lost} are said to be lost, and its command wrote {total}")
        if len(log) > total:
            self.find(row, f"its log has {len(log)} bytes, and its command wrote {total} at most")
        elif start.style not in ("long", "unended"):
            lines = set(b"".join(most).splitlines())
            strange = [line for line in log.splitlines() if line not in lines]
            if strange:
                self.find(row, f"its log has a line that its command has not written: {strange[0][:80]}")

    # What stays

    def check_remains(self):
        for run in sorted(set(self.evidence.folders) - set(self.rows)):
            self.found.append(f"run {run}: it has a folder, and no row")
        for run, row in self.rows.items():
            files = self.evidence.folders.get(run)
            if files is None and run in self.starts:
                self.find(row, "its command has run, and it has no folder")
            elif files is not None and row["status"] == "ended" and set(files) - FINAL_FILES:
                self.find(row, f"it has ended, and its folder still has {sorted(set(files) - FINAL_FILES)}")
            elif run in self.starts and not set(files) & FINAL_FILES:
                self.find(row, "its command has run, and it has no log")
        self.found += [f"left behind: {text}" for text in self.evidence.processes]


def split_streams(log):
    """The lines of stdout and those of stderr, by how the commands mark them."""
    parts = (bytearray(), bytearray())
    for line in log.splitlines(keepends=True):
        parts[line.startswith(b"e ")].extend(line)
    return bytes(parts[0]), bytes(parts[1])


def difference(got, wanted):
    at = next((i for i, (a, b) in enumerate(zip(got, wanted)) if a != b), min(len(got), len(wanted)))
    return f"at byte {at} it has {bytes(got[at:at + 60])!r}, not {bytes(wanted[at:at + 60])!r}"
