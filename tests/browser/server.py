"""`huoshui serve --demo` in a folder of its own, on a free port."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.commands.conftest import Installation
from tests.kept_files import made_once
from tests.migrated import copy_tables

OF_2017 = "of_2017.txt"
LONGEST_START = 600
"""Seconds; loading the demo takes a minute of processor time, more while other tests run beside."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def today() -> dt.date:
    """The server's day: in a test, ``kernel.clock`` stands still."""
    return dt.datetime.now(ZoneInfo("Asia/Shanghai")).date()


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """A demo server on SQLite, for as long as the block lasts; its address."""
    shutil.copytree(demo_of_today(), folder / "data")
    with _serving(folder, "data") as url:
        yield url
    shutil.rmtree(folder / "data", ignore_errors=True)


def demo_of_today() -> Path:
    """The data folder of a demo, for copying: loaded by the first start of such a server today, of the same sources.

    Beside its data lies ``OF_2017``, the digest of its past.
    """
    return made_once(f"demo-{today()}", _first_start)


def _first_start(data: Path) -> None:
    copy_tables(data)
    with _serving(data.parent, data.name):
        pass
    told = Installation(data, {}).script("from tests.demo.digest import digest\nprint(digest(of_2017=True), end='')")
    (data / OF_2017).write_text(told)


@contextmanager
def _serving(folder: Path, data: str) -> Iterator[str]:
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUOSHUI_")}
    environment |= {"HUOSHUI_DATA_DIR": str(folder / data), "HUOSHUI_PORT": str(port)}
    told = folder / "serve.txt"
    with told.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "huoshui", "serve", "--demo"],
            env=environment,
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(server, url, told)
            yield url
        finally:
            server.terminate()
            with suppress(subprocess.TimeoutExpired):
                server.wait(30)
            server.kill()


def _wait_for(server: subprocess.Popen[bytes], url: str, told: Path) -> None:
    until = time.monotonic() + LONGEST_START
    while time.monotonic() < until and server.poll() is None:
        with suppress(OSError), urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:
            if answer.status == 200:
                return
        time.sleep(0.3)
    raise RuntimeError(f"the demo server did not start:\n{told.read_text(errors='replace')}")
