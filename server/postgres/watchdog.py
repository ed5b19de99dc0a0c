"""Stops the server when nobody uses it any more, however its users ended.

    python -I -S watchdog.py RUN UID GID PG_CTL CLUSTER

RUN has the lock files. Every user of the server holds a shared lock on ``postgres.users``, which the system takes back
when a process ends in any way. Whoever gets the exclusive lock is alone, and so may stop the server. This program waits
for that; it is all there is to do it after kill -9. Imports nothing outside the standard library.
"""

from __future__ import annotations

import fcntl
import os
import sys
import time

APPEARING_PATIENCE, STARTING_PATIENCE = 3.0, 30.0
"""Seconds that a server begun by a killed process gets to show up, and to become ready; it cannot be stopped before."""


def main(run: str, uid: int, gid: int, pg_ctl: str, cluster: str) -> None:
    if os.fork():
        return  # nobody waits for this program, so it must not be anybody's child
    os.setsid()
    watching = os.open(os.path.join(run, "postgres.watchdog"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(watching, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return  # there is one already
    users = os.open(os.path.join(run, "postgres.users"), os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(users, fcntl.LOCK_EX)
    wait_while_starting(os.path.join(run, "postgres.starting"), os.path.join(cluster, "postmaster.pid"))
    # Both locks are held until the server has stopped: who wants to start it again waits for that.
    os.set_inheritable(watching, True)
    os.set_inheritable(users, True)
    if os.geteuid() != uid:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    os.chdir("/")
    os.execve(  # noqa: S606
        pg_ctl,
        [pg_ctl, "stop", "--silent", "--wait", "--timeout=120", "--mode=fast", f"--pgdata={cluster}"],
        {"PATH": os.defpath, "LC_ALL": "C"},
    )


def wait_while_starting(marker: str, pid_file: str) -> None:
    begun = time.monotonic()
    patience = APPEARING_PATIENCE
    while os.path.exists(marker) and time.monotonic() < begun + patience:
        try:
            with open(pid_file, encoding="ascii", errors="replace") as file:
                if "ready" in file.read():
                    return
            patience = STARTING_PATIENCE
        except OSError:
            pass
        time.sleep(0.1)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5])
