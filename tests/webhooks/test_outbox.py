"""Events go out signed, once, until they are taken; to real servers on the loopback."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from huoshui.duties.actions import end_duty, grant_duty
from huoshui.duties.delegating import delegate
from huoshui.duties.queries import system_account
from huoshui.kernel import clock
from huoshui.kernel.journal import seal_pending
from huoshui.kernel.models import Entry
from huoshui.notices.models import Notice
from huoshui.places.actions import amend_attributes
from huoshui.places.models import Place
from huoshui.webhooks import actions, outbox
from huoshui.webhooks.models import Telling, Webhook
from huoshui.webhooks.outbox import BACKOFF, CUT_OFF, deliver, due, gather, tick
from huoshui.webhooks.signing import secrets_of
from tests.webhooks.conftest import Receiver

Work = Callable[[], None]
Hook = tuple[Webhook, str]


def something_happens(cast: SimpleNamespace, households: int = 1) -> None:
    """A change of a place, sealed."""
    village = Place.objects.get(pk=cast.land.village.pk)
    amend_attributes(by=cast.administrator, place=village, attributes={"households": households})
    seal_pending()


def run(work: Work) -> None:
    """The timer, and the worker after it."""
    tick()
    work()


def later(**time: float) -> Any:
    return clock.set_to(clock.now() + dt.timedelta(**time))


def test_an_event_goes_out_signed_once_and_says_no_more_than_what_and_where(
    hook: Hook, receiver: Receiver, cast: SimpleNamespace, work: Work
) -> None:
    something_happens(cast)
    assert receiver.posts == []  # nothing before the worker
    for _time in range(3):
        run(work)
    ((headers, body),) = receiver.posts
    told = Verifier(hook[1]).verify(body, headers)
    entry = Entry.objects.get(action="places.amend")
    link = f"https://huoshui.example.cn/journal/{entry.seq}"
    assert told == {
        "type": "places.amend",
        "timestamp": entry.at.isoformat().replace("+00:00", "Z"),
        "data": {"entry": entry.seq, "kind": "places.place", "id": str(cast.land.village.pk), "link": link},
    }
    with pytest.raises(WebhookVerificationError):
        Verifier(hook[1]).verify(body.replace(b"amend", b"close"), headers)
    telling = Telling.objects.get()
    assert (telling.state, telling.status, telling.attempts) == ("sent", 204, 1)


def test_what_was_before_and_what_was_not_asked_for_stays(
    hook: Hook, receiver: Receiver, cast: SimpleNamespace, work: Work
) -> None:
    assert Entry.objects.filter(action="places.open").exists()
    actions.set_up(by=cast.administrator, name="第二个", url=receiver.url, events=["duties.grant"])
    seal_pending()
    run(work)
    assert receiver.posts == []


def test_restricted_entries_never_go_out(hook: Hook, receiver: Receiver, cast: SimpleNamespace, work: Work) -> None:
    Entry.objects.create(
        at=clock.now(), actor_id=cast.leader.pk, actor_label="x", action="places.amend", subject_kind="places.place",
        subject_id=cast.land.village.pk, subject_label="x", place_id=cast.land.village.pk,
        place_path=cast.land.village.path, restricted=True, channel="web", data="{}",
    )  # fmt: skip
    seal_pending()
    run(work)
    assert receiver.posts == []


def test_a_restart_in_the_middle_takes_nothing_twice_and_nothing_less(
    hook: Hook, receiver: Receiver, cast: SimpleNamespace, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "BATCH", 2)
    for households in range(1, 6):
        something_happens(cast, households)
    real, calls = outbox._gather_batch, []

    def killed(pk: Any) -> Any:
        calls.append(pk)
        if len(calls) == 2:
            raise SystemExit
        return real(pk)

    monkeypatch.setattr(outbox, "_gather_batch", killed)
    with pytest.raises(SystemExit):
        gather()
    monkeypatch.setattr(outbox, "_gather_batch", real)
    assert 0 < Telling.objects.count() < 5
    run(work)
    run(work)
    told = [json.loads(body)["data"]["entry"] for _headers, body in receiver.posts]
    assert told == list(Entry.objects.filter(action="places.amend").order_by("seq").values_list("seq", flat=True))


def test_cut_off_while_sending_it_goes_again_under_the_same_id(
    hook: Hook, receiver: Receiver, cast: SimpleNamespace, work: Work
) -> None:
    something_happens(cast)
    gather()
    telling = Telling.objects.get()
    assert deliver(telling.pk)
    Telling.objects.update(state="sending", began_at=clock.now())  # killed before the outcome was written
    run(work)
    assert len(receiver.posts) == 1
    with later(seconds=CUT_OFF.total_seconds() + 1):
        run(work)
    assert receiver.ids() == [f"msg_{telling.pk}"] * 2


@pytest.mark.parametrize("status", [500, 302, 404])
def test_only_2xx_is_taken_and_no_redirect_followed(
    hook: Hook, receiver: Receiver, cast: SimpleNamespace, work: Work, status: int
) -> None:
    receiver.statuses.append(status)
    something_happens(cast)
    run(work)
    telling = Telling.objects.get()
    assert (telling.state, telling.status, telling.error) == ("waiting", status, "webhook.refused")
    assert len(receiver.posts) == 1
    with later(seconds=7):
        run(work)
    assert len(receiver.posts) == 2
    assert Telling.objects.get().state == "sent"


def test_after_three_days_of_trying_it_is_turned_off_and_its_owner_told(
    hook: Hook, receiver: Receiver, cast: SimpleNamespace, work: Work
) -> None:
    receiver.statuses += [503] * (len(BACKOFF) + 1)
    duty = grant_duty(by=system_account(), account=cast.administrator, role="leader", place=cast.land.district)
    days = {"since": clock.today(), "until": clock.today() + dt.timedelta(days=9)}
    delegate(by=cast.administrator, duties=[duty], to=cast.stranger, **days)
    something_happens(cast)
    began, moment = clock.now(), clock.now()
    run(work)
    for pause in BACKOFF:
        moment += pause * (1 + outbox.JITTER) + dt.timedelta(seconds=1)
        with clock.set_to(moment):
            run(work)
    webhook = Webhook.objects.get()
    assert Telling.objects.get().state == "failed"
    assert (webhook.is_active, webhook.error, webhook.error_params) == (False, "webhook.refused", {"status": 503})
    assert dt.timedelta(days=3) < moment - began < dt.timedelta(days=4)
    notice = Notice.objects.get(code="webhook.given_up")
    assert notice.account == cast.administrator  # and nobody who stands in for them
    assert "区一体化平台" in notice.text
    assert Entry.objects.get(action="webhooks.give_up").subject_id == webhook.pk
    posts = len(receiver.posts)
    something_happens(cast, 2)
    run(work)
    assert len(receiver.posts) == posts


def test_whoever_answers_gone_is_asked_no_more(
    hook: Hook, receiver: Receiver, cast: SimpleNamespace, work: Work
) -> None:
    receiver.statuses.append(410)
    something_happens(cast)
    run(work)
    assert not Webhook.objects.get().is_active


def test_a_receiver_that_is_down_is_asked_once_and_hears_all_in_order_later(
    hook: Hook, receiver: Receiver, cast: SimpleNamespace, work: Work
) -> None:
    receiver.statuses.append(503)
    for households in range(1, 4):
        something_happens(cast, households)
    run(work)
    assert len(receiver.posts) == 1
    with later(seconds=7):
        run(work)
    assert len(receiver.posts) == 4
    assert receiver.ids()[0] == receiver.ids()[1]
    assert receiver.ids()[1:] == sorted(receiver.ids()[1:])


def test_what_the_owner_may_see_no_more_is_withheld(
    hook: Hook, receiver: Receiver, cast: SimpleNamespace, work: Work
) -> None:
    something_happens(cast)
    gather()
    for duty in cast.administrator.duties.all():
        end_duty(by=cast.administrator, duty=duty, until=clock.today())
    run(work)
    assert receiver.posts == []
    assert Telling.objects.get().state == "withheld"


def test_both_secrets_sign_for_a_day_after_rotation(
    hook: Hook, receiver: Receiver, cast: SimpleNamespace, work: Work
) -> None:
    webhook, old = hook
    _, new = actions.rotate_secret(by=cast.administrator, webhook=webhook)
    something_happens(cast)
    run(work)
    headers, body = receiver.posts[0]
    assert Verifier(old).verify(body, headers) == Verifier(new).verify(body, headers)
    with later(hours=25):
        deliver(actions.send_test(by=cast.administrator, webhook=webhook).pk)
    assert len(headers["webhook-signature"].split()) == 2
    assert len(receiver.posts[1][0]["webhook-signature"].split()) == 1


def test_secrets_are_nowhere_to_be_read(hook: Hook, cast: SimpleNamespace) -> None:
    webhook, secret = hook
    assert secret.startswith("whsec_")
    assert secret not in str(list(Webhook.objects.values())) + str(list(Entry.objects.values()))
    actions.remove(by=cast.administrator, webhook=webhook)
    assert secrets_of(webhook) == []


def test_a_name_that_leads_inside_since_is_not_called(
    hook: Hook, receiver: Receiver, cast: SimpleNamespace, work: Work, settings: Any
) -> None:
    """DNS rebinding, and a setting taken back: the address is looked at anew, at every attempt."""
    something_happens(cast)
    settings.CONFIG = settings.CONFIG.model_copy(update={"private_hosts": []})
    run(work)
    telling = Telling.objects.get()
    assert (telling.state, telling.error) == ("waiting", "outward.private")
    assert receiver.posts == []
    assert not due().exists()


def test_one_turned_off_meanwhile_gets_nothing_of_what_waits(
    hook: Hook, receiver: Receiver, cast: SimpleNamespace
) -> None:
    something_happens(cast)
    gather()
    actions.turn(by=cast.administrator, webhook=hook[0], on=False)
    telling = Telling.objects.get()
    assert deliver(telling.pk) is None
    telling.refresh_from_db()
    assert (telling.state, receiver.posts) == ("waiting", [])


def test_one_removed_during_its_last_attempt_does_not_break_the_run(
    hook: Hook, receiver: Receiver, cast: SimpleNamespace, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    second, _ = actions.set_up(by=cast.administrator, name="第二个", url=receiver.url, events=["places.*"])
    something_happens(cast)
    gather()
    Telling.objects.filter(webhook=hook[0]).update(attempts=len(BACKOFF))

    def post(*given: Any) -> int:
        if Webhook.objects.filter(pk=hook[0].pk).standing().exists():
            actions.remove(by=cast.administrator, webhook=hook[0])
            return 503
        return 204

    monkeypatch.setattr(outbox, "post", post)
    telling = deliver(Telling.objects.get(webhook=hook[0]).pk)
    assert telling is not None
    assert telling.state == "failed"
    run(work)
    assert Telling.objects.get(webhook=second).state == "sent"
    assert not Entry.objects.filter(action="webhooks.give_up").exists()


def test_one_that_fails_stops_none_of_the_others(
    hook: Hook, receiver: Receiver, cast: SimpleNamespace, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.set_up(by=cast.administrator, name="第二个", url=receiver.url, events=["places.*"])
    something_happens(cast)
    real = outbox._gather_batch

    def broken(pk: Any) -> Any:
        if pk == hook[0].pk:
            raise RuntimeError
        return real(pk)

    monkeypatch.setattr(outbox, "_gather_batch", broken)
    run(work)
    monkeypatch.setattr(outbox, "_gather_batch", real)
    assert len(receiver.posts) == 1
    put_off = outbox._put_off
    seen: list[Any] = []

    def breaks_once(telling: Telling, failure: Any) -> None:
        seen.append(telling.webhook_id)
        if len(seen) == 1:
            raise RuntimeError
        put_off(telling, failure)

    monkeypatch.setattr(outbox, "_put_off", breaks_once)
    something_happens(cast, 2)
    receiver.statuses += [503, 503]
    run(work)
    assert len(set(seen)) == 2


def test_what_the_owner_may_not_see_is_not_even_queued(
    hook: Hook, receiver: Receiver, cast: SimpleNamespace, django_assert_max_num_queries: Any
) -> None:
    """A telling names action, number and time: it is for those alone who may see the entry."""
    for households in (1, 2, 3):
        something_happens(cast, households)
    for duty in cast.administrator.duties.all():
        end_duty(by=cast.administrator, duty=duty, until=clock.today())
    seal_pending()
    with django_assert_max_num_queries(12):
        gather()
    assert not Telling.objects.exists()
    assert Webhook.objects.get().cursor == outbox.last_position()
