"""Proving an indicator sound before it loads: views and columns are there, its SQL is on the list and of one type."""

from __future__ import annotations

from collections.abc import Sequence

from huoshui.figures.compiling import compiled
from huoshui.figures.expressions import Unsound
from huoshui.figures.facts import FACT_VIEWS
from huoshui.figures.schema import Indicator, Measure
from huoshui.kernel.wording import listed
from huoshui.packs.contract import Known, Path, Section, SectionReport
from huoshui.packs.schema import Manifest


def validate(manifest: Manifest, indicators: Sequence[Indicator], known: Known, report: SectionReport) -> None:
    """Every rule over every indicator of a pack."""
    seen: set[str] = set()
    for index, indicator in enumerate(indicators):
        if indicator.code in seen:
            report.add((index, "code"), "pack.code_twice", name=indicator.code)
        seen.add(indicator.code)
        _measure((index, "numerator"), indicator.numerator, report)
        if indicator.denominator is not None:
            _measure((index, "denominator"), indicator.denominator, report)


def _measure(at: Path, measure: Measure, report: SectionReport) -> None:
    view = FACT_VIEWS.get(measure.source)
    if view is None:
        report.add((*at, "from"), "indicator.view_unknown", name=measure.source, known=listed(FACT_VIEWS))
        return
    for name in ("period", "since", "until"):
        code = getattr(measure, name)
        if code is not None and (code not in view.columns or view.columns[code].type != "date"):
            dates = [column for column, known in view.columns.items() if known.type == "date"]
            report.add((*at, name), "indicator.no_date", name=code, known=listed(dates))
    for part in ("where", "value"):
        try:
            compiled(measure, part)
        except Unsound as unsound:
            report.add((*at, part), unsound.code, name=unsound.name, known=listed(view.columns))


SECTION = Section("indicators", Indicator, validate)
