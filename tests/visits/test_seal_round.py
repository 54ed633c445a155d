"""The seal, and the matters it opens."""

from __future__ import annotations

from typing import Any

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.media.actions import attach_photo
from huoshui.visits import actions
from huoshui.visits.models import Result, Round
from tests.visits import staging
from tests.visits.staging import Stage


def test_a_signed_round_is_sealed(stage: Stage) -> None:
    round = stage.sealed()
    assert round.state == Round.State.SEALED
    assert round.sealed_at


def test_one_matter_per_place_and_item_by_the_quorum(stage: Stage, photo: bytes, opened_events: list[Any]) -> None:
    round, land, judges = stage.opened(), stage.land, stage.cast.judges
    for judge in (1, 2):
        visit = stage.sheet(round, judge, land.village, meetings=5, theme="poor")
        account = judges[judge - 1]
        actions.save_answers(by=account, visit=visit, notes={"meetings": f"缺 {judge} 月"})
        attach_photo(by=account, subject=visit, place=land.village, slot="meetings", data=photo, name="a.jpg")
        actions.submit_visit(by=account, visit=visit)
    stage.submitted(round, 1, land.village2, floor=100)  # one of three judges: no majority
    sealed = stage.sealed(round)
    (event,) = opened_events
    assert (event.round_id, event.pack, event.by) == (sealed.pk, "trial", stage.lead)
    (item,) = event.failing
    assert (item.place_id, item.checklist, item.item) == (land.village.pk, "trial", "meetings")
    assert (item.title, item.matter_kind, item.severity) == ("未达标：会议", "rectification.item", "ordinary")
    assert item.detail == "3 名评委中 2 名认定不合格，均分 2.67（满分 6）。\n评委1：缺 1 月\n评委2：缺 2 月"
    assert len(item.photo_ids) == 2


def test_a_reaction_that_fails_unseals(stage: Stage, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(event: Any) -> None:
        raise Refusal("access.not_found")

    round = stage.signed()
    monkeypatch.setattr(staging, "collect", refuse)
    with pytest.raises(Refusal):
        actions.seal_round(by=stage.lead, round=round)
    assert Round.objects.get(pk=round.pk).state == Round.State.COMPUTED


def test_missing_signatures_are_named(stage: Stage) -> None:
    round = stage.computed()
    actions.sign_round(by=stage.cast.leader, round=round, role="leader")
    with pytest.raises(Refusal) as refusal:
        actions.seal_round(by=stage.lead, round=round)
    assert refusal.value.code == "round.unsigned"
    assert "监督员、计分员" in str(refusal.value)


def test_results_that_no_longer_fit_the_signatures_are_not_sealed(stage: Stage) -> None:
    round = stage.signed()
    Result.objects.filter(place=stage.land.village).update(total=1)
    with pytest.raises(Refusal) as refusal:
        actions.seal_round(by=stage.lead, round=round)
    assert refusal.value.code == "round.results_changed"


def test_only_by_who_runs_it_and_only_once(stage: Stage) -> None:
    round = stage.signed()
    with pytest.raises(Refusal) as refusal:
        actions.seal_round(by=stage.cast.leader, round=round)
    assert refusal.value.code == "access.denied"
    actions.seal_round(by=stage.lead, round=round)
    with pytest.raises(Refusal) as refusal:
        actions.seal_round(by=stage.lead, round=round)
    assert refusal.value.code == "round.state"
