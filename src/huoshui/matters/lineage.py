"""Whose history counts for a matter beside its own: of those merged into it, and of the one it was split off from."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from huoshui.matters.models import Matter, Split


def forebears(matter: Matter) -> list[Matter]:
    """The other matters whose bars hold for this one, each once, those merged into it first."""
    found = {double.pk: double for double in matter.absorbed}
    for one in (matter, *matter.absorbed):
        if one.split_from is not None:
            found |= {other.pk: other for other in (one.split_from, *one.split_from.absorbed)}
    found.pop(matter.pk, None)
    return list(found.values())


def in_history(rows: QuerySet, to_matter: str = "", own_rows: QuerySet | None = None) -> Q:  # type: ignore[type-arg]
    """Whether any of some rows belongs to a matter of the outer query, or to one of its ``forebears``.

    Of what was merged, and merged again, into a matter split off, or into the origin of one, the nearest level counts.
    ``to_matter`` leads from a row to its matter; "": the rows are matters. ``own_rows``: those that count of the matter
    itself, where they are fewer than of its forebears.
    """
    step = f"{to_matter}__" if to_matter else ""
    of_itself = rows if own_rows is None else own_rows
    own = Q(Exists(of_itself.filter(**{to_matter or "pk": OuterRef("pk")})))
    double = Q(Exists(rows.filter(**{f"{step}duplicate_of": OuterRef("pk")})))
    doubles_double = Q(Exists(rows.filter(**{f"{step}duplicate_of__duplicate_of": OuterRef("pk")})))
    origin = Exists(rows.filter(**{f"{step}shares": OuterRef("pk")}))
    origins_double = Exists(rows.filter(**{f"{step}duplicate_of": OuterRef("split_from")}))
    doubles_origin = Q(Exists(rows.filter(**{f"{step}shares__duplicate_of": OuterRef("pk")})))
    # Few matters were split off from another: the rest is not looked up for all the others.
    of_origin = Q(split_from__isnull=False) & (Q(origin) | Q(origins_double))
    # And few had another merged into them.
    has_doubles = Q(Exists(Matter.objects.filter(duplicate_of=OuterRef("pk"))))
    return own | (has_doubles & (double | doubles_double | doubles_origin)) | of_origin


def photos_shared(matters: Iterable[Matter]) -> dict[UUID, list[UUID]]:
    """The photos of their origins that went with matters when they were split off, by matter."""
    origins = {matter.pk: matter.split_from_id for matter in matters if matter.split_from_id}
    if not origins:
        return {}
    found: dict[UUID, list[UUID]] = {}
    for photos in Split.objects.filter(matter__in=set(origins.values())).values_list("photos", flat=True):
        found |= {UUID(share): [UUID(pk) for pk in kept] for share, kept in photos.items() if UUID(share) in origins}
    return found
