"""Supervision letters 督办函: the list, writing one, one letter with its reply, and the template of the district."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huoshui.kernel import clock
from huoshui.kernel.access import allows
from huoshui.kernel.errors import Refusal
from huoshui.matters.letters.actions import MOST, issue_letter, reply_to_letter
from huoshui.matters.letters.models import REPLY, Letter
from huoshui.matters.letters.queries import letters, letters_due, matters_beside, may_issue
from huoshui.matters.letters.templates import LINE, PLACEHOLDERS, replace_template, template_for
from huoshui.matters.models import Matter
from huoshui.media.queries import attachments_of
from huoshui.places.models import Place
from huoshui.reports.letters import WORD, letter_pdf, letter_word
from huoshui.reports.typesetting import PDF
from huoshui.schedules.workdays import add_working_days
from huoshui.web.files import as_file
from huoshui.web.office.attached import attach_sent_files, input_of, sent_files, shown_attachment
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.lists import address_without, paged
from huoshui.web.requests import SignedInRequest

DUE = 20
"""Matters that call for a letter, on the list's page."""


@require_GET
@login_required
def letter_list(request: SignedInRequest) -> HttpResponse:
    """Visible letters, the newest first; ``?waiting=1``: those without a reply. Above them what calls for one."""
    waiting = request.GET.get("waiting") == "1"
    due = letters_due(request.user)
    context = {
        "rows": paged(request, letters(request.user, waiting=waiting), 50),
        "waiting": waiting,
        "due": list(due[:DUE]),
        "due_count": due.count(),
        "templates": _template_places(request.user),
        "address": address_without(request, "page"),
        "today": clock.today(),
    }
    return page(request, "office/letters/list.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def letter_new(request: SignedInRequest) -> HttpResponse:
    """Write a letter about ``?matter=``, and others of the same unit."""
    user = request.user
    first = Matter.objects.get_visible(user, number=request.GET.get("matter", ""))
    if not may_issue(user, first):
        raise Refusal("access.not_found")
    form = FormState.typed(request) if request.method == "POST" else FormState(_proposed(user, first))
    beside = list(matters_beside(user, first)[: MOST - 1])
    if request.method == "POST":
        chosen = [first, *(other for other in beside if f"also-{other.number}" in form.values)]
        letter = form.attempt(_issue, user=user, matters=chosen, form=form)
        if letter:
            messages.success(request, _("已签发 %(number)s") % {"number": letter.number})
            return redirect("letter", letter_id=letter.pk)
    shown = {"organ", "demand", "until", "signer", "copies"}
    context = {
        "matter": first,
        "beside": [(other, f"also-{other.number}" in form.values) for other in beside],
        "general_problems": [problem for problem in form.problems if problem.field not in shown],
    }
    return page(request, "office/letters/new.html", context, form)


def _proposed(user: Any, matter: Matter) -> dict[str, str]:
    rule = matter.definition.letter
    days = rule.reply_days if rule else 1
    return {
        "organ": str(user.unit or ""),
        "until": add_working_days(clock.today(), days).day.isoformat(),
        "demand": "请对照整改措施逐项落实，说明未按期办结的原因、下一步措施和完成时间。",
    }


def _issue(user: Any, matters: list[Matter], form: FormState) -> Letter:
    return issue_letter(
        by=user,
        matters=matters,
        demand=form.values.get("demand", ""),
        until=_day(form.values.get("until", "")),
        signer=form.values.get("signer", ""),
        copies=form.values.get("copies", ""),
        organ=form.values.get("organ", ""),
    )


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Refusal("value.required", field="until", label=_("答复期限")) from None


@require_GET
@login_required
def letter(request: SignedInRequest, letter_id: str) -> HttpResponse:
    """One letter, what it is about, and its reply."""
    return _show(request, _visible(request, letter_id), FormState())


def _show(request: SignedInRequest, letter: Letter, form: FormState) -> HttpResponse:
    user = request.user
    matters = Matter.objects.visible_to(user).filter(letters__letter=letter)
    context = {
        "letter": letter,
        "late": letter.is_late(),
        "numbers": set(matters.values_list("number", flat=True)),
        "may_reply": letter.replied_on is None and user.unit_id == letter.unit_id,
        "files": [shown_attachment(one) for one in attachments_of(letter)],
        "input": input_of(letter, REPLY),
        "general_problems": [problem for problem in form.problems if problem.field != "reply"],
    }
    return page(request, "office/letters/letter.html", context, form)


@form_of("letter", "letter_id")
@login_required
def reply(request: SignedInRequest, letter_id: str) -> HttpResponse:
    """Record the reply of the unit addressed."""
    letter, form = _visible(request, letter_id), FormState.typed(request)
    done = form.attempt(_reply, request=request, letter=letter, form=form)
    if done is None:
        return _show(request, _visible(request, letter_id), form)
    messages.success(request, _("已答复"))
    return redirect("letter", letter_id=letter.pk)


def _reply(request: SignedInRequest, letter: Letter, form: FormState) -> Letter:
    """The reply with what goes with it: all of it or nothing."""
    files = sent_files(request, REPLY, documents=True)
    with transaction.atomic():
        attach_sent_files(request, letter, letter.place, REPLY, files)
        return reply_to_letter(
            by=request.user, letter=letter, reply=form.values.get("reply", ""), seen_version=form.seen_version
        )


@require_GET
@login_required
def letter_file(request: SignedInRequest, letter_id: str, kind: str) -> HttpResponse:
    """The letter as PDF or as Word document."""
    letter = _visible(request, letter_id)
    if kind == "pdf":
        return as_file(letter_pdf(letter, request.user), PDF, f"{letter.number}.pdf", inline=True)
    return as_file(letter_word(letter), WORD, f"{letter.number}.docx")


@require_http_methods(["GET", "POST"])
@login_required
def letter_template(request: SignedInRequest, code: str) -> HttpResponse:
    """The template of letters to a place and below it: which one counts, and another in its stead."""
    place = Place.objects.get_visible(request.user, code=code)
    if not allows(request.user, "letter.template", path=place.path):
        raise Refusal("access.not_found")
    form = FormState.typed(request) if request.method == "POST" else FormState()
    if request.method == "POST" and form.attempt(_replace, request=request, place=place):
        messages.success(request, _("督办函模板已更换，以后签发的用新模板"))
        return redirect("letters")
    context = {"place": place, "known": template_for(place), "names": PLACEHOLDERS, "line": LINE}
    return page(request, "office/letters/template.html", context, form)


def _replace(request: SignedInRequest, place: Place) -> Any:
    sent = request.FILES.get("file")
    if sent is None:
        raise Refusal("value.required", field="file", label=_("Word 文件"))
    return replace_template(by=request.user, place=place, name=sent.name or "", data=sent.read())


def _template_places(user: Any) -> list[Place]:
    """The places for which the reader may replace the template."""
    paths = {grant.path for grant in user.grants("letter.template")}
    return list(Place.objects.visible_to(user).filter(path__in=paths)) if paths else []


def _visible(request: SignedInRequest, letter_id: str) -> Letter:
    return Letter.objects.get_visible(request.user, pk=letter_id)
