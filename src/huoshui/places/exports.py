"""Places as a workbook that imports again unchanged."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from huoshui.kernel.batching import batches
from huoshui.kernel.numbers import shown
from huoshui.packs.queries import all_current
from huoshui.packs.schema import FieldDef
from huoshui.packs.values import shown_value
from huoshui.places.datums import GCJ02, MICRO, NAMES, WGS84, to_gcj02
from huoshui.places.import_columns import FIXED
from huoshui.places.models import Place, PlaceAttribute, PlaceQuerySet
from huoshui.places.schema import PlaceKind

SHEET = "地点"
PRECISION_WORDS: dict[str, str] = {Place.Precision.EXACT: "准确", Place.Precision.SCHEMATIC: "示意"}
"""As a workbook has them, whatever the reader's language: the import reads them."""


def export_places(places: PlaceQuerySet, system: str = WGS84) -> bytes:
    """The places of a queryset (already scoped by its caller) as .xlsx, one row each, ordered by path.

    Columns are those of the import, with the attributes of every kind that occurs. Every cell is text, so that
    codes keep their zeros and nothing that begins with "=" is calculated. Coordinates are those of ``system``.
    """
    kinds: dict[str, PlaceKind] = all_current("place_kinds")
    present = places.order_by().values_list("kind", flat=True).distinct()
    attributes = _attribute_columns([kinds[code] for code in sorted(present) if code in kinds])
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(SHEET)
    sheet.freeze_panes = "A2"
    sheet.append(_texts(sheet, [*(names[0] for names in FIXED.values()), *(header for header, _ in attributes)]))
    rows = places.select_related("parent").order_by("path").iterator(chunk_size=2000)
    for some in batches(rows):
        values = _attribute_values(some)
        for place in some:
            own = values.get(place.pk, {})
            cells = [_attribute_text(by_kind.get(place.kind), own) for _, by_kind in attributes]
            sheet.append(_texts(sheet, [*_fixed_texts(place, kinds, system), *cells]))
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _attribute_columns(kinds: Iterable[PlaceKind]) -> list[tuple[str, dict[str, FieldDef]]]:
    """Headers of attributes, each with its field by kind: a column for each label of a code.

    A code whose label another one has too, or a fixed column, stands in one column under the code itself.
    """
    by_code: dict[str, dict[str, dict[str, FieldDef]]] = {}
    for kind in kinds:
        for attribute in kind.attributes:
            by_label = by_code.setdefault(attribute.code, {})
            by_label.setdefault(attribute.name.zh, {})[kind.code] = attribute
    taken = Counter(label for by_label in by_code.values() for label in by_label)
    taken.update(name for names in FIXED.values() for name in names)
    columns: list[tuple[str, dict[str, FieldDef]]] = []
    for code, by_label in by_code.items():
        if all(taken[label] == 1 for label in by_label):
            columns += by_label.items()
        else:
            columns.append((code, {kind: field for by_kind in by_label.values() for kind, field in by_kind.items()}))
    return columns


def _attribute_values(places: Sequence[Place]) -> dict[Any, dict[str, Any]]:
    values: dict[Any, dict[str, Any]] = {}
    for row in PlaceAttribute.objects.filter(place__in=places, until__isnull=True):
        values.setdefault(row.place_id, {})[row.code] = row.value
    return values


def _attribute_text(field: FieldDef | None, values: dict[str, Any]) -> str:
    return "" if field is None else shown_value(field, values.get(field.code))


def _fixed_texts(place: Place, kinds: dict[str, PlaceKind], system: str) -> list[str]:
    kind = kinds.get(place.kind)
    return [
        place.code,
        place.parent.code if place.parent else "",
        place.name,
        kind.name.zh if kind else place.kind,
        *_point(place, system),
        PRECISION_WORDS[place.precision] if place.latitude is not None else "",
        place.opened_on.isoformat() if place.opened_on else "",
    ]


def _point(place: Place, system: str) -> tuple[str, str, str]:
    """Latitude, longitude and the name of their system; empty for a place that has no point."""
    if place.latitude is None or place.longitude is None:
        return "", "", ""
    if system == GCJ02:
        return *to_gcj02(place.latitude, place.longitude), NAMES[system]
    return shown(place.latitude, MICRO), shown(place.longitude, MICRO), NAMES[system]


def _texts(sheet: WriteOnlyWorksheet, texts: Iterable[str]) -> list[Any]:
    cells = []
    for text in texts:
        cell = WriteOnlyCell(sheet, value=text)
        cell.data_type = "s"
        cells.append(cell if text else None)
    return cells
