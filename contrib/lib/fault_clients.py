"""Those who use the daemon while it is in trouble: they make and stop runs, edit the file, pause and resume."""
import http.client
import os
import threading
import time

from almanac_harness import iso, moment
from fault_tasks import SCHEDULES, Era, Task, Timeline, configuration

TROUBLE = (OSError, http.client.HTTPException, ValueError)
"""What a request ends with that gets no whole answer."""


class Client(threading.Thread):
    """Does something at random moments until it is told to stop."""
    pauses = (0.05, 0.8)

    def __init__(self, loop, random):
        super().__init__(daemon=True)
        self.loop, self.random = loop, random
        self.is_over = threading.Event()
        self.failure = None

    def run(self):
        try:
            while not self.is_over.wait(self.random.uniform(*self.pauses)):
                self.act()
        except Exception as failure:
            self.failure = failure

    def finish(self):
        self.is_over.set()
        self.join(120)
        if self.failure:
            raise self.failure
        if self.is_alive():
            raise TimeoutError(f"{type(self).__name__} gets no answer for two minutes")


class Trigger(Client):
    """Starts runs by hand, sometimes many at once; the answer may be waited for."""

    def act(self):
        name = self.random.choice(sorted(self.loop.tasks) + ["hand"] * 6)
        choice = self.random.random()
        for _ in range(8 if choice < 0.05 else 1):
            self.trigger(name, "?wait=true&wait_timeout=3" if choice > 0.9 else "")

    def trigger(self, name, query):
        evidence = self.loop.evidence
        try:
            status, run = self.loop.daemon.request("POST", f"/api/tasks/{name}/run{query}", timeout=30)
        except TROUBLE:
            evidence.unanswered[name] += 1
            return
        if status == 201:
            evidence.triggered.add(run["id"])
            self.loop.counts["triggers confirmed"] += 1
            if run["status"] == "ended":
                evidence.told[run["id"]] = (run["end_reason"], run["exit_code"])
        else:
            self.loop.counts[f"triggers refused with {status}"] += 1


class Stop(Client):
    """Stops runs that are active, or that wait."""
    pauses = (0.2, 1.2)

    def act(self):
        evidence = self.loop.evidence
        try:
            state = self.random.choice(("running", "running", "running", "pending"))
            status, page = self.loop.daemon.request("GET", f"/api/runs?limit=50&status={state}", timeout=30)
            if status != 200 or not page["runs"]:
                return
            run = self.random.choice(page["runs"])["id"]
            evidence.stops.setdefault(run, False)
            status, _ = self.loop.daemon.request("POST", f"/api/runs/{run}/stop", timeout=30)
        except TROUBLE:
            return
        if status == 200:
            evidence.stops[run] = True
            self.loop.counts["stops confirmed"] += 1


class Editor(Client):
    """Edits the file and has it reloaded; pauses tasks and resumes them. It keeps the timelines."""
    pauses = (0.3, 2.0)

    def act(self):
        choice = self.random.random()
        if choice < 0.4:
            self.edit(self.with_other_schedule)
        elif choice < 0.6:
            self.edit(self.with_or_without_visitor)
        elif choice < 0.7:
            self.edit(self.with_other_description)
        else:
            self.hold()

    # The file

    def edit(self, change):
        """Edits the file, and has it reloaded until the daemon says that it has done so."""
        loop, after = self.loop, {name: task.copy() for name, task in self.loop.tasks.items()}
        change(after)
        edited = [name for name in {*loop.tasks, *after}
                  if schedule(loop.tasks.get(name)) != schedule(after.get(name))]
        try:
            settled = {name: self.settled_through(name) for name in edited if schedule(loop.tasks.get(name))}
        except TROUBLE:
            return False
        generation, begun = loop.generation, int(time.time())
        loop.tasks = after
        loop.evidence.tasks.update(after)
        temporary = loop.folder + "/almanac.toml.new"
        with open(temporary, "w") as file:
            file.write(configuration(after.values(), loop.folder, loop.grace))
        os.rename(temporary, loop.folder + "/almanac.toml")
        sent, attempts = self.until(lambda: loop.daemon.request("POST", "/api/reload", timeout=30)[0] == 200)
        answered = int(time.time())
        # A daemon that was killed meanwhile never knew the former schedule's last ticks: its successor reads the new one.
        is_smooth = attempts == 1 and loop.generation == generation
        for name in edited:
            timeline = loop.timelines.setdefault(name, Timeline())
            if name in settled:
                era = timeline.eras[-1]
                era.allowed_through = answered
                era.required_through = int(sent) if is_smooth else settled[name]
            if schedule(after.get(name)):
                timeline.eras.append(Era(after[name].schedule, begun, required_from=answered))
        loop.counts["reloads" if is_smooth else "reloads disturbed"] += 1
        return True

    def settled_through(self, name):
        """The last instant that is known to have been settled for a task."""
        status, page = self.loop.daemon.request(
            "GET", f"/api/runs?limit=30&triggered_by=cron&task_name={name}", timeout=30)
        if status != 200:
            raise OSError("no answer")
        return max((int(moment(row.get("missed_until", row["scheduled_at"]))) for row in page["runs"]), default=0)

    def until(self, request):
        """Repeats a request until it is done: when it was sent first, and how often."""
        first, attempts = time.time(), 0
        while True:
            attempts += 1
            try:
                if request():
                    return first, attempts
            except TROUBLE:
                pass
            time.sleep(0.05)

    def with_other_schedule(self, tasks):
        for _ in range(self.random.choice((1, 1, 2))):
            name = self.random.choice([name for name in sorted(tasks) if schedule(tasks[name]) and name != "second"])
            tasks[name].schedule = self.random.choice(
                SCHEDULES[2 if tasks[name].timeout or tasks[name].tenths > 5 else 1:])

    def with_or_without_visitor(self, tasks):
        visitors = [name for name, task in sorted(tasks.items()) if task.is_visitor]
        if visitors and self.random.random() < 0.6:
            del tasks[self.random.choice(visitors)]
        else:
            self.loop.visitors += 1
            name = f"visitor-{self.loop.visitors}"
            tasks[name] = Task(name, self.random.choice(SCHEDULES[1:6]), is_visitor=True, tenths=4, fail=10,
                               max_concurrent=2)

    def with_other_description(self, tasks):
        tasks[self.random.choice(sorted(tasks))].description = f"edited at {iso(time.time())}"

    def with_no_schedule(self, tasks):
        for name in [name for name, task in tasks.items() if task.is_visitor]:
            del tasks[name]
        for task in tasks.values():
            task.schedule = None

    # Pauses

    def hold(self):
        loop = self.loop
        names = [name for name, task in sorted(loop.tasks.items()) if schedule(task) and not task.jitter]
        name, begun = self.random.choice(names), int(time.time())
        lasts = self.random.uniform(0.5, 4)
        until = int(begun + self.random.uniform(2, 5)) if self.random.random() < 0.3 else None
        body = None if until is None else '{"until": "%s"}' % iso(until)
        try:
            is_held = loop.daemon.request("POST", f"/api/tasks/{name}/pause", body, timeout=30)[0] == 200
        except TROUBLE:
            is_held = False
        certain = int(time.time()) + 1
        if self.random.random() < 0.3:
            self.edit(self.with_other_schedule)
        self.is_over.wait(lasts)
        sent, _ = self.until(lambda: loop.daemon.request("POST", f"/api/tasks/{name}/resume", timeout=30)[0] in (200, 404, 409))
        timeline = loop.timelines.setdefault(name, Timeline())
        timeline.maybe_held.append((begun, int(time.time())))
        if is_held:
            last = int(sent) if until is None else min(int(sent), until - 1)
            timeline.held.append((certain, last))
            loop.counts["pauses"] += 1


def schedule(task):
    return task.schedule if task else None
