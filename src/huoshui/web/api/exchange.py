"""Exchange over the API: figures as files, and the codes of other systems."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpResponse
from ninja import Field, Query, Schema

from huoshui.exchange.actions import set_codes
from huoshui.exchange.codes import DHIS2, codes_of, systems
from huoshui.exchange.exporting import OTHERS, export_figures
from huoshui.exchange.figure_files import FORMATS
from huoshui.exchange.selecting import LEVELS, OWN, selection
from huoshui.kernel.access import require
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.writes import idempotent
from huoshui.web.files import as_file
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("exchange")
AS_FILES: dict[str, Any] = {
    "responses": {
        200: {
            "description": "The file.",
            "content": {
                content_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
                for _write, content_type, _ends in (*FORMATS.values(), *OTHERS.values())
            },
        }
    }
}
"""What the export answers with, by format."""


class ExportQuery(Schema):
    """Which figures, and as what."""

    place: str = Field(description="Code of the place.")
    period: list[str] = Field(min_length=1, description="Periods (2017, 2017Q1, 2017-03, …) or spans (2016..2018).")
    level: list[str] = Field([OWN], description=f"Levels: {OWN} (the place itself), {', '.join(LEVELS)} below it.")
    indicator: list[str] = Field([], description="Codes of indicators; none: all that are told for the periods.")
    format: Literal["csv", "xlsx", "parquet", "geojson", "dhis2", "adx"] = Field(
        "csv",
        description="csv, xlsx and parquet have a row a value; geojson a point a place; dhis2 is a data value set "
        "(JSON), adx IHE's ADX (XML), both without what has no value.",
    )
    system: str = Field(DHIS2, description="Of dhis2 and adx: whose codes are written, see /exchange/codes.")
    dataset: str = Field("", max_length=60, description="Of dhis2 and adx: the code of the data set.")


class CodePair(Schema):
    """One of our codes, and theirs."""

    ours: str
    theirs: str


class CodesOut(Schema):
    """The codes that a system has for our indicators and places; what is not listed it calls as we do."""

    system: str
    indicators: list[CodePair]
    places: list[CodePair]


class SystemCodes(Schema):
    """All codes of a system; they replace those that were kept."""

    indicators: list[CodePair]
    places: list[CodePair]


class AllCodesOut(Schema):
    """The codes of every system."""

    items: list[CodesOut]


@router.get(
    "/figures/export",
    response={200: Any, **REFUSED},
    scope="figures:read",
    summary="Figures as a file",
    operation_id="export_figures",
    openapi_extra=AS_FILES,
)
def read_export(request: SignedInRequest, query: Query[ExportQuery]) -> HttpResponse:
    """The figures of indicators at a place and the levels below it, in periods, as a file.

    At most 200,000 values; a value that is not there is empty, with the reason beside it.
    """
    chosen = selection(request.user, place=query.place, codes=query.indicator, levels=query.level, periods=query.period)
    made = export_figures(
        request.user,
        chosen,
        query.format,
        system=query.system,
        dataset=query.dataset,
        address=request.build_absolute_uri("/"),
    )
    return as_file(made.data, made.content_type, made.name)


@router.get("/exchange/codes", response={200: AllCodesOut, **REFUSED}, summary="Codes of other systems")
def list_codes(request: SignedInRequest) -> dict[str, Any]:
    """What other systems call our indicators and places."""
    require(request.user, "exchange.map")
    return {"items": [_codes(system) for system in systems()]}


@router.put("/exchange/codes/{system}", response={200: CodesOut, **REFUSED_WRITE}, summary="Set a system's codes")
def put_codes(request: SignedInRequest, system: str, body: SystemCodes) -> Any:
    """Replace the codes of a system. Each of our codes and of theirs stands once; ours have to be known."""

    def write() -> dict[str, Any]:
        lines = {name: "\n".join(f"{pair.ours}\t{pair.theirs}" for pair in getattr(body, name))
                 for name in ("indicators", "places")}  # fmt: skip
        set_codes(by=request.user, system=system, **lines)
        return _codes(system)

    return idempotent(request, "exchange.set_codes", body, write)


def _codes(system: str) -> dict[str, Any]:
    kept = codes_of(system)
    told = {
        name: [{"ours": ours, "theirs": theirs} for ours, theirs in sorted(pairs.items())]
        for name, pairs in (("indicators", kept.indicators), ("places", kept.places))
    }
    return {"system": system, **told}
