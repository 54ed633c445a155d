"""Webhooks set up, changed, tried, turned off, removed; and whom they may not call."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.duties.actions import grant_duty
from huoshui.duties.queries import system_account
from huoshui.kernel import clock, outward
from huoshui.kernel.errors import Refusal
from huoshui.webhooks import actions
from huoshui.webhooks.models import Webhook
from huoshui.webhooks.outbox import deliver
from tests.webhooks.conftest import Receiver

Hook = tuple[Webhook, str]
PRIVATE = [
    "https://127.0.0.1/x", "https://10.8.0.5/x", "https://192.168.1.1/", "https://169.254.169.254/latest",
    "https://[::1]/x", "https://[::ffff:10.0.0.1]/x", "https://localhost/x", "https://0.0.0.0/",
]  # fmt: skip


def refusal(**given: Any) -> str:
    with pytest.raises(Refusal) as refused:
        actions.set_up(**{"name": "平台", "events": ["matters.*"]} | given)
    return refused.value.code


@pytest.mark.parametrize("url", PRIVATE)
def test_a_private_address_is_refused(cast: SimpleNamespace, url: str) -> None:
    assert refusal(by=cast.administrator, url=url) == "outward.private"


@pytest.mark.parametrize(
    ("allowed", "url"),
    [
        ("10.8.0.0/24", "https://10.8.0.5/x"),
        ("10.8.0.5", "http://10.8.0.5:8080/x"),
        ("localhost", "http://localhost/x"),
    ],
)
def test_unless_the_operator_allows_that_one(cast: SimpleNamespace, settings: Any, allowed: str, url: str) -> None:
    settings.CONFIG = settings.CONFIG.model_copy(update={"private_hosts": [allowed]})
    actions.set_up(by=cast.administrator, name="平台", url=url, events=["matters.*"])
    assert refusal(by=cast.administrator, url="https://10.9.0.5/x") == "outward.private"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://example.cn/x", "webhook.url"),
        ("https://user:key@example.cn/", "webhook.url"),
        ("https://:key@example.cn/", "webhook.url"),
        ("https://example.cn/#x", "webhook.url"),
        ("https://example.cn:99999/", "webhook.url"),
        ("https://例子.cn/", "webhook.url"),
        ("", "webhook.url"),
        ("https://no-such-host.invalid/", "outward.unknown"),
        ("http://93.184.215.14/x", "outward.https"),
    ],
)
def test_an_address_outside_is_https_and_nothing_hides_in_it(cast: SimpleNamespace, url: str, code: str) -> None:
    assert refusal(by=cast.administrator, url=url) == code


def test_the_connection_goes_to_the_address_that_was_looked_at(
    receiver: Receiver, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is resolved once: what it says a moment later does not count."""
    port = int(receiver.url.rpartition(":")[2].partition("/")[0])
    answers = iter([["127.0.0.1"], ["192.0.2.1"]])
    monkeypatch.setattr(
        outward.socket,
        "getaddrinfo",
        lambda host, port, *a, **k: [
            (2, 1, 6, "", (address, port)) for address in ([host] if host[0].isdigit() else next(answers))
        ],
    )
    assert outward.post(f"http://rebinding.example:{port}/hook", b"{}", {}) == 204
    assert receiver.posts[0][0]["host"] == f"rebinding.example:{port}"
    assert next(answers) == ["192.0.2.1"]  # it was never asked a second time


@pytest.mark.parametrize(
    ("events", "code"),
    [([], "webhook.no_event"), (["vault.reveal"], "webhook.unknown_event"), (["nope.*"], "webhook.unknown_event")],
)
def test_events_are_known_ones(cast: SimpleNamespace, receiver: Receiver, events: list[str], code: str) -> None:
    assert refusal(by=cast.administrator, url=receiver.url, events=events) == code


def test_not_without_the_permission(cast: SimpleNamespace, receiver: Receiver) -> None:
    assert refusal(by=cast.leader, url=receiver.url) == "access.denied"


def test_a_whole_group_includes_its_events(cast: SimpleNamespace, receiver: Receiver) -> None:
    events = ["matters.open", "matters.*", "places.open"]
    webhook, _ = actions.set_up(by=cast.administrator, name=" 平台 ", url=receiver.url, events=events)
    assert (webhook.name, webhook.events) == ("平台", ["matters.*", "places.open"])


def test_another_administrator_ends_it_but_does_not_bend_it(hook: Hook, cast: SimpleNamespace) -> None:
    webhook, _ = hook
    grant_duty(
        by=system_account(), account=cast.auditor, role="administrator", place=cast.land.district, since=clock.today()
    )
    for bend in (
        lambda: actions.rotate_secret(by=cast.auditor, webhook=webhook),
        lambda: actions.change(by=cast.auditor, webhook=webhook, name="x", url=webhook.url, events=webhook.events),
        lambda: actions.send_test(by=cast.auditor, webhook=webhook),
    ):
        with pytest.raises(Refusal) as refused:
            bend()
        assert refused.value.code == "webhook.not_own"
    assert not actions.turn(by=cast.auditor, webhook=webhook, on=False).is_active
    with pytest.raises(Refusal) as refused:
        actions.turn(by=cast.auditor, webhook=webhook, on=True)
    assert refused.value.code == "webhook.not_own"
    actions.remove(by=cast.auditor, webhook=webhook)
    with pytest.raises(Refusal) as gone:
        actions.turn(by=cast.administrator, webhook=webhook, on=True)
    assert gone.value.code == "access.not_found"


def test_a_test_and_a_second_sending(hook: Hook, receiver: Receiver, cast: SimpleNamespace) -> None:
    webhook, _ = hook
    receiver.statuses.append(500)
    tried = deliver(actions.send_test(by=cast.administrator, webhook=webhook).pk)
    assert tried is not None
    assert (tried.state, tried.status) == ("failed", 500)
    assert Webhook.objects.get().is_active  # a test that failed turns nothing off
    again = deliver(actions.resend(by=cast.administrator, telling=tried).pk)
    assert again is not None
    assert (again.state, again.status) == ("sent", 204)
    assert len(set(receiver.ids())) == 1
    actions.turn(by=cast.administrator, webhook=webhook, on=False)
    with pytest.raises(Refusal) as refused:
        actions.resend(by=cast.administrator, telling=again)
    assert refused.value.code == "webhook.off"


def test_changing_wants_the_version_that_was_open(hook: Hook, receiver: Receiver, cast: SimpleNamespace) -> None:
    webhook, _ = hook
    given = {"name": "改名", "url": receiver.url, "events": ["places.*"]}
    with pytest.raises(Refusal) as refused:
        actions.change(by=cast.administrator, webhook=webhook, seen_version=7, **given)
    assert refused.value.code == "record.stale"
    changed = actions.change(by=cast.administrator, webhook=webhook, seen_version=1, **given)
    assert (changed.name, changed.events, changed.version) == ("改名", ["places.*"], 2)
