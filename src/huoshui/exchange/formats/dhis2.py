"""DHIS2's data value sets in JSON (``dataValueSets`` of its Web API): written of figures, and read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from huoshui.exchange.codes import Codes
from huoshui.exchange.formats.incoming import MOST_BYTES, Incoming, Reading, Told, checked
from huoshui.exchange.formats.outgoing import parts_of, plain_value, told_figures
from huoshui.exchange.formats.periods import from_dhis2, to_dhis2
from huoshui.exchange.selecting import Selection
from huoshui.kernel import clock
from huoshui.kernel.access import Actor
from huoshui.kernel.errors import Refusal

KNOWN = {
    "dataElement", "period", "orgUnit", "value", "categoryOptionCombo", "attributeOptionCombo", "storedBy", "created",
    "lastUpdated", "comment", "followup", "followUp", "deleted",
}  # fmt: skip
"""What DHIS2 writes of a value; anything else breaks it down by a category."""


def written(actor: Actor, chosen: Selection, codes: Codes, dataset: str = "") -> bytes:
    """The figures that have a value. Of one unit and period, the set says both, and when it was complete.

    Raises exchange.no_period for a period of several years.
    """
    values: list[dict[str, Any]] = []
    for one in told_figures(actor, chosen):
        try:
            at = to_dhis2(one.period)
        except ValueError:
            raise Refusal("exchange.no_period", field="periods", name=one.period.code) from None
        values.append(
            {
                "dataElement": codes.element(one.indicator.qualified),
                "period": at,
                "orgUnit": codes.unit(one.place.code),
                "value": plain_value(one),
            }
            | ({"comment": parts} if (parts := parts_of(one)) else {})
        )
    content: dict[str, Any] = {"dataSet": dataset} if dataset else {}
    if len(chosen.places) == len(chosen.periods) == 1 and values:
        content |= {"completeDate": clock.today().isoformat(), "period": values[0]["period"],
                    "orgUnit": values[0]["orgUnit"]}  # fmt: skip
    return json.dumps(content | {"dataValues": values}, ensure_ascii=False, indent=1).encode()


def read(data: bytes, reading: Reading) -> Incoming:
    """A data value set. Raises exchange.too_large, exchange.not_json or exchange.not_dhis2."""
    if len(data) > MOST_BYTES:
        raise Refusal("exchange.too_large", field="file", limit=MOST_BYTES // 1_000_000)
    try:
        content = json.loads(data.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Refusal("exchange.not_json", field="file", reason=str(error)[:200]) from None
    values = content.get("dataValues") if isinstance(content, dict) else None
    if not isinstance(values, list):
        raise Refusal("exchange.not_dhis2", field="file")
    return checked(_told(content, values), reading, from_dhis2, _text(content.get("dataSet")))


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def _told(content: dict[str, Any], values: list[Any]) -> Iterator[Told]:
    """Each value; what it does not say itself, the set says for all."""
    for number, value in enumerate(values, start=1):
        if not isinstance(value, dict):
            raise Refusal("exchange.not_dhis2", field="file", row=number)
        parts = {name: _text(value[name]) for name in value if name not in KNOWN}
        for name in ("categoryOptionCombo", "attributeOptionCombo"):
            parts[name] = _text(value.get(name) or content.get(name))
        yield Told(
            number,
            f"dataValues[{number - 1}]",
            _text(value.get("dataElement")),
            _text(value.get("orgUnit") or content.get("orgUnit")),
            _text(value.get("period") or content.get("period")),
            _text(value.get("value")),
            _text(value.get("comment")),
            parts,
            value.get("deleted") in (True, "true"),
        )


def _text(value: Any) -> str:
    """A value of JSON as text: numbers as they were written."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)[:200]
