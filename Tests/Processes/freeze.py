"""freeze.py PID THREAD: stops one thread of a process, says so, and lets it go when it, or the process that started it, is killed. ptrace(2)."""
import ctypes
import os
import sys
import time

SEIZE, INTERRUPT = 0x4206, 0x4207
library = ctypes.CDLL(None, use_errno=True)
library.prctl(1, 9, 0, 0, 0)  # PR_SET_PDEATHSIG, SIGKILL
ptrace = library.ptrace
ptrace.argtypes = [ctypes.c_long] * 4
ptrace.restype = ctypes.c_long
process, name = sys.argv[1:]
for thread in os.listdir(f"/proc/{process}/task"):
    with open(f"/proc/{process}/task/{thread}/comm") as file:
        if file.read().strip() == name:
            break
else:
    sys.exit(f"process {process} has no thread {name}")
for request in (SEIZE, INTERRUPT):
    if ptrace(request, int(thread), 0, 0) == -1:
        sys.exit(os.strerror(ctypes.get_errno()))
print("stopped", flush=True)
while True:
    time.sleep(60)
