"""A mechanism out of an Excel list: its headings become the fields of a kind of matter with the usual workflow.

The list itself is not taken in: once the pack is published, the ledger's own import does that, row by row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import islice
from typing import Any

from huoshui.kernel.errors import Refusal
from huoshui.kernel.tables import Cell, read_rows
from huoshui.matters.columns import COLUMN_NAMES
from huoshui.packs.copying import FIRST
from huoshui.packs.queries import current
from huoshui.packs.schema import RawContent
from huoshui.web.office.pack_editor.cells import free_code

USUAL = "rectification"
"""The pack whose workflow a list begins with: claimed, worked on, handed in, verified by another unit."""
USUAL_KIND = "item"
LOOKED_AT = 200
"""Rows by which the type of a column is told."""
TITLE_ROWS = 5
"""Rows within which the headings are looked for."""
MOST_FIELDS = 40
MOST_CHOICES = 12
"""Different values up to which a column that repeats itself is a choice."""
LONG = 60
OWN = {
    "序号",
    "编号",
    "村",
    "村名",
    "乡镇",
    "地点",
    "所在村",
    "标题",
    "问题",
    "状态",
    "整改措施",
    "整改时限",
    "时限",
    "责任人",
    "责任单位",
    "进展",
    "进展情况",
}
"""Headings of what a matter has anyway."""


def pack_of_list(*, code: str, name: dict[str, str], data: bytes, file: str) -> tuple[dict[str, Any], RawContent]:
    """Manifest and content: one kind of matter with a field for each heading that no matter has anyway.

    Raises pack.list_empty, pack.list_too_wide, or what ``read_rows`` raises.
    """
    rows = _from_headings([list(row.cells) for row in islice(read_rows(data, file), LOOKED_AT + 1)])
    headings = [str(cell).strip() if cell is not None else "" for cell in rows[0]] if rows else []
    columns = [(at, heading) for at, heading in enumerate(headings) if heading and heading not in OWN]
    if not any(headings):
        raise Refusal("pack.list_empty", field="file", name=file)
    if len(columns) > MOST_FIELDS:
        raise Refusal("pack.list_too_wide", field="file", name=file, count=len(columns), limit=MOST_FIELDS)
    base = current(USUAL)
    kind = next(item for item in base.sources()["matters"] if item["code"] == USUAL_KIND)
    taken = {field["code"] for field in kind["fields"]} | set(COLUMN_NAMES)
    fields = []
    for at, heading in columns:
        fields.append(_field(heading, [row[at] for row in rows[1:] if at < len(row)], taken))
        taken.add(fields[-1]["code"])
    filled = [field["code"] for field in fields]
    made = {**kind, "code": USUAL_KIND, "name": name, "fields": [*kind["fields"], *fields]}
    made["number_prefix"] = _prefix(code)
    made["states"] = [_with_fields(state, filled) for state in kind["states"]]
    made["transitions"] = [_filled_in(step, kind["initial"], filled) for step in kind["transitions"]]
    manifest = {
        "code": code,
        "version": FIRST,
        "name": name,
        "description": name,
        "requires": [USUAL, *base.manifest_source().get("requires", [])],
    }
    return manifest, {"matters": [made]}


def _from_headings(rows: list[list[Cell]]) -> list[list[Cell]]:
    """The rows from the headings on: a list often begins with its title, in a row that is nearly empty."""
    counts = [sum(cell not in (None, "") for cell in row) for row in rows[:TITLE_ROWS]]
    begins = next((at for at, count in enumerate(counts) if 2 * count > max(counts)), 0)
    return rows[begins:]


def _filled_in(step: dict[str, Any], initial: str, fields: Sequence[str]) -> dict[str, Any]:
    """The obvious first step takes the list's columns, which can be filled in before as well."""
    first = step.get("primary") and initial in step.get("from", ())
    return {**step, "fields": [*step.get("fields", []), *fields]} if first else step


def _prefix(code: str) -> str:
    letters = "".join(letter for letter in code.upper() if letter.isalpha())
    return (letters + "XX")[:6] if len(letters) < 2 else letters[:6]


def _with_fields(state: dict[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    """In the states that can be corrected, the list's columns can be too."""
    return {**state, "editable": [*state["editable"], *fields]} if state.get("editable") else state


def _field(heading: str, values: Sequence[Cell], taken: set[str]) -> dict[str, Any]:
    """A field for a column, of the type that all of its values have."""
    told = [value for value in values if value not in (None, "")]
    made: dict[str, Any] = {"code": free_code(heading, taken), "name": {"zh": heading, "en": heading}}
    texts = [str(value).strip() for value in told]
    if told and all(isinstance(value, dt.date) for value in told):
        return {**made, "type": "date"}
    if told and all(text in ("是", "否") for text in texts):
        return {**made, "type": "yes_no"}
    numbers = [_number(text) for text in texts]
    if told and all(number is not None for number in numbers):
        decimals = max(number or 0 for number in numbers)
        return {**made, "type": "decimal", "decimals": decimals} if decimals else {**made, "type": "integer"}
    different = sorted(set(texts), key=texts.index)
    if 1 < len(different) <= MOST_CHOICES and len(texts) >= 2 * len(different):
        return {**made, "type": "choice", "choices": _choices(different)}
    return {**made, "type": "long_text" if any(len(text) > LONG for text in texts) else "text"}


def _number(text: str) -> int | None:
    """How many decimals a numeral has; None for what is none, or has more than a field takes."""
    whole, _dot, fraction = text.removeprefix("-").partition(".")
    fits = whole.isdecimal() and (not fraction or fraction.isdecimal()) and len(whole) < 10 and len(fraction) <= 6
    return len(fraction.rstrip("0")) if fits and not (len(whole) > 1 and whole.startswith("0")) else None


def _choices(names: Sequence[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name in names:
        code = free_code(name, {choice["code"] for choice in found})
        found.append({"code": code, "name": {"zh": name, "en": name}})
    return found
