"""What the fault loop does to the daemon besides killing it, one class a mode."""
import os
import sqlite3
import subprocess

import fault_processes


class Kill:
    """Nothing: the loop itself kills the daemon."""
    kill_share = 1.0
    needs_mounts = False
    """Whether it needs root and a mount namespace of its own."""
    starts_fail = False
    """Whether a run may fail to start while the fault lasts."""
    logs_fail = False
    """Whether output may be lost while the fault lasts."""
    daemon_fails = False
    """Whether the daemon may fail to start while the fault lasts."""
    lasts = (0, 0)
    """How long the fault lasts, in seconds: least, most. 0 where it is over at once."""
    pause = (0.5, 1.0)

    def __init__(self, folder, random, evidence):
        self.folder, self.random, self.evidence = folder, random, evidence

    def prepare(self):
        pass

    def begin(self):
        pass

    def end(self):
        pass

    def keep(self):
        """Saves what goes with the mounts."""


class Supervisors(Kill):
    """SIGKILL to one or more supervisors."""
    kill_share = 0.25
    pause = (0.1, 0.8)

    def begin(self):
        found = fault_processes.supervisors(self.folder)
        for pid, run in self.random.sample(found, min(len(found), self.random.choice((1, 1, 1, 2, 4)))):
            # Before it dies, so that nobody sees the end of it without its cause.
            is_new = run not in self.evidence().killed
            self.evidence().killed.add(run)
            if not fault_processes.kill_supervisor(pid, run, self.folder) and is_new:
                self.evidence().killed.discard(run)


class Busy(Kill):
    """Another process, this one, holds the lock of the database for writing."""
    kill_share = 0.2
    daemon_fails = True
    lasts = (0.05, 7.0)
    pause = (0.2, 2.5)
    connection = None

    def begin(self):
        connection = sqlite3.connect(self.folder + "/data/almanac.sqlite", timeout=2, isolation_level=None)
        try:
            connection.execute(self.random.choice(("BEGIN IMMEDIATE", "BEGIN EXCLUSIVE")))
            self.connection = connection
        except sqlite3.OperationalError:
            connection.close()

    def end(self):
        if self.connection:
            self.connection.execute(self.random.choice(("COMMIT", "ROLLBACK")))
            self.connection.close()
            self.connection = None


class FullDisk(Kill):
    """The data folder is a small disk of its own, which is filled."""
    kill_share = 0.15
    needs_mounts = True
    starts_fail = logs_fail = daemon_fails = True
    lasts = (0.3, 5.0)
    pause = (0.5, 3.0)
    size = "256m"

    def prepare(self):
        os.makedirs(self.folder + "/data", exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.size},mode=700", "none", self.folder + "/data"],
                       check=True)

    def begin(self):
        # Not always to the last byte: what is left is too little for some and enough for others.
        spare = self.random.choice((0, 0, 4096, 65536, 300000))
        with open(self.folder + "/data/filling", "ab") as file:
            state = os.fstatvfs(file.fileno())
            room = state.f_bavail * state.f_bsize - spare
            try:
                os.posix_fallocate(file.fileno(), file.tell(), max(room, 1))
            except OSError:
                pass
            try:
                while spare == 0:
                    file.write(bytes(65536))
                    file.flush()
            except OSError:
                pass
            try:
                file.close()
            except OSError:
                pass

    def end(self):
        os.unlink(self.folder + "/data/filling")

    def keep(self):
        subprocess.run(["cp", "-a", self.folder + "/data", self.folder + "/data-kept"])


class ReadOnly(Kill):
    """The folder of the runs' folders becomes read-only: a read-only mount lies over it for a while."""
    kill_share = 0.2
    needs_mounts = True
    starts_fail = True
    lasts = (0.1, 4.0)
    pause = (0.5, 3.0)

    def prepare(self):
        self.runs = self.folder + "/data/runs"
        self.aside = self.folder + "/read-only"
        os.makedirs(self.runs, mode=0o700, exist_ok=True)
        os.makedirs(self.aside)

    def begin(self):
        # It becomes read-only elsewhere, where nobody writes to it.
        subprocess.run(["mount", "--bind", self.runs, self.aside], check=True)
        subprocess.run(["mount", "-o", "remount,bind,ro", self.aside], check=True)
        subprocess.run(["mount", "--move", self.aside, self.runs], check=True)

    def end(self):
        subprocess.run(["umount", "--lazy", self.runs], check=True)


MODES = {"kill": Kill, "supervisors": Supervisors, "full-disk": FullDisk, "busy": Busy, "read-only": ReadOnly}
