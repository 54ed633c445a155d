"""Who says a figure: its sources and their story, the return that asks for it, what it was before, what is in doubt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from huoshui.figures.queries import Figure
from huoshui.figures.reporting.conflicts import conflicts_below, holding, is_about
from huoshui.figures.reporting.history import former_values
from huoshui.figures.reporting.models import Conflict, Filing, FilingStep, Observation
from huoshui.figures.reporting.observed import beside
from huoshui.figures.reporting.queries import filing_of, returns, source_name, was_there
from huoshui.figures.reporting.words import DECISIONS, RULES, STATES, VERBS
from huoshui.figures.schema import Return
from huoshui.kernel.access import Actor


def said_of(actor: Actor, now: Figure, code: str) -> dict[str, Any]:
    """The context of a sheet for what is said of its figure, and by whom."""
    asked = _asked_in(now, code)
    sources = _sources(now, code)
    filings = {one["row"].filing.pk: one["row"].filing for one in sources}
    if asked and asked["filing"]:
        filings[asked["filing"].pk] = asked["filing"]
    questions = [row for row in conflicts_below(actor, now.place) if is_about(row, code, now.period.code)]
    return {
        "sources": sources,
        "asked_in": asked,
        "former": former_values(filings.values(), code, now.place, now.period.code) if filings else [],
        "doubts": [(row, RULES[row.rule]) for row in questions if row.state == Conflict.State.OPEN],
        "decisions": _decisions(now, code, questions),
    }


def filing_address(filing: Filing) -> str:
    """The page of a filing."""
    if filing.is_imported:
        return reverse("filing", args=[filing.pk])
    return _return_address(filing.form, filing.place.code, filing.period)


def _return_address(form: str, place: str, period: str) -> str:
    return reverse("return", args=[form, place, period.replace("/", "_")])


def _sources(now: Figure, code: str) -> list[dict[str, Any]]:
    """What approved sources say of this figure, and which of them it is told by."""
    used = {row.pk for row in now.observations}
    rows = [row for row in beside([code], now.place) if row.period == now.period.code]
    rows += [row for row in now.observations if row.pk not in {one.pk for one in rows}]
    return [
        {
            "row": row,
            "text": _told(now, row),
            "source": source_name(row.filing),
            "url": filing_address(row.filing),
            "used": row.pk in used,
            "steps": _story(row.filing),
        }
        for row in rows
    ]


def _told(now: Figure, row: Observation) -> str:
    return Figure(now.indicator, now.place, now.period, row.numerator, row.denominator, 1, row.bound, (row,)).told


def _story(filing: Filing) -> list[dict[str, Any]]:
    """The steps that led to what stands there now: those since it last came back. All of them are on its own page."""
    steps = list(filing.steps.select_related("by").order_by("id"))
    back = (FilingStep.Verb.SEND_BACK, FilingStep.Verb.REOPEN)
    last = max((at for at, step in enumerate(steps) if step.verb in back), default=-1)
    return [{"what": _step_told(step), "who": step.by.title, "on": step.on} for step in steps[last + 1 :]]


def _step_told(step: FilingStep) -> str:
    nth = _("（第%(n)d步）") % {"n": step.step} if step.step and step.filing.form else ""
    first = step.filing.is_imported and step.verb == FilingStep.Verb.SUBMIT
    return f"{_('导入') if first else VERBS[step.verb]}{nth}"


def _asked_in(now: Figure, code: str) -> dict[str, Any] | None:
    """The return that asks for this figure of this place, where it stands, and why it has no value."""
    if not now.indicator.is_reported:
        return None
    found = next(((name, form) for name, form in returns().items() if code in form.indicators), None)
    if found is None or not _is_asked(found[1], now):
        return None
    name, form = found
    filing = filing_of(name, now.place, now.period.code)
    return {
        "name": form.name,
        "url": _return_address(name, now.place.code, now.period.code),
        "filing": filing,
        "state": _state_told(filing),
        "missing": filing.missing.get(code, "") if filing else "",
    }


def _is_asked(form: Return, now: Figure) -> bool:
    return now.place.kind in form.asked_of and now.period.kind == form.period and was_there(now.place, now.period)


def _state_told(filing: Filing | None) -> str:
    if filing is None:
        return _("未填")
    last = filing.steps.order_by("-id").first()
    if filing.state == Filing.State.RETURNED and last is not None and last.verb == FilingStep.Verb.REOPEN:
        return _("重开更正中，重新批准以前不算数")
    return str(STATES[Filing.State(filing.state)])


def _decisions(now: Figure, code: str, questions: Iterable[Conflict]) -> list[dict[str, Any]]:
    """What was decided about this figure, and which value holds by it."""
    return [
        {
            "row": row,
            "what": DECISIONS[Conflict.Decision(row.decision)],
            "holds": held["value"] if (held := holding(row)) and held["indicator"] == code else "",
        }
        for row in sorted(questions, key=lambda row: row.pk)
        if row.state == Conflict.State.DECIDED and row.place_id == now.place.pk
    ]
