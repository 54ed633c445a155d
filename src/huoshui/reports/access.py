"""Who can do what where and why, as a workbook."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from huoshui.duties.overview import Source, labels_of
from huoshui.kernel import clock
from huoshui.kernel.spreadsheets import set_value

WIDTHS = (22, 16, 26, 20, 16, 14, 14, 22, 26, 20)


def sources_workbook(rows: Iterable[Source], language: str) -> bytes:
    """One line for each person, duty and permission; dates as text."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = _("权限一览")
    sheet.freeze_panes = "B2"
    heads = [
        _("人员"), _("用户名"), _("权限"), _("地点"), _("机制"), _("开始"), _("结束"), _("职责"), _("来由"),
        _("分派时间"),
    ]  # fmt: skip
    lines = [[*_who(row), label, *_what(row)] for row in rows for label in labels_of(row.permissions, language)]
    for number, line in enumerate([heads, *lines], start=1):
        for at, value in enumerate(line, start=1):
            cell = sheet.cell(number, at)
            set_value(cell, value)
            cell.font, cell.alignment = Font(bold=number == 1), Alignment(wrap_text=True, vertical="top")
    for at, width in enumerate(WIDTHS):
        sheet.column_dimensions["ABCDEFGHIJ"[at]].width = width
    sheet.auto_filter.ref = sheet.dimensions
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _who(row: Source) -> list[str]:
    return [row.account.title, row.account.username]


def _what(row: Source) -> list[str]:
    duty, since = row.duty, row.duty.since
    why = _("由 %(who)s 分派") % {"who": row.granted_by} if row.granted_by else ""
    if row.delegation:
        why, since = _("代%(person)s") % {"person": row.delegation.principal.title}, row.delegation.since
    at = f"{row.granted_at.astimezone(clock.LOCAL_ZONE):%Y-%m-%d %H:%M}" if row.granted_at else ""
    return [
        duty.place.short_name, duty.pack or _("全部"), str(since), str(row.until or _("长期")), row.title, why, at,
    ]  # fmt: skip
