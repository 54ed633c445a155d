"""Forms over the API: the register, their cells, approval, filling."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.http import HttpResponse
from ninja import Field, File, Form, Query, Schema
from ninja.files import UploadedFile

from huoshui.forms import actions, filling, mapping
from huoshui.forms.files import data_of
from huoshui.forms.models import Form as FormRow
from huoshui.forms.models import FormVersion
from huoshui.forms.queries import forms, questions
from huoshui.kernel.idempotency import once
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.filled_forms import FillingOut, FormSeenIn, filling_out, visible_form, visible_place
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


class FormEndIn(FormSeenIn):
    """Why a form is taken out of use."""

    reason: str


class FormFillIn(Schema):
    """Where and when to fill a form; ``typed``: by sheet!cell what only a person knows."""

    place: str
    period: str
    typed: dict[str, str] = Field(default_factory=dict)


def form_out(row: FormRow) -> dict[str, Any]:
    """A form with its newest file."""
    version = mapping.newest(row)
    own = {name: getattr(row, name) for name in FormOut.model_fields if hasattr(row, name)}
    told = own | {
        "place": row.place.code, "file": version.name, "sha256": version.file_id, "file_version": version.number,
        "mapping": version.mapping,
    }  # fmt: skip
    return FormOut(**told).model_dump(mode="json")


@router.get("/forms", response={200: FormPageOut, **REFUSED}, operation_id="list_forms")
def list_forms(request: SignedInRequest, query: Query[FormsQuery]) -> Any:
    """Visible forms, by code."""
    return page_of(forms(request.user, query.state), query, form_out)


@router.post("/forms", response={200: FormOut, **REFUSED_WRITE})
def propose_form(request: SignedInRequest, body: Form[FormIn], file: File[UploadedFile]) -> Any:
    """Register a form with its file."""
    data, name = file.read(), file.name or ""
    told = body.model_dump(exclude={"place"})

    def write() -> dict[str, Any]:
        place = visible_place(request, body.place)
        return form_out(actions.propose_form(by=request.user, place=place, data=data, file_name=name, **told))

    sent = body.model_dump(mode="json") | {"name": name, "sha256": hashlib.sha256(data).hexdigest()}
    return once(**asked(request, "forms.propose", sent), write=write)


@router.get("/forms/{code}", response={200: FormSheetOut, **REFUSED})
def read_form(request: SignedInRequest, code: str) -> Any:
    """A form with every cell that it asks."""
    row = visible_form(request, code)
    cells = [
        {"sheet": one.sheet, "cell": one.cell, "words": one.label, "spec": one.spec.told() if one.spec else None}
        for one in questions(row)
    ]
    return form_out(row) | {"cells": cells}


@router.get("/forms/{code}/file", response={200: None, **REFUSED})
def read_form_file(request: SignedInRequest, code: str) -> HttpResponse:
    """The newest file of a form, as it was handed in."""
    version = mapping.newest(visible_form(request, code))
    return as_file(data_of(version.file), TYPES[version.kind], version.name)


@router.post("/forms/{code}/file", response={200: FormOut, **REFUSED_WRITE})
def add_form_version(request: SignedInRequest, code: str, body: Form[FormVersionIn], file: File[UploadedFile]) -> Any:
    """Hand in another file of a form; its mapping goes along."""
    row, data, name = visible_form(request, code), file.read(), file.name or ""
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
    row = visible_form(request, code)

    def write() -> dict[str, Any]:
        version, cells = mapping.newest(row), [cell.model_dump() for cell in body.cells]
        mapping.map_cells(by=request.user, version=version, cells=cells, seen_mapping=body.seen_mapping)
        return form_out(row)

    return idempotent(request, "forms.map_cells", body, write)


@router.post("/forms/{code}/cells/suggested", response={200: FormOut, **REFUSED_WRITE})
def accept_form_suggestions(request: SignedInRequest, code: str, body: FormSeenIn) -> Any:
    """Map every open cell that has a sure suggestion."""
    row = visible_form(request, code)

    def write() -> dict[str, Any]:
        row.require_version(body.seen_version)
        mapping.accept_suggestions(by=request.user, version=mapping.newest(row))
        return form_out(row)

    return idempotent(request, "forms.accept_suggestions", body, write)


@router.post("/forms/{code}/approve", response={200: FormOut, **REFUSED_WRITE})
def approve_form(request: SignedInRequest, code: str, body: FormSeenIn) -> Any:
    """Let a form be asked; by another than who registered it."""
    row = visible_form(request, code)

    def write() -> dict[str, Any]:
        return form_out(actions.approve_form(by=request.user, form=row, seen_version=body.seen_version))

    return idempotent(request, "forms.approve", body, write)


@router.post("/forms/{code}/end", response={200: FormOut, **REFUSED_WRITE})
def end_form(request: SignedInRequest, code: str, body: FormEndIn) -> Any:
    """Take a form out of use."""
    row = visible_form(request, code)

    def write() -> dict[str, Any]:
        given: dict[str, Any] = {"reason": body.reason, "seen_version": body.seen_version}
        return form_out(actions.end_form(by=request.user, form=row, **given))

    return idempotent(request, "forms.end", body, write)


@router.post("/forms/{code}/fill", response={200: FillingOut, **REFUSED_WRITE})
def fill_form(request: SignedInRequest, code: str, body: FormFillIn) -> Any:
    """Fill a form for a place and a period."""
    row = visible_form(request, code)

    def write() -> dict[str, Any]:
        place = visible_place(request, body.place)
        given: dict[str, Any] = {"place": place, "period": body.period, "typed": body.typed}
        return filling_out(filling.fill_form(by=request.user, form=row, **given))

    return idempotent(request, "forms.fill", body, write)
