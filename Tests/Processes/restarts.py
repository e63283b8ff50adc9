"""restarts.py REQUESTS RESTARTS PATH PORT -- COMMAND...: restarts a daemon under load, and says what became of the requests, as JSON.

The sockets are this process's and outlive each daemon: a Unix one at PATH and a TCP one at PORT (0 for any). Where COMMAND is
"systemctl restart UNIT", it is what restarts, and the sockets are the unit's.
"""
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

requests, restarts, path, port = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
command = sys.argv[sys.argv.index("--") + 1:]
is_unit = command[0] == "systemctl"
if not is_unit:
    tcp, unix = socket.socket(), socket.socket(socket.AF_UNIX)
    tcp.bind(("127.0.0.1", port))
    unix.bind(path)
    for listener in (tcp, unix):
        listener.listen(4096)
    port = tcp.getsockname()[1]


class UnixConnection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(path)


def start():
    def pass_sockets():
        high = [os.dup2(tcp.fileno(), 100), os.dup2(unix.fileno(), 101)]
        for index, number in enumerate(high):
            os.dup2(number, 3 + index)
            os.close(number)

    # The process id is known after the fork only.
    script = "import os, sys; os.environ['LISTEN_PID'] = str(os.getpid()); os.execvp(sys.argv[1], sys.argv[1:])"
    return subprocess.Popen(["python3", "-c", script] + command, close_fds=False, preexec_fn=pass_sockets,
                            env=dict(os.environ, LISTEN_FDS="2", LISTEN_FDNAMES="api:local"))


lock, done, failures, acknowledged, statuses = threading.Lock(), 0, [], [], {}


def client(number):
    global done
    connection = None
    while True:
        with lock:
            if done >= requests:
                return
            done += 1
            index = done
        if connection is None:
            connection = (UnixConnection("localhost", timeout=60) if number % 2
                          else http.client.HTTPConnection("127.0.0.1", port, timeout=60))
        try:
            if index % 4 == 0:
                connection.request("POST", "/api/tasks/job/run")
            elif index % 97 == 1:
                connection.request("POST", "/api/tasks/job/run?wait=true&wait_timeout=30")
            else:
                connection.request("GET", "/api/tasks")
            answer = connection.getresponse()
            body = answer.read()
            with lock:
                statuses[answer.status] = statuses.get(answer.status, 0) + 1
                if answer.status == 201:
                    acknowledged.append(json.loads(body)["id"])
                elif answer.status != 200:
                    failures.append(f"{answer.status} {body[:200]!r}")
            # Half of the clients keep their connections for as long as the daemon does.
            if number % 4 < 2 or answer.will_close:
                connection.close()
                connection = None
        except (OSError, http.client.HTTPException) as error:
            with lock:
                failures.append(f"request {index} of client {number}: {error!r}")
            connection.close()
            connection = None


daemon = None if is_unit else start()
threads = [threading.Thread(target=client, args=(number,)) for number in range(8)]
for thread in threads:
    thread.start()
codes = []
for round in range(restarts):
    while done < (round + 1) * requests // (restarts + 1):
        time.sleep(0.002)
    if is_unit:
        codes.append(subprocess.call(command))
    else:
        daemon.send_signal(signal.SIGTERM)
        codes.append(daemon.wait())
        daemon = start()
for thread in threads:
    thread.join()
connection = UnixConnection("localhost", timeout=60)
lost = []
for run in acknowledged:
    connection.request("GET", f"/api/runs/{run}")
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        lost.append(run)
    if answer.will_close:
        connection.close()
if daemon:
    daemon.send_signal(signal.SIGTERM)
    codes.append(daemon.wait())
print(json.dumps({"requests": sum(statuses.values()), "failures": failures[:10], "failed": len(failures), "acknowledged": len(acknowledged),
                  "lost": len(lost), "codes": codes, "statuses": statuses}, sort_keys=True))
