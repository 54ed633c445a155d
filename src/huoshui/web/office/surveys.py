"""What a survey answered: question by question, place by place, and all of it as a workbook."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from huoshui.duties.queries import roles
from huoshui.kernel import clock
from huoshui.kernel.access import allows
from huoshui.kernel.numbers import shown
from huoshui.kernel.spreadsheets import XLSX
from huoshui.kernel.wording import listed
from huoshui.packs.models import PackVersion
from huoshui.packs.units import unit_word
from huoshui.places.models import Place
from huoshui.visits.actions import remind_survey
from huoshui.visits.queries import QuestionSummary, Survey, scale_of, summaries, survey_of, told_answers
from huoshui.visits.schema import POINTS_UNIT, Deduction, Graded, Threshold
from huoshui.visits.survey_export import survey_workbook
from huoshui.web.files import as_file
from huoshui.web.maps import answered, with_ground
from huoshui.web.office.checklist_editor.exchange import checklist_of
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.lists import paged
from huoshui.web.office.survey_map import features_of, map_context, picture
from huoshui.web.office.survey_new import is_unscored, roles_to_ask
from huoshui.web.requests import SignedInRequest

MOST_MISSING = 30
"""Places without a sheet that are named; of more the first so many."""
PER_PAGE = 25


@dataclass(frozen=True)
class Bar:
    """One choice of a question: how many chose it, and how long its bar is."""

    name: str
    count: int
    percent: str


@dataclass(frozen=True)
class Question:
    """A question with what was answered to it, in words."""

    name: str
    answered: int
    bars: list[Bar]
    facts: list[tuple[str, str]]


@require_GET
@login_required
def survey(request: SignedInRequest, code: str, checklist: str) -> HttpResponse:
    """The answers of a checklist's sheets that belong to no round; ``?area=`` keeps to a town."""
    return _show(request, code, checklist, FormState())


@form_of("survey", "code", "checklist")
@login_required
def remind(request: SignedInRequest, code: str, checklist: str) -> HttpResponse:
    """Remind those who are asked and have not answered, in the area that the page shows."""
    found, area = _asked(request, code, checklist)
    form = FormState()
    told = form.attempt(remind_survey, by=request.user, pack=code, code=found.checklist.code, area=area)
    if told is None:
        return _show(request, code, checklist, form)
    said = ngettext("已提醒 %(count)d 人", "已提醒 %(count)d 人", told) % {"count": told}
    messages.success(request, said)
    address = reverse("survey", args=[code, checklist])
    return redirect(f"{address}?area={area.code}" if area else address)


def _show(request: SignedInRequest, code: str, checklist: str, form: FormState) -> HttpResponse:
    found, area = _asked(request, code, checklist)
    shown_sheets = paged(request, found.latest, PER_PAGE)
    items = found.items
    labels = [str(item.name) for item in items]
    rows = []
    for visit in shown_sheets:
        cells = told_answers(visit, items, found.answers[visit.pk])
        rows.append({"visit": visit, "cells": list(zip(labels, cells, strict=True))})
    context = {
        "survey": found,
        "area": area,
        "towns": sorted({place.parent for place in found.places if place.parent}, key=lambda town: str(town.path)),
        "questions": [question_of(summary) for summary in summaries(found)],
        "items": items,
        "rows": rows,
        "page": shown_sheets,
        "missing": found.missing[:MOST_MISSING],
        "more_missing": max(len(found.missing) - MOST_MISSING, 0),
        "earlier": len(found.sheets) - len(found.latest),
        "may_start": bool(request.user.grants("visit.score")),
        "asked_roles": _role_names(found),
        "may_ask": allows(request.user, "checklist.edit", pack=code) and is_unscored(found.checklist),
        "problems": form.problems,
        "roles_to_ask": roles_to_ask(found.asks.roles if found.asks else ()),
        "late": bool(found.asks and found.asks.until and found.asks.until < clock.today()),
        **map_context(request.user, found, request.GET.get("question", "")),
    }
    return with_ground(page(request, "office/surveys/page.html", context, form))


def _role_names(found: Survey) -> str:
    """The titles of those who are asked."""
    known = roles()
    return listed(str(known[code].name) if code in known else code for code in (found.asks.roles if found.asks else ()))


@require_GET
@login_required
def answers_map(request: SignedInRequest, code: str, checklist: str) -> HttpResponseBase:
    """The places as GeoJSON, each in the colour of its answer to ``?question=``."""
    found, _area = _asked(request, code, checklist)
    return answered(request, features_of(request.user, found, picture(found, request.GET.get("question", ""))))


@require_GET
@login_required
def export(request: SignedInRequest, code: str, checklist: str) -> HttpResponse:
    """All answers as a workbook, a row a sheet."""
    found, _area = _asked(request, code, checklist)
    return as_file(survey_workbook(found), XLSX, f"{found.checklist.name.zh}.xlsx")


def _asked(request: SignedInRequest, code: str, checklist: str) -> tuple[Survey, Place | None]:
    version = PackVersion.objects.get_visible(request.user, pack=code, current=True)
    named = request.GET.get("area", "")
    area = Place.objects.get_visible(request.user, code=named) if named else None
    return survey_of(request.user, version, checklist_of(version, checklist), area=area), area


def question_of(summary: QuestionSummary) -> Question:
    """A summary in words."""
    names = {"yes": _("是"), "no": _("否")}
    bars = [
        Bar(share.name or names.get(share.code, share.code), share.count, shown(share.tenths, 10))
        for share in summary.shares
    ]
    return Question(str(summary.item.name), summary.answered, bars, _facts(summary))


def _facts(summary: QuestionSummary) -> list[tuple[str, str]]:
    if summary.low is None:
        return []

    def told(value: Any) -> str:
        return str(value) if isinstance(value, dt.date) else f"{shown(value, scale_of(summary.item))} {unit}".strip()

    unit = _unit(summary)
    facts = [(_("最小"), told(summary.low)), (_("中位数"), told(summary.middle)), (_("最大"), told(summary.high))]
    if summary.total is None:
        return [(_("最早"), facts[0][1]), (_("居中"), facts[1][1]), (_("最晚"), facts[2][1])]
    return [*facts, (_("合计"), told(summary.total))]


def _unit(summary: QuestionSummary) -> str:
    match summary.item.scoring:
        case Threshold(unit=unit):
            return unit_word(unit)
        case Graded():
            return unit_word(POINTS_UNIT)
        case Deduction():
            return _("处")
    return ""
