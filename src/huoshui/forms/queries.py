"""Reading the register of forms. Everything goes through ``visible_to``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from huoshui.forms.files import book_of
from huoshui.forms.filling import LEVELS
from huoshui.forms.headings import Around, around
from huoshui.forms.lists import below_lists
from huoshui.forms.models import Filling, Form, FormQuerySet, FormVersion, MappedCell
from huoshui.forms.schema import CellSpec
from huoshui.kernel import clock
from huoshui.kernel.access import Actor
from huoshui.kernel.journal import about
from huoshui.kernel.models import Entry
from huoshui.packs.queries import all_current
from huoshui.places.models import Place, PlaceQuerySet, prefixes


@dataclass(frozen=True)
class Question:
    """One cell that a form asks: mapped, or open and not mapped yet (``spec`` None)."""

    form: Form
    sheet: str
    cell: str
    words: Around
    spec: CellSpec | None

    @property
    def by_hand(self) -> bool:
        """Whether a person has to type it."""
        return self.spec is None or self.spec.kind == "typed"

    @property
    def label(self) -> str:
        """What it is called: as it was named, or by its headings."""
        if self.spec is not None and self.spec.label:
            return self.spec.label
        return self.words.words or f"{self.sheet}!{self.cell}"


def forms(actor: Actor, state: str = "") -> FormQuerySet:
    """Visible forms by code; ``state``: draft, approved, ended, or "past" (its last day is over)."""
    found: FormQuerySet = Form.objects.visible_to(actor).select_related("place", "proposed_by", "approved_by")
    if state == "past":
        found = found.filter(state=Form.State.APPROVED, ends_on__lt=clock.today())
    elif state == Form.State.APPROVED:
        found = found.filter(state=state, ends_on__gte=clock.today())
    elif state:
        found = found.filter(state=state)
    return found.order_by("code")


def in_use(actor: Actor, place: Place | None = None) -> list[Form]:
    """Visible forms that may be asked today; of a place: those that are asked within it or of it."""
    found = forms(actor, Form.State.APPROVED)
    if place is not None:
        found = found.filter(Q(place__path__startswith=place.path) | Q(place__path__in=prefixes(place.path)))
    return list(found)


def questions(form: Form) -> list[Question]:
    """Every cell that the newest version of a form asks, in the order of the form."""
    return questions_of([form])[form.pk]


def questions_of(asked: Iterable[Form]) -> dict[UUID, list[Question]]:
    """The same of several forms, each by its id."""
    known = {form.pk: form for form in asked}
    versions = FormVersion.objects.filter(form__in=known).select_related("file").defer("file__data")
    newest_of = {version.form_id: version for version in versions.order_by("number")}
    cells: dict[UUID, dict[tuple[str, str], CellSpec]] = defaultdict(dict)
    in_use = MappedCell.objects.filter(
        form_version__in=[version.pk for version in newest_of.values()], until__isnull=True
    )
    for cell in in_use:
        cells[cell.form_version_id][cell.sheet, cell.cell] = CellSpec(**cell.spec)
    return {pk: _asked_by(form, newest_of[pk], cells[newest_of[pk].pk]) for pk, form in known.items()}


def _asked_by(form: Form, version: FormVersion, mapped: dict[tuple[str, str], CellSpec]) -> list[Question]:
    book = book_of(version.file)
    below = below_lists(book, mapped)
    keys = [key for key in book.open_cells() if key in mapped or key not in below]
    keys += [key for key in mapped if key not in set(keys)]
    return [Question(form, sheet, cell, around(book, sheet, cell), mapped.get((sheet, cell))) for sheet, cell in keys]


def places_of(actor: Actor, form: Form) -> PlaceQuerySet:
    """The places of which a form is asked, as far as the reader sees them."""
    kinds = [code for code, kind in all_current("place_kinds").items() if kind.level == LEVELS[Form.Level(form.level)]]
    found: PlaceQuerySet = Place.objects.visible_to(actor).under(form.place.path)
    return found.filter(kind__in=kinds, closed_on__isnull=True).defer("outline").order_by("path")


def fillable_places(actor: Actor, form: Form) -> list[Place]:
    """Those for which the actor may fill it."""
    paths = [grant.path for grant in actor.grants("form.fill")]
    return [place for place in places_of(actor, form) if any(place.path.startswith(path) for path in paths)]


def fillings(actor: Actor, form: Form | None = None) -> Any:
    """Visible filled forms, the newest first."""
    found = Filling.objects.visible_to(actor).select_related("form", "place", "by").defer("cells", "form__place")
    if form is not None:
        found = found.filter(form=form)
    return found.order_by("-at", "-number")


def entries_of(form: Form) -> Any:
    """The journal of a form, the newest first. The caller has shown that the form may be seen."""
    return Entry.objects.filter(about(Form.objects.filter(pk=form.pk))).order_by("-seq")
