"""The ledger as it hangs on the wall: A4 landscape, the columns and rows of the address, signatures below."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.matters.columns import LIGHT, STATE, with_columns, with_town
from huoshui.matters.queries import LedgerRow, ledger, ledger_rows
from huoshui.reports.papers import FITTED, Cell, Column, Heading, Signer, TablePaper
from huoshui.reports.typesetting import typeset
from huoshui.web.office.matter_pages.ledger import Asked
from huoshui.web.office.matter_pages.shown_rows import COUNTED, LONG
from huoshui.web.office.matter_pages.words import clock_words

SHARES = {
    "source": 1.5, "town": 1.2, "place": 1.2, "unit": 1.5, "owner": 1.5, "evidence": 0.6, "severity": 0.9,
    "state": 1.15, "light": 1.15, "verifier": 1.2,
}  # fmt: skip
"""Shares of the page's width; running text takes LONG_SHARE, any other column a usual one."""
LONG_SHARE, USUAL_SHARE = 2.4, 1.3
UNBROKEN = ("number", "duplicate_of")
"""Columns of a matter's number, which is one long word; dates are as well."""

MOST_ON_PAPER = 2_000
"""Matters; more is no sheet for a wall, and setting it would keep the server busy for minutes."""


def wall_ledger(by: Any, asked: Asked) -> bytes:
    """The PDF of the ledger that was asked for, as its reader sees it: a village hangs its own on its wall.

    Raises ledger.too_long beyond MOST_ON_PAPER matters, and what ``ledger`` and ``typeset`` raise.
    """
    columns = asked.chosen or with_columns(with_town(asked.columns), STATE, LIGHT)
    matters = ledger(by, asked.filters, asked.sort)
    count = matters.count()
    if count > MOST_ON_PAPER:
        raise Refusal("ledger.too_long", count=count, limit=MOST_ON_PAPER)
    rows = list(ledger_rows(matters, columns))
    dated = _dated(rows)
    title = _("%(kind)s台账") % {"kind": str(asked.kind.name) if asked.kind else _("事项")}
    paper = TablePaper(
        Heading(
            asked.place.name if asked.place else _office_of(by),
            title,
            [_("共 %(count)d 件") % {"count": len(rows)}, clock.today().isoformat()],
        ),
        [Column(_("序号"), FITTED, "right")]
        + [
            Column(str(column.name), _share(column.column, dated), "right" if column.column in COUNTED else "left")
            for column in columns
        ],
        [[str(at), *_cells(row)] for at, row in enumerate(rows, start=1)],
        signers=[Signer(_("填表人")), Signer(_("审核人")), Signer(_("单位负责人"))],
    )
    return typeset("table", paper, title=title, by=by, landscape=True)


def _dated(rows: list[LedgerRow]) -> set[str]:
    """The columns in which some row has a date."""
    return {
        code for row in rows for code, value in zip(row.columns, row.cells, strict=True) if isinstance(value, dt.date)
    }


def _share(column: str, dated: set[str]) -> float:
    if column in UNBROKEN or column in dated:
        return FITTED
    return LONG_SHARE if column in LONG else SHARES.get(column, USUAL_SHARE)


def _cells(row: LedgerRow) -> list[str | Cell]:
    return [_text(row, code, value) for code, value in zip(row.columns, row.cells, strict=True)]


def _text(row: LedgerRow, code: str, value: Any) -> str:
    """A value as paper says it; beside a deadline whose it is, where it is not the ledger's own."""
    text = value.isoformat() if isinstance(value, dt.date) else "" if value is None else str(value)
    whose = clock_words(row.matter) if code == "deadline" and value else ""
    return f"{text}\n{whose}" if whose else text


def _office_of(by: Any) -> str:
    """The place of the reader's own unit, for the head of the sheet."""
    return str(by.unit.place.name) if by.unit else ""
