"""A selection of figures as a file of a format."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from huoshui.exchange.codes import DHIS2, codes_of
from huoshui.exchange.figure_files import FORMATS as TABLES
from huoshui.exchange.formats import adx, dhis2
from huoshui.exchange.selecting import Selection
from huoshui.kernel.access import Actor
from huoshui.kernel.errors import Refusal

OTHERS = {
    "dhis2": (dhis2.written, "application/json", "json"),
    "adx": (adx.written, "application/adx+xml", "xml"),
}
"""Formats of other systems: who writes them in their codes, their type, and how the file's name ends."""
FORMATS = (*TABLES, *OTHERS)


@dataclass(frozen=True)
class File:
    """A file with its type and name."""

    data: bytes
    content_type: str
    name: str


def export_figures(
    actor: Actor, chosen: Selection, kind: str, *, system: str = DHIS2, dataset: str = "", address: str = ""
) -> File:
    """The figures as a file. ``address``: where the register is reached, for the addresses of their sheets.

    Raises exchange.format, access.denied or exchange.no_period.
    """
    chosen = replace(chosen, address=address.rstrip("/"))
    spans = f"{chosen.periods[0]}-{chosen.periods[-1]}" if len(chosen.periods) > 1 else str(chosen.periods[0])
    name = _("%(place)s数据%(periods)s") % {"place": chosen.place.short_name, "periods": spans.replace("/", "_")}
    if kind in TABLES:
        write, content_type, ends = TABLES[kind]
        return File(write(actor, chosen), content_type, f"{name}.{ends}")
    if kind not in OTHERS:
        raise Refusal("exchange.format", field="format", name=kind, known="、".join(FORMATS))
    say, content_type, ends = OTHERS[kind]
    return File(say(actor, chosen, codes_of(system), dataset), content_type, f"{name}.{ends}")
