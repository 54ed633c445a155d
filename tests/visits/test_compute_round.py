"""Computing scores and ranks."""

from __future__ import annotations

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.visits import actions
from huoshui.visits.models import Answer, Result, ResultItem, Round, Signature, Visit
from tests.visits.staging import Stage


def test_highest_and_lowest_are_dropped_and_ties_shared(stage: Stage) -> None:
    round, land = stage.opened(drop_highest=1, drop_lowest=1, minimum_judges=3), stage.land
    for judge, findings in ((1, 0), (2, 2), (3, 6)):  # 20, 18, 14
        stage.submitted(round, judge, land.village, meetings=findings)
    results = actions.compute_round(by=stage.cast.tally_clerk, round=stage.locked(round))
    by_place = {result.place.pk: result for result in results}
    first = by_place[land.village.pk]
    assert (first.mean, first.total, first.rank, first.judges) == (18_000, 18_000, 3, 3)
    assert first.totals == [
        {"judge": 1, "total": 20_000, "dropped": True},
        {"judge": 2, "total": 18_000, "dropped": False},
        {"judge": 3, "total": 14_000, "dropped": True},
    ]
    assert [by_place[place.pk].rank for place in (land.village2, land.other_village)] == [1, 1]


def test_items_fail_by_the_quorum(stage: Stage) -> None:
    round, land = stage.opened(), stage.land
    stage.submitted(round, 1, land.village, meetings=6)
    stage.submitted(round, 2, land.village, meetings=5)
    stage.submitted(round, 1, land.village2, meetings=6)
    actions.compute_round(by=stage.lead, round=stage.locked(round))
    items = {
        item.result.place_id: (item.mean, item.judges_failed, item.failed)
        for item in ResultItem.objects.filter(item="meetings").select_related("result")
    }
    assert items[land.village.pk] == (2333, 2, True)
    assert items[land.village2.pk] == (4000, 1, False)


def test_too_few_sheets_name_the_places(stage: Stage) -> None:
    round, land = stage.opened(), stage.land
    for judge in (1, 2):
        stage.submitted(round, judge, land.village)
    stage.submitted(round, 1, land.village2)
    stage.sheet(round, 2, land.village2)  # a draft counts for nothing
    round = actions.lock_round(by=stage.lead, round=round)
    with pytest.raises(Refusal) as refusal:
        actions.compute_round(by=stage.lead, round=round)
    assert refusal.value.code == "round.too_few_sheets"
    assert "苏家作村（1）" in str(refusal.value)
    assert "阳庙村（0）" in str(refusal.value)
    assert "寨卜昌村" not in str(refusal.value)
    assert not Result.objects.exists()


def test_a_missing_answer_that_blocks_is_named(stage: Stage) -> None:
    round = stage.opened(missing="zero")
    Answer.objects.filter(visit=stage.submitted(round, 2), item="theme").delete()
    actions.amend_round(by=stage.lead, round=round, rules={"missing": "blocks"})
    with pytest.raises(Refusal) as refusal:
        actions.compute_round(by=stage.lead, round=stage.locked(round))
    assert refusal.value.code == "round.missing_answer"
    for word in ("寨卜昌村", "评委2", "党日"):
        assert word in str(refusal.value)


@pytest.mark.parametrize(("missing", "total"), [("zero", 16_000), ("rescale", 20_000)])
def test_a_missing_answer_by_the_other_rules(stage: Stage, missing: str, total: int) -> None:
    round = stage.opened(missing=missing)
    for judge in (1, 2, 3):
        stage.submitted(round, judge, theme="")
    actions.compute_round(by=stage.lead, round=stage.locked(round))
    assert Result.objects.get(round=round, place=stage.land.village).mean == total


def test_computed_again_the_signatures_are_void(stage: Stage) -> None:
    round = stage.signed()
    actions.compute_round(by=stage.cast.tally_clerk, round=round)
    assert not Signature.objects.filter(voided_at__isnull=True).exists()
    assert Signature.objects.count() == 3
    assert Result.objects.filter(round=round).count() == 3


def test_not_before_the_lock_and_not_after_the_seal(stage: Stage) -> None:
    for round in (stage.opened(), stage.sealed()):
        with pytest.raises(Refusal) as refusal:
            actions.compute_round(by=stage.lead, round=round)
        assert refusal.value.code == "round.state"


@pytest.mark.parametrize("who", ["leader", "scrutineer", "assessor", "secretary"])
def test_only_by_lead_or_tally_clerk(stage: Stage, who: str) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.compute_round(by=getattr(stage.cast, who), round=stage.locked())
    assert refusal.value.code == "access.denied"


def test_the_number_of_queries_does_not_grow_with_the_sheets(
    stage: Stage, django_assert_max_num_queries: object
) -> None:
    round = stage.locked()
    assert Visit.objects.count() == 9
    with django_assert_max_num_queries(40):  # type: ignore[operator]
        actions.compute_round(by=stage.lead, round=round)
    assert Round.objects.get(pk=round.pk).state == Round.State.COMPUTED
