"""What the register already knows is filled in (law 1, "Once"): attributes as answers, for the judge to confirm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from huoshui.kernel.numbers import shown
from huoshui.packs.queries import all_current
from huoshui.packs.schema import FieldDef
from huoshui.places.models import Place
from huoshui.places.queries import present_attributes
from huoshui.visits.checks import fits
from huoshui.visits.schema import Checklist, Item, Threshold, YesNoScoring


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
    kinds = all_current("place_kinds")
    holders = _holders(place, {_kind_of(item) for item in wanted.values()})
    found: dict[str, Known] = {}
    for code, item in wanted.items():
        attribute = (item.prefill_from or "").rpartition(".")[2]
        held = [
            known
            for holder, values in holders[_kind_of(item)]
            if (known := _known(holder, values, item, _field(kinds.get(holder.kind), attribute)))
        ]
        if held and all(known.raw == held[0].raw for known in held):
            found[code] = held[0]
    return found


def _kind_of(item: Item) -> str:
    """The kind of site whose attribute fills the item in; "" for the place itself."""
    return (item.prefill_from or "").rpartition(".")[0]


def _holders(place: Place, kinds: set[str]) -> dict[str, list[tuple[Place, dict[str, Any]]]]:
    """The place ("") and its open sites of each kind, with their present attributes."""
    found: dict[str, list[tuple[Place, dict[str, Any]]]] = {kind: [] for kind in kinds}
    sites = Place.objects.under(place.path).filter(kind__in=kinds, closed_on__isnull=True).order_by("path")
    for site in sites:
        found[site.kind].append((site, present_attributes(site)))
    if "" in found:
        found[""] = [(place, present_attributes(place))]
    return found


def _field(kind: Any, code: str) -> FieldDef | None:
    return next((field for field in kind.attributes if field.code == code), None) if kind else None


def _known(holder: Place, values: dict[str, Any], item: Item, field: FieldDef | None) -> Known | None:
    if field is None or not fits(field, item):
        return None
    value = values.get(field.code)
    if value is None:
        return None
    if isinstance(item.scoring, Threshold):
        return Known(shown(int(value), 10**field.decimals if field.type == "decimal" else 1), holder)
    if isinstance(item.scoring, YesNoScoring):
        return Known(bool(value), holder)
    return Known(value, holder)
