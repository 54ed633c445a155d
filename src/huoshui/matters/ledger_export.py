"""The ledger as an Excel workbook, as it is printed and handed on."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from huoshui.kernel import clock
from huoshui.kernel.access import Actor, grants_condition, require
from huoshui.kernel.demonstration import demonstration_mark
from huoshui.kernel.streamed_tables import StreamedTable
from huoshui.matters.columns import CLOCK, LIGHT, STATE, columns_for, with_columns, with_sums, with_town
from huoshui.matters.ledger_marks import Marker, heading, row_key
from huoshui.matters.lights import MatterQuerySet
from huoshui.matters.models import Matter
from huoshui.matters.queries.filtering import LedgerFilter
from huoshui.matters.queries.ledger import ledger, ledger_rows
from huoshui.matters.schema import LedgerColumn, MatterKind
from huoshui.packs.queries import all_current
from huoshui.places.models import Place

WIDTHS = {
    "number": 15, "source": 18, "town": 12, "place": 14, "title": 34, "detail": 34, "measures": 34, "progress": 34,
    "deadline": 12, "due_on": 12, "opened_on": 12, "closed_on": 12, "supervised_on": 12, "again_on": 12,
    "unit": 16, "owner": 18, "verifier": 16, "evidence": 8, "severity": 8, "state": 10, "light": 8, "clock": 12,
}  # fmt: skip
"""Column widths in characters."""
DEFAULT_WIDTH = 16


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
    heads = [(str(column.name), WIDTHS.get(column.column, DEFAULT_WIDTH)) for column in columns]
    table = StreamedTable(_("台账"), _title(kind, area), heads, unseen=("", heading(columns)))
    marker = Marker([column.column for column in columns])
    for row in ledger_rows(matters, columns):
        key = row_key(row.matter.number, row.matter.version)
        table.row(row.cells, unseen=(key, "".join(marker.of(key, row.cells))))
    return table.file()


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
