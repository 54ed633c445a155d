"""Filling a form of 2,000 cells: a hundred villages down, twenty figures across."""

from __future__ import annotations

import datetime as dt
import io
import time
from typing import Any

from openpyxl import Workbook

from huoshui.duties.models import Account
from huoshui.figures.queries import indicators
from huoshui.forms.actions import approve_form, propose_form
from huoshui.forms.filling import fill_form
from huoshui.forms.mapping import map_cells, newest
from huoshui.kernel import clock
from huoshui.places.models import Place

VILLAGES, FIGURES, TIMES = 100, 20, 5
SHEET, CODE, PERIOD = "各村", "BENCH-2000", "2018"


def large_form() -> dict[str, Any]:
    """Register one, fill it some times; seconds of the fastest and the middle run, and how many cells."""
    district = Place.objects.get(code="410871")
    villages = Place.objects.filter(kind="village", path__startswith=district.path, closed_on__isnull=True)
    names = _unique(villages.order_by("path"))[:VILLAGES]
    told = [code for code, one in indicators().items() if "year" in one.periods]
    codes = [told[at % len(told)] for at in range(FIGURES)]
    office, leader = Account.objects.get(username="office"), Account.objects.get(username="leader")
    form = propose_form(
        by=office, place=district, code=CODE, name="测速", asker="测速", right="测速",
        frequency="year", level="district",
        ends_on=clock.today() + dt.timedelta(days=30), data=_file(names, codes), file_name="测速.xlsx",
    )  # fmt: skip
    cells = [
        {"sheet": SHEET, "cell": f"{chr(ord('B') + at)}{row}", "spec": _spec(code, at, len(told))}
        for row in range(2, 2 + len(names))
        for at, code in enumerate(codes)
    ]
    map_cells(by=office, version=newest(form), cells=cells)
    form = approve_form(by=leader, form=form)
    runs = []
    for _run in range(TIMES):
        began = time.perf_counter()
        fill_form(by=office, form=form, place=district, period=PERIOD)
        runs.append(time.perf_counter() - began)
    runs.sort()
    return {"cells": len(cells), "fastest_s": round(runs[0], 3), "middle_s": round(runs[len(runs) // 2], 3)}


def _unique(villages: Any) -> list[str]:
    names = [village.short_name for village in villages]
    return [name for name in names if names.count(name) == 1]


def _spec(code: str, at: int, told: int) -> dict[str, Any]:
    """Once round the indicators for the year, then for the year before."""
    period = "own" if at < told else "year_ago"
    return {"kind": "figure", "indicator": code, "place": "row", "period": period}


def _file(names: list[str], codes: list[str]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    sheet.append(["村", *codes])
    for name in names:
        sheet.append([name, *[None] * len(codes)])
    for row in range(2, 2 + len(names)):
        sheet.cell(row, 1 + len(codes)).value = None
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
