"""What matters do when a sister tells something; runs in the sister's transaction."""

from __future__ import annotations

from typing import Any

from huoshui.duties.models import Duty
from huoshui.duties.queries import roles, who_can
from huoshui.kernel import clock, journal
from huoshui.kernel.errors import Refusal
from huoshui.kernel.events import (
    DutyEnded,
    FailingItem,
    PromiseMoved,
    RatedLow,
    RequestTaken,
    RoundSealed,
    TermEnded,
    VisitHandedIn,
)
from huoshui.matters.actions.handing_over import hand_over
from huoshui.matters.actions.opening import open_failing, open_found, source_item_of
from huoshui.matters.actions.requested import RATING, follow_promise, open_correction, open_for_request
from huoshui.matters.models import Matter
from huoshui.matters.queries.resting import resting_on
from huoshui.media.actions import reuse_attachment
from huoshui.media.models import Attachment
from huoshui.notices.actions import send

BEFORE_SLOT = "before"


def open_matters_for_failing_items(event: RoundSealed) -> None:
    """Open one matter for each place and item that failed; a round sealed again opens none a second time."""
    for item in event.failing:
        known = Matter.objects.filter(
            source_id=event.round_id, place_id=item.place_id, source_item=source_item_of(item)
        )
        if not known.exists():
            _show_photos(event.by, open_failing(by=event.by, event=event, item=item), item)


def open_matters_of_visit(event: VisitHandedIn) -> None:
    """Open one matter for each item that failed; none while an earlier one of the same item at the place still runs."""
    for item in event.failing:
        same = Matter.objects.going().filter(
            place_id=item.place_id, kind=item.matter_kind, source_item=source_item_of(item)
        )
        if not same.exists():
            _show_photos(event.by, open_found(by=event.by, event=event, item=item), item)


def open_matter_of_request(event: RequestTaken) -> None:
    """Open the matter that carries a request to its end."""
    open_for_request(by=event.by, event=event)


def follow_promise_of_request(event: PromiseMoved) -> None:
    """Let the deadline of the matter that carries a request follow the promised day."""
    follow_promise(by=event.by, matter=Matter.objects.get(pk=event.matter_id), event=event)


def open_correction_of_rating(event: RatedLow) -> None:
    """Open the correction of a rating; one that is changed and stays low opens none a second time."""
    if not Matter.objects.filter(source_kind=RATING, source_id=event.rating_id).exists():
        open_correction(by=event.by, event=event)


def hand_over_what_rests(event: DutyEnded) -> None:
    """Hand what rests on the holder of an ended duty to the successor, or leave it to its unit, as was said.

    Raises duty.matters_rest when something rests there and nothing was said.
    """
    duty = Duty.objects.select_related("account", "place").get(pk=event.duty_id)
    resting = resting_on(duty, event.until)
    if resting and event.successor is None and not event.to_unit:
        raise Refusal("duty.matters_rest", field="successor", person=duty.account.title, count=len(resting))
    for matter in resting:
        hand_over(by=event.by, matter=matter, successor=event.successor)


def ask_for_what_rests(event: TermEnded) -> None:
    """Ask those who grant duties there to hand over what still rests on the holder of a duty whose term has ended.

    Nothing rests there: nobody is asked, and nothing is journalled. Those nearest to the place are asked.
    """
    duty = Duty.objects.select_related("account", "place").get(pk=event.duty_id)
    resting = resting_on(duty, clock.today())
    if not resting:
        return
    granting = who_can("duty.grant", duty.place, duty.pack)
    nearest = max((len(held.place.path) for held in granting), default=0)
    asked = list(dict.fromkeys(held.account for held in granting if len(held.place.path) == nearest))
    role = roles().get(duty.role)
    params = {
        "person": duty.account.title,
        "role": role.name.model_dump() if role else duty.role,
        "place": duty.place.short_name,
        "count": len(resting),
        "day": str(duty.until),
    }
    # Granting duties is not passed on: nobody is asked in the stead of those who are.
    send(accounts=asked, code="duty.ended", params=params, subject=duty, place=duty.place, own=asked, deputies=False)
    journal.record(by=event.by, subject=duty, place=duty.place, after={"resting": len(resting), "ended_on": duty.until})


def _show_photos(by: Any, matter: Matter, item: FailingItem) -> None:
    """The photos of the finding, as before-photos where the kind has such a slot."""
    if BEFORE_SLOT not in matter.slots_open_to(by):
        return
    for photo in Attachment.objects.filter(pk__in=item.photo_ids).order_by("id"):
        reuse_attachment(by=by, attachment=photo, subject=matter, place=matter.place, slot=BEFORE_SLOT)
