"""A judge's sheets on the phone: the list, one sheet, answers saved as they are given, photos, handing in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.idempotency import once
from huoshui.kernel.models import Entry
from huoshui.media.actions import attach_file, remove_attachment
from huoshui.media.queries import get_visible_attachment
from huoshui.packs.queries import all_current
from huoshui.places.models import Place
from huoshui.visits import actions
from huoshui.visits.alone import opens_matters
from huoshui.visits.models import Round, Visit
from huoshui.visits.queries import sheet_form, surveys_waiting
from huoshui.visits.question_types import Choices
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.round_pages.sheet_items import ANSWER, NOTE, left_out, sheet_items, stored_value
from huoshui.web.office.round_pages.sheet_list import free_sheets, my_rounds
from huoshui.web.office.survey_new import is_unscored
from huoshui.web.requests import SignedInRequest

TEXTS = {"strengths": gettext_lazy("亮点"), "shortcomings": gettext_lazy("不足"), "direction": gettext_lazy("方向")}


@require_GET
@login_required
def sheets(request: SignedInRequest) -> HttpResponse:
    """My sheets: of every round I judge, village by village; and the visits I began by myself."""
    user = request.user
    context = {
        "rounds": my_rounds(user),
        "alone": free_sheets(user),
        "asked": [row for row in surveys_waiting(user) if row.visit is None],
        "may_start": bool(user.grants("visit.score")) and bool(all_current("checklists")),
    }
    return page(request, "field/sheets.html", context)


@form_of("sheets")
@login_required
def open_sheet(request: SignedInRequest) -> HttpResponse:
    """Begin my sheet for a village of a round, or go on with it."""
    round = Round.objects.get_visible(request.user, pk=_uuid(request.POST.get("round", "")))
    place = Place.objects.get_visible(request.user, code=request.POST.get("place", ""))
    visit = actions.open_sheet(by=request.user, round=round, place=place)
    return redirect("sheet", visit_id=visit.pk)


@require_http_methods(["GET", "POST"])
@login_required
def start(request: SignedInRequest) -> HttpResponse:
    """Begin a visit that belongs to no round: a survey, a patrol."""
    user = request.user
    grants, asked = user.grants("visit.score"), surveys_waiting(user)
    if not grants and not asked:
        raise Refusal("access.not_found")
    form = FormState({name: request.GET.get(name, "") for name in ("place", "checklist")})
    if request.method == "POST":
        form = FormState.typed(request)
        visit = form.attempt(_start, by=user, values=form.values)
        if visit:
            return redirect("sheet", visit_id=visit.pk)
    checklists = all_current("checklists")
    if not grants:
        checklists = {row.code: row.checklist for row in asked}
    kinds = {kind for checklist in checklists.values() for kind in checklist.place_kinds}
    visible = Place.objects.visible_to(user).filter(kind__in=kinds, closed_on__isnull=True).order_by("path")
    own = {row.place.pk for row in asked}
    places = [
        place for place in visible if place.pk in own or any(place.path.startswith(grant.path) for grant in grants)
    ]
    return page(request, "field/start.html", {"checklists": checklists, "places": places}, form)


def _start(*, by: Any, values: dict[str, Any]) -> Visit:
    for name, label in (("checklist", _("考核细则")), ("place", _("地点"))):
        if not values.get(name):
            raise Refusal("value.required", field=name, label=label)
    place = Place.objects.get_visible(by, code=values["place"])
    return actions.start_visit(by=by, place=place, checklist=values["checklist"])


@require_http_methods(["GET", "POST"])
@login_required
def sheet(request: SignedInRequest, visit_id: UUID) -> HttpResponse:
    """One sheet: mine to fill in while it is a draft, to read afterwards; works without script too."""
    visit = _visible(request, visit_id)
    form, saved = FormState(), None
    if request.method == "POST":
        form = FormState.typed(request)
        form.values |= _lines_of_choices(request, visit)
        saved = form.attempt(_save_all, request=request, visit=visit, values=form.values)
        if saved is not None and "submit" in request.POST:
            saved = form.attempt(actions.submit_visit, by=request.user, visit=saved) or saved
        if saved is not None and not form.refused:
            return _after(request, saved)
        visit = _visible(request, visit_id)
    mine = visit.judge_id == request.user.pk
    editable = mine and visit.state == Visit.State.DRAFT
    whole = sheet_form(visit)
    rows = sheet_items(whole, form.values if form.refused else None, form.problems)
    texts = _texts(visit, form)
    context = {
        "visit": visit,
        "rows": rows,
        "asked_rows": [row for row in rows if row.asked],
        "done": whole.answered,
        "total": whole.asked,
        "prefilled": whole.prefilled,
        "texts": texts,
        "end_name": _("总评与提交") if texts else _("提交"),
        "mine": mine,
        "editable": editable,
        "left_out": left_out(visit) if visit.checklist.total_points else "",
        "lacking": sum(row.done and row.lacks > 0 for row in rows),
        "saved": saved is not None,
        "versions": _two_versions(visit, form),
        "may_take_back": mine and visit.state == Visit.State.SUBMITTED and _still_open(visit),
    }
    return page(request, "field/sheet.html" if editable else "field/sheet_read.html", context, form)


def _texts(visit: Visit, form: FormState) -> list[tuple[str, Any, str]]:
    """What is said of the place as a whole. Whoever answers a survey of their own place is not asked to judge it."""
    said = [(field, label, form.values.get(field, getattr(visit, field))) for field, label in TEXTS.items()]
    asked = visit.round is not None or not is_unscored(visit.checklist) or any(text for _field, _label, text in said)
    return said if asked else []


def _still_open(visit: Visit) -> bool:
    return not opens_matters(visit) if visit.round is None else visit.round.state == Round.State.OPEN


def _after(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """After a plain form: on at the next item, or back to the list when the sheet was handed in."""
    if visit.state == Visit.State.DRAFT:
        at = request.POST.get("confirm", "") or request.POST.get("at", "")
        return redirect(reverse("sheet", args=[visit.pk]) + (f"#i-{at}" if at else ""))
    words = (
        _("%(place)s 的评分表已提交")
        if visit.state == Visit.State.SUBMITTED
        else _("%(place)s 的评分表已收下，记为迟交")
    )
    messages.success(request, words % {"place": visit.place.short_name})
    return redirect("sheets")


def _save_all(*, request: SignedInRequest, visit: Visit, values: dict[str, Any]) -> Visit:
    """Everything of the form that differs from what is stored; a value of the register only once it is confirmed."""
    standing = {answer.item: answer for answer in visit.answers.all()}
    confirmed = values.get("confirm", "")
    answers, notes = {}, {}
    for code, item in visit.checklist.items.items():
        value, answer = values.get(ANSWER + code, ""), standing.get(code)
        if value != stored_value(item, answer) or (code == confirmed and value):
            answers[code] = value
        note = values.get(NOTE + code, "").strip()
        if note != (answer.note if answer else ""):
            notes[code] = note
    texts = {field: values[field] for field in TEXTS if field in values}
    version = str(values.get("version", ""))
    saved = actions.save_answers(
        by=request.user,
        visit=visit,
        answers=answers,
        notes=notes,
        seen_version=int(version) if version.isdigit() else None,
        **texts,
    )
    for name, file in request.FILES.items():
        if name.startswith("photo-"):
            _attach(request, saved, name.removeprefix("photo-"), file)
    return saved


def _lines_of_choices(request: SignedInRequest, visit: Visit) -> dict[str, str]:
    """What was ticked of questions with several choices, one choice a line."""
    names = [ANSWER + code for code, item in visit.checklist.items.items() if isinstance(item.scoring, Choices)]
    return {name: "\n".join(request.POST.getlist(name)) for name in names}


def _two_versions(visit: Visit, form: FormState) -> list[dict[str, str]]:
    """After record.stale of a plain form: what stands and what was sent, item by item, where they differ."""
    if not any(problem.code == "record.stale" for problem in form.problems):
        return []
    standing = {answer.item: answer for answer in visit.answers.all()}
    found = []
    for code, item in visit.checklist.items.items():
        stored, mine = stored_value(item, standing.get(code)), str(form.values.get(ANSWER + code, ""))
        if stored != mine:
            found.append({"code": code, "label": str(item.name), "theirs": stored, "mine": mine})
    for field, label in TEXTS.items():
        stored, mine = getattr(visit, field), str(form.values.get(field, "")).strip()
        if stored != mine:
            found.append({"code": field, "label": str(label), "theirs": stored, "mine": mine})
    return found


@require_POST
@login_required
def save(request: SignedInRequest, visit_id: UUID) -> HttpResponse:
    """One answer as it was given: field, value, version. The same key sent twice counts once; stale answers 409.

    Told are the sheet's new version and, of an item, how many photos its answer now needs.
    """
    name, value = request.POST.get("field", ""), "\n".join(request.POST.getlist("value"))
    version = request.POST.get("version", "")
    try:
        visit = _own(request, visit_id)
        given = _given(name, value)
        kept = once(
            actor_id=request.user.pk,
            key=request.headers.get("Idempotency-Key", ""),
            request={"sheet": str(visit.pk), "field": name, "value": value},
            write=lambda: _saved(
                actions.save_answers(
                    by=request.user,
                    visit=visit,
                    seen_version=int(version) if version.isdigit() else None,
                    **given,
                ),
                name,
            ),
        )
        return JsonResponse(kept)
    except Refusal as refusal:
        body: dict[str, Any] = {"problems": [problem.as_dict() for problem in refusal.problems]}
        if refusal.code == "record.stale":
            body["theirs"] = _theirs(visit, name, refusal.extra["version"])
        return JsonResponse(body, status=refusal.status)


def _saved(visit: Visit, name: str) -> dict[str, Any]:
    code = name.removeprefix(ANSWER)
    answer = visit.answers.filter(item=code).first() if name.startswith(ANSWER) else None
    needs = visit.checklist.items[code].photos_needed(answer.fails) if answer and answer.points is not None else 0
    return {"version": visit.version} | ({"needs": needs} if name.startswith(ANSWER) else {})


def _given(name: str, value: str) -> dict[str, Any]:
    """An input of the sheet as the action takes it. Raises value.unknown."""
    if name.startswith(ANSWER):
        return {"answers": {name.removeprefix(ANSWER): value}}
    if name.startswith(NOTE):
        return {"notes": {name.removeprefix(NOTE): value}}
    if name in TEXTS:
        return {name: value}
    raise Refusal("value.unknown", field=name, label=name)


def _theirs(visit: Visit, name: str, version: int) -> dict[str, str]:
    """What stands instead of a stale answer, and when it was written."""
    fresh = Visit.objects.get(pk=visit.pk)
    answers = {answer.item: answer for answer in fresh.answers.all()}
    if name.startswith(ANSWER):
        code = name.removeprefix(ANSWER)
        item = fresh.checklist.items.get(code)
        value = stored_value(item, answers.get(code)) if item else ""
    elif name.startswith(NOTE):
        answer = answers.get(name.removeprefix(NOTE))
        value = answer.note if answer else ""
    else:
        value = getattr(fresh, name)
    last = Entry.objects.filter(subject_kind=Visit._meta.label_lower, subject_id=fresh.pk).order_by("-seq").first()
    at = last.at.astimezone(clock.LOCAL_ZONE).strftime("%m-%d %H:%M") if last else ""
    return {"value": value, "by": str(visit.judge), "at": at, "version": str(version)}


@require_POST
@login_required
def photos(request: SignedInRequest, visit_id: UUID) -> HttpResponse:
    """A photo for one item (``field``), one a request; the same photo sent twice is attached once."""
    try:
        visit = _own(request, visit_id)
        file = request.FILES.get("photo")
        if file is None:
            raise Refusal("value.required", field="photo", label=_("照片"))
        _attach(request, visit, request.POST.get("field", ""), file)
        return JsonResponse({})
    except Refusal as refusal:
        return JsonResponse({"problems": [problem.as_dict() for problem in refusal.problems]}, status=refusal.status)


def _attach(request: SignedInRequest, visit: Visit, slot: str, file: Any) -> None:
    attach_file(by=request.user, subject=visit, place=visit.place, slot=slot, data=file.read(), name=file.name or "")


@form_of("sheet", "visit_id")
@login_required
def remove(request: SignedInRequest, visit_id: UUID, photo_id: UUID) -> HttpResponse:
    """Take a photo off my draft."""
    visit = _own(request, visit_id)
    photo = get_visible_attachment(request.user, photo_id)
    if photo.subject_id != visit.pk:
        raise Refusal("access.not_found")
    remove_attachment(by=request.user, attachment=photo)
    return redirect(reverse("sheet", args=[visit.pk]) + f"#i-{photo.slot}")


@form_of("sheet", "visit_id")
@login_required
def take_back(request: SignedInRequest, visit_id: UUID) -> HttpResponse:
    """Make my submitted sheet a draft again, while the round is open."""
    visit = actions.take_back_visit(by=request.user, visit=_own(request, visit_id))
    return redirect("sheet", visit_id=visit.pk)


def _visible(request: SignedInRequest, visit_id: UUID) -> Visit:
    rows = Visit.objects.select_related("place", "pack_version", "round__pack_version", "judge")
    visit: Visit = rows.get_visible(request.user, pk=visit_id)
    return visit


def _own(request: SignedInRequest, visit_id: UUID) -> Visit:
    visit = _visible(request, visit_id)
    if visit.judge_id != request.user.pk:
        raise Refusal("access.not_found")
    return visit


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refusal("access.not_found") from None
