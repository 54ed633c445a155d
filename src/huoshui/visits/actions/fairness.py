"""The analysis of a round's fairness: asked for by the review lead, computed beside the web server, kept."""

from __future__ import annotations

from typing import Any

from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action, running_action
from huoshui.visits.actions.common import locked, require_state
from huoshui.visits.fairness.findings import inputs_digest
from huoshui.visits.models import FairnessAnalysis, Round
from huoshui.visits.tasks import analyse_fairness


@action("visits.ask_fairness")
def ask_fairness(*, by: Any, round: Round) -> FairnessAnalysis:
    """Have a computed round analysed; what stands already, or is under way, is not computed again.

    Raises access.denied or round.state.
    """
    round = locked(round)
    require(by, "round.fairness", path=round.place.path, pack=round.pack)
    require_state(round, *map(Round.State, Round.RESULT_STATES))
    digest, now = inputs_digest(round), clock.now()
    standing: FairnessAnalysis | None = FairnessAnalysis.objects.filter(round=round, digest=digest).first()
    if standing and not standing.lost:
        running_action().changed_nothing()
        return standing
    values = {"digest": digest, "asked_at": now, "done_at": None, "findings": None}
    analysis: FairnessAnalysis
    analysis, _ = FairnessAnalysis.objects.update_or_create(round=round, defaults=values)
    analyse_fairness.enqueue(str(analysis.pk))
    journal.record(by=by, subject=round, place=round.place, after={"digest": digest})
    return analysis


@action("visits.keep_fairness")
def keep_fairness(*, by: Any, analysis: FairnessAnalysis, findings: dict[str, Any]) -> FairnessAnalysis:
    """Keep what an analysis found; nothing when other results were to be analysed meanwhile, or it is kept already."""
    standing: FairnessAnalysis = (
        FairnessAnalysis.objects.select_for_update(of=("self",)).select_related("round__place").get(pk=analysis.pk)
    )
    if standing.done_at or standing.digest != analysis.digest:
        running_action().changed_nothing()
        return standing
    standing.findings, standing.done_at = findings, clock.now()
    standing.save_next_version("findings", "done_at")
    round = standing.round
    journal.record(by=by, subject=round, place=round.place, after={"digest": standing.digest})
    return standing
