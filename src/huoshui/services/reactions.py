"""What services do when the matter of a request, or of a correction, moves; runs in the matter's transaction."""

from __future__ import annotations

from typing import Any

from huoshui.kernel import clock, journal
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal
from huoshui.kernel.events import MatterMoved
from huoshui.kernel.wording import listed
from huoshui.services.models import CLOSED, OPEN, Progress, Rating, Request

REQUEST, RATING = "service", "rating"
RESOLVED = "resolved"
"""The reason for closing of what was done."""


def follow_matter(event: MatterMoved) -> None:
    """Keep how far a request is, or a correction; whoever asked for the same is told of the one that goes on."""
    for kind, key in event.absorbed:
        merged = Request.objects.select_for_update(of=("self",)).filter(pk=key).first() if kind == REQUEST else None
        if merged is not None:
            follow_request(by=event.by, request=merged, event=event)
    if event.source_id is None:
        return
    if event.source_kind == REQUEST:
        request = Request.objects.select_for_update(of=("self",)).filter(pk=event.source_id).first()
        if request is not None and request.matter_id in (None, event.matter_id):
            follow_request(by=event.by, request=request, event=event)
    elif event.source_kind == RATING:
        rating = Rating.objects.select_for_update(of=("self",)).filter(pk=event.source_id).first()
        if rating is not None and rating.correction_id in (None, event.matter_id):
            follow_correction(by=event.by, rating=rating, event=event)


@action("services.follow_request")
def follow_request(*, by: Any, request: Request, event: MatterMoved) -> Request:
    """Note the state that the matter of a request came to. Called by the reaction to MatterMoved alone.

    Raises service.material_outstanding, which undoes the step, when it ends as done while a material that was to
    follow is not there; declined and withdrawn it ends without.

    Of a request whose matter was merged into that of the event, only the progress goes on: it ended by itself.
    """
    if request.matter_id not in (None, event.matter_id):
        return _tell_of_the_other(by, request, event)
    if event.phase == CLOSED and event.close_reason == RESOLVED and request.lacking:
        named = listed(material.name for material in request.lacking)
        raise Refusal("service.material_outstanding", field="transition", number=request.matter_number, materials=named)
    before = {"state": request.state_labels.get("zh", "")} if request.state else {}
    was = request.state
    request.matter_id, request.matter_number = event.matter_id, event.number
    request.state, request.state_labels, request.phase = event.state, dict(event.state_name), event.phase
    request.closed_on, request.close_reason = event.closed_on, event.close_reason
    if event.phase == OPEN:
        request.done_on = None
    elif request.done_on is None:
        request.done_on = event.closed_on or clock.today()
    request.save_next_version(
        "matter_id", "matter_number", "state", "state_labels", "phase", "done_on", "closed_on", "close_reason"
    )
    if was == event.state:
        running_action().changed_nothing()
        return request
    Progress.objects.create(
        request=request, state=event.state, labels=dict(event.state_name), phase=event.phase, on=clock.today(), by=by
    )
    journal.record(by=by, subject=request, place=request.place, before=before, after={"state": event.state_name["zh"]})
    return request


def _tell_of_the_other(by: Any, request: Request, event: MatterMoved) -> Request:
    """The state of the matter that a request's own was merged into, once: by the code its people see that alone."""
    last = request.progress.last()
    if last is not None and last.state == event.state:
        running_action().changed_nothing()
        return request
    Progress.objects.create(
        request=request, state=event.state, labels=dict(event.state_name), phase=event.phase, on=clock.today(), by=by
    )
    journal.record(by=by, subject=request, place=request.place, after={"state": event.state_name["zh"]})
    return request


@action("services.follow_correction")
def follow_correction(*, by: Any, rating: Rating, event: MatterMoved) -> Rating:
    """Note the deadline of a correction, and when it ended. Called by the reaction to MatterMoved alone."""
    before = {"corrected_on": rating.corrected_on, "correct_by": rating.correct_by}
    rating.correction_id, rating.correction_number = event.matter_id, event.number
    rating.corrected_on = event.closed_on if event.phase == CLOSED else None
    if event.phase == OPEN:
        rating.correct_by = event.due_on or rating.correct_by
    rating.save_next_version("correction_id", "correction_number", "corrected_on", "correct_by")
    after = {"corrected_on": rating.corrected_on, "correct_by": rating.correct_by, "matter": event.number}
    if before == {name: after[name] for name in before}:
        running_action().changed_nothing()
    else:
        journal.record(by=by, subject=rating, place=rating.request.place, before=before, after=after, restricted=True)
    return rating
