"""Sealing a filled form: a PDF of it as it looks, with the journal's checkpoint, signed. It never changes again."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from huoshui.forms.files import book_of, keep
from huoshui.forms.grid import Paragraph, Sheet
from huoshui.forms.models import Filling
from huoshui.forms.signing import signed
from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Refusal
from huoshui.reports.filled_forms import FormBlock, FormCell, FormPaper, form_pdf

WIDE = 105.0
"""Characters from which on a sheet is printed across."""


def seal_filling(*, by: Any, filling: Filling, seen_version: int | None = None) -> Filling:
    """Seal a filled form as a signed PDF, once.

    It is set and signed before anything is locked: a filling never changes, and setting takes its time. Raises
    access.denied, record.stale, form.sealed or report.fonts_missing.
    """
    filling = Filling.objects.select_related("form", "place", "by").get(pk=filling.pk)
    _require_sealable(by, filling, seen_version)
    pdf = signed(paper_of(filling, by), reason=f"{filling.form.code} {filling.period}", location=filling.place.code)
    sealed: Filling = _keep_seal(by=by, filling=filling, pdf=pdf, seen_version=seen_version)
    return sealed


def _require_sealable(by: Any, filling: Filling, seen_version: int | None) -> None:
    """Raise access.denied, record.stale or form.sealed."""
    require(by, "form.fill", path=filling.place.path)
    filling.require_version(seen_version)
    if filling.sealed:
        raise Refusal("form.sealed", field="filling", day=clock.local_date(filling.sealed_at or filling.at))


@action("forms.seal")
def _keep_seal(*, by: Any, filling: Filling, pdf: bytes, seen_version: int | None) -> Filling:
    """Keep the signed PDF of a filled form. Raises access.denied, record.stale or form.sealed."""
    rows = Filling.objects.select_for_update(of=("self",)).select_related("form", "place", "by")
    filling = rows.get(pk=filling.pk)
    _require_sealable(by, filling, seen_version)
    filling.seal, filling.sealed_by, filling.sealed_at = keep(pdf), by, clock.now()
    filling.save_next_version("seal", "sealed_by", "sealed_at")
    after = {"sealed_sha256": filling.seal_id, "copy": filling.number}
    journal.record(by=by, subject=filling, place=filling.place, after=after)
    return filling


def paper_of(filling: Filling, by: Any) -> bytes:
    """The filled form as a PDF, not signed."""
    book = book_of(filling.file)
    sheets = book.sheets
    landscape = any(_lies(sheet) for sheet in sheets)
    blocks = [_block(block) for block in book.blocks if not isinstance(block, Sheet) or block.cells]
    at = filling.at.astimezone(clock.LOCAL_ZONE)
    notes = [
        _("表号 %(code)s　%(place)s　%(period)s　第 %(number)s 份　填报：%(unit)s %(who)s　%(at)s")
        % {
            "code": filling.form.code, "place": filling.place.name, "period": filling.period, "number": filling.number,
            "unit": filling.unit_name, "who": filling.by.title, "at": f"{at:%Y-%m-%d %H:%M}",
        },
        _("填好的文件 SHA-256：%(digest)s") % {"digest": filling.file_id},
    ]  # fmt: skip
    if filling.missing:
        notes.append(_("有 %(count)s 格空着：空不是零，含空格的合计不算出。") % {"count": filling.missing})
    paper = FormPaper(blocks, book.kind == "xlsx", notes)
    return form_pdf(paper, title=f"{filling.form.name} {filling.period}", by=by, landscape=landscape)


def _block(block: Sheet | Paragraph) -> FormBlock:
    if isinstance(block, Paragraph):
        return FormBlock("text", text=block.text, align=block.align, bold=block.bold, size=block.size)
    shown = [at for at, width in enumerate(block.widths) if width > 0] or [0]
    place = {column: at for at, column in enumerate(shown)}
    cells = [
        FormCell(
            place[cell.column - 1], cell.row - 1, sum(c in place for c in _span(cell.column - 1, cell.colspan)),
            cell.rowspan, cell.text, cell.look.align or ("right" if _numeral(cell.text) else ""), cell.look.valign,
            cell.look.bold, cell.look.borders, cell.look.fill, cell.look.size,
        )
        for cell in block.cells.values()
        if cell.column - 1 in place
    ]  # fmt: skip
    heights = [block.heights.get(row, 0) for row in range(1, block.rows + 1)]
    widths = [block.widths[at] if block.widths else 9.0 for at in shown]
    return FormBlock("sheet", widths, heights, cells, landscape=_lies(block))


def _lies(sheet: Sheet) -> bool:
    """Whether a sheet is printed across: its print set-up says so, or it is too wide."""
    return sheet.landscape or sum(sheet.widths) > WIDE


def _span(column: int, wide: int) -> range:
    return range(column, column + wide)


def _numeral(text: str) -> bool:
    return bool(text) and text.replace(",", "").replace(".", "", 1).removeprefix("-").rstrip("%").isdigit()
