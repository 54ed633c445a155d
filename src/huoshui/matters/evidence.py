"""Photos as evidence: which of them count for a step, and which served before the matter came back."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import F, QuerySet

from huoshui.kernel.errors import Problem
from huoshui.matters.lineage import photos_shared
from huoshui.matters.models import OPEN, Matter, Step, absorbed_by
from huoshui.matters.schema import OPENING, Evidence, MatterKind, Transition
from huoshui.media.models import Attachment
from huoshui.media.queries import photos_of_all

FIRST = UUID(int=0)
"""Before every step and photo."""


def photos_counted(matter: Matter, slot: str | None = None) -> QuerySet[Attachment]:
    """The photos of a matter (of one slot), oldest first.

    With those of the matters merged into it, and those that went with it when it was split off from another.
    """
    found = photos_of_all(Matter._meta.label_lower, [matter.pk, *(double.pk for double in matter.absorbed)], slot)
    shared = photos_shared([matter]).get(matter.pk)
    if not shared:
        return found
    along = Attachment.objects.filter(pk__in=shared)
    return found | (along if slot is None else along.filter(slot=slot))


def earlier_photos(matter: Matter) -> set[UUID]:
    """Photos that do not count any more: those that were there when the matter last came back to be worked on."""
    found: set[UUID] = set()
    for slot, since in _counting_since(matter, _entries([matter])[matter.pk]).items():
        found |= set(photos_counted(matter, slot).filter(pk__lt=since).values_list("pk", flat=True))
    return found


def evidence_counts(matters: Sequence[Matter]) -> Counter[UUID]:
    """How many photos prove each matter's work as it stands now, by its id.

    Those that a step out of the work asks for, without the earlier ones: neither what was found before it, nor what
    a submission that came back had shown. The number of queries does not grow with the matters.
    """
    entries = _entries(matters)
    since: dict[tuple[UUID, str], UUID | None] = {}
    for matter in matters:
        earlier = _counting_since(matter, entries[matter.pk])
        since |= {(matter.pk, slot): earlier.get(slot) for slot in _handed_in(matter.definition)}
    survivor = {matter.pk: matter.pk for matter in matters} | dict(absorbed_by([matter.pk for matter in matters]))
    photos = photos_of_all(Matter._meta.label_lower, survivor)
    shown = [(survivor[subject], slot, pk) for subject, slot, pk in photos.values_list("subject_id", "slot", "pk")]
    shared = photos_shared(matters)
    along = Attachment.objects.filter(pk__in=[pk for kept in shared.values() for pk in kept])
    slots = dict(along.values_list("pk", "slot")) if shared else {}
    shown += [(matter, slots[pk], pk) for matter, kept in shared.items() for pk in kept if pk in slots]
    return Counter(
        matter for matter, slot, pk in shown if (matter, slot) in since and pk > (since[matter, slot] or FIRST)
    )


def _handed_in(kind: MatterKind) -> set[str]:
    """The slots from which a step hands the work in: for a word on it, or at once as done."""
    phases = {state.code: state.phase for state in kind.states}
    return {
        asked.slot
        for step in kind.transitions
        if phases[step.to] != OPEN and any(phases[state] == OPEN for state in step.from_states)
        for asked in step.evidence
    }


def _entries(matters: Sequence[Matter]) -> dict[UUID, dict[str, UUID]]:
    """The step that last brought each matter into a state from another, its opening included, by matter and state.

    Steps and photos have UUIDv7 ids, which sort by when they were made: a photo with a later id came since. One that
    was split off goes on where its origin stood, and did not come into that state anew.
    """
    origins = {matter.pk: matter.split_from_id for matter in matters if matter.split_from_id}
    wanted = {*(matter.pk for matter in matters), *origins.values()}
    found: dict[UUID, dict[str, UUID]] = defaultdict(dict)
    steps = Step.objects.filter(matter__in=wanted).exclude(from_state=F("to_state"))
    steps = steps.exclude(transition=OPENING, matter__in=origins) if origins else steps
    for matter, state, pk in steps.order_by("id").values_list("matter_id", "to_state", "pk"):
        found[matter][state] = pk
    for share, origin in origins.items():
        found[share] = found[origin] | found[share]
    return found


def _counting_since(matter: Matter, entered: Mapping[str, UUID]) -> dict[str, UUID]:
    """For each slot of which new photos are wanted, the step since which they count."""
    found: dict[str, UUID] = {}
    for step in matter.definition.transitions:
        known = [entered[state] for state in step.from_states if state in entered]
        for asked in step.evidence:
            if asked.fresh and known:
                found[asked.slot] = max(*known, found.get(asked.slot, FIRST))
    return found


def is_settled(matter: Matter, photo: Attachment) -> bool:
    """Whether a photo has served an earlier submission: it stays, and cannot be sent again as a new one."""
    return photo.pk in earlier_photos(matter)


def counted(matter: Matter, asked: Evidence) -> int:
    """How many photos count towards what a step from the present state asks for."""
    photos = photos_counted(matter, asked.slot)
    since = _entries([matter])[matter.pk].get(matter.state) if asked.fresh else None
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
            earlier = photos_counted(matter, asked.slot).count() - have
            params = {"name": names[asked.slot], "minimum": asked.minimum, "have": have, "earlier": earlier}
            code = "matter.evidence_fresh" if asked.fresh and earlier else "matter.evidence_required"
            found.append(Problem(code, asked.slot, params=params))
    return found
