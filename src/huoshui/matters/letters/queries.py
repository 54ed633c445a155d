"""Reading letters, and which matters one is due for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Window

from huoshui.kernel import clock
from huoshui.kernel.access import allows, grants_condition
from huoshui.kernel.reading import read_once
from huoshui.matters.letters.models import Letter, LetterMatter
from huoshui.matters.lights import MatterQuerySet
from huoshui.matters.models import CLOSED, LadderMark, Matter
from huoshui.packs.queries import all_current

ISSUE = "letter.issue"


def letters(actor: Any, *, waiting: bool = False) -> QuerySet[Letter]:
    """Visible letters, the newest first; ``waiting``: those without a reply."""
    found: QuerySet[Letter] = Letter.objects.visible_to(actor).select_related("place", "unit", "issued_by")
    found = found.filter(replied_on__isnull=True) if waiting else found
    return found.order_by("-issued_on", "-id")


def letters_waiting(actor: Any) -> QuerySet[Letter]:
    """Letters that the actor's unit has to answer, and own ones to which no reply came by their day; oldest first."""
    own = Q(issued_by=actor.pk, until__lt=clock.today())
    to_answer = Q(unit=actor.unit_id) if actor.unit_id else Q(pk__in=[])
    return letters(actor, waiting=True).filter(own | to_answer).order_by("until", "id")


def letters_of(actor: Any, matter: Matter) -> QuerySet[Letter]:
    """Visible letters about a matter, the newest first."""
    return letters(actor).filter(about__matter=matter)


def may_issue(actor: Any, matter: Matter) -> bool:
    """Whether the actor may send a letter about a matter that runs: not to their own unit."""
    known = matter.phase != CLOSED and matter.unit_id is not None and matter.definition.letter is not None
    return known and actor.unit_id != matter.unit_id and allows(actor, ISSUE, path=matter.place.path, pack=matter.pack)


def matters_beside(actor: Any, matter: Matter) -> MatterQuerySet:
    """The matters that one letter can be about together with this one: of the same unit and kind, running."""
    found: MatterQuerySet = Matter.objects.visible_to(actor).going().filter(unit=matter.unit_id, kind=matter.kind)
    return found.exclude(pk=matter.pk).select_related("place").order_by("due_on", "number")


def letters_due(actor: Any) -> MatterQuerySet:
    """Matters for which the actor is to write a letter: at a rung of the ladder that calls for one, none sent since.

    Without a responsible unit there is nobody to send it to.
    """
    if not actor.grants(ISSUE):
        return Matter.objects.none()
    kinds: dict[tuple[int, ...], list[str]] = {}
    for qualified, kind in all_current("matters").items():
        kinds.setdefault(tuple(at for at, rung in enumerate(kind.ladder) if rung.letter), []).append(qualified)
    due = Q(pk__in=[])
    for rungs, alike in kinds.items():
        marks = LadderMark.objects.filter(matter=OuterRef("pk"), rung__in=rungs, due_on=OuterRef("due_on"))
        due |= Q(kind__in=alike) & Q(Exists(marks)) if rungs else Q(pk__in=[])
    sent = LetterMatter.objects.filter(matter=OuterRef("pk"), letter__issued_on__gte=OuterRef("supervised_on"))
    where = grants_condition(actor.grants(ISSUE), Matter.scope)
    found: MatterQuerySet = Matter.objects.visible_to(actor).going().filter(where, due, supervised_on__isnull=False)
    found = found.filter(unit__isnull=False).exclude(unit=actor.unit_id)  # nobody writes to themselves
    return found.exclude(Exists(sent)).select_related("place", "unit").order_by(F("due_on").asc(nulls_last=True), "id")


@dataclass(frozen=True)
class LettersDue:
    """How many matters ``letters_due`` has, and the keys of the first ones."""

    first: list[UUID]
    count: int


FIRST_DUE = 5
"""So many a page lists."""


@read_once
def letters_due_first(actor: Any) -> LettersDue:
    """The first FIRST_DUE of ``letters_due``, and how many there are."""
    if not actor.grants(ISSUE):
        return LettersDue([], 0)
    rows = letters_due(actor).annotate(every=Window(Count("pk"))).values_list("pk", "every")[:FIRST_DUE]
    found = list(rows)
    return LettersDue([pk for pk, _every in found], found[0][1] if found else 0)
