"""Values of other systems taken over: DHIS2's data value sets (.json) and ADX (.xml) beside tables of one's own.

They go the way of every import: tried first, all or none, the same file once, approved by somebody else.
"""

from __future__ import annotations

import hashlib
from typing import Any

from huoshui.exchange.codes import DHIS2, codes_of
from huoshui.exchange.formats import adx, dhis2
from huoshui.exchange.formats.incoming import Reading, Row
from huoshui.figures.reporting.imports import (
    FigureImport,
    FigureRow,
    import_figures,
    named_source,
    require_new,
    take_figures,
)
from huoshui.kernel.access import require
from huoshui.places.models import Place

READERS = {".json": dhis2.read, ".xml": adx.read, ".adx": adx.read}
"""By how the file's name ends; any other is a table."""


def bring_figures(
    *, by: Any, data: bytes, name: str, place: Place, source: str, system: str = DHIS2, dry_run: bool = False
) -> FigureImport:
    """Take over the figures of a file at a place and below it, in the codes of ``system``.

    Raises access.denied, figure.imported_already, value.required (the source), the exchange.* refusals of a whole file,
    and for tables what ``import_figures`` raises; what is wrong with single values is told in the report.
    """
    read = next((reader for ends, reader in READERS.items() if name.lower().endswith(ends)), None)
    if read is None:
        return import_figures(by=by, data=data, name=name, place=place, source=source, dry_run=dry_run)
    require(by, "figure.import", path=place.path)
    named_source(source)
    sha256 = hashlib.sha256(data).hexdigest()
    require_new(sha256, place)
    found = read(data, Reading(codes_of(system), place))
    report = FigureImport([_row(row) for row in found.rows], found.problems)
    if report.problems or dry_run:
        return report
    report.filing = take_figures(
        by=by, rows=report.rows, place=place, source=source, file_name=name, file_sha256=sha256
    )
    return report


def _row(row: Row) -> FigureRow:
    return FigureRow(row.row, row.indicator, row.place, row.period, row.value, row.remark[:300])
