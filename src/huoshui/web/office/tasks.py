"""A row of Today's list, and the rows of the returns that wait."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from huoshui.figures.reporting.conflicts import given_conflicts
from huoshui.figures.reporting.queries import waiting_files, waiting_returns
from huoshui.figures.reporting.words import VERBS
from huoshui.kernel import clock
from huoshui.matters.columns import LIGHT_NAMES
from huoshui.places.queries import names_apart
from huoshui.visits.queries import AskedSurvey, surveys_waiting
from huoshui.web.office.cadence_pages.records import record_step
from huoshui.web.office.figure_pages.conflicts import told as conflict_told
from huoshui.web.office.figure_pages.returns import address as return_address
from huoshui.web.office.figure_sources import filing_address
from huoshui.web.office.matter_pages.words import late_words, left_words, light_class


@dataclass(frozen=True)
class Task:
    """One row of the list: light, what, where, until when, and the step as a button."""

    what: str
    where: str
    url: str
    step: str
    step_url: str
    mark: str = ""
    """That it came back, in a word."""
    light: str = ""
    light_word: str = ""
    days: str = ""
    days_class: str = ""

    @property
    def light_class(self) -> str:
        """The style of its light."""
        return light_class(self.light) or "none"

    @property
    def light_said(self) -> str:
        """The word beside its light."""
        return self.light_word or str(LIGHT_NAMES[self.light])


def occasion_tasks(user: Any, rows: list[Any]) -> list[Task]:
    """What comes round at the reader's own places: overdue, or due within a week."""
    names = names_apart([row.place for row in rows]) if rows else {}
    tasks = []
    for row in rows:
        url, late = reverse("occasion", args=[row.pk]), row.state == "overdue"
        step = record_step(user, row) or {"verb": _("查看"), "url": url}
        tasks.append(
            Task(
                what=row.plan.name, where=f"{names[row.place_id]} · {row.plan.rule_told}", url=url, step=step["verb"],
                step_url=step["url"], light="red" if late else "", light_word="" if late else _("应办"),
                days=days_to(row.due_on), days_class="days--late" if late else "",
            )
        )  # fmt: skip
    return tasks


def survey_tasks(user: Any) -> list[Task]:
    """The surveys that the reader is asked to answer and nobody answered yet."""
    return [
        Task(
            what=str(row.checklist.name), where=row.place.short_name, url=_survey_address(row), step=_("填报"),
            step_url=_survey_address(row), light="red" if row.late else "", light_word="" if row.late else _("调查"),
            days=days_to(row.until), days_class="days--late" if row.late else "",
        )
        for row in surveys_waiting(user)
    ]  # fmt: skip


def _survey_address(row: AskedSurvey) -> str:
    if row.visit:
        return reverse("sheet", args=[row.visit.pk])
    return f"{reverse('sheet_start')}?{urlencode({'checklist': row.code, 'place': row.place.code})}"


def figure_tasks(user: Any, counts: Counter[str]) -> list[Task]:
    """What of figures waits for the reader: returns, files to approve, questions that were given to them.

    ``counts``: how many of each (``waiting_counts``).
    """
    asked = {"returns": _return_tasks, "files": _file_tasks, "conflicts": _conflict_tasks}
    return [task for kind, tasks in asked.items() if counts[kind] for task in tasks(user)]


def _file_tasks(user: Any) -> list[Task]:
    return [
        Task(
            what=filing.source, where=f"{filing.place.short_name} · {filing.file_name}", url=filing_address(filing),
            step=str(VERBS["approve"]), step_url=filing_address(filing), light_word=_("导入的数"),
        )
        for filing in waiting_files(user)
    ]  # fmt: skip


def _conflict_tasks(user: Any) -> list[Task]:
    return [
        Task(
            what=_("%(rule)s：%(names)s") % {"rule": told["rule"], "names": told["names"]}, where=row.place.short_name,
            url=reverse("conflict", args=[row.pk]), step=_("查明"), step_url=reverse("conflict", args=[row.pk]),
            light_word=_("数据分歧"),
        )
        for row in given_conflicts(user)
        for told in [conflict_told(row)]
    ]  # fmt: skip


def _return_tasks(user: Any) -> list[Task]:
    """The returns that wait for the reader: to fill in, or to approve."""
    return [
        Task(
            what=str(row.form.name),
            where=" · ".join((row.place.short_name, row.period.name, row.state_name)),
            url=return_address(row.code, row.place, row.period.code),
            step=str(VERBS[verb]) if verb == "approve" else _("填报"),
            step_url=return_address(row.code, row.place, row.period.code),
            light="red" if row.is_late else "",
            light_word="" if row.is_late else _("报表"),
            days=days_to(row.due),
            days_class="days--late" if row.is_late else "",
        )
        for row, verb in waiting_returns(user)
    ]


def days_to(day: dt.date | None) -> str:
    """How long until a day, or since; "" for none."""
    if day is None:
        return ""
    left = (day - clock.today()).days
    if left < 0:
        return late_words(-left)
    return _("今天") if left == 0 else left_words(left)
