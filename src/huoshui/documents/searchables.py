"""What can be found of documents: their editions, by title, issuer and printed code."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from huoshui.documents.models import Edition
from huoshui.kernel import clock
from huoshui.search.registry import Searchable, Told, Watch


def tell_editions(sources: Collection[UUID]) -> Iterator[Told]:
    """Editions of documents."""
    editions = Edition.objects.filter(pk__in=list(sources)).order_by("pk").values_list(
        "pk", "code", "title", "organ", "at", "document__place__path"
    )  # fmt: skip
    for pk, code, title, organ, at, path in editions:
        yield Told(pk, code, title, code, keys=(code,), text=organ, day=clock.local_date(at), path=path)


SEARCHABLES = (
    Searchable(
        "documents",
        50,
        _("文书"),
        Edition,
        tell_editions,
        (
            Watch("documents_edition", ("code", "title", "organ")),
            Watch(
                "places_place",
                ("path",),
                "l.id",
                "documents_edition l JOIN documents_document d ON d.id = l.document_id WHERE d.place_id = {r}.id",
            ),
        ),
    ),
)
