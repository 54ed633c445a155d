"""Which events a webhook may carry."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace

from huoshui.duties.actions import grant_duty
from huoshui.duties.sign_in import sign_in, turn_on_two_steps
from huoshui.kernel.actions import ACTIONS
from huoshui.kernel.journal import seal_pending
from huoshui.webhooks.actions import set_up
from huoshui.webhooks.events import PRIVATE, known_events
from huoshui.webhooks.outbox import tick
from tests.webhooks.conftest import Receiver


def test_how_somebody_signs_in_is_never_told(
    cast: SimpleNamespace, receiver: Receiver, work: Callable[[], None]
) -> None:
    seal_pending()
    set_up(by=cast.administrator, name="平台", url=receiver.url, events=["duties.*"])
    sign_in(by=cast.secretary, account=cast.secretary, shown=["password"])
    turn_on_two_steps(by=cast.secretary, account=cast.secretary, method="totp")
    grant_duty(by=cast.administrator, account=cast.secretary, role="grid_worker", place=cast.land.village)
    seal_pending()
    tick()
    work()
    assert [json.loads(body)["type"] for _headers, body in receiver.posts] == ["duties.grant"]


def test_nor_offered() -> None:
    assert ACTIONS.keys() >= PRIVATE
    assert not PRIVATE & set(known_events())
    assert "duties.grant" in known_events()
