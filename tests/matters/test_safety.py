"""Safety at work: what an inspection opens, the five fixed things, who closes, what is late, an accident, food."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path
from shutil import copytree
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings

from huoshui.figures.queries import figure, get_indicator
from huoshui.kernel.errors import Refusal
from huoshui.kernel.periods import period
from huoshui.matters.actions import advance, open_matter
from huoshui.matters.models import Matter
from huoshui.matters.queries import available_transitions
from huoshui.media.actions import attach_file
from huoshui.media.queries import count_attachments
from huoshui.packs.actions import check_pack
from huoshui.visits.actions import save_answers, start_visit, submit_visit, take_back_visit
from tests.matters.conftest import at, photo
from tests.matters.safety_site import FIVE, fix, hand_in, inspect, safe_site


@pytest.fixture
def people(cast: SimpleNamespace) -> SimpleNamespace:
    return safe_site(cast)


def codes_of(**step: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as caught:
        advance(**step)
    return [(problem.code, problem.field) for problem in caught.value.problems]


def found(people: SimpleNamespace, item: str = "exits") -> Matter:
    inspect(people.third_party if item == "machines" else people.safety, people.factory,
            "third_party_check" if item == "machines" else "enterprise_check", item)  # fmt: skip
    return Matter.objects.get(source_item__endswith=f"/{item}")


def test_an_inspection_opens_a_hazard_in_its_ledger(people: SimpleNamespace) -> None:
    sheet = inspect(people.third_party, people.factory, "third_party_check", "machines", "records")
    site, management = Matter.objects.order_by("source_item")
    assert [m.values.get(code="hazard_ledger").text for m in (site, management)] == ["site", "management"]
    assert (site.kind, site.owner, site.opened_by) == ("safety.hazard", people.officer, people.third_party)
    assert (site.source_kind, site.source_id) == ("visit", sheet.pk)
    assert site.title == "未达标：设备、作业没有隐患"
    assert "结果：否" in site.detail
    assert count_attachments(site, "before") == 1
    inspect(people.third_party, people.factory, "third_party_check", "machines")
    assert Matter.objects.count() == 2  # the first still runs
    with pytest.raises(Refusal) as caught:
        take_back_visit(by=people.third_party, visit=sheet)
    assert caught.value.code == "visit.opened_matters"


def test_what_an_item_opens_says_in_which_ledger(packs: None, tmp_path: Path) -> None:
    folder = copytree(settings.BUILTIN_PACKS_DIR / "safety", tmp_path / "safety")
    items = (folder / "checklists.yaml").read_text(encoding="utf-8")
    (folder / "checklists.yaml").write_text(
        items.replace(", values: {hazard_ledger: management}", ""), encoding="utf-8"
    )
    assert {finding.problem.code for finding in check_pack(folder).findings} == {"checklist.opens_incomplete"}


def test_five_things_are_fixed_before_anything_begins(people: SimpleNamespace) -> None:
    matter = found(people)
    lacking = codes_of(by=people.officer, matter=matter, transition="fix_five", values={"measures": "清空"})
    assert lacking == [("matter.field_required", code) for code in ("funds", "deadline", "contingency")]
    late = FIVE | {"deadline": "2018-06-20", "responsible_person": people.officer}
    refused = codes_of(by=people.officer, matter=matter, transition="fix_five", values=late)
    assert refused == [("matter.deadline_beyond_limit", "deadline")]
    assert fix(people.officer, matter).state == "rectifying"


def test_the_safety_office_alone_closes(people: SimpleNamespace) -> None:
    matter = hand_in(people.officer, fix(people.officer, found(people)))
    for by in (people.officer, people.third_party, people.verifier, people.district_office):
        assert codes_of(by=by, matter=matter, transition="verify")[0][0] == "matter.role_needed"
    closed = advance(by=people.safety, matter=matter, transition="verify")
    assert (closed.state, closed.verifier) == ("closed", people.safety)


def test_what_is_late_stays_open_and_is_explained(people: SimpleNamespace) -> None:
    matter = fix(people.officer, found(people))
    names = {o.transition.code: [f.field.code for f in o.fields] for o in available_transitions(matter, people.officer)}
    assert names["submit"] == ["progress"]
    with at("2018-05-08"):
        attach_file(
            by=people.officer, subject=matter, place=matter.place, slot="after", data=photo(), name="a.jpg", caption=""
        )
        late = {"by": people.officer, "matter": matter, "transition": "submit"}
        assert codes_of(**late, values={"progress": "已清空"}) == [("matter.field_required", "overdue_reason")]
        matter.refresh_from_db()
        assert (matter.phase, matter.closed_on) == ("open", None)
        values = {"overdue_reason": "外请机构延后"}
        matter = advance(by=people.officer, matter=matter, transition="explain", values=values)
        assert advance(**late | {"matter": matter}, values={"progress": "已清空"}).state == "submitted"


def test_a_major_hazard_is_judged_first(people: SimpleNamespace) -> None:
    matter = found(people, "major_found")
    assert (matter.kind, matter.title) == ("safety.major_hazard", "发现：存在重大隐患")
    judging = {"by": people.safety, "matter": matter, "transition": "judge"}
    wanted = ("hazard_class", "hazard_level", "affected_range", "emergency_measures")
    assert codes_of(**judging) == [("matter.field_required", code) for code in wanted]
    given = {"hazard_class": "fire", "hazard_level": "district", "affected_range": "车间", "emergency_measures": "停产"}
    matter = advance(**judging, values=given)
    assert codes_of(by=people.officer, matter=matter, transition="submit")[0][0] == "matter.transition_not_here"
    assert fix(people.officer, matter).state == "rectifying"


def test_what_is_worse_goes_into_the_major_one(people: SimpleNamespace) -> None:
    general, major = found(people), found(people, "major_found")
    merged = advance(
        by=people.safety, matter=general, transition="mark_duplicate", values={"duplicate_of": major.number}
    )
    assert (merged.state, merged.duplicate_of) == ("duplicate", major)


def test_food_is_closed_by_the_food_office(people: SimpleNamespace) -> None:
    inspect(people.food, people.shop, "food_check", "in_date")
    matter = hand_in(people.grocer, fix(people.grocer, Matter.objects.get()))
    assert codes_of(by=people.safety, matter=matter, transition="verify")[0][0] == "matter.role_needed"
    assert advance(by=people.food, matter=matter, transition="verify").state == "closed"


def test_an_accident_from_its_record_to_its_end(people: SimpleNamespace) -> None:
    values = {"occurred_on": "2018-04-01", "accident_class": "ordinary"}
    matter = open_matter(
        by=people.safety, kind="safety.accident", place=people.factory, title="机械伤害", values=values
    )
    attach_file(by=people.safety, subject=matter, place=matter.place, slot="report", data=photo(), name="r.jpg",
                caption="")  # fmt: skip
    known = {"accident_type": "machines", "deaths": 0, "injuries": 1, "loss": "30000", "cause": "没有防护罩",
             "lessons": "加装防护罩"}  # fmt: skip
    matter = advance(by=people.safety, matter=matter, transition="investigate", values=known)
    assert codes_of(by=people.safety, matter=matter, transition="approve")[0][0] == "matter.role_needed"
    approval = {"report_number": "示范安〔2018〕1号"}
    matter = advance(by=people.leader, matter=matter, transition="approve", values=approval)
    attach_file(by=people.officer, subject=matter, place=matter.place, slot="after", data=photo(), name="a.jpg",
                caption="")  # fmt: skip
    matter = advance(by=people.officer, matter=matter, transition="submit", values={"progress": "已加装"})
    assert advance(by=people.safety, matter=matter, transition="verify").state == "closed"


def told(people: SimpleNamespace, place: Any) -> Fraction | None:
    return figure(people.leader, get_indicator("safety.grave_accidents"), place, period("2018Q2")).value


def test_no_accident_is_told_apart_from_nothing_known(people: SimpleNamespace) -> None:
    assert told(people, people.land.district) is None
    sheet = start_visit(by=people.safety, place=people.land.district, checklist="safety.accident_return")
    submit_visit(by=people.safety, visit=save_answers(by=people.safety, visit=sheet, answers={"happened": False}))
    assert told(people, people.land.district) == 0
    values = {"occurred_on": dt.date(2018, 4, 1), "accident_class": "fairly_major"}
    open_matter(by=people.safety, kind="safety.accident", place=people.factory, title="火灾", values=values)
    assert told(people, people.land.district) == 1
    assert told(people, people.land.village2) == 0  # the district reports for all of it
