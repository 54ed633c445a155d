"""``huoshui notices``: a test, what was not delivered, and sending it again."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from click.testing import CliRunner

from huoshui.commands.notices import notices
from huoshui.kernel.errors import Refusal
from huoshui.notices.models import Message
from huoshui.notices.outbox import deliver_due
from tests.notices.conftest import Robot, confirmed, tell


def run(*arguments: str) -> Any:
    return CliRunner().invoke(notices, arguments)


def test_try_list_and_send_again(robot: Robot, cast: SimpleNamespace) -> None:
    confirmed(cast.secretary, "robot", robot.url, robot)
    tried = run("test", "secretary")
    assert (tried.exit_code, tried.output) == (0, "secretary JSON 已发出\n")
    tell([cast.secretary], "matter.opened", cast.land.village)
    robot.status = 500
    deliver_due()
    Message.objects.filter(purpose="notices").update(state="failed")
    (row,) = json.loads(run("failed", "--json").output)
    assert (row["to"], row["error"]) == ("secretary", "notice.robot_refused")
    assert run("retry", "--all").exit_code == 1
    robot.status = 200
    assert Message.objects.filter(purpose="notices").update(state="failed") == 1
    again = run("retry", row["id"])
    assert (again.exit_code, again.output) == (0, "secretary JSON 已发出\n")
    assert json.loads(run("failed", "--json").output) == []


def test_what_is_not_there(cast: SimpleNamespace) -> None:
    for arguments, code in ((("test", "nobody"), "ops.unknown"), (("test", "secretary"), "notice.not_confirmed")):
        found = run(*arguments).exception
        assert isinstance(found, Refusal)
        assert found.code == code
    assert run("retry").exit_code == 2
