"""Filled forms over the API: the list, the cells, the files, the seal; repeats and burden of what forms ask."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Query, Schema

from huoshui.forms import actions, sealing
from huoshui.forms.burden import burden
from huoshui.forms.files import data_of
from huoshui.forms.models import Filling
from huoshui.forms.models import Form as FormRow
from huoshui.forms.queries import fillings, in_use
from huoshui.forms.repeats import repeats
from huoshui.kernel.choices import named
from huoshui.kernel.errors import Refusal
from huoshui.places.models import Place
from huoshui.reports.typesetting import PDF
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.writes import idempotent
from huoshui.web.files import as_file
from huoshui.web.office.form_pages.register import TYPES
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("forms")


class FormSeenIn(Schema):
    """The version that was read."""

    seen_version: int


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


def visible_form(request: SignedInRequest, code: str) -> FormRow:
    """The form of a code. Raises access.not_found."""
    return FormRow.objects.get_visible(request.user, code=code)


def visible_place(request: SignedInRequest, code: str) -> Place:
    """The place of a code. Raises filter.not_found."""
    found: Place = named(Place.objects.visible_to(request.user), "place", _("地点"), code=code)
    return found


def filling_out(row: Filling) -> dict[str, Any]:
    """A filled form without its cells."""
    own = {name: getattr(row, name) for name in ("period", "number", "filled", "missing", "sealed", "at", "version")}
    told = own | {"id": row.pk, "form": row.form.code, "place": row.place.code, "sha256": row.file_id}
    return FillingOut(**told).model_dump(mode="json")


def _filling(request: SignedInRequest, filling_id: UUID) -> Filling:
    return Filling.objects.get_visible(request.user, pk=filling_id)


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
    place = visible_place(request, query.place)
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
        place = visible_place(request, body.place)
        made = actions.assume_seconds(by=request.user, place=place, seconds=body.seconds, why=body.why)
        return {"place": place.code, "seconds": made.seconds, "why": made.why}

    return idempotent(request, "forms.assume", body, write)


@router.get("/forms/filled", response={200: FillingPageOut, **REFUSED})
def list_fillings(request: SignedInRequest, query: Query[FillingsQuery]) -> Any:
    """Visible filled forms, the newest first."""
    form = visible_form(request, query.form) if query.form else None
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
