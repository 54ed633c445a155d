"""Reading returns: which are asked of whom, what stands in them, and which wait for somebody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from huoshui.duties.by_role import acts_as_over
from huoshui.duties.queries import roles as role_definitions
from huoshui.duties.standing import Hand, standing_of
from huoshui.figures.reporting.models import Filing, FilingStep, Observation
from huoshui.figures.reporting.words import STATES, VERBS
from huoshui.figures.schema import Return
from huoshui.kernel import clock
from huoshui.kernel.access import Actor, allows
from huoshui.kernel.errors import Refusal
from huoshui.kernel.periods import Period, PeriodKind, period_before, period_of
from huoshui.kernel.periods import period as period_of_code
from huoshui.kernel.reading import read_once
from huoshui.kernel.wording import listed
from huoshui.packs.queries import all_current
from huoshui.places.models import Place


def returns() -> dict[str, Return]:
    """The returns of all current packs, by qualified code."""
    return all_current("returns")


def get_return(code: str) -> Return:
    """One of them. Raises return.unknown."""
    found = returns().get(code)
    if found is None:
        raise Refusal("return.unknown", field="return", name=code)
    return found


def return_period(form: Return, code: str) -> Period:
    """A period of a return. Raises return.period, or return.future before its last day is over."""
    try:
        found = period_of_code(code)
    except ValueError:
        found = None
    if found is None or found.kind != form.period:
        raise Refusal("return.period", field="period", name=code, kind=kind_name(form.period))
    if found.last >= clock.today():
        raise Refusal("return.future", field="period", last=found.last)
    return found


def kind_name(kind: str) -> str:
    """How long a period is, in words."""
    names = {
        "day": _("日"), "week": _("周"), "month": _("月"), "quarter": _("季度"), "half": _("半年"), "year": _("年"),
        "plan": _("规划期"),
    }  # fmt: skip
    return names[kind]


def newest_period(form: Return, today: dt.date | None = None) -> Period | None:
    """The period that ended last; None for a plan, whose years only its code says."""
    if form.period == "plan":
        return None
    return period_before(period_of(today or clock.today(), PeriodKind(form.period)))


def due_on(form: Return, asked: Period) -> dt.date:
    """The day until which a period's return is asked for."""
    return asked.last + dt.timedelta(days=form.due_days)


def filing_of(code: str, place: Place, period: str) -> Filing | None:
    """The filing of a return, if anybody has begun it."""
    return Filing.objects.filter(form=code, place=place, period=period).select_related("place").first()


def hands_in(filing: Filing) -> list[Hand]:
    """Who has had a hand in what stands there now: its writers, and whoever approved it since it last came back."""
    found: list[tuple[str, Hand]] = []
    for step in filing.steps.order_by("id"):
        if step.verb in (FilingStep.Verb.REOPEN, FilingStep.Verb.SEND_BACK):
            # It is approved anew, by anybody who may; whoever wrote in it stays its writer.
            found = [one for one in found if one[0] != FilingStep.Verb.APPROVE]
        if step.verb in (FilingStep.Verb.FILL, FilingStep.Verb.SUBMIT, FilingStep.Verb.APPROVE):
            found.append((step.verb, Hand(step.by_id, step.unit, step.on)))
    return [hand for _verb, hand in found]


def step_roles(form: Return, step: int) -> list[str]:
    """The roles of a step of approval, counted from 0; of the last where it is beyond."""
    return form.approved_by[min(step, len(form.approved_by) - 1)]


def roles_for(filing: Filing, verb: str) -> list[str]:
    """Who may take a step of a filing; of a file's figures no roles are named, the permission decides."""
    if filing.is_imported:
        return []
    form = get_return(filing.form)
    if verb in ("fill", "submit"):
        return form.reported_by
    return step_roles(form, filing.step)


def refusal_of(filing: Filing, verb: str, actor: Any) -> Refusal | None:
    """Why an actor may not take a step; None where they may. return.state, return.role_needed or return.own_work."""
    S = Filing.State
    right = {
        "fill": (S.DRAFT, S.RETURNED), "submit": (S.DRAFT, S.RETURNED), "approve": (S.SUBMITTED,),
        "send_back": (S.SUBMITTED,), "reopen": (S.APPROVED,),
    }[verb]  # fmt: skip
    if filing.state not in right:
        state, step = STATES[Filing.State(filing.state)], VERBS[verb]
        return Refusal("return.state", field="return", state=state, step=step)
    roles = roles_for(filing, verb)
    if roles and not acts_as_over(filing.place, filing.pack, actor, roles):
        return Refusal("return.role_needed", field="return", step=VERBS[verb], roles=role_names(roles))
    if verb == "approve" and standing_of(actor).had_a_hand(hands_in(filing), filing.place.path, filing.pack):
        return Refusal("return.own_work", field="return", step=VERBS[verb])
    return None


def role_names(codes: Iterable[str]) -> str:
    """Roles by their names, in one line."""
    known = role_definitions()
    return listed(str(known[code].name) if code in known else code for code in codes)


def packs_of(filing: Filing) -> list[str]:
    """The packs whose figures a filing holds."""
    if filing.pack:
        return [filing.pack]
    codes = filing.observations.order_by().values_list("indicator", flat=True).distinct()
    return sorted({code.partition(".")[0] for code in codes})


def source_name(filing: Filing) -> str:
    """What a filing is called as a source: its document, or its return; the code of one that no pack declares now."""
    form = returns().get(filing.form)
    return filing.source or (str(form.name) if form else filing.form)


def observations_of(filing: Filing) -> dict[str, Observation]:
    """What stands in a return, by indicator."""
    return {row.indicator: row for row in filing.observations.select_related("place")}


@dataclass(frozen=True)
class ReturnRow:
    """A return of a place and a period, with its filing if there is one."""

    code: str
    form: Return
    place: Place
    period: Period
    filing: Filing | None

    @property
    def state_name(self) -> str:
        """Where it stands, in words."""
        return str(STATES[Filing.State(self.filing.state)]) if self.filing else _("未填")

    @property
    def due(self) -> dt.date:
        """Until when it is asked for."""
        return due_on(self.form, self.period)

    @property
    def is_late(self) -> bool:
        """Whether it should have been submitted by now and is not."""
        open_still = self.filing is None or self.filing.state in (Filing.State.DRAFT, Filing.State.RETURNED)
        return open_still and self.due < clock.today()


def was_there(place: Place, period: Period) -> bool:
    """Whether a place stood on the last day of a period."""
    opened = place.opened_on is None or place.opened_on <= period.last
    return opened and (place.closed_on is None or place.closed_on > period.last)


def return_rows(actor: Actor, *, period: str = "") -> list[ReturnRow]:
    """The returns of the places whose figures an actor sees, for their newest period or one that is named.

    A return whose periods are of another length is left out.
    """
    asked = {code: when for code, form in returns().items() if (when := _asked(form, period))}
    kinds = {kind for code in asked for kind in returns()[code].asked_of}
    places = list(Place.objects.visible_to(actor).filter(kind__in=kinds).order_by("path"))
    filings = Filing.objects.visible_to(actor).filter(
        form__in=asked, period__in={when.code for when in asked.values()}, place__in=places
    )
    filed = {(filing.form, filing.place_id, filing.period): filing for filing in filings.select_related("place")}
    return [
        ReturnRow(code, returns()[code], place, when, filed.get((code, place.pk, when.code)))
        for code, when in asked.items()
        for place in places
        if place.kind in returns()[code].asked_of
        and was_there(place, when)
        and allows(actor, "figure.view", path=place.path, pack=code.partition(".")[0])
    ]


def _asked(form: Return, code: str) -> Period | None:
    if not code:
        return newest_period(form)
    try:
        asked = period_of_code(code)
    except ValueError:
        raise Refusal("return.period", field="period", name=code, kind=kind_name(form.period)) from None
    return asked if asked.kind == form.period else None


@read_once
def _submitted(actor: Any) -> list[Filing]:
    """What was submitted and is not approved yet, as far as the actor sees it, the oldest first."""
    rows = Filing.objects.visible_to(actor).filter(state=Filing.State.SUBMITTED)
    return list(rows.select_related("place").order_by("id"))


def waiting_files(actor: Any) -> list[Filing]:
    """The figures of files that wait for the actor's approval: of a place where they approve, brought in by others."""
    if not actor.grants("figure.approve"):
        return []
    return [
        filing
        for filing in _submitted(actor)
        if filing.is_imported
        and all(allows(actor, "figure.approve", path=filing.place.path, pack=pack) for pack in packs_of(filing))
        and refusal_of(filing, "approve", actor) is None
    ]


def waiting_returns(actor: Any) -> list[tuple[ReturnRow, str]]:
    """The returns whose next step is the actor's: to fill in and submit, or to approve; each with the step's verb.

    Only the newest period is asked for; what was submitted waits whatever its period.
    """
    found: list[tuple[ReturnRow, str]] = []
    if actor.grants("figure.report"):
        for row in return_rows(actor):
            begun = row.filing
            going = begun is None or begun.state in (Filing.State.DRAFT, Filing.State.RETURNED)
            if going and acts_as_over(row.place, row.code.partition(".")[0], actor, row.form.reported_by):
                found.append((row, "submit"))
    if actor.grants("figure.approve"):
        for filing in _submitted(actor):
            if filing.form in returns() and refusal_of(filing, "approve", actor) is None:
                row = ReturnRow(
                    filing.form, get_return(filing.form), filing.place, period_of_code(filing.period), filing
                )
                found.append((row, "approve"))
    return found
