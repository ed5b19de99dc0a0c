"""Run a command on a network of its own, on which a public address answers: ``public_network.py LOG COMMAND...``.

The network has nothing but the loopback device, which also gets PUBLIC as an address. A web server on all addresses
writes what is asked of which into LOG. Linux and root only: exit code 77 where no network can be made.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import struct
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PUBLIC = "93.184.216.34"
"""Of the public internet, where this program's server is not."""
NOT_POSSIBLE = 77
ROWS = "city,amount\n" + "".join(f"{city},{number}\n" for number in range(30) for city in ("Oslo", "Rome"))
MOVED = {
    "/to-loopback.csv": "http://127.0.0.1/inside.csv",
    "/to-metadata.csv": "http://169.254.169.254/inside.csv",
}
CLONE_NEWNET, PR_SET_PDEATHSIG = 0x40000000, 1
SIOCSIFADDR, SIOCSIFFLAGS, IFF_UP = 0x8916, 0x8914, 0x1


class Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        asked = f"{self.connection.getsockname()[0]}{self.path}\n"
        with open(sys.argv[1], "a") as log:
            log.write(asked)
        body = b"" if self.path in MOVED else ROWS.encode()
        self.send_response(302 if self.path in MOVED else 200)
        if self.path in MOVED:
            self.send_header("Location", MOVED[self.path])
        self.send_header("Content-Type", "text/csv")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def make_network() -> None:
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        sys.exit(NOT_POSSIBLE)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
        address = struct.pack("16sHH4s8x", b"lo:1", socket.AF_INET, 0, socket.inet_aton(PUBLIC))
        fcntl.ioctl(control, SIOCSIFADDR, address)


def main() -> None:
    make_network()
    server = ThreadingHTTPServer(("0.0.0.0", 80), Server)  # listens before the command begins
    parent = os.getpid()
    if os.fork() == 0:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        if os.getppid() == parent:
            server.serve_forever()
        os._exit(0)
    server.socket.close()
    os.execvp(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
