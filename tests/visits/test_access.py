"""Who sees sheets and results, at which stage."""

from __future__ import annotations

from typing import Any

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.media.actions import attach_file
from huoshui.media.models import Attachment
from huoshui.visits import actions, queries
from huoshui.visits.models import (
    Adjustment,
    Answer,
    Correction,
    Judge,
    Result,
    ResultItem,
    Round,
    RoundPlace,
    Signature,
    Visit,
)
from tests.visits.staging import Stage

OF_RESULTS = (Result, ResultItem, Adjustment, Correction)


def places_seen(model: Any, actor: Any) -> set[str]:
    """Short names of the places whose rows of a model the actor sees."""
    lookup = {Result: "place", Visit: "place", RoundPlace: "place", Adjustment: "place", Answer: "visit__place"}
    path = f"{lookup.get(model, 'result__place')}__short_name"
    return set(model.objects.visible_to(actor).values_list(path, flat=True))


def test_before_the_lock_nobody_sees_anothers_sheet(stage: Stage) -> None:
    round, cast = stage.opened(), stage.cast
    stage.all_in(round)
    for who in ("review_lead", "leader", "district_office", "town_office", "assessor", "secretary", "tally_clerk",
                "scrutineer", "auditor", "administrator"):  # fmt: skip
        assert not Visit.objects.visible_to(getattr(cast, who)).exists(), who
        assert not Answer.objects.visible_to(getattr(cast, who)).exists(), who
    for number, judge in enumerate(cast.judges[:3], start=1):
        assert set(Visit.objects.visible_to(judge).values_list("judge_number", flat=True)) == {number}
        assert set(Answer.objects.visible_to(judge).values_list("visit__judge_number", flat=True)) == {number}


def test_photos_of_a_sheet_are_as_hidden_as_the_sheet(stage: Stage, photo: bytes) -> None:
    round, judge = stage.opened(), stage.cast.judges[0]
    visit = stage.sheet(round)
    attach_file(by=judge, subject=visit, place=stage.land.village, slot="theme", data=photo, name="a.jpg")
    assert Attachment.objects.visible_to(judge).count() == 1
    for actor in (stage.cast.judges[1], stage.lead, stage.cast.secretary):
        assert not Attachment.objects.visible_to(actor).exists()
        with pytest.raises(Refusal) as refusal:
            attach_file(by=actor, subject=visit, place=stage.land.village, slot="theme", data=photo, name="a.jpg")
        assert refusal.value.code == "access.not_found"


def test_after_the_lock_sheets_show_from_above_and_not_to_the_village(stage: Stage) -> None:
    cast = stage.cast
    stage.locked()
    every = {"寨卜昌村", "苏家作村", "阳庙村"}
    assert places_seen(Visit, stage.lead) == places_seen(Visit, cast.leader) == every
    assert places_seen(Visit, cast.town_office) == places_seen(Answer, cast.assessor) == {"寨卜昌村", "苏家作村"}
    assert places_seen(Visit, cast.other_assessor) == {"阳庙村"}
    assert places_seen(Visit, cast.secretary) == places_seen(Visit, cast.village_lead) == set()
    assert places_seen(Visit, cast.stranger) == set()


def test_no_other_duty_opens_the_sheets_of_ones_own_place_before_the_seal(stage: Stage) -> None:
    own, land = stage.cast.both, stage.land  # secretary of one village, and verifier of the district
    round = stage.locked(places=[land.village, land.village3])
    assert places_seen(Visit, own) == places_seen(Answer, own) == {"寨卜昌村"}
    assert [place.short_name for place in queries.heat_map(round, own).places] == ["寨卜昌村"]
    with pytest.raises(Refusal) as refusal:
        queries.village_review(round, land.village3, own)
    assert refusal.value.code == "access.not_found"
    assert places_seen(Visit, stage.cast.verifier) == {"寨卜昌村", "东寺河村"}
    actions.compute_round(by=stage.lead, round=round)
    for role in ("leader", "scrutineer", "tally_clerk"):
        actions.sign_round(by=getattr(stage.cast, role), round=round, role=role)
    round = actions.seal_round(by=stage.lead, round=round)
    assert places_seen(Visit, own) == {"寨卜昌村", "东寺河村"}
    assert queries.village_review(round, land.village3, own).result


def test_a_towns_judge_sees_the_places_of_that_team_alone(stage: Stage) -> None:
    assessor, round = stage.cast.assessor, stage.planned()
    actions.appoint_judges(by=stage.lead, round=round, accounts=[assessor], place=stage.land.town)
    assert places_seen(RoundPlace, assessor) == {"寨卜昌村", "苏家作村"}
    progress = queries.progress(actions.open_round(by=stage.lead, round=round), assessor)
    assert [row.place.short_name for row in progress.places] == ["寨卜昌村", "苏家作村"]
    other = queries.progress(round, stage.cast.other_assessor)
    assert [row.place.short_name for row in other.places] == ["阳庙村"]
    assert [row.number for row in other.judges] == [1, 2, 3], "the other town's team is none of theirs"


def test_a_draft_never_shows_to_others(stage: Stage) -> None:
    round = stage.opened()
    draft = stage.sheet(round, 3)
    stage.all_in(round, judges=2)
    actions.lock_round(by=stage.lead, round=round)
    assert draft not in Visit.objects.visible_to(stage.lead)
    assert draft in Visit.objects.visible_to(stage.cast.judges[2])


def test_before_the_seal_results_show_to_lead_and_signers_alone(stage: Stage) -> None:
    cast = stage.cast
    stage.computed()
    for who in ("review_lead", "leader", "scrutineer", "tally_clerk"):
        assert Result.objects.visible_to(getattr(cast, who)).count() == 3, who
    for who in ("district_office", "town_office", "assessor", "secretary", "village_lead", "auditor", "stranger"):
        assert not Result.objects.visible_to(getattr(cast, who)).exists(), who
        assert not ResultItem.objects.visible_to(getattr(cast, who)).exists(), who
    assert not Result.objects.visible_to(cast.judges[0]).exists()


def test_after_the_seal_each_sees_their_own_places(stage: Stage) -> None:
    cast, round = stage.cast, stage.locked()
    for village in (stage.land.village, stage.land.other_village):
        actions.record_adjustment(
            by=cast.tally_clerk, round=round, place=village, code="honour", points=1, reason="荣誉"
        )
    actions.compute_round(by=stage.lead, round=round)
    for role in ("leader", "scrutineer", "tally_clerk"):
        actions.sign_round(by=getattr(cast, role), round=round, role=role)
    actions.seal_round(by=stage.lead, round=round)
    for result in Result.objects.filter(round=round):
        actions.correct_result(by=stage.lead, result=result, total="12.5", reason="复核")
    own = {"寨卜昌村"}
    for model in OF_RESULTS:
        assert places_seen(model, cast.secretary) == own, model
        assert "阳庙村" not in places_seen(model, cast.assessor), model
        assert places_seen(model, cast.other_assessor) == {"阳庙村"}, model
        assert "阳庙村" in places_seen(model, cast.leader), model
        assert places_seen(model, cast.stranger) == set(), model
    assert places_seen(Visit, cast.secretary) == own
    assert places_seen(Visit, cast.secretary2) == {"苏家作村"}


def test_rounds_show_above_below_and_to_their_judges(stage: Stage) -> None:
    cast, round = stage.cast, stage.planned()
    for who in ("leader", "town_office", "secretary", "both", "other_assessor"):
        assert round in Round.objects.visible_to(getattr(cast, who)), who
    assert round in Round.objects.visible_to(cast.judges[0])
    assert not Round.objects.visible_to(cast.stranger).exists()


def test_a_towns_round_is_hidden_from_the_other_town(stage: Stage) -> None:
    cast = stage.cast
    round = stage.planned(places=[stage.land.village])
    Round.objects.filter(pk=round.pk).update(place=stage.land.town)
    assert round in Round.objects.visible_to(cast.secretary2)
    assert round not in Round.objects.visible_to(cast.other_assessor)
    assert round not in Round.objects.visible_to(cast.other_secretary)
    assert not RoundPlace.objects.visible_to(cast.secretary2).exists()


def test_judges_are_named_to_who_runs_the_round_alone(stage: Stage) -> None:
    stage.planned()
    assert Judge.objects.visible_to(stage.lead).count() == 3
    assert Judge.objects.visible_to(stage.cast.judges[0]).get().number == 1
    for who in ("leader", "secretary", "assessor", "tally_clerk"):
        assert not Judge.objects.visible_to(getattr(stage.cast, who)).exists(), who


def test_signatures_show_to_who_sees_the_whole_round(stage: Stage) -> None:
    stage.signed()
    assert Signature.objects.visible_to(stage.cast.auditor).count() == 3
    for who in ("secretary", "assessor", "stranger"):
        assert not Signature.objects.visible_to(getattr(stage.cast, who)).exists(), who


def test_the_heat_map_and_the_review_follow_the_sheets(stage: Stage) -> None:
    cast, round = stage.cast, stage.opened()
    with pytest.raises(Refusal) as refusal:
        queries.heat_map(round, stage.lead)
    assert refusal.value.code == "round.state"
    round = stage.locked(round)
    assert [place.short_name for place in queries.heat_map(round, cast.assessor).places] == ["寨卜昌村", "苏家作村"]
    assert queries.heat_map(round, cast.secretary).places == []
    assert queries.heat_map(round, cast.judges[0]).places == []
    for actor in (cast.secretary, cast.other_assessor, cast.judges[0]):
        with pytest.raises(Refusal) as refusal:
            queries.village_review(round, stage.land.village, actor)
        assert refusal.value.code == "access.not_found"
