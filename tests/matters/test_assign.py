"""Making somebody responsible."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from huoshui.duties import actions as duties
from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.matters.actions import assign
from huoshui.matters.models import Matter
from huoshui.matters.queries import people_for
from huoshui.notices.queries import unread_for
from tests.matters.conftest import claim, close


def test_an_office_assigns_anybody_with_a_duty_there(item: Matter, cast: SimpleNamespace) -> None:
    matter = assign(by=cast.town_office, matter=item, owner=cast.village_lead)
    assert (matter.owner, matter.unit, matter.version) == (cast.village_lead, cast.village_lead.unit, 2)
    assert "寨卜昌村" in unread_for(cast.village_lead).get().text
    matter = assign(by=cast.district_office, matter=matter, unit=cast.town_office.unit)
    assert (matter.owner, matter.unit) == (cast.village_lead, cast.town_office.unit)
    assert Entry.objects.filter(action="matters.assign").count() == 2


def test_the_same_again_writes_nothing(item: Matter, cast: SimpleNamespace) -> None:
    matter = assign(by=cast.town_office, matter=item, owner=cast.secretary)
    assert (matter.version, Entry.objects.filter(action="matters.assign").count()) == (1, 0)


def test_a_secretary_assigns_within_the_village(item: Matter, cast: SimpleNamespace) -> None:
    helper = duties.open_account(by=system_account(), username="helper", title="村文书", unit=cast.secretary.unit)
    duties.grant_duty(by=system_account(), account=helper, role="grid_worker", place=cast.land.village)
    assert assign(by=cast.secretary, matter=item, owner=helper).owner == helper
    for outside in ({"owner": cast.town_office}, {"unit": cast.town_office.unit}):
        with pytest.raises(Refusal) as refused:
            assign(by=cast.secretary, matter=item, **outside)
        assert refused.value.code == "matter.owner_outside"


def test_refusals(item: Matter, cast: SimpleNamespace) -> None:
    cases = [
        (cast.secretary2, cast.secretary, "access.denied"),
        (cast.verifier, cast.secretary, "access.denied"),
        (cast.town_office, cast.other_secretary, "matter.owner_without_duty"),
    ]
    for by, owner, code in cases:
        with pytest.raises(Refusal) as refused:
            assign(by=by, matter=item, owner=owner)
        assert refused.value.code == code
    with pytest.raises(Refusal) as refused:
        assign(by=cast.town_office, matter=item, owner=cast.village_lead, seen_version=7)
    assert refused.value.code == "record.stale"
    assert refused.value.extra["theirs"] == {"owner": cast.secretary.title}
    assert refused.value.extra["mine"] == {"owner": cast.village_lead.title}
    close(item, cast.secretary, cast.verifier)
    with pytest.raises(Refusal) as refused:
        assign(by=cast.town_office, matter=item, owner=cast.village_lead)
    assert refused.value.code == "matter.is_closed"


def test_people_for_are_those_with_a_duty_over_the_place(item: Matter, cast: SimpleNamespace) -> None:
    people = set(people_for(item))
    assert {cast.secretary, cast.village_lead, cast.town_office} <= people
    assert not people & {cast.secretary2, cast.other_town_office, cast.stranger}


def test_who_only_judges_or_looks_on_is_neither_offered_nor_accepted(item: Matter, cast: SimpleNamespace) -> None:
    onlookers = {cast.verifier, cast.auditor, cast.review_lead, cast.judges[0], cast.district_office}
    assert not set(people_for(item)) & onlookers
    for person in onlookers:
        with pytest.raises(Refusal) as refused:
            assign(by=cast.town_office, matter=item, owner=person)
        assert refused.value.code == "matter.owner_role"
        assert "村党支部书记" in refused.value.problems[0].what_next()
    with pytest.raises(Refusal) as refused:
        claim(item, cast.secretary, responsible_person=cast.auditor)
    assert refused.value.code == "matter.owner_role"
