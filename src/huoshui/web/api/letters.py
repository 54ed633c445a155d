"""Supervision letters over the API: list, issue, reply, and the files."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import File, Query, Schema
from ninja.files import UploadedFile

from huoshui.kernel.idempotency import once
from huoshui.matters.letters import actions
from huoshui.matters.letters.models import Letter, LetterTemplate
from huoshui.matters.letters.queries import letters
from huoshui.matters.letters.templates import replace_template, template_for
from huoshui.matters.models import Matter
from huoshui.places.models import Place
from huoshui.reports.letters import WORD, letter_pdf, letter_word
from huoshui.reports.typesetting import PDF
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.writes import asked, idempotent
from huoshui.web.files import as_file
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("letters")


class LetterQuery(Paged):
    """``waiting``: only those without a reply."""

    waiting: bool = False


class LetterOut(Schema):
    """A letter as it was issued, with its reply."""

    id: UUID
    number: str
    title: str
    organ: str
    addressee: str
    place: str
    matters: list[str]
    demand: str
    until: dt.date
    signer: str
    copies: str
    issued_on: dt.date
    reply: str
    replied_on: dt.date | None
    version: int


class LetterPage(PageOut):
    """A page of letters."""

    items: list[LetterOut]


class LetterIn(Schema):
    """A letter to issue, about matters by number; ``organ`` "": one's own unit."""

    matters: list[str]
    demand: str
    until: dt.date
    signer: str
    copies: str = ""
    organ: str = ""


class ReplyIn(Schema):
    """What the unit replies, and the version that was read."""

    reply: str
    seen_version: int


class TemplateOut(Schema):
    """A Word template: the place for which it was handed in, the file's name and digest."""

    place: str
    file: str
    sha256: str


def letter_out(letter: Letter) -> dict[str, Any]:
    """A letter with its matters as it names them."""
    row = {
        "id": letter.pk,
        "place": letter.place.code,
        "matters": [line["number"] for line in letter.lines],
        **{
            name: getattr(letter, name)
            for name in (
                "number", "title", "organ", "addressee", "demand", "until", "signer", "copies", "issued_on", "reply",
                "replied_on", "version",
            )
        },
    }  # fmt: skip
    return LetterOut(**row).model_dump(mode="json")


def _letter(request: SignedInRequest, letter_id: UUID) -> Letter:
    return Letter.objects.get_visible(request.user, pk=letter_id)


@router.get("/letters", response={200: LetterPage, **REFUSED})
def list_letters(request: SignedInRequest, query: Query[LetterQuery]) -> Any:
    """Visible letters, the newest first."""
    return page_of(letters(request.user, waiting=query.waiting), query, letter_out)


@router.get("/letters/template/{code}", response={200: TemplateOut, **REFUSED})
def get_letter_template(request: SignedInRequest, code: str) -> Any:
    """Which Word template counts for letters to a place; ``file`` "": the built-in one."""
    place = Place.objects.get_visible(request.user, code=code)
    return _template_out(place, template_for(place))


@router.post("/letters/template/{code}", response={200: TemplateOut, **REFUSED_WRITE})
def put_letter_template(request: SignedInRequest, code: str, file: File[UploadedFile]) -> Any:
    """Have letters to a place and below it written in another Word file from now on."""
    place = Place.objects.get_visible(request.user, code=code)
    data, name = file.read(), file.name or ""

    def write() -> dict[str, Any]:
        return _template_out(place, replace_template(by=request.user, place=place, name=name, data=data))

    sent = {"name": name, "sha256": hashlib.sha256(data).hexdigest()}
    return once(**asked(request, "matters.replace_letter_template", sent), write=write)


def _template_out(place: Place, known: LetterTemplate | None) -> dict[str, Any]:
    if known is None:
        return {"place": place.code, "file": "", "sha256": ""}
    return {"place": known.place.code, "file": known.name, "sha256": known.sha256}


@router.get("/letters/{letter_id}", response={200: LetterOut, **REFUSED})
def get_letter(request: SignedInRequest, letter_id: UUID) -> Any:
    """One visible letter."""
    return letter_out(_letter(request, letter_id))


@router.post("/letters", response={200: LetterOut, **REFUSED_WRITE})
def issue_letter(request: SignedInRequest, body: LetterIn) -> Any:
    """Issue a letter about matters of one unit."""

    def write() -> dict[str, Any]:
        given = body.model_dump(exclude={"matters"})
        matters = [Matter.objects.get_visible(request.user, number=number) for number in body.matters]
        return letter_out(actions.issue_letter(by=request.user, matters=matters, **given))

    return idempotent(request, "letters.issue", body, write)


@router.post("/letters/{letter_id}/reply", response={200: LetterOut, **REFUSED_WRITE})
def reply_to_letter(request: SignedInRequest, letter_id: UUID, body: ReplyIn) -> Any:
    """Reply, as the unit addressed."""
    letter = _letter(request, letter_id)

    def write() -> dict[str, Any]:
        return letter_out(actions.reply_to_letter(by=request.user, letter=letter, **body.model_dump()))

    return idempotent(request, "letters.reply", body, write)


@router.get("/letters/{letter_id}/letter.pdf", response={200: None, **REFUSED})
def get_letter_pdf(request: SignedInRequest, letter_id: UUID) -> HttpResponse:
    """The letter as PDF."""
    letter = _letter(request, letter_id)
    return as_file(letter_pdf(letter, request.user), PDF, f"{letter.number}.pdf")


@router.get("/letters/{letter_id}/letter.docx", response={200: None, **REFUSED})
def get_letter_word(request: SignedInRequest, letter_id: UUID) -> HttpResponse:
    """The letter as Word document."""
    letter = _letter(request, letter_id)
    return as_file(letter_word(letter), WORD, f"{letter.number}.docx")
