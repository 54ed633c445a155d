"""Each village against its own last round of the same checklist, by items that mean the same."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from huoshui.duties.queries import system_account
from huoshui.packs.actions import load_pack
from huoshui.visits import actions
from huoshui.visits.models import Round
from huoshui.visits.queries import PlaceChange, comparison
from tests.visits.staging import CHECKLIST, GOOD, PACK, Stage, write_pack

MARCH = dt.date(2018, 3, 5)
CHANGED = (
    CHECKLIST.replace("points: 20", "points: 23")
    .replace("method: check\n          points: 4", "method: check\n          points: 8")
    .replace("points: 4}", "points: 8}")
    .replace(
        """        - code: plaza
          name: {zh: 广场, en: Plaza}""",
        """        - code: lamps
          name: {zh: 路灯, en: Lamps}""",
    )
    .replace("          prefill_from: hub.plaza\n", "")
    .replace("method: see\n          points: 2", "method: see\n          points: 1")
)
"""Without the plaza, with lamps for one point, the theme day for eight points instead of four."""


def sealed(stage: Stage, day: dt.date | None = None, **answers: object) -> Round:
    """A sealed round in which every judge answers so for the first village, and well for the others."""
    round = stage.opened(day=day)
    for judge in (1, 2, 3):
        stage.submitted(round, judge, **answers)
    return stage.sealed(round)


def of_first_village(stage: Stage, round: Round) -> PlaceChange:
    found = comparison(round, stage.lead).of(stage.land.village)
    assert found
    return found


def test_the_same_checklist_is_compared_whole(stage: Stage) -> None:
    sealed(stage, MARCH, meetings=4, floor="100")
    change = of_first_village(stage, sealed(stage, meetings=1, floor="100", overall="1.5"))
    assert change.last
    assert (change.last.total, change.row.total, change.change) == (12_670, 14_170, 1500)
    assert change.basis
    assert change.basis.whole
    assert [(c.item.code, c.before, c.now) for c in change.better] == [("meetings", 33, 83)]
    assert [c.item.code for c in change.worse] == ["overall"]
    assert [c.item.code for c in change.still_failing] == ["floor"]
    assert (change.share_before, change.share_now, change.share_change) == (633, 708, 75)


def test_what_changed_its_meaning_is_named_and_totals_are_not_subtracted(stage: Stage, tmp_path: Path) -> None:
    sealed(stage, MARCH, theme="poor")
    pack = PACK.replace("1.0.0", "1.1.0")
    load_pack(by=system_account(), folder=write_pack(tmp_path / "again", checklist=CHANGED, pack=pack))
    round = stage.opened()
    answers = {**{code: value for code, value in GOOD.items() if code != "plaza"}, "lamps": "yes"}
    for entry in round.places.select_related("place"):
        for account in stage.cast.judges[:3]:
            visit = actions.open_sheet(by=account, round=round, place=entry.place)
            actions.submit_visit(by=account, visit=actions.save_answers(by=account, visit=visit, answers=answers))
    change = of_first_village(stage, stage.sealed(round))
    assert change.basis
    assert [item.code for item in change.basis.added] == ["lamps"]
    assert [item.code for item in change.basis.dropped] == ["plaza"]
    assert not change.basis.changed
    assert not change.basis.whole
    assert change.change is None
    assert {item.item.code for item in change.items} == {"meetings", "theme", "floor", "overall"}
    assert [(c.before, c.now) for c in change.better] == [(38, 100)]
    assert change.share_now == 1000


def test_another_way_of_scoring_is_another_meaning(stage: Stage) -> None:
    then, now = sealed(stage, MARCH), sealed(stage)
    item = now.checklist.items["floor"]
    assert item.meaning() != item.model_copy(update={"scoring": now.checklist.items["plaza"].scoring}).meaning()
    change = of_first_village(stage, now)
    assert change.basis
    assert change.basis.round == then
    assert change.basis.same_rules


def test_other_rules_are_told(stage: Stage) -> None:
    stage.sealed(stage.opened(day=MARCH, drop_highest=1, minimum_judges=2))
    change = of_first_village(stage, sealed(stage))
    assert change.basis
    assert not change.basis.same_rules


@pytest.mark.parametrize("state", ["open", "computed"])
def test_only_a_sealed_round_that_began_before_is_a_last_one(stage: Stage, state: str) -> None:
    earlier = stage.opened(day=MARCH)
    if state == "computed":
        stage.computed(earlier)
    assert of_first_village(stage, sealed(stage)).last is None
    stage.sealed(stage.opened(day=dt.date(2018, 5, 7)))
    assert of_first_village(stage, Round.objects.get(opens_on=dt.date(2018, 4, 2))).last is None


def test_the_village_sees_its_own_comparison_alone(stage: Stage) -> None:
    sealed(stage, MARCH)
    found = comparison(sealed(stage), stage.cast.secretary)
    assert [row.row.place for row in found.rows] == [stage.land.village]
    assert found.rows[0].last
