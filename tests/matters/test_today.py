"""What waits for whom, which steps they may take, and which photo slots are open to them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.matters.actions import advance, open_matter
from huoshui.matters.models import Matter
from huoshui.matters.queries import available_transitions, kinds_openable_by, matters_by_key, waiting_for
from huoshui.media.actions import attach_file
from tests.matters.conftest import Opener, at, claim, photo, submit


def groups(actor: Any) -> dict[str, int]:
    return {group.code: group.count for group in waiting_for(actor)}


def test_each_step_waits_for_its_people(open_item: Opener, cast: SimpleNamespace) -> None:
    open_item()
    claim(open_item(), cast.secretary)
    submit(open_item(), cast.secretary)
    open_item(cast.land.village2)
    assert groups(cast.secretary) == {"claim": 1, "rectify": 1}
    assert groups(cast.verifier) == {"verify": 1}
    assert groups(cast.secretary2) == {"claim": 1}
    assert groups(cast.town_office) == groups(cast.stranger) == {}
    with at("2018-04-18"):
        assert groups(cast.secretary) == {"due": 1, "claim": 1, "rectify": 1}
        assert groups(cast.verifier) == {"overdue": 1, "verify": 1}
    with at("2018-05-18"):
        assert groups(cast.secretary) == {"overdue": 2, "claim": 1, "rectify": 1}
        assert [m.light() for m in matters_by_key(waiting_for(cast.secretary)[0].keys).values()] == ["red", "red"]


def test_a_plan_waits_for_the_offices_approval(cast: SimpleNamespace) -> None:
    site = open_matter(by=cast.town_office, kind="hubs.construction", place=cast.land.village, title="新建党群服务中心")
    assert groups(cast.district_office) == {"approve": 1}
    assert groups(cast.secretary) == groups(cast.town_office) == {}
    site = advance(by=cast.district_office, matter=site, transition="approve")
    assert groups(cast.district_office) == {}
    assert groups(cast.secretary) == {"rectify": 1}


def test_own_work_does_not_wait_for_verification_by_its_doer(open_item: Opener, cast: SimpleNamespace) -> None:
    submit(open_item(cast.land.village3), cast.both)
    assert groups(cast.both) == {}
    assert groups(cast.verifier) == {"verify": 1}


def test_every_matter_counts_once(open_item: Opener, cast: SimpleNamespace) -> None:
    for _ in range(12):
        open_item()
    (group,) = waiting_for(cast.secretary)
    assert (group.count, len(set(group.keys))) == (12, 12)


def test_steps_are_offered_with_the_reason_why_not(item: Matter, cast: SimpleNamespace) -> None:
    options = available_transitions(item, cast.secretary)
    first = options[0]
    assert (first.transition.code, first.allowed, first.refusal) == ("claim", True, None)
    assert [(f.field.code, f.required, f.shown) for f in first.fields] == [
        ("measures", True, ""),
        ("deadline", True, ""),
        ("responsible_person", True, "寨卜昌村支书"),
    ]
    decline = next(option for option in options if option.transition.code == "decline")
    assert decline.refusal is not None
    assert (decline.allowed, decline.refusal.code, decline.who) == (False, "matter.role_needed", "苏家作乡党建办")
    matter = claim(item, cast.secretary)
    submit_option = available_transitions(matter, cast.secretary)[0]
    assert [(e.slot, e.minimum, e.have, e.lacking) for e in submit_option.evidence] == [("after", 1, 0, 1)]
    duplicate = next(
        o for o in available_transitions(matter, cast.town_office) if o.transition.code == "mark_duplicate"
    )
    assert [f.field.code for f in duplicate.fields] == ["duplicate_of"]


def test_photo_slots_open_with_the_steps(item: Matter, cast: SimpleNamespace) -> None:
    assert item.slots_open_to(cast.district_office) == {"before"}
    assert item.slots_open_to(cast.secretary) == {"before", "files"}
    assert item.slots_open_to(cast.secretary2) == set()
    matter = claim(item, cast.secretary)
    assert matter.slots_open_to(cast.secretary) == {"before", "after", "files"}
    assert matter.slots_open_to(cast.district_office) == set()
    matter = submit(matter, cast.secretary)
    assert matter.slots_open_to(cast.secretary) == set()
    with pytest.raises(Refusal) as refused:
        attach_file(
            by=cast.secretary, subject=matter, place=matter.place, slot="after", data=photo(), name="x.jpg", caption=""
        )
    assert refused.value.code == "photo.slot_closed"
    assert "（整改后照片）" in refused.value.problems[0].message()


def test_kinds_that_can_be_opened_here(cast: SimpleNamespace) -> None:
    def of_offices(who: str, place: str) -> set[str]:
        """What is no application of a village's own."""
        found = kinds_openable_by(getattr(cast, who), getattr(cast.land, place))
        return {kind for kind in found if kind.partition(".")[0] in ("rectification", "hubs")}

    at_village = {"rectification.item", "hubs.construction", "hubs.upgrade"}
    assert of_offices("town_office", "village") == at_village
    assert of_offices("town_office", "town") == {"rectification.item"}
    assert of_offices("secretary", "village") == set()
    applied_for = {kind.partition(".")[0] for kind in kinds_openable_by(cast.secretary, cast.land.village)}
    assert applied_for == {"activities"}, "creation of an honour is applied for by its liaison"
