"""The ledger as an Excel workbook, as it is printed and handed on."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from copy import copy
from decimal import Decimal
from typing import Any
from weakref import WeakKeyDictionary

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from huoshui.kernel import clock
from huoshui.kernel.access import Actor, grants_condition, require
from huoshui.kernel.demonstration import demonstration_mark
from huoshui.kernel.spreadsheets import BORDER, set_value
from huoshui.matters.columns import CLOCK, LIGHT, STATE, columns_for, with_columns, with_sums, with_town
from huoshui.matters.ledger_marks import Marker, heading, row_key
from huoshui.matters.lights import MatterQuerySet
from huoshui.matters.models import Matter
from huoshui.matters.queries.ledger import LedgerFilter, ledger, ledger_rows
from huoshui.matters.schema import LedgerColumn, MatterKind
from huoshui.packs.queries import all_current
from huoshui.places.models import Place

WIDTHS = {
    "number": 15, "source": 18, "town": 12, "place": 14, "title": 34, "detail": 34, "measures": 34, "progress": 34,
    "deadline": 12, "due_on": 12, "opened_on": 12, "closed_on": 12, "supervised_on": 12,
    "unit": 16, "owner": 18, "verifier": 16, "evidence": 8, "severity": 8, "state": 10, "light": 8, "clock": 12,
}  # fmt: skip
"""Column widths in characters."""
DEFAULT_WIDTH = 16
DATE_FORMAT, MONEY_FORMAT = "yyyy-mm-dd", "#,##0.00"
A4 = 9
"""Excel's number for the paper size."""
WRAPPED = Alignment(wrap_text=True, vertical="top")
HEAD_FILL = PatternFill("solid", fgColor="EDEDED")


def ledger_workbook(
    *,
    actor: Actor,
    filters: LedgerFilter | None = None,
    sort: str = "number",
    area: Place | None = None,
    chosen: Sequence[LedgerColumn] = (),
) -> bytes:
    """The ledger that leaves as xlsx: title with the area's name and the date, frozen head, typed cells, hidden marks.

    The columns are those ``chosen``, else the kind's own with town, state and light. Raises as ``leaving``.
    """
    wanted = filters or LedgerFilter()
    matters = leaving(actor, wanted, sort)  # refused before a workbook is begun
    kind = all_current("matters").get(wanted.kind)
    usual = with_columns(with_town(columns_for(kind)), CLOCK, STATE, LIGHT)
    columns = list(chosen) or with_sums(usual, kind)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("台账"))
    sheet.freeze_panes = "A3"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:2"
    for at, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = WIDTHS.get(column.column, DEFAULT_WIDTH)
    sheet.append([_styled(sheet, _title(kind, area), font=Font(bold=True, size=14))])
    marker = Marker([column.column for column in columns])
    for at in (len(columns) + 1, len(columns) + 2):
        sheet.column_dimensions[get_column_letter(at)].hidden = True
    sheet.append([*(_head(sheet, column) for column in columns), _styled(sheet, ""), _styled(sheet, heading(columns))])
    for row in ledger_rows(matters, columns):
        key = row_key(row.matter.number, row.matter.version)
        marks = [_styled(sheet, key), _styled(sheet, "".join(marker.of(key, row.cells)))]
        sheet.append([*(body_cell(sheet, value) for value in row.cells), *marks])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def leaving(actor: Actor, wanted: LedgerFilter, sort: str) -> MatterQuerySet:
    """The ledger as far as the actor may take it out: of what is seen, the matters that matter.export reaches.

    Raises access.denied without that permission (at the filter's place), and what ``ledger`` raises.
    """
    require(actor, "matter.export", path=wanted.place or None)
    return ledger(actor, wanted, sort).filter(grants_condition(actor.grants("matter.export"), Matter.scope))


def _title(kind: MatterKind | None, area: Place | None) -> str:
    name = str(kind.name) if kind else _("事项")
    title = _("%(area)s%(kind)s台账（%(day)s）") % {
        "area": area.name if area else "",
        "kind": name,
        "day": clock.today().isoformat(),
    }
    return f"{title} {demonstration_mark()}".strip()


def body_cell(sheet: Any, value: Any) -> Any:
    """A cell of the table: dates as dates, numbers as numbers, and text always as text, never as a formula."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal | dt.date | None):
        value = str(value)
    number_format = DATE_FORMAT if isinstance(value, dt.date) else MONEY_FORMAT if isinstance(value, Decimal) else ""
    cell = WriteOnlyCell(sheet)
    cell._style = copy(_body_style(sheet.parent, number_format))  # type: ignore[attr-defined]
    set_value(cell, value)
    return cell


def _body_style(book: Workbook, number_format: str) -> Any:
    """The style of a body cell, made once for a workbook: looking one up for each of 200,000 cells takes longer than
    all the rest of an export."""
    known = _body_styles.setdefault(book, {})
    if number_format not in known:
        styles = {"number_format": number_format} if number_format else {}
        known[number_format] = _styled(book.worksheets[0], None, border=BORDER, alignment=WRAPPED, **styles)._style
    return known[number_format]


_body_styles: WeakKeyDictionary[Workbook, dict[str, Any]] = WeakKeyDictionary()


def _head(sheet: Any, column: LedgerColumn) -> Any:
    return _styled(sheet, str(column.name), font=Font(bold=True), border=BORDER, alignment=WRAPPED, fill=HEAD_FILL)


def _styled(sheet: Any, value: Any, **styles: Any) -> Any:
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"
    for name, style in styles.items():
        setattr(cell, name, style)
    return cell
