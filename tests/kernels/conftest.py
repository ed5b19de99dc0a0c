"""A running kernel of ours, and a way to run code in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager


@dataclass
class Running:
    manager: KernelManager
    client: BlockingKernelClient

    def run(self, code: str) -> str:
        """What the code prints, or "Name: text" of its error."""
        texts: list[str] = []

        def keep(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                texts.append(content["text"])
            elif message["msg_type"] == "error":
                texts.append(f"{content['ename']}: {content['evalue']}")

        self.client.execute_interactive(code, output_hook=keep, timeout=60, allow_stdin=False)
        return "".join(texts).strip()


Start = Callable[..., AbstractContextManager[Running]]


@contextmanager
def running(**config: Any) -> Iterator[Running]:
    manager = KernelManager(kernel_name="dashwright")
    assert manager.kernel_spec is not None
    manager.kernel_spec.metadata["kernel_provisioner"]["config"] = config
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        yield Running(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.context.destroy(linger=0)


@pytest.fixture(scope="module")
def kernel() -> Iterator[Running]:
    """One kernel with the limits as they are by default, shared by the tests of a file."""
    secrets = {
        "DATABASE_URL": "postgresql://me:secret@host/db",
        "GEMINI_API_KEY": "secret",
        "KAGGLE_KEY": "secret",
        "PGPASSWORD": "secret",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "JUPYTER_TOKEN": "secret",
        "DASHWRIGHT_DATA_DIR": "/secret",
        "HTTP_PROXY": "http://me:secret@proxy",
        "LC_TIME": "C.UTF-8",
        "TZ": "Europe/Berlin",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in secrets.items():
            patch.setenv(name, value)
        with running() as started:
            yield started


@pytest.fixture
def start() -> Start:
    """Start a kernel with another configuration of its provisioner."""
    return running
