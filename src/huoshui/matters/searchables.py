"""What can be found of matters, letters and the kinds of matters. Personal values stand in the vault, never here."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huoshui.matters.letters.models import Letter
from huoshui.matters.models import Matter
from huoshui.packs.models import PackVersion
from huoshui.search.registry import Searchable, Told, Watch
from huoshui.search.standing import PACK_VERSIONS, definitions


def tell_matters(sources: Collection[UUID]) -> Iterator[Told]:
    """Matters by number, title, detail, source and unit."""
    matters = Matter.objects.filter(pk__in=list(sources)).order_by("pk").values_list(
        "pk", "number", "title", "detail", "source_label", "unit__name", "opened_on", "place__path", "pack"
    )  # fmt: skip
    for pk, number, title, detail, source, unit, opened_on, path, pack in matters:
        text = "\n".join(part for part in (detail, source, unit) if part)
        yield Told(pk, number, title, number, keys=(number,), text=text, day=opened_on, path=path, pack=pack)


def tell_letters(sources: Collection[UUID]) -> Iterator[Told]:
    """Letters by number, title, unit and what they demand."""
    for letter in Letter.objects.filter(pk__in=list(sources)).order_by("pk").select_related("place"):
        yield Told(
            letter.pk,
            str(letter.pk),
            letter.title,
            second=letter.number,
            keys=(letter.number,),
            text=f"{letter.addressee}\n{letter.organ}\n{letter.demand}",
            day=letter.issued_on,
            path=letter.place.path,
            pack=letter.pack,
        )


SEARCHABLES = (
    Searchable(
        "matters",
        10,
        pgettext_lazy("several", "事项"),
        Matter,
        tell_matters,
        (
            Watch(
                "matters_matter",
                ("number", "title", "detail", "source_label", "unit_id", "opened_on", "place_id", "pack"),
            ),
            Watch("duties_unit", ("name",), "l.id", "matters_matter l WHERE l.unit_id = {r}.id"),
            Watch("places_place", ("path",), "l.id", "matters_matter l WHERE l.place_id = {r}.id"),
        ),
    ),
    Searchable(
        "letters",
        15,
        _("督办函"),
        Letter,
        tell_letters,
        (
            Watch("matters_letter", ("number", "title", "addressee", "organ", "demand", "issued_on", "place_id")),
            Watch("places_place", ("path",), "l.id", "matters_letter l WHERE l.place_id = {r}.id"),
        ),
    ),
    Searchable("matter_kinds", 72, _("事项种类"), PackVersion, definitions("matters"), (PACK_VERSIONS,), dated=False),
)
