"""Reported figures over the API: returns and their steps, and figures of files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from ninja import File, Form, Query, Schema
from ninja.files import UploadedFile

from huoshui.exchange.codes import DHIS2
from huoshui.exchange.importing import bring_figures
from huoshui.figures.queries import get_indicator
from huoshui.figures.reporting import actions
from huoshui.figures.reporting.models import Bound, Filing, Observation
from huoshui.figures.reporting.queries import filing_of, get_return, return_period, return_rows
from huoshui.figures.reporting.values import Value, typed
from huoshui.kernel.access import require
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.named_places import named_place
from huoshui.web.api.writes import ReasonIn, idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("figures")


class ReturnOut(Schema):
    """A return of a place and a period; ``state`` is "" before anybody began it."""

    code: str
    name: str
    place: str
    period: str
    due_on: dt.date
    state: str
    filing: UUID | None


class ReturnsOut(Schema):
    """The returns of a period."""

    items: list[ReturnOut]


class ObservationOut(Schema):
    """A value as it was reported: ``value`` as it is typed (≥660, 3220/10000), and its parts."""

    indicator: str
    place: str
    period: str
    value: str
    bound: str
    numerator: int
    denominator: int | None
    parts_known: bool
    note: str


class FilingOut(Schema):
    """Figures that are approved together; ``step``: how many steps of approval are done."""

    id: UUID
    form: str
    place: str
    period: str
    source: str
    state: str
    step: int
    version: int
    remark: str
    missing: dict[str, str]
    observations: list[ObservationOut]


class FilingHeadOut(Schema):
    """The same without its figures."""

    id: UUID
    form: str
    place: str
    period: str
    source: str
    state: str
    step: int
    version: int


class FilingPage(PageOut):
    """A page of filings."""

    items: list[FilingHeadOut]


class CellIn(Schema):
    """A value as it is typed in the indicator's unit, or "" with the reason why there is none."""

    value: str = ""
    note: str = ""


class FillIn(Schema):
    """Values of a return by indicator; and the filing's version that was read, none for a new one."""

    values: dict[str, CellIn]
    seen_version: int | None = None


class SubmitIn(Schema):
    """What is said about the figures, and the version that was read."""

    remark: str = ""
    seen_version: int


class ApproveIn(Schema):
    """A note, and the version that was read."""

    note: str = ""
    seen_version: int


class SendBackIn(ReasonIn):
    """Why, and the version that was read."""

    seen_version: int


class FigureProblemOut(Schema):
    """What is wrong with a row of a file."""

    code: str
    field: str
    row: int | None
    column: str = ""
    message: str
    next: str


class FigureImportOut(Schema):
    """What a file would bring, or brought; with problems nothing was written."""

    figures: int
    problems: list[FigureProblemOut]
    filing: UUID | None


class PeriodQuery(Schema):
    """A period's code; "" for the newest of each return."""

    period: str = ""


def filing_out(filing: Filing) -> dict[str, Any]:
    """A filing as it stands."""
    fresh = Filing.objects.select_related("place").get(pk=filing.pk)
    rows = fresh.observations.select_related("place").order_by("indicator", "period", "id")
    told = _head(fresh) | {"remark": fresh.remark, "missing": fresh.missing}
    return FilingOut(**told, observations=[_observation(row) for row in rows]).model_dump(mode="json")


def _head(filing: Filing) -> dict[str, Any]:
    names = ("id", "form", "period", "source", "state", "step", "version")
    return {name: getattr(filing, name) for name in names} | {"place": filing.place.code}


def _observation(row: Observation) -> Any:
    value = Value(row.numerator, row.denominator, Bound(row.bound), row.parts_known)
    names = ("indicator", "period", "bound", "numerator", "denominator", "parts_known", "note")
    told = {name: getattr(row, name) for name in names}
    return told | {"place": row.place.code, "value": typed(value, get_indicator(row.indicator))}


@router.get("/returns", response={200: ReturnsOut, **REFUSED}, summary="Returns of a period")
def list_returns(request: SignedInRequest, query: Query[PeriodQuery]) -> dict[str, Any]:
    """The returns of all places of whom they are asked and whose figures are seen, for a period or the newest."""
    require(request.user, "figure.view")
    return {
        "items": [
            {
                "code": row.code,
                "name": str(row.form.name),
                "place": row.place.code,
                "period": row.period.code,
                "due_on": row.due,
                "state": row.filing.state if row.filing else "",
                "filing": row.filing.pk if row.filing else None,
            }
            for row in return_rows(request.user, period=query.period)
        ]
    }


@router.put("/returns/{code}/{place}/{period}", response={200: FilingOut, **REFUSED_WRITE}, summary="Fill in a return")
def fill_in_return(request: SignedInRequest, code: str, place: str, period: str, body: FillIn) -> Any:
    """Write values into the draft of a return; a plan's period is written 2016_2018 here."""
    there, when = named_place(request, place), period.replace("_", "/")
    cells = {name: cell.model_dump() for name, cell in body.values.items()}

    def write() -> dict[str, Any]:
        return filing_out(
            actions.fill_return(
                by=request.user, form=code, place=there, period=when, values=cells, seen_version=body.seen_version
            )
        )

    return idempotent(request, "figures.fill_return", body, write)


@router.get("/returns/{code}/{place}/{period}", response={200: FilingOut, **REFUSED}, summary="A return")
def read_return(request: SignedInRequest, code: str, place: str, period: str) -> Any:
    """A return that somebody has begun."""
    there = named_place(request, place)
    require(request.user, "figure.view", path=there.path, pack=code.partition(".")[0])
    asked = return_period(get_return(code), period.replace("_", "/"))
    filing = filing_of(code, there, asked.code)
    return filing_out(Filing.objects.get_visible(request.user, pk=filing.pk if filing else None))


@router.get("/filings", response={200: FilingPage, **REFUSED}, summary="Returns and files with figures")
def list_filings(request: SignedInRequest, query: Query[Paged]) -> Any:
    """Everything that was filed, the newest first."""
    return page_of(Filing.objects.visible_to(request.user).select_related("place").order_by("-id"), query, _head)


@router.get("/filings/{filing_id}", response={200: FilingOut, **REFUSED}, summary="A filing with its figures")
def read_filing(request: SignedInRequest, filing_id: UUID) -> Any:
    """One filing."""
    return filing_out(Filing.objects.get_visible(request.user, pk=filing_id))


def _step(request: SignedInRequest, filing_id: UUID, act: Callable[..., Filing], body: Schema) -> Any:
    filing = Filing.objects.get_visible(request.user, pk=filing_id)
    return idempotent(
        request,
        f"figures.{act.__name__}",
        body,
        lambda: filing_out(act(by=request.user, filing=filing, **body.model_dump())),
    )


@router.post("/filings/{filing_id}/submit", response={200: FilingOut, **REFUSED_WRITE}, summary="Submit a return")
def submit_filing(request: SignedInRequest, filing_id: UUID, body: SubmitIn) -> Any:
    """Submit a return to its first step of approval."""
    return _step(request, filing_id, actions.submit_return, body)


@router.post("/filings/{filing_id}/approve", response={200: FilingOut, **REFUSED_WRITE}, summary="Approve figures")
def approve_filing(request: SignedInRequest, filing_id: UUID, body: ApproveIn) -> Any:
    """Take the next step of approval."""
    return _step(request, filing_id, actions.approve_return, body)


@router.post("/filings/{filing_id}/send-back", response={200: FilingOut, **REFUSED_WRITE}, summary="Send figures back")
def send_filing_back(request: SignedInRequest, filing_id: UUID, body: SendBackIn) -> Any:
    """Give submitted figures back."""
    return _step(request, filing_id, actions.send_back_return, body)


@router.post("/filings/{filing_id}/reopen", response={200: FilingOut, **REFUSED_WRITE}, summary="Reopen figures")
def reopen_filing(request: SignedInRequest, filing_id: UUID, body: SendBackIn) -> Any:
    """Unlock approved figures; they do not count until they are approved anew."""
    return _step(request, filing_id, actions.reopen_return, body)


@router.post("/figures/import", response={200: FigureImportOut, **REFUSED_WRITE}, summary="Bring figures in")
def bring_figures_in(
    request: SignedInRequest,
    file: File[UploadedFile],
    place: Form[str],
    source: Form[str],
    dry_run: Form[bool] = True,
    system: Form[str] = DHIS2,
) -> Any:
    """Figures from a file with its source; a trial unless ``dry_run`` is false.

    An .xlsx or .csv table, a data value set of DHIS2 (.json) or an ADX file (.xml); of the last two ``system`` names
    whose codes they have (see /exchange/codes).
    """
    there, data = named_place(request, place), file.read()
    report = bring_figures(
        by=request.user,
        data=data,
        name=file.name or "",
        place=there,
        source=source,
        system=system,
        dry_run=dry_run,
    )
    return {
        "figures": len(report.rows),
        "problems": [problem.as_dict() for problem in report.problems],
        "filing": report.filing.pk if report.filing else None,
    }
