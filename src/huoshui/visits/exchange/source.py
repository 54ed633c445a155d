"""A typed checklist as its definition in YAML's shape, the same for the same checklist however it was written."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from huoshui.kernel.numbers import POINTS, shown
from huoshui.kernel.spreadsheets import cell_text
from huoshui.visits.schema import Checklist

Node = dict[str, Any]
SCORING_POINTS = {"graded": ("step",), "deduction": ("per_finding", "maximum")}


def source_of(checklist: Checklist) -> Node:
    """The definition, every default written out; ``Checklist.model_validate`` reads it back as the same checklist."""
    made: Node = checklist.model_dump(mode="python", exclude_none=True)
    _numerals(made, "points")
    for section in made["sections"]:
        _numerals(section, "points")
        for item in section["items"]:
            _numerals(item, "points")
            scoring = item["scoring"]
            _numerals(scoring, *SCORING_POINTS.get(scoring["type"], ()))
            for option in scoring.get("options", []):
                _numerals(option, "points")
            for key in ("at_least", "at_most", "minimum", "maximum"):
                if isinstance(scoring.get(key), Decimal):
                    scoring[key] = f"{scoring[key].normalize():f}"
            for key in ("earliest", "latest"):
                if isinstance(scoring.get(key), dt.date):
                    scoring[key] = scoring[key].isoformat()
    if isinstance((asks := made.get("asks", {})).get("until"), dt.date):
        asks["until"] = asks["until"].isoformat()
    for entry in made["adjustments"]:
        _numerals(entry, "maximum")
    return made


def _numerals(node: Node, *keys: str) -> None:
    for key in keys:
        if key in node:
            node[key] = shown(node[key], POINTS)


def tidied(node: Any) -> Any:
    """A definition as a workbook can hold it: texts trimmed, without line ends and characters that Excel changes."""
    if isinstance(node, dict):
        return {key: tidied(part) for key, part in node.items()}
    if isinstance(node, list):
        return [tidied(part) for part in node]
    return cell_text(node).strip() if isinstance(node, str) else node


def as_it_was(new: Any, old: Any) -> Any:
    """``new`` with the exact characters of ``old`` wherever it says the same, so that what a workbook cannot hold
    is no change."""
    if isinstance(new, dict) and isinstance(old, dict):
        return {key: as_it_was(part, old.get(key)) for key, part in new.items()}
    if isinstance(new, list) and isinstance(old, list):
        known = {part["code"]: part for part in old if isinstance(part, dict) and "code" in part}
        return [as_it_was(part, known.get(part.get("code"))) if isinstance(part, dict) else part for part in new]
    return old if isinstance(old, str) and new == tidied(old) else new
