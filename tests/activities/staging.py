"""Activities as the tests begin with them."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.activities import actions
from huoshui.activities.models import Activity
from huoshui.duties.actions import grant_duty
from huoshui.duties.queries import system_account
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry

TODAY = dt.date(2018, 4, 2)
TOPIC = {"topic": "学习乡村振兴"}


def moment(day: dt.date, hour: int = 9) -> dt.datetime:
    return clock.local_moment(day, hour)


def theme_day(cast: SimpleNamespace, **given: Any) -> Activity:
    """A theme party day in 寨卜昌村, planned for three days ahead."""
    asked: dict[str, Any] = {
        "by": cast.secretary, "kind": "activities.theme_day", "place": cast.land.village, "title": "四月主题党日",
        "starts_at": moment(TODAY + dt.timedelta(days=3)), "values": TOPIC,
    }  # fmt: skip
    return actions.plan(**asked | given)


def lecture(cast: SimpleNamespace, **given: Any) -> Activity:
    """A parent-school lecture in 寨卜昌村, held the day before."""
    asked: dict[str, Any] = {
        "by": cast.secretary, "kind": "activities.parent_school", "place": cast.land.village, "title": "家长学校第一讲",
        "held_on": TODAY - dt.timedelta(days=1), "minutes": 90, "headcount": 150,
        "values": {"school": "村小学", "topic": "沟通", "lecturer": "区教研室教研员"},
    }  # fmt: skip
    return actions.record_at_once(**asked | given)


def refusal(action: Any, **given: Any) -> list[tuple[str, str]]:
    """Codes and fields of what an action refuses with."""
    with pytest.raises(Refusal) as refused:
        action(**given)
    return [(problem.code, problem.field) for problem in refused.value.problems]


def entry(subject: Any) -> Entry:
    """The latest entry about a record."""
    return Entry.objects.filter(subject_id=subject.pk).order_by("-seq")[0]


def appoint_clerk(cast: SimpleNamespace) -> None:
    """Let the district's office record film shows too."""
    grant_duty(
        by=system_account(), account=cast.district_office, role="event_clerk", place=cast.land.district,
        pack="activities", since=dt.date(2016, 1, 1),
    )  # fmt: skip
