"""Town summaries, and the red and blue lists where the pack has them."""

from __future__ import annotations

from pathlib import Path

from huoshui.duties.queries import system_account
from huoshui.packs.actions import load_pack
from huoshui.visits.models import Round
from huoshui.visits.queries import ranking, red_and_blue, town_summaries
from tests.visits.staging import CHECKLIST, PACK, Stage, write_pack

RANKING = CHECKLIST[CHECKLIST.index("  ranking:") : CHECKLIST.index("  adjustments:")]


def three_totals(stage: Stage) -> Round:
    """A sealed round: 20 and 16 points in the first town, 18 in the other."""
    round = stage.opened()
    for judge in (1, 2, 3):
        stage.submitted(round, judge, stage.land.village2, meetings=4)
        stage.submitted(round, judge, stage.land.other_village, meetings=2)
    return stage.sealed(round)


def test_a_town_is_summed_up(stage: Stage) -> None:
    second, first = town_summaries(three_totals(stage), stage.lead)
    assert (first.town, second.town) == (stage.land.town, stage.land.other_town)
    assert (first.places, first.mean, first.highest, first.lowest, first.deviation) == (2, 18_000, 20_000, 16_000, 2000)
    assert [(item.code, places) for item, places in first.common] == [("meetings", 1)]
    assert (second.places, second.mean, second.deviation, second.common) == (1, 18_000, 0, [])


def test_a_town_of_which_one_sees_a_part_is_left_out(stage: Stage) -> None:
    round = three_totals(stage)
    assert [summary.town for summary in town_summaries(round, stage.cast.town_office)] == [stage.land.town]
    assert town_summaries(round, stage.cast.secretary) == []


def test_lists_stand_after_the_seal_and_are_decided_over_all_places(stage: Stage) -> None:
    round = three_totals(stage)
    found = red_and_blue(round, stage.lead)
    assert found
    assert [row.place for row in found.red] == [stage.land.village]
    assert [row.place for row in found.blue] == [stage.land.village2]
    seen = red_and_blue(round, stage.cast.other_secretary)
    assert seen
    assert (seen.red, seen.blue) == ([], [])
    assert red_and_blue(stage.computed(), stage.lead) is None


def test_ties_at_the_edge_are_all_listed_and_nobody_stands_on_both(stage: Stage) -> None:
    found = red_and_blue(stage.sealed(), stage.lead)
    assert found
    assert (len(found.red), found.blue) == (3, [])


def test_without_the_packs_word_there_is_neither_rank_nor_list(stage: Stage, tmp_path: Path) -> None:
    checklist, pack = CHECKLIST.replace(RANKING, ""), PACK.replace("1.0.0", "1.1.0")
    load_pack(by=system_account(), folder=write_pack(tmp_path / "again", checklist=checklist, pack=pack))
    round = three_totals(stage)
    rows = ranking(round, stage.lead)
    assert [row.rank for row in rows] == [None] * 3
    assert [row.place for row in rows] == sorted((row.place for row in rows), key=lambda place: str(place.path))
    assert red_and_blue(round, stage.lead) is None
