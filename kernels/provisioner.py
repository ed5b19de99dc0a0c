"""The provisioner: starts a kernel that sees few variables, has limits, and ends with its server."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import site
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.launcher import launch_kernel
from jupyter_client.localinterfaces import is_local_ip
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Bool, Integer, List, Unicode, default

from .scratch import scratch
from .starting import start

GIB = 1024**3

ALLOWED = (
    "PATH",
    "LANG",
    "LANGUAGE",
    "LC_[A-Z]+",
    "TZ",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "PYTHON(PATH|HOME|UTF8|IOENCODING|HASHSEED|DONTWRITEBYTECODE|UNBUFFERED)",
    "PYDEVD_DISABLE_FILE_VALIDATION",
    "JUPYTER_PLATFORM_DIRS",
    "JPY_SESSION_NAME",
    "MPLBACKEND",
    "(OMP|OPENBLAS|MKL|NUMEXPR|BLIS|VECLIB)_(NUM|MAX(IMUM)?)_THREADS",
)
"""Patterns, each matched against the whole name. Everything else stays with the server."""

_SOCKET_PATH_LIMIT = 100
"""Bytes of a socket's path without its number; the system allows 107 in all (103 on macOS)."""


def environment(given: Mapping[str, str], allowed: tuple[str, ...] = ALLOWED) -> dict[str, str]:
    """The variables of `given` that a kernel may see."""
    pattern = re.compile("|".join(f"(?:{one})" for one in allowed))
    return {name: value for name, value in given.items() if pattern.fullmatch(name)}


class Provisioner(LocalProvisioner):
    """A local kernel with an allow-list of variables, limits and sockets instead of ports.

    Each limit can be set in three places, the first that names it counts: `config` in the kernelspec's metadata, the
    traits (``c.Provisioner.memory = …``), the variable named in the trait's help in the process that starts the kernel.
    0 means no limit.
    """

    allowed = List(Unicode(), list(ALLOWED), help="Patterns of variable names that reach the kernel.").tag(config=True)
    ipc = Bool(True, help="Use sockets in a private folder instead of TCP ports, where the client is local.").tag(
        config=True
    )
    memory = Integer(help="Bytes of memory of its own (DASHWRIGHT_KERNEL_MEMORY).").tag(config=True)
    file_size = Integer(help="Bytes of one file it writes (DASHWRIGHT_KERNEL_FILE_SIZE).").tag(config=True)
    open_files = Integer(help="Open files and sockets (DASHWRIGHT_KERNEL_OPEN_FILES).").tag(config=True)
    processes = Integer(
        help="Processes and threads beyond those the user has at the start (DASHWRIGHT_KERNEL_PROCESSES)."
    ).tag(config=True)

    _folder: Path | None = None

    @default("memory")
    def _default_memory(self) -> int:
        return _number("DASHWRIGHT_KERNEL_MEMORY", 4 * GIB)

    @default("file_size")
    def _default_file_size(self) -> int:
        return _number("DASHWRIGHT_KERNEL_FILE_SIZE", 2 * GIB)

    @default("open_files")
    def _default_open_files(self) -> int:
        return _number("DASHWRIGHT_KERNEL_OPEN_FILES", 1024)

    @default("processes")
    def _default_processes(self) -> int:
        return _number("DASHWRIGHT_KERNEL_PROCESSES", 1024)

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        if self._folder is None:
            self._folder = scratch().new()
            self._use_sockets(self._folder / "k")
        kwargs = await super().pre_launch(**kwargs)
        kwargs["env"] = self._environment(kwargs["env"], self._folder)
        guard = Path(__file__).with_name("guard.py")
        order = json.dumps({"parent": os.getpid(), "limits": self.limits()})
        kwargs["cmd"] = [sys.executable, "-I", "-S", str(guard), order, *kwargs["cmd"]]
        return kwargs

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        begin = partial(launch_kernel, cmd, **self._scrub_kwargs(kwargs))
        process = await asyncio.wrap_future(start(begin))
        self.process = process
        self.pid = process.pid
        self.pgid = process.pid  # launch_kernel makes it the leader of its own session
        self.cwd = kwargs.get("cwd", Path.cwd())
        return self.connection_info

    async def cleanup(self, restart: bool = False) -> None:
        await super().cleanup(restart=restart)
        if self._folder is not None and not restart:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def limits(self) -> dict[str, int]:
        """Name of a limit of the module `resource` → value.

        RLIMIT_DATA is what a kernel may allocate; RLIMIT_AS lies above it, because libraries reserve much address
        space that they never use, and only stops shared mappings, which RLIMIT_DATA does not count.
        """
        limits = {"RLIMIT_CORE": 0}
        if self.memory:
            limits |= {"RLIMIT_DATA": self.memory, "RLIMIT_AS": self.memory + 4 * GIB}
        if self.file_size:
            limits["RLIMIT_FSIZE"] = self.file_size
        if self.open_files:
            limits["RLIMIT_NOFILE"] = self.open_files
        if self.processes:
            limits["RLIMIT_NPROC"] = _threads_of_user() + self.processes
        return limits

    def _environment(self, given: Mapping[str, str], folder: Path) -> dict[str, str]:
        named = {name: given[name] for name in self.kernel_spec.env if name in given}
        threads = str(min(os.cpu_count() or 1, 4))
        own = {
            "HOME": str(folder / "home"),
            "TMPDIR": str(folder / "tmp"),
            "MPLCONFIGDIR": str(folder / "home" / "matplotlib"),
            "IPYTHONDIR": str(folder / "home" / "ipython"),
            # each arena and each idle BLAS thread would count as memory
            "MALLOC_ARENA_MAX": "2",
        }
        if site.ENABLE_USER_SITE and site.USER_BASE:  # found through HOME otherwise
            own["PYTHONUSERBASE"] = site.USER_BASE
        defaults = {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        return defaults | environment(given, tuple(self.allowed)) | named | own

    def _use_sockets(self, path: Path) -> None:
        """Let the manager talk over sockets at `path`, unless it was told where to listen."""
        manager = self.parent
        if not self.ipc or manager is None or manager.transport != "tcp" or not is_local_ip(manager.ip):
            return
        if any(manager.ports) or len(os.fsencode(path)) > _SOCKET_PATH_LIMIT:
            return
        manager.transport, manager.ip = "ipc", str(path)
        manager.cache_ports = False


def _number(variable: str, otherwise: int) -> int:
    """A size or count from the environment: 536870912, 512MiB, 4 GB."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?\s*", os.environ.get(variable, ""), re.IGNORECASE)
    if found is None:
        return otherwise
    amount, unit, binary = found.groups()
    return int(float(amount) * (1024 if binary else 1000) ** " kmgt".index(unit.lower() or " "))


def _threads_of_user() -> int:
    """Processes and threads that count against this user's RLIMIT_NPROC now."""
    if sys.platform != "linux":
        return 0
    total, user = 0, os.getuid()
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal():
            try:
                if entry.stat().st_uid == user:
                    total += os.stat(f"/proc/{entry.name}/task").st_nlink - 2
            except OSError:
                continue
    return total
