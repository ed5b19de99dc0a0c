"""Tie a command to the process that started it: ``tether.py GRACE KEEP COMMAND...``, with a pipe to it as stdin.

When the pipe closes, because its holder ended or was killed in any way, the command is asked to end (SIGTERM) and
after GRACE seconds it is made to. With KEEP "no" whatever the command leaves behind goes too (on Linux the tether
adopts orphans); with "yes" it stays, for a command that leaves something behind which looks after itself.
Runs by its path with ``python -I -S`` and imports nothing of ours, so it starts fast and stays small.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
LINUX = sys.platform.startswith("linux")
LEFT_BEHIND_GRACE = 3.0
"""Seconds that processes left behind by an ended command have to end themselves."""


def main(arguments: list[str]) -> int:
    """Run the command and answer with its exit code (128 + signal when a signal ended it)."""
    grace, keep, command = float(arguments[0]), arguments[1] == "yes", arguments[2:]
    wakeup = listen_to_signals()
    if not keep:
        control(PR_SET_CHILD_SUBREAPER, 1)
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        # This process has one thread, so running code between fork and exec is safe here.
        preexec_fn=end_with_tether,
    )
    code = watch(child, wakeup)
    if code is None:
        code = end(child, grace)
    if not keep:
        end_all(LEFT_BEHIND_GRACE)
    return code if code >= 0 else 128 - code


def control(option: int, value: int) -> None:
    """A process control of Linux; elsewhere the pipe alone does the work."""
    if LINUX:
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def end_with_tether() -> None:
    """In the child: end when the tether is killed, which no other part of it would notice."""
    control(PR_SET_PDEATHSIG, signal.SIGTERM)


def listen_to_signals() -> int:
    """A file descriptor on which every caught signal writes its number."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    return reading


def watch(child: subprocess.Popen[bytes], wakeup: int) -> int | None:
    """Wait until the child ended (its code) or it is time to end it (None)."""
    with selectors.DefaultSelector() as selector:
        selector.register(0, selectors.EVENT_READ)
        selector.register(wakeup, selectors.EVENT_READ)
        while True:
            ready = {key.fd for key, _ in selector.select()}
            if wakeup in ready:
                caught = set(os.read(wakeup, 512))
                if child.poll() is not None:
                    return child.returncode
                if caught - {int(signal.SIGCHLD)}:
                    return None
                reap(child.pid)
            if 0 in ready and not os.read(0, 512):
                return None


def reap(keep: int) -> None:
    """Take the exit codes of adopted orphans, so that none stays as a zombie; the child's own is left to Popen."""
    for pid in descendants(os.getpid()):
        if pid != keep:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


def end(child: subprocess.Popen[bytes], grace: float) -> int:
    """Ask the child to end, then make it."""
    child.terminate()
    try:
        return child.wait(grace)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def end_all(grace: float) -> None:
    """End everything that is still below this process."""
    tell(descendants(os.getpid()), signal.SIGTERM)
    deadline = time.monotonic() + grace
    while pids := descendants(os.getpid()):
        if time.monotonic() > deadline:
            tell(pids, signal.SIGKILL)
        reap(0)
        time.sleep(0.02)


def tell(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def descendants(root: int) -> list[int]:
    """Every process below `root`, by the parents that the system tells."""
    children: dict[int, list[int]] = {}
    for pid, parent in parents():
        children.setdefault(parent, []).append(pid)
    found: list[int] = []
    waiting = [root]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def parents() -> list[tuple[int, int]]:
    """(process, its parent) of all processes."""
    if not LINUX:
        lister = subprocess.Popen(["/bin/ps", "-axo", "pid=,ppid="], stdout=subprocess.PIPE, text=True)
        rows = [line.split() for line in lister.communicate()[0].splitlines()]
        return [(int(pid), int(parent)) for pid, parent in rows if int(pid) != lister.pid]
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                # The second field is the program's name in brackets and may itself hold brackets and spaces.
                found.append((int(name), int(file.read().rpartition(")")[2].split()[1])))
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
