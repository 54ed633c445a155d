"""What the register already knows is filled in (law 1, "Once"): attributes as answers, for the judge to confirm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from huoshui.packs.queries import all_current
from huoshui.packs.schema import FieldDef
from huoshui.places.models import Place
from huoshui.places.queries import present_attributes
from huoshui.visits.checks import fits
from huoshui.visits.schema import Checklist, Item, Threshold


@dataclass(frozen=True)
class Known:
    """A value that the register holds for an item, and the place it stands at."""

    raw: Any
    """As ``answers.enter`` reads it."""
    place: Place


def known_values(place: Place, checklist: Checklist) -> dict[str, Known]:
    """The register's values for the checklist's items, by item code.

    An attribute of a site is taken when the place has one site of the kind that holds it; where several disagree,
    nothing is filled in: the judge looks.
    """
    wanted = {code: item for code, item in checklist.items.items() if item.prefill_from}
    if not wanted:
        return {}
    found: dict[str, Known] = {}
    kinds = all_current("place_kinds")
    for code, item in wanted.items():
        kind, _, attribute = (item.prefill_from or "").rpartition(".")
        for holder in _holders(place, kind):
            field = _field(kinds.get(holder.kind), attribute)
            known = _known(holder, item, field)
            if known is None:
                continue
            if code in found and found[code].raw != known.raw:
                del found[code]
                break
            found[code] = known
    return found


def _holders(place: Place, kind: str) -> list[Place]:
    if not kind:
        return [place]
    return list(Place.objects.under(place.path).filter(kind=kind, closed_on__isnull=True).order_by("path"))


def _field(kind: Any, code: str) -> FieldDef | None:
    return next((field for field in kind.attributes if field.code == code), None) if kind else None


def _known(holder: Place, item: Item, field: FieldDef | None) -> Known | None:
    if field is None or not fits(field, item):
        return None
    value = present_attributes(holder).get(field.code)
    if value is None:
        return None
    if isinstance(item.scoring, Threshold):
        from huoshui.kernel.numbers import shown

        decimals = field.decimals if field.type == "decimal" else 0
        return Known(shown(int(value), 10**decimals), holder)
    return Known(bool(value), holder)
