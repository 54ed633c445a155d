"""A receiver on the loopback, a webhook of the administrator, and the worker of django-tasks."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import huoshui.web.urls  # noqa: F401 - every action is known, as in a served installation
from huoshui.kernel import clock
from huoshui.kernel.journal import seal_pending
from huoshui.webhooks.actions import set_up
from huoshui.webhooks.models import Webhook

__all__ = ["work"]

from tests.notices.conftest import work


@dataclass
class Receiver:
    """What a receiver got; ``statuses`` is what it answers, one after the other, then 204."""

    url: str = ""
    posts: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def ids(self) -> list[str]:
        """The webhook-id of each post."""
        return [headers["webhook-id"] for headers, _body in self.posts]


@pytest.fixture(scope="session")
def listening() -> Iterator[Receiver]:
    """A receiver of the whole run."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.posts.append(({name.lower(): value for name, value in self.headers.items()}, body))
            status = receiver.statuses.pop(0) if receiver.statuses else 204
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"{receiver.url}elsewhere")
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield receiver
    server.shutdown()
    server.server_close()


@pytest.fixture
def receiver(listening: Receiver, settings: Any) -> Receiver:
    """The receiver, which the settings allow by its network."""
    update = {"private_hosts": ["127.0.0.0/8"], "site_url": "https://huoshui.example.cn"}
    settings.CONFIG = settings.CONFIG.model_copy(update=update)
    listening.posts.clear()
    listening.statuses.clear()
    return listening


@pytest.fixture(autouse=True)
def _own_checkpoints(settings: Any, tmp_path: Path) -> None:
    """What is sealed here is sealed for this test alone."""
    settings.JOURNAL_CHECKPOINT_DIRS = [tmp_path / "checkpoints"]


@pytest.fixture(autouse=True)
def _today(cast: SimpleNamespace) -> Iterator[None]:
    """A signature is good for minutes of the true time only. The cast stands before: at one time, it is kept."""
    with clock.set_to(dt.datetime.now(dt.UTC)):
        yield


@pytest.fixture
def hook(cast: SimpleNamespace, receiver: Receiver) -> tuple[Webhook, str]:
    """A webhook of the administrator for all that happens to places and matters, with its secret."""
    seal_pending()
    events = ["places.*", "matters.*"]
    return set_up(by=cast.administrator, name="区一体化平台", url=receiver.url, events=events)
