"""Mapping by clicking: the form as it looks, and beside it what the chosen cell is filled with."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huoshui.forms.files import book_of
from huoshui.forms.grid import Book
from huoshui.forms.headings import around
from huoshui.forms.mapping import accept_suggestions, column_mates, map_cells, newest
from huoshui.forms.models import Form, FormVersion
from huoshui.forms.queries import questions
from huoshui.forms.schema import CellSpec
from huoshui.forms.suggesting import suggestions
from huoshui.kernel.access import allows
from huoshui.kernel.wording import listed
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.form_pages.preview import Mark, cell_id, open_marks, sheet_tabs, shown_book
from huoshui.web.office.form_pages.register import visible_form
from huoshui.web.office.form_pages.words import panel_choices, spec_words
from huoshui.web.office.forms import FormState, page
from huoshui.web.requests import SignedInRequest

SHORT = 16
"""Characters of what is said in a cell itself."""
KEYS = {
    "figure": ("indicator", "part", "period", "place", "unit"),
    "record": ("rows", "column", "which"),
    "fact": ("fact", "unit"),
    "typed": ("label", "type", "required"),
}
"""Which of the panel's inputs belong to which kind."""


@require_GET
@login_required
def form_map(request: SignedInRequest, code: str) -> HttpResponse:
    """The form with its cells to be clicked; ``?sheet=&cell=``: the chosen one."""
    form = visible_form(request, code)
    return _show(request, form, request.GET.get("sheet", ""), request.GET.get("cell", ""), FormState())


def _show(request: SignedInRequest, form: Form, sheet: str, cell: str, state: FormState) -> HttpResponse:
    version = newest(form)
    book = book_of(version.file)
    mapped = {(c.sheet, c.cell): CellSpec(**c.spec) for c in version.cells.filter(until__isnull=True)}
    shown = _shown_sheet(book, sheet)
    address = reverse("form_map", args=[form.code])
    wanted = set(book.open_cells())
    may_map = form.state != Form.State.ENDED and allows(request.user, "form.propose", path=form.place.path)

    def mark(name: str, at: str) -> Mark:
        spec = mapped.get((name, at))
        url = f"{address}?{urlencode({'sheet': name, 'cell': at})}"
        tip = spec_words(spec) if spec else ""
        kind = spec.kind if spec else "asked" if (name, at) in wanted else ""
        return Mark(url, kind, tip, _short(spec), (name, at) == (sheet, cell))

    asked = questions(form)
    context = {
        "form_row": form,
        "current": version,
        "tabs": sheet_tabs(book, shown, address),
        "blocks": shown_book(book, open_marks(book, mark), shown if book.kind == "xlsx" else ""),
        "asked": len(asked),
        "mapped": sum(one.spec is not None for one in asked),
        "unmapped": [one for one in asked if one.spec is None][:1],
        "may_map": may_map,
        "panel": _panel(form, book, sheet, cell, mapped.get((sheet, cell))) if cell else None,
        "mates": len(column_mates(version, sheet, cell)) if cell and (sheet, cell) not in mapped else 0,
        "problems": state.problems,
    }
    return page(request, "office/forms/map.html", context, state)


def _shown_sheet(book: Book, sheet: str) -> str:
    """The sheet that is shown: the chosen one, else the first."""
    known = [one.name for one in book.sheets]
    return sheet if sheet in known else known[0] if known else ""


def _short(spec: CellSpec | None) -> str:
    """A few characters in the cell itself."""
    if spec is None:
        return ""
    words = spec_words(spec.model_copy(update={"place": "own", "unit": ""}))
    return words if len(words) <= SHORT else f"{words[: SHORT - 1]}…"


def _panel(form: Form, book: Book, sheet: str, cell: str, spec: CellSpec | None) -> dict[str, Any]:
    words = around(book, sheet, cell)
    proposed = [] if spec else suggestions(book, sheet, cell, form.place)
    chosen = spec or (proposed[0].spec if proposed else CellSpec(kind="figure", unit=words.unit))
    return {
        "sheet": sheet,
        "cell": cell,
        "words": words,
        "spec": spec,
        "told": spec_words(spec) if spec else "",
        "suggestions": [(one, spec_words(one.spec), one.spec.told()) for one in proposed],
        "chosen": chosen,
        "column": f"{chosen.rows}|{chosen.column}",
        "label": chosen.label or words.nearest,
        **panel_choices(),
    }


@form_of("form_map", "code")
@login_required
def form_map_save(request: SignedInRequest, code: str) -> HttpResponse:
    """Map the chosen cell, clear it, or accept every sure suggestion; then on to the next open cell."""
    form, state = visible_form(request, code), FormState.typed(request)
    sheet, cell = str(state.values.get("sheet", "")), str(state.values.get("cell", ""))
    version = newest(form)
    if state.values.get("do") == "accept_all":
        before = version.mapping
        done = state.attempt(accept_suggestions, by=request.user, version=version)
        said = _("已采纳有把握的建议，其余请逐个点选")
    else:
        before = None
        spec = None if state.values.get("do") == "clear" else _spec(state.values)
        several = column_mates(version, sheet, cell) if state.values.get("do") == "column" else []
        cells = [{"sheet": sheet, "cell": at, "spec": spec} for at in several or [cell]]
        seen = str(state.values.get("mapping", ""))
        done = state.attempt(
            map_cells, by=request.user, version=version, cells=cells, seen_mapping=int(seen) if seen.isdigit() else None
        )
        said = _("已清除") if spec is None else _("已映射 %(cell)s") % {"cell": listed(one["cell"] for one in cells)}
    if done is None:
        return _show(request, form, sheet, cell, state)
    messages.success(request, said)
    target = _next(form, done, sheet, cell) if before is None else None
    address = reverse("form_map", args=[code])
    if target is None:
        return redirect(address)
    return redirect(f"{address}?{urlencode({'sheet': target[0], 'cell': target[1]})}#{cell_id(*target)}")


def _spec(values: dict[str, Any]) -> dict[str, Any]:
    kind = str(values.get("kind", ""))
    given = {key: values[key] for key in KEYS.get(kind, ()) if values.get(key) not in (None, "")}
    if kind == "record":
        given["rows"], _mark, given["column"] = str(values.get("list_column", "")).partition("|")
        if values.get("rows"):
            given["rows"], given["column"] = str(values["rows"]), str(values.get("column", ""))
    if "required" in given:
        given["required"] = given["required"] == "1"
    return {"kind": kind} | given


def _next(form: Form, version: FormVersion, sheet: str, cell: str) -> tuple[str, str] | None:
    """The next cell that is not mapped, after the one that was just done; else that one again."""
    asked = questions(form)
    keys = [(one.sheet, one.cell) for one in asked]
    at = keys.index((sheet, cell)) if (sheet, cell) in keys else -1
    after = [one for one in asked[at + 1 :] if one.spec is None]
    return (after[0].sheet, after[0].cell) if after else (sheet, cell)
