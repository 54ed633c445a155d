"""Documents over the API: kinds, issued editions with their figures and files, issuing, templates, batches."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, File, Query, Schema
from ninja.files import UploadedFile

from huoshui.documents import actions
from huoshui.documents.models import Batch, DocumentTemplate, Edition
from huoshui.documents.preparing import get_kind, prepare
from huoshui.documents.queries import editions, editions_of, kinds, used_now
from huoshui.documents.standard import standard_template
from huoshui.documents.templates import replace_template, template_for
from huoshui.kernel.access import require
from huoshui.kernel.errors import Refusal
from huoshui.kernel.idempotency import answered, once
from huoshui.places.models import Place
from huoshui.reports.letters import WORD
from huoshui.reports.typesetting import PDF
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.named_places import named_place
from huoshui.web.api.writes import asked, idempotent
from huoshui.web.files import as_file
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("documents")


class DocumentKindOut(Schema):
    """A kind of document; ``texts``: the codes of what is written by hand."""

    code: str
    name: str
    about: str
    place_kinds: list[str]
    periods: list[str]
    texts: list[str]


class DocumentKindsOut(Schema):
    """All kinds."""

    items: list[DocumentKindOut]


class DocumentQuery(Paged):
    """``place``: there and below; ``year``: documents whose period begins with it."""

    kind: str = ""
    place: str = ""
    year: str = ""


class EditionOut(Schema):
    """An edition of a document, as it was issued."""

    code: str
    kind: str
    place: str
    period: str
    number: int
    title: str
    organ: str
    at: dt.datetime
    reason: str


class EditionPage(PageOut):
    """A page of documents, each by its newest edition."""

    items: list[EditionOut]


class UsedFigureOut(Schema):
    """A figure as the edition tells it, and as it is now (null: not seen, or counted no more)."""

    at: int
    indicator: str
    place: str
    period: str
    value: str
    unit: str
    why_none: str
    numerator: int | None
    denominator: int | None
    pack: str
    counted_at: dt.datetime
    now: str | None
    changed: bool


class ChangeOut(Schema):
    """What is other than in the edition before."""

    name: str
    indicator: str
    place: str
    period: str
    then: str
    now: str


class EditionSheetOut(EditionOut):
    """An edition with what it says, its figures, its digests and the other editions."""

    text: list[str]
    template_sha256: str
    files: dict[str, str]
    figures: list[UsedFigureOut]
    changes: list[ChangeOut]
    editions: list[str]


class DocumentIn(Schema):
    """A document to issue. ``organ`` "": one's own unit; ``reason``: why again, of any but the first edition."""

    kind: str
    place: str
    period: str
    texts: dict[str, str] = Field(default_factory=dict)
    organ: str = ""
    reason: str = ""


class DraftIn(Schema):
    """A document to look at before it is issued."""

    kind: str
    place: str
    period: str
    texts: dict[str, str] = Field(default_factory=dict)
    organ: str = ""


class BatchIn(Schema):
    """Documents to issue for every place at and below one."""

    kind: str
    place: str
    period: str


class BatchOut(Schema):
    """How a batch goes: ``same``: places for which nothing is other than in their last edition."""

    id: UUID
    kind: str
    place: str
    period: str
    places: int
    issued: int
    same: int
    refused: list[dict[str, str]]
    done_at: dt.datetime | None


class DocumentTemplateOut(Schema):
    """The Word template that counts; ``number`` 0: the standard one."""

    kind: str
    place: str
    file: str
    number: int
    sha256: str


class TemplateQuery(Schema):
    """At which place."""

    place: str


@router.get("/documents/kinds", response={200: DocumentKindsOut, **REFUSED})
def list_document_kinds(request: SignedInRequest) -> Any:
    """The kinds of documents of the current packs."""
    rows = [
        {
            "code": code,
            "name": str(kind.name),
            "about": str(kind.about),
            "place_kinds": kind.place_kinds,
            "periods": list(kind.periods),
            "texts": [one.code for one in kind.all_inputs],
        }
        for code, kind in kinds().items()
    ]
    return {"items": rows}


@router.get("/documents", response={200: EditionPage, **REFUSED})
def list_documents(request: SignedInRequest, query: Query[DocumentQuery]) -> Any:
    """Visible documents by their newest edition, the last issued first."""
    place = named_place(request, query.place) if query.place else None
    return page_of(editions(request.user, kind=query.kind, place=place, year=query.year), query, edition_out)


@router.post("/documents", response={200: EditionOut, **REFUSED_WRITE})
def issue_document(request: SignedInRequest, body: DocumentIn) -> Any:
    """Issue a document: the first edition, or the next one."""
    writing = asked(request, "documents.issue", body.model_dump(mode="json"))
    known = answered(**writing)
    if known is not None:
        return known
    # Filled and set before the write, which holds the lock of SQLite's one writer.
    given = body.model_dump(exclude={"place", "reason"})
    prepared = prepare(by=request.user, place=named_place(request, body.place), address=_address(request), **given)
    files = prepared.files()

    def write() -> dict[str, Any]:
        return edition_out(actions.issue_document(by=request.user, prepared=prepared, files=files, reason=body.reason))

    return once(**writing, write=write)


@router.post("/documents/draft.pdf", response={200: None, **REFUSED_WRITE})
def draft_document(request: SignedInRequest, body: DraftIn) -> HttpResponse:
    """A draft as PDF; nothing is kept."""
    given = body.model_dump(exclude={"place"})
    place = named_place(request, body.place)
    prepared = prepare(by=request.user, place=place, address=_address(request), draft=True, **given)
    return as_file(prepared.pdf(), PDF, f"{prepared.frame.title}.pdf")


@router.post("/documents/batches", response={200: BatchOut, **REFUSED_WRITE})
def ask_document_batch(request: SignedInRequest, body: BatchIn) -> Any:
    """Have documents issued for every place at and below one, by the worker."""

    def write() -> dict[str, Any]:
        place = named_place(request, body.place)
        found = actions.ask_batch(
            by=request.user, kind=body.kind, place=place, period=body.period, address=_address(request)
        )
        return _batch_out(found)

    return idempotent(request, "documents.ask_batch", body, write)


@router.get("/documents/batches/{batch_id}", response={200: BatchOut, **REFUSED})
def get_document_batch(request: SignedInRequest, batch_id: UUID) -> Any:
    """How a batch goes."""
    return _batch_out(Batch.objects.get_visible(request.user, pk=batch_id))


@router.get("/documents/templates/{kind}", response={200: DocumentTemplateOut, **REFUSED})
def get_document_template(request: SignedInRequest, kind: str, query: Query[TemplateQuery]) -> Any:
    """Which Word template counts for a kind at a place."""
    place, found = named_place(request, query.place), get_kind(kind)
    require(request.user, "document.view", path=place.path)
    known, data = template_for(kind, found, place)
    return _template_out(kind, place, known, data)


@router.get("/documents/templates/{kind}/standard.docx", response={200: None, **REFUSED})
def get_standard_template(request: SignedInRequest, kind: str) -> HttpResponse:
    """The standard Word template of a kind, to be edited."""
    require(request.user, "document.view")
    return as_file(standard_template(get_kind(kind)), WORD, f"{kind}.docx")


@router.post("/documents/templates/{kind}/{place}", response={200: DocumentTemplateOut, **REFUSED_WRITE})
def put_document_template(request: SignedInRequest, kind: str, place: str, file: File[UploadedFile]) -> Any:
    """Have documents of a kind at a place and below it written in another Word file from now on."""
    there, data, name = named_place(request, place), file.read(), file.name or ""

    def write() -> dict[str, Any]:
        found = replace_template(by=request.user, kind=kind, place=there, name=name, data=data)
        return _template_out(kind, there, found, data)

    sent = {"name": name, "sha256": hashlib.sha256(data).hexdigest()}
    return once(**asked(request, "documents.replace_template", sent), write=write)


@router.get("/documents/{code}", response={200: EditionSheetOut, **REFUSED})
def get_document(request: SignedInRequest, code: str) -> Any:
    """One edition by its code."""
    edition = _edition(request, code)
    rows = [
        {
            "at": row.used.at,
            "indicator": row.used.indicator,
            "place": row.used.place.code,
            "period": row.used.period,
            "value": row.used.shown,
            "unit": row.used.unit,
            "why_none": row.used.why_none,
            "numerator": row.used.numerator,
            "denominator": row.used.denominator,
            "pack": f"{row.used.pack} {row.used.pack_number}",
            "counted_at": row.used.counted_at,
            "now": (row.now.told or row.now.why_none) if row.now else None,
            "changed": row.changed,
        }
        for row in used_now(request.user, edition)
    ]
    changes = [{**one, "place": one["place_code"], "period": one["period_code"]} for one in edition.changes]
    return {
        **edition_out(edition),
        "text": ["".join(piece["text"] for piece in block["pieces"]) for block in edition.blocks if "pieces" in block],
        "template_sha256": edition.template_sha256,
        "files": dict(edition.files.values_list("ending", "sha256")),
        "figures": rows,
        "changes": changes,
        "editions": [one.code for one in editions_of(request.user, edition.document)],
    }


@router.get("/documents/{code}/document.{ending}", response={200: None, **REFUSED})
def get_document_file(request: SignedInRequest, code: str, ending: str) -> HttpResponse:
    """The kept file of an edition, byte for byte: docx or pdf."""
    edition = _edition(request, code)
    found = edition.files.filter(ending=ending).first()
    if found is None:
        raise Refusal("document.file_missing", ending=ending)
    return as_file(bytes(found.data), PDF if ending == "pdf" else WORD, f"{edition.code}.{ending}")


def edition_out(edition: Edition) -> dict[str, Any]:
    """An edition without what it says."""
    about = edition.document
    row = {
        "kind": about.kind,
        "place": about.place.code,
        "period": about.period,
        **{name: getattr(edition, name) for name in ("code", "number", "title", "organ", "at", "reason")},
    }
    return EditionOut(**row).model_dump(mode="json")


def _edition(request: SignedInRequest, code: str) -> Any:
    return Edition.objects.get_visible(request.user, code=code.upper())


def _address(request: SignedInRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def _batch_out(batch: Batch) -> dict[str, Any]:
    names = ("kind", "period", "places", "issued", "same", "refused", "done_at")
    row = {"id": batch.pk, "place": batch.place.code, **{name: getattr(batch, name) for name in names}}
    return BatchOut(**row).model_dump(mode="json")


def _template_out(kind: str, place: Place, known: DocumentTemplate | None, data: bytes) -> dict[str, Any]:
    return {
        "kind": kind,
        "place": known.place.code if known else place.code,
        "file": known.name if known else "",
        "number": known.number if known else 0,
        "sha256": known.sha256 if known else hashlib.sha256(data).hexdigest(),
    }
