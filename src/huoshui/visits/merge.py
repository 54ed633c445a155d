"""Two edits of one checklist brought together: both began with the same version, one was published meanwhile.

A value that only one side changed is taken from that side; where both changed it, "mine" stands and the item is
named as contested, so that a person decides. Definitions are as in YAML.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Node = dict[str, Any]
LISTS = ("sections", "adjustments")


@dataclass(frozen=True)
class Merged:
    """The outcome: the definition, and the names ("items.floor", "head") of what both sides changed differently."""

    definition: Node
    contested: list[str]


def merge_checklists(base: Node, mine: Node, theirs: Node) -> Merged:
    """``mine`` carried over from ``base`` to ``theirs``. Items keep track of themselves when they changed section."""
    contested: list[str] = []
    flat = {name: flat_parts(node) for name, node in (("base", base), ("mine", mine), ("theirs", theirs))}
    parts = {
        part: _merged_part(part, flat["base"][part], flat["mine"][part], flat["theirs"][part], contested)
        for part in ("sections", "items", "adjustments")
    }
    head = _merged_node("head", _head(base), _head(mine), _head(theirs), contested)
    _keep_sections_of_items(parts, flat)
    for section in parts["sections"].values():
        section["items"] = []
    for item in parts["items"].values():
        parts["sections"][item.pop("section")]["items"].append(item)
    sections = [section for section in parts["sections"].values() if section["items"]]
    return Merged({**head, "sections": sections, "adjustments": list(parts["adjustments"].values())}, contested)


def _keep_sections_of_items(parts: dict[str, dict[str, Node]], flat: dict[str, dict[str, dict[str, Node]]]) -> None:
    """A section that one side removed stays when an item of the other side stands in it."""
    for item in parts["items"].values():
        code = item["section"]
        if code not in parts["sections"]:
            side = "mine" if code in flat["mine"]["sections"] else "theirs"
            parts["sections"][code] = dict(flat[side]["sections"].get(code) or flat["base"]["sections"][code])


def _head(definition: Node) -> Node:
    return {key: value for key, value in definition.items() if key not in LISTS}


def flat_parts(definition: Node) -> dict[str, dict[str, Node]]:
    """Sections, items (with the section they stand in) and adjustments by their codes, in order."""
    items = {
        item["code"]: {**item, "section": section["code"]}
        for section in definition["sections"]
        for item in section["items"]
    }
    sections = {s["code"]: {key: value for key, value in s.items() if key != "items"} for s in definition["sections"]}
    adjustments = {entry["code"]: dict(entry) for entry in definition.get("adjustments", [])}
    return {"sections": sections, "items": items, "adjustments": adjustments}


def _merged_part(
    part: str, base: dict[str, Node], mine: dict[str, Node], theirs: dict[str, Node], contested: list[str]
) -> dict[str, Node]:
    """In the order of mine, with what they added behind it."""
    found: dict[str, Node] = {}
    for code in [*mine, *(code for code in theirs if code not in mine)]:
        was, my, their = base.get(code), mine.get(code), theirs.get(code)
        if my is None or their is None:
            kept = my or their
            if was is None or kept != was:  # added by one side, or changed by one while the other removed it
                found[code] = dict(kept or {})
                if was is not None:
                    contested.append(f"{part}.{code}")
            continue
        found[code] = _merged_node(f"{part}.{code}", was or {}, my, their, contested)
    return found


def _merged_node(name: str, base: Node, mine: Node, theirs: Node, contested: list[str]) -> Node:
    made: Node = {}
    for key in dict.fromkeys([*mine, *theirs]):
        was, my, their = base.get(key), mine.get(key), theirs.get(key)
        value = their if my == was else my
        if my != was and their not in (was, my) and name not in contested:
            contested.append(name)
        if value is not None:
            made[key] = value
    return made
