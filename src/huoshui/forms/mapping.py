"""Mapping cells, and the check that a mapping still fits its form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from huoshui.figures.queries import get_indicator
from huoshui.forms.figure_values import IN_UNIT
from huoshui.forms.files import book_of
from huoshui.forms.grid import Book, position
from huoshui.forms.headings import around
from huoshui.forms.lists import row_list
from huoshui.forms.models import Form, FormVersion, MappedCell
from huoshui.forms.schema import ATTRIBUTE, FACTS, CellSpec, cell_spec
from huoshui.forms.suggesting import suggestions
from huoshui.forms.units import factor
from huoshui.kernel import journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.wording import listed
from huoshui.packs.queries import all_current

MOST_AT_ONCE, MOST_TOLD = 5_000, 12


def newest(form: Form) -> FormVersion:
    """The version that counts."""
    found: FormVersion = form.versions.select_related("file", "form__place").defer("file__data").order_by("-number")[0]
    return found


@action("forms.map_cells")
def map_cells(
    *, by: Any, version: FormVersion, cells: list[dict[str, Any]], seen_mapping: int | None = None
) -> FormVersion:
    """Say what some cells of a form's newest version are filled with: {sheet, cell, spec}; a spec of None: nothing.

    All or nothing; the mapping is counted up once, and an approved form has to be approved anew. Raises access.denied,
    form.not_newest, record.stale, form.ended, form.sheet_unknown, form.cell_unknown, form.cell_taken, form.spec,
    form.unit, figure.unknown, form.fact_unknown, form.list_unknown, form.list_in_text or form.column_unknown.
    """
    form, version = _locked(by, version)
    if seen_mapping is not None and seen_mapping != version.mapping:
        raise Refusal("record.stale", field="mapping")
    book, number = book_of(version.file), version.mapping + 1
    present = {(c.sheet, c.cell): c for c in version.cells.filter(until__isnull=True)}
    wanted = _cleaned(book, cells)
    before, after = [], []
    for (sheet, cell), spec in wanted.items():
        known = present.get((sheet, cell))
        if (known.spec if known else None) == (spec.told() if spec else None):
            continue
        if known:
            before.append((f"{sheet}!{cell}", known.spec))
            known.until = number
            known.save(update_fields=["until"])
        if spec:
            after.append((f"{sheet}!{cell}", spec.told()))
            words = around(book, sheet, cell).words
            MappedCell.objects.create(
                form_version=version, sheet=sheet, cell=cell, spec=spec.told(), words=words, since=number
            )
    if not before and not after:
        running_action().changed_nothing()
        return version
    version.mapping = number
    version.save_next_version("mapping")
    told = {"mapping": number, "cells": _short(after), "digest": _digest(after)}
    was = {"mapping": number - 1, "cells": _short(before), "digest": _digest(before)}
    if form.state == Form.State.APPROVED:
        was["state"], told["state"] = form.state, Form.State.DRAFT
        form.state, form.approved_by, form.approved_on = Form.State.DRAFT, None, None
        form.save_next_version("state", "approved_by", "approved_on")
    journal.record(by=by, subject=form, place=form.place, before=was, after=told)
    return version


def _short(cells: list[tuple[str, dict[str, Any]]]) -> list[str]:
    """As many addresses as a reader of the journal can use, and that there were more."""
    return [at for at, _spec in cells[:MOST_TOLD]] + (["…"] if len(cells) > MOST_TOLD else [])


def _digest(cells: list[tuple[str, dict[str, Any]]]) -> str:
    """SHA-256 of what was said of them: what the journal proves of a mapping."""
    return hashlib.sha256(json.dumps(cells, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _locked(by: Any, version: FormVersion) -> tuple[Form, FormVersion]:
    require(by, "form.propose", path=version.form.place.path)
    form = Form.objects.select_for_update(of=("self",)).select_related("place").get(pk=version.form_id)
    found = FormVersion.objects.select_related("file").defer("file__data").get(pk=version.pk)
    if form.state == Form.State.ENDED:
        raise Refusal("form.ended", field="form", name=form.name, why=form.ended_why or "—", day=form.ended_on)
    if newest(form).pk != found.pk:
        raise Refusal("form.not_newest", field="version", number=found.number)
    return form, found


def _cleaned(book: Book, cells: list[dict[str, Any]]) -> dict[tuple[str, str], CellSpec | None]:
    """The cells by sheet and address, each spec checked. Raises what map_cells does."""
    if len(cells) > MOST_AT_ONCE:
        raise Refusal("form.too_many_cells", field="cells", name=_("映射"), limit=MOST_AT_ONCE)
    problems: list[Problem] = []
    checked: set[str] = set()
    found: dict[tuple[str, str], CellSpec | None] = {}
    for given in cells:
        sheet, cell = str(given.get("sheet", "")), str(given.get("cell", "")).upper()
        where = f"{sheet}!{cell}"
        try:
            spec = given.get("spec")
            if spec is not None:
                require_open(book, sheet, cell)
                spec = cell_spec(spec, where)
                if spec.kind == "record" and book.paragraph(sheet) is not None:
                    raise Refusal("form.list_in_text", field="rows", where=where)
                told = json.dumps(spec.told(), sort_keys=True)
                if told not in checked:
                    require_known(spec, where)
                    checked.add(told)
            found[sheet, cell] = spec
        except Refusal as refusal:
            problems += refusal.problems
    if problems:
        raise Refusal.of(problems)
    return found


def require_open(book: Book, sheet: str, cell: str) -> None:
    """Raise form.sheet_unknown, form.cell_unknown or form.cell_taken unless something may be written there."""
    paragraph, found = book.paragraph(sheet), book.sheet(sheet)
    if paragraph is not None:
        if cell not in {at for _text, at in paragraph.parts if at}:
            raise Refusal("form.cell_unknown", field="cell", sheet=sheet, cell=cell)
        return
    if found is None:
        known = listed(one.name for one in book.sheets) or "—"
        raise Refusal("form.sheet_unknown", field="sheet", sheet=sheet or "—", known=known)
    try:
        at = found.cells.get(position(cell))
    except ValueError:
        at = None
    if at is None:
        raise Refusal("form.cell_unknown", field="cell", sheet=sheet, cell=cell)
    if not at.is_open:
        raise Refusal("form.cell_taken", field="cell", sheet=sheet, cell=cell, text=(at.formula or at.text)[:40])


def require_known(spec: CellSpec, where: str) -> None:
    """Raise a refusal when a spec names what there is not, or a unit that the figure cannot be told in."""
    if spec.kind == "figure":
        own = get_indicator(spec.indicator).unit
        if spec.part in IN_UNIT and factor(own, spec.unit) is None:
            raise Refusal("form.unit", field="unit", where=where, own=own, wanted=spec.unit)
    elif spec.kind == "record":
        known = row_list(spec.rows)
        if known is None:
            raise Refusal("form.list_unknown", field="rows", name=spec.rows or "—")
        if spec.column not in known.columns:
            raise Refusal("form.column_unknown", field="column", name=spec.column or "—", list=known.name)
    elif spec.kind == "fact" and spec.fact not in FACTS:
        code = spec.fact.removeprefix(ATTRIBUTE)
        kinds = all_current("place_kinds").values()
        attributes = {field.code for kind in kinds for field in kind.attributes}
        if not spec.fact.startswith(ATTRIBUTE) or code not in attributes:
            raise Refusal("form.fact_unknown", field="fact", name=spec.fact or "—", known=listed(FACTS))


def column_mates(version: FormVersion, sheet: str, cell: str) -> list[str]:
    """The open cells under the very heading of a cell, it among them, that are not mapped: one answer fits them all."""
    book = book_of(version.file)
    if book.sheet(sheet) is None:
        return []
    taken = set(version.cells.filter(until__isnull=True, sheet=sheet).values_list("cell", flat=True))
    column, head = position(cell)[1], around(book, sheet, cell).column
    return [
        at
        for name, at in book.open_cells()
        if name == sheet and at not in taken and head and position(at)[1] == column
        and (words := around(book, sheet, at)).column == head and (words.row or at == cell)
    ]  # fmt: skip


def accept_suggestions(*, by: Any, version: FormVersion) -> FormVersion:
    """Map every open cell that has a sure suggestion and is not mapped yet; what is unsure is left to a person.

    Raises as map_cells does, or form.nothing_sure.
    """
    require(by, "form.propose", path=version.form.place.path)
    book = book_of(version.file)
    taken = {(c.sheet, c.cell) for c in version.cells.filter(until__isnull=True)}
    found = []
    for sheet, cell in book.open_cells():
        if (sheet, cell) not in taken:
            best = suggestions(book, sheet, cell, version.form.place)[:1]
            if best and best[0].is_sure:
                found.append({"sheet": sheet, "cell": cell, "spec": best[0].spec.told()})
    found = _first_rows(found)
    if not found:
        raise Refusal("form.nothing_sure", field="version")
    mapped: FormVersion = map_cells(by=by, version=version, cells=found)
    return mapped


def _first_rows(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of a list's column, the first row alone: the rows below are filled from it."""
    seen: set[tuple[str, str, str]] = set()
    found = []
    for cell in cells:
        spec = cell["spec"]
        if spec["kind"] == "record":
            key = (cell["sheet"], spec["rows"], spec["column"])
            if key in seen:
                continue
            seen.add(key)
        found.append(cell)
    return found


def misfits(book: Book, cells: Iterable[MappedCell]) -> list[Problem]:
    """Why a mapping does not fit a file: a sheet that is gone, a cell that is gone, taken or under other headings."""
    problems: list[Problem] = []
    gone: dict[str, list[str]] = {}
    for known in cells:
        try:
            require_open(book, known.sheet, known.cell)
        except Refusal as refusal:
            if refusal.problems[0].code == "form.sheet_unknown":
                gone.setdefault(known.sheet, []).append(known.cell)
            else:
                problems += refusal.problems
            continue
        now = around(book, known.sheet, known.cell).words
        if now != known.words:
            problems.append(Problem("form.cell_moved", "cell", params=_moved(book, known, now)))
    names = listed(sheet.name for sheet in book.sheets) or "—"
    for sheet, at in gone.items():
        told = {"sheet": sheet, "cells": listed(at[:8]), "count": len(at), "known": names}
        problems.insert(0, Problem("form.sheet_gone", "file", params=told))
    return problems


def _moved(book: Book, known: MappedCell, now: str) -> dict[str, Any]:
    return {
        "sheet": known.sheet, "cell": known.cell, "was": known.words or "—", "now": now or "—",
        "found": listed(f"{sheet}!{cell}" for sheet, cell in follow(book, known)) or _("没有找到"),
    }  # fmt: skip


def follow(book: Book, known: MappedCell, renamed: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """Where a file asks what a mapped cell asked: open cells under the very same headings."""
    sheet = (renamed or {}).get(known.sheet, known.sheet)
    return [(s, c) for s, c in book.open_cells() if s == sheet and around(book, s, c).words == known.words]
