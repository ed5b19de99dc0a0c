"""What code in a kernel can see and use."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest

from dashwright.kernels.provisioner import Provisioner, environment


def test_secrets_of_the_server_are_not_in_the_kernels_environment(kernel: Any) -> None:
    seen = json.loads(kernel.run("import json, os; print(json.dumps(dict(os.environ)))"))
    assert "secret" not in json.dumps(seen)
    assert not [name for name in seen if name.startswith("DASHWRIGHT_")]
    assert {"PATH", "HOME", "LC_TIME", "TZ"} <= set(seen)


def test_secrets_are_not_in_the_process_either(kernel: Any) -> None:
    assert "secret" not in kernel.run("print(open('/proc/self/environ').read())")
    assert "secret" not in kernel.run("print(open('/proc/self/cmdline').read())")


def test_home_and_temporary_folder_are_the_kernels_own(kernel: Any) -> None:
    home, temporary = kernel.run("import os, tempfile; print(os.path.expanduser('~'), tempfile.gettempdir())").split()
    assert Path(home) != Path.home()
    assert Path(home).parent == Path(temporary).parent
    assert Path(home).stat().st_mode & 0o077 == 0


def test_talks_over_private_sockets_instead_of_ports(kernel: Any) -> None:
    assert kernel.manager.transport == "ipc"
    assert Path(kernel.manager.ip).parent.stat().st_uid == os.getuid()


def test_keeps_no_history(kernel: Any) -> None:
    assert kernel.run("print(get_ipython().history_manager.enabled)") == "False"


def test_limits_are_set(kernel: Any) -> None:
    code = "import resource; print([resource.getrlimit(getattr(resource, 'RLIMIT_' + k)) for k in {!r}.split()])"
    limits = kernel.run(code.format("DATA CORE NOFILE"))
    assert limits == f"[({4 * 1024**3}, {4 * 1024**3}), (0, 0), (1024, 1024)]"


def test_too_much_memory_is_an_error_and_the_kernel_lives_on(start: Any) -> None:
    with start(memory=600 * 1024**2) as kernel:
        kernel.run("import numpy as np, pandas as pd, pyarrow")
        assert kernel.run("len(np.ones(125_000_000))").startswith(("MemoryError", "_ArrayMemoryError"))
        assert kernel.run("len(bytearray(10**9))").startswith("MemoryError")
        assert kernel.run("import mmap; mmap.mmap(-1, 8 * 1024**3)").startswith("OSError")
        assert kernel.run("print(pd.Series([1, 2]).sum())") == "3"


def test_a_file_may_not_grow_past_its_limit(start: Any) -> None:
    with start(file_size=1024**2) as kernel:
        assert "File too large" in kernel.run(
            "import os\nwith open(os.environ['TMPDIR'] + '/big', 'wb') as f:\n    f.write(bytes(2 * 1024**2))"
        )


def test_limit_from_the_environment_of_the_starting_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHWRIGHT_KERNEL_MEMORY", str(512 * 1024**2))
    assert Provisioner().limits()["RLIMIT_DATA"] == 512 * 1024**2
    assert Provisioner(memory=1024**3).limits()["RLIMIT_DATA"] == 1024**3
    assert "RLIMIT_DATA" not in Provisioner(memory=0).limits()


@pytest.mark.parametrize(
    ("text", "size"), [("512MiB", 512 * 1024**2), ("4 GB", 4 * 10**9), ("0", 0), ("1.5gib", 3 * 512 * 1024**2)]
)
def test_sizes_may_have_a_unit(monkeypatch: pytest.MonkeyPatch, text: str, size: int) -> None:
    monkeypatch.setenv("DASHWRIGHT_KERNEL_FILE_SIZE", text)
    assert Provisioner().file_size == size


@pytest.mark.parametrize("name", ["PATHX", "MYPATH", "LC_TIME_TOKEN_1", "PYTHONSTARTUP", "OMP_NUM_THREADS_KEY"])
def test_only_whole_names_are_allowed(name: str) -> None:
    assert environment({name: "secret"}) == {}


def test_interrupt_and_restart(start: Any) -> None:
    with start() as kernel:
        timer = threading.Timer(0.5, os.killpg, (kernel.manager.provisioner.pgid, signal.SIGINT))
        timer.start()
        assert kernel.run("import time; time.sleep(60)").startswith("KeyboardInterrupt")
        assert kernel.run("print(6 * 7)") == "42"
        kernel.run("x = 1")
        kernel.manager.restart_kernel(now=True)
        kernel.client.wait_for_ready(timeout=60)
        assert kernel.run("print(x)").startswith("NameError")


FROM_A_THREAD = """
import threading, time
from jupyter_client.manager import KernelManager
manager = KernelManager(kernel_name="dashwright")
thread = threading.Thread(target=manager.start_kernel)
thread.start()
thread.join()
time.sleep(0.3)
print(manager.is_alive())
manager.shutdown_kernel(now=True)
"""


def test_started_from_a_thread_that_ends_the_kernel_lives_on() -> None:
    assert _python(FROM_A_THREAD).split() == ["True"]


SERVER = """
import sys, time
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name="dashwright")
print(manager.provisioner.pid, manager.ip, flush=True)
time.sleep(600)
"""


def test_dies_with_its_server_even_when_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        pid, address = server.stdout.readline().split()
        assert _alive(int(pid))
        os.kill(int(pid), signal.SIGSTOP)  # ipykernel itself looks once a second whether its server is gone
        server.send_signal(signal.SIGKILL)
        server.wait()
    deadline = time.monotonic() + 60
    while _alive(int(pid)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _alive(int(pid))
    left_over = Path(address).parent.parent  # the next process tidies up
    assert left_over.exists()
    _python("from dashwright.kernels.scratch import scratch; scratch()")
    assert not left_over.exists()


def test_papermill_runs_a_notebook_with_it(tmp_path: Path) -> None:
    cell = nbformat.v4.new_code_cell("import os; print('DATABASE_URL' in os.environ, os.getcwd())")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "a.ipynb")
    command = [sys.executable, "-m", "papermill", "a.ipynb", "b.ipynb", "-k", "dashwright", "--no-progress-bar"]
    environ = os.environ | {"DATABASE_URL": "postgresql://secret"}
    subprocess.run(command, cwd=tmp_path, env=environ, check=True, capture_output=True)
    done = nbformat.read(tmp_path / "b.ipynb", as_version=4)
    assert done.cells[-1].outputs[0].text.split() == ["False", str(tmp_path)]


def _python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
