"""Rivers: patrols by level and season, the four withouts, what fails is cleaned up and closed by another."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.activities.actions import record_at_once
from huoshui.duties import actions as duties
from huoshui.duties.queries import system_account
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.matters.actions import advance
from huoshui.matters.models import Matter
from huoshui.media.actions import attach_file
from huoshui.places import actions as places
from huoshui.publications.terms import TermKind, register_terms
from huoshui.schedules.actions import begin_plan, wanted
from huoshui.visits.actions import save_answers, start_visit, submit_visit
from huoshui.visits.models import Visit
from tests.matters.conftest import at, photo

SINCE = dt.date(2016, 1, 1)
WALK: dict[str, Any] = {"minutes": 30, "people": 2, "started_at": "1号桥", "ended_at": "2号桥"}
WITHOUTS = ("surface", "bed", "banks", "channel")


@pytest.fixture
def people(cast: SimpleNamespace) -> SimpleNamespace:
    """The cast with a reach by village 1: its chiefs are the secretary, the town's office and the leader."""
    by, land = system_account(), cast.land
    cast.reach = places.open_place(by=by, kind="river_reach", code="hd-1", name="示范河1段", parent=land.village)
    unit = duties.open_unit(by=by, place=land.district, name="区河长办")
    cast.rivers = duties.open_account(by=by, username="rivers", title="河长办干部", unit=unit)
    for account, role, over in (
        (cast.rivers, "river_office", land.district),
        (cast.leader, "district_river_chief", cast.reach),
        (cast.town_office, "town_river_chief", cast.reach),
        (cast.secretary, "village_river_chief", cast.reach),
    ):
        duties.grant_duty(by=by, account=account, role=role, place=over, since=SINCE)
    return cast


def patrol(people: SimpleNamespace, by: Any, level: str, *failing: str, on: dt.date | None = None) -> Visit:
    sheet = start_visit(by=by, place=people.reach, checklist=f"rivers.{level}_patrol", visited_on=on)
    answers = WALK | {code: code not in failing for code in WITHOUTS}
    sheet = save_answers(by=by, visit=sheet, answers=answers)
    for code in failing:
        attach_file(by=by, subject=sheet, place=people.reach, slot=code, data=photo(), name="a.jpg", caption="")
    return submit_visit(by=by, visit=sheet)


def codes_of(**step: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as caught:
        advance(**step)
    return [(problem.code, problem.field) for problem in caught.value.problems]


def handed_in(people: SimpleNamespace, matter: Matter) -> Matter:
    values = {"measures": "组织清理", "deadline": matter.limit_on}
    matter = advance(by=people.secretary, matter=matter, transition="begin", values=values)
    attach_file(
        by=people.secretary, subject=matter, place=matter.place, slot="after", data=photo(40), name="b.jpg", caption=""
    )
    return advance(by=people.secretary, matter=matter, transition="submit", values={"progress": "已运走"})


def test_what_is_not_without_is_cleaned_up_and_closed_by_another(people: SimpleNamespace) -> None:
    patrol(people, people.town_office, "town", "banks", "channel")
    banks, channel = Matter.objects.order_by("source_item")
    kinds = [matter.values.get(code="problem_kind").text for matter in (banks, channel)]
    assert kinds == ["banks", "obstruction"]
    assert banks.owner == people.secretary
    matter = handed_in(people, banks)
    assert codes_of(by=people.secretary, matter=matter, transition="verify")[0][0] == "matter.role_needed"
    assert advance(by=people.town_office, matter=matter, transition="verify").state == "closed"
    passing = {"where_else": "区水利部门"}
    passed = advance(by=people.rivers, matter=channel, transition="pass_on", values=passing, note="碍洪建筑")
    assert (passed.state, passed.close_reason) == ("passed_on", "not_ours")


def test_a_village_chief_who_found_it_does_not_close_it(people: SimpleNamespace) -> None:
    patrol(people, people.secretary, "village", "surface")
    matter = Matter.objects.get()
    with at("2018-05-20"):
        begun = advance(
            by=people.secretary,
            matter=matter,
            transition="begin",
            values={"measures": "打捞", "deadline": matter.limit_on},
        )
        attach_file(
            by=people.secretary, subject=begun, place=begun.place, slot="after", data=photo(), name="b.jpg", caption=""
        )
        late = {"by": people.secretary, "matter": begun, "transition": "submit", "values": {"progress": "已打捞"}}
        assert codes_of(**late) == [("matter.field_required", "overdue_reason")]
        late["values"] = {"progress": "已打捞", "overdue_reason": "水大，船下不去"}
        done = advance(**late)  # type: ignore[arg-type]
        assert codes_of(by=people.secretary, matter=done, transition="verify")[0][0] == "matter.role_needed"
        assert advance(by=people.rivers, matter=done, transition="verify").verifier == people.rivers


def test_each_season_has_its_own_cadence(people: SimpleNamespace) -> None:
    by, place = people.rivers, people.land.district
    begins = {"by": by, "place": place, "begins_on": dt.date(2018, 1, 1)}
    with clock.set_to(clock.local_moment(dt.date(2018, 6, 12), 9)):
        usual = begin_plan(wanted=wanted("rivers.village_usual"), **begins)
        flood = begin_plan(wanted=wanted("rivers.village_flood_season"), **begins)
        patrol(people, people.secretary, "village", on=dt.date(2018, 5, 31))
        patrol(people, people.secretary, "village", on=dt.date(2018, 6, 2))
        assert [str(day) for day in usual.occasions.order_by("due_on").values_list("due_on", flat=True)][
            -1
        ] == "2018-05-31"
        first, second = flood.occasions.order_by("due_on")[:2]
        assert (str(first.opens_on), str(first.due_on), first.have) == ("2018-06-01", "2018-06-03", 1)
        assert (str(second.opens_on), second.have) == ("2018-06-04", 0)
        with pytest.raises(Refusal) as caught:
            begin_plan(wanted=wanted("rivers.village_usual", rule="FREQ=MONTHLY;BYMONTHDAY=20"), **begins)
        assert caught.value.code == "schedule.twice"


def test_the_four_withouts_are_a_standard_of_publications(packs: None) -> None:
    found = [term for term in register_terms() if term.name == "河道四无标准条数"]
    assert [(term.kind, term.unit, term.least, term.most) for term in found] == [
        (TermKind.STANDARD, "条", Fraction(4), Fraction(4))
    ]


def test_a_clean_up_is_held_at_the_reach(people: SimpleNamespace) -> None:
    given = {"kind": "rivers.cleanup", "place": people.reach, "title": "清理日", "held_on": dt.date(2018, 4, 1)}
    held = record_at_once(by=people.secretary, headcount=12, values={"cleared": "1.5"}, outcome="运走垃圾", **given)
    assert (held.place, held.state) == (people.reach, "held")
