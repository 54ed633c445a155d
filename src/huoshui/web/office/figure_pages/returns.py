"""Returns: which are asked for, and one of them: filled in, submitted, approved step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET

from huoshui.duties.by_role import acts_as_over
from huoshui.figures.queries import Figure, figures_of, get_indicator, indicators
from huoshui.figures.reporting import actions
from huoshui.figures.reporting.models import Bound, Filing, FilingStep, Observation
from huoshui.figures.reporting.queries import (
    filing_of,
    get_return,
    observations_of,
    refusal_of,
    return_period,
    return_rows,
    role_names,
    step_roles,
    waiting_returns,
)
from huoshui.figures.reporting.rules import Broken, broken
from huoshui.figures.reporting.values import Value, read_value, typed
from huoshui.figures.reporting.words import STATES, VERBS
from huoshui.figures.schema import Indicator, Return
from huoshui.kernel import clock
from huoshui.kernel.access import allows, require
from huoshui.kernel.choices import named
from huoshui.kernel.errors import Refusal
from huoshui.kernel.periods import Period, PeriodKind, period_before
from huoshui.kernel.periods import period as period_of_code
from huoshui.places.models import Place
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.requests import SignedInRequest

YEARS_OFFERED = 5
LOCKED = _lazy("已批准，数已锁定")
SAID = {
    "fill": _lazy("已保存，还没有提交"),
    "submit": _lazy("已提交，等待审核"),
    "approve": _lazy("已批准这一步，等待下一级"),
    "send_back": _lazy("已退回"),
    "reopen": _lazy("已重开，改好后要重新审核"),
}


def address(code: str, place: Place, period: str) -> str:
    """The page of a return."""
    return reverse("return", kwargs={"code": code, "place": place.code, "period": period.replace("/", "_")})


@require_GET
@login_required
def returns_page(request: SignedInRequest) -> HttpResponse:
    """The returns of the places that the reader sees, the newest period or one that is chosen; first what waits."""
    require(request.user, "figure.view")
    asked = request.GET.get("period", "")
    rows = return_rows(request.user, period=asked)
    waiting = waiting_returns(request.user)
    context = {
        "rows": [(row, address(row.code, row.place, row.period.code)) for row in rows],
        "waiting": [
            (row, VERBS[verb] if verb == "approve" else _("填报"), address(row.code, row.place, row.period.code))
            for row, verb in waiting
        ],
        "done": sum(1 for row in rows if row.filing and row.filing.state == Filing.State.APPROVED),
        "late": sum(1 for row in rows if row.is_late),
        "filters": [_period_filter(request.user, asked)],
    }
    return page(request, "office/figures/returns.html", context)


def _period_filter(user: Any, asked: str) -> dict[str, Any]:
    """The last years, and every period that anything was filed for, the latest first; none: the newest of each."""
    last = clock.today().year - 1
    filed = Filing.objects.visible_to(user).exclude(form="").order_by().values_list("period", flat=True).distinct()
    codes = {str(year) for year in range(last, last - YEARS_OFFERED, -1)} | set(filed) | ({asked} if asked else set())
    periods = sorted((period_of_code(code) for code in codes), key=lambda one: (one.last, one.first), reverse=True)
    return {
        "name": "period",
        "label": _("期间"),
        "value": asked,
        "none": _("最近一期"),
        "options": [{"value": one.code, "label": one.name} for one in periods],
    }


@dataclass(frozen=True)
class Line:
    """One indicator of a return: what stands there, what was typed and refused, and the period before."""

    code: str
    indicator: Indicator
    value: str
    note: str
    shown: Figure | None
    before: Figure
    problem: Any
    broken: list[Broken]
    """The rules between figures that its value has a part in breaking."""


@require_GET
@login_required
def return_page(request: SignedInRequest, code: str, place: str, period: str) -> HttpResponse:
    """One return: its values as a form for whoever fills it in, as a table for everybody else."""
    return _show(request, _found(request, code, place, period), FormState())


@form_of("return", "code", "place", "period")
@login_required
def return_step(request: SignedInRequest, code: str, place: str, period: str, verb: str) -> HttpResponse:
    """Save, submit, approve, send back or reopen a return."""
    if verb not in SAID:
        raise Refusal("access.not_found")
    asked, form = _found(request, code, place, period), FormState.typed(request)
    done = form.attempt(_take, request=request, asked=asked, verb=verb, form=form)
    if done is None:
        return _show(request, asked, form)
    said = LOCKED if verb == "approve" and done.state == Filing.State.APPROVED else SAID[verb]
    messages.success(request, str(said))
    return redirect(address(code, asked.place, asked.period.code))


@dataclass(frozen=True)
class Asked:
    """The return of the address."""

    code: str
    form: Return
    place: Place
    period: Period


def _found(request: SignedInRequest, code: str, place: str, period: str) -> Asked:
    form = get_return(code)
    there = named(Place.objects.visible_to(request.user), "place", _("地点"), code=place)
    pack = code.partition(".")[0]
    if there.kind not in form.asked_of or not allows(request.user, "figure.view", path=there.path, pack=pack):
        raise Refusal("access.not_found")
    return Asked(code, form, there, return_period(form, period.replace("_", "/")))


def _take(*, request: SignedInRequest, asked: Asked, verb: str, form: FormState) -> Filing:
    seen, by = form.seen_version, request.user
    if verb in ("fill", "submit"):
        return _written(asked, by, form, submit=verb == "submit")
    kept = filing_of(asked.code, asked.place, asked.period.code)
    if kept is None:
        raise Refusal("access.not_found")
    reason = str(form.values.get("reason", ""))
    steps: dict[str, Callable[[], Filing]] = {
        "approve": lambda: actions.approve_return(by=by, filing=kept, note=reason, seen_version=seen),
        "send_back": lambda: actions.send_back_return(by=by, filing=kept, reason=reason, seen_version=seen),
        "reopen": lambda: actions.reopen_return(by=by, filing=kept, reason=reason, seen_version=seen),
    }
    return steps[verb]()


@transaction.atomic
def _written(asked: Asked, by: Any, form: FormState, *, submit: bool) -> Filing:
    """What was typed, kept; and submitted with it, both or neither."""
    cells = {
        code: {"value": str(form.values.get(code, "")), "note": str(form.values.get(f"note:{code}", ""))}
        for code in asked.form.indicators
    }
    saved: Filing = actions.fill_return(
        by=by, form=asked.code, place=asked.place, period=asked.period.code, values=cells,
        seen_version=form.seen_version,
    )  # fmt: skip
    if submit:
        actions.submit_return(by=by, filing=saved, remark=str(form.values.get("remark", "")))
    return saved


def _show(request: SignedInRequest, asked: Asked, form: FormState) -> HttpResponse:
    user, filing = request.user, filing_of(asked.code, asked.place, asked.period.code)
    found = _broken(asked, filing, form)
    standing = filing or Filing(form=asked.code, pack=asked.code.partition(".")[0], place=asked.place)
    context = {
        "asked": asked,
        "filing": filing,
        "state": STATES[Filing.State(filing.state)] if filing else _("未填"),
        "lines": _lines(user, asked, filing, form, found),
        "broken": found,
        "may": _may(user, standing),
        "came_back": _came_back(filing),
        "waits_for": _waits_for(user, asked, filing),
        "steps": _story(filing),
        "remark": form.values.get("remark", filing.remark if filing else ""),
        "urls": {verb: reverse("return_step", kwargs=_parts(asked) | {"verb": verb}) for verb in SAID},
        "version": form.values.get("version", filing.version if filing else 0),
        "general_problems": [one for one in form.problems if one.field not in asked.form.indicators],
    }
    return page(request, "office/figures/return.html", context, form)


def _may(user: Any, filing: Filing) -> dict[str, bool]:
    """Which steps the reader may take now; who fills in submits as well."""
    needed = {"fill": "figure.report"} | dict.fromkeys(("approve", "send_back", "reopen"), "figure.approve")
    return {
        verb: allows(user, permission, path=filing.place.path, pack=filing.pack)
        and refusal_of(filing, verb, user) is None
        for verb, permission in needed.items()
    }


def _parts(asked: Asked) -> dict[str, str]:
    return {"code": asked.code, "place": asked.place.code, "period": asked.period.code.replace("/", "_")}


def _broken(asked: Asked, filing: Filing | None, form: FormState) -> list[Broken]:
    """The rules that the values on the page break: those that were typed, or else those that are kept."""
    rows, values = observations_of(filing) if filing else {}, {}
    for code in asked.form.indicators:
        known = get_indicator(code)
        try:
            values[code] = read_value(str(form.values.get(code, _typed(rows.get(code), known))), known)
        except Refusal:
            continue  # nothing stands there, or what is told beside it
    return broken(asked.form, values, indicators(), asked.place, asked.period)


def _lines(user: Any, asked: Asked, filing: Filing | None, form: FormState, found_broken: list[Broken]) -> list[Line]:
    rows = observations_of(filing) if filing else {}
    missing = filing.missing if filing else {}
    asked_for = [get_indicator(code) for code in asked.form.indicators]
    before = asked.period if asked.period.kind == PeriodKind.PLAN else period_before(asked.period)
    earlier = figures_of(user, [(one, before) for one in asked_for], asked.place)
    found = []
    for code, indicator, was in zip(asked.form.indicators, asked_for, earlier, strict=True):
        row = rows.get(code)
        value, note = _typed(row, indicator), row.note if row else missing.get(code, "")
        found.append(
            Line(
                code,
                indicator,
                str(form.values.get(code, value)),
                str(form.values.get(f"note:{code}", note)),
                _figure(row, indicator, asked),
                was,
                form.problem_of(code),
                [one for one in found_broken if code in one.codes],
            )
        )
    return found


def _typed(row: Observation | None, indicator: Indicator) -> str:
    if row is None:
        return ""
    return typed(Value(row.numerator, row.denominator, Bound(row.bound), row.parts_known), indicator)


def _figure(row: Observation | None, indicator: Indicator, asked: Asked) -> Figure | None:
    if row is None:
        return None
    return Figure(indicator, asked.place, asked.period, row.numerator, row.denominator, 1, row.bound, (row,))


def _waits_for(user: Any, asked: Asked, filing: Filing | None) -> str:
    """Whose step is next, for whoever cannot take it."""
    if filing is None or filing.state in (Filing.State.DRAFT, Filing.State.RETURNED):
        roles = asked.form.reported_by
    elif filing.state == Filing.State.SUBMITTED:
        roles = step_roles(asked.form, filing.step)
    else:
        return ""
    pack = asked.code.partition(".")[0]
    return "" if acts_as_over(asked.place, pack, user, roles) else role_names(roles)


def _came_back(filing: Filing | None) -> FilingStep | None:
    """The step by which it came back to be corrected, with its reason."""
    if filing is None or filing.state != Filing.State.RETURNED:
        return None
    back = (FilingStep.Verb.SEND_BACK, FilingStep.Verb.REOPEN)
    return filing.steps.filter(verb__in=back).select_related("by").order_by("-id").first()


def _story(filing: Filing | None) -> list[dict[str, Any]]:
    if filing is None:
        return []
    rows = filing.steps.select_related("by").order_by("-id")
    return [
        {
            "what": f"{VERBS[row.verb]}{_('（第%(n)d步）') % {'n': row.step} if row.step else ''}",
            "who": row.by.title,
            "at": row.created_at,
            "note": row.note,
            "kind": {FilingStep.Verb.APPROVE: "closed", FilingStep.Verb.SEND_BACK: "refused"}.get(
                FilingStep.Verb(row.verb), ""
            ),
        }
        for row in rows
    ]
