"""Due days of returns in the calendar: one line for each return and period, which leads to their list."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from huoshui.duties.by_role import acts_as_over
from huoshui.figures.reporting.models import Filing
from huoshui.figures.reporting.queries import ReturnRow, due_on, return_rows, returns
from huoshui.kernel import clock
from huoshui.kernel.periods import Period, PeriodKind, period_before, period_of

GIVEN = (Filing.State.SUBMITTED, Filing.State.APPROVED)
SHORT = (PeriodKind.DAY, PeriodKind.WEEK)
"""Periods that are too short to stand in a calendar one by one."""


def due_returns(actor: Any, since: dt.date, until: dt.date, path: str = "") -> list[ReturnRow]:
    """The returns, of places that the actor sees at and below a path, that are due between two days (included)."""
    if not actor.grants("figure.view"):
        return []
    codes = dict.fromkeys(period.code for _form, period in _periods(since, until))
    rows = [row for code in codes for row in return_rows(actor, period=code)]
    return [row for row in rows if since <= row.due <= until and row.place.path.startswith(path)]


def own_returns(actor: Any, since: dt.date, until: dt.date) -> list[ReturnRow]:
    """Those of them that the actor fills in and that nobody handed in."""
    if not actor.grants("figure.report"):
        return []
    rows = [row for row in due_returns(actor, since, until) if not is_given(row)]
    return [row for row in rows if acts_as_over(row.place, row.code.partition(".")[0], actor, row.form.reported_by)]


def is_given(row: ReturnRow) -> bool:
    """Whether it was handed in."""
    return row.filing is not None and row.filing.state in GIVEN


def by_day(rows: list[ReturnRow]) -> Iterator[tuple[dt.date, str, str, str, str, str]]:
    """A line for each return and period: day, key, title, how many of them, state, and the address of their list."""
    lines: dict[tuple[dt.date, str, str], list[ReturnRow]] = defaultdict(list)
    for row in rows:
        lines[row.due, row.code, row.period.code].append(row)
    for (day, code, period), of_line in sorted(lines.items(), key=lambda one: one[0]):
        given = sum(is_given(row) for row in of_line)
        where = _("%(places)s 处，已交 %(done)s") % {"places": len(of_line), "done": given}
        state = "done" if given == len(of_line) else "overdue" if day < clock.today() else "due"
        yield day, f"{code}-{period}", f"{of_line[0].form.name} {period}", str(where), state, address(period)


def address(period: str) -> str:
    """The list of the returns of a period."""
    return f"{reverse('returns')}?period={period}"


def _periods(since: dt.date, until: dt.date) -> Iterator[tuple[str, Period]]:
    """The periods of each return that are due between two days."""
    for code, form in returns().items():
        kind = PeriodKind(form.period)
        if kind == PeriodKind.PLAN or kind in SHORT:
            continue
        period = period_of(until, kind)
        while due_on(form, period) >= since:
            if due_on(form, period) <= until:
                yield code, period
            period = period_before(period)
