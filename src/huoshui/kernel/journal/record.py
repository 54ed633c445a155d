"""Writing and reading entries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, models

from huoshui.kernel import clock
from huoshui.kernel.context import current_channel
from huoshui.kernel.journal.canonical import canonical
from huoshui.kernel.models import Entry

FOR = "for"
"""Where an entry's data name whom the actor stood in for."""
NOBODYS = UUID(int=0)
"""The id of no record."""


class Actor(Protocol):
    """Who acts: an account."""

    @property
    def pk(self) -> Any: ...
    @property
    def label(self) -> str: ...


class PlaceRef(Protocol):
    """Where: anything with an id and a path of codes."""

    @property
    def pk(self) -> Any: ...
    @property
    def path(self) -> str: ...


def snapshot(obj: models.Model, *fields: str) -> dict[str, Any]:
    """The named fields of a record as they stand, for ``before`` or ``after``."""
    return {name: getattr(obj, name) for name in fields}


def record(
    *,
    by: Actor,
    subject: models.Model,
    place: PlaceRef | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str = "",
    restricted: bool = False,
) -> Entry:
    """Write the entry of the running action in its transaction.

    Of ``before`` and ``after`` only what differs is kept. Personal values must be given as keyed digests.
    An action that rests on the duty of somebody whom the actor stands in for names that person too ("for").
    Raises RuntimeError outside an action (see kernel.actions).
    """
    from huoshui.kernel.actions import running_action

    was, now_is = _differing(before or {}, after or {})
    behalf = running_action().behalf.get(by.pk, "")
    told = (("before", was), ("after", now_is), ("note", note), (FOR, behalf))
    data = {key: value for key, value in told if value}
    return Entry.objects.create(
        at=clock.now(),
        actor_id=by.pk,
        actor_label=by.label[:120],
        action=running_action().note_entry(subject),
        subject_kind=subject._meta.label_lower,
        subject_id=subject.pk,
        subject_label=str(subject)[:200],
        place_id=place.pk if place else None,
        place_path=place.path if place else "",
        restricted=restricted,
        channel=current_channel(),
        data=canonical(data),
    )


def _differing(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    keys = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    return {k: before[k] for k in before if k in keys}, {k: after[k] for k in after if k in keys}


def about(records: models.QuerySet[Any]) -> models.Q:
    """The condition of entries about any of these records."""
    return models.Q(subject_kind=records.model._meta.label_lower, subject_id__in=records.values("pk"))


def about_each(records: models.QuerySet[Any]) -> models.Q:
    """The same, asked of one entry at a time: of the few that are walked, instead of gathering all the records.

    On PostgreSQL as one of two ids, of which no record has the other: it takes the question whether one is equal for
    leave to gather them all the same. SQLite finds one only by what is equal.
    """
    subject = models.OuterRef("subject_id")
    one = models.Q(pk__in=(subject, NOBODYS)) if connection.vendor == "postgresql" else models.Q(pk=subject)
    theirs = models.Exists(records.filter(one))
    return models.Q(subject_kind=records.model._meta.label_lower) & models.Q(theirs)


def history_of(subjects: Iterable[tuple[str, UUID]]) -> models.QuerySet[Entry]:
    """Entries of the given (label_lower, id) subjects, newest first. The caller has shown that they may be seen."""
    condition = models.Q(pk__in=[])
    for kind, pk in subjects:
        condition |= models.Q(subject_kind=kind, subject_id=pk)
    return Entry.objects.filter(condition).order_by("-seq")
