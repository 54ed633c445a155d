"""What runs beside the web server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from huoshui.commands import background
from huoshui.commands.background import Loop
from huoshui.kernel import health
from huoshui.kernel.context import current_channel
from tests.commands.conftest import PACKS, Installation


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def _no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "close_old_connections", lambda: None)


def test_a_loop_goes_on_after_a_failure_and_stops_when_asked(caplog: pytest.LogCaptureFixture) -> None:
    channels: list[str] = []

    def work() -> None:
        channels.append(current_channel())
        if len(channels) == 1:
            raise ValueError("once")

    loop = Loop("tester", 0.01, work)
    loop.start()
    wait_for(lambda: len(channels) > 3)
    assert loop.alive()
    loop.stop()
    loop.join(5)
    assert not loop.alive()
    assert set(channels) == {"timer"}
    assert "tester failed and will be tried again" in caplog.text


def test_a_loop_that_only_fails_is_not_called_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "MINUTE", 0.0)
    failed = threading.Event()

    def work() -> None:
        failed.set()
        raise ValueError("always")

    loop = Loop("tester", 0.01, work)
    loop.start()
    assert failed.wait(5)
    wait_for(lambda: not loop.alive())
    loop.stop()
    loop.join(5)


def test_health_is_that_of_every_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "CHECKS", {"one": lambda: True, "two": lambda: False})
    assert health.background() == {"one": True, "two": False}


def test_the_whole_of_it_seals_tidies_and_runs_tasks(prepared: Installation) -> None:
    output = prepared.script(
        """
import time
from django.db import connection
from huoshui.commands.background import Background
from huoshui.commands.web_processes import WebProcesses
from huoshui.duties.queries import system_account
from huoshui.kernel import health
from huoshui.kernel.models import Seal
from huoshui.places.actions import open_place
from tests.commands.tasks import add

result = add.enqueue(2, 3)
background = Background(WebProcesses([], 0))
background.start()
open_place(by=system_account(), kind="province", code="42", name="湖北省", parent=None)
until = time.monotonic() + 30
while time.monotonic() < until:
    result.refresh()
    if result.is_finished and Seal.objects.filter(position=6).exists():
        break
    time.sleep(0.1)
print(result.return_value, all(health.background().values()))
open_place(by=system_account(), kind="province", code="43", name="湖南省", parent=None)
began = time.monotonic()
background.stop()
print(Seal.objects.count(), time.monotonic() - began < 10, health.background())
"""
    )
    assert output.splitlines() == ["5 True", f"{PACKS + 3} True {{}}"]
