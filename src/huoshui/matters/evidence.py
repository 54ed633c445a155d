"""Photos as evidence: which of them count for a step, and which served before the matter came back."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F

from huoshui.kernel.errors import Problem
from huoshui.matters.models import Matter
from huoshui.matters.schema import Evidence, Transition
from huoshui.media.models import Attachment
from huoshui.media.queries import photos_of


def last_entry(matter: Matter, states: Iterable[str]) -> UUID | None:
    """The step that last brought the matter into one of these states from another, its opening included.

    Steps and photos have UUIDv7 ids, which sort by when they were made: a photo with a later id came since.
    """
    steps = matter.steps.filter(to_state__in=states).exclude(from_state=F("to_state"))
    return steps.order_by("-id").values_list("pk", flat=True).first()


def earlier_photos(matter: Matter) -> set[UUID]:
    """Photos that do not count any more: those that were there when the matter last came back to be worked on."""
    found: set[UUID] = set()
    for step in matter.definition.transitions:
        for asked in step.evidence:
            since = last_entry(matter, step.from_states) if asked.fresh else None
            if since:
                found |= set(photos_of(matter, asked.slot).filter(pk__lt=since).values_list("pk", flat=True))
    return found


def is_settled(matter: Matter, photo: Attachment) -> bool:
    """Whether a photo has served an earlier submission: it stays, and cannot be sent again as a new one."""
    return photo.pk in earlier_photos(matter)


def counted(matter: Matter, asked: Evidence) -> int:
    """How many photos count towards what a step from the present state asks for."""
    photos = photos_of(matter, asked.slot)
    since = last_entry(matter, [matter.state]) if asked.fresh else None
    return (photos.filter(pk__gt=since) if since else photos).count()


def evidence_problems(matter: Matter, step: Transition) -> list[Problem]:
    """A problem for each slot with fewer photos than the step asks for.

    matter.evidence_required; matter.evidence_fresh where photos are there that no longer count.
    """
    names = {slot.code: slot.name for slot in matter.definition.slots}
    found: list[Problem] = []
    for asked in step.evidence:
        have = counted(matter, asked) if asked.minimum else 0
        if have < asked.minimum:
            earlier = photos_of(matter, asked.slot).count() - have
            params = {"name": names[asked.slot], "minimum": asked.minimum, "have": have, "earlier": earlier}
            code = "matter.evidence_fresh" if asked.fresh and earlier else "matter.evidence_required"
            found.append(Problem(code, asked.slot, params=params))
    return found
