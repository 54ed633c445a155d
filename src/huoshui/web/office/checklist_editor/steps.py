"""What the editor's buttons do to the form before anything is published: add, move, replace, take over the sums.

A button sends ``do``: the step, and behind a colon the node it is about (``up:items.floor``).
"""

from __future__ import annotations

import copy
from collections.abc import Callable

from huoshui.kernel.numbers import POINTS, shown
from huoshui.web.office.checklist_editor.draft import Draft, Node, points_sum


def take_step(draft: Draft, do: str) -> str:
    """Change the form; the name of the node that the person should see next, after a move the button to press on.

    A step that names nothing of the form changes nothing: the form is shown as it was sent.
    """
    step, _, name = do.partition(":")
    try:
        return STEPS[step](draft, name) if step in STEPS else ""
    except KeyError:
        return ""


def _add_section(draft: Draft, name: str) -> str:
    key = draft.new_key()
    section = Node("section", key, f"sections.{key}", False)
    draft.sections.append(section)
    _add_item(draft, section.name)
    return section.name


def _add_item(draft: Draft, name: str) -> str:
    nodes, position = draft.siblings(name)
    section, key = nodes[position], draft.new_key()
    values = {"section": section.key, "method": "see", "how": "grades", "threshold.below": "zero", "when": "failing"}
    item = Node("item", key, f"items.{key}", False, values)
    section.children.append(item)
    for _ in range(2):
        _add_option(draft, item.name)
    return item.name


def _add_option(draft: Draft, name: str) -> str:
    nodes, position = draft.siblings(name)
    item, key = nodes[position], draft.new_key()
    option = Node("option", key, f"{item.name}.options.{key}", False)
    item.children.append(option)
    return option.name


def _add_adjustment(draft: Draft, name: str) -> str:
    key = draft.new_key()
    entry = Node("adjustment", key, f"adjustments.{key}", False, {"kind": "bonus"})
    draft.adjustments.append(entry)
    return entry.name


def _move(by: int) -> Callable[[Draft, str], str]:
    def move(draft: Draft, name: str) -> str:
        nodes, position = draft.siblings(name)
        to = position + by
        if 0 <= to < len(nodes):
            nodes[position], nodes[to] = nodes[to], nodes[position]
            position = to
        onward = position + by  # at the end of its list, the button that leads back is the one in reach
        forth = by if 0 <= onward < len(nodes) else -by
        return f"{'up' if forth < 0 else 'down'}:{name}"

    return move


def _replace(draft: Draft, name: str) -> str:
    """A new item in the place of a published one, with all its words: its scoring and unit may then be chosen."""
    nodes, position = draft.siblings(name)
    old, key = nodes[position], draft.new_key()
    if not old.published or old.kind != "item":
        return name
    item = Node("item", key, f"items.{key}", False, dict(old.values))
    nodes.insert(position + 1, item)
    draft_options = copy.deepcopy(old.children)
    for option in draft_options:
        option.name, option.published = f"{item.name}.options.{option.key}", False
    item.children = draft_options
    old.values["removed"] = "1"
    item.values.pop("removed", None)
    if not item.children:
        for _ in range(2):
            _add_option(draft, item.name)
    return item.name


def _take_sums(draft: Draft, name: str) -> str:
    """The stated points of every section and of the whole become what their items add up to."""
    total = 0
    for section in draft.sections:
        points = points_sum(section.children)
        if section.removed:
            continue
        total += points
        if section.get("points"):
            section.values["points"] = shown(points, POINTS)
    draft.head["points"] = shown(total, POINTS)
    return ""


STEPS: dict[str, Callable[[Draft, str], str]] = {
    "add_section": _add_section,
    "add_item": _add_item,
    "add_option": _add_option,
    "add_adjustment": _add_adjustment,
    "up": _move(-1),
    "down": _move(1),
    "replace": _replace,
    "sums": _take_sums,
}
