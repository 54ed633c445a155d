"""Promises beyond the published calendar, and what happens when it appears."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.matters.queries import matter_story
from huoshui.services.actions import recompute_promise, recompute_promises, tick
from huoshui.services.models import Request
from tests.matters.conftest import at
from tests.matters.test_recompute_due import unpublished
from tests.services.conftest import completed, matter_of, step, taken
from tests.services.test_take_bundle import ITEMS, bundled

__all__ = ["unpublished"]


@pytest.fixture
def provisional(desk: SimpleNamespace, unpublished: None) -> Request:
    """Taken on 4 April 2018 for the next working day, when nobody knew of Qingming on the 5th to the 7th."""
    with at("2018-04-04"):
        return taken(desk)


def test_the_promise_and_the_deadline_of_its_matter_move_with_the_calendar(
    provisional: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    was = provisional.promised_on
    assert provisional.promised_provisional
    assert matter_of(provisional).due_on == was
    assert tick() == {"recomputed": 0}  # the calendar is not there yet
    monkeypatch.undo()
    with at("2018-04-05"):
        assert (recompute_promises(), recompute_promises()) == (1, 0)
    request = Request.objects.get(pk=provisional.pk)
    item = request.definition
    assert item is not None
    assert (str(was), str(request.promised_on)) == ("2018-04-05", "2018-04-08")
    assert (request.promised_provisional, request.version) == (False, provisional.version + 1)
    matter = matter_of(request)
    assert matter.due_on == request.promised_on
    said = Entry.objects.get(action="services.recompute_promise").data
    assert f'"promised_on":"{was}"' in said
    assert f'"promised_on":"{request.promised_on}"' in said
    assert Entry.objects.filter(action="matters.follow_promise").count() == 1
    assert any("承诺日期按新公布的工作日历重算" in event.what for event in matter_story(matter))


def test_what_is_done_keeps_the_day_that_it_was_promised_for(
    provisional: Request, desk: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at("2018-04-04"):
        done = step(desk.window, step(desk.agent, completed(desk, provisional), "do", result="已登记"), "confirm")
    monkeypatch.undo()
    assert recompute_promises() == 0
    assert Request.objects.get(pk=done.pk).promised_on == provisional.promised_on


def test_only_the_timer_counts_promises_again(provisional: Request, desk: SimpleNamespace) -> None:
    with pytest.raises(Refusal) as refused:
        recompute_promise(by=desk.supervisor, request=provisional)
    assert refused.value.code == "access.denied"
    assert Entry.objects.filter(action="services.recompute_promise").count() == 0


def test_a_day_that_stays_only_becomes_final(provisional: Request, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    right = Request.objects.get(pk=provisional.pk)
    with at("2018-04-05"):
        recompute_promises()
        settled = Request.objects.get(pk=provisional.pk)
        Request.objects.filter(pk=right.pk).update(promised_provisional=True)
        assert recompute_promises() == 1
    assert Request.objects.get(pk=right.pk).promised_on == settled.promised_on
    assert Entry.objects.filter(action="matters.follow_promise").count() == 1


def test_a_bundle_is_promised_by_the_latest_of_its_parts_again(
    desk: SimpleNamespace, unpublished: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = bundled(desk)
    monkeypatch.undo()
    with at("2018-04-03"):
        assert recompute_promises() == 1 + len(ITEMS)
    whole.refresh_from_db()
    assert whole.promised_on == max(part.promised_on for part in whole.parts.all())
    assert not whole.promised_provisional
