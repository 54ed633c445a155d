"""Photos as evidence: which of them count for a step, and which served before the matter came back."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from huoshui.kernel.errors import Problem
from huoshui.kernel.reading import read_once
from huoshui.matters.lineage import photos_shared
from huoshui.matters.models import Matter, Step, absorbed_by, steps_of
from huoshui.matters.schema import OPENING, Evidence, Transition
from huoshui.media.models import Attachment
from huoshui.media.queries import attachments_of_all

FIRST = UUID(int=0)
"""Before every step and photo."""
Move = Sequence[Any]
"""A step: its id, its transition, the state that it leads from and the one that it leads to."""


@read_once
def photos_counted(matter: Matter) -> list[Attachment]:
    """The photos of a matter, oldest first.

    With those of the matters merged into it, and those that went with it, or with one of these, when it was split off
    from another; each once.
    """
    return photos_of_each([matter])[matter]


def photos_of_each(matters: Iterable[Matter]) -> dict[Matter, list[Attachment]]:
    """The same of many matters. The number of queries does not grow with them, once ``absorbed`` is read."""
    counting = {matter: (matter, *matter.absorbed) for matter in matters}
    every = {one.pk: one for ones in counting.values() for one in ones}
    photos = {photo.pk: photo for photo in attachments_of_all(Matter._meta.label_lower, every)}
    shown: dict[UUID, set[UUID]] = defaultdict(set)
    for photo in photos.values():
        shown[photo.subject_id].add(photo.pk)
    shared = photos_shared(every.values())
    if along := {pk for kept in shared.values() for pk in kept} - photos.keys():
        photos |= {photo.pk: photo for photo in Attachment.objects.filter(pk__in=along).select_related("blob", "by")}
    for share, kept in shared.items():
        shown[share] |= photos.keys() & set(kept)
    return {
        matter: [photos[pk] for pk in sorted({pk for one in ones for pk in shown[one.pk]})]
        for matter, ones in counting.items()
    }


def photos_in(matter: Matter, slot: str) -> list[Attachment]:
    """The same of one slot."""
    return [photo for photo in photos_counted(matter) if photo.slot == slot]


def earlier_photos(matter: Matter) -> set[UUID]:
    """Photos that do not count any more: those that were there when the matter last came back to be worked on."""
    found: set[UUID] = set()
    for slot, since in _counting_since(matter, _own_history(matter)).items():
        found |= {photo.pk for photo in photos_in(matter, slot) if photo.pk < since}
    return found


def evidence_counts(matters: Sequence[Matter]) -> Counter[UUID]:
    """How many photos prove each matter's work as it stands now, by its id.

    Those that a step out of the work asks for, without the earlier ones: neither what was found before it, nor what
    a submission that came back had shown. The number of queries does not grow with the matters.
    """
    steps: dict[UUID, list[Move]] = defaultdict(list)
    wanted = {pk for matter in matters for pk in (matter.pk, matter.split_from_id) if pk}
    # Only when a state was entered from which new photos are wanted is asked for: of many steps, few.
    since_when = {state for matter in matters for _slot, states in matter.definition.fresh_evidence for state in states}
    taken = Step.objects.filter(matter__in=wanted, to_state__in=since_when).order_by("id")
    for key, *step in taken.values_list("matter_id", "pk", "transition", "from_state", "to_state"):
        steps[key].append(step)
    since: dict[tuple[UUID, str], UUID | None] = {}
    for matter in matters:
        origin = steps[matter.split_from_id] if matter.split_from_id else []
        earlier = _counting_since(matter, _history(matter, steps[matter.pk], origin))
        since |= {(matter.pk, slot): earlier.get(slot) for slot in matter.definition.handed_in}
    doubles = dict(absorbed_by([matter.pk for matter in matters]))
    survivor = {matter.pk: matter.pk for matter in matters} | doubles
    split_off = Matter.objects.filter(pk__in=doubles, split_from__isnull=False) if doubles else ()
    shared = photos_shared([*matters, *split_off])
    along = {pk for kept in shared.values() for pk in kept}
    photos = attachments_of_all(Matter._meta.label_lower, survivor)
    if along:
        photos |= Attachment.objects.filter(pk__in=along)
    told = photos.filter(slot__in={slot for _matter, slot in since}).values_list("subject_id", "slot", "pk")
    found = {pk: (subject, slot) for subject, slot, pk in told}
    shown = {(survivor[subject], slot, pk) for pk, (subject, slot) in found.items() if subject in survivor}
    shown |= {(survivor[share], found[pk][1], pk) for share, kept in shared.items() for pk in kept if pk in found}
    return Counter(
        matter for matter, slot, pk in shown if (matter, slot) in since and pk > (since[matter, slot] or FIRST)
    )


def _entered(moves: Iterable[Move]) -> dict[str, UUID]:
    """The step that last brought a matter into each state from another, its opening included.

    Steps and photos have UUIDv7 ids, which sort by when they were made: a photo with a later id came since.
    """
    return {to_state: pk for pk, _transition, from_state, to_state in moves if from_state != to_state}


def _history(matter: Matter, own: Iterable[Move], origins: Iterable[Move]) -> dict[str, UUID]:
    """The same of a matter that may have been split off: it goes on where its origin stood, and did not come there."""
    if not matter.split_from_id:
        return _entered(own)
    return _entered(origins) | _entered(move for move in own if move[1] != OPENING)


def _own_history(matter: Matter) -> dict[str, UUID]:
    return _history(matter, _moves(matter), _moves(matter.split_from) if matter.split_from else [])


def _moves(matter: Matter) -> list[Move]:
    return [[step.pk, step.transition, step.from_state, step.to_state] for step in steps_of(matter)]


def _counting_since(matter: Matter, entered: Mapping[str, UUID]) -> dict[str, UUID]:
    """For each slot of which new photos are wanted, the step since which they count."""
    found: dict[str, UUID] = {}
    for slot, states in matter.definition.fresh_evidence:
        known = [entered[state] for state in states if state in entered]
        if known:
            found[slot] = max(*known, found.get(slot, FIRST))
    return found


def is_settled(matter: Matter, photo: Attachment) -> bool:
    """Whether a photo has served an earlier submission: it stays, and cannot be sent again as a new one."""
    return photo.pk in earlier_photos(matter)


def counted(matter: Matter, asked: Evidence) -> int:
    """How many photos count towards what a step from the present state asks for."""
    since = _own_history(matter).get(matter.state) if asked.fresh else None
    return sum(1 for photo in photos_in(matter, asked.slot) if since is None or photo.pk > since)


def evidence_problems(matter: Matter, step: Transition) -> list[Problem]:
    """A problem for each slot with fewer photos than the step asks for.

    matter.evidence_required; matter.evidence_fresh where photos are there that no longer count.
    """
    names = {slot.code: slot.name for slot in matter.definition.slots}
    found: list[Problem] = []
    for asked in step.evidence:
        have = counted(matter, asked) if asked.minimum else 0
        if have < asked.minimum:
            earlier = len(photos_in(matter, asked.slot)) - have
            params = {"name": names[asked.slot], "minimum": asked.minimum, "have": have, "earlier": earlier}
            code = "matter.evidence_fresh" if asked.fresh and earlier else "matter.evidence_required"
            found.append(Problem(code, asked.slot, params=params))
    return found
