"""A daemon of a script's own: what contrib's programs start, ask and kill."""
import http.client
import json
import signal
import socket
import subprocess
import time
from datetime import datetime, timezone


def moment(text):
    """Seconds since 1970 of an RFC 3339 time in UTC, with nine digits of a fraction where it has them."""
    whole, _, fraction = text.rstrip("Z").partition(".")
    seconds = datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc).timestamp()
    return seconds + (float("0." + fraction) if fraction else 0.0)


def iso(seconds):
    return datetime.fromtimestamp(int(seconds), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout=60):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Daemon:
    """A daemon on a folder: almanac.toml, data, almanac.sock and stderr are in it."""

    def __init__(self, build, folder, configuration, environment=None):
        self.build = build
        self.folder = folder
        self.socket = folder + "/almanac.sock"
        self.environment = environment
        # Where it listens beside its Unix socket.
        self.addresses = []
        self.process = None
        self.configure(configuration)

    def configure(self, configuration):
        with open(self.folder + "/almanac.toml", "w") as file:
            file.write(configuration)

    def start(self):
        with open(self.folder + "/stderr", "a") as errors:
            self.process = subprocess.Popen(
                [self.build + "/almanac", "daemon", "--config", self.folder + "/almanac.toml",
                 "--data", self.folder + "/data"]
                + [word for address in ["unix:" + self.socket] + self.addresses for word in ("--listen", address)],
                cwd=self.folder, stderr=errors, stdin=subprocess.DEVNULL, env=self.environment)

    def answers(self, seconds=5.0):
        """Whether it answers within this time; it does not where it has ended."""
        deadline = time.time() + seconds
        while time.time() < deadline and self.process.poll() is None:
            try:
                return self.request("GET", "/health")[0] == 200
            except (OSError, http.client.HTTPException):
                time.sleep(0.001)
        return False

    def request(self, method, path, body=None, timeout=60):
        """The status of the answer, and its body, decoded where it is JSON."""
        connection = UnixConnection(self.socket, timeout)
        try:
            headers = {"Content-Type": "application/json"} if body is not None else {}
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
            is_json = "json" in answer.getheader("content-type", "")
            return answer.status, json.loads(text) if is_json else text
        finally:
            connection.close()

    def ask(self, method, path, body=None):
        return self.request(method, path, body)[1]

    def runs(self, query="", offset=0):
        """All runs of a listing, oldest first."""
        found = []
        while True:
            status, page = self.request("GET", f"/api/runs?limit=1000&offset={offset}&sort_direction=asc{query}")
            if status != 200:
                raise OSError(f"the listing of runs is refused: {page}")
            found += page["runs"]
            offset += 1000
            if offset >= page["total"]:
                return found

    def stop(self, with_signal=signal.SIGINT):
        self.process.send_signal(with_signal)
        return self.process.wait()
