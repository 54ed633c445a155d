"""Deadlines beyond the published calendar, and what happens when it appears."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.matters.actions import recompute_due, recompute_provisional, tick
from huoshui.matters.models import Matter
from huoshui.schedules import workdays
from tests.matters.conftest import Opener, at


@pytest.fixture
def unpublished(monkeypatch: pytest.MonkeyPatch) -> None:
    """A calendar that ends with 2017: of 2018 only the weekends are known."""
    monkeypatch.setattr(workdays, "published_until", lambda: dt.date(2017, 12, 31))
    for name in ("holidays", "workdays"):
        known = {day: why for day, why in getattr(workdays.constants, name).items() if day.year < 2018}
        monkeypatch.setattr(workdays.constants, name, known)


def test_a_provisional_deadline_is_counted_again(
    open_item: Opener, monkeypatch: pytest.MonkeyPatch, unpublished: None
) -> None:
    matter = open_item(severity="urgent")
    assert (str(matter.due_on), matter.due_provisional) == ("2018-04-09", True)  # no Qingming known
    assert tick()["recomputed"] == 0
    monkeypatch.undo()
    with at("2018-04-03"):
        assert recompute_provisional() == 1
        assert recompute_provisional() == 0
    matter.refresh_from_db()
    assert (str(matter.due_on), matter.due_provisional, matter.version) == ("2018-04-10", False, 2)
    assert '"due_on":"2018-04-09"' in Entry.objects.get(action="matters.recompute_due").data
    assert str(matter.blue_on) == "2018-04-07"


def test_only_the_timer_recomputes(item: Matter, cast: SimpleNamespace) -> None:
    with pytest.raises(Refusal) as refused:
        recompute_due(by=cast.district_office, matter=item)
    assert refused.value.code == "access.denied"
