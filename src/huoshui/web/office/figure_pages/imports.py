"""Figures from a file with its source: tried, its outcome read, submitted; then approved by somebody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods

from huoshui.exchange.codes import DHIS2, systems
from huoshui.exchange.importing import bring_figures
from huoshui.figures.queries import indicators
from huoshui.figures.reporting import actions
from huoshui.figures.reporting.beside import beside
from huoshui.figures.reporting.imports import FigureImport
from huoshui.figures.reporting.models import Filing, Observation
from huoshui.figures.reporting.queries import packs_of, refusal_of
from huoshui.figures.reporting.values import quotient
from huoshui.figures.reporting.values import told as value_told
from huoshui.figures.reporting.words import STATES
from huoshui.kernel.access import allows, denied
from huoshui.kernel.errors import Refusal
from huoshui.kernel.periods import period
from huoshui.kernel.tried_files import TriedFile, keep_tried, tried_file
from huoshui.packs.units import unit_word
from huoshui.places.models import Place
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.lists import paged
from huoshui.web.office.problem_list import SHOWN_PROBLEMS
from huoshui.web.requests import SignedInRequest

TEMPLATE = "office/figures/import.html"
SAID = {
    "submit": _lazy("已重新提交，等待另一人批准"),
    "approve": _lazy("已批准，这些数生效"),
    "send_back": _lazy("已退回"),
    "reopen": _lazy("已撤回，这些数不再计入"),
}


def _places(request: SignedInRequest) -> list[Place]:
    """The uppermost places where the reader imports figures. Raises access.denied where there is none."""
    paths = {grant.path for grant in request.user.grants("figure.import")}
    if not paths:
        raise denied("figure.import")
    return list(Place.objects.filter(path__in=paths).order_by("path"))


@require_http_methods(["GET", "POST"])
@login_required
def bring_in(request: SignedInRequest) -> HttpResponse:
    """Bring figures in from a file: always tried first; what was tried is written, and nothing else."""
    places = _places(request)
    if request.method == "GET":
        return _answer(request, places, FormState())
    form = FormState.typed(request)
    place = next((one for one in places if one.code == form.values.get("place")), places[0])
    how: dict[str, Any] = {"by": request.user, "place": place, "source": str(form.values.get("source", ""))}
    how["system"] = str(form.values.get("system") or DHIS2)
    if form.values.get("step") == "write":
        return _write(request, places, form, how)
    upload = request.FILES.get("file")
    if upload is None or not how["source"].strip():
        form.attempt(_lacking, file=upload)
        return _answer(request, places, form)
    data, name = upload.read(), upload.name or ""
    report = form.attempt(bring_figures, **how, data=data, name=name, dry_run=True)
    return _answer(request, places, form, report, keep_tried(request.user, data, name) if report else None)


def _lacking(*, file: Any) -> None:
    if file is None:
        raise Refusal("value.required", field="file", label=_("文件"))
    raise Refusal("value.required", field="source", label=_("来源"))


def _write(request: SignedInRequest, places: list[Place], form: FormState, how: dict[str, Any]) -> HttpResponse:
    tried = form.attempt(tried_file, by=request.user, sha256=str(form.values.get("sha256", "")))
    report = form.attempt(bring_figures, **how, data=tried.data, name=tried.name) if tried else None
    if report is None or report.filing is None:
        return _answer(request, places, form, report, tried)
    messages.success(request, _("已导入 %(n)d 个数，等待另一人批准") % {"n": len(report.rows)})
    return redirect("filing", filing_id=report.filing.pk)


def _answer(
    request: SignedInRequest,
    places: list[Place],
    form: FormState,
    report: FigureImport | None = None,
    tried: TriedFile | None = None,
) -> HttpResponse:
    compared = beside(request.user, report.rows) if report else []
    context = {
        "places": places,
        "systems": systems(),
        "report": report,
        "tried": tried,
        "lines": [(one, unit_word(one.row.indicator.unit)) for one in compared],
        "differing": sum(one.differs for one in compared),
        "shown": report.problems[:SHOWN_PROBLEMS] if report else [],
        "filings": Filing.objects.visible_to(request.user).filter(form="").select_related("place").order_by("-id")[:20],
        "states": STATES,
    }
    return page(request, TEMPLATE, context, form)


@require_GET
@login_required
def filing_page(request: SignedInRequest, filing_id: UUID) -> HttpResponse:
    """The figures of one file, and the step that it waits for."""
    return _show(request, _filing(request, filing_id), FormState())


def _filing(request: SignedInRequest, filing_id: UUID) -> Filing:
    rows = Filing.objects.select_related("place").filter(form="")
    return rows.get_visible(request.user, pk=filing_id)


@form_of("filing", "filing_id")
@login_required
def filing_step(request: SignedInRequest, filing_id: UUID, verb: str) -> HttpResponse:
    """Approve the figures of a file, or refuse them."""
    filing, form = _filing(request, filing_id), FormState.typed(request)
    if verb not in SAID:
        raise Refusal("access.not_found")
    reason, seen = str(form.values.get("reason", "")), form.seen_version
    steps: dict[str, Callable[[], Filing]] = {
        "submit": lambda: actions.submit_return(by=request.user, filing=filing, remark=reason, seen_version=seen),
        "approve": lambda: actions.approve_return(by=request.user, filing=filing, note=reason, seen_version=seen),
        "send_back": lambda: actions.send_back_return(by=request.user, filing=filing, reason=reason, seen_version=seen),
        "reopen": lambda: actions.reopen_return(by=request.user, filing=filing, reason=reason, seen_version=seen),
    }
    if form.attempt(steps[verb]) is None:
        return _show(request, _filing(request, filing_id), form)
    messages.success(request, str(SAID[verb]))
    return redirect("filing", filing_id=filing_id)


def _show(request: SignedInRequest, filing: Filing, form: FormState) -> HttpResponse:
    user = request.user
    shown = paged(request, filing.observations.select_related("place").order_by("indicator", "period", "id"), 200)
    held = {
        verb: all(
            allows(user, "figure.import" if verb == "submit" else "figure.approve", path=filing.place.path, pack=pack)
            for pack in packs_of(filing)
        )
        for verb in SAID
    }
    context = {
        "filing": filing,
        "state": STATES[Filing.State(filing.state)],
        "rows": [_line(row) for row in shown],
        "page": shown,
        "steps": filing.steps.select_related("by").order_by("id"),
        "may": {verb: held[verb] and refusal_of(filing, verb, user) is None for verb in SAID},
    }
    return page(request, "office/figures/filing.html", context, form)


def _line(row: Observation) -> dict[str, Any]:
    known = indicators().get(row.indicator)
    value = quotient(row.numerator, row.denominator, known) if known else None
    return {
        "row": row,
        "name": str(known.name) if known else row.indicator,
        "unit": unit_word(known.unit) if known else "",
        "period": period(row.period),
        "value": value_told(value, known, row.bound) if known and value is not None else "—",
    }
