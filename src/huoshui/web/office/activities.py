"""Activities: the list, one with its story, the form to plan and record it, pictures and consents, files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huoshui.activities import actions
from huoshui.activities.export import activity_workbook
from huoshui.activities.models import Activity, PictureConsent
from huoshui.activities.permits import kinds_at, may_plan, may_record, paths_to_add
from huoshui.activities.queries import kinds, parts_of
from huoshui.duties.by_role import roles_named
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.spreadsheets import XLSX
from huoshui.media.actions import remove_attachment
from huoshui.media.queries import get_visible_attachment
from huoshui.packs.queries import all_current
from huoshui.packs.values import day as day_of
from huoshui.places.models import Place
from huoshui.places.queries import ancestors, names_apart
from huoshui.reports.typesetting import PDF
from huoshui.vault.actions import reveal
from huoshui.web.files import as_file
from huoshui.web.office.activity_pages import form as sheets
from huoshui.web.office.activity_pages import listing, shown
from huoshui.web.office.activity_pages.book import book_pdf, year_asked
from huoshui.web.office.attached import attach_sent_files, known_for, sent_files
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.lists import place_asked
from huoshui.web.requests import SignedInRequest

MODES = ("plan", "record", "correct")


@require_GET
@login_required
def activity_list(request: SignedInRequest) -> HttpResponse:
    """The list; its filters stand in the address."""
    return page(request, "office/activities/list.html", listing.context(request))


@require_GET
@login_required
def export(request: SignedInRequest) -> HttpResponse:
    """The same list as an Excel workbook."""
    asked = listing.asked_of(request)
    data = activity_workbook(actor=request.user, wanted=asked.wanted, area=asked.place)
    return as_file(data, XLSX, f"activities-{clock.today():%Y%m%d}.xlsx")


@require_GET
@login_required
def book(request: SignedInRequest) -> HttpResponse:
    """The record book of ``?place=`` in ``?year=``, as PDF."""
    place = place_asked(request)
    if place is None:
        raise Refusal("value.required", field="place", label=_("地点"))
    year = year_asked(request)
    return as_file(book_pdf(request.user, place, year), PDF, f"{place.code}-{year}.pdf")


@require_GET
@login_required
def activity_page(request: SignedInRequest, activity_id: UUID) -> HttpResponse:
    """One activity; ``?do=`` opens the form to cancel it, to record a consent, or to add photos to ``?slot=``."""
    return _show(request, _visible(request, activity_id), FormState())


@require_http_methods(["GET", "POST"])
@login_required
def activity_new(request: SignedInRequest) -> HttpResponse:
    """Plan (``?do=plan``) or record an activity of ``?kind=`` at ``?place=``, as a part of ``?parent=``."""
    user = request.user
    if not paths_to_add(user):
        recorders = dict.fromkeys(role for kind in kinds().values() for role in kind.recorded_by)
        raise Refusal("activity.recorder_needed", kind=_("活动"), who=roles_named(recorders) or "—")
    place = place_asked(request)
    offered = kinds_at(user, place) if place else {}
    parent = Activity.objects.visible_to(user).filter(pk__in=_uuids(request.GET.get("parent", ""))).first()
    if parent is not None:
        offered = {code: kind for code, kind in offered.items() if code in parent.definition.parts}
    code = request.GET.get("kind", "") or (next(iter(offered)) if len(offered) == 1 else "")
    if place is None or code not in offered:
        return _choose(request, place, offered, parent)
    return _form(request, _new_sheet(request, code, place, parent))


def _uuids(text: str) -> list[UUID]:
    """The id that a text is; none where it is no id."""
    try:
        return [UUID(text)]
    except ValueError:
        return []


def _new_sheet(request: SignedInRequest, code: str, place: Place, parent: Activity | None) -> sheets.Sheet:
    """The form of a new one: planned where that is asked for, or where the reader records no such."""
    kind, pack = kinds_at(request.user, place)[code], code.partition(".")[0]
    records, plans = may_record(request.user, kind, place, pack), may_plan(request.user, kind, place, pack)
    mode: sheets.Mode = "plan" if plans and (request.GET.get("do") == "plan" or not records) else "record"
    slots = sheets.sheet_slots(kind, None) if mode == "record" else []
    return sheets.Sheet(mode, code, kind, place, parent=parent, slots=slots)


def _choose(
    request: SignedInRequest, place: Place | None, offered: dict[str, Any], parent: Activity | None
) -> HttpResponse:
    """Where and of which kind: one question a page."""
    by_group: dict[str, list[tuple[str, Any]]] = {}
    for code, kind in offered.items():
        by_group.setdefault(str(kind.group.name), []).append((code, kind))
    context = {
        "place": place,
        "places": [] if place and offered else _places(request.user),
        "groups": by_group,
        "doing": request.GET.get("do", ""),
        "parent": parent,
    }
    return page(request, "office/activities/choose.html", context)


def _places(user: Any) -> list[Place]:
    """Administrative places where the reader plans or records something."""
    sites = [code for code, kind in all_current("place_kinds").items() if kind.category == "site"]
    paths = tuple(paths_to_add(user))
    found = Place.objects.visible_to(user).exclude(kind__in=sites).select_related("parent").order_by("path")
    return [place for place in found if place.path.startswith(paths) and place.closed_on is None]


@require_http_methods(["GET", "POST"])
@login_required
def activity_edit(request: SignedInRequest, activity_id: UUID) -> HttpResponse:
    """Change the plan, record that it was held, or correct what was recorded: ``?do=``."""
    activity = _visible(request, activity_id)
    mode = request.GET.get("do", "")
    if mode not in MODES or not shown.steps_of(activity, request.user)[mode]:
        return redirect("activity", activity_id=activity.pk)
    kind = activity.definition
    slots = sheets.sheet_slots(kind, activity) if mode != "plan" else []
    sheet = sheets.Sheet(mode, activity.kind, kind, activity.place, activity, activity.parent, slots)  # type: ignore[arg-type]
    return _form(request, sheet)


def _form(request: SignedInRequest, sheet: sheets.Sheet) -> HttpResponse:
    form = FormState(sheets.first_values(sheet, request.user) | sheets.given_texts(sheet, request.GET))
    if request.method == "POST":
        form = FormState.typed(request)
        done = form.attempt(sheets.save, request=request, sheet=sheet, form=form)
        if done:
            messages.success(request, _("已登记") if sheet.held else _("计划已保存"))
            return redirect("activity", activity_id=done.pk)
    context = {
        "sheet": sheet,
        "sites": sheets.sites_of(sheet.place),
        "general_problems": [problem for problem in form.problems if problem.field not in sheet.names],
        "latest": {"held_on": clock.today(), "last_day": clock.today()},
        "may_plan": sheet.activity is None and may_plan(
            request.user, sheet.kind, sheet.place, sheet.qualified.partition(".")[0]
        ),
    }  # fmt: skip
    response = page(request, "office/activities/form.html", context, form)
    if request.method == "POST" and sheet.kind.personal_codes:
        response["Cache-Control"] = "no-store"
    return response


@form_of("activity", "activity_id", then="?do=cancel")
@login_required
def activity_cancel(request: SignedInRequest, activity_id: UUID) -> HttpResponse:
    """Cancel the plan, or take the record back."""
    activity, form = _visible(request, activity_id), FormState.typed(request)
    reason = form.values.get("reason", "")
    done = form.attempt(
        actions.cancel, by=request.user, activity=activity, reason=reason, seen_version=form.seen_version
    )
    return _after(request, activity, form, done, "cancel", _("已取消"))


@form_of("activity", "activity_id", then="?do=consent")
@login_required
def activity_consent(request: SignedInRequest, activity_id: UUID) -> HttpResponse:
    """Record a consent to pictures of children."""
    activity, form = _visible(request, activity_id), FormState.typed(request)
    done = form.attempt(_record_consent, request=request, activity=activity, form=form)
    return _after(request, activity, form, done, "consent", _("同意已登记，可以上传有儿童的照片"))


def _record_consent(*, request: SignedInRequest, activity: Activity, form: FormState) -> PictureConsent:
    children, given_on = str(form.values.get("children", "")).strip(), day_of(form.values.get("given_on", ""))
    if given_on is None:
        raise Refusal("value.required", field="given_on", label=_("签的日期"))
    if not children.isdecimal():
        raise Refusal("value.required", field="children", label=_("儿童人数"))
    return actions.record_consent(
        by=request.user, activity=activity, children=int(children[:9]), given_on=given_on,
        paper=form.values.get("paper", ""), seen_version=form.seen_version,
    )  # fmt: skip


@form_of("activity", "activity_id")
@login_required
def consent_withdraw(request: SignedInRequest, activity_id: UUID, consent_id: UUID) -> HttpResponse:
    """Note that a consent was withdrawn; the pictures of children come off."""
    activity, form = _visible(request, activity_id), FormState.typed(request)
    consent = activity.consents.filter(pk=consent_id).first()
    if consent is None:
        raise Refusal("access.not_found")
    said = form.values.get("said", "")
    done = form.attempt(
        actions.withdraw_consent, by=request.user, consent=consent, said=said, seen_version=form.seen_version
    )
    return _after(request, activity, form, done, "", _("同意已撤回，有儿童的照片已撤下"))


@form_of("activity", "activity_id", then="?do=photos&slot={slot}")
@login_required
def photo_add(request: SignedInRequest, activity_id: UUID, slot: str) -> HttpResponse:
    """Add photos and files to a slot."""
    activity, form = _visible(request, activity_id), FormState.typed(request)
    done = form.attempt(_add_files, request=request, activity=activity, slot=slot)
    return _after(request, activity, form, done, "photos", _("已上传"), slot)


def _add_files(*, request: SignedInRequest, activity: Activity, slot: str) -> int:
    files = sent_files(request, slot, documents=slot in activity.document_slots)
    count = attach_sent_files(request, activity, activity.place, slot, files, request.POST.get("caption", ""))
    if not count:
        raise Refusal("value.required", field=f"photo_{slot}", label=activity.slot_name(slot))
    return count


@form_of("activity", "activity_id")
@login_required
def photo_remove(request: SignedInRequest, activity_id: UUID, photo_id: UUID) -> HttpResponse:
    """Take one's own photo or file off."""
    activity, form = _visible(request, activity_id), FormState.typed(request)
    photo = get_visible_attachment(request.user, photo_id)
    if photo.subject_id != activity.pk:
        raise Refusal("access.not_found")
    form.attempt(remove_attachment, by=request.user, attachment=photo)
    return _after(request, activity, form, None if form.refused else True, "", _("已删除"))


@form_of("activity", "activity_id", then="#names")
@login_required
def activity_reveal(request: SignedInRequest, activity_id: UUID) -> HttpResponse:
    """Show names in full, in this answer alone; the look is journalled with its reason."""
    activity, form = _visible(request, activity_id), FormState.typed(request)
    code, kind = form.values.get("field", ""), activity.definition
    if code not in kind.personal_codes:
        raise Refusal("vault.erased", field="field")
    reason = form.values.get("reason", "")
    value = form.attempt(
        reveal, by=request.user, record=activity, place=activity.place, pack=activity.pack, code=code, reason=reason
    )
    return _show(request, activity, form, doing="reveal", revealed=value)


def _visible(request: SignedInRequest, activity_id: UUID) -> Activity:
    related = ("place", "site", "unit", "organiser", "pack_version", "parent")
    found: Activity = Activity.objects.select_related(*related).get_visible(request.user, pk=activity_id)
    return found


def _after(
    request: SignedInRequest, activity: Activity, form: FormState, done: Any, doing: str, said: str, slot: str = ""
) -> HttpResponse:
    """Back to the activity with a word of what was done; or its page with the refusal beside the form."""
    if done is None:
        return _show(request, _visible(request, activity.pk), form, doing=doing, slot=slot)
    messages.success(request, said)
    return redirect("activity", activity_id=activity.pk)


def _show(
    request: SignedInRequest,
    activity: Activity,
    form: FormState,
    *,
    doing: str = "",
    slot: str = "",
    revealed: str | None = None,
) -> HttpResponse:
    user = request.user
    doing, slot = doing or request.GET.get("do", ""), slot or request.GET.get("slot", "")
    slots = shown.slots_of(activity, user)
    steps = shown.steps_of(activity, user)
    if request.method == "GET" and doing == "consent":
        form.values = {"given_on": clock.today().isoformat()}
    panel = next((one for one in slots if one["code"] == slot and one["open"]), None) if doing == "photos" else None
    context = {
        "activity": activity,
        "crumbs": ancestors(activity.place)[2:],
        "place_name": names_apart([activity.place])[activity.place_id],
        "when": shown.when_of(activity),
        "facts": shown.facts_of(activity),
        "slots": slots,
        "steps": steps,
        "doing": doing if doing == "photos" or steps.get(doing) else "",
        "panel": panel,
        "known": known_for(activity, activity.place, slot, user) if panel and not panel["children"] else [],
        "parts": list(parts_of(user, activity)) if activity.definition.parts else [],
        "may_add_part": bool(activity.definition.parts) and activity.state != "cancelled" and any(
            code in activity.definition.parts for code in kinds_at(user, activity.place)
        ),
        "consents": list(activity.consents.select_related("recorded_by", "withdrawn_by").order_by("id")),
        "names": shown.names_of(activity, user),
        "revealed": revealed,
        "asked_names": doing == "reveal",
        "story": shown.story_of(activity, user),
    }  # fmt: skip
    response = page(request, "office/activities/page.html", context, form)
    if request.method == "POST":
        response["Cache-Control"] = "no-store"
    return response
