"""What the fault loop's daemon runs: the tasks, their ticks by plain arithmetic, and the one command of them all."""
import dataclasses
from dataclasses import dataclass, field

# Every command writes to the ledger, in lines that each are one write with O_APPEND:
#   S RUN NONCE TASK TRIGGER SCHEDULED_AT TICK ATTEMPT PID   it has started
#   I RUN NONCE STYLE LINES   it is about to have written so many lines of output
#   W RUN NONCE LINES         it has
#   E RUN NONCE CODE LINES    it is about to exit with this code; - for LINES where it cannot tell
# Its choices come from the nonce, so that it needs no process of its own for them.
COMMAND = r"""
ledger=$1 fail=$2 tenths=$3 style=$4 run=$ALMANAC_RUN_ID lines=0
read -r nonce < /proc/sys/kernel/random/uuid
note() { printf '%s\n' "$*" >> "$ledger"; }
note S "$run" "$nonce" "$ALMANAC_TASK" "$ALMANAC_TRIGGER" "${ALMANAC_SCHEDULED_AT:--}" "${ALMANAC_TICK:--}" \
    "$ALMANAC_ATTEMPT" $$
first=$((0x${nonce%%-*}))
rest=${nonce#*-*-*-*-}
second=$((0x${rest%??????}))
third=$((0x${rest#??????}))
finish() {
    note E "$run" "$nonce" "$1" $lines
    exit "$1"
}
write() {
    count=$1
    note I "$run" "$nonce" "$style" $((lines + count))
    case $style in
    chatty) seq -f "o $run $nonce %g" $((lines + 1)) $((lines + count)) ;;
    long)
        while [ $((count -= 1)) -ge 0 ]; do printf 'o %s %s %s %s\000\377\n' "$run" "$nonce" $((lines += 1)) "$pad"; done
        lines=$((lines - $1))
        ;;
    unended)
        while [ $((count -= 1)) -ge 0 ]; do printf '\no %s %s %s' "$run" "$nonce" $((lines += 1)); done
        lines=$((lines - $1))
        ;;
    *)
        while [ $((count -= 1)) -ge 0 ]; do
            if [ $(((lines += 1) % 3)) -eq 0 ] && [ "$style" != trap ]; then
                printf 'e %s %s %s\n' "$run" "$nonce" $lines >&2
            else
                printf 'o %s %s %s\n' "$run" "$nonce" $lines
            fi
        done
        lines=$((lines - $1))
        ;;
    esac
    lines=$((lines + $1))
    note W "$run" "$nonce" $lines
}
pause() { [ "$1" -eq 0 ] || sleep $(($1 / 10)).$(($1 % 10)); }
case $style in
trap)
    # It may come between a line and its count; and the shell tells on stderr that its `sleep` was terminated.
    trap 'lines=-; finish 40' TERM
    exec 2> /dev/null
    ;;
stubborn) trap '' TERM ;;
long)
    pad=x
    while [ ${#pad} -lt 20000 ]; do pad=$pad$pad; done
    ;;
esac
length=$((second % (tenths + 1)))
if [ "$style" = chatty ]; then write $((third % 3000)); else write $((third % 6)); fi
pause $((length / 2))
if [ "$style" = orphans ]; then
    setsid sh -c 'sleep 300 & sleep 300' > /dev/null 2>&1 &
    (setsid setsid sleep 300 &)
    (trap '' TERM; sleep 300) &
fi
pause $((length - length / 2))
write $((third / 3000 % 4))
if [ $((first % 100)) -lt "$fail" ]; then finish $((1 + first / 100 % 100)); else finish 0; fi
"""


def expected_output(style, run, nonce, lines):
    """What a command of this style has written with its first lines, of each stream: (stdout, stderr)."""
    head = f"{run} {nonce}"
    if style == "chatty":
        return "".join(f"o {head} {n}\n" for n in range(1, lines + 1)).encode(), b""
    if style == "long":
        pad = b"x" * 32768
        return b"".join(f"o {head} {n} ".encode() + pad + b"\0\xff\n" for n in range(1, lines + 1)), b""
    if style == "unended":
        return "".join(f"\no {head} {n}" for n in range(1, lines + 1)).encode(), b""
    errors = range(0) if style == "trap" else range(3, lines + 1, 3)
    return ("".join(f"o {head} {n}\n" for n in range(1, lines + 1) if n not in errors).encode(),
            "".join(f"e {head} {n}\n" for n in errors).encode())


@dataclass(frozen=True)
class Schedule:
    """An expression whose ticks are plain arithmetic: seconds of the minute, or multiples of `every` since 1970."""
    expression: str
    seconds: tuple = ()
    every: int = 0

    def ticks(self, after, through):
        """The instants of its ticks, `after` exclusive, `through` inclusive."""
        if self.every:
            return [t for t in range(after + 1, through + 1) if t % self.every == 0]
        return [t for t in range(after + 1, through + 1) if t % 60 in self.seconds]


SCHEDULES = [
    Schedule("* * * * * *", tuple(range(60))),
    Schedule("*/2 * * * * *", tuple(range(0, 60, 2))),
    Schedule("*/3 * * * * *", tuple(range(0, 60, 3))),
    Schedule("1/4 * * * * ?", tuple(range(1, 60, 4))),
    Schedule("*/7 * * * * *", tuple(range(0, 60, 7))),
    Schedule("50-9/5 * * * * *", (50, 55, 0, 5)),
    Schedule("3,4,20-30,59 * * * * *", (3, 4, *range(20, 31), 59)),
    Schedule("@every 2s", every=2),
    Schedule("@every 7s", every=7),
    Schedule("@every 13s", every=13),
]


@dataclass
class Task:
    """A task of the configuration. All but its schedule stays as it is while the daemons come and go."""
    name: str
    schedule: Schedule = None
    fail: int = 0
    """How many of a hundred runs exit with another code than 0."""
    tenths: int = 0
    """How long it runs at most, in tenths of a second."""
    style: str = "plain"
    on_overlap: str = "queue"
    max_concurrent: int = 1
    queue_max: int = 100
    timeout: int = 0
    retry_attempts: int = 0
    retry_delay: int = 1
    retry_backoff: str = "constant"
    catch_up: str = "latest"
    max_catch_up_runs: int = 100
    run_on_start: bool = False
    exit_codes: tuple = (0,)
    jitter: int = 0
    is_visitor: bool = False
    """Whether it leaves the configuration again."""
    description: str = ""

    def toml(self, folder):
        keys = {
            "run": f"exec /bin/sh {folder}/command {folder}/ledger {self.fail} {self.tenths} {self.style}",
            "on_overlap": self.on_overlap, "max_concurrent": self.max_concurrent, "queue_max": self.queue_max,
            "retry_attempts": self.retry_attempts, "retry_delay": f"{self.retry_delay}s",
            "retry_backoff": self.retry_backoff, "catch_up": self.catch_up,
            "max_catch_up_runs": self.max_catch_up_runs, "exit_codes": list(self.exit_codes),
            "graceful_stop": "1s",
        }
        if self.schedule:
            keys["cron"] = self.schedule.expression
        if self.timeout:
            keys["timeout"] = f"{self.timeout}s"
        if self.jitter:
            keys["jitter"] = f"{self.jitter}s"
        if self.description:
            keys["description"] = self.description
        text = "".join(f"{key} = {literal(value)}\n" for key, value in keys.items())
        return f"[tasks.{self.name}]\n{text}run_on_start = {'true' if self.run_on_start else 'false'}\n"

    def copy(self):
        return dataclasses.replace(self)


def literal(value):
    return f'"{value}"' if isinstance(value, str) else str(value)


def standing_tasks(random):
    """The tasks of a configuration: each policy at least once, the rest as chance has it."""
    tasks = [
        Task("second", SCHEDULES[0], max_concurrent=4, fail=20, tenths=6),
        Task("queue", fail=30, tenths=12, queue_max=4),
        Task("skip", tenths=30, on_overlap="skip", style="unended"),
        Task("terminate", tenths=60, on_overlap="terminate", style="trap", exit_codes=(0, 40)),
        Task("stubborn", tenths=30, on_overlap="skip", style="stubborn", timeout=1),
        Task("retry", fail=50, tenths=5, retry_attempts=3, retry_delay=1, retry_backoff="exponential",
             on_overlap="skip", max_concurrent=3),
        Task("timeout", tenths=25, timeout=1, retry_attempts=1, retry_delay=0, max_concurrent=2, queue_max=3),
        Task("chatty", tenths=3, style="chatty", catch_up="all", max_catch_up_runs=3),
        Task("long", tenths=2, style="long", catch_up="skip"),
        Task("orphans", tenths=4, style="orphans", max_concurrent=2, queue_max=5),
        Task("jitter", tenths=2, jitter=3, fail=10, catch_up="all"),
        Task("boot", fail=40, retry_attempts=1, run_on_start=True, max_concurrent=64, tenths=3),
        Task("hand", tenths=15, fail=20, max_concurrent=2, queue_max=3),
    ]
    for task in tasks:
        if task.schedule is None and task.name not in ("boot", "hand"):
            task.schedule = random.choice(SCHEDULES[2 if task.timeout or task.tenths > 5 else 1:])
    return tasks


def configuration(tasks, folder, grace):
    head = f"[scheduler]\ntimezone = \"UTC\"\ngrace = \"{grace}s\"\n"
    return head + "".join(task.toml(folder) for task in tasks)


@dataclass
class Era:
    """A stretch in which a task has one schedule. At its borders a tick may belong to it or not.

    All bounds are whole seconds; a stretch begins after its first and ends with its last.
    """
    schedule: Schedule
    allowed_from: int
    required_from: int = None
    required_through: int = None
    allowed_through: int = None


@dataclass
class Timeline:
    """What a task's ticks are, as far as anyone outside the daemon can know."""
    eras: list = field(default_factory=list)
    held: list = field(default_factory=list)
    """Stretches in which the task is paused for certain, both ends inclusive."""
    maybe_held: list = field(default_factory=list)
    """Stretches in which it may be paused, both ends inclusive."""

    def allowed(self):
        return {t for era in self.eras if era.schedule
                for t in era.schedule.ticks(era.allowed_from, era.allowed_through)}

    def required(self):
        return {t for era in self.eras if era.schedule and era.required_from is not None
                for t in era.schedule.ticks(era.required_from, era.required_through)}
