"""The light is the same in Python and in SQL, and clocks keep their order, for any dates."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huoshui.matters import clocks
from huoshui.matters.lights import LIGHTS
from huoshui.matters.models import Matter
from huoshui.packs.queries import current_definition
from tests.matters.conftest import at, claim

DAY = dt.date(2018, 4, 2)
near = st.none() | st.integers(-3, 3).map(lambda n: DAY + dt.timedelta(days=n))
reasons = st.sampled_from(["resolved", "not_ours", "duplicate", "not_resolvable"])


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(due=near, yellow=near, blue=near, closed=st.booleans(), reason=reasons, verified=st.booleans())
def test_python_and_sql_agree(
    item: Matter,
    cast: SimpleNamespace,
    due: dt.date | None,
    yellow: dt.date | None,
    blue: dt.date | None,
    closed: bool,
    reason: str,
    verified: bool,
) -> None:
    Matter.objects.filter(pk=item.pk).update(
        limit_on=due,
        due_on=due,
        yellow_on=yellow,
        blue_on=blue,
        phase="closed" if closed else "open",
        closed_on=DAY if closed else None,
        close_reason=reason if closed else "",
        verifier=cast.verifier if verified else None,
    )
    found = Matter.objects.with_light(DAY).get(pk=item.pk)
    assert found.light_now == found.light(DAY)
    shown_by = [light for light in LIGHTS if Matter.objects.lit(light, DAY).filter(pk=item.pk).exists()]
    assert shown_by == [found.light_now]


@pytest.mark.parametrize(
    ("day", "light"),
    [
        ("2018-04-12", ""),
        ("2018-04-13", "yellow"),  # half of the 22 days to 24 April, unclaimed
        ("2018-04-21", "yellow"),
        ("2018-04-24", "yellow"),
        ("2018-04-25", "red"),
    ],
)
def test_an_unclaimed_matter_falls_behind(item: Matter, day: str, light: str) -> None:
    with at(day):
        assert item.light() == light


def test_claimed_it_is_only_near_due(item: Matter, cast: SimpleNamespace) -> None:
    matter = claim(item, cast.secretary)
    for day, light in (("2018-04-16", ""), ("2018-04-17", "blue"), ("2018-04-20", "blue"), ("2018-04-21", "red")):
        with at(day):
            assert matter.light() == light


def test_an_unknown_light_shows_nothing(item: Matter) -> None:
    assert not Matter.objects.lit("purple").exists()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.dates(dt.date(2016, 1, 1), dt.date(2026, 1, 1)), length=st.integers(0, 400))
def test_yellow_lies_between_start_and_deadline(packs: None, start: dt.date, length: int) -> None:
    kind = current_definition("matters", "rectification.item")[1]
    due = start + dt.timedelta(days=length)
    yellow = clocks.yellow_day(kind, "to_claim", start, due)
    assert yellow is not None
    assert start <= yellow <= due
    assert clocks.yellow_day(kind, "rectifying", start, due) is None
