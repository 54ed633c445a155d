"""The seal, and the matters it opens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.media.actions import attach_file
from huoshui.packs.actions import load_pack
from huoshui.visits import actions
from huoshui.visits.models import Result, Round
from tests.visits import staging
from tests.visits.staging import CHECKLIST, PACK, Stage, write_pack


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
        attach_file(by=account, subject=visit, place=land.village, slot="meetings", data=photo, name="a.jpg")
        actions.submit_visit(by=account, visit=visit)
    stage.submitted(round, 1, land.village2, floor=100)  # one of three judges: no majority
    sealed = stage.sealed(round)
    (event,) = opened_events
    assert (event.round_id, event.pack, event.by) == (sealed.pk, "trial", stage.lead)
    (item,) = event.failing
    assert (item.place_id, item.checklist, item.item) == (land.village.pk, "trial", "meetings")
    assert (item.title, item.matter_kind, item.severity) == ("未达标：会议", "rectification.item", "ordinary")
    assert item.detail.splitlines() == [
        "考核项：会议",
        "不合格的评定：5 处问题（2 名评委）",
        "3 名评委中 2 名认定不合格，均分 2.67（满分 6）。",
        "评委1：缺 1 月",
        "评委2：缺 2 月",
    ]
    assert len(item.photo_ids) == 2


OPENS = "opens: {kind: rectification.item, severity: ordinary}"


def test_a_finding_says_what_was_answered_whatever_was_asked(
    stage: Stage, opened_events: list[Any], tmp_path: Path
) -> None:
    checklist = (
        CHECKLIST.replace("evidence: {photos: 1, when: failing}", OPENS)
        .replace('step: "0.5"}', f'step: "0.5"}}\n          fails_below: 60\n          {OPENS}')
        .replace("name: {zh: 党日, en: Theme day}", f"name: {{zh: 党日, en: Theme day}}\n          {OPENS}")
        .replace("method: check\n          points: 4", "method: check\n          fails_below: 60\n          points: 4")
        .replace(
            "zh: 广场, en: Plaza}", "zh: 广场, en: Plaza}\n          guidance: {zh: 没有即不合格。, en: None fails.}"
        )
    )
    pack = PACK.replace("1.0.0", "1.1.0")
    load_pack(by=system_account(), folder=write_pack(tmp_path / "more", checklist=checklist, pack=pack))
    round, village = stage.opened(), stage.land.village
    stage.submitted(round, 1, village, floor="250", plaza="no", overall="1", theme="poor")
    stage.submitted(round, 2, village, floor="199.5", plaza="no", overall="1.5", theme="poor")
    with override("en"):  # whoever seals: a record's text is Chinese
        stage.sealed(round)
    (event,) = opened_events
    said = {item.item: item.detail.splitlines() for item in event.failing}
    assert said == {
        "theme": ["考核项：党日", "不合格的评定：差（2 名评委）", "3 名评委中 2 名认定不合格，均分 2.33（满分 4）。"],
        "floor": [
            "考核项：面积",
            "标准：不少于 300 平方米",
            "不达标的实测值：250 平方米（1 名评委）、199.5 平方米（1 名评委）",
            "3 名评委中 2 名认定不合格，均分 4.16（满分 5）。",
        ],
        "plaza": [
            "考核项：广场",
            "不合格的评定：否（2 名评委）",
            "3 名评委中 2 名认定不合格，均分 0.67（满分 2）。",
            "评定办法：没有即不合格。",
        ],
        "overall": [
            "考核项：总评",
            "不合格的评定：1 分（1 名评委）、1.5 分（1 名评委）",
            "3 名评委中 2 名认定不合格，均分 1.83（满分 3）。",
        ],
    }


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
