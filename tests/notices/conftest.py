"""A mail server and a robot's server on the loopback, the worker of django-tasks, and a matter to be told of."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django_tasks_db.management.commands import db_worker

from huoshui.duties.models import Account
from huoshui.kernel.actions import action, running_action
from huoshui.notices import channels
from huoshui.notices.actions import send
from huoshui.notices.models import Channel
from huoshui.notices.outbox import deliver
from huoshui.places.models import Place

PARAMS = {
    "number": "ZG-2018-0001",
    "title": "栏杆松动",
    "place": "寨卜昌村",
    "town": "",
    "due": "2018-04-20",
    "days": 3,
    "level": {"zh": "提醒", "en": "Reminder"},
    "step": {"zh": "退回", "en": "Return"},
    "state": {"zh": "整改中", "en": "In hand"},
    "kind": {"zh": "宜居乡村创建", "en": "Liveable village"},
    "name": {"zh": "农村厕所调查", "en": "Survey of toilets"},
    "more": "",
    "note": "张三家门口",
    "until": "2018-05-01",
    "person": "ZG-2018-0001",
    "principal": "ZG-2018-0001",
    "delegate": "张三",
    "since": "2018-04-02",
    "duties": "寨卜昌村党支部书记",
    "role": "党支部书记",
    "count": 2,
    "day": "2018-04-01",
    "letter": "示范督〔2018〕1号",
    "reason": "材料晚到",
    "double": "ZG-2018-0002",
}
CODE = re.compile(r"确认码：(\w{8})")


class PostOffice:
    """What a mail server got; ``answer`` is what it says to a recipient."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.mails.append(parsed)
        return "250 taken"

    @property
    def subjects(self) -> list[str]:
        """A folded one begins with a space (RFC 5322, 2.2.3)."""
        return [mail["Subject"].strip() for mail in self.mails]

    @property
    def texts(self) -> list[str]:
        return [str(mail.get_content()).strip() for mail in self.mails]


@pytest.fixture(scope="session")
def mail_server() -> Iterator[SimpleNamespace]:
    """A server of the whole run."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    office = PostOffice()
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    yield SimpleNamespace(office=office, port=port)
    controller.stop()


@pytest.fixture
def post_office(mail_server: SimpleNamespace, settings: Any) -> PostOffice:
    """The mail server of the settings, empty."""
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mail_server.port
    settings.DEFAULT_FROM_EMAIL = "huoshui@example.cn"
    office: PostOffice = mail_server.office
    office.mails.clear()
    office.answer = "250 OK"
    return office


class Robot:
    """What a robot's server got; ``status`` is what it answers."""

    def __init__(self, url: str) -> None:
        self.url, self.status = url, 200
        self.posts: list[dict[str, Any]] = []

    @property
    def texts(self) -> list[str]:
        return [post["message"] for post in self.posts]


@contextmanager
def listening() -> Iterator[Robot]:
    """A robot's server on the loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            robot.posts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(robot.status)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    robot = Robot(f"json://127.0.0.1:{server.server_port}/hook-of-a-secret")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield robot
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def robot_server() -> Iterator[Robot]:
    """A server of the whole run."""
    with listening() as robot:
        yield robot


@pytest.fixture
def robot(robot_server: Robot, settings: Any) -> Robot:
    """A robot on the loopback, which the settings allow."""
    settings.CONFIG = settings.CONFIG.model_copy(update={"private_targets": True})
    robot_server.posts.clear()
    robot_server.status = 200
    return robot_server


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let the worker do all that is queued, in this thread and on the test's connection."""
    monkeypatch.setattr(db_worker, "close_old_connections", lambda: None)

    def run() -> None:
        db_worker.Worker(
            queue_names=["default"],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id="tests",
            excluded_queue_names=[],
        ).run()

    return run


def confirmed(by: Account, kind: str, address: str, heard: Any, place: Place | None = None) -> Channel:
    """A channel added and confirmed with the code that arrived; ``heard`` (post office or robot) is empty after."""
    channel = channels.add_channel(by=by, kind=kind, address=address, place=place)
    deliver(channels.send_code(by=by, channel=channel).pk)
    found = CODE.search(heard.texts[-1])
    assert found
    (heard.mails if hasattr(heard, "mails") else heard.posts).clear()
    return channels.confirm_channel(by=by, channel=channel, code=found[1])


@pytest.fixture
def mailbox(cast: SimpleNamespace, post_office: PostOffice) -> Channel:
    """The village secretary's mail, confirmed."""
    return confirmed(cast.secretary, "email", "zhishu@example.cn", post_office)


def tell(accounts: list[Account], code: str, place: Place, *, own: bool = True, restricted: bool = False) -> int:
    """A notice about the place, as an action would send it."""
    own_ones = accounts if own else []
    return _tell(accounts=accounts, code=code, subject=place, place=place, own=own_ones, restricted=restricted)


@action("tests.tell_outside")
def _tell(**given: Any) -> int:
    running_action().changed_nothing()
    return send(params=PARAMS, **given)
