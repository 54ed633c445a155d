"""Checks of publications over the API: check and keep, what was kept, the numbers found, explanations."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any
from uuid import UUID

from ninja import File, Form, Query, Schema
from ninja.files import UploadedFile

from huoshui.kernel.access import Actor
from huoshui.kernel.errors import Refusal
from huoshui.kernel.idempotency import answered, once
from huoshui.places.models import Place
from huoshui.publications.actions import explain, keep_outcome
from huoshui.publications.checks import Finding
from huoshui.publications.checks import check_publication as checked
from huoshui.publications.models import Explanation, PublicationCheck
from huoshui.publications.queries import checks, outcome_of
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.writes import ReasonIn, asked, idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("publications")


class PublicationOut(Schema):
    """A checked publication; ``counts``: how many numbers of each status, and how many are no statistics (asides)."""

    id: UUID
    name: str
    sha256: str
    kind: str
    place: str
    day: dt.date
    by: str
    checked_at: dt.datetime
    counts: dict[str, int]


class PublicationPage(PageOut):
    """A page of checked publications."""

    items: list[PublicationOut]


class NumberOut(Schema):
    """A number of a publication: where it stands, what was made of it, and the value it was compared with.

    ``status``: match, rounding, differing, doubtful, unknown, or "" for what is no statistic (then see ``kind``).
    ``register`` is as the register showed it when the publication was checked; ``score`` is from 0 to 1.
    """

    position: int
    block: int
    start: int
    end: int
    label: str
    printed: str
    words: str
    kind: str
    status: str
    term_kind: str
    term: str
    term_name: str
    place: str | None
    period: str
    planned: bool
    register_value: str
    unit: str
    numerator: int | None
    denominator: int | None
    records: int
    score: float
    why: str
    explanation: str


class CheckedPublicationOut(PublicationOut):
    """A checked publication with its numbers; ``unexplained``: how many differ and nobody said why."""

    unexplained: int
    numbers: list[NumberOut]


class ExplanationOut(Schema):
    """Why a printed number rightly differs from the register's value."""

    id: UUID
    term: str
    place: str
    period: str
    printed: str
    register_value: str
    reason: str


@router.get("/publications", response={200: PublicationPage, **REFUSED}, summary="Checked publications")
def list_publications(request: SignedInRequest, query: Query[Paged]) -> Any:
    """Publications that were checked, the newest first."""
    return page_of(checks(request.user), query, _row)


@router.post("/publications", response={200: CheckedPublicationOut, **REFUSED_WRITE}, summary="Check a publication")
def check_publication(request: SignedInRequest, file: File[UploadedFile], place: Form[str], day: Form[dt.date]) -> Any:
    """Check the numbers of a .docx, .pdf, .txt or .csv against the register, and keep what was found. ``place`` is
    the code of what 全区 means in it; ``day`` is that of the publication."""
    there = Place.objects.get_visible(request.user, code=place)
    data, name = file.read(), file.name or ""

    sent = {"name": name, "sha256": hashlib.sha256(data).hexdigest(), "place": place, "day": day.isoformat()}
    writing = asked(request, "publications.keep_check", sent)
    known = answered(**writing)
    if known is not None:
        return known
    # Read and compared before the write, which holds the lock of SQLite's one writer.
    outcome = checked(by=request.user, data=data, name=name, place=there, day=day)

    def write() -> dict[str, Any]:
        return _whole(request.user, keep_outcome(by=request.user, outcome=outcome))

    return once(**writing, write=write)


@router.get(
    "/publications/{check_id}", response={200: CheckedPublicationOut, **REFUSED}, summary="One, with its numbers"
)
def read_publication(request: SignedInRequest, check_id: UUID) -> Any:
    """A checked publication with every number that was found, as it was compared then."""
    return _whole(request.user, PublicationCheck.objects.get_visible(request.user, pk=check_id))


@router.post(
    "/publications/{check_id}/numbers/{position}/explanation",
    response={200: ExplanationOut, **REFUSED_WRITE},
    summary="Explain a difference",
)
def explain_number(request: SignedInRequest, check_id: UUID, position: int, body: ReasonIn) -> Any:
    """Record why a number rightly differs; it counts for just this number and this value of the register."""
    check = PublicationCheck.objects.get_visible(request.user, pk=check_id)
    number = check.numbers.select_related("check_of__place", "place").filter(position=position).first()
    if number is None:
        raise Refusal("access.not_found")

    def write() -> dict[str, Any]:
        return _explanation(explain(by=request.user, number=number, reason=body.reason))

    return idempotent(request, "publications.explain", body, write)


def _row(check: PublicationCheck) -> dict[str, Any]:
    return PublicationOut(
        id=check.pk, name=check.name, sha256=check.digest, kind=check.kind, place=check.place.code, day=check.day,
        by=check.by.label, checked_at=check.created_at, counts=check.counts,
    ).model_dump(mode="json")  # fmt: skip


def _whole(actor: Actor, check: PublicationCheck) -> dict[str, Any]:
    outcome = outcome_of(actor, check)
    numbers = [_number(at, one) for at, one in enumerate(outcome.findings, start=1)]
    counts = {status.value: count for status, count in outcome.counts.items()} | {"asides": outcome.asides}
    return _row(check) | {"counts": counts, "unexplained": outcome.unexplained, "numbers": numbers}


def _number(position: int, one: Finding) -> dict[str, Any]:
    return NumberOut(
        position=position, block=one.block, start=one.start, end=one.end, label=one.label, printed=one.printed,
        words=one.words, kind=one.kind.value, status=one.status.value if one.status else "", term_kind=one.term_kind,
        term=one.term, term_name=one.term_name, place=one.place.code if one.place else None,
        period=one.held.period or one.period_name, planned=one.planned, register_value=one.held.shown,
        unit=one.held.unit, numerator=one.held.numerator, denominator=one.held.denominator, records=one.held.records,
        score=one.score, why=one.why, explanation=one.explanation.reason if one.explanation else "",
    ).model_dump(mode="json")  # fmt: skip


def _explanation(row: Explanation) -> dict[str, Any]:
    return ExplanationOut(
        id=row.pk, term=row.term, place=row.place.code, period=row.period, printed=row.printed,
        register_value=row.held, reason=row.reason,
    ).model_dump(mode="json")  # fmt: skip
