"""Editing a checklist publishes a new patch version; rounds that began keep theirs."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.packs.actions import PackRefused
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import current
from huoshui.visits import actions, queries
from tests.visits.staging import Stage


def source(pack: str = "trial") -> dict[str, Any]:
    definition = queries.checklist_source(current(pack), "trial")
    assert definition is not None
    return copy.deepcopy(definition)


def edit(stage: Stage, definition: dict[str, Any], **other: Any) -> PackVersion:
    given = {"by": stage.lead, "pack": "trial", "seen_number": "1.0.0"}
    return actions.edit_checklist(definition=definition, **{**given, **other})


def test_new_rounds_use_it_and_old_ones_keep_theirs(stage: Stage) -> None:
    before = stage.planned()
    definition = source()
    definition["sections"][0]["items"][0] |= {"points": 8, "name": {"zh": "会议记录", "en": "Records"}}
    definition["points"] = 22
    version = edit(stage, definition)
    assert (version.number, version.current) == ("1.0.1", True)
    assert stage.planned().checklist.total_points == 22_000
    before.refresh_from_db()
    assert before.checklist.total_points == 20_000
    assert before.checklist.items["meetings"].name.zh == "会议"


def test_an_unchanged_checklist_publishes_nothing(stage: Stage) -> None:
    assert edit(stage, source()).number == "1.0.0"


def test_points_that_do_not_add_up_are_refused_like_in_a_pack(stage: Stage) -> None:
    definition = source()
    definition["points"] = 100
    with pytest.raises(PackRefused) as refusal:
        edit(stage, definition)
    assert refusal.value.code == "checklist.sum"
    assert current("trial").number == "1.0.0"


def test_a_published_code_keeps_its_meaning(stage: Stage) -> None:
    definition = source()
    definition["sections"][0]["items"][2]["scoring"]["unit"] = "亩"
    definition["sections"][0]["items"][4]["scoring"] = {"type": "deduction", "per_finding": 1}
    with pytest.raises(Refusal) as refusal:
        edit(stage, definition)
    assert [(p.code, p.field) for p in refusal.value.problems] == [
        ("checklist.meaning_changed", "trial.sections.all.items.floor.scoring.unit"),
        ("checklist.meaning_changed", "trial.sections.all.items.overall.scoring.type"),
    ]
    assert PackVersion.objects.filter(pack="trial").count() == 1


def test_a_retired_code_does_not_come_back_with_another_meaning(stage: Stage) -> None:
    definition = source()
    items = definition["sections"][0]["items"]
    items.pop(4)
    definition["points"] = 17
    edit(stage, definition)
    again = copy.deepcopy(definition)
    again["sections"][0]["items"].append(
        {
            "code": "overall",
            "name": {"zh": "总评", "en": "Overall"},
            "method": "score",
            "points": 3,
            "scoring": {"type": "yes_no", "fails_when": "no"},
        }
    )
    again["points"] = 20
    with pytest.raises(Refusal) as refusal:
        edit(stage, again, seen_number="1.0.1")
    assert refusal.value.code == "checklist.meaning_changed"
    again["sections"][0]["items"][-1]["scoring"] = {"type": "graded", "step": "0.5"}
    assert edit(stage, again, seen_number="1.0.1").number == "1.0.2"


def test_a_begun_round_keeps_its_version_through_every_step(stage: Stage) -> None:
    round = stage.opened()
    definition = source()
    definition["sections"][0]["items"] = definition["sections"][0]["items"][:1]
    definition["points"] = 6
    edit(stage, definition)
    sheet = stage.submitted(round)
    assert sheet.answers.count() == 5
    assert stage.locked(round).checklist.total_points == 20_000
    assert len(stage.planned().checklist.items) == 1


def test_looking_at_an_edit_writes_nothing_and_refuses_the_same(stage: Stage) -> None:
    definition = source()
    seen = {"by": stage.lead, "pack": "trial", "seen_number": "1.0.0"}
    assert actions.check_checklist(definition=definition, **seen) is None
    definition["points"] = 100
    with pytest.raises(PackRefused):
        actions.check_checklist(definition=definition, **seen)
    definition["points"] = 20
    definition["name"] = {"zh": "新名", "en": "New name"}
    assert actions.check_checklist(definition=definition, **seen) == "1.0.1"
    assert PackVersion.objects.filter(pack="trial").count() == 1
    with pytest.raises(Refusal) as refusal:
        actions.check_checklist(definition=definition, **{**seen, "by": stage.cast.tally_clerk})
    assert refusal.value.code == "access.denied"


def test_a_new_checklist_can_be_added(stage: Stage) -> None:
    definition = {**source(), "code": "second"}
    assert set(edit(stage, definition).section("checklists")) == {"trial", "second"}


def test_another_edit_in_between_is_noticed(stage: Stage) -> None:
    edit(stage, {**source(), "code": "second"})
    with pytest.raises(Refusal) as refusal:
        edit(stage, {**source(), "code": "third"})
    assert refusal.value.code == "pack.edited_meanwhile"


@pytest.mark.parametrize("who", ["district_office", "town_office", "tally_clerk"])
def test_only_who_may_edit(stage: Stage, who: str) -> None:
    with pytest.raises(Refusal) as refusal:
        edit(stage, source(), by=getattr(stage.cast, who))
    assert refusal.value.code == "access.denied"
