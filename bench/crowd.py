"""32 clients that read and write for a minute, against the product and against a bare view, on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.test import Client

from huoshui.config import Config
from huoshui.duties.models import Account
from huoshui.duties.scopes import everything
from huoshui.duties.tokens import issue_token
from huoshui.kernel.reading import marks

BACKEND = "huoshui.web.backends.SignedInBackend"
ROOT = Path(__file__).resolve().parent.parent
CLIENTS = 32
SECONDS = 60
PORTS = {"product": 18_431, "bare": 18_432}
READS = {"today": "/", "ledger": "/matters/", "ledger, late": "/matters/?light=red", "places": "/places/"}
"""Pages and how they are called; the office reads them in turns, the ledger as often as all others."""


def mixed_load(threads: int = Config().threads) -> dict[str, Any]:
    """Both runs: requests a second, median and 99 of 100 in milliseconds, errors (there should be none)."""
    with _served([str(Path(sys.executable).parent / "huoshui"), "serve"], PORTS["product"], "/healthz"):
        _wait_for_the_timer()
        product = _run(PORTS["product"], _requests())
    bare_view = [sys.executable, "-m", "bench.bare", str(PORTS["bare"]), str(threads)]
    with _served(bare_view, PORTS["bare"], "/"):
        bare = _run(PORTS["bare"], [_read("bare view", "/", {})])
    return {"clients": CLIENTS, "seconds": SECONDS, "threads": threads, "product": product, "bare": bare}


def _wait_for_the_timer(patience: float = 300, quiet: float = 10) -> None:
    """Until the server has caught up with the days since the demo's last: what fell due, the ladder, its notices."""
    until, newest, since = time.monotonic() + patience, -1, time.monotonic()
    while time.monotonic() < until and time.monotonic() - since < quiet:
        if marks().newest != newest:
            newest, since = marks().newest, time.monotonic()
        time.sleep(1)


def _requests() -> list[dict[str, Any]]:
    office = Account.objects.get(username="office")
    client = Client(headers={"host": "localhost"})
    client.force_login(office, backend=BACKEND)
    signed_in = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"}
    _row, token = issue_token(by=office, account=office, name="bench", days=1, scopes=everything(write=True))
    matter = {"kind": "rectification.item", "place": "410871100201", "title": "第{n}件", "severity": "ordinary"}
    program = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": "bench-{n}"}
    write = {"name": "open a matter", "method": "POST", "path": "/api/v1/matters", "headers": program, "weight": 1}
    return [
        *(_read(name, path, signed_in) for name, path in READS.items()),
        write | {"body": json.dumps(matter, ensure_ascii=False)},
    ]


def _read(name: str, path: str, headers: dict[str, str]) -> dict[str, Any]:
    return {"name": name, "method": "GET", "path": path, "headers": headers, "body": "", "weight": 1}


def _run(port: int, requests: list[dict[str, Any]]) -> dict[str, Any]:
    plan = {"port": port, "seconds": SECONDS, "clients": CLIENTS, "requests": requests}
    ran = subprocess.run(
        [sys.executable, "-m", "bench.clients"],
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    seen = json.loads(ran.stdout)
    times = sorted(time for each in seen["times"].values() for time in each)
    return {
        "requests": len(times),
        "per_second": round(len(times) / SECONDS, 1),
        "p50_ms": round(times[len(times) // 2], 1),
        "p99_ms": round(times[-(-len(times) * 99 // 100) - 1], 1),
        "errors": len(seen["errors"]),
        "first_errors": seen["errors"][:3],
        "by_request": {name: len(each) for name, each in seen["times"].items()},
    }


@contextmanager
def _served(command: list[str], port: int, page: str, patience: float = 60) -> Iterator[None]:
    server = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"HUOSHUI_PORT": str(port)}, stdout=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + patience
        while True:
            try:
                urlopen(f"http://127.0.0.1:{port}{page}", timeout=5).close()
                break
            except (URLError, ConnectionError):
                if server.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"{command} does not answer") from None
                time.sleep(0.2)
        yield
    finally:
        server.terminate()
        server.wait(30)
