"""Cells, settings, sheets and languages of a form that no checklist has: named, each where it stands."""

from __future__ import annotations

from huoshui.visits.xlsform.form import ROW, ROW_SAID, Cell, Form
from huoshui.visits.xlsform.notes import Notes
from huoshui.visits.xlsform.texts import Languages

HELD: dict[str, set[tuple[str, ...]]] = {
    "survey": {
        ("type",),
        ("name",),
        ("label",),
        ("hint",),
        ("guidance_hint",),
        ("bind", "required"),
        ("bind", "relevant"),
        ("bind", "constraint"),
        ("parameters",),
        ("huoshui",),
        ("disabled",),
    },
    "choices": {("list name",), ("list_name",), ("name",), ("label",), ("huoshui",)},
    "settings": {("title",), ("id_string",), ("default_language",), ("name",), ("huoshui",)},
}
"""What is looked at elsewhere."""
OF_GROUPS: set[tuple[str, ...]] = {("type",), ("name",), ("label",), ("bind", "relevant"), ("huoshui",), ("disabled",)}
LOOKS: set[tuple[str, ...]] = {("control", "appearance"), ("body", "accuracyThreshold"), ("control", "rows")}
"""How the form looks on another app's screen."""
KNOWN_SHEETS = ("survey", "choices", "settings")
OTHER_SHEETS = ("external_choices", "entities", "osm", "cascades")


def name_leftovers(form: Form, notes: Notes, languages: Languages, gone: set[int], said: set[int]) -> None:
    """Note everything of a form that ``Builder`` does not look at.

    ``gone``: rows that were named as a whole; ``said``: those whose message for a wrong answer is kept.
    """
    for (sheet, row), cells in form.cells.items():
        if sheet == "survey" and row in gone:
            continue
        if sheet == "survey" and _outside(form, row):
            notes.in_row("xlsform.row", row, "type", name=_said(cells))
            continue
        for cell in cells:
            if cell.key[:2] != ("bind", "jr:constraintMsg") or row not in said:
                _name(sheet, cell, notes, languages)
    for title in form.book.sheets:
        if title not in form.names.values() or title.strip().lower() not in KNOWN_SHEETS:
            if title == form.names.get("survey") or not form.book.sheets[title]:
                continue
            rule = "xlsform.sheet_other" if title.strip().lower() in OTHER_SHEETS else "xlsform.sheet"
            notes.in_sheet(rule, title, name=title, rows=len(form.book.sheets[title]))
    _name_warnings(form, notes)


def _name_warnings(form: Form, notes: Notes) -> None:
    """What pyxform itself warns of."""
    for warning in form.warnings:
        said = " ".join(warning.replace(ROW, "").split())
        told = ROW_SAID.search(said)
        sheet = "choices" if "'choices' sheet" in said and "choices" in form.names else "survey"
        reason = {"reason": said[:300]}
        if told:
            notes.in_row("xlsform.warning", int(told[1] or told[2]), sheet=sheet, **reason)
        else:
            notes.in_sheet("xlsform.warning", form.names.get(sheet, sheet), **reason)


def _outside(form: Form, row: int) -> bool:
    """Whether pyxform passed over a row: a comment, a disabled one, or one below many empty ones."""
    disabled = form.cell("survey", row, "disabled")
    if disabled and disabled.text.strip().lower() in ("yes", "true", "true()"):
        return True
    return form.cell("survey", row, "type") is None or (row > _last_row(form))


def _last_row(form: Form) -> int:
    """The last row that pyxform reads: it stops after sixty empty ones."""
    last = 1
    for line in form.lines("survey"):
        if line.number - last > 60:
            return last
        last = line.number
    return last


def _said(cells: list[Cell]) -> str:
    return "；".join(cell.text for cell in cells)[:80]


def _name(sheet: str, cell: Cell, notes: Notes, languages: Languages) -> None:
    key = cell.key
    if not cell.heading:
        notes.at("xlsform.beyond", cell)
    elif key[0] in ("label", "hint", "guidance_hint") and len(key) > 1 and key[1] in languages.left_out:
        notes.at("xlsform.language", cell, language=key[1])
    elif _held(sheet, cell, notes.form):
        if key[0] == "parameters" and not _is_range(notes.form, cell.row):
            notes.at("xlsform.cell", cell, column=cell.heading)
    else:
        rule = _rule(sheet, key)
        notes.at(rule, cell, column=cell.heading)


RULES: dict[tuple[str, ...], str] = {
    ("choice_filter",): "xlsform.choice_filter",
    ("bind", "jr:constraintMsg"): "xlsform.message",
    ("bind", "jr:requiredMsg"): "xlsform.message",
    ("default",): "xlsform.default",
    ("media",): "xlsform.media",
    **dict.fromkeys(LOOKS, "xlsform.looks"),
}


def _rule(sheet: str, key: tuple[str, ...]) -> str:
    """What is said of a cell that no checklist has."""
    if sheet == "settings":
        return "xlsform.encrypted" if key[0] in ("public_key", "submission_url") else "xlsform.setting"
    return RULES.get(key[:1]) or RULES.get(key[:2]) or "xlsform.cell"


def _held(sheet: str, cell: Cell, form: Form) -> bool:
    kind = form.cell("survey", cell.row, "type") if sheet == "survey" else None
    begins = kind is not None and kind.text.lower().startswith(("begin", "end"))
    held = OF_GROUPS if begins else HELD[sheet]
    return cell.key[:1] in held or cell.key[:2] in held


def _is_range(form: Form, row: int) -> bool:
    cell = form.cell("survey", row, "type")
    return cell is not None and cell.text.strip() == "range"
