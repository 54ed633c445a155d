"""Figures: many of a district at once, everything counted anew, and how soon a change is in them."""

from __future__ import annotations

import time
from typing import Any

from huoshui.duties.models import Account
from huoshui.figures.cells.keeping import Keeper, rebuild
from huoshui.figures.cells.models import Touch
from huoshui.figures.queries import figure, figures_of, get_indicator, get_period, indicators
from huoshui.figures.schema import Indicator
from huoshui.kernel import clock
from huoshui.kernel.periods import Period, period
from huoshui.kernel.reading import reading
from huoshui.matters.actions import open_matter
from huoshui.places.models import Place

DISTRICT, VILLAGE, OPENED = "410871", "410871203201", "rectification.opened"
INDICATORS, YEARS, TIMES = 40, 5, 20


def figuring() -> dict[str, Any]:
    """The cells built, then read; then one matter opened, and how long until the district's figure is kept again."""
    reader = Account.objects.get(username="leader")
    district = Place.objects.get(code=DISTRICT)
    Keeper().keep_up()
    built = rebuild()
    assert not built.differing, built.differing[:3]
    asked = _asked()
    samples = []
    for _time in range(TIMES):
        with reading():
            began = time.perf_counter()
            figures_of(reader, asked, district)
            samples.append(time.perf_counter() - began)
    samples.sort()
    return {
        "rebuilt": {"seconds": round(built.seconds, 2), "cells": built.cells, "measures": built.measures},
        "figures": len(asked),
        "p50_ms": round(samples[TIMES // 2] * 1000, 1),
        "p95_ms": round(samples[TIMES * 95 // 100] * 1000, 1),
        "change": _change(reader, district),
    }


def _asked() -> list[tuple[Indicator, Period]]:
    """Derived indicators for the years up to this one; each again where there are fewer than INDICATORS."""
    derived = [one for one in indicators().values() if not one.is_reported and "year" in one.periods]
    chosen = (derived * (INDICATORS // len(derived) + 1))[:INDICATORS]
    this = clock.today().year
    return [(one, period(str(year))) for one in chosen for year in range(this - YEARS + 1, this + 1)]


def _change(reader: Account, district: Place) -> dict[str, float]:
    """Milliseconds from the commit until the district's figure was read (counted), and until its cells were kept."""
    opened = get_indicator(OPENED)
    year = get_period(opened, str(clock.today().year))
    before = figure(reader, opened, district, year).value or 0
    office = Account.objects.get(username="office")
    open_matter(by=office, kind="rectification.item", place=Place.objects.get(code=VILLAGE), title="测速")
    began = time.perf_counter()
    assert figure(reader, opened, district, year).value == before + 1
    read = time.perf_counter()
    Keeper().keep_up()
    kept = time.perf_counter()
    assert not Touch.objects.exists()
    assert figure(reader, opened, district, year).value == before + 1
    return {"read_ms": round((read - began) * 1000, 1), "kept_ms": round((kept - read) * 1000, 1)}
