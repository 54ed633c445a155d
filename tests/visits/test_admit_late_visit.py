"""A sheet that came after the lock counts only by a journalled reopening."""

from __future__ import annotations

import json

import pytest

from huoshui.kernel import reading as kernel_reading
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.visits import actions
from huoshui.visits.models import Result, Round, Visit
from huoshui.visits.queries import heat_map
from tests.visits.staging import Stage


@pytest.fixture
def late(stage: Stage) -> Visit:
    """Judge 3's late sheet for the first village, six findings worse than the others'."""
    round = stage.opened()
    draft = stage.sheet(round, 3, meetings=6)
    stage.all_in(round)
    actions.lock_round(by=stage.lead, round=round)
    return actions.submit_visit(by=stage.cast.judges[2], visit=draft)


def first_village(stage: Stage, round: Round) -> Result:
    actions.compute_round(by=stage.lead, round=round)
    return Result.objects.get(round=round, place=stage.land.village)


def test_it_does_not_count_by_itself(stage: Stage, late: Visit) -> None:
    assert first_village(stage, late.round).judges == 2


def test_admitted_it_counts(stage: Stage, late: Visit) -> None:
    admitted = actions.admit_late_visit(by=stage.lead, visit=late, reason="山里没有信号")
    assert (admitted.state, admitted.admitted) == (Visit.State.SUBMITTED, True)
    result = first_village(stage, late.round)
    assert (result.judges, result.mean) == (3, 18_000)
    entry = Entry.objects.get(action="visits.admit_late_visit")
    assert json.loads(entry.data)["note"] == "山里没有信号"


def test_a_reason_is_needed(stage: Stage, late: Visit) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.admit_late_visit(by=stage.lead, visit=late, reason="")
    assert refusal.value.code == "value.required"


def test_not_after_computing(stage: Stage, late: Visit) -> None:
    first_village(stage, late.round)
    with pytest.raises(Refusal) as refusal:
        actions.admit_late_visit(by=stage.lead, visit=late, reason="没有信号")
    assert refusal.value.code == "round.state"


def test_a_sheet_in_time_needs_none(stage: Stage, late: Visit) -> None:
    in_time = Visit.objects.filter(state=Visit.State.SUBMITTED).first()
    with pytest.raises(Refusal) as refusal:
        actions.admit_late_visit(by=stage.lead, visit=in_time, reason="没有信号")
    assert refusal.value.code == "visit.not_late"


@pytest.mark.parametrize("who", ["tally_clerk", "leader"])
def test_only_by_who_runs_the_round(stage: Stage, late: Visit, who: str) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.admit_late_visit(by=getattr(stage.cast, who), visit=late, reason="没有信号")
    assert refusal.value.code == "access.denied"


def test_computed_anew_the_heat_map_tells_of_it(stage: Stage, late: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the process keeps what a computation found: as if all of this were committed."""
    monkeypatch.setattr(kernel_reading, "_uncommitted", lambda: False)

    def told() -> set[tuple[int, ...]]:
        result = first_village(stage, late.round)
        heat = heat_map(Round.objects.get(pk=late.round_id), stage.lead)
        at = [place.pk for place in heat.places].index(result.place_id)
        return {(result.judges, row.cells[at].answered) for row in heat.rows}

    assert told() == {(2, 2)}
    actions.withdraw_results(by=stage.lead, round=late.round, reason="有一份迟交")
    actions.admit_late_visit(by=stage.lead, visit=late, reason="山里没有信号")
    assert told() == {(3, 3)}
