"""After the last sheet: lock, admit what came late, bonuses and deductions, compute, withdraw."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel import clock, journal
from huoshui.kernel.access import allows, require
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Refusal
from huoshui.places.models import Place
from huoshui.visits import scoring
from huoshui.visits.actions.common import locked, require_state, required_text, thousandths
from huoshui.visits.models import Adjustment, Result, ResultItem, Round, Signature, Visit
from huoshui.visits.tally import (
    PlacePoints,
    adjustments_by_place,
    points_that_count,
    results_digest,
    score_places,
    shown_totals,
    tally_items,
)


@action("visits.lock_round")
def lock_round(*, by: Any, round: Round) -> Round:
    """Take no more sheets; what comes later is late. Raises access.denied or round.state."""
    round = locked(round)
    require(by, "round.plan", path=round.place.path, pack=round.pack)
    require_state(round, Round.State.OPEN)
    round.state, round.locked_at = Round.State.LOCKED, clock.now()
    round.save_next_version("state", "locked_at")
    sheets = Visit.objects.filter(round=round, state=Visit.State.SUBMITTED).count()
    after = {"state": round.state, "sheets": sheets}
    journal.record(by=by, subject=round, place=round.place, before={"state": Round.State.OPEN}, after=after)
    return round


@action("visits.admit_late_visit")
def admit_late_visit(*, by: Any, visit: Visit, reason: str) -> Visit:
    """Let a sheet that came after the lock count, before the results are computed.

    Raises access.denied, round.state, visit.not_late or value.required (reason).
    """
    visit = Visit.objects.select_for_update(of=("self",)).select_related("place", "pack_version").get(pk=visit.pk)
    if visit.round is None or visit.state != Visit.State.LATE:
        raise Refusal("visit.not_late", state=visit.get_state_display())
    round = locked(visit.round)
    require(by, "round.plan", path=round.place.path, pack=round.pack)
    require_state(round, Round.State.LOCKED)
    note = required_text(reason, "reason", _("理由"))
    visit.state, visit.admitted = Visit.State.SUBMITTED, True
    visit.save_next_version("state", "admitted")
    before = {"state": Visit.State.LATE}
    after = {"state": visit.state, "admitted": True}
    journal.record(by=by, subject=visit, place=visit.place, before=before, after=after, note=note)
    return visit


@action("visits.record_adjustment")
def record_adjustment(*, by: Any, round: Round, place: Place, code: str, points: Any, reason: str) -> Adjustment:
    """Record a bonus or deduction of the checklist for a place: ``points`` a positive numeral, once per place and code.

    After the lock and before computing. Raises access.denied, round.state, round.place_outside, adjustment.unknown,
    adjustment.twice, value.range, value.type, value.decimals (more than the round's) or value.required (reason).
    """
    round = locked(round)
    require(by, "round.adjust", path=place.path, pack=round.pack)
    require_state(round, Round.State.LOCKED)
    if not round.places.filter(place=place).exists():
        raise Refusal("round.place_outside", field="place", place=place.short_name, round=round.name)
    definition = round.checklist.adjustment(code)
    if definition is None:
        raise Refusal("adjustment.unknown", field="code", name=code)
    if Adjustment.objects.filter(round=round, place=place, code=code).exists():
        raise Refusal("adjustment.twice", field="code", name=definition.name, place=place.short_name)
    size = thousandths(points, "points", str(definition.name), decimals=round.decimals, most=definition.maximum)
    adjustment = Adjustment.objects.create(
        round=round,
        place=place,
        code=code,
        points=size if definition.kind == "bonus" else -size,
        reason=required_text(reason, "reason", _("理由")),
        by=by,
    )
    after = {"code": code, "points": adjustment.points, "reason": adjustment.reason}
    journal.record(by=by, subject=adjustment, place=place, after=after, restricted=True)
    return adjustment


@action("visits.withdraw_adjustment")
def withdraw_adjustment(*, by: Any, adjustment: Adjustment, reason: str) -> None:
    """Take back a bonus or deduction before computing. Raises access.denied, round.state or value.required."""
    round = locked(adjustment.round)
    place = adjustment.place
    require(by, "round.adjust", path=place.path, pack=round.pack)
    require_state(round, Round.State.LOCKED)
    note = required_text(reason, "reason", _("理由"))
    before = {"code": adjustment.code, "points": adjustment.points, "reason": adjustment.reason}
    journal.record(by=by, subject=adjustment, place=place, before=before, note=note, restricted=True)
    adjustment.delete()


@action("visits.compute_round")
def compute_round(*, by: Any, round: Round) -> list[Result]:
    """Compute every place's score and rank; again where results stand already, which voids the signatures.

    By the review lead or the tally clerk. Raises access.denied, round.state, round.too_few_sheets (naming the places)
    or round.missing_answer (naming place, judge and item).
    """
    round = locked(round)
    _require_tally(by, round)
    require_state(round, Round.State.LOCKED, Round.State.COMPUTED)
    places = points_that_count(round)
    if not places:
        raise Refusal("round.no_places", round=round.name)
    scores = score_places(round, places)
    _clear_results(round)
    results = _new_results(round, places, scores)
    before = {"state": round.state}
    round.state, round.computed_at = Round.State.COMPUTED, clock.now()
    round.save_next_version("state", "computed_at")
    after = {"state": round.state, "digest": results_digest(round), "places": len(results)}
    journal.record(by=by, subject=round, place=round.place, before=before, after=after)
    return results


@action("visits.withdraw_results")
def withdraw_results(*, by: Any, round: Round, reason: str) -> Round:
    """Go back from computed to locked, so that the tally can be put right; results and signatures are void.

    Raises access.denied, round.state or value.required (reason).
    """
    round = locked(round)
    require(by, "round.plan", path=round.place.path, pack=round.pack)
    require_state(round, Round.State.COMPUTED)
    note = required_text(reason, "reason", _("理由"))
    before = {"state": round.state, "digest": results_digest(round)}
    _clear_results(round)
    round.state, round.computed_at = Round.State.LOCKED, None
    round.save_next_version("state", "computed_at")
    journal.record(by=by, subject=round, place=round.place, before=before, after={"state": round.state}, note=note)
    return round


def _require_tally(by: Any, round: Round) -> None:
    if not allows(by, "round.adjust", path=round.place.path, pack=round.pack):
        require(by, "round.plan", path=round.place.path, pack=round.pack)


def _clear_results(round: Round) -> None:
    Signature.objects.filter(round=round, voided_at__isnull=True).update(voided_at=clock.now())
    Result.objects.filter(round=round).delete()


def _new_results(round: Round, places: list[PlacePoints], scores: dict[Any, scoring.PlaceScore]) -> list[Result]:
    extra = adjustments_by_place(round)
    totals = [scores[sheets.place.pk].mean + extra.get(sheets.place.pk, 0) for sheets in places]
    results: list[Result] = []
    items: list[ResultItem] = []
    for sheets, total, rank in zip(places, totals, scoring.ranked(totals), strict=True):
        score = scores[sheets.place.pk]
        result = Result(
            round=round,
            place=sheets.place,
            judges=len(score.totals),
            totals=shown_totals(score),
            mean=score.mean,
            adjustments=extra.get(sheets.place.pk, 0),
            total=total,
            rank=rank,
        )
        results.append(result)
        items += [
            ResultItem(
                result=result,
                item=tally.item,
                mean=tally.mean or 0,
                judges_answered=tally.answered,
                judges_failed=len(tally.failed_by),
                failed=tally.failed,
            )
            for tally in tally_items(round, sheets)
        ]
    Result.objects.bulk_create(results)
    ResultItem.objects.bulk_create(items, batch_size=500)
    return results
