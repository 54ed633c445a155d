"""What rests on a person is handed over when the duty ends; nothing is left ownerless silently."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.duties.actions import end_duty, grant_duty
from huoshui.duties.models import Duty
from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.matters.actions import advance
from huoshui.matters.models import Matter
from huoshui.matters.queries import matter_story
from huoshui.notices.queries import unread_for
from tests.matters.conftest import Opener, claim, close, submit


def duty_of(account: Any) -> Duty:
    return Duty.objects.get(account=account)


def code_of(**options: Any) -> str:
    with pytest.raises(Refusal) as refused:
        end_duty(**options)
    return refused.value.code


def test_ending_says_how_many_matters_rest_and_ends_nothing(
    item: Matter, open_item: Opener, cast: SimpleNamespace
) -> None:
    open_item()
    close(open_item(), cast.secretary, cast.verifier)
    with pytest.raises(Refusal) as refused:
        end_duty(by=cast.administrator, duty=duty_of(cast.secretary))
    assert (refused.value.code, refused.value.problems[0].params["count"]) == ("duty.matters_rest", 2)
    assert duty_of(cast.secretary).until is None
    assert item.owner == cast.secretary


def test_a_successor_takes_all_of_it_in_one_step(item: Matter, open_item: Opener, cast: SimpleNamespace) -> None:
    second = claim(open_item(), cast.secretary)
    end_duty(by=cast.administrator, duty=duty_of(cast.secretary), successor=cast.village_lead)
    for matter in (item, second):
        matter.refresh_from_db()
        assert (matter.owner, matter.unit) == (cast.village_lead, cast.village_lead.unit)
        assert matter_story(matter)[-1].what == "职责结束，移交"
    assert unread_for(cast.village_lead).filter(code="matter.assigned").count() == 2


def test_it_can_stay_with_the_unit(item: Matter, cast: SimpleNamespace) -> None:
    unit = item.unit
    end_duty(by=cast.administrator, duty=duty_of(cast.secretary), to_unit=True)
    item.refresh_from_db()
    assert (item.owner, item.unit) == (None, unit)


def test_who_cannot_take_over(item: Matter, cast: SimpleNamespace) -> None:
    duty = duty_of(cast.secretary)
    options = {"by": cast.administrator, "duty": duty}
    assert code_of(successor=cast.secretary, **options) == "duty.successor"
    assert code_of(successor=cast.secretary2, **options) == "matter.owner_without_duty"
    assert code_of(successor=cast.verifier, **options) == "matter.owner_role"
    assert code_of(by=cast.town_office, duty=duty, successor=cast.village_lead) == "access.denied"
    item.refresh_from_db()
    assert (item.owner, duty_of(cast.secretary).until) == (cast.secretary, None)


def test_another_duty_that_answers_keeps_it(item: Matter, cast: SimpleNamespace) -> None:
    """Whoever may answer for the matter by another duty keeps it; one for another pack does not help."""
    duty = duty_of(cast.secretary)
    grant = {"by": system_account(), "account": cast.secretary, "role": "grid_worker", "place": cast.land.village}
    grant_duty(pack="hubs", **grant)
    assert code_of(by=cast.administrator, duty=duty) == "duty.matters_rest"
    grant_duty(pack="rectification", **grant)
    assert end_duty(by=cast.administrator, duty=duty).until is not None
    item.refresh_from_db()
    assert item.owner == cast.secretary


def test_bars_stay_with_the_person_and_the_unit(open_item: Opener, cast: SimpleNamespace) -> None:
    """``both`` rectified and hands over; neither ``both`` nor a colleague of the same unit verifies."""
    matter = claim(open_item(cast.land.village3), cast.both)
    secretary = Duty.objects.get(account=cast.both, role="village_secretary")
    end_duty(by=cast.administrator, duty=secretary, successor=cast.town_office)
    matter = submit(Matter.objects.get(pk=matter.pk), cast.town_office)
    assert matter.owner == cast.town_office
    for person, expected in ((cast.both, "matter.own_work"), (colleague_of(cast.both, cast), "matter.same_unit")):
        with pytest.raises(Refusal) as refused:
            advance(by=person, matter=matter, transition="verify")
        assert refused.value.code == expected
    assert advance(by=cast.verifier, matter=matter, transition="verify").phase == "closed"


def colleague_of(account: Any, cast: SimpleNamespace) -> Any:
    """Somebody of the same unit who verifies."""
    cast.stranger.unit = account.unit
    cast.stranger.save(update_fields=["unit"])
    grant_duty(by=system_account(), account=cast.stranger, role="verifier", place=cast.land.town)
    return cast.stranger
