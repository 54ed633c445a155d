"""The ledger page: filters from the address, columns by the kind, rows with their next step."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from huoshui.duties.queries import titles_apart
from huoshui.kernel import clock
from huoshui.kernel.access import allows
from huoshui.kernel.reading import kept_for, read_until_changed
from huoshui.kernel.trials import MOST_AT_ONCE
from huoshui.matters.columns import BY_HAND, STATE, with_columns
from huoshui.matters.models import CLOSED, OPEN, SUBMITTED, Matter
from huoshui.matters.permits import acts_on_matters, changeable_columns
from huoshui.matters.queries import (
    NO_LIGHT,
    LedgerFilter,
    LedgerRow,
    columns_for,
    due_again_now,
    ledger_page,
    ledger_rows,
    light_counts,
    owners_seen,
    paths_to_open,
    sort_of_column,
    sources_seen,
)
from huoshui.matters.schema import LedgerColumn, MatterKind
from huoshui.packs.queries import all_current
from huoshui.places.models import Place
from huoshui.places.queries import ancestors
from huoshui.web.office.lists import PAGE_SIZE, chosen, day, paged, place_asked
from huoshui.web.office.matter_pages.chosen_columns import (
    COLUMNS,
    chooser,
    columns_asked,
    value_filters,
    value_inputs,
)
from huoshui.web.office.matter_pages.next_steps import next_steps, roles_held
from huoshui.web.office.matter_pages.old_ledger import kinds_taken_over
from huoshui.web.office.matter_pages.saved_views import WHOLE, views_of
from huoshui.web.office.matter_pages.shown_rows import COUNTED, ShownRow, address_of_matter, shown_row
from huoshui.web.requests import SignedInRequest

DEFAULT_SORT = "due"
ROW, STEPS = "row", "steps"
"""In the address of one row: that it is asked for as it is, and that the table has the column of the next step."""
DAYS = ("deadline", "due_on", "opened_on", "closed_on", "supervised_on", "again_on")
LIGHT_TABS = {
    "red": _lazy("逾期"),
    "yellow": _lazy("滞后"),
    "blue": _lazy("临期"),
    NO_LIGHT: _lazy("在期与其他"),
    "green": _lazy("已核验"),
}
PHASES = {OPEN: _lazy("办理中"), SUBMITTED: _lazy("待核验"), CLOSED: _lazy("已办结")}
SUPERVISED = {"1": _lazy("督办中的")}


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    filters: LedgerFilter
    sort: str
    place: Place | None
    kind: MatterKind | None
    columns: list[LedgerColumn]
    chosen: list[LedgerColumn]
    """The columns that the address names itself; empty: the kind's own stand."""


def asked_for(request: SignedInRequest) -> Asked:
    """Filters, sort and columns from the address.

    Raises value.choice, value.type or filter.not_found for a filter that is none: without it the ledger would show
    what was not asked for. An owner or a source that is none, and a wrong sort, ``ledger`` refuses itself.
    """
    get, kinds = request.GET, all_current("matters")
    place = place_asked(request)
    codes = {field: chosen(request, field, label, names, rows) for field, label, names, rows in _codes(request)}
    kind = kinds.get(codes["kind"]) or (next(iter(kinds.values())) if len(kinds) == 1 else None)
    filters = LedgerFilter(
        **codes,
        place=place.path if place else "",
        source=get.get("source", ""),
        owner=get.get("owner", ""),
        text=get.get("q", "").strip()[:100],
        due_from=day(request, "due_from", _("时限从")),
        due_to=day(request, "due_to", _("时限到")),
        supervised=bool(chosen(request, "supervised", _("督办"), SUPERVISED)),
        values=value_filters(request, kind),
    )
    picked = columns_asked(request, kind)
    return Asked(filters, get.get("sort") or DEFAULT_SORT, place, kind, picked or columns_for(kind), picked)


def _codes(request: SignedInRequest) -> list[tuple[str, str, dict[str, object], Any]]:
    """The filters by a code: field, label, names of the codes, and the rows that may still have an undeclared one."""
    seen, kinds = Matter.objects.visible_to(request.user), all_current("matters")
    states = {state.code: state.name for kind in kinds.values() for state in kind.states}
    severities = {known.code: known.name for kind in kinds.values() for known in kind.severities}
    return [
        ("kind", _("种类"), {code: kind.name for code, kind in kinds.items()}, seen),
        ("state", _("状态"), states, seen),
        ("phase", _("进展"), PHASES, seen),
        ("severity", _("严重程度"), severities, seen),
        ("light", _("灯色"), LIGHT_TABS, None),
    ]


def context(request: SignedInRequest) -> dict[str, Any]:
    """Everything that the ledger page shows."""
    user = request.user
    asked = asked_for(request)
    number = request.GET.get("page", "")
    found = ledger_page(user, asked.filters, asked.sort, int(number) if number.isdigit() else 1, PAGE_SIZE)
    columns = asked.chosen or _for_screen(asked.columns)
    listed = list(ledger_rows(found.keys, columns))
    rows, with_steps = _shown(request, listed, columns)
    counts = light_counts(user, asked.filters, total=None if asked.filters.light else found.total)
    return {
        "page": paged(request, range(found.reachable)),
        "beyond": found.total - found.reachable,
        "rows": rows,
        "columns": _heads(columns, with_steps=with_steps),
        "with_steps": with_steps,
        "sort": asked.sort,
        "tabs": _tabs(request, counts),
        "filters": _filters(request, asked, columns),
        "total": found.total,
        "late": 0 if asked.filters.light else counts["red"],
        "again": _due_again(user, asked),
        "today": clock.today(),
        "kind_code": asked.filters.kind,
        "place": asked.place,
        "crumbs": ancestors(asked.place)[2:] if asked.place else [],
        "chooser": chooser(request, asked.kind, columns),
        "query": request.GET.urlencode(),
        "any_filter": any(value for name, value in request.GET.items() if name not in ("page", "sort", COLUMNS, WHOLE)),
        "may_act": acts_on_matters(user),
        "views": views_of(request),
        "most_at_once": MOST_AT_ONCE,
        "kept": [(name, value) for name, value in request.GET.items() if name != "page"],
        "may_export": allows(user, "matter.export", path=asked.filters.place or None),
        "may_open": bool(paths_to_open(user)),
        "may_take_over": bool(kinds_taken_over(user)),
    }


def _due_again(user: Any, asked: Asked) -> int:
    """How many ended ones have a step due again, where the ledger may show some and is not asked for just those."""
    if asked.filters.values or (asked.kind and not any(step.due_after_months for step in asked.kind.transitions)):
        return 0
    return due_again_now(user, asked.filters.place, asked.filters.kind)


def row_context(request: SignedInRequest, matter: Matter) -> dict[str, Any]:
    """One row of the page as it stands now, with the columns of the address."""
    asked = asked_for(request)
    columns = asked.chosen or _for_screen(asked.columns)
    listed = list(ledger_rows([matter.pk], columns))
    rows, with_steps = _shown(request, listed, columns, steps_column=STEPS in request.GET)
    return {"rows": rows, "with_steps": with_steps, "may_act": acts_on_matters(request.user)}


def query_of(request: SignedInRequest) -> str:
    """What the address says of the table, without what it says of one row."""
    query = request.GET.copy()
    for name in (ROW, STEPS):
        query.pop(name, None)
    return query.urlencode()


def _shown(
    request: SignedInRequest, listed: list[LedgerRow], columns: list[LedgerColumn], *, steps_column: bool = False
) -> tuple[list[ShownRow], bool]:
    """The rows as the page sets them, and whether the page has the column of next steps: where the reader may take one
    in any of the rows, or the page has it already (``steps_column``)."""
    user, matters = request.user, [row.matter for row in listed]
    held = roles_held(user, matters)
    steps = next_steps(user, matters)
    with_steps = steps_column or bool(steps)
    labels = {column.column: str(column.name) for column in columns}
    query = query_of(request) + (f"&{STEPS}=1" if with_steps else "")
    shown = []
    for row in listed:
        changeable = changeable_columns(row.matter, user, held[row.matter.pk], list(labels))
        changes = {code: f"{address_of_matter('matter_cell', row.matter.number, code)}?{query}" for code in changeable}
        shown.append(shown_row(row, labels, steps.get(row.matter.pk), changes))
    return shown, with_steps


def _for_screen(columns: list[LedgerColumn]) -> list[LedgerColumn]:
    """The columns as a screen shows them: with the state behind the deadline, and the source, which paper wants
    early, at the end. The columns that a kind names itself keep their order."""
    usual = columns == columns_for(None)
    return with_columns(sorted(columns, key=lambda column: usual and column.column == "source"), STATE)


def _heads(columns: list[LedgerColumn], *, with_steps: bool) -> list[dict[str, Any]]:
    heads: list[dict[str, Any]] = []
    for column in columns:
        code = column.column
        heads.append(
            {
                "key": sort_of_column(code) or code,
                "label": str(column.name),
                "unit": _("张") if code in COUNTED else "",
                "num": code in (*COUNTED, *DAYS),
                "sortable": bool(sort_of_column(code)),
                "sticky": code == "number",
            }
        )
        if code == "deadline":
            heads.append({"key": "days", "label": _("余日"), "num": True})
    return [*heads, {"key": "step", "label": _("下一步")}] if with_steps else heads


def _tabs(request: SignedInRequest, counts: dict[str, int]) -> list[dict[str, Any]]:
    """One tab for each light, with how many matters show it under the other filters."""
    at = request.GET.get("light", "")
    labels = {"": _("全部"), **LIGHT_TABS}
    numbers = {**counts, "": sum(counts.values()), NO_LIGHT: counts[""]}
    tabs = []
    for light, label in labels.items():
        query = request.GET.copy()
        query.pop("page", None)
        query.pop("light", None)
        if light:
            query["light"] = light
        url = f"{reverse('ledger')}?{query.urlencode()}" if query else reverse("ledger")
        tabs.append({"label": label, "url": url, "active": at == light, "count": numbers[light]})
    return tabs


MOST_SOURCES = 40
"""A register of many years has hundreds: the older ones are reached from the round itself."""
CHOICES_KEPT_SECONDS = 60
MORE = ("severity", "source", "due_from", "due_to", "supervised")
"""Filters that are folded away until one of them is used."""


def _filters(request: SignedInRequest, asked: Asked, columns: list[LedgerColumn]) -> dict[str, Any]:
    """The inputs: those that stand open, and those behind "more", among them those of typed columns that are shown.

    How many are set (``active``), and whether one behind "more" is.
    """
    typed = value_inputs(asked.kind, columns)
    inputs = {
        name: {
            "name": name,
            "label": label,
            "type": kind,
            "value": request.GET.get(name, ""),
            "options": [{"value": value, "label": text} for value, text in options.items()] if options else [],
        }
        for name, (label, kind, options) in (_choices(request.user, asked) | typed).items()
    }
    folded = [item for name, item in inputs.items() if name in (*MORE, *typed)]
    return {
        "open": [item for name, item in inputs.items() if name not in (*MORE, *typed)],
        "more": folded,
        "more_open": any(item["value"] for item in folded),
        "active": sum(bool(item["value"]) for item in inputs.values()),
    }


def _choices(user: Any, asked: Asked) -> dict[str, tuple[str, str, dict[str, str] | None]]:
    """Every filter by its name in the address: label, type of its input, and what can be chosen."""
    kinds = all_current("matters")
    shown = [asked.kind] if asked.kind else list(kinds.values())
    owners, sources = _named_in_matters(user)
    chosen = [source for source in sources if source[0] == asked.filters.source]
    rounds = dict([*sources[:MOST_SOURCES], *chosen])
    of_kind = {"kind": (_("种类"), "", {code: str(kind.name) for code, kind in kinds.items()})}
    return {
        "q": (_("编号、问题、地点"), "search", None),
        "place": (_("地点"), "", units_offered(user)),
        **(of_kind if len(kinds) > 1 else {}),
        "state": (_("状态"), "", {state.code: str(state.name) for kind in shown for state in kind.states}),
        "owner": (_("责任人"), "", owners),
        "severity": (_("严重程度"), "", {known.code: str(known.name) for kind in shown for known in kind.severities}),
        "source": (_("来源"), "", {**rounds, "hand": str(BY_HAND)}),
        "due_from": (_("时限从"), "date", None),
        "due_to": (_("时限到"), "date", None),
        "supervised": (_("督办"), "", {code: str(name) for code, name in SUPERVISED.items()}),
    }


def _named_in_matters(user: Any) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The people and the rounds that the reader's matters name, by id: kept for a minute, as they only fill lists."""
    return kept_for(
        CHOICES_KEPT_SECONDS, lambda: f"ledger-choices-{user.pk}-{clock.today()}", lambda: _read_named(user)
    )


def _read_named(user: Any) -> tuple[dict[str, str], list[tuple[str, str]]]:
    accounts = owners_seen(user).select_related("unit__place").defer("unit__place__outline")
    owners = titles_apart(accounts.order_by("title", "username"))
    return {str(pk): title for pk, title in owners.items()}, [(str(pk), label) for pk, label in sources_seen(user)]


def units_offered(user: Any) -> dict[str, str]:
    """Visible administrative places by code, those below set in."""
    return _units(user, clock.today())


@read_until_changed
def _units(user: Any, _day: dt.date) -> dict[str, str]:
    kinds = all_current("place_kinds")
    sites = [code for code, kind in kinds.items() if kind.category == "site"]
    rows = (
        Place.objects.visible_to(user)
        .exclude(kind__in=sites)
        .order_by("path")
        .values_list("code", "short_name", "path")
    )
    top = min((path.count("/") for _code, _name, path in rows), default=0)
    return {code: "　" * (path.count("/") - top) + name for code, name, path in rows}
