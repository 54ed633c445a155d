"""Planning an activity: who may, for when, where, and as a part of what."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from huoshui.activities import actions
from huoshui.activities.models import Activity
from huoshui.activities.values import read
from huoshui.places.actions import open_place
from tests.activities.staging import TODAY, entry, moment, refusal, theme_day


def test_a_plan_stands_on_its_day_and_is_journalled(cast: SimpleNamespace) -> None:
    planned = theme_day(cast, ends_at=moment(TODAY + dt.timedelta(days=3), 11), venue="村部二楼")
    assert (planned.state, planned.day, planned.last_day) == ("planned", dt.date(2018, 4, 5), dt.date(2018, 4, 5))
    assert (planned.unit, planned.organiser) == (cast.secretary.unit, cast.secretary)
    assert read(planned) == {"topic": "学习乡村振兴"}
    assert "学习乡村振兴" in entry(planned).data


def test_only_roles_of_the_kind_plan_and_are_named(cast: SimpleNamespace) -> None:
    given = {"kind": "activities.theme_day", "place": cast.land.village, "title": "x", "starts_at": moment(TODAY)}
    assert refusal(actions.plan, by=cast.secretary2, **given) == [("activity.planner_needed", "kind")]
    assert refusal(actions.plan, by=cast.leader, **given) == [("activity.planner_needed", "kind")]
    assert actions.plan(by=cast.town_office, **given).unit == cast.town_office.unit


def test_what_no_pack_declares_and_where_a_kind_does_not_stand(cast: SimpleNamespace) -> None:
    assert refusal(theme_day, cast=cast, kind="activities.nothing") == [("activity.kind", "kind")]
    assert refusal(theme_day, cast=cast, by=cast.town_office, place=cast.land.town) == [
        ("activity.place_kind", "place")
    ]


def test_a_plan_lies_ahead_and_ends_after_it_begins(cast: SimpleNamespace) -> None:
    yesterday = TODAY - dt.timedelta(days=1)
    assert refusal(theme_day, cast=cast, starts_at=moment(yesterday)) == [("activity.plan_past", "starts_at")]
    ends = moment(TODAY + dt.timedelta(days=3), 8)
    assert refusal(theme_day, cast=cast, ends_at=ends) == [("activity.plan_ends", "ends_at")]
    assert theme_day(cast, starts_at=moment(TODAY)).day == TODAY


def test_every_wrong_text_is_told_at_once(cast: SimpleNamespace) -> None:
    found = refusal(theme_day, cast=cast, title=" ", venue="长" * 121)
    assert found == [("value.required", "title"), ("value.too_long", "venue")]
    assert refusal(theme_day, cast=cast, values={"members": "三"}) == [("value.type", "members")]
    assert refusal(theme_day, cast=cast, values={"nothing": "x"}) == [("value.unknown", "nothing")]


def test_a_site_lies_within_the_place(cast: SimpleNamespace) -> None:
    hub = open_place(
        by=cast.administrator,
        kind="hub",
        code="410871203202-h1",
        name="苏家作村党群服务中心",
        parent=cast.land.village2,
    )
    assert refusal(theme_day, cast=cast, site=hub) == [("activity.site_elsewhere", "site")]


def test_parts_of_a_festival(cast: SimpleNamespace) -> None:
    town, starts, ends = cast.land.other_town, moment(dt.date(2018, 4, 6)), moment(dt.date(2018, 4, 30), 18)
    given = {"by": cast.other_town_office, "place": town, "title": "油菜花节", "starts_at": starts, "ends_at": ends}
    whole = actions.plan(**given, kind="activities.festival", values={"edition": 1})
    assert (whole.day, whole.last_day) == (dt.date(2018, 4, 6), dt.date(2018, 4, 30))
    opera = given | {"kind": "activities.festival_event", "title": "戏曲", "ends_at": None, "parent": whole}
    assert actions.plan(**opera, values={"form": "opera"}).parent == whole
    assert refusal(actions.plan, **given, kind="activities.festival", parent=whole) == [
        ("activity.part_kind", "parent")
    ]
    elsewhere = opera | {"by": cast.town_office, "place": cast.land.town}
    assert refusal(actions.plan, **elsewhere) == [("access.not_found", "")]
    assert refusal(actions.plan, **opera | {"by": cast.district_office, "place": cast.land.town}) == [
        ("activity.part_place", "place")
    ]


def test_the_database_holds_what_a_state_means(cast: SimpleNamespace) -> None:
    planned = theme_day(cast)
    for wrong in (
        {"held_on": TODAY},
        {"state": "held"},
        {"state": "cancelled"},
        {"last_day": TODAY},
        {"starts_at": None},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Activity.objects.filter(pk=planned.pk).update(**wrong)
