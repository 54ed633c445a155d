"""What can be found of checked publications: the files, by name."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from huoshui.publications.models import PublicationCheck
from huoshui.search.registry import Searchable, Told, Watch


def tell_checks(sources: Collection[UUID]) -> Iterator[Told]:
    """Checked publications."""
    checks = PublicationCheck.objects.filter(pk__in=list(sources)).order_by("pk")
    for pk, name, day, path in checks.values_list("pk", "name", "day", "place__path"):
        yield Told(pk, str(pk), name, keys=(name,), day=day, path=path)


SEARCHABLES = (
    Searchable(
        "publications",
        60,
        _("公开材料核对"),
        PublicationCheck,
        tell_checks,
        (
            Watch("publications_publicationcheck", ("name", "day", "place_id")),
            Watch("places_place", ("path",), "l.id", "publications_publicationcheck l WHERE l.place_id = {r}.id"),
        ),
    ),
)
