"""The processes of a fault loop's daemon, found by what /proc says of them."""
import os
import signal

MARK = "ALMANAC_FAULT_LOOP"
"""The variable that the daemon's commands inherit; its value is the loop's folder."""


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def pids():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def supervised_run(pid, folder):
    """The run that this process supervises; None where it is no supervisor of this loop's."""
    run = run_of_program(pid, folder)
    # A command that has been forked and not executed yet looks like its parent.
    return run if run and run_of_program(parent(pid), folder) != run else None


def run_of_program(pid, folder):
    words = read(f"/proc/{pid}/cmdline").split(b"\0")
    if len(words) > 1 and words[0].endswith(b"almanac-run") and words[1].startswith(folder.encode() + b"/data/runs/"):
        return words[1].rsplit(b"/", 1)[1].decode()
    return None


def status(pid):
    """The fields of /proc/PID/stat after the name, the first being the state; none where there is no such process."""
    return read(f"/proc/{pid}/stat").rpartition(b")")[2].split()


def parent(pid):
    fields = status(pid)
    return int(fields[1]) if fields else 0


def supervisors(folder):
    """The living supervisors: (process id, run)."""
    found = ((pid, supervised_run(pid, folder)) for pid in pids())
    return [(pid, run) for pid, run in found if run]


def commands(folder):
    """The living processes of commands, whoever their parent is: (process id, run, command line)."""
    found = []
    for pid in pids():
        variables = read(f"/proc/{pid}/environ").split(b"\0")
        if f"{MARK}={folder}".encode() not in variables:
            continue
        run = next((v.partition(b"=")[2].decode() for v in variables if v.startswith(b"ALMANAC_RUN_ID=")), None)
        if run:
            line = read(f"/proc/{pid}/cmdline").replace(b"\0", b" ").decode(errors="replace").strip()
            found.append((pid, run, line))
    return found


def zombies(of):
    """The children of a process that have ended and that it has not reaped."""
    return [pid for pid in pids() if status(pid)[:2] == [b"Z", b"%d" % of]]


def remains(folder, daemon=None):
    """What is alive of runs, each a text; of the daemon's own unreaped children too."""
    found = [f"supervisor {pid} of run {run}" for pid, run in supervisors(folder)]
    found += [f"process {pid} of run {run}: {line}" for pid, run, line in commands(folder)]
    if daemon:
        found += [f"process {pid} waits to be reaped by the daemon" for pid in zombies(daemon)]
    return found


def kill_supervisor(pid, run, folder):
    """Kills this very supervisor; whether it was there."""
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:
        return False
    try:
        if supervised_run(pid, folder) != run:
            return False
        signal.pidfd_send_signal(descriptor, signal.SIGKILL)
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)


def clear(folder):
    """Kills whatever is left of runs."""
    for pid in [pid for pid, _ in supervisors(folder)] + [pid for pid, _, _ in commands(folder)]:
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass
