"""Forms over the API: the register, their cells, filling, the files; repeats and burden."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, File, Form, Query, Schema
from ninja.files import UploadedFile

from huoshui.forms import actions, filling, mapping, sealing
from huoshui.forms.burden import burden
from huoshui.forms.files import data_of
from huoshui.forms.models import Filling, FormVersion
from huoshui.forms.models import Form as FormRow
from huoshui.forms.queries import fillings, forms, in_use, questions
from huoshui.forms.repeats import repeats
from huoshui.kernel.choices import named
from huoshui.kernel.errors import Refusal
from huoshui.kernel.idempotency import once
from huoshui.places.models import Place
from huoshui.reports.typesetting import PDF
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.writes import asked, idempotent
from huoshui.web.files import as_file
from huoshui.web.office.form_pages.register import TYPES
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("forms")


class FormsQuery(Paged):
    """``state``: draft, approved, past (its last day is over) or ended; empty: all."""

    state: str = ""


class FormOut(Schema):
    """A form in the register; ``mapping``: how often its mapping was changed."""

    code: str
    name: str
    place: str
    asker: str
    right: str
    frequency: str
    level: str
    ends_on: dt.date
    state: str
    approved_on: dt.date | None
    file: str
    sha256: str
    file_version: int
    mapping: int
    version: int


class FormPageOut(PageOut):
    """A page of forms."""

    items: list[FormOut]


class FormCellOut(Schema):
    """A cell that the form asks; ``spec`` null: open and not mapped."""

    sheet: str
    cell: str
    words: str
    spec: dict[str, Any] | None


class FormSheetOut(FormOut):
    """A form with every cell that it asks."""

    cells: list[FormCellOut]


class FormIn(Schema):
    """What is said of a form when it is registered; the file comes beside it."""

    code: str
    name: str
    place: str
    asker: str
    right: str
    frequency: str
    level: str
    ends_on: dt.date


class FormVersionIn(Schema):
    """With another file of a form: the version that was read, and whether cells follow their headings."""

    seen_version: int
    remap: bool = False
    was: str = Field(default="", description="A sheet of the present file that has another name in the new one.")
    now: str = Field(default="", description="Its name there.")


class FormCellIn(Schema):
    """What a cell is filled with; ``spec`` null: nothing any more."""

    sheet: str
    cell: str
    spec: dict[str, Any] | None


class FormMappingIn(Schema):
    """Cells to be mapped, all or none, and the number of the mapping that was read."""

    cells: list[FormCellIn]
    seen_mapping: int | None = None


class FormSeenIn(Schema):
    """The version that was read."""

    seen_version: int


class FormEndIn(FormSeenIn):
    """Why a form is taken out of use."""

    reason: str


class FillIn(Schema):
    """Where and when to fill a form; ``typed``: by sheet!cell what only a person knows."""

    place: str
    period: str
    typed: dict[str, str] = Field(default_factory=dict)


class FillingOut(Schema):
    """A filled form."""

    id: UUID
    form: str
    place: str
    period: str
    number: int
    filled: int
    missing: int
    sha256: str
    sealed: bool
    at: dt.datetime
    version: int


class FillingsQuery(Paged):
    """``form``: the code of one form; empty: of all."""

    form: str = ""


class FillingPageOut(PageOut):
    """A page of filled forms."""

    items: list[FillingOut]


class FillingSheetOut(FillingOut):
    """A filled form with its cells, each with its value and where it came from."""

    cells: list[dict[str, Any]]


class RepeatOut(Schema):
    """A question that several forms ask; ``same``: mapped to the same, else the headings are so alike (percent)."""

    name: str
    same: bool
    likeness: int
    forms: list[str]


class RepeatsOut(Schema):
    """All of them."""

    items: list[RepeatOut]


class BurdenQuery(Schema):
    """Within which place, in which year."""

    place: str
    year: int = Field(ge=1949, le=2200)


class BurdenOut(Schema):
    """Answers and minutes of a year, typed by hand (before) and with what the register fills (after)."""

    name: str
    before: int
    after: int
    minutes_before: int
    minutes_after: int
    repeats: int


class BurdenSheetOut(Schema):
    """The whole, by form and by village; ``seconds`` of an answer is an assumption where nobody measured it."""

    seconds: int
    assumed_by: str
    total: BurdenOut
    forms: list[BurdenOut]
    villages: list[BurdenOut]


class AssumeIn(Schema):
    """How long an answer takes at a place and below it, and what that rests on."""

    place: str
    seconds: int
    why: str


def form_out(row: FormRow) -> dict[str, Any]:
    """A form with its newest file."""
    version = mapping.newest(row)
    own = {name: getattr(row, name) for name in FormOut.model_fields if hasattr(row, name)}
    told = own | {
        "place": row.place.code, "file": version.name, "sha256": version.file_id, "file_version": version.number,
        "mapping": version.mapping,
    }  # fmt: skip
    return FormOut(**told).model_dump(mode="json")


def filling_out(row: Filling) -> dict[str, Any]:
    """A filled form without its cells."""
    own = {name: getattr(row, name) for name in ("period", "number", "filled", "missing", "sealed", "at", "version")}
    told = own | {"id": row.pk, "form": row.form.code, "place": row.place.code, "sha256": row.file_id}
    return FillingOut(**told).model_dump(mode="json")


def _form(request: SignedInRequest, code: str) -> FormRow:
    return FormRow.objects.get_visible(request.user, code=code)


def _place(request: SignedInRequest, code: str) -> Place:
    found: Place = named(Place.objects.visible_to(request.user), "place", _("地点"), code=code)
    return found


def _filling(request: SignedInRequest, filling_id: UUID) -> Filling:
    return Filling.objects.get_visible(request.user, pk=filling_id)


@router.get("/forms", response={200: FormPageOut, **REFUSED}, operation_id="list_forms")
def list_forms(request: SignedInRequest, query: Query[FormsQuery]) -> Any:
    """Visible forms, by code."""
    return page_of(forms(request.user, query.state), query, form_out)


@router.get("/forms/repeats", response={200: RepeatsOut, **REFUSED})
def list_form_repeats(request: SignedInRequest) -> Any:
    """The questions that more than one form in use asks."""
    found = repeats(in_use(request.user))
    return {
        "items": [
            {"name": row.name, "same": row.same, "likeness": row.likeness, "forms": [form.code for form in row.forms]}
            for row in found
        ]
    }


@router.get("/forms/burden", response={200: BurdenSheetOut, **REFUSED})
def read_burden(request: SignedInRequest, query: Query[BurdenQuery]) -> Any:
    """What forms ask within a place in a year."""
    place = _place(request, query.place)
    found = burden(request.user, place, query.year)
    return {
        "seconds": found.seconds,
        "assumed_by": found.assumption.by.title if found.assumption else "",
        "total": {"name": place.code, **found.total.shown},
        "forms": [{"name": one.form.code, **one.total.shown} for one in found.forms],
        "villages": [{"name": row.place.code, **row.counted.shown} for row in found.places],
    }


@router.post("/forms/burden", response={200: AssumeIn, **REFUSED_WRITE})
def assume(request: SignedInRequest, body: AssumeIn) -> Any:
    """State how long an answer takes where nobody measured it."""

    def write() -> dict[str, Any]:
        place = _place(request, body.place)
        made = actions.assume_seconds(by=request.user, place=place, seconds=body.seconds, why=body.why)
        return {"place": place.code, "seconds": made.seconds, "why": made.why}

    return idempotent(request, "forms.assume", body, write)


@router.get("/forms/filled", response={200: FillingPageOut, **REFUSED})
def list_fillings(request: SignedInRequest, query: Query[FillingsQuery]) -> Any:
    """Visible filled forms, the newest first."""
    form = _form(request, query.form) if query.form else None
    return page_of(fillings(request.user, form), query, filling_out)


@router.get("/forms/filled/{filling_id}", response={200: FillingSheetOut, **REFUSED})
def read_filling(request: SignedInRequest, filling_id: UUID) -> Any:
    """A filled form, with each cell's value and where it came from."""
    row = _filling(request, filling_id)
    return filling_out(row) | {"cells": row.cells}


@router.get("/forms/filled/{filling_id}/file", response={200: None, **REFUSED})
def read_filled_file(request: SignedInRequest, filling_id: UUID) -> HttpResponse:
    """The filled file."""
    row = _filling(request, filling_id)
    return as_file(data_of(row.file), TYPES[row.form_version.kind], f"{row.form.code}.{row.form_version.kind}")


@router.get("/forms/filled/{filling_id}/seal.pdf", response={200: None, **REFUSED})
def read_sealed(request: SignedInRequest, filling_id: UUID) -> HttpResponse:
    """The signed PDF; access.not_found while it is not sealed."""
    row = _filling(request, filling_id)
    if row.seal is None:
        raise Refusal("access.not_found")
    return as_file(data_of(row.seal), PDF, f"{row.form.code}.pdf")


@router.post("/forms/filled/{filling_id}/seal", response={200: FillingOut, **REFUSED_WRITE})
def seal(request: SignedInRequest, filling_id: UUID, body: FormSeenIn) -> Any:
    """Seal a filled form as a signed PDF."""
    row = _filling(request, filling_id)

    def write() -> dict[str, Any]:
        return filling_out(sealing.seal_filling(by=request.user, filling=row, seen_version=body.seen_version))

    return idempotent(request, "forms.seal", body, write)


@router.post("/forms", response={200: FormOut, **REFUSED_WRITE})
def propose_form(request: SignedInRequest, body: Form[FormIn], file: File[UploadedFile]) -> Any:
    """Register a form with its file."""
    data, name = file.read(), file.name or ""
    told = body.model_dump(exclude={"place"})

    def write() -> dict[str, Any]:
        place = _place(request, body.place)
        return form_out(actions.propose_form(by=request.user, place=place, data=data, file_name=name, **told))

    sent = body.model_dump(mode="json") | {"name": name, "sha256": hashlib.sha256(data).hexdigest()}
    return once(**asked(request, "forms.propose", sent), write=write)


@router.get("/forms/{code}", response={200: FormSheetOut, **REFUSED})
def read_form(request: SignedInRequest, code: str) -> Any:
    """A form with every cell that it asks."""
    row = _form(request, code)
    cells = [
        {"sheet": one.sheet, "cell": one.cell, "words": one.label, "spec": one.spec.told() if one.spec else None}
        for one in questions(row)
    ]
    return form_out(row) | {"cells": cells}


@router.get("/forms/{code}/file", response={200: None, **REFUSED})
def read_form_file(request: SignedInRequest, code: str) -> HttpResponse:
    """The newest file of a form, as it was handed in."""
    version = mapping.newest(_form(request, code))
    return as_file(data_of(version.file), TYPES[version.kind], version.name)


@router.post("/forms/{code}/file", response={200: FormOut, **REFUSED_WRITE})
def add_form_version(request: SignedInRequest, code: str, body: Form[FormVersionIn], file: File[UploadedFile]) -> Any:
    """Hand in another file of a form; its mapping goes along."""
    row, data, name = _form(request, code), file.read(), file.name or ""
    renamed = {body.was: body.now} if body.was and body.now else {}

    def write() -> dict[str, Any]:
        made: FormVersion = actions.add_version(
            by=request.user, form=row, data=data, file_name=name, renamed=renamed, remap=body.remap,
            seen_version=body.seen_version,
        )  # fmt: skip
        return form_out(FormRow.objects.select_related("place").get(pk=made.form_id))

    sent = body.model_dump(mode="json") | {"code": code, "name": name, "sha256": hashlib.sha256(data).hexdigest()}
    return once(**asked(request, "forms.add_version", sent), write=write)


@router.post("/forms/{code}/cells", response={200: FormOut, **REFUSED_WRITE})
def map_form_cells(request: SignedInRequest, code: str, body: FormMappingIn) -> Any:
    """Say what some cells are filled with."""
    row = _form(request, code)

    def write() -> dict[str, Any]:
        version, cells = mapping.newest(row), [cell.model_dump() for cell in body.cells]
        mapping.map_cells(by=request.user, version=version, cells=cells, seen_mapping=body.seen_mapping)
        return form_out(row)

    return idempotent(request, "forms.map_cells", body, write)


@router.post("/forms/{code}/cells/suggested", response={200: FormOut, **REFUSED_WRITE})
def accept_form_suggestions(request: SignedInRequest, code: str, body: FormSeenIn) -> Any:
    """Map every open cell that has a sure suggestion."""
    row = _form(request, code)

    def write() -> dict[str, Any]:
        row.require_version(body.seen_version)
        mapping.accept_suggestions(by=request.user, version=mapping.newest(row))
        return form_out(row)

    return idempotent(request, "forms.accept_suggestions", body, write)


@router.post("/forms/{code}/approve", response={200: FormOut, **REFUSED_WRITE})
def approve_form(request: SignedInRequest, code: str, body: FormSeenIn) -> Any:
    """Let a form be asked; by another than who registered it."""
    row = _form(request, code)

    def write() -> dict[str, Any]:
        return form_out(actions.approve_form(by=request.user, form=row, seen_version=body.seen_version))

    return idempotent(request, "forms.approve", body, write)


@router.post("/forms/{code}/end", response={200: FormOut, **REFUSED_WRITE})
def end_form(request: SignedInRequest, code: str, body: FormEndIn) -> Any:
    """Take a form out of use."""
    row = _form(request, code)

    def write() -> dict[str, Any]:
        given: dict[str, Any] = {"reason": body.reason, "seen_version": body.seen_version}
        return form_out(actions.end_form(by=request.user, form=row, **given))

    return idempotent(request, "forms.end", body, write)


@router.post("/forms/{code}/fill", response={200: FillingOut, **REFUSED_WRITE})
def fill_form(request: SignedInRequest, code: str, body: FillIn) -> Any:
    """Fill a form for a place and a period."""
    row = _form(request, code)

    def write() -> dict[str, Any]:
        place = _place(request, body.place)
        given: dict[str, Any] = {"place": place, "period": body.period, "typed": body.typed}
        return filling_out(filling.fill_form(by=request.user, form=row, **given))

    return idempotent(request, "forms.fill", body, write)
