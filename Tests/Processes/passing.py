"""passing.py SOCKET... -- COMMAND...: becomes COMMAND, with descriptors as a service manager passes them.

SOCKET is KIND[:WHERE]=NAME: tcp[:ADDRESS], unix:PATH, abstract:NAME, dgram:PATH, packet:PATH, pair, file:PATH. Without any =NAME no names are
passed; LISTEN_PID is this process unless the environment says otherwise.
"""
import fcntl
import os
import socket
import sys

end = sys.argv.index("--")
descriptors, names = [], []
for text in sys.argv[1:end]:
    text, _, name = text.partition("=")
    kind, _, where = text.partition(":")
    if kind == "tcp":
        opened = socket.socket(socket.AF_INET)
        opened.bind((where or "127.0.0.1", 0))
    elif kind in ("unix", "abstract"):
        opened = socket.socket(socket.AF_UNIX)
        opened.bind(where if kind == "unix" else "\0" + where)
    elif kind in ("dgram", "packet"):
        opened = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM if kind == "dgram" else socket.SOCK_SEQPACKET)
        opened.bind(where)
    elif kind == "pair":
        opened, other = socket.socketpair()
    if kind in ("tcp", "unix", "abstract", "packet"):
        opened.listen(128)
    number = os.open(where, os.O_RDONLY) if kind == "file" else opened.detach()
    descriptors.append(fcntl.fcntl(number, fcntl.F_DUPFD, 100))
    if name:
        names.append(name)
os.closerange(3, 100)
for index, number in enumerate(descriptors):
    os.dup2(number, 3 + index)
    os.close(number)
os.environ["LISTEN_FDS"] = str(len(descriptors))
os.environ.setdefault("LISTEN_PID", str(os.getpid()))
if names:
    os.environ["LISTEN_FDNAMES"] = ":".join(names)
os.execvp(sys.argv[end + 1], sys.argv[end + 1:])
