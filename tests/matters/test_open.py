"""Opening a matter by hand."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.matters.actions import open_matter
from huoshui.matters.models import Matter, NumberCounter
from huoshui.notices.queries import unread_for
from huoshui.places.actions import close_place
from tests.matters.conftest import Opener, at
from tests.places.helpers import relieved


def test_opens_with_number_owner_and_deadline(open_item: Opener, cast: SimpleNamespace) -> None:
    matter = open_item(detail="缺二月记录")
    assert (matter.number, matter.state, matter.phase) == ("ZG-2018-0001", "to_claim", "open")
    assert matter.owner == cast.secretary
    assert matter.unit == cast.secretary.unit
    # 15 working days from Monday 2 April 2018: Qingming is 5-7 April, Sunday 8 April is worked, 29 April is not.
    assert (matter.due_on, matter.due_provisional) == (dt.date(2018, 4, 24), False)
    assert Entry.objects.filter(action="matters.open", subject_id=matter.pk).count() == 1
    assert [step.transition for step in matter.steps.all()] == ["open"]
    assert "ZG-2018-0001" in unread_for(cast.secretary).get().text


@pytest.mark.parametrize(("severity", "due"), [("urgent", "2018-04-10"), ("serious", "2018-05-16")])
def test_severity_sets_the_deadline(open_item: Opener, severity: str, due: str) -> None:
    assert str(open_item(severity=severity).due_on) == due


def test_numbers_run_without_gaps_and_begin_anew_each_year(open_item: Opener, cast: SimpleNamespace) -> None:
    open_item()
    with pytest.raises(Refusal):
        open_item(severity="none")
    with transaction.atomic():
        open_item()
        transaction.set_rollback(True)
    assert open_item().number == "ZG-2018-0002"
    with at("2019-01-02"):
        assert open_item().number == "ZG-2019-0001"
    assert NumberCounter.objects.count() == 2


def test_only_the_named_roles_open_one(open_item: Opener, cast: SimpleNamespace) -> None:
    assert open_item(by=cast.town_office).opened_by == cast.town_office
    for stranger in (cast.secretary, cast.other_town_office, cast.verifier, cast.stranger):
        with pytest.raises(Refusal) as refused:
            open_item(by=stranger)
        assert refused.value.code == "matter.opener_needed"
        assert "苏家作乡党建办" in refused.value.problems[0].what_next()


def test_refuses_wrong_kinds_places_severities_and_values(open_item: Opener, cast: SimpleNamespace) -> None:
    cases: list[tuple[str, dict[str, object]]] = [
        ("matter.kind", {"kind": "rectification.nothing"}),
        ("matter.kind", {"kind": "nothing"}),
        ("matter.severity", {"severity": "none"}),
        ("value.required", {"title": "  "}),
        ("value.too_long", {"title": "长" * 201}),
        ("value.unknown", {"values": {"colour": "red"}}),
        ("value.type", {"values": {"deadline": "soon"}}),
        ("matter.person_unknown", {"values": {"responsible_person": "nobody"}}),
        ("matter.owner_without_duty", {"owner": cast.other_secretary}),
        ("matter.deadline_beyond_limit", {"values": {"deadline": "2018-04-25"}}),
    ]
    for code, options in cases:
        with pytest.raises(Refusal) as refused:
            open_item(**options)
        assert refused.value.code == code
    with pytest.raises(Refusal) as refused:
        open_item(kind="nothing")
    assert "整改事项" in refused.value.problems[0].message()
    assert "rectification" not in refused.value.problems[0].message()
    with pytest.raises(Refusal) as refused:
        open_item(cast.land.town, kind="hubs.construction")
    assert refused.value.code == "matter.place_kind"
    assert not Matter.objects.exists()


def test_own_deadline_may_be_set_at_once(open_item: Opener) -> None:
    matter = open_item(values={"deadline": "2018-04-16"})
    assert (str(matter.due_on), str(matter.limit_on)) == ("2018-04-16", "2018-04-24")


def test_the_database_refuses_a_closed_matter_without_date(item: Matter) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Matter.objects.filter(pk=item.pk).update(phase="closed", close_reason="resolved")


def test_a_hub_is_built_accepted_and_numbered_by_its_own_prefix(cast: SimpleNamespace) -> None:
    matter = open_matter(
        by=cast.district_office, kind="hubs.construction", place=cast.land.village, title="新建党群服务中心",
        values={"budget": "120000"},
    )  # fmt: skip
    assert (matter.number, matter.kind_name, matter.due_on) == ("XJ-2018-0001", "阵地新建", None)


def test_refuses_a_closed_place(open_item: Opener, cast: SimpleNamespace) -> None:
    village = close_place(by=cast.district_office, place=relieved(cast.land.village))
    with pytest.raises(Refusal) as refused:
        open_item(place=village)
    assert refused.value.code == "place.closed"
    assert not Matter.objects.exists()
